"""The law of the forecast: it says what an API server, a disruption controller and a ReplicaSet do.

A small model of the three plays the drain through to its end. What was forecast to pass now has to pass
before anything else happens, what was forecast as slow has to pass in the end, and what was forecast as
never must still be there.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from kuredtui.cluster.budgets import Budgets
from kuredtui.cluster.forecast import Outlook, forecast
from kuredtui.cluster.pods import is_ready, stuck_reason
from kuredtui.kube.types import Pod, PodDisruptionBudget
from tests.unit.cluster.pods import REPLICASET, budget, crashing, pod

MAKE = {
    "ready": pod,
    "starting": lambda name, owner: pod(name, owner=owner, ready=False),
    "stuck": crashing,
}


@dataclass
class World:
    """A namespace with one ReplicaSet, some bare pods and one budget over all of them."""

    pods: list[Pod]
    replicas: int
    max_unavailable: int | str | None
    min_available: int | str | None
    always_allow: bool
    names: itertools.count[int] = field(default_factory=itertools.count)

    def budget(self) -> PodDisruptionBudget:
        """As the disruption controller leaves it (getExpectedPodCount, updatePdbStatus)."""
        scale = self.replicas if any(p.metadata.owner_references for p in self.pods) else 0
        if self.max_unavailable is not None:
            expected = scale
            desired = max(0, scale - scaled(self.max_unavailable, scale))
        elif isinstance(self.min_available, str):
            expected, desired = scale, scaled(self.min_available, scale)
        else:
            assert self.min_available is not None
            expected, desired = len(self.pods), self.min_available
        return budget(
            healthy=sum(map(is_ready, self.pods)),
            desired=desired,
            expected=expected,
            max_unavailable=self.max_unavailable,
            min_available=self.min_available,
            always_allow=self.always_allow,
        )

    def evict(self, wanted: Pod, budget: PodDisruptionBudget, left: int) -> tuple[bool, int]:
        """The eviction subresource: whether it passes, and how many disruptions are left."""
        status = budget.status
        if not is_ready(wanted) and (
            self.always_allow or 0 < status.desired_healthy <= status.current_healthy
        ):
            self.pods.remove(wanted)
            return True, left
        if left > 0:
            self.pods.remove(wanted)
            return True, left - 1
        return False, left

    def go_on(self) -> None:
        """Pods that start become ready, and the ReplicaSet replaces what it lacks."""
        self.pods = [
            pod(p.metadata.name, owner=owner_of(p)) if not stuck_reason(p) else p for p in self.pods
        ]
        owned = sum(bool(p.metadata.owner_references) for p in self.pods)
        for _ in range(self.replicas - owned):
            self.pods.append(pod(f"new-{next(self.names)}", ready=False))


def rank(item: Pod) -> tuple[bool, bool, str]:
    """Who asks first."""
    return is_ready(item), not stuck_reason(item), item.metadata.name


def owner_of(item: Pod) -> object:
    return next(iter(item.metadata.owner_references), None)


def scaled(value: int | str, total: int) -> int:
    """intstr.GetScaledValueFromIntOrPercent, rounding up."""
    if isinstance(value, int):
        return value
    return math.ceil(total * int(value.removesuffix("%")) / 100)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    states = st.sampled_from(sorted(MAKE))
    owned = draw(st.lists(states, max_size=4))
    bare = draw(st.lists(states, max_size=2 if owned else 3))
    pods = [MAKE[state](f"rs-{i}", owner=REPLICASET) for i, state in enumerate(owned)]
    pods += [MAKE[state](f"bare-{i}", owner=None) for i, state in enumerate(bare)]
    limit = st.integers(0, 4) | st.sampled_from(["0%", "1%", "50%", "100%"])
    value, is_max = draw(limit), draw(st.booleans())
    # A replica that is still to be made shows in a budget's status only where that counts the wanted.
    owed = draw(st.integers(0, 1)) if owned and (is_max or isinstance(value, str)) else 0
    return World(
        pods=pods,
        replicas=len(owned) + owed,
        max_unavailable=value if is_max else None,
        min_available=None if is_max else value,
        always_allow=draw(st.booleans()),
    )


def play(world: World, wanted: list[Pod]) -> tuple[set[str], set[str]]:
    """Who passes before anything else happens, and who in the end."""
    now: set[str] = set()
    ever: set[str] = set()
    uids = {item.metadata.uid for item in wanted}
    for step in range(4 * len(wanted) + 4):
        status = world.budget()
        left = status.status.disruptions_allowed
        waiting = [item for item in world.pods if item.metadata.uid in uids]
        for item in sorted(waiting, key=rank):
            passed, left = world.evict(item, status, left)
            if passed:
                ever.add(item.metadata.uid)
                if step == 0:
                    now.add(item.metadata.uid)
        world.go_on()
    return now, ever


@settings(max_examples=500)
@given(world=worlds(), data=st.data())
def test_the_forecast_is_what_happens(world: World, data: st.DataObject) -> None:
    wanted = [item for item in world.pods if data.draw(st.booleans(), label=item.metadata.name)]
    web = world.budget()
    found = forecast(wanted, Budgets([web]), members={web.metadata.uid: list(world.pods)})
    now, ever = play(world, wanted)
    said = {uid: item.outlook for uid, item in found.items()}
    assert {uid for uid, outlook in said.items() if outlook is Outlook.NOW} == now
    nevers = {uid for uid, outlook in said.items() if outlook is Outlook.NEVER}
    if any(owner_of(item) is None for item in wanted):
        # A pod that nothing brings back may be the one that another waits for: then it depends on
        # who comes first. Whoever may pass in one order is not said to be held for good.
        assert not nevers & ever
    else:
        assert nevers == said.keys() - ever
