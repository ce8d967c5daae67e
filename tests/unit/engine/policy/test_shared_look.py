"""One look for all who ask at about the same time."""

from __future__ import annotations

import asyncio

import pytest

from kuredtui.engine.policy.shared_look import SharedLook


class Looks:
    def __init__(self) -> None:
        self.count = 0
        self.fails = False

    async def __call__(self) -> list[int]:
        self.count += 1
        await asyncio.sleep(0)
        if self.fails:
            raise OSError("away")
        return []


async def test_all_who_ask_at_once_share_one_look() -> None:
    look = Looks()
    shared = SharedLook(look, fresh=60)
    await asyncio.gather(*(shared() for _ in range(10)))
    assert look.count == 1


async def test_what_is_not_fresh_is_looked_at_again() -> None:
    look = Looks()
    shared = SharedLook(look, fresh=-1)
    await shared()
    await shared()
    assert look.count == 2


async def test_a_failure_is_not_remembered() -> None:
    look = Looks()
    look.fails = True
    shared = SharedLook(look, fresh=60)
    with pytest.raises(OSError, match="away"):
        await shared()
    look.fails = False
    assert await shared() == []
