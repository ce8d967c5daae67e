"""When a node's machine booted, where somebody truly told.

Nothing on a node says so. Its kubelet reports each boot by an event, and an operation of this session sees
a boot begin and end. Neither is the moment itself, and both are said as what they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kuredtui.ui.detail.parts import ago

if TYPE_CHECKING:
    from kuredtui.cluster.node_event import NodeEvent
    from kuredtui.engine.progress import Progress


def booted_words(
    boot_id: str, *, events: Iterable[NodeEvent], records: Iterable[Progress], now: float
) -> str:
    """When this boot began, as well as it is known; "" where it is not.

    Args:
        boot_id: of the node as it is now.
        events: about it.
        records: of this session.
        now: in seconds of the epoch.
    """
    if not boot_id:
        return ""
    reported = [event for event in events if event.booted == boot_id]
    if reported:
        return f"about {ago(reported[0].first, now)}, when its kubelet reported it"
    seen = [record for record in records if record.fields.get("bootID") == boot_id]
    if seen:
        return f"before {ago(seen[0].time, now)}, when this session saw it back"
    return ""
