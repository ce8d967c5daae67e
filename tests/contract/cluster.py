"""A real API server for the contract: its kubeconfig, and cleaning up behind the scenarios."""

from __future__ import annotations

import base64
import ssl
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from tests.contract.replay import Endpoint

_LEFT_BEHIND = (
    "/api/v1/namespaces/default/pods/web-1",
    "/api/v1/namespaces/default/pods/web-2",
    "/api/v1/namespaces/default/pods/web-3",
    "/api/v1/namespaces/default/pods/lone",
    "/apis/policy/v1/namespaces/default/poddisruptionbudgets/web",
    "/apis/policy/v1/namespaces/default/poddisruptionbudgets/web-too",
    "/apis/apps/v1/namespaces/default/daemonsets/kured",
    "/apis/coordination.k8s.io/v1/namespaces/default/leases/kuredtui",
    "/api/v1/namespaces/rec-ns/pods/rebooter",
    "/api/v1/namespaces/rec-ns",
    "/api/v1/nodes/rec-1",
    "/api/v1/nodes/rec-2",
    "/api/v1/nodes/rec-3",
)
"""Everything the scenarios create, under the names they were recorded with."""

Config = dict[str, Any]  # Any: YAML


def endpoint_from(path: Path) -> Endpoint:
    """The server of the current context, with its user as admin.

    A context named `viewer` gives the viewer; without one there is none.
    """
    config = yaml.safe_load(path.read_text())
    context = _named(config, "context", config["current-context"])
    cluster = _named(config, "cluster", context["cluster"])
    user = _named(config, "user", context["user"])
    authorizations = {"nobody": "", "bad": "Bearer no-such-token", "admin": _authorization(user)}
    if any(c["name"] == "viewer" for c in config["contexts"]):
        viewer = _named(config, "user", _named(config, "context", "viewer")["user"])
        authorizations["viewer"] = _authorization(viewer)
    context_tls = _tls(cluster, user)
    return Endpoint(
        cluster["server"].rstrip("/"),
        lambda: aiohttp.TCPConnector(ssl=context_tls),
        authorizations,
    )


async def clean_up(endpoint: Endpoint) -> None:
    """Delete what a scenario leaves behind, and wait until it is gone."""
    headers = {"Authorization": endpoint.authorizations["admin"]}
    async with aiohttp.ClientSession(
        endpoint.url, connector=endpoint.connector(), headers=headers
    ) as session:
        await session.patch(
            "/api/v1/namespaces/rec-ns/pods/held",
            json={"metadata": {"finalizers": None}},
            headers={"Content-Type": "application/merge-patch+json"},
        )
        for path in _LEFT_BEHIND:
            status = 200
            while status != 404:
                async with session.delete(path, json={"gracePeriodSeconds": 0}) as response:
                    await response.read()
                    status = response.status


def _named(config: Config, kind: str, name: str) -> Config:
    found: Config = next(item[kind] for item in config[f"{kind}s"] if item["name"] == name)
    return found


def _authorization(user: Config) -> str:
    return f"Bearer {user['token']}" if "token" in user else ""


def _tls(cluster: Config, user: Config) -> ssl.SSLContext:
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    if "client-certificate-data" in user:
        with tempfile.NamedTemporaryFile() as pem:
            pem.write(base64.b64decode(user["client-certificate-data"]))
            pem.write(base64.b64decode(user["client-key-data"]))
            pem.flush()
            context.load_cert_chain(pem.name)
    return context
