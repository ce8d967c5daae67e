"""The tab of operations: what was done to the node lately, by this session and by others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.phases import Phase
from kuredtui.ui.detail.parts import ago, sections
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.journal_view import JournalView
    from kuredtui.cluster.node_event import NodeEvent
    from kuredtui.engine.past_operations import PastOperation, Step

_ENDS = {
    Phase.DONE: ("✓", Tone.GOOD),
    Phase.DRAINED: ("✓", Tone.GOOD),
    Phase.FAILED: ("✗", Tone.BAD),
    Phase.CANCELLED: ("-", Tone.DIM),
}
_UNDER_WAY = ("▶", Tone.BUSY)
_LEVELS = {"warning": Tone.WAIT, "error": Tone.BAD}


def operations_lines(
    past: Sequence[PastOperation],
    *,
    journal: JournalView | None,
    events: Iterable[NodeEvent],
    unseen: str,
    now: float,
) -> list[Line]:
    """The journal, each operation with what it said, and the reboots that nobody here had a hand in.

    Args:
        past: the operations, the newest last.
        journal: what stands on the node now; None for nothing.
        events: about the node.
        unseen: why the events of others could not be read, as a sentence; "" where they could.
        now: in seconds of the epoch.
    """
    operations = [(" ".join(_title(operation, now)), _steps(operation)) for operation in past]
    notes: list[Line] = []
    if unseen:
        notes.append((("! ", Tone.WAIT), (clean(unseen), Tone.PLAIN)))
    if not past:
        nothing = "No operation is known: none in this session"
        others = "" if unseen else ", none in the events on the node, which are kept for an hour"
        notes.append(((f"{nothing}{others}.", Tone.DIM),))
    reboots = [event for event in events if event.booted]
    return sections(
        ("The journal on the node", _journal(journal)),
        ("", notes),
        ("Reboots that its kubelet reported", [_reboot(event, now) for event in reboots]),
        *operations,
    )


def _journal(journal: JournalView | None) -> list[Line]:
    if journal is None:
        return []
    return [((f"  {clean(journal.describe())}.", Tone.BUSY),)]


def _title(operation: PastOperation, now: float) -> list[str]:
    last = operation.last
    sign, _ = _ENDS.get(Phase(last.phase), _UNDER_WAY) if last.phase else ("·", Tone.DIM)
    who = f"by {clean(operation.owner)}" if operation.owner else "by this session"
    return [
        sign,
        clean(last.phase) or "?",
        f"{ago(last.at, now)},",
        who,
        f"· {clean(operation.id)}",
    ]


def _steps(operation: PastOperation) -> list[Line]:
    lines = [_step(step) for step in operation.steps]
    if operation.earlier:
        lines.insert(0, ((f"  {operation.earlier} earlier steps are left out.", Tone.DIM),))
    return lines


def _step(step: Step) -> Line:
    when = f"{step.at.astimezone():%H:%M:%S}" if step.at else "?"
    _, tone = _ENDS.get(Phase(step.phase), _UNDER_WAY) if step.phase else ("", Tone.DIM)
    return (
        (f"  {when}  ", Tone.DIM),
        (f"{step.phase:<11}  ", tone),
        (clean(step.message), _LEVELS.get(step.level, Tone.PLAIN)),
    )


def _reboot(event: NodeEvent, now: float) -> Line:
    return ((f"  {ago(event.first, now)}  ", Tone.PLAIN), (f"boot {clean(event.booted)}", Tone.DIM))
