"""A client that knows nothing of Kubernetes: what it measures is what the server takes."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp


@asynccontextmanager
async def plain_client(kubeconfig: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A session on the embedded server that wrote this file, as its administrator."""
    url, authority, token = _access(kubeconfig)
    async with aiohttp.ClientSession(
        url,
        headers={"Authorization": f"Bearer {token}"},
        connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cadata=authority), limit=0),
        timeout=aiohttp.ClientTimeout(total=None),
        raise_for_status=True,
    ) as session:
        yield session


def _access(kubeconfig: Path) -> tuple[str, str, str]:
    """The server's URL, its authority in PEM, and the administrator's token."""
    config = json.loads(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    return cluster["server"], authority, user["token"]
