"""What the questions are made of: answers, headings, points, and what is said of a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuredtui.ui.ages import spoken
from kuredtui.ui.run_choice import RunChoice
from kuredtui.ui.screens.dialog import Choice, Dialog, Later
from kuredtui.ui.screens.typed_dialog import TypedDialog
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Piece, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord

BACK = "back"
YES = "yes"
PLAN = "plan"

EMPTY: Line = (("", Tone.PLAIN),)
# Names in a dialog before the rest is only counted; a text of so many lines still scrolls well.
_MOST_NAMED = 500


def heading(text: str) -> Line:
    """The title of a part."""
    return ((text, Tone.STRONG),)


def point(sign: str, text: str, tone: Tone = Tone.PLAIN) -> Line:
    """One thing, after a sign or a number."""
    return ((f"  {sign} ", Tone.DIM), (text, tone))


def about_line(label: str, *pieces: Piece) -> Line:
    """A fact."""
    return ((f"{label:<9}", Tone.DIM), *pieces)


def about_node(node: NodeRecord, cluster: str, now: float) -> list[Line]:
    """Where it is and what it is; the header that says so, too, is behind the dialog."""
    pending = node.pending
    answer = ("no" if pending.state == "no" else "? (unknown)", Tone.PLAIN)
    if pending.state == "yes":
        since = f", for {spoken(now - pending.since.timestamp())}" if pending.since else ""
        answer = (f"yes{since}, says {clean(pending.source)}", Tone.WAIT)
    return [
        about_line("cluster", (clean(cluster), Tone.STRONG)),
        about_line(
            "node",
            (f"{clean(node.pool)} · {clean(node.kernel)} · ", Tone.PLAIN),
            (node.status, Tone.GOOD if node.status == "Ready" else Tone.BAD),
        ),
        about_line("pending", answer),
    ]


def about_nodes(
    nodes: Sequence[NodeRecord], left_out: Mapping[str, str], hidden: int
) -> list[Line]:
    """Which they are, and which of those asked for are left out, and why.

    Args:
        nodes: those that something will be done to.
        left_out: why, as a sentence, by the node's name.
        hidden: so many of them the filter hides.
    """
    hint = f", {hidden} hidden by the filter" if hidden else ""
    lines: list[Line] = [about_line("nodes", (str(len(nodes)), Tone.STRONG), (hint, Tone.WAIT))]
    lines += [
        point("·", f"{clean(node.name)}  {_in_short(node)}".rstrip())
        for node in nodes[:_MOST_NAMED]
    ]
    if len(nodes) > _MOST_NAMED:
        lines.append(point("·", f"and {len(nodes) - _MOST_NAMED} more"))
    if left_out:
        lines += [EMPTY, heading(f"Left out: {len(left_out)}")]
        lines += _named(left_out.items())
    return lines


def _in_short(node: NodeRecord) -> str:
    """What a person should see of a node in a list, in words."""
    said = [
        "" if node.status == "Ready" else node.status,
        "cordoned" if node.cordoned else "",
        "pending" if node.pending.state == "yes" else "",
    ]
    return ", ".join(filter(None, said))


def _named(items: Iterable[tuple[str, str]]) -> list[Line]:
    return [
        ((f"  ! {clean(name)} ", Tone.WAIT), (clean(reason), Tone.PLAIN)) for name, reason in items
    ]


def silence(silent_for: float | None) -> list[Line]:
    """A point for an API server that is not heard.

    Args:
        silent_for: seconds since it was; None while it is.
    """
    if silent_for is None:
        return []
    text = f"The API server is not heard: all this was so {spoken(silent_for)} ago."
    return [point("!", text, Tone.BAD)]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What stands in a question of what its answer would do, with the way to the whole plan.

    Attributes:
        run: the options of the run.
        later: finds out what it would come to.
    """

    run: RunChoice
    later: Later


def preview_heading(preview: Preview) -> list[Line]:
    """What is different in this run, and the title of what it would come to."""
    chosen = preview.run.lines()
    options = [EMPTY, heading("In this run alone"), *chosen] if chosen else []
    return [*options, EMPTY, heading("What its drain would do now")]


def yes_or_no(
    title: str,
    lines: Sequence[Line],
    *,
    yes: str,
    preview: Preview | None = None,
    after: Sequence[Line] = (),
) -> Dialog:
    """A question about one node, with the focus on no; `yes` is what its button says."""
    plan = [Choice(answer=PLAN, label="Plan", action="answer.plan")] if preview else []
    return Dialog(
        title=title,
        lines=[*lines, *(preview_heading(preview) if preview else ())],
        later=preview.later if preview else None,
        after=after,
        choices=[
            Choice(answer=BACK, label="Cancel", action="answer.no"),
            *plan,
            Choice(answer=YES, label=yes, action="answer.yes", dangerous=True),
        ],
    )


def typed(
    title: str,
    lines: Sequence[Line],
    *,
    word: str,
    what: str,
    yes: str,
    preview: Preview | None = None,
    after: Sequence[Line] = (),
) -> Dialog:
    """A question whose yes has to be typed; see `TypedDialog`."""
    return TypedDialog(
        title=title,
        lines=[*lines, *(preview_heading(preview) if preview else ())],
        word=word,
        what=what,
        no=Choice(answer=BACK, label="Cancel"),
        yes=Choice(answer=YES, label=yes, dangerous=True),
        more=[Choice(answer=PLAN, label="Plan", action="answer.plan")] if preview else (),
        later=preview.later if preview else None,
        after=after,
    )
