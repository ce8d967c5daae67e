"""Giving a node back: uncordon, then release, then remove the journal, so that nothing is ever stranded.

The same three steps end a reboot, undo what was begun, and roll back what somebody else left. Which of them
are still to do stands in the journal; each is recorded with, or after, what it does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from kuredtui.cluster.lock_value import UnreadableLock
from kuredtui.engine.context import Context, replaced
from kuredtui.engine.errors import MayReboot
from kuredtui.engine.journal import Journal
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.phases import Goal, Phase
from kuredtui.engine.reboot_pod import Fate, RebootPod
from kuredtui.kube.types import Node

# In these it may have been told to reboot, or be on its way back from that.
_TOLD = (Phase.REBOOTING, Phase.RETURNING, Phase.UNCORDONING, Phase.RELEASING)
# How often it is looked whether the kured on the node has come to its end.
_KURED_LOOK_SECONDS = 1.0


async def give_back(context: Context) -> None:
    """After the reboot: clean up, uncordon, release after the delay, remove the journal."""
    await delete_pod(context)
    await uncordon(context)
    for hook in context.node_hooks:
        call = partial(hook.after_uncordon, context.client, context.name)
        await context.recorder.attempt(call, "what marks a rebooted node")
    await context.enter(Phase.RELEASING, "Releasing the lock.")
    if context.goal is Goal.REBOOT:  # whoever rolls back wants it over
        await asyncio.sleep(context.options.lock_release_delay)
    await release(context)
    await _end(context)


async def rest(context: Context) -> None:
    """After a drain without reboot: release the lock; cordon and journal stay.

    Also after a reboot that was begun on a node left drained, and is undone: from the first write on it is
    a drain again, so that whoever resumes it here does not take it for a reboot that has come to its end.
    """
    await context.enter(
        Phase.RELEASING,
        "Releasing the lock; the node stays cordoned.",
        goal=Goal.DRAIN,
        reboot_pod=None,
        failed="",
    )
    await release(context)
    await context.recorder.write(
        lambda: context.keeper.set(phase=Phase.DRAINED, lock=None, found_drained=False),
        "to write the journal",
    )


async def undo(context: Context) -> None:
    """Leave the node as it was found: its old cordon, no lock, no journal.

    Raises:
        MayReboot: it may have been told to reboot; nothing was undone.
        ApiError, Unreachable, OperationError: it could not be undone, and stays in the journal.
    """
    if context.journal is None:
        await context.recorder.write(context.keeper.see_begun, "to see whether a journal stands")
    if context.journal is None:
        await _mark_end(context)
        return
    if context.written.phase is Phase.DRAINED and context.goal is Goal.DRAIN:
        return  # a silence came after the last write of `rest`
    if await _may_reboot(context):
        raise MayReboot("The node may have been told to reboot already, so it is brought back.")
    if context.written.found_drained:
        await _mark_end(context)
        await rest(context)
        return
    if context.written.ours_to_uncordon:
        await uncordon(context, goal=Goal.ROLL_BACK)
    if context.lock is not None or context.written.lock is not None:
        await context.enter(Phase.RELEASING, "Releasing the lock.", goal=Goal.ROLL_BACK)
        await release(context)
    await _end(context)


async def uncordon(context: Context, *, goal: Goal | None = None) -> None:
    """Uncordon the node, if it is cordoned because of us; the journal changes in the same write.

    Where the lock has several owners, the kured on the node may take a place of its own between our last
    look at the lock and the uncordon. That cannot be kept from happening: lock and node are two objects,
    which no write of ours changes together. And whatever our order, kured has read the node before it asks
    for the lock (cmd/kured/main.go, rebootAsRequired), with a query for alerts in between, and cordons by
    what it has read (kubectl's CordonHelper): a node that it found cordoned by us it drains and reboots
    without a cordon of its own. So the lock is looked at once more while we hold our place, and a kured
    that is at work by then gets the cordon back at once. What is left are the pods that come in those
    moments; and a kured that takes the lock after we gave ours back, having read the node before, which
    nobody's uncordon can help.

    Args:
        context: the operation.
        goal: what the operation is for from now on; None: what it was for.
    """
    recorder = context.recorder
    ours = context.written.ours_to_uncordon
    recorder.enter(Phase.UNCORDONING, "Giving the node back.")
    if not ours:
        await _change_cordon(context, False, goal=goal)
        recorder.say("The node's cordon stays as it was found.")
        return
    while True:
        await _leave_to_kured(context)
        node = await _change_cordon(context, False, goal=goal)
        if not (acts := await _kured_at_work(context)):
            break
        await _change_cordon(context, True, goal=goal)
        recorder.say(
            f"{acts} It came at this moment, so the node is cordoned again.", level="warning"
        )
    said = "Uncordoned."
    if not node.spec.unschedulable:
        said = "The node is uncordoned already; a kured on it may have helped."
    recorder.say(said, uncordoned=goal is None)


async def _change_cordon(context: Context, cordoned: bool, *, goal: Goal | None) -> Node:
    """Take our cordon off, or put it back on. Returns the node as it was right before."""

    def change(journal: Journal, _: Node) -> Journal:
        return replaced(
            journal, phase=Phase.UNCORDONING, cordoned=cordoned, goal=goal or journal.goal
        )

    def cordon(journal: Journal) -> bool | None:
        return cordoned if cordoned or journal.ours_to_uncordon else None

    return await context.recorder.write(
        lambda: context.keeper.change(change, cordon=cordon),
        "to cordon again" if cordoned else "to uncordon",
    )


async def _leave_to_kured(context: Context) -> None:
    """While the kured on the node is at work on it by a lock of its own, keep out of its way.

    It may have taken its lock after our node was back, if nobody was there for a while to give it back, or
    beside ours where the lock has several owners. Uncordoned under its hands, the node would be rebooted with
    new pods on it. When it is done, it may leave the node cordoned as it found it, which was our doing.
    """
    while acts := await _kured_at_work(context):
        context.recorder.note(acts, f"{acts} Its end is waited for.")
        await give_way(context)
        await asyncio.sleep(_KURED_LOOK_SECONDS)


async def _kured_at_work(context: Context) -> str:
    """That the kured on the node holds the lock by an entry of its own, in words; "" if not."""
    lock = context.lock or context.lock_of(context.written)
    if lock is None:
        return ""
    return await context.recorder.read(lock.kured_acts, "to see whether kured is at work")


async def give_way(context: Context) -> None:
    """Leave the lock to the kured on the node, which holds it beside us; if it does by now no more, keep it:
    our cordon is still there.
    """
    await _take_out(context, NodeLock.give_way)


async def release(context: Context) -> None:
    """Take our entry out of the lock, if it is there."""
    await _take_out(context, NodeLock.release)


async def _take_out(context: Context, how: Callable[[NodeLock], Awaitable[bool]]) -> None:
    """`how` says whether our entry is gone."""
    journal = context.journal
    lock = context.lock or (context.lock_of(journal) if journal else None)
    if lock is None:
        return
    gone = True
    try:
        gone = await context.recorder.write(partial(how, lock), "to release the lock")
    except UnreadableLock as error:
        context.recorder.say(f"There is nothing to release: {error}", level="warning")
    if gone:
        context.lock = None


async def delete_pod(context: Context) -> None:
    """Have the reboot pod cleaned up, if there is one."""
    pod = RebootPod.of(context.client, context.journal.reboot_pod if context.journal else None)
    if pod is not None:
        await context.recorder.attempt(pod.delete, "to delete the reboot pod")


async def _may_reboot(context: Context) -> bool:
    """Whether the node may have been told to reboot; if not, it will not be: its pod is gone."""
    journal = context.written
    if journal.phase not in _TOLD or journal.goal is Goal.DRAIN:
        return False
    node = await context.look()
    if node.boot_id != journal.boot_id_before:
        return True
    if journal.phase in (Phase.UNCORDONING, Phase.RELEASING):
        return False  # what is being undone
    pod = context.reboot_pod or RebootPod.of(context.client, journal.reboot_pod)
    if pod is None and context.options.reboot_method == "kured-exec":
        # A command cannot be taken back. When it had its time, the operator has looked at the node.
        return journal.phase is Phase.RETURNING and (not journal.failed or node.status != "Ready")
    if pod is None:  # the method `manual`: somebody may be at it
        return journal.phase is Phase.RETURNING and node.status != "Ready"
    if wait := pod.may_come:
        context.recorder.say(
            f"The creation of the reboot pod was not answered, so for {wait:.0f} s it is looked whether "
            "it still comes.",
            level="warning",
        )
    fate = await context.recorder.write(pod.withdraw, "to take the reboot pod back")
    if fate is Fate.RAN and journal.failed:  # it had its time; the operator has looked at it
        return node.status != "Ready"
    return fate is not Fate.NEVER_RAN


async def _end(context: Context) -> None:
    await context.recorder.write(context.keeper.remove, "to remove the journal")
    await _mark_end(context)


async def _mark_end(context: Context) -> None:
    for hook in context.node_hooks:
        call = partial(hook.ended, context.client, context.name)
        await context.recorder.attempt(call, "what marks the end of an operation")
