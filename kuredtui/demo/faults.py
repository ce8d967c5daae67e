"""Everything that can be made to go wrong, behind the one interface that tests and scenarios use.

What the API server does wrong is asked of the embedded server; what nodes and pods do is said by
annotations and objects through the API, and so works on any cluster with simulated kubelets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kuredtui.demo.apiserver import ApiServer, Fault
from kuredtui.demo.kubelet import controls
from kuredtui.kube.client import Client
from kuredtui.kube.resources import NODES, POD_DISRUPTION_BUDGETS, PODS

ApiFault = Literal["drop", "silence", "empty", "expire", "cut"]


class Faults:
    """What can go wrong.

    Args:
        client: somebody who may write.
        server: the embedded server; None on another cluster, where the API cannot be disturbed.
    """

    def __init__(self, client: Client, server: ApiServer | None = None) -> None:
        self._client = client
        self._server = server

    # The API server

    def answer(
        self,
        status: int,
        *,
        verb: str = "*",
        path: str = "*",
        times: int | None = 1,
        retry_after: int | None = None,
    ) -> None:
        """Answer requests with an error instead.

        Args:
            status: 429, 500, 503, 410, ...
            verb: get, list, watch, create, update, patch, delete, or * for all.
            path: a shell pattern over the request's path, such as `*/pods/*/eviction`.
            times: how many requests; None: all, until `heal`.
            retry_after: seconds in a Retry-After header.
        """
        self._api.inject(
            Fault(
                action="status",
                status=status,
                verb=verb,
                path=path,
                times=times,
                retry_after=retry_after,
            )
        )

    def disturb(
        self, how: ApiFault, *, verb: str = "*", path: str = "*", times: int | None = 1
    ) -> None:
        """Disturb connections, open watches included.

        Args:
            how: drop them; accept and keep silent; end a watch empty; end it with a 410 ERROR
                event; or cut it in the middle of a line.
            verb: as in `answer`.
            path: as in `answer`.
            times: as in `answer`.
        """
        self._api.inject(Fault(action=how, verb=verb, path=path, times=times))

    def heal(self) -> None:
        """End all faults of the API server. Connections that were silenced stay so."""
        self._api.faults.clear()

    def restart(self, *, keep_history: bool = True) -> None:
        """Restart the API server: all connections are cut; without history old versions are gone."""
        self._api.restart(keep_history=keep_history)

    # Nodes

    async def patch_node(self, name: str, kernel: str) -> None:
        """A patch at this moment: the sentinel is there, and the next boot brings this kernel."""
        await self._annotate_node(
            name, {controls.PATCH: kernel, controls.PATCHED_AT: None, controls.PACKAGES: None}
        )

    async def set_boot(self, name: str, seconds: float | None) -> None:
        """How long a node's boots take in simulated seconds; None: it does not come back.

        A node that is down already comes up so long after it went down.
        """
        value = "never" if seconds is None else f"{seconds:g}"
        await self._annotate_node(name, {controls.BOOT: value})

    async def go_silently(self, name: str) -> None:
        """The node posts nothing when it goes down."""
        await self._annotate_node(name, {controls.SHUTDOWN: "silent"})

    async def forget_containers(self, name: str) -> None:
        """After its next boots the node starts once more what ran before, reboot pods included."""
        await self._annotate_node(name, {controls.RUNTIME: "forgets"})

    async def replace_node(self, name: str, *, seconds: float = 0.0) -> None:
        """The cloud reimages a machine: the Node goes, and another one with its name comes.

        Args:
            name: a node that the simulated kubelets have registered or were given.
            seconds: simulated seconds in between.
        """
        await self._annotate_node(name, {controls.REIMAGE: f"{seconds:g}"})
        await self.remove_node(name)

    async def remove_node(self, name: str) -> None:
        """The cloud takes a machine away for good."""
        await self._client.delete(NODES, name)

    # Pods

    async def slow_pod(self, name: str, *, namespace: str, stop_seconds: float) -> None:
        """A running pod will take so many simulated seconds to end (at most its grace period)."""
        body = {"metadata": {"annotations": {controls.STOP_SECONDS: f"{stop_seconds:g}"}}}
        await self._client.patch(PODS, name, body, namespace=namespace)

    async def never_allow(
        self, selector: Mapping[str, str], *, namespace: str, name: str = "never"
    ) -> None:
        """A budget that allows no disruption of the pods with these labels, ever."""
        body = {
            "apiVersion": POD_DISRUPTION_BUDGETS.api_version,
            "kind": POD_DISRUPTION_BUDGETS.kind,
            "metadata": {"name": name},
            "spec": {"maxUnavailable": 0, "selector": {"matchLabels": dict(selector)}},
        }
        await self._client.create(POD_DISRUPTION_BUDGETS, body, namespace=namespace)

    async def _annotate_node(self, name: str, annotations: Mapping[str, str | None]) -> None:
        await self._client.patch(NODES, name, {"metadata": {"annotations": annotations}})

    @property
    def _api(self) -> ApiServer:
        if self._server is None:
            raise RuntimeError("only the embedded API server can be disturbed")
        return self._server
