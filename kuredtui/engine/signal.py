"""A wake-up for any number of waiting tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Signal:
    """Wakes everybody who waits at that moment; who comes later waits for the next time."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def send(self) -> None:
        """Wake all who wait now."""
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, look: Callable[[], T | None]) -> T:
        """Look now and after every signal, until there is something to return."""
        while True:
            event = self._event
            found = look()
            if found is not None:
                return found
            await event.wait()
