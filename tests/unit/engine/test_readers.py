"""Readers get every record once, and the last ones too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from kuredtui.engine.log_file import log_file
from kuredtui.engine.progress import Progress, ProgressLog
from kuredtui.engine.readers import reading
from tests.support.eventually import eventually


def say(log: ProgressLog, *messages: str) -> None:
    for message in messages:
        log.publish(Progress(message=message))


class Notes:
    """A reader that remembers; while `gate` is clear it takes its time."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.begun = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, records: list[Progress]) -> None:
        self.begun += 1
        await self.gate.wait()
        self.read += [record.message for record in records]


async def test_all_is_read_in_order_from_before_to_the_last_moment() -> None:
    log, notes = ProgressLog(), Notes()
    say(log, "before")
    async with reading(log, [notes]):
        await eventually(lambda: notes.read == ["before"])
        say(log, "meanwhile")
        await eventually(lambda: len(notes.read) == 2)
        say(log, "last")
    assert notes.read == ["before", "meanwhile", "last"]


async def test_a_reader_in_the_middle_of_a_batch_ends_it_and_reads_the_rest() -> None:
    log, slow = ProgressLog(), Notes()
    slow.gate.clear()

    async def body() -> None:
        async with reading(log, [slow]):
            say(log, "first")
            await eventually(lambda: slow.begun == 1)
            say(log, "second")
            asyncio.get_running_loop().call_later(0.05, slow.gate.set)

    await body()
    assert slow.read == ["first", "second"]


async def test_a_session_that_is_cancelled_is_read_to_its_end_too() -> None:
    log, notes = ProgressLog(), Notes()

    async def session() -> None:
        async with reading(log, [notes]):
            try:
                await asyncio.Event().wait()
            finally:
                say(log, "stopped")

    task = asyncio.create_task(session())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert notes.read == ["stopped"]


async def test_a_reader_that_never_ends_holds_nobody_up_for_longer_than_the_grace() -> None:
    log, stuck = ProgressLog(), Notes()
    stuck.gate.clear()
    async with asyncio.timeout(5):
        async with reading(log, [stuck], grace=0.05):
            say(log, "never read")
            await eventually(lambda: stuck.begun == 1)
    assert stuck.read == []


async def test_a_reader_that_fails_ends_the_session() -> None:
    async def fail(_records: list[Progress]) -> None:
        raise OSError("disk full")

    log = ProgressLog()
    with pytest.raises(ExceptionGroup) as raised:
        async with reading(log, [fail]):
            say(log, "anything")
            await asyncio.Event().wait()
    assert raised.group_contains(OSError, match="disk full")


async def test_one_slow_reader_does_not_hold_another_up() -> None:
    log, slow, quick = ProgressLog(), Notes(), Notes()
    slow.gate.clear()
    async with reading(log, [slow, quick], grace=0.05):
        say(log, "a")
        await eventually(lambda: quick.read == ["a"])
        slow.gate.set()


async def test_a_reader_that_missed_records_is_told_how_many() -> None:
    log, slow = ProgressLog(size=3), Notes()
    slow.gate.clear()
    async with reading(log, [slow]):
        say(log, "0")
        await eventually(lambda: slow.begun == 1)
        say(log, *"12345")
        slow.gate.set()
    assert slow.read == ["0", "2 records are not shown: more came than could be kept.", *"345"]


async def test_the_log_file_has_every_record_as_a_line(tmp_path: Path) -> None:
    path, log = tmp_path / "log.jsonl", ProgressLog()
    path.write_text('{"message": "of yesterday"}\n')
    async with log_file(path) as append, reading(log, [append]):
        say(log, "one", "two\nlines", "last")
    lines = path.read_bytes().splitlines()
    said = [msgspec.json.decode(line)["message"] for line in lines]
    assert said == ["of yesterday", "one", "two\nlines", "last"]
