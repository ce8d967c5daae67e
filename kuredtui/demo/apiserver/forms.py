"""How objects are written into answers: whole, as metadata alone, or as table rows.

A client chooses with the Accept header. Every form works on encoded bytes, so that a list of
thousands of objects is joined, not encoded again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from kuredtui.demo.apiserver.failures import Failure
from kuredtui.demo.apiserver.history import Entry
from kuredtui.demo.apiserver.resources import Resource
from kuredtui.kube.json import JsonObject

_BATCH = 64
"""Objects joined into one piece of a list: about 1 MB of large nodes."""


class Form(Protocol):
    """Writes entries of one resource."""

    def pages(self, entries: Iterable[Entry], metadata: JsonObject) -> Iterator[bytes]:
        """A list in pieces; `metadata` is the list's."""

    def one(self, entry: Entry) -> bytes:
        """A single object."""

    def event(self, kind: str, entry: Entry) -> bytes:
        """One line of a watch."""

    def bookmark(self, metadata: JsonObject) -> bytes:
        """One line of a watch which only says how far it has come."""


class ObjectForm:
    """Objects as they are."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._events = {
            kind: f'{{"type":"{kind}","object":'.encode() + resource.prefix
            for kind in ("ADDED", "MODIFIED", "DELETED")
        }

    def pages(self, entries: Iterable[Entry], metadata: JsonObject) -> Iterator[bytes]:
        """See `Form`."""
        head = {
            "kind": f"{self._resource.kind}List",
            "apiVersion": self._resource.api_version,
            "metadata": metadata,
        }
        yield from list_pieces(head, "items", (b"{" + entry.tail for entry in entries))

    def one(self, entry: Entry) -> bytes:
        """See `Form`."""
        return self._resource.prefix + entry.tail

    def event(self, kind: str, entry: Entry) -> bytes:
        """See `Form`."""
        return b"".join((self._events[kind], entry.tail, b"}\n"))

    def bookmark(self, metadata: JsonObject) -> bytes:
        """See `Form`."""
        return bookmark_line(self._resource.kind, self._resource.api_version, metadata)


class MetadataForm:
    """PartialObjectMetadata: what garbage collectors and `kubectl get --output=name` need."""

    _KIND = "PartialObjectMetadata"
    _API = "meta.k8s.io/v1"

    def pages(self, entries: Iterable[Entry], metadata: JsonObject) -> Iterator[bytes]:
        """See `Form`."""
        head = {"kind": f"{self._KIND}List", "apiVersion": self._API, "metadata": metadata}
        yield from list_pieces(head, "items", map(self.one, entries))

    def one(self, entry: Entry) -> bytes:
        """See `Form`."""
        return partial_object(entry)

    def event(self, kind: str, entry: Entry) -> bytes:
        """See `Form`."""
        return b'{"type":"%s","object":%s}\n' % (kind.encode(), self.one(entry))

    def bookmark(self, metadata: JsonObject) -> bytes:
        """See `Form`."""
        return bookmark_line(self._KIND, self._API, metadata)


class _Metadata(msgspec.Struct):
    metadata: msgspec.Raw


_METADATA = msgspec.json.Decoder(_Metadata)


def partial_object(entry: Entry) -> bytes:
    """An entry as PartialObjectMetadata."""
    metadata = bytes(_METADATA.decode(b"{" + entry.tail).metadata)
    return (
        b'{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":'
        + metadata
        + b"}"
    )


def list_pieces(head: JsonObject, field: str, items: Iterable[bytes]) -> Iterator[bytes]:
    """`head` with one more member, the array of the encoded items, in pieces of some items."""
    piece = [msgspec.json.encode(head)[:-1] + f',"{field}":['.encode()]
    first = True
    for item in items:
        if not first:
            piece.append(b",")
        first = False
        piece.append(item)
        if len(piece) > 2 * _BATCH:
            yield b"".join(piece)
            piece.clear()
    piece.append(b"]}")
    yield b"".join(piece)


def bookmark_line(kind: str, api_version: str, metadata: JsonObject) -> bytes:
    """A BOOKMARK event about an otherwise empty object."""
    event = {
        "type": "BOOKMARK",
        "object": {"kind": kind, "apiVersion": api_version, "metadata": metadata},
    }
    return msgspec.json.encode(event) + b"\n"


def wanted_kind(accept: str) -> str:
    """ "Table", "PartialObjectMetadata" or "" (whole objects), from the Accept header.

    A client that takes no JSON gets the 406 `Failure` of a real server.
    """
    if not accept:
        return ""
    for clause in accept.split(","):
        media, *parameters = (part.strip() for part in clause.split(";"))
        if media not in ("application/json", "application/*", "*/*"):
            continue
        found = dict(p.partition("=")[::2] for p in parameters if "=" in p)
        kind = found.get("as", "")
        if not kind:
            return ""
        if found.get("g") == "meta.k8s.io" and found.get("v") == "v1":
            if kind == "Table":
                return kind
            if kind in ("PartialObjectMetadata", "PartialObjectMetadataList"):
                return "PartialObjectMetadata"
    raise Failure(
        406,
        "only the following media types are accepted: application/json",
        reason="NotAcceptable",
    )


def error_line(status: JsonObject) -> bytes:
    """An ERROR event: how a watch that has begun says that it cannot go on."""
    return msgspec.json.encode({"type": "ERROR", "object": status}) + b"\n"
