"""What a session learns beside the nodes: which kureds there are, who waits for a reboot, and why.

Made once the first list of the nodes is there; nobody should wait for any of it before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from kuredtui.cluster.kured_found import KuredPresence
from kuredtui.cluster.pending import Pending
from kuredtui.cluster.why import Why
from kuredtui.engine.hooks import Hooks
from kuredtui.engine.locks import SeenLock
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.progress import Progress
from kuredtui.engine.reasons import Reasons
from kuredtui.engine.sources.knowledge import Knowledge
from kuredtui.engine.sources.kureds import Kureds
from kuredtui.engine.sources.metric_polling import PollSettings
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.engine.sources.probing import Probing
from kuredtui.engine.sources.reports import Reports, Tell
from kuredtui.engine.work_seen import Work
from kuredtui.kube.client import Client
from kuredtui.kube.types import DaemonSet


class Learning:
    """Asks and listens for as long as `run` runs.

    Args:
        client: the API server.
        nodes: as they are followed; they get the reports.
        options, policy, notify: our settings.
        sources, polling: where a pending reboot is learned, and how often kureds are asked.
        hooks: have the policy.
        work: what is being done on nodes.
        publish: told what a person should know.
        tell: told what a report changed about a node.
        changed: called when anything has changed.
    """

    def __init__(
        self,
        client: Client,
        *,
        nodes: NodeFeed,
        options: EngineOptions,
        policy: PolicyOptions,
        notify: NotifyOptions,
        sources: SourceOptions,
        polling: PollSettings | None,
        hooks: Hooks,
        work: Work,
        publish: Callable[[Progress], None],
        tell: Tell,
        changed: Callable[[], None],
    ) -> None:
        reports = Reports(nodes, tell=tell, changed=changed)
        self._kureds = Kureds(client, engine=options, policy=policy, notify=notify, publish=publish)
        self._knowledge = Knowledge(
            client,
            reports=reports,
            kureds=self._kureds,
            options=sources,
            publish=publish,
            polling=polling,
        )
        self._probing = Probing(
            client, kureds=self._kureds, knowledge=self._knowledge, reports=reports
        )
        self._reasons = Reasons(
            client,
            store=nodes.store,
            options=options,
            hooks=hooks,
            kureds=self._kureds,
            knowledge=self._knowledge,
            work=work,
            publish=publish,
            changed=changed,
        )

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._knowledge.run(), name="sources")
            tasks.create_task(self._probing.run(), name="old answers")
            tasks.create_task(self._reasons.run(), name="reasons")

    @property
    def kured(self) -> KuredPresence:
        """Which kureds there are."""
        return self._kureds.presence

    def kured_of(self, node: str) -> DaemonSet | None:
        """The kured whose settings count for the node; None: there is none, or it is not known yet."""
        found = self._knowledge.kured_pod(node)
        return self._kureds.of(found[0] if found else "")

    async def probe(self, node: str) -> Pending:
        """See `Probing.probe`."""
        return await self._probing.probe(node)

    def locks(self) -> Sequence[SeenLock]:
        """See `Reasons.locks`."""
        return self._reasons.locks()

    @property
    def why_version(self) -> int:
        """See `Reasons.version`."""
        return self._reasons.version

    def why(self, node: str) -> Why | None:
        """See `Reasons.of`."""
        return self._reasons.of(node)

    async def why_in_full(self, node: str) -> Why | None:
        """See `Reasons.in_full`."""
        return await self._reasons.in_full(node)
