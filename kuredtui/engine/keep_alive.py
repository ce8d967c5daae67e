"""Showing that an operation lives: its journal renewed, and its lock looked at, as long as it runs."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from kuredtui.engine.context import Context
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
    options, recorder = context.options, context.recorder
    pause = options.orphan_after / _RENEWALS
    if options.lock_ttl:
        pause = min(pause, options.lock_ttl / _RENEWALS)
    while True:
        await asyncio.sleep(pause)
        if context.journal is not None:
            await recorder.write(context.keeper.renew, "to renew the journal")
        if (lock := context.lock) is None:
            continue
        if recorder.phase in _LOCKED:
            await recorder.write(lock.verify, "to read the lock again")
        elif recorder.phase is not Phase.LOCKING:
            await recorder.write(lock.renew_for_node, "to renew the lock")
