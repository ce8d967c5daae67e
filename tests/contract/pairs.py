"""What was recorded beside what was answered, both as facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.contract.discovered import common, is_document
from tests.contract.facts import Reader
from tests.contract.lenient import lenient, own_objects
from tests.contract.transcripts import Answer, Json, Scenario

_NOTHING = "nothing"


@dataclass(frozen=True)
class Pair:
    """The facts of one step."""

    recorded: Json
    answered: Json

    def differences(self) -> list[str]:
        """One line for each fact in which they differ; none when this is the recorded answer."""
        recorded, answered = dict(_leaves(self.recorded)), dict(_leaves(self.answered))
        return [
            f"{path}: {answered.get(path, _NOTHING)} where {recorded.get(path, _NOTHING)} was recorded"
            for path in dict.fromkeys((*recorded, *answered))
            if recorded.get(path, _NOTHING) != answered.get(path, _NOTHING)
        ]


@dataclass(frozen=True)
class Replayed:
    """A scenario's pairs by step; `missing` says why a step has none."""

    pairs: Mapping[str, Pair]
    missing: Mapping[str, str]


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every path to something that is no object and no list, or an empty one, and that as JSON."""
    if value and isinstance(value, dict | list | tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            yield from _leaves(item, f"{path}.{name}")
    else:
        yield path, json.dumps(value)


def pairs(scenario: Scenario, answers: Mapping[str, Answer], *, given: bool) -> dict[str, Pair]:
    """A pair for each step that was answered, by its name.

    `given` is for a cluster with a life of its own, where less can be compared.
    """
    found = {}
    recorder, reader = Reader(controlled=True), Reader(controlled=given)
    for step in scenario.steps:
        if step.name not in answers:
            continue
        answer = answers[step.name]
        recorded = recorder.facts(step, step.response)
        answered = reader.facts(step, own_objects(scenario, answer) if given else answer)
        if is_document(step.response.body) and is_document(answer.body):
            recorded["body"], answered["body"] = common(
                recorded["body"], answered["body"], given=given
            )
        if given:
            recorded, answered = lenient(recorded), lenient(answered)
        found[step.name] = Pair(recorded, answered)
    return found
