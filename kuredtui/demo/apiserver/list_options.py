"""The parameters of lists and watches, read and checked against one another.

The rules are those of ValidateListOptions in k8s.io/apimachinery/pkg/apis/meta/internalversion and
of the table under "Resource versions" in the documentation of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuredtui.demo.apiserver.failures import Cause, Failure, invalid_options
from kuredtui.demo.apiserver.requests import is_true

_MATCHES = ("Exact", "NotOlderThan")


@dataclass(frozen=True, kw_only=True)
class ListOptions:
    """What a list or a watch asks for.

    Attributes:
        version: a watch starts after it, a list is at least as new; 0 for any.
        exact: a list is of exactly this version.
        limit: of a page; 0 for no limit.
        token: where the next page starts, "" for the first.
        initial_events: a watch begins with what exists; by default only one from any version.
        end_mark: it says where that ends.
        bookmarks: a watch says how far it has come.
        timeout: seconds of a watch, None for the server's choice.
    """

    version: int
    exact: bool
    limit: int
    token: str
    initial_events: bool
    end_mark: bool
    bookmarks: bool
    timeout: float | None


def list_options(query: Mapping[str, str], *, watch: bool) -> ListOptions:
    """The options of a request; a `Failure` for what is malformed or does not go together."""
    if causes := _watch_causes(query) if watch else _list_causes(query):
        raise invalid_options("ListOptions", causes)
    text, match = query.get("resourceVersion", ""), query.get("resourceVersionMatch", "")
    token = query.get("continue", "")
    if token and text not in ("", "0"):
        raise Failure(400, "specifying resource version is not allowed when using continue")
    version = _version(text)
    limit = 0 if text == "0" and not token else _number(query, "limit")
    timeout = _number(query, "timeoutSeconds")
    initial = query.get("sendInitialEvents", "")
    bookmarks = is_true(query.get("allowWatchBookmarks", ""))
    return ListOptions(
        version=version,
        # A page of a version is of exactly that version: older clients count on it.
        exact=match == "Exact" or bool(version and limit and not match),
        limit=limit,
        token=token,
        initial_events=is_true(initial) if initial else not version,
        end_mark=is_true(initial) and bookmarks,
        bookmarks=bookmarks,
        timeout=float(timeout) if timeout else None,
    )


def _list_causes(query: Mapping[str, str]) -> list[Cause]:
    causes: list[Cause] = []
    if match := query.get("resourceVersionMatch", ""):
        if not query.get("resourceVersion"):
            causes.append(_match_forbidden("unless resourceVersion is provided"))
        if query.get("continue"):
            causes.append(_match_forbidden("when continue is provided"))
        causes += _unknown_match(match, _MATCHES)
        if match == "Exact" and query.get("resourceVersion") == "0":
            message = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
            causes.append(_forbidden("resourceVersionMatch", message))
    if "sendInitialEvents" in query:
        causes.append(_forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    return causes


def _watch_causes(query: Mapping[str, str]) -> list[Cause]:
    causes: list[Cause] = []
    match, initial = query.get("resourceVersionMatch", ""), "sendInitialEvents" in query
    if initial and match != "NotOlderThan":
        message = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        causes.append(_forbidden("resourceVersionMatch", message))
    if match:
        if not initial:
            causes.append(_match_forbidden("for watch unless sendInitialEvents is provided"))
        causes += _unknown_match(match, ("NotOlderThan",))
        if query.get("continue"):
            causes.append(_match_forbidden("when continue is provided"))
    return causes


def _match_forbidden(when: str) -> Cause:
    return _forbidden("resourceVersionMatch", f"resourceVersionMatch is forbidden {when}")


def _forbidden(field: str, message: str) -> Cause:
    return "FieldValueForbidden", f"Forbidden: {message}", field


def _unknown_match(match: str, known: tuple[str, ...]) -> list[Cause]:
    if match in known:
        return []
    supported = ", ".join(f'"{name}"' for name in (*known, ""))
    message = f'Unsupported value: "{match}": supported values: {supported}'
    return [("FieldValueNotSupported", message, "resourceVersionMatch")]


def _version(text: str) -> int:
    """A resourceVersion; what is no number is a 500, as recorded."""
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


def _number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise Failure(400, f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)
