"""What a drain would do, pod by pod: a record that the console and the headless commands show.

It is computed without touching anything, by the code that the drain itself decides with.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kuredtui.cluster.forecast import Outlook


class Action(StrEnum):
    """What becomes of a pod."""

    EVICT = "evict"
    DELETE = "delete"
    """The same without asking budgets, where eviction is not served or not wanted."""
    KEEP = "keep"
    REFUSE = "refuse"
    """It must not be evicted, so nothing is: the drain does not begin."""


class PlannedPod(msgspec.Struct, frozen=True, kw_only=True):
    """What the drain does to one pod.

    Attributes:
        namespace, name, uid: which pod.
        action: what becomes of it.
        reason: why, in words that follow its name; "" for an ordinary eviction.
        controller: what brings it back, such as `ReplicaSet web-5d4`; "" if nothing does.
        loses: the names of its emptyDir volumes, whose data is lost.
        going: it is being deleted already.
        outlook: of a pod to evict: whether and when budgets let it pass.
        budget: the budget that decides, in the pod's namespace; "" for none.
        budget_reason: what the budget does, in words that follow the pod's name.
    """

    namespace: str
    name: str
    uid: str
    action: Action
    reason: str = ""
    controller: str = ""
    loses: list[str] = msgspec.field(default_factory=list)
    going: bool = False
    outlook: Outlook | None = None
    budget: str = ""
    budget_reason: str = ""

    @property
    def full_name(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def goes(self) -> bool:
        """Whether the drain makes it go."""
        return self.action in (Action.EVICT, Action.DELETE)


class PlannedBudget(msgspec.Struct, frozen=True, kw_only=True):
    """A budget that is asked before pods of the node go.

    Attributes:
        namespace, name: which budget.
        limit: what it asks for, such as `minAvailable 2`.
        allowed: how many ready pods it lets go now.
        healthy, needed: how many healthy pods it has, and needs.
        pods: how many of the node's pods to go it guards.
    """

    namespace: str
    name: str
    limit: str
    allowed: int
    healthy: int
    needed: int
    pods: int

    @property
    def full_name(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a drain of a node would do, as things are now.

    Attributes:
        node: the node's name.
        pods: all its pods that the drain looks at, by namespace and name.
        pod_selector: which ones those are; "" for all.
        warnings: what else there is to know, as sentences.
        budgets: those that are asked, as far as they can be read, by namespace and name.
    """

    node: str
    pods: list[PlannedPod]
    pod_selector: str = ""
    warnings: list[str] = msgspec.field(default_factory=list)
    budgets: list[PlannedBudget] = msgspec.field(default_factory=list)

    @property
    def to_go(self) -> list[PlannedPod]:
        """Those that the drain makes go."""
        return [pod for pod in self.pods if pod.goes]

    @property
    def kept(self) -> list[PlannedPod]:
        """Those that stay."""
        return [pod for pod in self.pods if pod.action is Action.KEEP]

    @property
    def refused(self) -> list[PlannedPod]:
        """Those that forbid the drain."""
        return [pod for pod in self.pods if pod.action is Action.REFUSE]

    @property
    def stranded(self) -> list[PlannedPod]:
        """Those whose budget will not let them pass as long as everything stays as it is."""
        return [pod for pod in self.pods if pod.outlook is Outlook.NEVER]

    @property
    def losing(self) -> list[PlannedPod]:
        """Those that lose data."""
        return [pod for pod in self.to_go if pod.loses]

    @property
    def uncontrolled(self) -> list[PlannedPod]:
        """Those to go that nothing brings back."""
        return [pod for pod in self.to_go if not pod.controller]
