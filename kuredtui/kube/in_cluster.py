"""Inside a pod: the cluster around it, as the pod's service account.

The places are fixed by Kubernetes ("Accessing the Kubernetes API from a Pod"); the loader for them
is kubernetes-asyncio's. This module only answers whether they are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def possible(environ: Mapping[str, str]) -> bool:
    """Whether this process runs in a pod that may ask its API server (client-go's `Possible`)."""
    return bool(
        environ.get("KUBERNETES_SERVICE_HOST")
        and environ.get("KUBERNETES_SERVICE_PORT")
        and token_file().is_file()
    )


def server(environ: Mapping[str, str]) -> str:
    """The API server's URL."""
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ["KUBERNETES_SERVICE_PORT"]
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def namespace() -> str:
    """The pod's own namespace."""
    try:
        return (SERVICE_ACCOUNT / "namespace").read_text().strip() or "default"
    except OSError:
        return "default"


def token_file() -> Path:
    """The file with the service account's token, which the kubelet replaces before it expires."""
    return SERVICE_ACCOUNT / "token"


def ca_file() -> Path:
    """The file with the cluster's certificate authority."""
    return SERVICE_ACCOUNT / "ca.crt"
