"""The embedded API server: its life, its connections, and what is put into it from outside."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from pathlib import Path

import msgspec
from aiohttp import web

from kuredtui.demo.apiserver.access import Access
from kuredtui.demo.apiserver.failures import Failure
from kuredtui.demo.apiserver.faults import Control, Fault, Faults
from kuredtui.demo.apiserver.kubeconfig import write_kubeconfig
from kuredtui.demo.apiserver.objects import new_object
from kuredtui.demo.apiserver.resources import BY_KIND
from kuredtui.demo.apiserver.responses import json_response
from kuredtui.demo.apiserver.routing import Router
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.certificate import make_certificate
from kuredtui.demo.kubelet_api import KubeletApi
from kuredtui.kube.json import JsonObject

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
"""There from the start, as on every cluster."""
_CLUSTER = "kuredtui-demo"
_HISTORY_EVENTS = 50_000
_HISTORY_BYTES = 64 * 1024 * 1024
"""Per resource: the last 5,000 changes of large nodes."""


class ApiServer:
    """An API server on loopback, with its objects in memory.

    Use `start` and `stop`, or as an async context manager. All methods belong to the loop in which
    the server was started.
    """

    def __init__(self, *, bookmark_seconds: float = 60.0) -> None:
        self.access = Access()
        self.faults = Faults()
        self._store = Store(max_events=_HISTORY_EVENTS, max_bytes=_HISTORY_BYTES)
        self._router = Router(
            self._store,
            self.access,
            self.faults,
            control=self._control,
            bookmark_seconds=bookmark_seconds,
        )
        self._certificate = make_certificate("localhost", "127.0.0.1", "::1")
        self._web = web.Server(self._router.answer, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(self._web)
        self._url = ""
        self.seed(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            for name in NAMESPACES
        )

    @property
    def url(self) -> str:
        """https://host:port, once started."""
        return self._url

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen. Port 0 takes a free one. OSError when the port is taken."""
        await self._runner.setup()
        context = self._certificate.server_context
        site = web.TCPSite(self._runner, host, port, ssl_context=context)
        await site.start()
        self._url = f"https://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Cut all connections and stop listening."""
        self._cut_connections()
        await self._runner.cleanup()

    async def __aenter__(self) -> ApiServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def client_context(self) -> ssl.SSLContext:
        """What a client needs to trust this server."""
        return ssl.create_default_context(cadata=self._certificate.authority_pem.decode())

    def write_kubeconfig(self, path: Path) -> None:
        """Write a kubeconfig with the contexts `admin` (current) and `viewer`."""
        write_kubeconfig(
            path,
            server=self._url,
            authority_pem=self._certificate.authority_pem,
            tokens={"admin": self.access.admin_token, "viewer": self.access.viewer_token},
            cluster=_CLUSTER,
        )

    def seed(self, objects: Iterable[JsonObject]) -> None:
        """Create or replace objects without HTTP, thousands in a second.

        They need apiVersion, kind, metadata.name and, where they have one, metadata.namespace; uid,
        creationTimestamp and status are kept where given. `Failure` for an invalid one.
        """
        for sent in objects:
            resource = BY_KIND[sent["apiVersion"], sent["kind"]]
            metadata = sent.get("metadata") or {}
            namespace = metadata.get("namespace", "default") if resource.namespaced else ""
            body = new_object(resource, sent, namespace=namespace, keep_identity=True)
            name = body["metadata"]["name"]
            key = f"{namespace}/{name}" if namespace else name
            collection = self._store.collection(resource)
            self._store.commit(collection, key, body, collection.entries.get(key))

    def connect_kubelets(self, kubelets: KubeletApi) -> None:
        """Have these answer for the nodes: logs, exec, and what pods serve."""
        self._router.connect_kubelets(kubelets)

    def inject(self, fault: Fault) -> None:
        """Put a fault in force."""
        self.faults.add(fault)

    def restart(self, *, keep_history: bool = True) -> None:
        """What clients see of a restart: every connection is cut, the port stays.

        Without history every former version is too old, as after an etcd compaction.
        """
        if not keep_history:
            self._store.forget_history()
        self._cut_connections()

    def _cut_connections(self) -> None:
        for connection in self._web.connections:
            if connection.transport is not None:
                connection.transport.abort()

    def _control(self, body: bytes) -> web.Response:
        """Faults over HTTP, for scenarios in another process."""
        try:
            control = msgspec.json.decode(body, type=Control)
        except msgspec.MsgspecError as error:
            raise Failure(400, str(error)) from error
        if control.clear:
            self.faults.clear()
        if control.rule is not None:
            self.inject(control.rule)
        if control.restart is not None:
            keep = control.restart == "history"
            # Later, so that the answer to this request leaves before its connection is cut.
            loop = asyncio.get_running_loop()
            loop.call_later(_RESTART_DELAY, lambda: self.restart(keep_history=keep))
        return json_response(b"{}")


_RESTART_DELAY = 0.05
"""Seconds."""
