"""The drain filter, row by row of DESIGN 7: each case is one kind of pod under one set of flags.

What kubectl makes of the same pods is held in `tests/engine/test_drain_as_kubectl.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from kuredtui.cluster.pods import deletion_age
from kuredtui.engine.drain_filter import DaemonSetState, Verdict, decide
from kuredtui.engine.options import EngineOptions
from kuredtui.kube.types import OwnerReference, Pod
from tests.unit.cluster.pods import DAEMONSET, NOW, pod

EVICT, KEEP, REFUSE = Verdict.EVICT, Verdict.KEEP, Verdict.REFUSE
STRICT = {"evict_uncontrolled": False, "delete_emptydir_data": False}
LOOSE = {"evict_uncontrolled": True, "delete_emptydir_data": True}
NODE = OwnerReference(api_version="v1", kind="Node", name="node-1", uid="n", controller=True)
OTHER_DAEMONSET = OwnerReference(
    api_version="apps.kruise.io/v1alpha1", kind="DaemonSet", name="x", uid="x", controller=True
)
NO_CONTROLLER = OwnerReference(api_version="v1", kind="Node", name="node-1", uid="n")


@dataclass(frozen=True)
class Case:
    """One pod, some flags, and what must come of it."""

    name: str
    pod: Pod
    verdict: Verdict
    says: str = ""
    flags: dict[str, object] = field(default_factory=dict)
    daemonset: DaemonSetState = DaemonSetState.THERE


CASES = [
    Case("an ordinary pod", pod(), EVICT, flags=STRICT),
    # already deleting
    Case("deleted long ago, waited for", pod(deleted_for=3600), EVICT, "deleted already", STRICT),
    Case(
        "deleted long ago, not waited for",
        pod(deleted_for=61.5),
        KEEP,
        "too long",
        {"skip_wait_for_delete_timeout": 60},
    ),
    Case("deleted just so", pod(deleted_for=60.9), EVICT, "", {"skip_wait_for_delete_timeout": 60}),
    Case(
        "still in its grace", pod(deleted_for=-30), EVICT, "", {"skip_wait_for_delete_timeout": 1}
    ),
    Case("not deleted at all", pod(), EVICT, "", {"skip_wait_for_delete_timeout": 1}),
    Case(
        "a DaemonSet's, deleted long ago",
        pod(owner=DAEMONSET, deleted_for=99),
        KEEP,
        "too long",
        {"skip_wait_for_delete_timeout": 60},
        DaemonSetState.MISSING,
    ),
    Case(
        "a bare one, deleted long ago",
        pod(owner=None, deleted_for=99),
        KEEP,
        "too long",
        {**STRICT, "skip_wait_for_delete_timeout": 60},
    ),
    # DaemonSet-controlled
    Case("a DaemonSet's", pod(owner=DAEMONSET), KEEP, "DaemonSet agent", LOOSE),
    Case("a DaemonSet's with emptyDir", pod(owner=DAEMONSET, emptydir=True), KEEP, "agent", STRICT),
    Case("a DaemonSet's, failed", pod(owner=DAEMONSET, phase="Failed"), EVICT, "Failed", STRICT),
    Case("a DaemonSet's, done", pod(owner=DAEMONSET, phase="Succeeded"), EVICT, "", STRICT),
    Case(
        "an orphan of a DaemonSet",
        pod(owner=DAEMONSET),
        REFUSE,
        "missing",
        STRICT,
        DaemonSetState.MISSING,
    ),
    Case(
        "an orphan of a DaemonSet, allowed",
        pod(owner=DAEMONSET),
        EVICT,
        "",
        LOOSE,
        DaemonSetState.MISSING,
    ),
    Case(
        "an orphan with emptyDir, only one allowed",
        pod(owner=DAEMONSET, emptydir=True),
        REFUSE,
        "emptyDir",
        {"evict_uncontrolled": True, "delete_emptydir_data": False},
        DaemonSetState.MISSING,
    ),
    Case(
        "an orphan of a DaemonSet, finished",
        pod(owner=DAEMONSET, phase="Failed"),
        EVICT,
        "",
        STRICT,
        DaemonSetState.MISSING,
    ),
    Case(
        "of a DaemonSet that cannot be read",
        pod(owner=DAEMONSET),
        REFUSE,
        "nobody knows",
        LOOSE,
        DaemonSetState.UNREADABLE,
    ),
    Case(
        "another API's DaemonSet, which is not among those of apps",
        pod(owner=OTHER_DAEMONSET),
        REFUSE,
        "missing",
        STRICT,
        DaemonSetState.MISSING,
    ),
    # mirror pods
    Case("a mirror pod", pod(owner=NODE, mirror=True), KEEP, "static", LOOSE),
    Case(
        "a mirror pod with emptyDir", pod(owner=NODE, mirror=True, emptydir=True), KEEP, "", STRICT
    ),
    Case("a mirror pod without owner", pod(owner=None, mirror=True), KEEP, "static", STRICT),
    Case("a mirror pod, failed", pod(owner=NODE, mirror=True, phase="Failed"), KEEP, "", LOOSE),
    # emptyDir
    Case("with emptyDir", pod(emptydir=True), REFUSE, "emptyDir", STRICT),
    Case("with emptyDir, as by default", pod(emptydir=True), EVICT),
    Case("with emptyDir, finished", pod(emptydir=True, phase="Succeeded"), EVICT, "", STRICT),
    Case(
        "with emptyDir and deleted already", pod(emptydir=True, deleted_for=1), REFUSE, "", STRICT
    ),
    # no controller
    Case("a bare one", pod(owner=None), REFUSE, "no controller", STRICT),
    Case("a bare one, as by default", pod(owner=None), REFUSE),
    Case("a bare one, allowed", pod(owner=None), EVICT, "", LOOSE),
    Case("a bare one, finished", pod(owner=None, phase="Failed"), EVICT, "", STRICT),
    Case("an owner that does not control", pod(owner=NO_CONTROLLER), REFUSE, "no controller"),
    Case(
        "bare and with emptyDir",
        pod(owner=None, emptydir=True),
        REFUSE,
        "emptyDir",
        {"evict_uncontrolled": True, "delete_emptydir_data": False},
    ),
    Case("controlled by a Node, not mirrored", pod(owner=NODE), EVICT, "", STRICT),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict(case: Case) -> None:
    decision = decide(
        case.pod,
        EngineOptions(**case.flags),  # type: ignore[arg-type]  # a case names its flags
        daemonset=case.daemonset,
        deletion_age=deletion_age(case.pod, NOW),
    )
    assert decision.verdict is case.verdict
    assert case.says in decision.reason
