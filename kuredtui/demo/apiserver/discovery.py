"""Discovery: what a client learns about this server before it asks for objects.

The data is trimmed from what a recorded server said to what is served here.
"""

from __future__ import annotations

from importlib import resources

import msgspec

from kuredtui.demo.apiserver.openapi import openapi_documents
from kuredtui.demo.apiserver.resources import SERVED
from kuredtui.kube.json import JsonObject

_TITLE = "kuredtui's embedded cluster"


class _Data(msgspec.Struct):
    version: JsonObject
    resources: dict[str, list[JsonObject]]
    """By groupVersion, in the order of a real server's groups."""


def _load() -> _Data:
    raw = resources.files(__package__).joinpath("data", "discovery.json").read_bytes()
    return msgspec.json.decode(raw, type=_Data)


class Discovery:
    """Answers to GET on paths that name no objects."""

    def __init__(self) -> None:
        data = _load()
        self._documents: dict[str, bytes] = {}
        self._add("/version", data.version)
        for group_version, served in data.resources.items():
            path = f"/apis/{group_version}" if "/" in group_version else f"/api/{group_version}"
            # The core group's own document has no apiVersion: it is older than the field.
            document = {"kind": "APIResourceList"}
            if "/" in group_version:
                document["apiVersion"] = "v1"
            self._add(path, {**document, "groupVersion": group_version, "resources": served})
        groups = [_group(name) for name in data.resources if "/" in name]
        self._add("/apis", {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
        for group in groups:
            head = {"kind": "APIGroup", "apiVersion": "v1"}
            self._add(f"/apis/{group['name']}", {**head, **group})
        for path, document in openapi_documents(SERVED, _TITLE).items():
            self._add(path, document)

    def document(self, path: str, *, host: str) -> bytes | None:
        """The JSON at a path, None where there is none. `host` is host:port of this server."""
        path = path.rstrip("/")
        if path == "/api":
            return msgspec.json.encode(_versions(host))
        return self._documents.get(path)

    def _add(self, path: str, document: JsonObject) -> None:
        self._documents[path] = msgspec.json.encode(document)


def _group(group_version: str) -> JsonObject:
    name, _, version = group_version.partition("/")
    entry = {"groupVersion": group_version, "version": version}
    return {"name": name, "versions": [entry], "preferredVersion": entry}


def _versions(host: str) -> JsonObject:
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}],
    }
