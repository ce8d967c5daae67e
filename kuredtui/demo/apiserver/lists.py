"""Lists: which objects, of which version of the world, and where the next page starts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
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
from kuredtui.demo.apiserver.list_options import ListOptions, list_options
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
    """The predicate of a watch: namespace, name and selectors. None matches everything."""
    selected = _selector(resource, query)
    if target.name:
        key = target.key
        return _both(lambda entry: entry.key == key, selected)
    if target.namespace:
        prefix = f"{target.namespace}/"
        return _both(lambda entry: entry.key.startswith(prefix), selected)
    return selected


def list_page(
    collection: Collection, target: Target, query: Mapping[str, str], *, current: int
) -> Page:
    """One page of a list as the query asks for it; `current` is the store's version.

    Expired or unknown versions and malformed parameters are `Failure`s.
    """
    match = _selector(collection.resource, query)
    options = list_options(query, watch=False)
    version, start = _version_and_start(collection, options, current=current)
    keys, entries = collection.at(version)
    position, end = _range(keys, target.namespace, start)
    limit = options.limit
    if match is None:
        stop = min(end, position + limit) if limit else end
        found = [entries[key] for key in keys[position:stop]]
        position = stop
    else:
        found = []
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


def _selector(resource: Resource, query: Mapping[str, str]) -> Match | None:
    labels = _label_test(query.get("labelSelector", ""))
    fields = parse_field_selector(query.get("fieldSelector", ""), resource)
    by_labels: Match | None = (lambda entry: labels(entry.labels)) if labels else None
    by_fields: Match | None = (lambda entry: fields(entry.fields)) if fields else None
    return _both(by_labels, by_fields) if by_labels else by_fields


def _label_test(text: str) -> LabelTest | None:
    try:
        return parse_selector(text)
    except SelectorError as error:
        raise Failure(400, str(error)) from error


def _both(first: Match, second: Match | None) -> Match:
    return (lambda entry: first(entry) and second(entry)) if second else first


def _range(keys: Sequence[str], namespace: str, start: str) -> tuple[int, int]:
    """The first key of a page, and the one behind the last of the namespace."""
    if not namespace:
        return bisect_left(keys, start), len(keys)
    first = max(start, f"{namespace}/")
    return bisect_left(keys, first), bisect_left(keys, f"{namespace}{_BEHIND_SLASH}")


_BEHIND_SLASH = chr(ord("/") + 1)


def _version_and_start(
    collection: Collection, options: ListOptions, *, current: int
) -> tuple[int, str]:
    if options.token:
        version, start = decode_continue(options.token)
        if version == LATEST:
            return current, start
        if version < collection.history.floor:
            raise continue_expired(encode_continue(LATEST, start.removesuffix("\0")))
        return version, start
    version = options.version
    if version > current:
        raise version_too_large(version, current)
    if options.exact:
        if version < collection.history.floor:
            raise list_expired()
        return version, ""
    return current, ""
