"""Who cordoned a node, from what stands on it and in the lock."""

from __future__ import annotations

import json

import pytest

from kuredtui.cluster.cordon_origin import CordonedBy, CordonOrigin, cordon_origin
from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.cluster.lock_value import LockEntry, LockMetadata
from kuredtui.cluster.node import NodeRecord
from tests.support.nodes import node_record

SINCE = "2026-03-01T11:00:00Z"


def with_journal(*, cordoned: bool = True, **fields: object) -> NodeRecord:
    """A cordoned node with an operation on it."""
    journal = {
        "id": "1",
        "owner": "jo@desk",
        "goal": "reboot",
        "phase": "draining",
        "startedAt": SINCE,
        "cordoned": cordoned,
        **fields,
    }
    return node_record(annotations={OPERATION_ANNOTATION: json.dumps(journal)}, cordoned=True)


def origin(node: NodeRecord, *lock: LockEntry) -> CordonOrigin:
    found = cordon_origin(node, lock)
    assert found is not None
    return found


def held(node_id: str, *, unschedulable: bool = False) -> LockEntry:
    metadata = LockMetadata(unschedulable=unschedulable)
    return LockEntry(node_id=node_id, metadata=metadata, created=SINCE)


def test_a_node_that_is_not_cordoned_was_so_by_nobody() -> None:
    assert cordon_origin(node_record(), [held("node-1")]) is None


def test_an_operation_of_ours() -> None:
    found = origin(with_journal())
    assert found.by is CordonedBy.OURS
    assert found.reason == "for jo@desk's reboot, begun 2026-03-01 11:00:00 UTC"


def test_a_drain_that_is_over() -> None:
    found = origin(with_journal(goal="drain", phase="drained"))
    assert found.by is CordonedBy.OURS
    assert "which is over and left it so" in found.reason


def test_a_cordon_that_an_operation_found() -> None:
    found = origin(with_journal(unschedulableBefore=True))
    assert found.by is CordonedBy.STRANGER
    assert "before jo@desk's reboot" in found.reason


def test_an_operation_that_has_not_come_to_it_yet_says_nothing() -> None:
    assert origin(with_journal(cordoned=False, phase="locking")).by is CordonedBy.STRANGER


def test_the_kured_on_the_node() -> None:
    found = origin(node_record(cordoned=True), held("another"), held("node-1"))
    assert found.by is CordonedBy.KURED
    assert found.reason == "by its kured, which holds the lock since 2026-03-01 11:00:00 UTC"


def test_a_cordon_that_kured_found() -> None:
    found = origin(node_record(cordoned=True), held("node-1", unschedulable=True))
    assert found.by is CordonedBy.STRANGER
    assert "before its kured" in found.reason


def test_an_operation_knows_better_than_the_lock_that_it_handed_over() -> None:
    assert origin(with_journal(phase="returning"), held("node-1")).by is CordonedBy.OURS


@pytest.mark.parametrize("holder", ["another", "manual", "kuredtui:another"])
def test_somebody_elses_lock_says_nothing(holder: str) -> None:
    found = origin(node_record(cordoned=True), held(holder))
    assert found.by is CordonedBy.STRANGER
    assert found.reason == "by somebody else; neither node nor lock says who"


def test_a_lock_that_is_not_known_is_no_witness() -> None:
    found = cordon_origin(node_record(cordoned=True))
    assert found is not None
    assert found.reason == "by somebody else; the node does not say who"
