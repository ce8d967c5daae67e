"""The environment a kubelet gives to a container: from the pod itself, and from ConfigMaps."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from kuredtui.demo.kubelet.wire import KubeletPod
from kuredtui.kube.client import Client
from kuredtui.kube.errors import NotFound
from kuredtui.kube.goflags.config_maps import config_maps_named, filled_in
from kuredtui.kube.resources import CONFIG_MAPS
from kuredtui.kube.types import Container, EnvVar


async def with_environment(
    client: Client, container: Container, pod: KubeletPod, *, host_ip: str
) -> Container:
    """The container with its variables filled in by ConfigMaps and the downward API.

    What would come from a Secret, or from a ConfigMap that is not there, is left out, as if it were optional.
    """
    config_maps: dict[str, dict[str, str] | None] = {}
    for name in config_maps_named(container):
        try:
            found = await client.get(CONFIG_MAPS, name, namespace=pod.metadata.namespace)
        except (NotFound, ValueError):  # ValueError: a name that nothing can have
            config_maps[name] = None
        else:
            config_maps[name] = found.data
    container = filled_in(container, config_maps)
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
