"""How far a drain is: which pods are left, what each waits for, and whether only budgets hold it up."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from kuredtui.cluster.forecast import Outlook
from kuredtui.engine.plan import PlannedPod
from kuredtui.engine.signal import Signal


class Standing(StrEnum):
    """Where a pod is on its way out."""

    QUEUED = "queued"
    """Its eviction was not asked for yet."""
    WAITING = "waiting"
    """A budget holds it back."""
    RETRYING = "retrying"
    """Its eviction did not work for another reason, and will be asked for again."""
    GOING = "going"
    """It is being deleted."""
    FAILED = "failed"
    """It cannot be evicted."""


class PodLeft(msgspec.Struct, frozen=True, kw_only=True):
    """A pod that a drain still has to see gone.

    Attributes:
        namespace, name, uid: which pod.
        standing: where it is on its way out.
        reason: what it waits for, in words that follow its name.
        budget: the budget that holds it back, in its namespace; "" for none, or an unknown one.
        outlook: what the plan foresaw of its budget.
        since: when its present standing began, by this machine's clock, UTC.
    """

    namespace: str
    name: str
    uid: str
    standing: Standing
    reason: str
    budget: str = ""
    outlook: Outlook | None = None
    since: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))

    @property
    def full_name(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"

    def __str__(self) -> str:
        """As a person says it: `web/a-1 (waits for ...)`."""
        return f"{self.full_name} ({self.reason})"


class DrainState(msgspec.Struct, frozen=True, kw_only=True):
    """A drain at one moment.

    Attributes:
        gone: how many pods are gone.
        total: of how many that have to go.
        left: the others.
        blocked_seconds: for how long nothing but budgets has held the drain up: each pod that is left
            waits for one (or has failed), so there is nothing else to do; None when that is not so.
    """

    gone: int
    total: int
    left: list[PodLeft]
    blocked_seconds: float | None = None


class Targets:
    """The pods that one drain has to see gone.

    Attributes:
        changed: sent after every change.
        gone: how many are gone.
    """

    def __init__(self) -> None:
        self.changed = Signal()
        self.gone = 0
        self._left: dict[str, PodLeft] = {}
        self._known: set[str] = set()
        self._blocked_at: float | None = None

    @property
    def total(self) -> int:
        """How many have to go, or had to."""
        return self.gone + len(self._left)

    def add(self, pods: Iterable[PlannedPod]) -> None:
        """These have to go, too; one that was taken for gone is back."""
        for pod in pods:
            if pod.uid in self._known and pod.uid not in self._left:
                self.gone -= 1
            self._known.add(pod.uid)
            self._left[pod.uid] = PodLeft(
                namespace=pod.namespace,
                name=pod.name,
                uid=pod.uid,
                standing=Standing.QUEUED,
                reason="was not asked to go yet",
                budget=pod.budget,
                outlook=pod.outlook,
            )
        self._has_changed()

    def knows(self, uid: str) -> bool:
        """Whether it has, or had, to go."""
        return uid in self._known

    def get(self, uid: str) -> PodLeft | None:
        """The pod, if it is still left."""
        return self._left.get(uid)

    def left(self) -> list[PodLeft]:
        """Those that are left, by name."""
        return sorted(self._left.values(), key=lambda pod: pod.full_name)

    def put(self, uid: str, standing: Standing, reason: str, *, budget: str | None = None) -> bool:
        """A pod's new standing, if it is still left. Returns whether there is anything new in it."""
        pod = self._left.get(uid)
        if pod is None:
            return False
        budget = pod.budget if budget is None else budget
        if (pod.standing, pod.reason, pod.budget) == (standing, reason, budget):
            return False
        same = (pod.standing, pod.budget) == (standing, budget)
        since = pod.since if same else datetime.now(UTC)
        self._left[uid] = msgspec.structs.replace(
            pod, standing=standing, reason=reason, budget=budget, since=since
        )
        self._has_changed()
        return True

    def see_gone(self, uids: Iterable[str]) -> None:
        """These are gone."""
        found = [uid for uid in uids if self._left.pop(uid, None) is not None]
        self.gone += len(found)
        if found:
            self._has_changed()

    def give_up(self, uid: str) -> None:
        """Do not wait for this one any longer."""
        if self._left.pop(uid, None) is not None:
            self._has_changed()

    @property
    def ended(self) -> bool:
        """Whether there is nothing to wait for: each is gone or has failed."""
        return all(pod.standing is Standing.FAILED for pod in self._left.values())

    @property
    def blocked_seconds(self) -> float | None:
        """See `DrainState`."""
        return None if self._blocked_at is None else time.monotonic() - self._blocked_at

    def state(self) -> DrainState:
        """All of it, as a record."""
        return DrainState(
            gone=self.gone,
            total=self.total,
            left=self.left(),
            blocked_seconds=self.blocked_seconds,
        )

    def _has_changed(self) -> None:
        standings = {pod.standing for pod in self._left.values()}
        blocked = Standing.WAITING in standings and standings <= {Standing.WAITING, Standing.FAILED}
        if not blocked:
            self._blocked_at = None
        elif self._blocked_at is None:
            self._blocked_at = time.monotonic()
        self.changed.send()
