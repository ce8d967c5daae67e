"""Of kured, for now, what `--annotate-nodes` leaves on nodes; the rest of the daemon is to come.

kured annotates a node when it finds the sentinel there, with the time in RFC 3339
(`weave.works/kured-reboot-in-progress` and `weave.works/kured-most-recent-reboot-needed`), and takes
the first one away after the boot; the second one stays for ever (kured's cmd/kured/main.go).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from kuredtui.demo.informer import Informer
from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.files import SENTINEL, SimulatedFiles
from kuredtui.demo.kubelet.wire import KUBELET_NODES, KubeletNode
from kuredtui.demo.pace import Pace, stamp
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, Unreachable
from kuredtui.kube.json import JsonObject

IN_PROGRESS = "weave.works/kured-reboot-in-progress"
MOST_RECENT = "weave.works/kured-most-recent-reboot-needed"
_LOG = logging.getLogger(__name__)
_PERIOD_SECONDS = 60.0
"""How often it looks at the sentinel: once a minute, as kured does for its metric."""


class KuredAnnotations:
    """Stands for the kureds of all nodes of a group.

    Args:
        client: the API server.
        instance: the group of nodes.
        files: what a kured with the host's `/var/run` mounted sees; None: it does not run now.
        pace: how fast it lives.
    """

    def __init__(
        self,
        client: Client,
        *,
        instance: str,
        files: Callable[[str], SimulatedFiles | None],
        pace: Pace,
    ) -> None:
        self._client = client
        self._files = files
        self._pace = pace
        self._nodes = Informer(
            client, KUBELET_NODES, label_selector=f"{controls.INSTANCE}={instance}"
        )

    async def run(self) -> None:
        """Look at every node once a period until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._nodes.run())
            await self._nodes.synced.wait()
            while True:
                for node in list(self._nodes.items.values()):
                    try:
                        await self._look(node)
                    except (ApiError, Unreachable) as error:
                        _LOG.info("%s: %s", node.metadata.name, error)
                await asyncio.sleep(self._pace.real(_PERIOD_SECONDS))

    async def _look(self, node: KubeletNode) -> None:
        name, annotations = node.metadata.name, node.metadata.annotations
        files = self._files(name)
        if files is None or files.exists(SENTINEL) == (IN_PROGRESS in annotations):
            return
        if files.exists(SENTINEL):
            now = stamp(self._pace.now())
            await self._annotate(name, {IN_PROGRESS: now, MOST_RECENT: now})
        else:
            await self._annotate(name, {IN_PROGRESS: None})

    async def _annotate(self, name: str, annotations: JsonObject) -> None:
        body = {"metadata": {"annotations": annotations}}
        self._nodes.learn(await self._client.patch(KUBELET_NODES, name, body))
