"""The lock's annotation as encoding/json reads and writes kured's two structs.

Names are matched in any case, what is missing has its zero value, what is unknown is dropped, and a
time is written anew, without the zeros at its end: that is what becomes of a foreign entry when a
kured rewrites the list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from kuredtui.kube.json import JsonObject

_ZERO_TIME = "0001-01-01T00:00:00Z"
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_NANOSECONDS = 1_000_000_000


class BadLock(Exception):
    """What stands there is not what the daemon unmarshals."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One owner (LockAnnotationValue).

    Attributes:
        node_id: who.
        unschedulable: whether the node was cordoned before.
        created: RFC 3339.
        ttl: nanoseconds; 0: for ever.
    """

    node_id: str
    unschedulable: bool = False
    created: str = _ZERO_TIME
    ttl: int = 0

    def is_expired(self, now: float) -> bool:
        """Whether its time is over at this Unix time."""
        if self.ttl <= 0:
            return False
        age = datetime.fromtimestamp(now, UTC) - _time(self.created)
        return age.total_seconds() >= self.ttl / _NANOSECONDS

    def body(self) -> JsonObject:
        """As it is written."""
        return {
            "nodeID": self.node_id,
            "metadata": {"unschedulable": self.unschedulable},
            "created": self.created,
            "TTL": self.ttl,
        }


def new_entry(node_id: str, *, unschedulable: bool, ttl_seconds: float, now: float) -> Entry:
    """An entry of this moment."""
    return Entry(
        node_id=node_id,
        unschedulable=unschedulable,
        created=_canonical(datetime.fromtimestamp(now, UTC).isoformat()),
        ttl=round(ttl_seconds * _NANOSECONDS),
    )


def read_single(text: str) -> Entry:
    """The value of a lock with one owner; of a list this makes an owner without a name.

    Raises:
        BadLock: it cannot be unmarshalled.
    """
    return _entry(_decode(text))


def write_single(entry: Entry) -> str:
    """The annotation with this owner."""
    return msgspec.json.encode(entry.body()).decode()


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Several owners (multiLockAnnotationValue).

    Attributes:
        max_owners: how many there may be, by whoever wrote it last.
        entries: the owners.
    """

    max_owners: int = 0
    entries: tuple[Entry, ...] = ()

    def without(self, index: int) -> Owners:
        """The others."""
        entries = self.entries[:index] + self.entries[index + 1 :]
        return Owners(max_owners=self.max_owners, entries=entries)


def read_multiple(text: str) -> Owners:
    """The value of a lock with several owners; of a single owner this makes none.

    Raises:
        BadLock: it cannot be unmarshalled.
    """
    body = _decode(text)
    locks = _member(body, "locks")
    if not isinstance(locks, list | None):
        raise BadLock("locks is not an array")
    entries = tuple(_entry(_object(lock)) for lock in locks or ())
    return Owners(max_owners=_number(body, "maxOwners"), entries=entries)


def write_multiple(owners: Owners) -> str:
    """The annotation with these owners."""
    locks = [entry.body() for entry in owners.entries]
    return msgspec.json.encode({"maxOwners": owners.max_owners, "locks": locks}).decode()


def _entry(body: JsonObject) -> Entry:
    metadata = _object(_member(body, "metadata"))
    return Entry(
        node_id=_text(body, "nodeID"),
        unschedulable=_flag(metadata, "unschedulable"),
        created=_canonical(_text(body, "created") or _ZERO_TIME),
        ttl=_number(body, "TTL"),
    )


def _decode(text: str) -> JsonObject:
    try:
        return _object(msgspec.json.decode(text))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadLock(str(error)) from error


def _object(value: object) -> JsonObject:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadLock("not an object")
    return value


def _member(body: JsonObject, name: str) -> object:
    """The last member whose name is this in any case."""
    found = [value for key, value in body.items() if key.lower() == name.lower()]
    return found[-1] if found else None


def _text(body: JsonObject, name: str) -> str:
    value = _member(body, name)
    if not isinstance(value, str | None):
        raise BadLock(f"{name} is not a string")
    return value or ""


def _flag(body: JsonObject, name: str) -> bool:
    value = _member(body, name)
    if not isinstance(value, bool | None):
        raise BadLock(f"{name} is not a bool")
    return bool(value)


def _number(body: JsonObject, name: str) -> int:
    value = _member(body, name)
    if isinstance(value, bool) or not isinstance(value, int | None):
        raise BadLock(f"{name} is not an integer")
    return value or 0


def _canonical(text: str) -> str:
    """A time as Go writes it again."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise BadLock(f"{text!r} is not a time in RFC 3339")
    seconds, fraction, zone = match.groups()
    digits = (fraction or "").rstrip("0")
    zone = "Z" if zone in ("+00:00", "-00:00") else zone
    written = f"{seconds}.{digits}{zone}" if digits else f"{seconds}{zone}"
    _time(written)
    return written


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadLock(str(error)) from error
