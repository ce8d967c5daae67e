"""The two lines at the top: where we are, how fresh it is, and how many nodes are in which state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.strip import Strip

from kuredtui.ui.text import clean, fit
from kuredtui.ui.tones import Piece, Tone
from kuredtui.ui.widgets.toned import Toned

_LEAST_NOTE = 16  # cells, below which the beginning of a sentence tells nothing
_DOT: Piece = (" · ", Tone.DIM)


@dataclass(frozen=True, kw_only=True)
class HeaderFacts:
    """What the header says. Texts come from the cluster or the kubeconfig as they are.

    Attributes:
        target: the context, or what else we connect to.
        server_version: of the API server; empty while unknown.
        user: who we are there; empty while unknown.
        kured: which kureds run there, in a word; empty while unknown.
        link: sign and word for the connection, with its tone.
        link_detail: the age of what is shown, and when it is tried again.
        counts: pieces of the second line, the most important first.
        read_only: why nothing may be changed; empty when it may.
        note: what is wrong with the connection, or why it is read-only; the end of the second line.
        demo: the embedded cluster is shown.
    """

    target: str
    server_version: str = ""
    user: str = ""
    kured: str = ""
    link: Piece = ("", Tone.DIM)
    link_detail: str = ""
    counts: tuple[Piece, ...] = ()
    read_only: str = ""
    note: Piece = ("", Tone.DIM)
    demo: bool = False


class Header(Toned):
    """Draws `HeaderFacts`; what does not fit is left out from the least important on."""

    ALLOW_SELECT = False

    def __init__(self, facts: HeaderFacts, *, production: bool = False) -> None:
        """`production` says that this is a cluster where mistakes are dear."""
        super().__init__()
        self._facts = facts
        self._production = production
        self._marks = ""

    @property
    def facts(self) -> HeaderFacts:
        """What is shown."""
        return self._facts

    def show(self, facts: HeaderFacts) -> None:
        """Show these facts; nothing is drawn when they are the same."""
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def mark_production(self, production: bool) -> None:
        """Whether this is a cluster where mistakes are dear."""
        self._production = production
        self.refresh()

    def show_marks(self, count: int, *, hidden: int) -> None:
        """How many nodes are marked, and how many of them nobody sees."""
        marks = f" {count} marked{f', {hidden} hidden' if hidden else ''} " if count else ""
        if marks != self._marks:
            self._marks = marks
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The first line says where, the second how many."""
        facts, width = self._facts, self.size.width
        if y == 0:
            return self.draw(_spread(_where(facts), self._state(), width), width)
        if y == 1:
            counts = _counts(facts, self._marks)
            return self.draw(_spread(counts, [[_note(facts, counts, width)]], width), width)
        return self.blank(width)

    def _state(self) -> list[Sequence[Piece]]:
        """Connection and badges, the most important first; they are drawn from the right."""
        facts = self._facts
        groups: list[Sequence[Piece]] = [[facts.link]]
        if self._production:
            groups.append([(" PRODUCTION ", Tone.ALARM), ("  ", Tone.DIM)])
        if facts.read_only:
            groups.append([(" READ-ONLY ", Tone.MARK), ("  ", Tone.DIM)])
        if facts.demo:
            groups.append([(" DEMO ", Tone.MARK), ("  ", Tone.DIM)])
        if facts.link_detail:
            groups.insert(1, [(f"{clean(facts.link_detail)}  ", facts.link[1])])
        return groups


def _where(facts: HeaderFacts) -> list[Sequence[Piece]]:
    groups: list[Sequence[Piece]] = [
        [("kuredtui", Tone.DIM), ("  ", Tone.DIM), (clean(facts.target), Tone.STRONG)]
    ]
    if facts.server_version:
        groups.append([_DOT, (clean(facts.server_version), Tone.PLAIN)])
    if facts.user:
        groups.append([_DOT, (clean(facts.user), Tone.PLAIN)])
    if facts.kured:
        groups.append([_DOT, (clean(facts.kured), Tone.PLAIN)])
    return groups


def _counts(facts: HeaderFacts, marks: str) -> list[Sequence[Piece]]:
    """The marks first: it must be seen that keys act on other nodes than the selected one."""
    groups: list[Sequence[Piece]] = [
        [piece] if index == 0 else [_DOT, piece] for index, piece in enumerate(facts.counts)
    ]
    return (
        [[(marks, Tone.MARK), ("  ", Tone.DIM), *groups[0]], *groups[1:]]
        if marks and groups
        else groups
    )


def _note(facts: HeaderFacts, counts: list[Sequence[Piece]], width: int) -> Piece:
    """The note in the room that the counts leave it; in half the line at least if something is wrong.

    It is in the log in full.
    """
    text, tone = facts.note
    room = width - 4 - _size(counts)
    if tone is Tone.BAD:
        room = max(room, width // 2)
    if cell_len(text) <= room:
        return facts.note
    return (fit(clean(text), room) if room >= _LEAST_NOTE else "", tone)


def _spread(left: list[Sequence[Piece]], right: list[Sequence[Piece]], width: int) -> list[Piece]:
    """Groups from the left edge and groups up to the right edge, as many as fit.

    The first on each side always stays (and is cut by the drawing); the others go from the last on, those
    on the left before those on the right.
    """
    left, right = list(left), list(right)
    while _size(left) + _size(right) + 4 > width and len(left) > 1:
        left.pop()
    while _size(left) + _size(right) + 4 > width and len(right) > 1:
        right.pop()
    gap = max(2, width - 2 - _size(left) - _size(right))
    return [
        (" ", Tone.DIM),
        *(piece for group in left for piece in group),
        (" " * gap, Tone.DIM),
        *(piece for group in reversed(right) for piece in group),
        (" ", Tone.DIM),
    ]


def _size(groups: list[Sequence[Piece]]) -> int:
    return sum(cell_len(text) for group in groups for text, _ in group)
