"""The environment a kubelet gives to a container, as far as it comes from the pod itself."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kuredtui.demo.kubelet.wire import KubeletPod
from kuredtui.kube.types import Container, EnvVar


def with_environment(container: Container, pod: KubeletPod, *, host_ip: str) -> Container:
    """The container with its variables filled in by the downward API.

    What would come from a ConfigMap or a Secret is left out, as if it were optional and missing.
    """
    fields = {
        "metadata.name": pod.metadata.name,
        "metadata.namespace": pod.metadata.namespace,
        "metadata.uid": pod.metadata.uid,
        "spec.nodeName": pod.spec.node_name,
        "spec.serviceAccountName": pod.spec.service_account_name,
        "status.hostIP": host_ip,
        "status.podIP": pod.status.pod_ip,
    }
    variables = [_filled_in(variable, fields) for variable in container.env]
    known = [variable for variable in variables if variable is not None]
    return msgspec.structs.replace(container, env=known, env_from=[])


def _filled_in(variable: EnvVar, fields: Mapping[str, str]) -> EnvVar | None:
    source = variable.value_from
    if source is None:
        return variable
    path = source.field_ref.field_path if source.field_ref is not None else ""
    return EnvVar(name=variable.name, value=fields[path]) if path in fields else None
