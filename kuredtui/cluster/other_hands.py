"""Other hands on a node: whoever is about to drain, delete or replace it, as the node itself shows it.

A reboot under their hands is wasted at best. `DeletionCandidateOfClusterAutoscaler` is none of them: the
autoscaler puts it, as PreferNoSchedule, on a node it finds unneeded, and takes it off again when the node
is needed after all (autoscaler, cluster-autoscaler/utils/taints).
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Fact
from kuredtui.kube.types import Taint


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is at work on a node.

    Attributes:
        reason: who does what, as a sentence about the node.
        facts: what shows it.
    """

    reason: str
    facts: dict[str, Fact]


# Taints by key, with the value that counts ("" for any), and what their owner is about to do.
_TAINTS: dict[str, tuple[str, str]] = {
    # Set right before the node is drained and its machine deleted (autoscaler, utils/taints).
    "ToBeDeletedByClusterAutoscaler": ("", "The cluster autoscaler is deleting {node}."),
    # Karpenter, "Disruption": since 1.0, and 0.32 to 0.37, whose other value was a mere candidate.
    "karpenter.sh/disrupted": ("", "Karpenter is replacing {node}."),
    "karpenter.sh/disruption": ("disrupting", "Karpenter is replacing {node}."),
    # AKS, "Node auto-drain" and "Node auto-repair"; the second is its name before 2024.
    "remediator.kubernetes.azure.com/unschedulable": ("", "AKS is repairing or replacing {node}."),
    "remediator.aks.microsoft.com/unschedulable": ("", "AKS is repairing or replacing {node}."),
    # GKE, "Graceful node termination": the machine is about to be stopped.
    "cloud.google.com/impending-node-termination": ("", "The cloud is about to stop {node}."),
}


def hand_on(node: NodeRecord) -> Hand | None:
    """Who is at work on the node, by its taints and by its own deletion; None for nobody."""
    for taint in node.taints:
        value, words = _TAINTS.get(taint.key, ("", ""))
        if words and value in ("", taint.value):
            return Hand(reason=words.format(node=node.name), facts=_facts(taint))
    if node.deleting:
        return Hand(
            reason=f"The node object of {node.name} is being deleted.", facts={"deleting": True}
        )
    return None


def _facts(taint: Taint) -> dict[str, Fact]:
    """The taint; the autoscaler writes since when as its value, in seconds of Unix time."""
    facts: dict[str, Fact] = {"taint": taint.key}
    if taint.value.isascii() and taint.value.isdigit() and len(taint.value) <= 10:
        facts["since"] = datetime.fromtimestamp(int(taint.value), UTC).isoformat()
    elif taint.value:
        facts["value"] = taint.value
    return facts
