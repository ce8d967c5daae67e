"""Trying again what may work later: an API server that is away, overloaded, or failed for once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kuredtui.kube.backoff import Backoff, BackoffRange
from kuredtui.kube.errors import (
    ServerError,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    explain,
)

T = TypeVar("T")

# How long one call is tried: an API server that is replaced or restarted is back well before.
PATIENCE_SECONDS = 1800.0
# How long a server may not know us: it says so, too, while what it asks about tokens is away.
_UNKNOWN_SECONDS = 120.0
_PAUSES = BackoffRange(first=0.5, most=15.0)
# How long a request that is under way may still take when its operation is told to stop.
_LAST_ANSWER_SECONDS = 10.0

Say = Callable[[str], None]


async def persist(
    call: Callable[[], Awaitable[T]], *, what: str, say: Say, patience: float = PATIENCE_SECONDS
) -> T:
    """The result of the call, tried again while the API server cannot be reached, fails, or does not know us.

    Args:
        call: makes one attempt; it must be safe to repeat.
        what: what is tried, for the record: "to cordon".
        say: told before every pause.
        patience: seconds after which the last error is raised.

    Raises:
        ApiError, Unreachable: the last attempt's, once patience is at its end; any refusal that
            trying again would not change, at once.
    """
    backoff = Backoff(_PAUSES)
    began = time.monotonic()
    while True:
        try:
            return await call()
        except (Unreachable, ServerError, TooManyRequests, Unauthorized) as error:
            pause = backoff.delay()
            if isinstance(error, TooManyRequests) and error.retry_after is not None:
                pause = max(error.retry_after, _PAUSES.first)  # told 0, we would spin
            most = _UNKNOWN_SECONDS if isinstance(error, Unauthorized) else patience
            if time.monotonic() + pause > began + min(most, patience):
                raise
            say(f"Trying again {what} in {pause:.1f} s: {explain(error)}")
            await asyncio.sleep(pause)


async def uninterrupted(call: Awaitable[T]) -> T:
    """The result of the call, which is not broken off in the middle: a safe point to stop is after it.

    A task that is cancelled meanwhile is so when the answer is there, or has not come for a while.
    """
    task = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        try:
            await asyncio.wait([task], timeout=_LAST_ANSWER_SECONDS)
        finally:
            if not task.cancel() and not task.cancelled():
                task.exception()  # whatever it was, the reason to stop comes first
        raise
