"""Lists: which objects, of which version of the world, and where the next page starts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kuredtui.demo.apiserver.continue_token import LATEST, decode_continue, encode_continue
from kuredtui.demo.apiserver.failures import (
    Failure,
    continue_expired,
    list_expired,
    version_too_large,
)
from kuredtui.demo.apiserver.field_selector import parse_field_selector
from kuredtui.demo.apiserver.history import Entry
from kuredtui.demo.apiserver.requests import Target
from kuredtui.demo.apiserver.resources import Resource
from kuredtui.demo.apiserver.store import Collection
from kuredtui.kube.json import JsonObject
from kuredtui.kube.label_selector import LabelTest, SelectorError, parse_selector

Match = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Page:
    """What a list answers with."""

    entries: list[Entry]
    metadata: JsonObject


def matcher(resource: Resource, target: Target, query: Mapping[str, str]) -> Match | None:
    """The predicate of a list or watch: namespace, name and selectors. None matches everything."""
    tests: list[Match] = []
    labels = _label_test(query.get("labelSelector", ""))
    fields = parse_field_selector(query.get("fieldSelector", ""), resource)
    if target.name:
        key = target.key
        tests.append(lambda entry: entry.key == key)
    elif target.namespace:
        prefix = f"{target.namespace}/"
        tests.append(lambda entry: entry.key.startswith(prefix))
    if labels is not None:
        tests.append(lambda entry: labels(entry.labels))
    if fields is not None:
        tests.append(lambda entry: fields(entry.fields))
    if len(tests) <= 1:
        return tests[0] if tests else None
    return lambda entry: all(test(entry) for test in tests)


def _label_test(text: str) -> LabelTest | None:
    try:
        return parse_selector(text)
    except SelectorError as error:
        raise Failure(400, str(error)) from error


def list_page(
    collection: Collection, target: Target, query: Mapping[str, str], *, current: int
) -> Page:
    """One page of a list as the query asks for it; `current` is the store's version.

    Expired or unknown versions and malformed parameters are `Failure`s.
    """
    match = matcher(collection.resource, target, query)
    limit = _number(query, "limit")
    version, start = _version_and_start(collection, query, current=current)
    keys, entries = collection.at(version)
    found: list[Entry] = []
    position, end = bisect_left(keys, start), len(keys)
    if match is None:
        stop = min(end, position + limit) if limit else end
        found = [entries[key] for key in keys[position:stop]]
        position = stop
    else:
        while position < end and not (limit and len(found) == limit):
            entry = entries[keys[position]]
            if match(entry):
                found.append(entry)
            position += 1
        if limit and not any(match(entries[key]) for key in keys[position:end]):
            position = end
    metadata: JsonObject = {"resourceVersion": str(version)}
    if position < end:
        metadata["continue"] = encode_continue(version, keys[position - 1])
        if match is None:
            metadata["remainingItemCount"] = end - position
    return Page(found, metadata)


def parse_version(text: str) -> int:
    """A resourceVersion parameter; what is no number is a 500, as recorded."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise Failure(
            500,
            f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": '
            "invalid syntax",
            reason="",
        )
    return int(text)


def _version_and_start(
    collection: Collection, query: Mapping[str, str], *, current: int
) -> tuple[int, str]:
    token = query.get("continue", "")
    if token:
        version, start = decode_continue(token)
        if version == LATEST:
            return current, start
        if version < collection.history.floor:
            raise continue_expired(encode_continue(LATEST, start.removesuffix("\0")))
        return version, start
    version = parse_version(query.get("resourceVersion", ""))
    if version > current:
        raise version_too_large(version, current)
    if query.get("resourceVersionMatch") == "Exact" and version:
        if version < collection.history.floor:
            raise list_expired()
        return version, ""
    return current, ""


def _number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise Failure(400, f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)
