"""Whether a node waits for a reboot: what each source says of it (DESIGN 9), merged by one rule.

A source gives one report on a node. The rule, for all reports that there are:

1. A report of what was seen in another boot than the node's present one says nothing any more: it is
   `unknown`, whatever it said. So is one that is older than STALE_SECONDS, of a source that has to be asked
   again and again. One that does not say in which boot (an annotation, a condition) is as current as the
   node object it stands in.
2. A `yes` outweighs any `no`, since sources look for different things: a condition may ask for a reboot of
   which no file tells.
3. A `no` outweighs `unknown`: somebody looked. Nothing but a `no` makes a `no`.
4. Of several that agree, the one that speaks is the one that saw it in the present boot, then the one that
   knows the packages, then the one that knows since when, then the earliest; at last the name decides.
   Packages and the time are taken from the next best where the best has none.
5. If nobody knows, why each of them does not is what is told.

The order in which the reports came makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from kuredtui.kube.types import Condition

PendingState = Literal["yes", "no", "unknown"]

# kured sets both when a reboot is due and --annotate-nodes is on, removes the first after the reboot
# and never the second (kured, cmd/kured/main.go).
KURED_IN_PROGRESS = "weave.works/kured-reboot-in-progress"
KURED_MOST_RECENT = "weave.works/kured-most-recent-reboot-needed"
# Flatcar's update operator writes it as an annotation and as a label (its docs, "agent annotations").
FLATCAR_REBOOT_NEEDED = "flatcar-linux-update.v1.flatcar-linux.net/reboot-needed"

STALE_SECONDS = 1200.0
"""The age from which a report of a source that has to be asked says nothing. Of 5,000 kureds each is asked
every fourteen minutes (see `engine/sources/metric_polling.py`)."""


class Pending(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A verdict on one node: one source's report, or what all of them come to.

    Attributes:
        state: whether it waits for a reboot.
        source: who says so; "" for nobody.
        since: since when, by the source's clock; None where it does not say.
        detail: what else the source tells, or why it does not know; "" for nothing.
        packages: which ones asked for the reboot, as far as the source knows.
        boot_id: the boot in which it was seen; "" where the source does not say.
    """

    state: PendingState = "unknown"
    source: str = ""
    since: datetime | None = None
    detail: str = ""
    packages: tuple[str, ...] = ()
    boot_id: str = ""


UNKNOWN = Pending()
_FLATCAR_NO = Pending(state="no", source="Flatcar")
_FLATCAR_YES = Pending(state="yes", source="Flatcar")


class AwaitedCondition(msgspec.Struct, frozen=True, kw_only=True):
    """Which condition of a node asks for a reboot, as node-problem-detector sets them.

    Attributes:
        type: of the condition.
        status: the one that asks; the other of `True` and `False` says no, `Unknown` is unknown.
    """

    type: str
    status: str = "True"


def merged(reports: Sequence[Pending], *, boot_id: str) -> Pending:
    """What the reports come to, by the rule above.

    Args:
        reports: at most one of each source, in any order.
        boot_id: of the node's present boot; "" when it is not known, and then no report that names a
            boot counts.
    """
    if not reports:
        return UNKNOWN
    current = [report if _of_boot(report, boot_id) else _outdated(report) for report in reports]
    for state in ("yes", "no"):
        if agreed := [report for report in current if report.state == state]:
            return _spoken(sorted(agreed, key=_precedence))
    reasons = sorted(report.detail for report in current if report.detail)
    if not reasons:
        return UNKNOWN
    return Pending(detail="; ".join(dict.fromkeys(reasons)))


def aged(report: Pending, *, seconds: float) -> Pending:
    """The report as it is worth so many seconds after it was given."""
    if report.state == "unknown" or seconds < STALE_SECONDS:
        return report
    detail = f"{report.source} was last heard {round(seconds / 60)} minutes ago"
    return Pending(source=report.source, detail=detail)


def reports_on(
    *,
    annotations: Mapping[str, str],
    labels: Mapping[str, str],
    conditions: Iterable[Condition] = (),
    awaited: AwaitedCondition | None = None,
) -> tuple[Pending, ...]:
    """What the node object itself says: kured's annotations, Flatcar's, and the awaited condition."""
    found = []
    if (since := annotations.get(KURED_IN_PROGRESS)) is not None:
        found.append(Pending(state="yes", source="kured", since=_time(since)))
    elif (last := annotations.get(KURED_MOST_RECENT)) is not None:
        detail = f"kured last saw a reboot needed at {last}"
        found.append(Pending(source="kured", detail=detail))
    flatcar = {annotations.get(FLATCAR_REBOOT_NEEDED), labels.get(FLATCAR_REBOOT_NEEDED)}
    if "true" in flatcar:
        found.append(_FLATCAR_YES)
    elif "false" in flatcar:
        found.append(_FLATCAR_NO)
    if awaited is not None:
        found += [_of_condition(item, awaited) for item in conditions if item.type == awaited.type]
    return tuple(found)


def _of_condition(condition: Condition, awaited: AwaitedCondition) -> Pending:
    source = f"condition {condition.type}"
    if condition.status == awaited.status:
        since, why = condition.last_transition_time, condition.reason
        return Pending(state="yes", source=source, since=since, detail=why)
    if condition.status in ("True", "False"):
        return Pending(state="no", source=source)
    return Pending(source=source, detail=f"the {source} is {condition.status}")


def _of_boot(report: Pending, boot_id: str) -> bool:
    return not report.boot_id or report.boot_id == boot_id


def _outdated(report: Pending) -> Pending:
    return Pending(
        source=report.source,
        detail=f"{report.source} has not looked since the node booted",
    )


_NEVER = datetime.max.replace(tzinfo=UTC)


def _precedence(report: Pending) -> tuple[bool, bool, bool, datetime, str, str]:
    """Lowest for the one that speaks."""
    since = report.since or _NEVER
    return (
        not report.boot_id,
        not report.packages,
        report.since is None,
        since if since.tzinfo else since.replace(tzinfo=UTC),
        report.source,
        report.detail,
    )


def _spoken(agreed: Sequence[Pending]) -> Pending:
    best, *others = agreed
    if not others:
        return best
    since = next((report.since for report in agreed if report.since), None)
    packages = next((report.packages for report in agreed if report.packages), ())
    return msgspec.structs.replace(best, since=since, packages=packages)


def _time(text: str) -> datetime | None:
    """The RFC 3339 time that kured writes; None for anything else, and for one without a zone."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else None
