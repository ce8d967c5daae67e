"""The node table's columns: what each says of a node, how it sorts, and what it may cost in width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kuredtui.ui.cells import NOTHING, ROOMY, TIGHT, UNKNOWN, Cell, SortKey, natural, text_cell
from kuredtui.ui.row import Row
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Tone

NICE_TO_HAVE = 4
_NEVER = float("inf")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the table.

    Attributes:
        id: its name in actions.
        title: its heading, and in lower case its name in the settings.
        hot: index of the heading's letter that sorts by it; None where no letter does.
        least: cells it needs at least.
        comfort: cells it keeps as long as there are columns left that are only nice to have.
        most: cells it is given at most, however long its text.
        cell: what it says of a node.
        key: how it sorts.
        drop: which column goes first when the terminal is too narrow: the highest; 0 never goes,
            and from NICE_TO_HAVE on it goes before any other has to give up comfort.
        stretch: takes the width that is left over.
        width: cells that somebody wants it to have; None for as many as its texts take.
        aged: its cells may have an age.
    """

    id: str
    title: str
    least: int
    most: int
    cell: Callable[[Row], Cell]
    key: Callable[[Row], SortKey]
    hot: int | None = None
    comfort: int = 0
    drop: int = 0
    stretch: bool = False
    width: int | None = None
    aged: bool = False

    @property
    def name(self) -> str:
        """What it is called in the settings."""
        return self.title.lower()


# Few values, so few cells, made once.
_STATUS = {
    "Ready": Cell("Ready", Tone.GOOD),
    "NotReady": Cell("NotReady", Tone.BAD),
    "Unknown": Cell("Unknown", Tone.BAD),
}
_STATUS_RANKS = {"NotReady": 0, "Unknown": 1, "Ready": 2}
_CORDONED = Cell("cordoned", Tone.HELD)
_NOT_PENDING = {"no": Cell("no", Tone.DIM), "unknown": UNKNOWN}
_PENDING_RANKS = {"yes": 0, "unknown": 1, "no": 2}


def _pending(row: Row) -> Cell:
    pending = row.node.pending
    if pending.state != "yes":
        return _NOT_PENDING[pending.state]
    return Cell("yes", Tone.WAIT, pending.since.timestamp() if pending.since else None)


def _since(row: Row) -> Cell:
    """Of a flag that is not set there is no time; of one that may be set it is not known."""
    pending = row.node.pending
    if pending.state == "no":
        return NOTHING
    if pending.state == "unknown" or pending.since is None:
        return UNKNOWN
    return Cell("", Tone.WAIT, pending.since.timestamp())


def _since_key(row: Row) -> tuple[int, float]:
    """Who waits longest first."""
    pending = row.node.pending
    since = pending.since.timestamp() if pending.since else _NEVER
    return (_PENDING_RANKS[pending.state], since if pending.state == "yes" else _NEVER)


def _source(row: Row) -> Cell:
    source = row.node.pending.source
    return text_cell(source, Tone.PLAIN) if source else UNKNOWN


def _kernel(row: Row) -> Cell:
    return text_cell(_version(row.node.kernel, row.node.drift.behind), Tone.PLAIN)


def _image(row: Row) -> Cell:
    """It begins alike on all nodes; the end is the date."""
    text = _version(row.node.node_image, row.node.drift.image_behind)
    return text_cell(text, Tone.PLAIN, name=True)


def _version(version: str, behind: int) -> str:
    """With the drift beside it where there is one: a hint, and in another colour than the flag's."""
    return f"{version}  behind {behind}" if behind else version


def _reason(row: Row) -> Cell:
    """An operation stands in a column of its own."""
    why = row.why
    if why is None or why.cause == "operation":
        return Cell("", Tone.DIM)
    brief = clean(why.brief)
    # Who looks for a node does not mean those that wait for it.
    sought = brief.partition(":")[0] if why.cause in ("lock", "ghost lock") else ""
    return Cell(brief, Tone.WAIT, name=len(clean(why.named)), sought=sought)


def _reason_key(row: Row) -> SortKey:
    reason = _reason(row).text
    return (not reason, *natural(reason))


def _age(row: Row) -> Cell:
    created = row.node.created
    return Cell("", Tone.DIM, created.timestamp()) if created else UNKNOWN


def _age_key(row: Row) -> float:
    """Youngest first, as kubectl and k9s sort ages; an unknown age is the oldest."""
    created = row.node.created
    return -created.timestamp() if created else 0.0


def _pods(row: Row) -> Cell:
    """Known of a node that is drained from here, and of the one whose pods are looked at: nobody watches
    those of all nodes (DESIGN 10).
    """
    if (to_go := row.operation.to_go) is not None:
        return Cell(f"{to_go} to go", Tone.BUSY)
    return UNKNOWN if row.pods is None else Cell(str(row.pods), Tone.PLAIN)


def _pods_key(row: Row) -> tuple[bool, bool, int]:
    """Who has most to do first, then who has most."""
    to_go = row.operation.to_go
    return (to_go is None, row.pods is None, -(to_go or row.pods or 0))


def _operation(row: Row) -> Cell:
    operation = row.operation
    return Cell(operation.text, operation.tone, roomy=operation.roomy, tight=operation.tight)


# On 80 columns: name, status, pending, kernel and operation. CORDON goes before KERNEL, because the sign
# at the left and the header's count say it, too, while nothing else tells whether a node got its patch.
COLUMNS: tuple[Column, ...] = (
    Column(
        id="name",
        title="NAME",
        hot=0,
        least=24,
        comfort=36,
        most=63,
        cell=lambda row: text_cell(row.name, Tone.STRONG, name=True),
        key=lambda row: natural(row.name),
    ),
    Column(
        id="pool",
        title="POOL",
        hot=1,
        least=6,
        most=20,
        cell=lambda row: text_cell(row.node.pool, Tone.PLAIN),
        key=lambda row: natural(row.node.pool),
        drop=5,
    ),
    Column(
        id="status",
        title="STATUS",
        hot=0,
        least=8,
        most=8,
        cell=lambda row: _STATUS[row.node.status],
        key=lambda row: _STATUS_RANKS[row.node.status],
    ),
    Column(
        id="cordon",
        title="CORDON",
        hot=0,
        least=8,
        most=8,
        cell=lambda row: _CORDONED if row.node.cordoned else NOTHING,
        key=lambda row: 0 if row.node.cordoned else 1,
        drop=4,
    ),
    Column(
        id="pending",
        title="PENDING",
        hot=6,
        least=8,
        most=10,  # `yes` and an age
        aged=True,
        cell=_pending,
        key=lambda row: _PENDING_RANKS[row.node.pending.state],
    ),
    Column(
        id="since", title="SINCE", least=6, most=6, aged=True, cell=_since, key=_since_key, drop=7
    ),
    Column(
        id="source",
        title="SOURCE",
        least=8,
        most=24,
        cell=_source,
        key=lambda row: natural(row.node.pending.source),
        drop=10,
    ),
    Column(
        id="kernel",
        title="KERNEL",
        hot=4,
        least=12,
        comfort=28,
        most=48,
        cell=_kernel,
        key=lambda row: natural(row.node.kernel),
        drop=2,
    ),
    Column(
        id="image",
        title="IMAGE",
        least=20,
        most=50,
        cell=_image,
        key=lambda row: natural(row.node.node_image),
        drop=9,
    ),
    Column(
        id="reason",
        title="WHY",
        hot=0,
        least=8,
        comfort=18,
        most=28,
        cell=_reason,
        key=_reason_key,
        drop=3,
    ),
    Column(
        id="version",
        title="VERSION",
        hot=0,
        least=8,
        most=24,
        cell=lambda row: text_cell(row.node.version),
        key=lambda row: natural(row.node.version),
        drop=12,
    ),
    Column(
        id="age", title="AGE", hot=0, least=5, most=6, aged=True, cell=_age, key=_age_key, drop=11
    ),
    Column(
        id="lock",
        title="LOCK",
        least=8,
        most=15,  # `kuredtui` and an age
        aged=True,
        cell=lambda row: row.lock.cell,
        key=lambda row: row.lock.rank,
        drop=6,
    ),
    Column(
        id="pods",
        title="PODS",
        least=8,
        most=12,
        cell=_pods,
        key=_pods_key,
        drop=8,
    ),
    Column(
        id="zone",
        title="ZONE",
        least=6,
        most=20,
        cell=lambda row: text_cell(row.node.zone),
        key=lambda row: natural(row.node.zone),
        drop=13,
    ),
    Column(
        id="roles",
        title="ROLES",
        least=6,
        most=24,
        cell=lambda row: text_cell(",".join(row.node.roles)),
        key=lambda row: natural(",".join(row.node.roles)),
        drop=15,
    ),
    Column(
        id="ip",
        title="IP",
        least=8,
        most=39,  # IPv6
        cell=lambda row: text_cell(row.node.internal_ip),
        key=lambda row: natural(row.node.internal_ip),
        drop=14,
    ),
    Column(
        id="os",
        title="OS",
        least=8,
        most=24,
        cell=lambda row: text_cell(row.node.os_image),
        key=lambda row: natural(row.node.os_image),
        drop=16,
    ),
    Column(
        id="runtime",
        title="RUNTIME",
        least=8,
        most=24,
        cell=lambda row: text_cell(row.node.runtime),
        key=lambda row: natural(row.node.runtime),
        drop=17,
    ),
    Column(
        id="operation",
        title="OPERATION",
        hot=4,
        least=TIGHT,
        comfort=ROOMY,
        most=400,
        cell=_operation,
        key=lambda row: row.operation.rank,
        drop=1,
        stretch=True,
    ),
)

BY_ID = {column.id: column for column in COLUMNS}
BY_NAME = {column.name: column for column in COLUMNS}
COLUMN_NAMES = tuple(BY_NAME)
NAME = COLUMNS[0]
