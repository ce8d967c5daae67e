"""Cordon and uncordon, as kubectl does it: `spec.unschedulable`."""

from __future__ import annotations

from kuredtui.kube.client import Client
from kuredtui.kube.errors import NotFound
from kuredtui.kube.resources import NODES


async def cordon(client: Client, node: str) -> bool:
    """Keep new pods off the node. Returns whether anything had to be changed.

    Raises:
        ApiError, Unreachable: it may or may not have been changed; safe to repeat.
    """
    if (await client.get(NODES, node)).spec.unschedulable:
        return False
    await client.patch(NODES, node, {"spec": {"unschedulable": True}})
    return True


async def uncordon(client: Client, node: str) -> bool:
    """Let new pods onto the node again. Returns whether anything had to be changed.

    The field is removed rather than set to false, which is how the API server stores it (kubectl
    sends false; both end the same). A node that is gone needs no uncordon.

    Raises:
        ApiError, Unreachable: it may or may not have been changed; safe to repeat.
    """
    try:
        if not (await client.get(NODES, node)).spec.unschedulable:
            return False
        await client.patch(NODES, node, {"spec": {"unschedulable": None}})
    except NotFound:
        return False
    return True
