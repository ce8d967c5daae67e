"""Strategic merge patch, as k8s.io/apimachinery/pkg/util/strategicpatch applies it.

A real server reads merge keys from struct tags of the API types; the ones of the types served here
are listed below, by field. A list of objects that is not listed is replaced whole (taints are such
a list: a recorded server replaced them).
"""

from __future__ import annotations

from kuredtui.demo.apiserver.failures import Failure
from kuredtui.kube.json import JsonObject

MERGE_KEYS = {
    "ownerReferences": "uid",
    "conditions": "type",
    "addresses": "type",
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "ports": "containerPort",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "podIPs": "ip",
    "schedulingGates": "name",
    "topologySpreadConstraints": "topologyKey",
    "resourceClaims": "name",
}
"""Field -> merge key (patchStrategy=merge, patchMergeKey in k8s.io/api)."""

MERGED_SETS = frozenset({"finalizers"})
"""Lists of plain values that are merged as sets (patchStrategy=merge, no key)."""

REPLACED = frozenset({"selector"})
"""Objects that a patch replaces whole (patchStrategy=replace: a budget's selector)."""

_DIRECTIVE = "$patch"
_RETAIN = "$retainKeys"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def apply_strategic_merge(target: JsonObject, patch: JsonObject) -> JsonObject:
    """The patched object; `target` is left as it was, unchanged parts are shared with it.

    An unknown `$patch` directive is a 400 `Failure`.
    """
    directive = patch.get(_DIRECTIVE)
    if directive == "replace":
        return _without_directives(patch)
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise Failure(400, f"unknown patch type: {directive}")
    merged = dict(target)
    retained = patch.get(_RETAIN)
    if retained is not None:
        merged = {name: value for name, value in merged.items() if name in retained}
    for name, value in patch.items():
        if name.startswith(_DELETE_FROM):
            field = name.removeprefix(_DELETE_FROM)
            merged[field] = [item for item in merged.get(field) or [] if item not in value]
        elif not name.startswith("$"):
            _merge_field(merged, name, value, patch.get(_ORDER + name))
    return merged


def _merge_field(merged: JsonObject, name: str, value: object, order: object) -> None:
    current = merged.get(name)
    if value is None:
        merged.pop(name, None)
    elif isinstance(value, dict):
        base = current if isinstance(current, dict) and name not in REPLACED else {}
        merged[name] = apply_strategic_merge(base, value)
    elif isinstance(value, list):
        base_list = current if isinstance(current, list) else []
        ordering = order if isinstance(order, list) else None
        merged[name] = _merge_list(base_list, value, name, ordering)
    else:
        merged[name] = value


def _merge_list(
    current: list[object], patch: list[object], name: str, order: list[object] | None
) -> list[object]:
    key = MERGE_KEYS.get(name)
    if key is not None and all(isinstance(item, dict) for item in patch):
        items: list[JsonObject] = [item for item in patch if isinstance(item, dict)]
        existing = [item for item in current if isinstance(item, dict)]
        return list(_merge_objects(existing, items, key, order))
    if name in MERGED_SETS:
        return [*current, *(item for item in patch if item not in current)]
    return [_without_directives(item) if isinstance(item, dict) else item for item in patch]


def _merge_objects(
    current: list[JsonObject], patch: list[JsonObject], key: str, order: list[object] | None
) -> list[JsonObject]:
    if any(item.get(_DIRECTIVE) == "replace" for item in patch):
        return [_without_directives(item) for item in patch if _DIRECTIVE not in item]
    merged = list(current)
    for item in patch:
        if key not in item:
            raise Failure(400, f"map: {item} does not contain declared merge key: {key}")
        at = next((i for i, old in enumerate(merged) if old.get(key) == item[key]), None)
        if item.get(_DIRECTIVE) == "delete":
            merged = [old for old in merged if old.get(key) != item[key]]
        elif at is None:
            merged.append(apply_strategic_merge({}, item))
        else:
            merged[at] = apply_strategic_merge(merged[at], item)
    return merged if order is None else _ordered(merged, key, order)


def _ordered(items: list[JsonObject], key: str, order: list[object]) -> list[JsonObject]:
    """Listed items in the listed order; the others keep their place relative to the one before."""
    wanted = [item.get(key) if isinstance(item, dict) else item for item in order]
    rank = {value: position for position, value in enumerate(wanted)}
    ranked: list[tuple[int, JsonObject]] = []
    last = -1
    for item in items:
        last = rank.get(item[key], last)
        ranked.append((last, item))
    return [item for _, item in sorted(ranked, key=lambda pair: pair[0])]


def _without_directives(value: JsonObject) -> JsonObject:
    """A patch value that becomes the object itself: no directives, no nulls."""
    cleaned: JsonObject = {}
    for name, item in value.items():
        if name.startswith("$") or item is None:
            continue
        if isinstance(item, dict):
            cleaned[name] = _without_directives(item)
        elif isinstance(item, list):
            cleaned[name] = [_without_directives(i) if isinstance(i, dict) else i for i in item]
        else:
            cleaned[name] = item
    return cleaned
