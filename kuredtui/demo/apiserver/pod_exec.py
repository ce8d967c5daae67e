"""`pods/exec` over WebSocket: a command in a container, its two outputs, and how it ended.

The protocol is Kubernetes' remotecommand, versions 4 and 5: each binary message begins with the
number of its channel, and the last word is a `Status` on channel 3 (staging/src/k8s.io/apimachinery/
pkg/util/remotecommand and kubernetes/pkg/kubelet/cri/streaming/remotecommand). SPDY is not served;
kubectl asks for WebSockets first since 1.31.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from aiohttp import web

from kuredtui.demo.apiserver.access import Attributes, User, require
from kuredtui.demo.apiserver.failures import Failure
from kuredtui.demo.apiserver.pod_containers import container_of, no_kubelet, pod_of
from kuredtui.demo.apiserver.requests import Target, is_true
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.kubelet_api import CannotExecute, Executed, KubeletApi, NoKubelet, NotRunning
from kuredtui.kube.json import JsonObject

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_STDOUT, _STDERR, _ERROR = 1, 2, 3
_SUCCESS: JsonObject = {"metadata": {}, "status": "Success"}


async def answer_exec(
    request: web.BaseRequest,
    store: Store,
    kubelets: KubeletApi | None,
    target: Target,
    user: User,
) -> web.StreamResponse:
    """Run it as far as the kubelet does, and say how it went over the WebSocket."""
    asked = Attributes("create", target.group, target.plural, "exec", target.namespace, target.name)
    # Since 1.35 a GET that becomes a WebSocket needs the right to create, too.
    require(user, asked)
    pod = pod_of(store, target)
    query = request.query
    container = container_of(pod, query.get("container", ""))
    node = pod["spec"].get("nodeName", "")
    if not node:
        raise Failure(400, f"pod {target.name} does not have a host assigned")
    command = query.getall("command", [])
    if not command:
        raise Failure(400, "you must specify at least 1 command for the container")
    if "websocket" not in request.headers.get("Upgrade", "").lower():
        raise Failure(400, "Upgrade request required")
    if kubelets is None:
        raise no_kubelet(store, node)
    offered = request.headers.get("Sec-WebSocket-Protocol", "").replace(" ", "").split(",")
    if not set(offered) & set(PROTOCOLS):
        raise Failure(403, "unable to upgrade: no supported subprotocol was offered")
    status, done = _run(store, kubelets, target, node=node, container=container, command=command)
    return await _tell(request, done, status)


def _run(
    store: Store,
    kubelets: KubeletApi,
    target: Target,
    *,
    node: str,
    container: str,
    command: Sequence[str],
) -> tuple[JsonObject, Executed]:
    """How it ended, and what it said. A `Failure` where no stream is opened at all."""
    try:
        done = kubelets.execute(node, target.key, container, command)
    except NoKubelet:
        raise no_kubelet(store, node) from None
    except NotRunning:
        why = f'unable to upgrade connection: container not found ("{container}")'
        raise Failure(500, f"Internal error occurred: {why}") from None
    except CannotExecute as error:
        return _not_started(f"error executing command in container: {error}"), Executed()
    return (_exited(done.exit_code) if done.exit_code else _SUCCESS), done


async def _tell(
    request: web.BaseRequest, done: Executed, status: JsonObject
) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(protocols=PROTOCOLS)
    await socket.prepare(request)
    for channel, wanted, text in (
        (_STDOUT, "stdout", done.stdout),
        (_STDERR, "stderr", done.stderr),
    ):
        if text and is_true(request.query.get(wanted, "")):
            await socket.send_bytes(bytes([channel]) + text.encode())
    await socket.send_bytes(bytes([_ERROR]) + msgspec.json.encode(status))
    await socket.close()
    return socket


def _exited(code: int) -> JsonObject:
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: exit status {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def _not_started(why: str) -> JsonObject:
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"Internal error occurred: {why}",
        "reason": "InternalError",
        "details": {"causes": [{"message": why}]},
        "code": 500,
    }
