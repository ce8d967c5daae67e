"""What a client learns from each answer of a scenario: this is what two servers must agree in.

Identities and versions are numbers of each server's own. What they mean is compared: the same
object or another one, unchanged or newer, a page of the same snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.contract.comparable import comparable
from tests.contract.discovered import RECORDS, is_document
from tests.contract.transcripts import Answer, Json, Step

_HEADERS = ("content-type", "retry-after")
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class _Known:
    version: int
    shown: Json


class Reader:
    """A client that follows one scenario on one server.

    Args:
        controlled: whether controllers write to the same objects. Once their marks are taken off
            (see `comparable`), such a write shows nothing new: it is overlooked.
    """

    def __init__(self, *, controlled: bool) -> None:
        self._controlled = controlled
        self._known: dict[str, _Known] = {}
        self._uids: dict[str, str] = {}
        self._list_version = 0

    def facts(self, step: Step, answer: Answer) -> Json:
        """The facts of an answer."""
        facts: Json = {
            "status": answer.status,
            "headers": {name: answer.headers.get(name) for name in _HEADERS},
        }
        body = answer.body
        if "events" in body:
            facts["events"] = list(self._events(body["events"]))
        elif is_document(body):
            facts["body"] = _document(body)
        else:
            facts["body"] = self._body(step, body)
        return self._with_named_uids(facts)

    def _body(self, step: Step, body: Json) -> Json:
        dry = step.request.query.get("dryRun") == "All"
        if "items" in body or "rows" in body:
            return self._list(body, continued="continue" in step.request.query)
        return self._object(body, learn=not dry)[0]

    def _list(self, body: Json, *, continued: bool) -> Json:
        shown, objects = comparable(body), _objects(body)
        if "rows" in body:
            for row, item in zip(shown["rows"], objects, strict=True):
                row["object"], _ = self._object(item)
        else:
            shown["items"] = [self._object(item)[0] for item in objects]
        version = _version(body)
        if continued and version == self._list_version:
            says = "of the page before"
        else:
            says = f"covers the items: {version >= _newest(objects)}"
        shown["metadata"]["resourceVersion"] = f"<{says}>"
        self._list_version = version
        return shown

    def _object(self, item: Json, *, event: str = "", learn: bool = True) -> tuple[Json, bool]:
        """An object as it is shown, and whether anything in it is new."""
        shown = comparable(item)
        metadata = shown.get("metadata") or {}
        if "uid" not in metadata:
            return shown, True
        metadata.pop("resourceVersion", None)
        version, uid = _version(item), metadata["uid"]
        known = self._known.get(uid)
        said_before = known is not None and _says_the_same(known.shown, shown)
        if known is None:
            relation = "first seen"
        elif not learn:  # only tried: it says nothing of what others wrote meanwhile
            relation = "as before or newer" if version >= known.version else "OLDER"
        elif version == known.version or (said_before and self._controlled and event != "DELETED"):
            relation = "as before"
        else:
            relation = "newer" if version > known.version else "OLDER"
        self._name_uid(uid, metadata["name"])
        if learn:
            whole = known.shown if known and item.get("kind") == "PartialObjectMetadata" else shown
            self._known[uid] = _Known(version, {**whole, "kind": "", "apiVersion": ""})
        metadata = {**metadata, "resourceVersion": f"<{relation}>"}
        return {**shown, "metadata": metadata}, not said_before

    def _events(self, events: Json) -> Iterable[Json]:
        newest = 0
        for event in events:
            kind, item = event["type"], event["object"]
            newest = max(newest, _newest(_objects(item)))
            if kind == "BOOKMARK":
                mark = item["metadata"]
                covered = _version(item) >= newest
                yield (kind, item["kind"], mark.get("annotations", {}), f"<covers: {covered}>")
            elif "rows" in item:
                yield (kind, self._list(item, continued=False))
            else:
                shown, new = self._object(item, event=kind)
                if new or kind != "MODIFIED" or not self._controlled:
                    yield (kind, shown)

    def _name_uid(self, uid: str, name: str) -> None:
        if uid not in self._uids:
            number = sum(named.startswith(f"<{name},") for named in self._uids.values())
            self._uids[uid] = f"<{name}, object {number + 1} of this name>"

    def _with_named_uids(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {name: self._with_named_uids(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._with_named_uids(item) for item in value]
        if isinstance(value, str):
            return _UID.sub(lambda uid: self._uids.get(uid[0], uid[0]), value)
        return value


def _objects(body: Json) -> list[Json]:
    """The objects in an answer or an event."""
    if "rows" in body:
        return [row["object"] for row in body["rows"]]
    return list(body.get("items", [body]))


def _newest(objects: Iterable[Json]) -> int:
    return max((_version(item) for item in objects), default=0)


def _version(item: Json) -> int:
    return int((item.get("metadata") or {}).get("resourceVersion", 0))


def _says_the_same(known: Json, shown: Json) -> bool:
    if shown.get("kind") == "PartialObjectMetadata":
        return bool(known["metadata"] == shown["metadata"])
    return bool(known == {**shown, "kind": "", "apiVersion": ""})


def _document(body: Json) -> Json:
    """A discovery document, its records by their names."""
    records = RECORDS[body["kind"]]
    return {
        **body,
        records: {
            record["name"]: {n: v for n, v in record.items() if n != "storageVersionHash"}
            for record in body[records]
        },
    }
