"""Making an operation ours that another engine has left: to resume it, undo it, or build on its drain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from kuredtui.engine.context import Context, replaced
from kuredtui.engine.journal import Journal, carried
from kuredtui.engine.phases import Goal, Phase
from kuredtui.kube.types import Node


@dataclass(frozen=True, kw_only=True)
class Found:
    """An operation that nobody is at work on.

    Attributes:
        text: its journal as it stood in the annotation when that was seen.
        journal: the same, read.
        goal: what it is for from now on.
    """

    text: str
    journal: Journal
    goal: Goal

    @property
    def on_top_of_drain(self) -> bool:
        """Whether it is a new operation on a node that was left drained."""
        return self.journal.phase is Phase.DRAINED and self.goal is not Goal.ROLL_BACK


async def take_over(context: Context, found: Found) -> None:
    """Write ourselves into the journal, under the next epoch, and go on as it was begun.

    Raises:
        TakenOver: somebody else was quicker, or its owner lives.
        NodeGone, ApiError, Unreachable: it is not ours.
    """

    def adopt(old: Journal, node: Node) -> Journal:
        journal = replaced(
            old,
            epoch=old.epoch + 1,
            owner=context.owner,
            renewed_at=datetime.now(UTC),
            goal=found.goal,
        )
        return _begun_anew(context, journal, node) if found.on_top_of_drain else journal

    journal = await context.recorder.write(
        lambda: context.keeper.take_over(found.text, adopt), "to take the operation over"
    )
    if not found.on_top_of_drain:
        context.resume(journal)
    context.lock = context.lock_of(journal)
    began = f"{found.journal.owner} began at {found.journal.started_at:%Y-%m-%d %H:%M:%S} UTC"
    context.recorder.say(
        f"Taking over the {found.journal.goal} that {began}, in phase {found.journal.phase}, to "
        f"{'roll it back' if found.goal is Goal.ROLL_BACK else found.goal}.",
        epoch=journal.epoch,
    )


def _begun_anew(context: Context, journal: Journal, node: Node) -> Journal:
    """On a node that was left drained: the cordon is the old one, all else is of this operation.

    Where somebody has uncordoned the node since (kubectl knows nothing of our journal), nothing is left of
    that drain, and undone this leaves the node schedulable.
    """
    still = node.spec.unschedulable
    return replaced(
        journal,
        phase=Phase.QUEUED,
        started_at=context.started_at,
        boot_id_before=node.status.node_info.boot_id,
        unschedulable_before=journal.unschedulable_before and still,
        cordoned=still,
        found_drained=still,
        reboot_pod=None,
        failed="",
        overrides=context.overrides,
        options=carried(context.options),
    )
