"""JSON merge patch (RFC 7386) and JSON patch (RFC 6902) on decoded objects.

All functions return a new object and leave their arguments as they were; unchanged parts may be
shared between the old and the new object.
"""

from __future__ import annotations

from copy import deepcopy

from kuredtui.demo.apiserver.failures import Failure, rejected_patch
from kuredtui.kube.json import JsonObject


def apply_merge_patch(target: JsonObject, patch: JsonObject) -> JsonObject:
    """RFC 7386 for an object: null removes, objects merge, everything else replaces."""
    merged: JsonObject = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            current = merged.get(name)
            merged[name] = apply_merge_patch(current if isinstance(current, dict) else {}, value)
        else:
            merged[name] = value
    return merged


def apply_json_patch(target: JsonObject, operations: object) -> JsonObject:
    """RFC 6902, all six operations. What cannot be applied is a 422 `Failure`, as recorded."""
    if not isinstance(operations, list):
        raise Failure(400, "json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    document: object = deepcopy(target)
    for operation in operations:
        try:
            document = _operate(document, operation)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise rejected_patch() from error
    if not isinstance(document, dict):
        raise rejected_patch()
    return document


def _operate(document: object, operation: JsonObject) -> object:
    path = _pointer(operation["path"])
    match operation["op"]:
        case "add":
            return _add(document, path, operation["value"])
        case "remove":
            return _remove(document, path)
        case "replace":
            return _replace(document, path, operation["value"])
        case "move":
            source = _pointer(operation["from"])
            value = _get(document, source)
            return _add(_remove(document, source), path, value)
        case "copy":
            return _add(document, path, deepcopy(_get(document, _pointer(operation["from"]))))
        case "test":
            # A member that is not there equals null, as in evanphx/json-patch.
            try:
                found = _get(document, path)
            except (KeyError, IndexError):
                found = None
            if not _equal(found, operation["value"]):
                raise ValueError("the test failed")
            return document
        case unknown:
            raise ValueError(f"unknown operation {unknown!r}")


def _pointer(path: str) -> list[str]:
    if not path:
        return []
    if not path.startswith("/"):
        raise ValueError("a pointer starts with a slash")
    return [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]


def _get(document: object, path: list[str]) -> object:
    for part in path:
        if isinstance(document, dict):
            document = document[part]
        elif isinstance(document, list):
            document = document[_index(part, len(document))]
        else:
            raise KeyError(part)
    return document


def _index(part: str, length: int) -> int:
    if part != "0" and (part.startswith("0") or not part.isascii() or not part.isdigit()):
        raise ValueError("not an index")
    index = int(part)
    if index >= length:
        raise IndexError(part)
    return index


def _add(document: object, path: list[str], value: object) -> object:
    if not path:
        return value
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        at = len(parent) if last == "-" else _index(last, len(parent) + 1)
        parent.insert(at, value)
    else:
        raise KeyError(last)
    return document


def _remove(document: object, path: list[str]) -> object:
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        del parent[last]
    elif isinstance(parent, list):
        del parent[_index(last, len(parent))]
    else:
        raise KeyError(last)
    return document


def _replace(document: object, path: list[str], value: object) -> object:
    if not path:
        return value
    _get(document, path)
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        parent[_index(last, len(parent))] = value
    return document


def _equal(left: object, right: object) -> bool:
    """JSON equality: Python would take true for 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[k], right[k]) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return left == right
