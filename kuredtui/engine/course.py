"""Where an operation goes from where its journal and the node are.

One way for all: begun a moment ago, resumed after a crash, resumed by another person, or rolled back.
"""

from __future__ import annotations

from kuredtui.engine.context import Context
from kuredtui.engine.errors import MayReboot, NeverStarted, RebootedMeanwhile, RebootFailed
from kuredtui.engine.giving_back import give_back, rest, undo
from kuredtui.engine.phases import Goal, Outcome, Phase
from kuredtui.engine.preparation import prepare
from kuredtui.engine.reboot_pod import RebootPod
from kuredtui.engine.returning import Returning


async def follow_course(context: Context) -> Outcome:
    """Do what is left to do for the operation's goal.

    Raises:
        OperationError, UnreadableLock, ApiError, Unreachable: why it cannot be done; whether it is to be
            undone then is the caller's decision.
    """
    match context.goal:
        case Goal.REBOOT:
            return await _reboot(context)
        case Goal.DRAIN:
            return await _drain(context)
        case Goal.ROLL_BACK:
            return await _roll_back(context)


async def _reboot(context: Context) -> Outcome:
    try:
        if not await _was_told(context):
            reboot = await prepare(context)
            assert reboot is not None, "this is about a reboot"
            await reboot.trigger()
    except RebootedMeanwhile as meanwhile:
        context.recorder.say(str(meanwhile), level="warning")
        if context.journal is None:
            return Outcome.DONE
    await _bring_back(context)
    return Outcome.DONE


async def _drain(context: Context) -> Outcome:
    if context.journal is None or context.journal.phase is not Phase.RELEASING:
        await prepare(context)
    await rest(context)
    return Outcome.DRAINED


async def _roll_back(context: Context) -> Outcome:
    """Undo it; or, if the node may have been told to reboot, bring it back, which comes to the same."""
    try:
        await undo(context)
    except MayReboot as may:
        context.recorder.say(str(may), level="warning")
    else:
        return Outcome.CANCELLED
    try:
        await _bring_back(context)
    except NeverStarted:
        await undo(context)
        return Outcome.CANCELLED
    except RebootFailed as failed:
        # It had its time, twice. That it is well in its old boot is all that is left to see.
        said = str(failed)
        await context.recorder.write(
            lambda: context.keeper.set(failed=said), "to write the journal"
        )
        try:
            await undo(context)
        except MayReboot:
            raise failed from None
        return Outcome.CANCELLED
    return Outcome.DONE


async def _bring_back(context: Context) -> None:
    """From a reboot that may be under way to the node given back."""
    if context.written.phase not in (Phase.UNCORDONING, Phase.RELEASING):
        if context.recorder.phase is not Phase.RETURNING:
            context.recorder.enter(
                Phase.RETURNING, "Waiting for the node to be back in a new boot."
            )
        back = await Returning(context).see_back()
        kernel = f"kernel {back.kernel}"
        if (
            context.node.boot_id == context.written.boot_id_before
            and back.kernel != context.node.kernel
        ):
            kernel = f"kernel {context.node.kernel} -> {back.kernel}"
        said = f"The node is back and Ready in a new boot, {kernel}."
        context.recorder.say(said, bootID=back.boot_id)
    await give_back(context)


async def _was_told(context: Context) -> bool:
    """Whether the node was told to reboot, or has done so, as far as journal and cluster know."""
    journal = context.journal
    if journal is None:
        return False
    if journal.phase in (Phase.UNCORDONING, Phase.RELEASING):
        return True
    if (await context.look()).boot_id != journal.boot_id_before:
        return True
    if journal.failed or journal.phase not in (Phase.REBOOTING, Phase.RETURNING):
        return False  # a failed one is tried once more, from its beginning
    pod = RebootPod.of(context.client, journal.reboot_pod)
    if journal.phase is Phase.RETURNING or pod is None:
        return journal.phase is Phase.RETURNING
    return await context.recorder.read(pod.find, "to look for the reboot pod") is not None
