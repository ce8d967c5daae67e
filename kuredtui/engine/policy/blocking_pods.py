"""The hook that waits for pods which must not be disturbed, by kured's blocking-pod-selector."""

from __future__ import annotations

from collections.abc import Iterable

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, Unreachable, explain
from kuredtui.kube.label_selector import parse_selector
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod

# Pods named in the answer before the rest is only counted, as in kured (pkg/blockers/kubernetespod.go),
# from where the phases are, too.
_MOST_NAMED = 10
_ALIVE = "status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown"


class BlockingPodsHook:
    """Go while no running or pending pod of the node matches.

    Args:
        client: the API.
        selectors: label selectors; one that matches is enough.

    Raises:
        SelectorError: one of them is none.
    """

    name = HookName.BLOCKING_PODS

    def __init__(self, client: Client, selectors: Iterable[str]) -> None:
        self._client = client
        self._tests = [(text, parse_selector(text)) for text in selectors]

    async def ask(self, node: NodeRecord) -> Answer:
        """See `Hook`; where the pods cannot be listed the answer is to wait, as in kured."""
        on_node = f"spec.nodeName={node.name},{_ALIVE}"
        try:
            pods = (await self._client.list(PODS, field_selector=on_node)).items
        except (ApiError, Unreachable) as error:
            return Answer(
                hook=self.name,
                reason=f"Whether a pod blocks the reboot cannot be seen: {explain(error)}",
            )
        return self._judge(pods)

    async def look(self, node: NodeRecord) -> None:
        """See `Hook`; pods are a node's own."""

    def glance(self, node: NodeRecord) -> Answer | None:
        """See `Hook`; the node itself does not tell."""
        return None

    def _judge(self, pods: list[Pod]) -> Answer:
        for selector, test in self._tests:
            names = sorted(
                f"{pod.metadata.namespace}/{pod.metadata.name}"
                for pod in pods
                if test is None or test(pod.metadata.labels)
            )
            if names:
                shown = ", ".join(names[:_MOST_NAMED])
                more = len(names) - _MOST_NAMED
                shown += f" and {more} more" if more > 0 else ""
                return Answer(
                    hook=self.name,
                    reason=f"Pods of the node block reboots ({selector or 'all'}): {shown}.",
                    facts={"selector": selector, "pods": len(names), "first": names[0]},
                )
        return Answer(hook=self.name)
