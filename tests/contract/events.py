"""Watch events made comparable: which came, in which order, leaving out the cluster's own writes.

On the recorded cluster, controllers wrote to the same nodes. Once their marks are taken off (see
`same`), such a write changes nothing: a MODIFIED that shows what was known already is left out.
"""

from __future__ import annotations

from tests.contract.same import comparable
from tests.contract.transcripts import Answer, Json


class KnownObjects:
    """What a client following the scenario knows of every object, by name."""

    def __init__(self) -> None:
        self._known: dict[str, Json] = {}

    def learn(self, answer: Answer) -> None:
        """From an answer that is no watch."""
        if not isinstance(answer.body, dict):
            return
        for item in answer.body.get("items", [answer.body]):
            name = (item.get("metadata") or {}).get("name")
            if name and "events" not in answer.body and item.get("kind") != "Status":
                self._known[name] = _facts(item)

    def events(self, answer: Answer) -> list[Json]:
        """The events of a watch that told this client something."""
        found = []
        for event in answer.body["events"]:
            item = event["object"]
            name = (item.get("metadata") or {}).get("name", "")
            if event["type"] == "BOOKMARK":
                annotations = item["metadata"].get("annotations", {})
                found.append(("BOOKMARK", item["kind"], annotations))
            elif event["type"] == "MODIFIED" and self._known.get(name) == _facts(item):
                continue
            else:
                found.append((event["type"], comparable(item)))
            if name:
                self._known[name] = _facts(item)
        return found


def _facts(item: Json) -> Json:
    return comparable({n: v for n, v in item.items() if n not in ("kind", "apiVersion")})
