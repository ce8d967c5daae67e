"""Cordon and uncordon by hand, as kubectl does it: `spec.unschedulable`.

An operation does it in the same write as its journal (`journal_keeper`).
"""

from __future__ import annotations

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION, journal_view
from kuredtui.engine.errors import OperationError
from kuredtui.engine.journal import UNREADABLE_JOURNAL
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Conflict
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import NODES
from kuredtui.kube.types import Node


async def cordon(client: Client, node: str) -> str:
    """Keep new pods off the node.

    Returns:
        The resourceVersion of the node that came of it; "" if nothing had to be changed.

    Raises:
        OperationError: an operation is at work on the node.
        ApiError, Unreachable: it may or may not have been changed; safe to repeat.
    """
    while True:
        found = await client.get(NODES, node)
        _refuse_if_at_work(found)
        if found.spec.unschedulable:
            return ""
        if version := await _patch(client, found, {"spec": {"unschedulable": True}}):
            return version


async def uncordon(client: Client, node: str) -> str:
    """Let new pods onto the node again. Returns as `cordon`.

    The field is removed rather than set to false, which is how the API server stores it (kubectl
    sends false; both end the same). The journal of a drain that is over goes with it.

    Raises:
        OperationError: an operation is at work on the node.
        ApiError, Unreachable: it may or may not have been changed; safe to repeat.
    """
    while True:
        found = await client.get(NODES, node)
        _refuse_if_at_work(found)
        drained = OPERATION_ANNOTATION in found.metadata.annotations
        if not found.spec.unschedulable and not drained:
            return ""
        change: JsonObject = {"spec": {"unschedulable": None}}
        if drained:
            change["metadata"] = {"annotations": {OPERATION_ANNOTATION: None}}
        if version := await _patch(client, found, change):
            return version


def _refuse_if_at_work(node: Node) -> None:
    """Only a drain that is over leaves the cordon to others."""
    text = node.metadata.annotations.get(OPERATION_ANNOTATION)
    if text is None:
        return
    journal = journal_view(text)
    if journal is None:
        raise OperationError(UNREADABLE_JOURNAL)
    if not journal.resting:
        raise OperationError(
            f"{journal.describe()}. Cancel it, or if nobody runs it, resume it or roll it back."
        )


async def _patch(client: Client, node: Node, change: JsonObject) -> str:
    """The version that came of it; "" if the node was not in this one any more, and is as it was."""
    metadata = {**change.get("metadata", {}), "resourceVersion": node.metadata.resource_version}
    try:
        written = await client.patch(NODES, node.metadata.name, {**change, "metadata": metadata})
    except Conflict:
        return ""
    return written.metadata.resource_version
