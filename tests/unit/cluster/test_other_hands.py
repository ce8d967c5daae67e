"""Who else is at work on a node."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kuredtui.cluster.other_hands import hand_on
from kuredtui.kube.types import Taint
from tests.support.nodes import node_record


@pytest.mark.parametrize(
    ("taint", "said"),
    [
        (Taint(key="ToBeDeletedByClusterAutoscaler", value="1732485600"), "cluster autoscaler"),
        (Taint(key="karpenter.sh/disrupted", effect="NoSchedule"), "Karpenter"),
        (Taint(key="karpenter.sh/disruption", value="disrupting"), "Karpenter"),
        (Taint(key="remediator.kubernetes.azure.com/unschedulable"), "AKS"),
        (Taint(key="cloud.google.com/impending-node-termination"), "cloud"),
    ],
)
def test_a_taint_tells_of_other_hands(taint: Taint, said: str) -> None:
    hand = hand_on(node_record(taints=[taint]))
    assert hand is not None
    assert said in hand.reason
    assert hand.facts["taint"] == taint.key


@pytest.mark.parametrize(
    "taint",
    [
        Taint(key="DeletionCandidateOfClusterAutoscaler", value="1732485600"),
        Taint(key="karpenter.sh/disruption", value="candidate"),
        Taint(key="node.kubernetes.io/unschedulable"),
        Taint(key="kubernetes.azure.com/scalesetpriority", value="spot"),
    ],
)
def test_other_taints_do_not(taint: Taint) -> None:
    assert hand_on(node_record(taints=[taint])) is None


def test_the_autoscaler_says_since_when() -> None:
    hand = hand_on(
        node_record(taints=[Taint(key="ToBeDeletedByClusterAutoscaler", value="1732485600")])
    )
    assert hand is not None
    assert hand.facts["since"] == "2024-11-24T22:00:00+00:00"


@pytest.mark.parametrize("value", ["soon", "9" * 400, "-5", "٣"])
def test_a_strange_value_of_the_taint_is_only_shown(value: str) -> None:
    hand = hand_on(node_record(taints=[Taint(key="ToBeDeletedByClusterAutoscaler", value=value)]))
    assert hand is not None
    assert hand.facts["value"] == value


def test_a_node_object_that_is_being_deleted_is_in_other_hands() -> None:
    hand = hand_on(node_record(deleted=datetime(2026, 11, 24, tzinfo=UTC)))
    assert hand is not None
    assert "being deleted" in hand.reason
