"""Reading the few bodies kubectl sends as protobuf: reviews, evictions, namespaces, delete options.

client-go's typed clients encode what they create in protobuf and take no refusal for an answer. The
envelope is k8s.io/apimachinery/pkg/runtime/serializer/protobuf; field numbers are those of the
generated.proto files in k8s.io/api. Answers are always JSON, which these clients accept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kuredtui.demo.apiserver.failures import Failure, unsupported_media_type
from kuredtui.kube.json import JsonObject

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\0"
_VARINT, _LENGTH_DELIMITED = 0, 2


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    kind: str = "text"
    """text, number, texts, map, or a message's name."""


_MESSAGES: dict[str, dict[int, _Field]] = {
    "Meta": {
        1: _Field("name"),
        2: _Field("generateName"),
        3: _Field("namespace"),
        11: _Field("labels", "map"),
        12: _Field("annotations", "map"),
    },
    "ResourceAttributes": {
        1: _Field("namespace"),
        2: _Field("verb"),
        3: _Field("group"),
        4: _Field("version"),
        5: _Field("resource"),
        6: _Field("subresource"),
        7: _Field("name"),
    },
    "NonResourceAttributes": {1: _Field("path"), 2: _Field("verb")},
    "AccessSpec": {
        1: _Field("resourceAttributes", "ResourceAttributes"),
        2: _Field("nonResourceAttributes", "NonResourceAttributes"),
    },
    "SelfSubjectAccessReview": {2: _Field("spec", "AccessSpec")},
    "SelfSubjectReview": {},
    "Namespace": {1: _Field("metadata", "Meta")},
    "Preconditions": {1: _Field("uid"), 2: _Field("resourceVersion")},
    "DeleteOptions": {
        1: _Field("gracePeriodSeconds", "number"),
        2: _Field("preconditions", "Preconditions"),
        4: _Field("propagationPolicy"),
        5: _Field("dryRun", "texts"),
    },
    "Eviction": {1: _Field("metadata", "Meta"), 2: _Field("deleteOptions", "DeleteOptions")},
}
_TYPE_META = {1: _Field("apiVersion"), 2: _Field("kind")}


def decode_protobuf(body: bytes) -> JsonObject:
    """The object as JSON would say it.

    A kind that is not known here is the 415 `Failure` with which a server refuses a media type;
    bytes that are no such message are a 400.
    """
    if not body.startswith(_MAGIC):
        raise Failure(400, "provided data does not appear to be a protobuf message")
    try:
        envelope = dict(_fields(body[len(_MAGIC) :]))
        found = _message(_bytes(envelope[1]), _TYPE_META)
        message = _MESSAGES.get(found.get("kind", ""))
        if message is None:
            raise unsupported_media_type()
        return {**found, **_message(_bytes(envelope.get(2, b"")), message)}
    except (IndexError, KeyError, ValueError) as error:
        raise Failure(400, f"malformed protobuf: {error}") from error


def _message(raw: bytes, fields: dict[int, _Field]) -> JsonObject:
    found: JsonObject = {}
    for number, value in _fields(raw):
        field = fields.get(number)
        if field is None:
            continue
        if field.kind == "text":
            found[field.name] = _bytes(value).decode()
        elif field.kind == "number":
            found[field.name] = value
        elif field.kind == "texts":
            found.setdefault(field.name, []).append(_bytes(value).decode())
        elif field.kind == "map":
            pair = dict(_fields(_bytes(value)))
            key, text = _bytes(pair.get(1, b"")), _bytes(pair.get(2, b""))
            found.setdefault(field.name, {})[key.decode()] = text.decode()
        else:
            found[field.name] = _message(_bytes(value), _MESSAGES[field.kind])
    return found


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(raw):
        tag, at = _varint(raw, at)
        if tag & 7 == _VARINT:
            value, at = _varint(raw, at)
            yield tag >> 3, value
        elif tag & 7 == _LENGTH_DELIMITED:
            length, at = _varint(raw, at)
            if at + length > len(raw):
                raise ValueError("a field ends behind the message")
            yield tag >> 3, raw[at : at + length]
            at += length
        else:
            raise ValueError(f"wire type {tag & 7}")


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number where bytes belong")
    return value
