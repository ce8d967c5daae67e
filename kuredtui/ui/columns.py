"""The node table's columns: what each says of a node, how it sorts, and what it may cost in width."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kuredtui.ui.text import clean
from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord

# Sort keys of one column are all of one shape, so that they compare.
SortKey = tuple[int | str, ...] | int | float
_DIGITS = re.compile(r"(\d+)")
_NONE = "-"
NICE_TO_HAVE = 4


class OperationText(NamedTuple):
    """What the table says of a node's operation: ours, or another's journal on the node.

    Attributes:
        text: phase and detail; empty where there is none.
        tone: busy while it runs, otherwise how it ended.
        rank: for sorting; lower is more urgent.
    """

    text: str
    tone: Tone
    rank: int


NO_OPERATION = OperationText("", Tone.DIM, 99)


class Cell(NamedTuple):
    """One cell: clean text and its tone."""

    text: str
    tone: Tone


CellOf = Callable[["NodeRecord", OperationText], Cell]
KeyOf = Callable[["NodeRecord", OperationText], SortKey]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the table.

    Attributes:
        id: its name in actions and settings.
        title: its heading; `hot` is the index of the letter that sorts by it.
        least: cells it needs at least.
        comfort: cells it keeps as long as there are columns left that are only nice to have.
        most: cells it is given at most, however long its text.
        cell: what it says of a node.
        key: how it sorts.
        drop: which column goes first when the terminal is too narrow: the highest; 0 never goes,
            and from NICE_TO_HAVE on it goes before any other has to give up comfort.
        stretch: takes the width that is left over.
        middle: too long a text loses its middle rather than its end.
    """

    id: str
    title: str
    hot: int
    least: int
    most: int
    cell: CellOf
    key: KeyOf
    comfort: int = 0
    drop: int = 0
    stretch: bool = False
    middle: bool = False


@lru_cache(32_768)
def natural(text: str) -> tuple[int | str, ...]:
    """A sort key with numbers by value: `node-2` before `node-10`, `5.9` before `5.15`."""
    parts: list[int | str] = list(_DIGITS.split(text))
    # int() takes at most 4,300 digits; text from the cluster may have more.
    parts[1::2] = [int(str(part)[:1000]) for part in parts[1::2]]
    return tuple(parts)


def _status(node: NodeRecord, _operation: OperationText) -> Cell:
    return Cell(node.status, Tone.GOOD if node.status == "Ready" else Tone.BAD)


def _status_key(node: NodeRecord, _operation: OperationText) -> int:
    return {"NotReady": 0, "Unknown": 1}.get(node.status, 2)


def _cordon(node: NodeRecord, _operation: OperationText) -> Cell:
    return Cell("cordoned", Tone.HELD) if node.cordoned else Cell(_NONE, Tone.DIM)


PENDING_CELLS = {
    "yes": Cell("yes", Tone.WAIT),
    "no": Cell("no", Tone.DIM),
    "unknown": Cell("?", Tone.DIM),
}
_PENDING_RANKS = {"yes": 0, "unknown": 1, "no": 2}


def _pending(node: NodeRecord, _operation: OperationText) -> Cell:
    return PENDING_CELLS[node.pending.state]


def _kernel(node: NodeRecord, _operation: OperationText) -> Cell:
    """With the drift beside it where there is one: a hint, and in another colour than the flag's."""
    behind = node.drift.behind
    return _text(f"{node.kernel}  behind {behind}" if behind else node.kernel, Tone.PLAIN)


def _age_key(node: NodeRecord, _operation: OperationText) -> float:
    """Youngest first, as kubectl and k9s sort ages; an unknown age is the oldest."""
    return -node.created.timestamp() if node.created else 0.0


def _operation(_node: NodeRecord, operation: OperationText) -> Cell:
    return Cell(operation.text, operation.tone)


@lru_cache(32_768)
def _text(value: str, tone: Tone = Tone.DIM) -> Cell:
    """A cell of the node's own text; shared, since thousands of nodes say the same."""
    return Cell(clean(value) or _NONE, tone)


# On 80 columns: name, status, pending, kernel and operation. CORDON goes before KERNEL, because the sign
# at the left and the header's count say it, too, while nothing else tells whether a node got its patch.
# AGE and WHY have no text of their own here: the one depends on the clock, and the table adds it as it
# paints; the other depends on more than the node, and the row adds it.
AGE = "age"
REASON = "reason"

COLUMNS: tuple[Column, ...] = (
    Column(
        id="name",
        title="NAME",
        hot=0,
        least=24,
        comfort=36,
        most=63,
        cell=lambda node, _: _text(node.name, Tone.STRONG),
        key=lambda node, _: natural(node.name),
        middle=True,
    ),
    Column(
        id="pool",
        title="POOL",
        hot=1,
        least=6,
        most=20,
        cell=lambda node, _: _text(node.pool, Tone.PLAIN),
        key=lambda node, _: natural(node.pool),
        drop=5,
    ),
    Column(id="status", title="STATUS", hot=0, least=8, most=8, cell=_status, key=_status_key),
    Column(
        id="cordon",
        title="CORDON",
        hot=0,
        least=8,
        most=8,
        cell=_cordon,
        key=lambda node, _: 0 if node.cordoned else 1,
        drop=4,
    ),
    Column(
        id="pending",
        title="PENDING",
        hot=6,
        least=8,
        most=8,
        cell=_pending,
        key=lambda node, _: _PENDING_RANKS[node.pending.state],
    ),
    Column(
        id="kernel",
        title="KERNEL",
        hot=4,
        least=12,
        comfort=28,
        most=48,
        cell=_kernel,
        key=lambda node, _: natural(node.kernel),
        drop=2,
    ),
    Column(
        id=REASON,
        title="WHY",
        hot=0,
        least=8,
        comfort=18,
        most=28,
        cell=lambda node, _: Cell("", Tone.DIM),
        key=lambda node, _: 0,
        drop=3,
    ),
    Column(
        id="version",
        title="VERSION",
        hot=0,
        least=8,
        most=24,
        cell=lambda node, _: _text(node.version),
        key=lambda node, _: natural(node.version),
        drop=7,
    ),
    Column(
        id=AGE,
        title="AGE",
        hot=0,
        least=5,
        most=6,
        cell=lambda node, _: Cell("", Tone.DIM),
        key=_age_key,
        drop=6,
    ),
    Column(
        id="operation",
        title="OPERATION",
        hot=4,
        least=16,
        comfort=24,
        most=400,
        cell=_operation,
        key=lambda _, operation: operation.rank,
        drop=1,
        stretch=True,
    ),
)

COLUMN_INDEX = {column.id: index for index, column in enumerate(COLUMNS)}
