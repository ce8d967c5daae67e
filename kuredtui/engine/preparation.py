"""Everything up to the reboot: wait, lock, cordon, drain.

Each step is safe to repeat and is written into the journal before, or with, what it does. So a resume does
not skip any of them: it runs the same steps, which find most of their work done.
"""

from __future__ import annotations

import asyncio
from functools import partial

from kuredtui.cluster.hook_names import FORCE_REBOOT
from kuredtui.engine.admission import Admission
from kuredtui.engine.context import Context, replaced
from kuredtui.engine.drain import Drain
from kuredtui.engine.errors import DrainFailed, DrainRefused, OperationError
from kuredtui.engine.journal import Journal
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.lock_place import LockPlace, find_lock_place
from kuredtui.engine.phases import Goal, Phase
from kuredtui.engine.rebooting import Reboot
from kuredtui.kube.types import Node


async def prepare(context: Context) -> Reboot | None:
    """Lock, cordon and drain. Returns the reboot that is to follow; None for a drain without one.

    Raises:
        OperationError, UnreadableLock, ApiError, Unreachable: a step failed; what the steps before it did
            stands in the journal.
    """
    place = await context.recorder.read(
        lambda: find_lock_place(context.client, context.name, context.options), "to find the lock"
    )
    _check_place(context, place)
    context.obey(place.kured)
    reboot = Reboot(context, place) if context.goal is Goal.REBOOT else None
    if reboot is not None:
        await reboot.try_out()
    lock = await Admission(context, place).wait()
    await _cordon(context)
    await _drain(context, lock)
    return reboot


def _check_place(context: Context, place: LockPlace) -> None:
    """That a lock which may be held already is where a new one would be taken."""
    held = context.journal and context.journal.lock
    if not held:
        return
    then = (held.kind, held.namespace, held.name, held.annotation)
    if then != (place.resource.kind, place.namespace, place.name, place.annotation):
        raise OperationError(
            f"The lock has moved: this operation took it on {held.kind} {held.namespace}/{held.name}, "
            f"and now it is on {place}. Roll the operation back and begin anew."
        )


async def _cordon(context: Context) -> None:
    recorder = context.recorder
    for hook in context.node_hooks:
        marked = partial(hook.before_cordon, context.client, context.name)
        await recorder.write(marked, "what marks a node before its reboot")
    recorder.enter(Phase.CORDONING, "Cordoning the node.")

    def cordoned(journal: Journal, node: Node) -> Journal:
        before = journal.unschedulable_before if journal.cordoned else node.spec.unschedulable
        return replaced(journal, phase=Phase.CORDONING, cordoned=True, unschedulable_before=before)

    await recorder.write(
        lambda: context.keeper.change(cordoned, cordon=lambda _: True), "to cordon"
    )
    if context.written.ours_to_uncordon:
        recorder.say("Cordoned.")
    else:
        recorder.say("The node was cordoned before, and will be so afterwards.")


async def _drain(context: Context, lock: NodeLock) -> None:
    recorder, options = context.recorder, context.options
    await context.enter(Phase.DRAINING, "Draining the node.")
    await asyncio.sleep(options.drain_delay)
    await recorder.write(lock.verify, "to read the lock again")
    await _empty(context)
    if context.goal is Goal.REBOOT and options.reboot_delay:
        recorder.say(f"The reboot follows in {options.reboot_delay:g} s.")
        await asyncio.sleep(options.reboot_delay)
        await _empty(context)  # as kured does: pods may have come meanwhile


async def _empty(context: Context) -> None:
    """See the pods gone; with `force-reboot` those that do not go are only reported."""
    drain = Drain(
        context.client,
        node=context.name,
        options=context.options,
        recorder=context.recorder,
        nodes=context.nodes,
        pace=context.pace,
    )
    context.drain = drain
    try:
        await drain.run()
    except (DrainRefused, DrainFailed) as failure:
        if context.goal is not Goal.REBOOT or not (by := context.overridden_by(FORCE_REBOOT)):
            raise
        said = f"Forced by {by} ({FORCE_REBOOT}), it reboots all the same: {failure}"
        context.recorder.say(said, level="warning", override=FORCE_REBOOT)
