"""The night that the pictures show: one of everything, at one moment, with nothing left to chance."""

from __future__ import annotations

import json
from datetime import timedelta

from kuredtui.cluster.forecast import Outlook
from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.policy import Answer
from kuredtui.cluster.why import Cause, Why
from kuredtui.engine.drain_state import DrainState, PodLeft, Standing
from kuredtui.engine.phases import Phase
from kuredtui.engine.plan import Action, Plan, PlannedPod
from kuredtui.engine.rollout_entry import Entry, EntryState
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.kube.types import Node
from tests.ui.clusters import NOW, a_node
from tests.ui.fake_session import FakeLocks, FakeRollout, FakeSession

OLD, NEW = "5.15.0-1089-azure", "5.15.0-1091-azure"
DRAINING, BLOCKED, BROKEN = "aks-user-38412-vmss000003", "aks-user-38412-vmss000004", "aks-gpu-7-0"


def nodes() -> list[Node]:
    """Three pools: patched, waiting, cordoned, broken, and of unknown state."""
    system = [
        a_node(f"aks-system-11302-vmss00000{number}", pool="system", kernel=NEW, pending=False)
        for number in range(3)
    ]
    user = [
        a_node(
            f"aks-user-38412-vmss00000{number}",
            kernel=NEW if number < 2 else OLD,
            pending=number >= 2,
            cordoned=number == 3,
        )
        for number in range(6)
    ]
    gpu = [
        a_node(BROKEN, pool="gpu", ready="False", kernel=OLD),
        a_node("aks-gpu-7-1", pool="gpu", cordoned=True, kernel=OLD, pending=True),
        a_node("aks-gpu-7-2", pool="gpu", kernel=OLD),
    ]
    return [*system, *user, *gpu]


def night() -> FakeSession:
    """A rollout in the middle: one done, one draining behind a budget, one in the queue, one failed."""
    session = FakeSession(nodes())
    created = (NOW - timedelta(minutes=4)).isoformat()
    holder = f"kuredtui:{DRAINING}"
    session.locks = FakeLocks(json.dumps({"nodeID": holder, "created": created, "TTL": 0}))
    session.plans = {BLOCKED: _plan()}
    session.policy = [Answer(hook=HookName.TIME_WINDOW, reason="The reboot window is closed.")]
    session.reasons = {
        BLOCKED: _why(Cause.LOCK, f"{holder} holds the lock, for 4 minutes.", "lock held"),
        "aks-gpu-7-1": _why(Cause.POLICY, "The window opens at 22:00.", "window opens 22:00"),
    }
    session.reasons_in_full = {
        BLOCKED: _why(
            Cause.LOCK,
            f"{holder} holds the lock, for 4 minutes.",
            "lock held",
            "The budget shop/db allows no pod of it to go.",
        )
    }
    _roll_out(session)
    session.abandoned = ["aks-gpu-7-1"]
    return session


def _why(cause: Cause, sentence: str, brief: str, *facts: str) -> Why:
    return Why(cause=cause, sentence=sentence, brief=brief, facts=facts)


def _plan() -> Plan:
    def pod(name: str, action: Action = Action.EVICT, **more: object) -> PlannedPod:
        found = {"controller": "ReplicaSet web", **more}
        return PlannedPod(namespace="shop", name=name, uid=name, action=action, **found)  # type: ignore[arg-type]  # named below

    return Plan(
        node=BLOCKED,
        pods=[
            pod("web-5d8f-x7k2p", outlook=Outlook.NOW),
            pod(
                "web-5d8f-m2c9d",
                outlook=Outlook.SLOW,
                budget_reason="waits its turn at the budget web",
            ),
            pod("db-0", outlook=Outlook.NEVER, budget_reason="is held for good by the budget db"),
            pod("cache-77c-8s2lf", outlook=Outlook.NOW, loses=["tmp"]),
            pod("agent-z9x1c", Action.KEEP, reason="belongs to DaemonSet agent"),
        ],
    )


def _roll_out(session: FakeSession) -> None:
    done, failed = "aks-user-38412-vmss000001", BROKEN
    entries = {
        done: Entry(node=done, uid="", boot_id="", state=EntryState.DONE, seconds=312.0),
        DRAINING: Entry(node=DRAINING, uid="", boot_id="", state=EntryState.AT_WORK),
        failed: Entry(
            node=failed, uid="", boot_id="", state=EntryState.FAILED, reason="It did not come back."
        ),
        BLOCKED: Entry(
            node=BLOCKED, uid="", boot_id="", reason="the budget db holds back its pods"
        ),
    }
    session.rollout = FakeRollout(entries, RolloutOptions(concurrency=2))
    session.move(DRAINING, Phase.DRAINING, "3/7 pods gone")
    session.operations[DRAINING].drain = DrainState(
        gone=3,
        total=7,
        left=[
            PodLeft(
                namespace="shop",
                name="db-0",
                uid="u",
                standing=Standing.WAITING,
                reason="waits for the budget db: 2 of 2 pods must stay",
                budget="db",
                since=NOW - timedelta(seconds=90),
            )
        ],
        blocked_seconds=90.0,
    )
    told = (
        (300, "waiting", "waits for the lock, held by aks-user-38412-vmss000001"),
        (250, "locking", "holds the lock"),
        (248, "cordoning", "cordoned"),
        (245, "draining", "7 pods to go"),
    )
    for ago, phase, message in told:
        session.say(message, node=DRAINING, phase=phase, time=NOW - timedelta(seconds=ago))
    session.say(
        "shop/db-0 is refused by the budget db: 2 of 2 pods must stay",
        level="warning",
        node=DRAINING,
        phase="draining",
        time=NOW - timedelta(seconds=90),
    )
    session.say(
        "did not come back within 15 minutes; it stays cordoned and locked",
        level="error",
        node=BROKEN,
        phase="failed",
        time=NOW - timedelta(seconds=30),
    )
