"""A server asked directly: what goes over the line, with the names of one's own corner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from tests.contract.accounts import Account
from tests.contract.corner import Corner
from tests.contract.transcripts import Answer, Json, Request
from tests.support.eventually import eventually

PODS = "/api/v1/namespaces/default/pods"
NODES = "/api/v1/nodes"
BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
PATCH = "application/{}-patch+json"


@dataclass(frozen=True)
class Api:
    """One user's view of a server. Requests use the names of the recordings (see `Corner`)."""

    account: Account
    corner: Corner

    async def send(self, request: Request, *, during: Sequence[Request] = ()) -> Answer:
        """The whole answer; `during` is sent once it has begun."""
        async with self.account.send(self.corner.outward(request)) as response:
            for other in during:
                async with self.account.send(self.corner.outward(other)) as done:
                    await done.read()
            return await self._read(request, response)

    async def ready_for(self, request: Request) -> None:
        """Wait until a pod can be created where the request creates one."""
        await self.corner.ready_for(self.corner.outward(request))

    async def get(self, path: str, **query: str) -> Answer:
        """GET, of an object or a list."""
        return await self.send(Request("GET", path, query=query))

    async def watch(self, path: str, *, during: Sequence[Request] = (), **query: str) -> Json:
        """The events of a watch until its timeout, by default a second."""
        query = {"watch": "true", "timeoutSeconds": "1", **query}
        answer = await self.send(Request("GET", path, query=query), during=during)
        return answer.body.get("events", answer.body)

    async def post(self, path: str, body: Json, **query: str) -> Answer:
        """POST; for pods, when the namespace is ready for them."""
        request = Request("POST", path, query=query, body=body)
        await self.ready_for(request)
        return await self.send(request)

    async def put(self, path: str, body: Json, **query: str) -> Answer:
        """PUT."""
        return await self.send(Request("PUT", path, query=query, body=body))

    async def patch(self, path: str, body: Json, kind: str = "merge", **query: str) -> Answer:
        """PATCH; `kind` is merge, strategic-merge or json."""
        request = Request("PATCH", path, query=query, body=body, content_type=PATCH.format(kind))
        return await self.send(request)

    async def delete(self, path: str, body: Json = None, **query: str) -> Answer:
        """DELETE."""
        return await self.send(Request("DELETE", path, query=query, body=body))

    async def made(self, path: str, body: Json) -> Json:
        """An object that a POST creates."""
        answer = await self.post(path, body)
        assert answer.status == 201, answer.body
        return answer.body

    async def ready_pod(self, name: str, **metadata: Json) -> Json:
        """A pod on a node without a kubelet, which a kubelet calls ready."""
        await self.made(PODS, pod(name, metadata=metadata))
        status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
        answer = await self.patch(f"{PODS}/{name}/status", {"status": status})
        assert answer.status == 200, answer.body
        return answer.body

    async def evict(self, name: str, **options: Json) -> Answer:
        """An eviction with these deleteOptions."""
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": "default"},
            "deleteOptions": options,
        }
        return await self.post(f"{PODS}/{name}/eviction", body)

    async def counted_budget(self, name: str, *, healthy: int) -> Json:
        """A budget, once the disruption controller has counted so many healthy pods."""

        async def counted() -> Json:
            budget = (await self.get(f"{BUDGETS}/{name}")).body
            status = budget["status"]
            done = "observedGeneration" in status and status["currentHealthy"] == healthy
            return budget if done else None

        return await eventually(counted, timeout=30)

    async def _read(self, request: Request, response: aiohttp.ClientResponse) -> Answer:
        text = self.corner.inward(await response.text())
        headers = {name.lower(): value for name, value in response.headers.items()}
        warnings = response.headers.getall("Warning", [])
        if response.content_type != "application/json":
            body: Json = {"text": text}
        elif response.status == 200 and request.query.get("watch") == "true":
            body = {"events": [json.loads(line) for line in text.splitlines()]}
        else:
            body = json.loads(text)
        return Answer(response.status, headers, body, warnings)


def pod(name: str, *, metadata: Json = None, **spec: Json) -> Json:
    """A pod on the node rec-1, which nobody runs."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": "web"}, **(metadata or {})},
        "spec": {
            "nodeName": "rec-1",
            "containers": [{"name": "c", "image": "registry.k8s.io/pause:3.10"}],
            **spec,
        },
    }


def unbound_pod(name: str) -> Json:
    """A pod that no scheduler finds a node for."""
    return pod(name, nodeName="", nodeSelector={"nowhere": "never"})


def budget(name: str, **spec: Json) -> Json:
    """A budget over the pods labelled app=web."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, **spec},
    }


def node(name: str, **metadata: Json) -> Json:
    """A node without a kubelet."""
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, **metadata}}
