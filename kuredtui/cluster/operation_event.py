"""Who an event of an operation is of: the end of its message, as it is written and as it is read."""

from __future__ import annotations

import re
from typing import NamedTuple

COMPONENT = "kuredtui"
"""The source of these events."""
LONGEST_MESSAGE = 1024
"""Of an event, in characters: Kubernetes' own limit where it has one (events.k8s.io/v1, note)."""
_SIGNED = re.compile(r"(?P<said>.*) \(by (?P<owner>.*), operation (?P<operation>\S+)\)", re.DOTALL)


class Signed(NamedTuple):
    """What such an event says, who runs the operation, and the operation's id."""

    said: str
    owner: str
    operation: str


def signed(said: str, *, owner: str, operation: str) -> str:
    """The message of an event; what is too long for one is cut off before the signature."""
    by = f" (by {owner}, operation {operation})"
    return said[: LONGEST_MESSAGE - len(by)] + by


def read_signed(message: str) -> Signed | None:
    """What `signed` made the message of; None for any other text."""
    if len(message) > LONGEST_MESSAGE:  # matching would take the square of it
        return None
    found = _SIGNED.fullmatch(message)
    return Signed(found["said"], found["owner"], found["operation"]) if found else None
