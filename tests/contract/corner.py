"""A corner of a cluster in which a scenario is replayed: names that nobody else uses.

The recordings use short names, `rec-1` and the namespace `default`. On somebody's cluster the pod
`web-1` and the DaemonSet `kured` in `default` may be somebody's, so every scenario gets a namespace
and nodes of its own, and their names are translated on the way out and back.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import msgspec

from tests.contract.accounts import Account
from tests.contract.transcripts import Json, Request
from tests.support.eventually import eventually

_NAMES = re.compile(
    r"""(?<=/namespaces/)default(?=/(?!events))  # events of nodes belong into the real one
    |   (?<="namespace":")default(?=")
    |   (?<=metadata.namespace=)default\b
    |   \brec(?=-(?:\d|ns\b|none\b|missing\b)|[",])""",
    re.VERBOSE,
)
_PODS = re.compile(r"/api/v1/namespaces/([^/]+)/pods")
_CLEAN_UP_SECONDS = 60.0
_PATIENCE = 30.0
"""Seconds, with a controller that may have others to serve."""


class Corner:
    """One scenario's own names."""

    def __init__(self, admin: Account) -> None:
        self._admin = admin
        self._prefix = f"test-{uuid.uuid4().hex[:10]}-"

    @classmethod
    @asynccontextmanager
    async def opened(cls, admin: Account) -> AsyncIterator[Self]:
        """A corner with an empty namespace; nothing of it is left in the end."""
        corner = cls(admin)
        await corner._do(
            Request(
                "POST", "/api/v1/namespaces", body={"metadata": {"name": corner._own("default")}}
            )
        )
        try:
            yield corner
        finally:
            async with asyncio.timeout(_CLEAN_UP_SECONDS):
                await corner._clean_up()

    def outward(self, request: Request) -> Request:
        """The same request about this corner's objects."""
        text = msgspec.json.encode(request).decode()
        translated = msgspec.json.decode(
            _NAMES.sub(lambda match: self._own(match[0]), text), type=Request
        )
        if isinstance(request.body, dict) and request.body.get("kind") == "DaemonSet":
            # For nowhere: a controller would put it on everybody's nodes, where it is a second kured.
            template = translated.body["spec"]["template"]["spec"]
            template["nodeSelector"] = {"nowhere": self._own("kured")}
        return translated

    def inward(self, text: str) -> str:
        """An answer in the recordings' names."""
        return re.sub(r',?"nodeSelector":\{"nowhere":"[^"]*"\}', "", text).replace(self._prefix, "")

    async def ready_for(self, request: Request) -> None:
        """Wait until pods can be created where `request` (translated) creates one.

        Where there are service accounts, a namespace's first one is made by a controller.
        """
        match = _PODS.fullmatch(request.path)
        if match is None or request.method != "POST":
            return
        account = Request("GET", f"/api/v1/namespaces/{match[1]}/serviceaccounts/default")

        async def ready() -> bool:
            return bool((await self._do(account)).get("reason") != "NotFound")

        await eventually(ready, timeout=_PATIENCE)

    def _own(self, name: str) -> str:
        return self._prefix + name

    async def _clean_up(self) -> None:
        for namespace in (self._own("default"), self._own("rec-ns")):
            path = f"/api/v1/namespaces/{namespace}"
            for pod in (await self._do(Request("GET", f"{path}/pods"))).get("items", []):
                await self._end(f"{path}/pods/{pod['metadata']['name']}")
            # Else others find a kured there for as long as the namespace takes to go.
            await self._do(Request("DELETE", f"/apis/apps/v1/namespaces/{namespace}/daemonsets"))
            await self._do(Request("DELETE", path))
        for node in (await self._do(Request("GET", "/api/v1/nodes"))).get("items", []):
            if node["metadata"]["name"].startswith(self._prefix):
                await self._do(Request("DELETE", f"/api/v1/nodes/{node['metadata']['name']}"))
        await self._do(
            Request(
                "DELETE",
                "/api/v1/namespaces/default/events",
                query={"fieldSelector": f"involvedObject.name={self._own('rec-1')}"},
            )
        )

    async def _end(self, pod: str) -> None:
        """No kubelet will: without its finalizers, and without grace."""
        release = Request(
            "PATCH",
            pod,
            body={"metadata": {"finalizers": None}},
            content_type="application/merge-patch+json",
        )
        await self._do(release)
        await self._do(Request("DELETE", pod, body={"gracePeriodSeconds": 0}))

    async def _do(self, request: Request) -> Json:
        async with self._admin.send(request) as response:
            text = await response.text()
            return json.loads(text) if response.content_type == "application/json" else {}
