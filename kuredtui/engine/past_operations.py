"""What was done to one node lately, and by whom: by the records of this session, and by the events that
every kuredtui writes onto the nodes it works on.

Events are text of others: whoever may write them may write these. They are shown, and nothing rests on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from kuredtui.cluster.node_event import NodeEvent
from kuredtui.cluster.operation_event import COMPONENT, read_signed
from kuredtui.engine.node_events import event_reason
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Level, Progress

# The newest ones, and of each the newest steps.
_MOST = 20
_MOST_STEPS = 60
_PHASES = {event_reason(phase): phase for phase in Phase}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an operation said.

    Attributes:
        at: when, by the clock of who said it; None where that is not known.
        phase: where the operation was; "" where that is not known.
        message: what it said.
        level: how grave.
    """

    at: datetime | None
    phase: str
    message: str
    level: Level = "info"


class PastOperation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation on the node, over or not.

    Attributes:
        id: of the operation.
        owner: who ran it, `user@host`, by its events; "" for this session.
        steps: what it said, the newest last; never empty.
        earlier: how many steps are left out before these.
    """

    id: str
    owner: str
    steps: tuple[Step, ...]
    earlier: int = 0

    @property
    def began(self) -> datetime | None:
        """When the first step was, that is known."""
        return self.steps[0].at

    @property
    def last(self) -> Step:
        """The newest step."""
        return self.steps[-1]


def past_operations(
    node: str, *, records: Iterable[Progress], events: Iterable[NodeEvent]
) -> list[PastOperation]:
    """The operations on the node, the newest last; those of this session by its own records alone.

    Args:
        node: its name.
        records: of this session, oldest first.
        events: about the node, oldest first.
    """
    ours: dict[str, list[Step]] = {}
    for record in records:
        if record.node == node and record.operation and record.level != "debug":
            ours.setdefault(record.operation, []).append(
                Step(at=record.time, phase=record.phase, message=record.message, level=record.level)
            )
    others: dict[str, list[Step]] = {}
    owners: dict[str, str] = {}
    for event in events:
        read = read_signed(event.message) if event.source == COMPONENT else None
        if read is None or read.operation in ours:
            continue
        owners[read.operation] = read.owner  # whoever took it over comes later
        others.setdefault(read.operation, []).append(
            Step(
                at=event.last,
                phase=_PHASES.get(event.reason, ""),
                message=read.said,
                level="warning" if event.type == "Warning" else "info",
            )
        )
    found = [
        PastOperation(
            id=id_,
            owner=owners.get(id_, ""),
            steps=tuple(steps[-_MOST_STEPS:]),
            earlier=max(0, len(steps) - _MOST_STEPS),
        )
        for id_, steps in (*others.items(), *ours.items())
    ]
    found.sort(key=lambda operation: operation.began or _LONG_AGO)
    return found[-_MOST:]
