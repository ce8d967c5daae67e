"""What the header says of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.ages import age
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Piece, Tone
from kuredtui.ui.widgets.header import HeaderFacts

if TYPE_CHECKING:
    from kuredtui.cluster.connection import ConnectionState
    from kuredtui.cluster.store import Counts
    from kuredtui.engine.session import Session


def header_facts(session: Session, *, target: str, demo: bool, now: float) -> HeaderFacts:
    """The facts of a session; `now` is the monotonic clock, in seconds."""
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
        counts=_counts(session.store.counts) if session.connection.fresh_at is not None else (),
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


def _counts(counts: Counts) -> tuple[Piece, ...]:
    """Node counts by importance; what is nought and would be a worry is only said in passing."""
    pieces: list[Piece] = [
        (f"{counts.total} node{'' if counts.total == 1 else 's'}", Tone.STRONG),
        (f"{counts.ready} ready", Tone.GOOD if counts.ready else Tone.DIM),
        _pending(counts),
        (f"{counts.cordoned} cordoned", Tone.HELD if counts.cordoned else Tone.DIM),
    ]
    if counts.behind:
        pieces.append((f"{counts.behind} behind", Tone.PLAIN))
    if counts.not_ready:
        pieces.insert(2, (f"{counts.not_ready} not ready", Tone.BAD))
    return tuple(pieces)


def _pending(counts: Counts) -> Piece:
    """Those nobody tells anything of are counted beside, since unknown is not no (DESIGN 3)."""
    text = f"{counts.pending} pending"
    if counts.unknown:
        text += f", {counts.unknown} unknown"
    return (text, Tone.WAIT if counts.pending else Tone.DIM)
