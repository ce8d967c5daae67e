"""A blocking call beside the event loop that nobody has to wait for when the program ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_daemon_thread(call: Callable[[], T]) -> T:
    """The call's result, from a thread of its own.

    `asyncio.to_thread` would keep the program from ending until the call does. When whoever waits is
    cancelled the thread goes on by itself, and its result is dropped.

    Raises:
        Exception: whatever the call raised.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def deliver(value: T | None, error: BaseException | None) -> None:
        if result.done():
            return
        if error is None:
            result.set_result(value)  # type: ignore[arg-type]  # there is a value where no error is
        else:
            result.set_exception(error)

    def run() -> None:
        value, error = None, None
        try:
            value = call()
        except Exception as raised:  # noqa: BLE001  # handed to whoever waits
            error = raised
        if not loop.is_closed():
            loop.call_soon_threadsafe(deliver, value, error)

    threading.Thread(target=run, name="kuredtui-blocking-call", daemon=True).start()
    return await result
