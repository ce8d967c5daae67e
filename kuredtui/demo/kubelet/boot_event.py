"""The event by which a kubelet tells that its machine has booted (kubernetes/pkg/kubelet/nodestatus)."""

from __future__ import annotations

from kuredtui.kube.json import JsonObject

EVENT_NAMESPACE = "default"


def boot_event(node: str, *, boot_id: str, at: str) -> JsonObject:
    """Its body; as in a real one, the node's name stands in the place of its UID.

    Args:
        node: the node's name.
        boot_id: of the new boot.
        at: when it was noticed, as the API writes times.
    """
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{node}."},
        "involvedObject": {"kind": "Node", "name": node, "uid": node},
        "type": "Warning",
        "reason": "Rebooted",
        "message": f"Node {node} has been rebooted, boot id: {boot_id}",
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
        "source": {"component": "kubelet", "host": node},
        "reportingComponent": "kubelet",
        "reportingInstance": node,
    }
