"""The tab of events: what was reported about the node lately, the newest last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.ages import age
from kuredtui.ui.detail.parts import ago
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord
    from kuredtui.cluster.node_event import NodeEvent
    from kuredtui.engine.events_seen import EventsSeen


def event_lines(seen: EventsSeen, *, node: NodeRecord | None, now: float) -> list[Line]:
    """Each event, and what is left out.

    Args:
        seen: the events.
        node: the node they are about, as it is now; None while it is not known.
        now: in seconds of the epoch.
    """
    if not seen.events:
        return [(("No events; an API server keeps them for an hour.", Tone.DIM),)]
    lines: list[Line] = []
    if seen.unread:
        lines.append(
            (("! ", Tone.WAIT), ("There are more, of which some may be newer.", Tone.PLAIN))
        )
    if seen.left_out:
        lines.append(((f"  {seen.left_out} older ones are left out.", Tone.DIM),))
    return lines + [_event(event, node, now) for event in seen.events]


def _event(event: NodeEvent, node: NodeRecord | None, now: float) -> Line:
    warning = event.type != "Normal"
    return (
        (f"  {ago(event.last, now):>10}  ", Tone.DIM),
        (f"{clean(event.type):<7}  ", Tone.WAIT if warning else Tone.DIM),
        (f"{clean(event.reason)}  ", Tone.STRONG if warning else Tone.PLAIN),
        (clean(f"{event.message}  · {_by(event, node)}"), Tone.PLAIN if warning else Tone.DIM),
    )


def _by(event: NodeEvent, node: NodeRecord | None) -> str:
    """Who said it, how often, and whether it is about this machine."""
    said = [event.source or "?"]
    if event.count > 1:
        often = f"{event.count} times"
        if event.first and event.last:
            often += f" in {age((event.last - event.first).total_seconds())}"
        said.append(often)
    if node is not None and event.node_uid not in ("", node.name, node.uid):
        said.append("of an earlier node of this name")
    return ", ".join(said)
