"""Whether a lock shall be taken from its owner, and whether kured shall pause or go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.ages import age
from kuredtui.ui.questions.parts import EMPTY, about_line, heading, point, typed, yes_or_no
from kuredtui.ui.screens.dialog import Dialog
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Piece, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.lock_value import LockEntry
    from kuredtui.engine.lock_place import LockPlace
    from kuredtui.engine.locks_by_hand import LocksByHand


def standing(entry: LockEntry, locks: LocksByHand) -> Piece:
    """What a person should know of an owner of the lock, in a word or two."""
    if entry.node_id == "manual":
        return ("PAUSE by an operator", Tone.WAIT)
    if locks.is_ghost(entry):
        return ("GHOST: no such node", Tone.BAD)
    if locks.is_expired(entry):
        return ("EXPIRED", Tone.WAIT)
    return ("held", Tone.BUSY)


def entry_line(entry: LockEntry, place: LockPlace, locks: LocksByHand, now: float) -> Line:
    """An owner of a lock on one line."""
    since = f"for {age(now - entry.since.timestamp())}" if entry.since else "since ?"
    word, tone = standing(entry, locks)
    who = clean(entry.node_id) or "?"
    return (
        (f"  {who}  ", Tone.STRONG),
        (f"{since}  ", Tone.PLAIN),
        (f"{word}  ", tone),
        (clean(str(place)), Tone.DIM),
    )


def unlock_question(
    entry: LockEntry, place: LockPlace, locks: LocksByHand, *, cluster: str, now: float
) -> Dialog:
    """Whether to take this owner out; the yes is its name.

    Args:
        entry: the owner.
        place: where the lock is.
        locks: knows whether the owner is alive.
        cluster: what a person calls it.
        now: seconds of the epoch.
    """
    word, tone = standing(entry, locks)
    since = f"{entry.since:%Y-%m-%d %H:%M:%S} UTC" if entry.since else "nobody knows when"
    lines: list[Line] = [
        about_line("cluster", (clean(cluster), Tone.STRONG)),
        about_line("lock", (clean(str(place)), Tone.PLAIN)),
        about_line("owner", (clean(entry.node_id), Tone.STRONG), (f"  {word}", tone)),
        about_line("since", (since, Tone.PLAIN)),
        EMPTY,
        heading("What will happen"),
        point("·", "this owner is taken out of the lock, if it still stands there like that"),
        point("·", "the next who wants the lock gets it: another node may be rebooted"),
    ]
    if not locks.is_ghost(entry) and not locks.is_expired(entry):
        lines += [
            EMPTY,
            heading("What is known against it"),
            point(
                "!",
                "Its node exists: whoever holds this may be draining or rebooting it right now, and "
                "then two nodes go at once. Look at the node, and at kured's log, first.",
                Tone.BAD,
            ),
        ]
    return typed(
        f"Unlock {clean(entry.node_id)}?",
        lines,
        word=entry.node_id,
        what="the owner",
        yes="Unlock",
    )


def pause_question(places: Sequence[LockPlace], *, end: bool, cluster: str) -> Dialog:
    """Whether kured shall pause, or go on.

    Args:
        places: the locks it is done to.
        end: it goes on.
        cluster: what a person calls it.
    """
    lines: list[Line] = [
        about_line("cluster", (clean(cluster), Tone.STRONG)),
        *(about_line("lock", (clean(str(place)), Tone.PLAIN)) for place in places),
        EMPTY,
        heading("What will happen"),
    ]
    if end:
        lines.append(point("·", "kured, and we, may take the lock and reboot nodes again"))
        lines.append(point("!", "somebody paused it, perhaps for a reason", Tone.WAIT))
        return yes_or_no("Let kured go on?", lines, yes="Go on")
    lines += [
        point(
            "·", "the lock is held as `manual`, kured's own convention, until somebody ends that"
        ),
        point("·", "kured reboots nothing; operations of this program wait, too"),
        point("·", "what holds the lock already would go on; nothing does"),
    ]
    return yes_or_no("Pause kured?", lines, yes="Pause")
