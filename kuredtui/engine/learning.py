"""What a session learns beside the nodes: which kureds there are, who waits for a reboot, and why.

Made once the first list of the nodes is there; nobody should wait for any of it before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kuredtui.engine.hooks import Hooks
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.progress import Progress
from kuredtui.engine.reasons import Reasons
from kuredtui.engine.request_pace import RequestPace
from kuredtui.engine.slices import Slices
from kuredtui.engine.sources.knowledge import Knowledge
from kuredtui.engine.sources.kureds import Kureds
from kuredtui.engine.sources.metric_polling import PollSettings
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.engine.sources.probing import Probing
from kuredtui.engine.sources.reports import Reports, Tell
from kuredtui.engine.work_seen import Work
from kuredtui.kube.client import Client


class Learning:
    """Asks and listens for as long as `run` runs.

    Args:
        client: the API server.
        nodes: as they are followed; they get the reports.
        options, policy, notify: our settings.
        pace: the cap on requests, for what is planned.
        sources, polling: where a pending reboot is learned, and how often kureds are asked.
        hooks: have the policy.
        work: what is being done on nodes.
        publish: told what a person should know.
        tell: told what a report changed about a node.
        changed: called when anything has changed.
        slices: between which others have their turn.

    Attributes:
        kureds: which ones there are.
        knowledge: what tells who waits for a reboot.
        probing: asks a node on demand.
        reasons: why nodes wait.
    """

    def __init__(
        self,
        client: Client,
        *,
        nodes: NodeFeed,
        options: EngineOptions,
        pace: RequestPace,
        policy: PolicyOptions,
        notify: NotifyOptions,
        sources: SourceOptions,
        polling: PollSettings | None,
        hooks: Hooks,
        work: Work,
        publish: Callable[[Progress], None],
        tell: Tell,
        changed: Callable[[], None],
        slices: Slices,
    ) -> None:
        reports = Reports(nodes, tell=tell, changed=changed)
        self.kureds = Kureds(client, engine=options, policy=policy, notify=notify, publish=publish)
        self.knowledge = Knowledge(
            client,
            reports=reports,
            kureds=self.kureds,
            options=sources,
            publish=publish,
            slices=slices,
            polling=polling,
        )
        self.probing = Probing(
            client, kureds=self.kureds, knowledge=self.knowledge, reports=reports
        )
        self.reasons = Reasons(
            client,
            store=nodes.store,
            options=options,
            pace=pace,
            hooks=hooks,
            kureds=self.kureds,
            knowledge=self.knowledge,
            work=work,
            publish=publish,
            changed=changed,
        )

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.knowledge.run(), name="sources")
            tasks.create_task(self.probing.run(), name="old answers")
            tasks.create_task(self.reasons.run(), name="reasons")
