"""Playing a history back, one version after another, and looking at the rules at each."""

from __future__ import annotations

from dataclasses import dataclass, field

from kuredtui.cluster.lock_value import OUR_PREFIX, LockEntry, UnreadableLock, read
from kuredtui.kube.types import DaemonSet, Node, Pod
from tests.support.referee.history import History, Moment, Watched
from tests.support.referee.rules import Actor, Fault, Finding, Rules, Verdict

LOCK_ANNOTATION = "weave.works/kured-node-lock"
JOURNAL_ANNOTATION = "kuredtui.io/operation"
REBOOT_POD = "kuredtui-reboot"
_MIRROR = "kubernetes.io/config.mirror"


def judge(history: History, rules: Rules) -> Verdict:
    """What was against the rules, and when; what is left behind counts from the history's end."""
    court = _Court(rules)
    for reason in history.blind:
        court.find(Fault.BLIND, details=reason)
    for item in history.start:
        court.begin(item)
    for moment in sorted(history.moments, key=lambda moment: moment.version):
        court.see(moment)
    court.close()
    return court.verdict


@dataclass(eq=False)
class _Act:
    """One taking of the lock for a node."""

    entry: LockEntry
    actor: Actor
    began: int
    boots: int = 0


@dataclass(frozen=True)
class _Cordon:
    """A cordon that no operator made: when, and under whose lock."""

    at: int
    by: Actor


@dataclass
class _Down:
    """How things stood when a node's kubelet said that it goes down."""

    acts: tuple[_Act, ...]
    owners: str
    cordoned: bool
    pods: tuple[str, ...]
    late: tuple[str, ...]


@dataclass
class _Court:
    rules: Rules
    verdict: Verdict = field(default_factory=Verdict)
    entries: tuple[LockEntry, ...] = ()
    acts: list[_Act] = field(default_factory=list)
    last_actor: dict[str, Actor] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    pods: dict[str, Pod] = field(default_factory=dict)
    bound_at: dict[str, int] = field(default_factory=dict)
    cordons: dict[str, _Cordon] = field(default_factory=dict)
    down: dict[str, _Down] = field(default_factory=dict)
    version: int = 0

    def begin(self, item: Watched) -> None:
        """Take in what there was at first, without judging it."""
        match item:
            case Node() if item.metadata.name in self.rules.nodes:
                self.nodes[item.metadata.name] = item
            case Pod():
                self._see_pod(item, deleted=False)
            case DaemonSet() if self._counts(item):
                self.entries = self._read(item)
                self._update_acts()
            case _:
                pass

    def see(self, moment: Moment) -> None:
        """Look at the next version."""
        self.version = moment.version
        match moment.object:
            case Node() as node if node.metadata.name in self.rules.nodes:
                self._see_node(node, deleted=moment.deleted)
            case Pod() as pod:
                self._see_pod(pod, deleted=moment.deleted)
            case DaemonSet() as holder if self._counts(holder):
                self._see_lock(() if moment.deleted else self._read(holder))
            case _:
                pass

    def close(self) -> None:
        """Look at what is left."""
        for entry in self.entries:
            if entry.node_id not in self.rules.strangers:
                self.find(Fault.LOCK_LEFT, entry.node, details=entry.describe())
        for name, node in self.nodes.items():
            if node.spec.unschedulable and name not in self.rules.cordoned:
                cordon = self.cordons.get(name)
                self.find(Fault.CORDON_LEFT, name, by=cordon.by if cordon else Actor.NOBODY)
            if JOURNAL_ANNOTATION in node.metadata.annotations:
                self.find(Fault.JOURNAL_LEFT, name, by=Actor.OURS)
        for name, pod in self.pods.items():
            if pod.metadata.name.startswith(REBOOT_POD):
                self.find(Fault.REBOOT_POD_LEFT, pod.spec.node_name, by=Actor.OURS, details=name)

    def find(
        self, fault: Fault, node: str = "", *, by: Actor | None = None, details: str = ""
    ) -> None:
        """Put a fault on record; against whoever had the lock for the node last."""
        actor = by or self.last_actor.get(node, Actor.NOBODY)
        self.verdict.findings.append(
            Finding(fault=fault, by=actor, node=node, version=self.version, details=details)
        )

    # The lock

    def _counts(self, holder: DaemonSet) -> bool:
        return self.rules.carrier in ("", holder.metadata.name)

    def _see_lock(self, entries: tuple[LockEntry, ...]) -> None:
        before, self.entries = self.entries, entries
        over = self._update_acts()
        self.verdict.most_owners = max(self.verdict.most_owners, len(entries))
        if len(entries) > self.rules.allowed:
            owners = ", ".join(entry.node_id for entry in entries)
            new = (e for e in entries if not any(e.is_same(known) for known in before))
            self.find(Fault.TOO_MANY_OWNERS, next(new, entries[-1]).node, details=owners)
        for act in over:
            node = act.entry.node
            cordon = self.cordons.get(node)
            if cordon is not None and cordon.at > act.began and not self._acts_of(node):
                self.find(Fault.RELEASED_CORDONED, node, by=act.actor)

    def _update_acts(self) -> list[_Act]:
        """Who began and who ended; returns the acts that are over."""
        before, self.acts = self.acts, []
        for entry in self.entries:
            act = next((act for act in before if act.entry.is_same(entry)), None)
            if act is None:
                ours = entry.node_id.startswith(OUR_PREFIX)
                act = _Act(entry, Actor.OURS if ours else Actor.KURED, began=self.version)
            act.entry = entry
            self.acts.append(act)
            self.last_actor[entry.node] = act.actor
        return [act for act in before if act not in self.acts]

    def _acts_of(self, node: str) -> tuple[_Act, ...]:
        """Those of a node; one in the node's own name, which is what a kured acts on, first."""
        acts = [act for act in self.acts if act.entry.node == node]
        return tuple(sorted(acts, key=lambda act: act.entry.node_id != node))

    def _read(self, holder: DaemonSet) -> tuple[LockEntry, ...]:
        try:
            return read(holder.metadata.annotations.get(LOCK_ANNOTATION)).entries
        except UnreadableLock as error:
            self.find(Fault.UNREADABLE_LOCK, details=str(error))
            return ()

    # Nodes

    def _see_node(self, node: Node, *, deleted: bool) -> None:
        name = node.metadata.name
        before = self.nodes.get(name)
        if deleted:
            self.nodes.pop(name, None)
            return
        self.nodes[name] = node
        if before is None or before.metadata.uid != node.metadata.uid:
            self.down.pop(name, None)
            return
        self._see_cordon(before, node)
        boot, now = before.status.node_info.boot_id, node.status.node_info.boot_id
        if _ready(before) != "False" and _ready(node) == "False" and boot == now:
            self.down[name] = self._as_it_stands(name)
        if boot != now:
            down = self.down.pop(name) if name in self.down else self._as_it_stands(name)
            self._see_boot(name, down)
        elif _ready(node) == "True":
            self.down.pop(name, None)

    def _see_cordon(self, before: Node, node: Node) -> None:
        name = node.metadata.name
        if before.spec.unschedulable == node.spec.unschedulable:
            return
        if name in self.rules.cordoned:
            if not node.spec.unschedulable:
                self.find(Fault.CORDON_LOST, name)
            return
        if not node.spec.unschedulable:
            self.cordons.pop(name, None)
            return
        acts = self._acts_of(name)
        self.cordons[name] = _Cordon(self.version, acts[0].actor if acts else Actor.NOBODY)
        if not acts:
            self.find(Fault.CORDONED_UNLOCKED, name)

    def _as_it_stands(self, name: str) -> _Down:
        left = [key for key, pod in self.pods.items() if _is_left(pod, name)]
        acts, cordon = self._acts_of(name), self.cordons.get(name)
        closed_at = max(acts[0].began if acts else 0, cordon.at if cordon else 0)
        late = [key for key in left if self.bound_at[key] > closed_at]
        return _Down(
            acts=acts,
            owners=", ".join(entry.node_id for entry in self.entries) or "nobody",
            cordoned=self.nodes[name].spec.unschedulable,
            pods=tuple(key for key in left if key not in late),
            late=tuple(late),
        )

    def _see_boot(self, name: str, down: _Down) -> None:
        acts = [act for act in down.acts if act in self.acts]
        self.verdict.reboots.append((name, acts[0].actor if acts else Actor.NOBODY))
        if acts:
            act = acts[0]
            act.boots += 1
            if act.boots > 1:
                self.find(Fault.REBOOTED_TWICE, name, by=act.actor)
            if act.entry.node_id != name:
                self.find(Fault.REBOOTED_NOT_HANDED_OVER, name, by=act.actor)
        else:
            self.find(Fault.REBOOTED_UNLOCKED, name, details=f"then {down.owners} had it")
        if not down.cordoned or not self.nodes[name].spec.unschedulable:
            self.find(Fault.REBOOTED_UNCORDONED, name)
        if down.pods:
            self.find(Fault.REBOOTED_UNDRAINED, name, details=", ".join(down.pods))
        if down.late:
            self.find(Fault.REBOOTED_WITH_LATE_PODS, name, details=", ".join(down.late))

    # Pods

    def _see_pod(self, pod: Pod, *, deleted: bool) -> None:
        key = f"{pod.metadata.namespace}/{pod.metadata.name}"
        if deleted or pod.spec.node_name not in self.rules.nodes:
            self.pods.pop(key, None)
            self.bound_at.pop(key, None)
        else:
            self.pods[key] = pod
            self.bound_at.setdefault(key, self.version)


def _is_left(pod: Pod, node: str) -> bool:
    """Whether a drain of the node should have seen the pod gone."""
    if pod.spec.node_name != node or pod.status.phase in ("Succeeded", "Failed"):
        return False
    if _MIRROR in pod.metadata.annotations or pod.metadata.name.startswith(REBOOT_POD):
        return False
    owners = pod.metadata.owner_references
    return not any(owner.controller and owner.kind == "DaemonSet" for owner in owners)


def _ready(node: Node) -> str:
    return next((c.status for c in node.status.conditions if c.type == "Ready"), "")
