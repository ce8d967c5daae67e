"""`pods/log`: the lines that a container has said so far. It is not followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from kuredtui.demo.apiserver.failures import Failure
from kuredtui.demo.apiserver.pod_containers import container_of, no_kubelet, pod_of
from kuredtui.demo.apiserver.requests import Target, is_true
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.kubelet_api import KubeletApi, NoKubelet, NotRunning


def answer_log(
    store: Store, kubelets: KubeletApi | None, target: Target, query: Mapping[str, str]
) -> web.Response:
    """The log, in whole or its last lines."""
    pod = pod_of(store, target)
    name = pod["metadata"]["name"]
    container = container_of(pod, query.get("container", ""))
    node = pod["spec"].get("nodeName", "")
    if not node:
        return web.Response(text="")
    if kubelets is None:
        raise no_kubelet(store, node)
    if is_true(query.get("previous", "")):
        raise Failure(400, f'previous terminated container "{container}" in pod "{name}" not found')
    try:
        lines = kubelets.log(node, target.key, container)
    except NoKubelet:
        raise no_kubelet(store, node) from None
    except NotRunning as state:
        why = f'container "{container}" in pod "{name}" is waiting to start: {state}'
        raise Failure(400, why) from None
    text = "".join(f"{line}\n" for line in _last(lines, query.get("tailLines", "")))
    most = query.get("limitBytes", "")
    return web.Response(text=text[: int(most)] if most.isdigit() else text)


def _last(lines: Sequence[str], count: str) -> Sequence[str]:
    if not count.isdigit():
        return lines
    return lines[max(0, len(lines) - int(count)) :]
