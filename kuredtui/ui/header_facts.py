"""What the header says of a session."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kuredtui.ui.ages import age
from kuredtui.ui.text import clean, fit_middle
from kuredtui.ui.tones import Piece, Tone
from kuredtui.ui.widgets.header import HeaderFacts

if TYPE_CHECKING:
    from kuredtui.cluster.connection import ConnectionState
    from kuredtui.cluster.store import Counts
    from kuredtui.engine.session import Session

_MINUTE = 60
# Cells for the name of who holds the lock.
_MOST_NAME = 16


def header_facts(
    session: Session, *, target: str, demo: bool, now: float, clock: float
) -> HeaderFacts:
    """The facts of a session.

    Args:
        session: the session.
        target: what a person calls the cluster.
        demo: it is the embedded one.
        now: the monotonic clock, in seconds.
        clock: seconds of the epoch.
    """
    link, detail = _link(session.connection, now)
    read_only = (session.read_only_reason or "by request") if session.read_only else ""
    note = (clean(read_only), Tone.DIM)
    if session.connection.kind == "lost" and session.connection.message:
        note = (clean(session.connection.message), Tone.BAD)
    return HeaderFacts(
        target=target,
        server_version=session.server_version,
        user=session.user,
        kured=session.kured.brief,
        link=link,
        link_detail=detail,
        # Until something was heard, nobody knows how many there are, least of all that there are none.
        counts=_all_counts(session, clock) if session.connection.fresh_at is not None else (),
        read_only=read_only,
        note=note,
        demo=demo,
    )


def _link(connection: ConnectionState, now: float) -> tuple[Piece, str]:
    """The state of the connection as sign and word, and how old the picture is if it is not live."""
    if connection.kind == "live":
        return ("● live", Tone.GOOD), ""
    if connection.kind != "lost":
        return (f"◌ {connection.kind}", Tone.BUSY), ""
    parts = []
    if (silent := connection.silent_for(now)) is not None:
        parts.append(f"as of {age(silent)} ago")
    if connection.retry_at is not None and connection.retry_at > now:
        parts.append(f"retry in {age(connection.retry_at - now + 1)}")
    return ("○ lost", Tone.BAD), ", ".join(parts)


def _all_counts(session: Session, clock: float) -> tuple[Piece, ...]:
    """The nodes, and what concerns all of them, the most important first."""
    *nodes, cordoned = _counts(session.store.counts)
    window = session.window
    when: list[Piece] = []
    if window is not None and not window.always:
        moment = datetime.fromtimestamp(clock, UTC)
        tone = Tone.PLAIN if window.contains(moment) else Tone.WAIT
        when.append((f"window {window.briefly(moment)}", tone))
    behind = session.store.counts.behind
    drift: list[Piece] = [(f"{behind} behind", Tone.PLAIN)] if behind else []
    return (*nodes, *_rollout(session), *_locks(session, clock), cordoned, *when, *drift)


def _rollout(session: Session) -> list[Piece]:
    rollout = session.rollout
    if rollout is None or rollout.finished:
        return []
    over = sum(entry.state.over for entry in rollout.entries.values())
    state = " paused" if rollout.paused else " stopping" if rollout.stopped else ""
    tone = Tone.WAIT if state else Tone.BUSY
    return [(f"rollout {over}/{len(rollout.entries)}{state}", tone)]


def _locks(session: Session, clock: float) -> list[Piece]:
    """Who holds the lock and for how long; a pause and a ghost are said as such."""
    locks = session.locks
    entries = locks.holders if locks is not None else ()
    if locks is None or not entries:
        return []
    if any(lock.paused for lock in locks.seen()):
        return [("kured PAUSED", Tone.WAIT)]
    first = entries[0]
    held = f" {_held_for(clock - first.since.timestamp())}" if first.since else ""
    more = f" +{len(entries) - 1}" if len(entries) > 1 else ""
    ghosts = sum(locks.is_ghost(entry) for entry in entries)
    name = fit_middle(clean(first.node), min(_MOST_NAME, len(first.node)))
    if ghosts:
        return [(f"lock {name}{held}{more} GHOST", Tone.BAD)]
    return [(f"lock {name}{held}{more}", Tone.BUSY)]


def _held_for(seconds: float) -> str:
    """In minutes at least: a header that changes each second is drawn each second."""
    return "<1m" if seconds < _MINUTE else age(seconds - seconds % _MINUTE)


def _counts(counts: Counts) -> tuple[Piece, ...]:
    """Node counts by importance; what is nought and would be a worry is only said in passing."""
    pieces: list[Piece] = [
        (f"{counts.total} node{'' if counts.total == 1 else 's'}", Tone.STRONG),
        (f"{counts.ready} ready", Tone.GOOD if counts.ready else Tone.DIM),
        _pending(counts),
        (f"{counts.cordoned} cordoned", Tone.HELD if counts.cordoned else Tone.DIM),
    ]
    if counts.not_ready:
        pieces.insert(2, (f"{counts.not_ready} not ready", Tone.BAD))
    return tuple(pieces)


def _pending(counts: Counts) -> Piece:
    """Those nobody tells anything of are counted beside, since unknown is not no (DESIGN 3)."""
    text = f"{counts.pending} pending"
    if counts.unknown:
        text += f", {counts.unknown} unknown"
    return (text, Tone.WAIT if counts.pending else Tone.DIM)
