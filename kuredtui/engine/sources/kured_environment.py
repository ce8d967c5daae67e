"""A kured's DaemonSet with what ConfigMaps give to its environment: settings are read of nothing else.

The right to read them is no part of what the console needs: without it the settings in question are unknown,
and what waits for them says so. Secrets are never read: nothing in them is to be shown here. What a
kured was started with is not known: it keeps that until its pod is started anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from kuredtui.cluster.kured import kured_container
from kuredtui.cluster.kured_settings import read_kured_settings
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, NotFound
from kuredtui.kube.goflags.config_maps import config_maps_named, filled_in
from kuredtui.kube.resources import CONFIG_MAPS
from kuredtui.kube.types import Container, DaemonSet, EnvVar


@dataclass(frozen=True, kw_only=True)
class KuredEnvironment:
    """A kured as it would be started now.

    Attributes:
        daemonset: with literal variables in place of what is in ConfigMaps.
        unread: why some of its settings are not known all the same, as sentences.
    """

    daemonset: DaemonSet
    unread: tuple[str, ...] = ()


async def read_environment(client: Client, daemonset: DaemonSet) -> KuredEnvironment:
    """The DaemonSet of a kured, its environment filled in as far as we may see.

    Raises:
        ApiError, Unreachable: the API server did not tell, for another reason than our rights.
    """
    container = kured_container(daemonset)
    if container is None:
        return KuredEnvironment(daemonset=daemonset)
    namespace = daemonset.metadata.namespace
    found: dict[str, dict[str, str] | None] = {}
    unread = []
    for name in config_maps_named(container):
        try:
            found[name] = (await client.get(CONFIG_MAPS, name, namespace=namespace)).data
        except NotFound:
            found[name] = None
            unread.append(f"There is no ConfigMap {namespace}/{name}.")
        except (Forbidden, ValueError) as error:  # ValueError: a name that nothing can have
            why = error.message if isinstance(error, Forbidden) else str(error)
            unread.append(f"ConfigMap {namespace}/{name} cannot be read: {why}.")
    filled = _with(daemonset, container, filled_in(_in_namespace(container, namespace), found))
    missing = read_kured_settings(filled).elsewhere.values()
    told = tuple(unread) if any(where.startswith("ConfigMap ") for where in missing) else ()
    return KuredEnvironment(daemonset=filled, unread=told)


def _in_namespace(container: Container, namespace: str) -> Container:
    """With what the downward API says alike in all pods of the DaemonSet: where they are."""
    env = [
        EnvVar(name=item.name, value=namespace)
        if item.value_from
        and item.value_from.field_ref
        and item.value_from.field_ref.field_path == "metadata.namespace"
        else item
        for item in container.env
    ]
    return msgspec.structs.replace(container, env=env)


def _with(daemonset: DaemonSet, old: Container, new: Container) -> DaemonSet:
    """The DaemonSet with another container in place of one."""
    replace = msgspec.structs.replace
    pod = daemonset.spec.template.spec
    containers = [new if item is old else item for item in pod.containers]
    template = replace(daemonset.spec.template, spec=replace(pod, containers=containers))
    return replace(daemonset, spec=replace(daemonset.spec, template=template))
