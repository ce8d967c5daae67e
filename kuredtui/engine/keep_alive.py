"""Showing that an operation lives: its journal renewed, and its lock looked at, as long as it runs."""

from __future__ import annotations

import asyncio
import math
from functools import partial
from typing import NoReturn

from kuredtui.engine.context import Context
from kuredtui.engine.errors import KuredActs, LockLost, first_error
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.phases import Phase

# So many renewals may fail in a row before others take the operation for an orphan.
_RENEWALS = 4
# In these the lock has to be ours; before, it is tried for, and after, a kured on the node may have
# released it.
_LOCKED = (Phase.CORDONING, Phase.DRAINING)


async def keep_alive(context: Context) -> NoReturn:
    """Renew journal and lock until cancelled.

    Raises:
        Stale, TakenOver, NodeGone: the operation is not ours any more.
        LockLost, KuredActs: the lock is not ours alone any more.
        ApiError, Unreachable: it is not known.
    """
    try:
        async with asyncio.TaskGroup() as tasks:  # neither waits for the other's answers
            tasks.create_task(_renew_journal(context))
            tasks.create_task(_look_after_lock(context))
    except ExceptionGroup as group:
        raise first_error(group) from None
    raise AssertionError("neither of them ends")


async def _renew_journal(context: Context) -> NoReturn:
    while True:
        await asyncio.sleep(context.options.orphan_after / _RENEWALS)
        if context.journal is not None:
            await context.recorder.write(context.keeper.renew, "to renew the journal")


async def _look_after_lock(context: Context) -> NoReturn:
    recorder = context.recorder
    while True:
        options = context.options
        await asyncio.sleep(min(options.orphan_after, options.lock_ttl or math.inf) / _RENEWALS)
        if (lock := context.lock) is None:
            continue
        if recorder.phase in _LOCKED:
            await recorder.write(partial(_verify, context, lock), "to read the lock again")
        elif recorder.phase is not Phase.LOCKING:
            await recorder.write(lock.renew_for_node, "to renew the lock")


async def _verify(context: Context, lock: NodeLock) -> None:
    """See that the lock is ours, if it still has to be when the answer comes: that may have taken a while."""
    try:
        await lock.verify()
    except (LockLost, KuredActs):
        if context.recorder.phase in _LOCKED:
            raise
