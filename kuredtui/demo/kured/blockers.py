"""What holds kured back though a reboot is asked for (pkg/blockers)."""

from __future__ import annotations

from kuredtui.demo.kured.client import FAILED, ClientGo
from kuredtui.demo.kured.flags import Flags
from kuredtui.kube.resources import PODS

_PHASES = "status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown"


async def is_blocked(api: ClientGo, flags: Flags) -> bool:
    """Whether a Prometheus or a pod of the node blocks; one that cannot be asked does."""
    if flags.prometheus_url:
        return True  # nobody answers there: see the package
    try:
        for selector in flags.blocking_pod_selector:
            if await _has_pods(api, flags.node_id, selector):
                return True
    except FAILED:
        return True
    return False


async def _has_pods(api: ClientGo, node: str, selector: str) -> bool:
    page = await api.call(
        lambda: api.client.list(
            PODS,
            label_selector=selector,
            field_selector=f"spec.nodeName={node},{_PHASES}",
            limit=10,
        )
    )
    return bool(page.items)
