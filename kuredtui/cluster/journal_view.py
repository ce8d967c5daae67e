"""The journal of an operation as others see it on a node (DESIGN 5).

The engine writes more into it; here is what a table shows, read from text that may be anybody's.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

OPERATION_ANNOTATION = "kuredtui.io/operation"


class JournalView(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Which operation is at work on a node.

    Attributes:
        id: of the operation.
        owner: who runs it, `user@host`.
        phase: where it is.
        started_at: when it began, by its owner's clock.
    """

    id: str
    owner: str
    phase: str
    started_at: datetime | None = None


_decoder = msgspec.json.Decoder(JournalView)


def journal_view(text: str) -> JournalView | None:
    """The journal in an annotation's text, or None when it is none."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return None
