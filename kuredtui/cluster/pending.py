"""Whether a node waits for a reboot, as its own annotations and labels tell it (DESIGN 9).

The other sources (kured's metric, a sentinel's report, a node condition, a probe) are read elsewhere
and merged with this one. Nothing said is `unknown`, never `no`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec

PendingState = Literal["yes", "no", "unknown"]

# kured sets both when a reboot is due and --annotate-nodes is on, removes the first after the reboot
# and never the second (kured, cmd/kured/main.go).
KURED_IN_PROGRESS = "weave.works/kured-reboot-in-progress"
KURED_MOST_RECENT = "weave.works/kured-most-recent-reboot-needed"
# Flatcar's update operator writes it as an annotation and as a label (its docs, "agent annotations").
FLATCAR_REBOOT_NEEDED = "flatcar-linux-update.v1.flatcar-linux.net/reboot-needed"


class Pending(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A verdict on one node.

    Attributes:
        state: whether it waits for a reboot.
        source: who says so; "" for nobody.
        since: since when, by the source's clock; None where it does not say.
        detail: what else the source tells; "" for nothing.
    """

    state: PendingState = "unknown"
    source: str = ""
    since: datetime | None = None
    detail: str = ""


UNKNOWN = Pending()
_FLATCAR_NO = Pending(state="no", source="Flatcar")
_FLATCAR_YES = Pending(state="yes", source="Flatcar")


def pending(*, annotations: Mapping[str, str], labels: Mapping[str, str]) -> Pending:
    """What a node's metadata say of a pending reboot; a `yes` outweighs a `no`."""
    if (since := annotations.get(KURED_IN_PROGRESS)) is not None:
        return Pending(state="yes", source="kured", since=_time(since))
    flatcar = {annotations.get(FLATCAR_REBOOT_NEEDED), labels.get(FLATCAR_REBOOT_NEEDED)}
    if "true" in flatcar:
        return _FLATCAR_YES
    if "false" in flatcar:
        return _FLATCAR_NO
    if (last := annotations.get(KURED_MOST_RECENT)) is not None:
        return Pending(detail=f"kured last saw a reboot needed at {last}")
    return UNKNOWN


def _time(text: str) -> datetime | None:
    """The RFC 3339 time that kured writes; None for anything else, and for one without a zone."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else None
