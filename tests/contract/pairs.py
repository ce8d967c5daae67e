"""What was recorded beside what was answered, both made comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.contract import same
from tests.contract.events import KnownObjects
from tests.contract.transcripts import Answer, Json, Scenario, Step


@dataclass(frozen=True, slots=True)
class Pair:
    """Equal when the answer is that of the recorded server."""

    recorded: Json
    answered: Json


def pairs(scenario: Scenario, answers: Mapping[str, Answer]) -> dict[str, Pair]:
    """A pair for each step that was answered, by its name."""
    found = {}
    recorded_client, client = KnownObjects(), KnownObjects()
    for step in scenario.steps:
        answer = answers.get(step.name)
        if answer is None:
            continue
        recorded = _facts(step, step.response, recorded_client)
        answered = _facts(step, answer, client)
        if (records := same.discovered(answer)) is not None:
            recorded, answered = _served(step, records)
        found[step.name] = Pair(recorded, answered)
    return found


def _facts(step: Step, answer: Answer, client: KnownObjects) -> Json:
    facts = {"status": answer.status, "headers": same.headers(answer)}
    if isinstance(answer.body, dict) and "events" in answer.body:
        return {**facts, "events": client.events(answer)}
    client.learn(answer)
    return {**facts, "body": same.body(step, answer)}


def _served(step: Step, records: dict[str, Json]) -> tuple[Json, Json]:
    """Discovery: what both name, they describe alike. The embedded server names less."""
    recorded = same.discovered(step.response) or {}
    common = recorded.keys() & records.keys()
    return {n: recorded[n] for n in common}, {n: records[n] for n in common}
