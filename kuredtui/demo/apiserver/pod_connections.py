"""The subresources of pods that lead to the kubelet or to the pod itself: `connect`, in Kubernetes' words."""

from __future__ import annotations

from aiohttp import web

from kuredtui.demo.apiserver.access import User
from kuredtui.demo.apiserver.failures import method_not_allowed
from kuredtui.demo.apiserver.pod_exec import answer_exec
from kuredtui.demo.apiserver.pod_log import answer_log
from kuredtui.demo.apiserver.pod_proxy import answer_proxy
from kuredtui.demo.apiserver.requests import Target
from kuredtui.demo.apiserver.resources import PODS
from kuredtui.demo.apiserver.store import Store
from kuredtui.demo.kubelet_api import KubeletApi

_SUBRESOURCES = frozenset({"proxy", "log", "exec"})


class PodConnections:
    """Answers them.

    Attributes:
        kubelets: of the nodes; None: there are none.
    """

    def __init__(self, store: Store) -> None:
        self.kubelets: KubeletApi | None = None
        self._store = store

    def answers(self, target: Target) -> bool:
        """Whether a request is for one of them."""
        return target.resource is PODS and target.subresource in _SUBRESOURCES

    async def answer(
        self, request: web.BaseRequest, target: Target, user: User
    ) -> web.StreamResponse:
        """The answer."""
        match target.subresource:
            case "exec" if target.verb in ("get", "create"):
                return await answer_exec(request, self._store, self.kubelets, target, user)
            case "log" if target.verb == "get":
                return answer_log(self._store, self.kubelets, target, request.query)
            case "proxy":
                return answer_proxy(self._store, self.kubelets, target)
        raise method_not_allowed()
