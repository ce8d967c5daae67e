"""Objects as they look after the cluster has been running for a while.

A seeded cluster is complete in its first moment: workloads have their pods, pods run and are ready,
statuses are counted. Kubelets and controllers find nothing to do and go on from there.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from kuredtui.demo.apiserver.defaults import apply_defaults
from kuredtui.demo.controllers.daemon_sets import daemon_pod
from kuredtui.demo.controllers.deployments import replica_set_body, template_hash
from kuredtui.demo.controllers.pods import owned_pod
from kuredtui.demo.controllers.scaling import scaled_value
from kuredtui.demo.controllers.wire import Workload
from kuredtui.demo.kubelet import NodeBlueprint
from kuredtui.demo.kubelet.node_object import derived_id, machine_address, pod_address
from kuredtui.demo.kubelet.pod import SimulatedPod
from kuredtui.demo.kubelet.pod_status import StatusWriter
from kuredtui.demo.kubelet.wire import KubeletPod
from kuredtui.demo.pace import Pace, stamp
from kuredtui.demo.scenario.workloads import App, budget, deployment
from kuredtui.kube.json import JsonObject

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SETTLED_SECONDS = 600.0


@dataclass(kw_only=True)
class Seeder:
    """Makes the objects of one cluster.

    Attributes:
        seed: the same seed, the same names.
        now: Unix time.
        used: how many pods each node has been given.
    """

    seed: int
    now: float
    used: Counter[str] = field(default_factory=Counter)
    _numbers: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def app(
        self, app: App, nodes: Sequence[NodeBlueprint], *, replicas: int, age: float
    ) -> Iterator[JsonObject]:
        """A Deployment with its ReplicaSet, its pods on these nodes, and its budget."""
        body = self._created(deployment(app, replicas=replicas), age)
        apply_defaults("deployments", body)
        body["status"] = {
            "observedGeneration": 1,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": replicas,
            "availableReplicas": replicas,
        }
        yield body
        owner = msgspec.convert(body, Workload)
        replica_set = self._created(replica_set_body(owner, revision=1, replicas=replicas), age)
        replica_set["status"] = {
            "replicas": replicas,
            "fullyLabeledReplicas": replicas,
            "readyReplicas": replicas,
            "availableReplicas": replicas,
            "observedGeneration": 1,
        }
        yield replica_set
        owner = msgspec.convert(replica_set, Workload)
        idlest = self._from_idle_to_busy(nodes)
        for number in range(replicas):
            place = app.nodes[number] if number < len(app.nodes) else None
            node = nodes[place] if place is not None and place < len(nodes) else next(idlest)
            yield self.pod(owned_pod(owner, kind="ReplicaSet"), node, age=self._younger(age))
        if app.budget is not None:
            yield self._budget(app, replicas, age)

    def daemonset(
        self, body: JsonObject, nodes: Sequence[NodeBlueprint], *, age: float
    ) -> Iterator[JsonObject]:
        """A DaemonSet with a pod on each of these nodes."""
        body = self._created(body, age)
        apply_defaults("daemonsets", body)
        count = len(nodes)
        body["status"] = {
            "currentNumberScheduled": count,
            "desiredNumberScheduled": count,
            "numberAvailable": count,
            "numberMisscheduled": 0,
            "numberReady": count,
            "observedGeneration": 1,
            "updatedNumberScheduled": count,
        }
        yield body
        owner = msgspec.convert(body, Workload)
        hash_ = template_hash(owner.spec.template)
        for node in nodes:
            pod = daemon_pod(owner, node.name, hash_=hash_)
            yield self.pod(pod, node, age=self._younger(age))

    def pod(self, body: JsonObject, node: NodeBlueprint, *, age: float) -> JsonObject:
        """A pod that was bound to a node long ago, and runs there."""
        metadata = body["metadata"]
        if "name" not in metadata:
            suffix = "".join(self._random.choices(_LETTERS, k=5))
            metadata["name"] = metadata["generateName"] + suffix
        body = self._created(body, age)
        body["spec"]["nodeName"] = node.name
        self.used[node.name] += 1
        self._numbers += 1
        host_ip = machine_address(node.index)
        started = self.now - age
        life = SimulatedPod(msgspec.convert(body, KubeletPod), pace=Pace(), now=started)
        life.advance(started + _SETTLED_SECONDS, boot_id="")
        own = not body["spec"].get("hostNetwork")
        writer = StatusWriter(
            life, host_ip=host_ip, pod_ip=pod_address(self._numbers) if own else host_ip
        )
        body["status"] = writer.status(started + 2 * _SETTLED_SECONDS)
        return body

    def _budget(self, app: App, replicas: int, age: float) -> JsonObject:
        body = self._created(budget(app), age)
        spec = body["spec"]
        if "maxUnavailable" in spec:
            desired = replicas - scaled_value(spec["maxUnavailable"], replicas, up=True)
        else:
            desired = scaled_value(spec["minAvailable"], replicas, up=True)
        body["status"] = {
            "disruptionsAllowed": max(0, replicas - desired),
            "currentHealthy": replicas,
            "desiredHealthy": desired,
            "expectedPods": replicas,
            "observedGeneration": 1,
        }
        return body

    def _created(self, body: JsonObject, age: float) -> JsonObject:
        metadata = body["metadata"]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        metadata["uid"] = derived_id(self.seed, body["kind"], namespace, name)
        metadata["creationTimestamp"] = stamp(self.now - age)
        return body

    def _from_idle_to_busy(self, nodes: Sequence[NodeBlueprint]) -> Iterator[NodeBlueprint]:
        """The nodes with the fewest pods first, each once for every round of them."""
        while True:
            yield from sorted(nodes, key=lambda node: self.used[node.name])

    def _younger(self, age: float) -> float:
        """Pods have moved since their workload was made."""
        return age * self._random.uniform(0.2, 0.9)
