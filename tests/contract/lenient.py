"""What may differ, besides, on a given cluster: it has a life and settings of its own.

Both functions are for recorded answers, too, so that the same is left out on both sides.
"""

from __future__ import annotations

from tests.contract.transcripts import Answer, Json, Scenario


def own_objects(scenario: Scenario, answer: Answer) -> Answer:
    """The answer without objects that the scenario knows nothing of: other people's."""
    names = {name for step in scenario.steps for name in _names(step.response.body)}
    body = dict(answer.body)
    for section in ("items", "rows"):
        if section in body:
            body[section] = [
                item
                for item in body[section]
                if item.get("object", item)["metadata"]["name"] in names
            ]
    return Answer(answer.status, answer.headers, body)


def lenient(facts: Json) -> Json:
    """The facts of an answer without those that are the cluster's own affair."""
    body = facts.get("body") or {}
    if "gitVersion" in body:
        facts["body"] = sorted(body)
    match body.get("kind"):
        case "SelfSubjectAccessReview":  # an administrator by a role, or by a group
            body["status"].pop("reason", None)
        case "SelfSubjectReview":  # whoever the viewer is
            body["status"] = sorted(body["status"])
    return facts


def _names(body: Json) -> list[str]:
    found = [body, *body.get("items", []), *(row["object"] for row in body.get("rows", []))]
    return [item["metadata"].get("name", "") for item in found if "metadata" in item]
