"""kured's ticks (pkg/delaytick): the first after half to one and a half periods, then regularly."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator

from kuredtui.demo.pace import Pace

_PENDING = 2
"""Ticks that wait for whoever is busy: one in the ticker's channel, one in its goroutine's hand."""


async def ticks(period: float, *, pace: Pace, at_once: bool = False) -> AsyncGenerator[None]:
    """Tick once a period (simulated seconds); a busy consumer finds at most two ticks waiting.

    The first tick comes after half a period to one and a half; `at_once`: without that wait.
    """
    clock = asyncio.get_running_loop().time
    step = pace.real(period)
    if not at_once:
        await asyncio.sleep(step / 2 + step * random.random())
    due = clock()
    while True:
        yield
        due = max(due + step, clock() - (_PENDING - 1) * step)
        await asyncio.sleep(max(0.0, due - clock()))
