"""`pods/proxy`: the HTTP of a program in a pod, through the API server.

Names and messages follow kubernetes/pkg/registry/core/pod/strategy.go (ResourceLocation) and
apimachinery's proxy transport.
"""

from __future__ import annotations

from aiohttp import web

from kuredtui.demo.apiserver.failures import Failure, method_not_allowed, not_found
from kuredtui.demo.apiserver.requests import Target
from kuredtui.demo.apiserver.resources import PODS
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.kubelet_api import KubeletApi
from kuredtui.kube.json import JsonObject

_DEFAULT_PORT = 80


def answer_proxy(store: Store, kubelets: KubeletApi | None, target: Target) -> web.Response:
    """What the pod answers to a GET; the only method there is to play with here."""
    name, port = _name_and_port(target.name)
    entry = store.collection(PODS).entries.get(f"{target.namespace}/{name}")
    if entry is None:
        raise not_found(PODS, name)
    if target.verb != "get":
        raise method_not_allowed()
    pod = entry.decode()
    address = pod["status"].get("podIP", "")
    if not address:
        # A real server refuses loopback, too. Here pods have such addresses so that nothing else
        # can be meant by them, and none is ever connected to.
        raise Failure(400, "address not allowed")
    port = port or _first_port(pod)
    path = f"/{target.below}"
    node = pod["spec"].get("nodeName", "")
    page = kubelets.page(node, entry.key, port=port, path=path) if kubelets else None
    if page is None:
        where = f"dial tcp {address}:{port}"
        why = f"error trying to reach service: {where}: connect: connection refused"
        raise Failure(503, why)
    headers = {"Content-Type": page.media_type}
    return web.Response(status=page.status, body=page.body.encode(), headers=headers)


def _name_and_port(text: str) -> tuple[str, int]:
    """Of `[scheme:]name[:port]`; port 0 where none is named."""
    parts = text.split(":")
    scheme, name, port = ("", *parts, "")[:3] if len(parts) < 3 else parts[:3]
    if len(parts) > 3 or scheme not in ("", "http", "https") or not name:
        raise Failure(400, f'invalid pod request "{text}"')
    if port and not (port.isascii() and port.isdigit()):
        raise Failure(400, f'invalid pod request "{text}"')
    return name, int(port or 0)


def _first_port(pod: JsonObject) -> int:
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or []:
            return int(port["containerPort"])
    return _DEFAULT_PORT
