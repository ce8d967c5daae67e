"""From bytes to typed objects.

One decoder per result type is made once and kept: msgspec compiles it. Kubernetes treats a null
like an absent field (API conventions, "Optional vs. Required"); the structs do not, so a body that
does not fit is tried once more without its nulls. Bodies that need this are rare, which is why the
quick way comes first.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from kuredtui.kube.errors import NotKubernetes
from kuredtui.kube.types import ListMeta, ObjectMeta, Status

T = TypeVar("T")


class ListAnswer(msgspec.Struct, Generic[T], gc=False):
    """The body of a list."""

    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    items: list[T] = msgspec.field(default_factory=list)


class WatchEvent(msgspec.Struct, Generic[T], gc=False):
    """One line of a watch: `ADDED`, `MODIFIED`, `DELETED` or `BOOKMARK`, and the object."""

    type: str
    object: T


class _EventType(msgspec.Struct, gc=False):
    type: str


_ERROR = "ERROR"


@lru_cache(maxsize=64)
def _decoder(
    type_: Hashable,
) -> msgspec.json.Decoder[Any]:  # Any: the type is only known at run time
    return msgspec.json.Decoder(type_)


def decode(body: bytes, type_: type[T]) -> T:
    """The body as the type asked for.

    Raises:
        NotKubernetes: it is no JSON, or does not have that shape.
    """
    try:
        return cast("T", _decoder(cast("Hashable", type_)).decode(body))
    except msgspec.ValidationError:
        return _decode_without_nulls(body, type_)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotKubernetes(
            "The answer is not JSON, so this is probably not a Kubernetes API server: "
            "check the server's address in the kubeconfig."
        ) from error


def decode_list(body: bytes, type_: type[T]) -> ListAnswer[T]:
    """The body of a list of such objects; raises NotKubernetes like `decode`."""
    return decode(body, ListAnswer[type_])  # type: ignore[valid-type]  # a type made at run time


def decode_events(lines: bytes, type_: type[T]) -> tuple[list[WatchEvent[T]], Status | None]:
    """Whole lines of a watch, decoded in one go; raises NotKubernetes like `decode`.

    Returns:
        The events, and the Status of the ERROR that ended them, or None if there was none.
    """
    event_type = WatchEvent[type_]  # type: ignore[valid-type]  # a type made at run time
    try:
        events: list[WatchEvent[T]] = _decoder(event_type).decode_lines(lines)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass  # an ERROR, whose object is a Status, or nulls, or nonsense
    else:
        if not any(event.type == _ERROR for event in events):
            return events, None
    return _decode_one_by_one(lines, event_type)


def resource_version(item: object) -> str:
    """The resourceVersion of a decoded object, struct or plain JSON; "" if it has none."""
    if isinstance(item, dict):
        metadata = item.get("metadata")
        version = metadata.get("resourceVersion", "") if isinstance(metadata, dict) else ""
        return version if isinstance(version, str) else ""
    metadata = getattr(item, "metadata", None)
    return metadata.resource_version if isinstance(metadata, ObjectMeta) else ""


def _decode_one_by_one(
    lines: bytes, event_type: type[WatchEvent[T]]
) -> tuple[list[WatchEvent[T]], Status | None]:
    """The same in small steps, where the quick way met something unusual."""
    events: list[WatchEvent[T]] = []
    for line in filter(None, lines.split(b"\n")):
        if decode(line, _EventType).type == _ERROR:
            return events, decode(line, WatchEvent[Status]).object
        events.append(decode(line, event_type))
    return events, None


def _decode_without_nulls(body: bytes, type_: type[T]) -> T:
    try:
        return msgspec.convert(_without_nulls(msgspec.json.decode(body)), type_)
    except msgspec.ValidationError as error:
        raise NotKubernetes(
            f"The answer does not have the shape of a Kubernetes object ({error}): "
            "check the server's address in the kubeconfig."
        ) from error


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value
