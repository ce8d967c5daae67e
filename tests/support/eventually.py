"""Waiting for a state instead of for a time."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")

_POLL_SECONDS = 0.02


@overload
async def eventually(
    predicate: Callable[[], Awaitable[T]],
    *,
    timeout: float = ...,
    what: str | Callable[[], str] = ...,
) -> T: ...


@overload
async def eventually(
    predicate: Callable[[], T], *, timeout: float = ..., what: str | Callable[[], str] = ...
) -> T: ...


async def eventually(
    predicate: Callable[[], T | Awaitable[T]],
    *,
    timeout: float = 10.0,
    what: str | Callable[[], str] = "",
) -> T:
    """The first truthy value of `predicate`, a plain or an async function, within `timeout` seconds.

    `what` names it in the failure; where that tells how things stand, a function is called then.
    An AssertionError inside it counts as "not yet" and is what the test fails with in the end.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while True:
        last: AssertionError | None = None
        try:
            value = predicate()
            found: T = await value if inspect.isawaitable(value) else value
            if found:
                return found
        except AssertionError as error:
            last = error
        if loop.time() > deadline:
            said = what() if callable(what) else what
            name = said or getattr(predicate, "__qualname__", repr(predicate))
            raise AssertionError(f"not within {timeout:g} s: {name}") from last
        await asyncio.sleep(_POLL_SECONDS)
