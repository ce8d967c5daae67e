"""The options of requests that write: dry runs, and how to delete.

Validated as in k8s.io/apimachinery/pkg/apis/meta/v1/validation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from kuredtui.demo.apiserver.failures import Failure, invalid_options
from kuredtui.kube.json import JsonObject

_POLICIES = ("Background", "Foreground", "Orphan")


class Preconditions(msgspec.Struct, rename="camel"):
    """What must hold for the delete to happen."""

    uid: str | None = None
    resource_version: str | None = None


class DeleteOptions(msgspec.Struct, rename="camel"):
    """The fields of DeleteOptions that are honoured or at least understood."""

    grace_period_seconds: int | None = None
    preconditions: Preconditions | None = None
    dry_run: list[str] | None = None
    propagation_policy: str | None = None


def is_dry_run(verb: str, query: Mapping[str, str]) -> bool:
    """Whether a create, update or patch asks for `dryRun=All`."""
    value = query.get("dryRun", "")
    return _dry_run([value] if value else [], kind=f"{verb.capitalize()}Options")


def is_dry_delete(options: DeleteOptions) -> bool:
    """Whether a delete is only tried."""
    return _dry_run(options.dry_run or [], kind="DeleteOptions")


def delete_options(query: Mapping[str, str], sent: JsonObject) -> DeleteOptions:
    """DeleteOptions as sent; from the query only where nothing was (delete.go in k8s.io/apiserver)."""
    if not sent:
        sent = {name: query[name] for name in ("propagationPolicy",) if name in query}
        if "gracePeriodSeconds" in query:
            sent["gracePeriodSeconds"] = _number(query["gracePeriodSeconds"])
        if "dryRun" in query:
            sent["dryRun"] = [query["dryRun"]]
    try:
        options = msgspec.convert(sent, DeleteOptions)
    except msgspec.ValidationError as error:
        raise Failure(400, f"invalid DeleteOptions: {error}") from error
    policy = options.propagation_policy
    if policy is not None and policy not in _POLICIES:
        supported = ", ".join(f'"{known}"' for known in (*_POLICIES, "nil"))
        message = f'Unsupported value: "{policy}": supported values: {supported}'
        cause = ("FieldValueNotSupported", message, "propagationPolicy")
        raise invalid_options("DeleteOptions", [cause])
    return options


def _dry_run(values: Sequence[str], *, kind: str) -> bool:
    if any(value != "All" for value in values):
        shown = ", ".join(f'"{value}"' for value in values)
        message = f'Unsupported value: {shown}: supported values: "All"'
        raise invalid_options(kind, [("FieldValueNotSupported", message, "dryRun")])
    return bool(values)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Failure(400, f'strconv.ParseInt: parsing "{text}": invalid syntax') from error
