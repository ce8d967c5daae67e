"""Pages that come from pods through the API server: what kured's `/metrics` says."""

from __future__ import annotations

from kuredtui.kube.client import Client
from kuredtui.kube.resources import PODS

_MOST_BYTES = 1024 * 1024
"""A page is somebody else's text: more than this is not read."""
_METRICS_SECONDS = 10.0
"""What an answer may take: it comes at once, or the pod's node is away."""


async def read_metrics(
    client: Client, *, namespace: str, pod: str, port: int, seconds: float = _METRICS_SECONDS
) -> str:
    """What a program in a pod says at `/metrics`, in the text format of Prometheus.

    Args:
        client: the API server, which passes the request on (`get pods/proxy`).
        namespace: of the pod.
        pod: its name.
        port: where the program listens.
        seconds: until nobody is waited for any more.

    Raises:
        ApiError: the server refuses, or the pod does not answer (ServiceUnavailable).
        Unreachable: no answer in time.
    """
    path = PODS.path(namespace=namespace, name=f"{pod}:{port}", subresource="proxy") + "/metrics"
    return await client.text(path, most_bytes=_MOST_BYTES, seconds=seconds)
