"""The journal of an operation as others see it on a node (DESIGN 5).

The engine writes more into it; here is what a table shows, read from text that may be anybody's.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

OPERATION_ANNOTATION = "kuredtui.io/operation"
# The phase of a drain without reboot that is over: nobody works on the node, it waits for its next use.
RESTING_PHASE = "drained"


class JournalView(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Which operation is at work on a node.

    Attributes:
        id: of the operation.
        epoch: how many engines had it, the present one included.
        owner: who runs it, `user@host`.
        goal: what it is for: `reboot`, `drain` or `roll back`; "" where it does not say.
        phase: where it is.
        started_at: when it began, by its owner's clock.
        unschedulable_before: whether the node was cordoned before.
        cordoned: whether the operation has it cordoned, by its own hand or as it found it.
        failed: why it does not go on, though it is not over; "" for no reason.
    """

    id: str
    owner: str
    phase: str
    epoch: int = 1
    goal: str = ""
    started_at: datetime | None = None
    unschedulable_before: bool = False
    cordoned: bool = False
    failed: str = ""

    @property
    def resting(self) -> bool:
        """Whether it is a drain that is over, so that nobody is at work on the node."""
        return self.phase == RESTING_PHASE

    @property
    def has_cordoned(self) -> bool:
        """Whether the node is cordoned because of the operation, and not as it was found."""
        return self.cordoned and not self.unschedulable_before

    def describe(self) -> str:
        """Who has the operation, where it is and since when, as a sentence without its end."""
        since = f" since {self.started_at:%Y-%m-%d %H:%M:%S} UTC" if self.started_at else ""
        if self.resting:
            return f"{self.owner} has drained this node{since and f', begun{since[6:]}'}"
        what = f"a {self.goal}" if self.goal else "an operation"
        return f"{self.owner} has {what} on this node, in phase {self.phase},{since}".rstrip(",")


_decoder = msgspec.json.Decoder(JournalView)


def journal_view(text: str) -> JournalView | None:
    """The journal in an annotation's text, or None when it is none."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return None
