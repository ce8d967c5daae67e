"""The recordings: requests, and what a real Kubernetes API server answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

DIRECTORY = Path(__file__).parent.parent / "data" / "transcripts"
_VARIABLE = re.compile(r"\$\{(\w+)\}")

Json = Any  # Any: recorded JSON of every shape


class Request(msgspec.Struct, rename="camel"):
    """What was sent."""

    method: str
    path: str
    query: dict[str, str] = msgspec.field(default_factory=dict)
    body: Json = None
    raw: str | None = None
    content_type: str = "application/json"
    accept: str = "application/json"

    def payload(self) -> bytes | None:
        """The body's bytes."""
        if self.raw is not None:
            return self.raw.encode()
        return None if self.body is None else msgspec.json.encode(self.body)


class Answer(msgspec.Struct):
    """What came back; the body of a watch is {"events": [...]}, that of no JSON {"text": ...}."""

    status: int
    headers: dict[str, str]
    body: Json
    warnings: list[str] = msgspec.field(default_factory=list)


class Step(msgspec.Struct, rename="camel"):
    """A request and its answer; `during` is sent while a watch is open."""

    name: str
    as_user: str = msgspec.field(name="as")
    request: Request
    response: Answer
    capture: dict[str, str] = msgspec.field(default_factory=dict)
    stream_seconds: float = 0
    during: list[Request] = msgspec.field(default_factory=list)


class Scenario(msgspec.Struct):
    """Steps that follow one another."""

    scenario: str
    about: str
    server: str
    steps: list[Step]


def load_scenarios() -> list[Scenario]:
    """All recordings."""
    return [
        msgspec.json.decode(path.read_bytes(), type=Scenario)
        for path in sorted(DIRECTORY.glob("*.json"))
    ]


def with_captured(
    request: Request, captured: Mapping[str, str], uids: Mapping[str, str]
) -> Request:
    """The request with every ${NAME} replaced by the value taken from an earlier answer.

    Recorded uids are replaced by those that the objects have here.
    """
    text = msgspec.json.encode(request).decode()
    text = _VARIABLE.sub(lambda match: captured[match[1]], text)
    for recorded, here in uids.items():
        text = text.replace(recorded, here)
    return msgspec.json.decode(text, type=Request)


def captures(step: Step, answer: Answer) -> dict[str, str]:
    """The values this step takes from its answer; "" for what is not in it."""
    found = {}
    for name, path in step.capture.items():
        value = answer.body
        for part in path.split("."):
            value = value.get(part, {})
        found[name] = value or ""
    return found
