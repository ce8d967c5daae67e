"""The sources of one session: which kureds there are, their metric, and our sentinel's reports.

What may not be read is unknown, for a reason that is told; it never ends the session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kuredtui.cluster.kured_settings import read_kured_settings
from kuredtui.cluster.sentinel_report import SENTINEL_SELECTOR, SOURCE, sentinel_pending
from kuredtui.engine.progress import Level, Progress
from kuredtui.engine.slices import Slices
from kuredtui.engine.sources.kureds import Kureds
from kuredtui.engine.sources.metric_polling import Address, MetricPolling, PollSettings
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.engine.sources.pod_watch import watch_pods
from kuredtui.engine.sources.reports import Reports
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, ConfigError, Unreachable
from kuredtui.kube.types import DaemonSet, PlacedPod

# Before kureds are looked for again if the API server did not tell.
_FAILED_SECONDS = 5.0


class Knowledge:
    """Asks and listens for as long as `run` runs.

    Args:
        client: the API server.
        reports: take what is learned.
        kureds: looks for them.
        options: which sources there are.
        publish: told what a person should know.
        slices: between which others have their turn.
        polling: how often kureds are asked.
    """

    def __init__(
        self,
        client: Client,
        *,
        reports: Reports,
        kureds: Kureds,
        options: SourceOptions,
        publish: Callable[[Progress], None],
        slices: Slices,
        polling: PollSettings | None = None,
    ) -> None:
        self._client = client
        self._reports = reports
        self._kureds = kureds
        self._options = options
        self._publish = publish
        self._slices = slices
        self._metric = MetricPolling(client, reports=reports, say=self._warn, settings=polling)
        self._interval = (polling or PollSettings()).interval
        self._said: set[str] = set()
        self._followed: dict[str, tuple[Following, asyncio.Task[None]]] = {}
        self._listed: set[str] = set()  # UIDs of DaemonSets whose pods are all known
        # Those of kured that answer, by node and by DaemonSet; and our sentinel's, by node.
        self._pods: dict[str, dict[str, PlacedPod]] = {}
        self._sentinels: dict[str, PlacedPod] = {}

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._metric.run(), name="kured's metric")
            group.create_task(self._follow_sentinel(), name="sentinel")
            group.create_task(self._follow_kureds(group), name="kureds")

    async def _follow_kureds(self, group: asyncio.TaskGroup) -> None:
        """Look for them again and again: they seldom change, and a viewer may list but not watch."""
        while True:
            try:
                await self._kureds.look()
            except (ApiError, Unreachable, ConfigError):
                # What is known goes on; the nodes say what is wrong with the connection.
                await asyncio.sleep(min(self._interval, _FAILED_SECONDS))
                continue
            self._found(self._kureds.daemonsets, group)
            await asyncio.sleep(self._interval)

    def kured_pod(self, node: str) -> tuple[str, PlacedPod] | None:
        """kured's pod on the node, with its DaemonSet by namespace and name; None: no such pod runs."""
        return next(iter(self._pods.get(node, {}).items()), None)

    def kured_of(self, node: str) -> DaemonSet | None:
        """The kured whose settings count for the node; None: there is none, or it is not known yet."""
        found = self.kured_pod(node)
        return self._kureds.of(found[0] if found else "")

    def sentinel_pod(self, node: str) -> PlacedPod | None:
        """Our sentinel's pod on the node; None: no such pod runs."""
        pod = self._sentinels.get(node)
        return pod if pod is not None and _answers(pod) else None

    def runs_kured(self, node: str, kured: DaemonSet | None) -> bool | None:
        """Whether a kured answers on the node; None: its pods were not listed, or nobody knows whose."""
        if self.kured_pod(node) is not None:
            return True
        return False if kured is not None and kured.metadata.uid in self._listed else None

    def _found(self, kureds: Mapping[str, DaemonSet], group: asyncio.TaskGroup) -> None:
        """Follow the pods of these kureds, and of no others."""
        wanted = {name: Following.of(daemonset) for name, daemonset in kureds.items()}
        for name, (following, task) in list(self._followed.items()):
            if wanted.get(name) != following:
                task.cancel()
                del self._followed[name]
                self._forget(name, following)
        for name, following in wanted.items():
            if name not in self._followed:
                task = group.create_task(self._follow_pods(name, following), name=f"pods of {name}")
                self._followed[name] = (following, task)

    def _forget(self, daemonset: str, kured: Following) -> None:
        """Nobody follows its pods any more."""
        self._listed.discard(kured.uid)
        for node in [node for node, there in self._pods.items() if daemonset in there]:
            self._drop(node, daemonset)

    def _drop(self, node: str, daemonset: str) -> None:
        there = self._pods.get(node, {})
        there.pop(daemonset, None)
        if not there:
            self._pods.pop(node, None)
        self._metric.drop(node)

    async def _follow_pods(self, daemonset: str, kured: Following) -> None:
        def put(pod: PlacedPod) -> None:
            node = pod.spec.node_name
            if _answers(pod) and kured.owns(pod):
                self._pods.setdefault(node, {})[daemonset] = pod
                name = pod.metadata.name
                self._metric.put(
                    node, Address(namespace=kured.namespace, pod=name, port=kured.port)
                )
            else:
                drop(node)

        def drop(node: str) -> None:
            if daemonset in self._pods.get(node, {}):
                self._drop(node, daemonset)

        await watch_pods(
            self._client,
            namespace=kured.namespace,
            label_selector=kured.selector,
            put=put,
            drop=drop,
            listed=lambda: self._listed.add(kured.uid),
            refused=lambda why: self._warn(
                f"kured's pods in {kured.namespace} may not be watched, so its metric is unknown: {why}"
            ),
            slices=self._slices,
        )

    async def _follow_sentinel(self) -> None:
        """Where there is none, nothing is heard; where its pods may not be seen, there may be none."""
        namespace = self._options.sentinel_namespace

        def put(pod: PlacedPod) -> None:
            self._sentinels[pod.spec.node_name] = pod
            self._reports.put(pod.spec.node_name, SOURCE, sentinel_pending(pod))

        def drop(node: str) -> None:
            self._sentinels.pop(node, None)
            self._reports.put(node, SOURCE, None)

        await watch_pods(
            self._client,
            namespace=namespace,
            label_selector=SENTINEL_SELECTOR,
            put=put,
            drop=drop,
            listed=lambda: None,
            refused=lambda why: self._say(
                f"Whether our sentinel runs in {namespace}, and what it reports, may not be seen: {why}"
            ),
            slices=self._slices,
        )

    def _warn(self, message: str) -> None:
        self._say(message, level="warning")

    def _say(self, message: str, *, level: Level = "info") -> None:
        """Say it once."""
        if message not in self._said:
            self._said.add(message)
            self._publish(Progress(message=message, level=level))


@dataclass(frozen=True, kw_only=True)
class Following:
    """What of a kured's DaemonSet decides whom we ask.

    Attributes:
        namespace, uid: of the DaemonSet.
        selector: of its pods' labels.
        port: where they serve their metric.
    """

    namespace: str
    uid: str
    selector: str
    port: int

    @classmethod
    def of(cls, daemonset: DaemonSet) -> Following:
        """The DaemonSet's."""
        selector = daemonset.spec.selector
        labels = selector.match_labels if selector is not None else {}
        return cls(
            namespace=daemonset.metadata.namespace,
            uid=daemonset.metadata.uid,
            selector=",".join(f"{key}={value}" for key, value in sorted(labels.items())),
            port=read_kured_settings(daemonset).settings.metrics_port,
        )

    def owns(self, pod: PlacedPod) -> bool:
        """Whether the pod is this DaemonSet's."""
        return any(owner.uid == self.uid for owner in pod.metadata.owner_references)


def _answers(pod: PlacedPod) -> bool:
    """Whether there is somebody to be asked."""
    return pod.status.phase == "Running" and pod.metadata.deletion_timestamp is None
