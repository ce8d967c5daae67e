"""The terminal, lent to a program that may want to talk to the person."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

from textual.app import App

from kuredtui.kube.errors import ConfigError

T = TypeVar("T")


async def with_terminal(app: App[None], work: Callable[[], Awaitable[T]]) -> T:
    """Do some work while the screen is away; ctrl+c breaks it off.

    Meanwhile the app goes on, but draws nothing.

    Raises:
        SuspendNotSupported: the terminal cannot be lent; nothing was done.
        ConfigError: it was broken off; or what the work raises.
    """
    failure: BaseException | None = None
    loop = asyncio.get_running_loop()
    with app.batch_update(), app.suspend():
        # Textual takes the terminal back only after a block that ends well.
        try:
            async with asyncio.timeout(None) as limit:
                loop.add_signal_handler(signal.SIGINT, lambda: limit.reschedule(loop.time()))
                result = await work()
        except BaseException as error:  # noqa: BLE001 - raised again below, with the terminal ours
            failure = error
        finally:
            loop.remove_signal_handler(signal.SIGINT)
    if isinstance(failure, TimeoutError):
        raise ConfigError("The login was broken off.") from failure
    if failure is not None:
        raise failure
    return result
