"""All kubelets of one group of nodes: a few watches, two queues, and a bounded number of requests.

The nodes of a group carry its label. Whoever creates a Node with that label gets a machine for it,
whoever deletes the Node takes the machine away; so a scenario makes and removes nodes through the
API alone.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from kuredtui.demo.informer import Informer, key_of
from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.environment import with_environment
from kuredtui.demo.kubelet.executing import execute
from kuredtui.demo.kubelet.heartbeat import Heartbeat, heartbeat
from kuredtui.demo.kubelet.machine import Machine, Power
from kuredtui.demo.kubelet.node_agent import NodeAgent
from kuredtui.demo.kubelet.node_object import NodeBlueprint, node_object, pod_address
from kuredtui.demo.kubelet.pod import Stage
from kuredtui.demo.kubelet.pod_agent import PodAgent
from kuredtui.demo.kubelet.processes import (
    MOST_LOG_LINES,
    Main,
    PodKey,
    Processes,
    Run,
    Surroundings,
)
from kuredtui.demo.kubelet.wire import KUBELET_NODES, KUBELET_PODS, KubeletNode, KubeletPod
from kuredtui.demo.kubelet_api import Executed, NoKubelet, NotRunning, Page
from kuredtui.demo.pace import Pace
from kuredtui.demo.workqueue import WorkQueue
from kuredtui.kube.client import Client
from kuredtui.kube.errors import AlreadyExists

_LOG = logging.getLogger(__name__)
_POD_WORKERS = 12
_NODE_WORKERS = 8
_LEASE_WORKERS = 4


class Kubelets:
    """Kubelets of simulated machines; clients of the API server and nothing else.

    Args:
        client: the API server, as somebody who may do what nodes do.
        instance: the group: nodes with this value of the label `demo.kuredtui.io/kubelets`.
        blueprints: nodes to register, unless they are there already.
        pace: how fast they live.
        programs: what really runs, by the program's name.
    """

    def __init__(
        self,
        client: Client,
        *,
        instance: str,
        blueprints: Iterable[NodeBlueprint] = (),
        pace: Pace,
        programs: Mapping[str, Main] | None = None,
    ) -> None:
        self._client = client
        self._pace = pace
        self._blueprints = {blueprint.name: blueprint for blueprint in blueprints}
        self._reimaged: dict[str, float] = {}  # node -> when it comes back
        self._machines: dict[str, Machine] = {}
        self._agents: dict[str, NodeAgent] = {}
        self._pods: dict[str, dict[str, PodAgent]] = {}  # node -> namespace/name -> pod
        self._addresses = 0
        self._nodes = Informer(
            client, KUBELET_NODES, label_selector=f"{controls.INSTANCE}={instance}"
        )
        self._bound = Informer(client, KUBELET_PODS, field_selector="spec.nodeName!=")
        self._node_work = WorkQueue(self._look_after_node, workers=_NODE_WORKERS)
        self._lease_work = WorkQueue(self._look_after_lease, workers=_LEASE_WORKERS)
        self._pod_work = WorkQueue(self._look_after_pod, workers=_POD_WORKERS)
        self._processes = Processes(programs or {}, ended=self._program_ended)
        self._intervals = self._heartbeat()

    async def run(self) -> None:
        """Register the nodes and keep them going until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._nodes.run())
            await self._nodes.synced.wait()
            await self._register(group)
            self._nodes.listeners.append(self._node_changed)
            for node in list(self._nodes.items.values()):
                self._node_changed(None, node)
            self._bound.listeners.append(self._pod_changed)
            group.create_task(self._processes.run())
            for task in (self._bound, self._node_work, self._lease_work, self._pod_work):
                group.create_task(task.run())

    def page(self, node: str, pod: str, *, port: int, path: str) -> Page | None:
        """What the program in a pod (`namespace/name`) answers to GET; None: nobody listens."""
        return self._processes.page((node, pod), port, path)

    def log(self, node: str, pod: str, container: str) -> Sequence[str]:
        """The lines that the program in a pod has said; nothing else says anything.

        Raises:
            NoKubelet, NotRunning: there are none.
        """
        agent = self._reachable(node, pod)[1]
        if agent.life.stage is Stage.WAITING:
            raise NotRunning("ContainerCreating")
        return self._processes.log((node, pod))

    def execute(self, node: str, pod: str, container: str, command: Sequence[str]) -> Executed:
        """What becomes of a command in a container; see `executing`.

        Raises:
            NoKubelet, NotRunning, CannotExecute: it was not started.
        """
        machine, agent = self._reachable(node, pod)
        spec = agent.life.pod.spec
        found = next((item for item in spec.containers if item.name == container), None)
        if agent.life.stage is not Stage.RUNNING or found is None:
            raise NotRunning(container)
        done = execute(command, machine=machine, pod=spec, container=found, now=self._pace.now())
        self._node_work.add(node)  # it may be about to go down
        return done

    def _reachable(self, node: str, pod: str) -> tuple[Machine, PodAgent]:
        machine, agent = self._machines.get(node), self._pods.get(node, {}).get(pod)
        if machine is None or not machine.is_up:
            raise NoKubelet(node)
        if agent is None:
            raise NotRunning("ContainerCreating")
        return machine, agent

    async def _register(self, group: asyncio.TaskGroup) -> None:
        missing = iter([b for b in self._blueprints.values() if b.name not in self._nodes.items])

        async def create_some() -> None:
            for blueprint in missing:
                await self._create(blueprint)

        await asyncio.gather(*(group.create_task(create_some()) for _ in range(_NODE_WORKERS)))

    async def _create(self, blueprint: NodeBlueprint) -> None:
        now = self._pace.now()
        body = node_object(blueprint, created_at=now, now=now)
        try:
            self._nodes.learn(await self._client.create(KUBELET_NODES, body))
        except AlreadyExists:
            _LOG.warning("%s exists, but not as a node of this group", blueprint.name)

    # Nodes

    def _node_changed(self, before: KubeletNode | None, after: KubeletNode | None) -> None:
        if before is not None and (after is None or after.metadata.uid != before.metadata.uid):
            self._drop(before)
            self._reimage(before)
        if after is None:
            return
        name = after.metadata.name
        machine = self._machines.get(name)
        if machine is not None:
            machine.observe(after)
        else:
            self._adopt(after)
        self._node_work.add(name)

    def _adopt(self, node: KubeletNode) -> None:
        name, now = node.metadata.name, self._pace.now()
        machine = self._machines[name] = Machine(node, pace=self._pace, now=now)
        self._intervals = self._heartbeat()
        share = zlib.crc32(name.encode()) / 0xFFFFFFFF  # so that they do not all report at once
        reported_at = now - share * self._intervals.report
        self._agents[name] = NodeAgent(
            self._client, machine, reported_at=reported_at, known=node.ready_since is not None
        )
        self._lease_work.add(name, after=share * self._intervals.renew)
        for key, pod in self._bound.items.items():
            if pod.spec.node_name == name:
                self._pod_changed(None, self._bound.items[key])

    def _drop(self, node: KubeletNode) -> None:
        name = node.metadata.name
        self._stop_programs(name)
        self._machines.pop(name, None)
        self._agents.pop(name, None)
        self._pods.pop(name, None)
        self._node_work.forget(name)
        self._lease_work.forget(name)
        self._intervals = self._heartbeat()

    def _reimage(self, node: KubeletNode) -> None:
        name = node.metadata.name
        pause = controls.seconds(node.metadata.annotations, controls.REIMAGE, controls.NEVER)
        if pause != controls.NEVER and name in self._blueprints:
            self._reimaged[name] = self._pace.now() + self._pace.real(pause)
            self._node_work.add(name)

    async def _look_after_node(self, name: str) -> float | None:
        now = self._pace.now()
        if name in self._reimaged and name not in self._machines:
            if (pause := self._reimaged[name] - now) > 0:
                return pause
            await self._create(self._blueprints[name])
            del self._reimaged[name]
            return None
        machine, agent = self._machines.get(name), self._agents.get(name)
        if machine is None or agent is None:
            return None
        if machine.advance(now):
            self._booted(machine, now)
        if not machine.is_up:
            self._stop_programs(name)
        due = now >= agent.reported_at + self._intervals.report
        try:
            await agent.report(now, due=due and machine.power is Power.ready)
        finally:
            machine.fall_silent()  # if it is going down, whether or not it was heard
        looks = [machine.next_look()]
        if machine.power is Power.ready:
            await agent.clear_patch()
            looks.append(agent.reported_at + self._intervals.report)
        times = [look for look in looks if look is not None]
        return min(times) - self._pace.now() if times else None

    def _booted(self, machine: Machine, now: float) -> None:
        for key, pod in self._pods.get(machine.name, {}).items():
            pod.life.power_cycled(now, forgotten=machine.forgets_containers)
            self._pod_work.add((machine.name, key))
        self._lease_work.add(machine.name)

    async def _look_after_lease(self, name: str) -> float | None:
        machine, agent = self._machines.get(name), self._agents.get(name)
        if machine is None or agent is None or not machine.is_up:
            return None  # the boot will start the heartbeats again
        await agent.renew_lease(self._pace.now())
        return self._intervals.renew

    def _heartbeat(self) -> Heartbeat:
        return heartbeat(len(self._nodes.items), self._pace)

    # Pods

    def _pod_changed(self, before: KubeletPod | None, after: KubeletPod | None) -> None:
        known = after or before
        if known is None or known.spec.node_name not in self._machines:
            return
        pods = self._pods.setdefault(known.spec.node_name, {})
        key = key_of(known)
        agent = pods.get(key)
        if agent is not None and (after is None or agent.life.uid != after.metadata.uid):
            del pods[key]
            self._processes.stop((known.spec.node_name, key))
            agent = None
        if after is None:
            return
        if agent is None:
            pods[key] = self._accept(after)
        else:
            agent.observe(after, self._pace.now())
        self._pod_work.add((after.spec.node_name, key))

    def _accept(self, pod: KubeletPod) -> PodAgent:
        host_ip = self._machines[pod.spec.node_name].address
        pod_ip = pod.status.pod_ip
        if not pod_ip:
            self._addresses += 1
            pod_ip = host_ip if pod.spec.host_network else pod_address(self._addresses)
        return PodAgent(self._client, pod, pace=self._pace, host_ip=host_ip, pod_ip=pod_ip)

    async def _look_after_pod(self, key: PodKey) -> float | None:
        node, name = key
        machine = self._machines.get(node)
        agent = self._pods.get(node, {}).get(name)
        if machine is None or agent is None or not machine.is_up:
            return None  # the boot will look after all pods of the machine
        now = self._pace.now()
        if agent.life.advance(now, boot_id=machine.boot_id):
            machine.go_down(now)
            self._stop_programs(node)
            self._node_work.add(node)
            return None
        await self._run_program(key, agent, machine)
        await agent.report(now)
        look = agent.life.next_look(now)
        return None if look is None else look - self._pace.now()

    # Programs

    async def _run_program(self, key: PodKey, agent: PodAgent, machine: Machine) -> None:
        """Let the pod's program run if its container does, and only then."""
        pod = agent.life.pod
        found = self._processes.main_of(pod.spec)
        if found is None:
            return
        if agent.life.stage is not Stage.RUNNING:
            self._processes.stop(key)
            return
        run = _run_of(agent, machine)
        if self._processes.runs(key, run):
            return
        main, container = found
        container = await with_environment(self._client, container, pod, host_ip=machine.address)
        if not self._is_as_it_was(key, agent, machine, run):
            return
        surroundings = Surroundings(
            node=machine.name,
            boot_id=machine.boot_id,
            uid=agent.life.uid,
            restarts=run.restarts,
            container=container,
            pod=pod.spec,
            files=machine.files,
            reboot=lambda: self._reboot(machine),
            pages={},
            log=deque(maxlen=MOST_LOG_LINES),
            write_termination_log=agent.life.write_termination_log,
        )
        self._processes.start(key, run, main, surroundings)

    def _is_as_it_was(self, key: PodKey, agent: PodAgent, machine: Machine, run: Run) -> bool:
        """Whether the run still goes on, after others had their turn."""
        node, pod = key
        there = self._machines.get(node) is machine and self._pods.get(node, {}).get(pod) is agent
        running = machine.is_up and agent.life.stage is Stage.RUNNING
        return there and running and _run_of(agent, machine) == run

    def _program_ended(self, key: PodKey, run: Run, exit_code: int) -> None:
        node, pod = key
        machine, agent = self._machines.get(node), self._pods.get(node, {}).get(pod)
        if machine is not None and agent is not None and _run_of(agent, machine) == run:
            agent.life.exit(self._pace.now(), exit_code=exit_code)
            self._pod_work.add(key)

    def _stop_programs(self, node: str) -> None:
        for pod in self._pods.get(node, {}):
            self._processes.stop((node, pod))

    def _reboot(self, machine: Machine) -> None:
        machine.begin_reboot(self._pace.now())
        self._node_work.add(machine.name)


def _run_of(agent: PodAgent, machine: Machine) -> Run:
    life = agent.life
    return Run(uid=life.uid, restarts=life.restarts, boot_id=machine.boot_id)
