"""The sentinel's script, run by /bin/sh on a directory that stands for the machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.manifests.machine import FIRST_BOOT, SECOND_BOOT, Machine, can_be_somebody_else

NOBODY = 65534


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A machine that needs no reboot. Not in pytest's directory, which nobody else may enter."""
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o755)
        yield Machine(Path(root))


async def test_the_first_look_is_reported_at_once(machine: Machine) -> None:
    report = await machine.run_once()
    assert (report.boot_id, report.required, report.packages) == (FIRST_BOOT, False, ())


async def test_a_file_that_appears_is_reported_with_its_time(machine: Machine) -> None:
    await machine.run_once()
    async with machine.container() as container:
        await container.settled()
        machine.sentinel.touch()
        assert await container.ended() == 0
    written = datetime.fromtimestamp(int(machine.sentinel.stat().st_mtime), UTC)
    assert (machine.report.required, machine.report.since) == (True, written)


async def test_a_file_that_disappears_is_reported(machine: Machine) -> None:
    machine.sentinel.touch()
    assert (await machine.run_once()).required
    async with machine.container() as container:
        await container.settled()
        machine.sentinel.unlink()
        assert await container.ended() == 0
    assert machine.report.required is False


async def test_packages_that_come_later_are_reported_too(machine: Machine) -> None:
    machine.sentinel.touch()
    await machine.run_once()
    async with machine.container() as container:
        await container.settled()
        machine.packages.write_text("linux-base\n")
        assert await container.ended() == 0
    assert machine.report.packages == ("linux-base",)


async def test_each_package_is_named_once_and_none_can_break_out(machine: Machine) -> None:
    machine.sentinel.touch()
    machine.packages.write_bytes(
        b'linux-base\nlibc6\r\nlinux-base\n\n  \n"],"required":false\nback\\slash\nta\tb\x1b[1m\x00\n'
        b"libc6\n\xff\xc3\xa4\x7f"
    )
    report = await machine.run_once()
    assert report.required
    assert report.packages == (
        "linux-base",
        "libc6",
        '"],"required":false',
        "back\\slash",
        "ta\tb\x1b[1m",
        "????",
    )


async def test_more_packages_than_fit_are_counted(machine: Machine) -> None:
    machine.sentinel.touch()
    machine.packages.write_text("".join(f"linux-image-{number}\n" for number in range(3000)))
    report = await machine.run_once()
    assert len(machine.message) < 3000
    assert len(report.packages) > 80
    assert len(report.packages) + report.more == 3000


async def test_packages_that_are_no_file_do_not_matter(machine: Machine) -> None:
    machine.sentinel.touch()
    os.mkfifo(machine.packages)
    assert (await machine.run_once()).packages == ()


async def test_packages_written_right_after_the_flag_are_in_the_same_report(
    machine: Machine,
) -> None:
    await machine.run_once()
    # Of the looks that see the flag, the third is the first to find packages.
    looks = machine.memory / "looks"
    machine.command = (
        f"test -e {machine.sentinel} || exit 1; echo x >>{looks}; "
        f"test $(wc -l <{looks}) -lt 3 || echo linux-base >{machine.packages}"
    )
    async with machine.container() as container:
        await container.settled()
        machine.sentinel.touch()
        assert await container.ended() == 0
    assert machine.report.packages == ("linux-base",)


async def test_a_directory_that_is_none_is_not_taken_for_an_absent_file(machine: Machine) -> None:
    machine.run.rmdir()
    machine.run.write_text("")
    report = await machine.run_once()
    assert (report.required, report.why) == (None, "unreadable")


@pytest.mark.skipif(not can_be_somebody_else(), reason="takes root, and setpriv")
@pytest.mark.parametrize(("mode", "required"), [(0o755, True), (0o711, None), (0o700, None)])
async def test_what_nobody_may_list_is_unknown(
    machine: Machine, mode: int, required: bool | None
) -> None:
    machine.sentinel.touch()
    machine.run.chmod(mode)
    assert (await machine.run_once(user=NOBODY)).required is required


async def test_a_reboot_in_between_is_reported_at_once(machine: Machine) -> None:
    machine.sentinel.touch()
    await machine.run_once()
    machine.sentinel.unlink()
    machine.boot(SECOND_BOOT)
    report = await machine.run_once()
    assert (report.boot_id, report.required) == (SECOND_BOOT, False)


async def test_a_reboot_that_changed_nothing_is_reported_too(machine: Machine) -> None:
    await machine.run_once()
    machine.boot(SECOND_BOOT)
    assert (await machine.run_once()).boot_id == SECOND_BOOT


async def test_with_its_memory_it_goes_on_and_its_message_is_there_if_it_is_killed(
    machine: Machine,
) -> None:
    machine.sentinel.touch()
    first = await machine.run_once()
    async with machine.container() as container:
        await container.settled()
        assert container.runs
    assert machine.report == first


async def test_without_its_memory_it_reports_once_more(machine: Machine) -> None:
    machine.sentinel.touch()
    first = await machine.run_once()
    (machine.memory / "report").unlink()
    assert await machine.run_once() == first


async def test_what_could_not_be_told_is_not_remembered(machine: Machine) -> None:
    machine.message_path = machine.run
    async with machine.container() as container:
        assert await container.ended() != 0
    assert not list(machine.memory.iterdir())


@pytest.mark.parametrize(
    ("command", "required", "why"),
    [
        ("true", True, ""),
        ("exit 1", False, ""),
        ("exit 100", False, ""),
        ("/no/such/program", None, "command 127"),
        ("kill -9 $$", None, "command 137"),
    ],
)
async def test_a_command_answers_with_its_status(
    machine: Machine, command: str, required: bool | None, why: str
) -> None:
    machine.command = command
    report = await machine.run_once()
    assert (report.required, report.why) == (required, why)


async def test_a_command_is_asked_again_and_again(machine: Machine) -> None:
    machine.command = f"test -e {machine.run}/kernel-is-old"
    assert (await machine.run_once()).required is False
    async with machine.container() as container:
        await container.settled()
        (machine.run / "kernel-is-old").touch()
        assert await container.ended() == 0
    assert machine.report.required
