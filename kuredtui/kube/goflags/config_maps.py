"""The variables of a container that ConfigMaps give, filled in as a kubelet does it.

The rules are those of the kubelet's makeEnvironment (k8s.io/kubernetes, pkg/kubelet/kubelet_pods.go): what
`envFrom` names comes first, and the list in `env` lies over it; nothing is expanded in a value that comes
from a ConfigMap; what is optional and not there leaves the variable as it was before. What is not optional
and not there keeps the container from starting: such a variable stays unknown here.

A kubelet does so when a container starts: one that runs keeps what it was started with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from kuredtui.kube.types import Container, EnvFromSource, EnvVar, EnvVarSource

ConfigMaps = Mapping[str, Mapping[str, str] | None]
"""What is in each, by name; None for one that is not there; one that could not be read is missing."""


def config_maps_named(container: Container) -> tuple[str, ...]:
    """The ConfigMaps that the container's environment names, each once."""
    whole = [item.config_map_ref.name for item in container.env_from if item.config_map_ref]
    sources = [item.value_from for item in container.env if item.value_from]
    keys = [item.config_map_key_ref.name for item in sources if item.config_map_key_ref]
    return tuple(dict.fromkeys([*whole, *keys]))


def filled_in(container: Container, config_maps: ConfigMaps) -> Container:
    """The container with literal variables in place of what these ConfigMaps give.

    What cannot be told of them stays as it is.
    """
    first: list[EnvVar] = []
    left: list[EnvFromSource] = []
    for source in reversed(container.env_from):  # a later one counts, also one that is not known
        given = None if _may_lie_over(left, source) else _all_of(source, config_maps)
        if given is None:
            left.insert(0, source)
        else:
            first[:0] = given
    own = [filled for item in container.env for filled in _one(item, config_maps)]
    return msgspec.structs.replace(container, env=[*first, *own], env_from=left)


def _may_lie_over(later: Iterable[EnvFromSource], source: EnvFromSource) -> bool:
    """Whether a ConfigMap among these may have a variable of the source, by their prefixes."""
    return any(
        one.config_map_ref is not None
        and (one.prefix.startswith(source.prefix) or source.prefix.startswith(one.prefix))
        for one in later
    )


def _all_of(source: EnvFromSource, config_maps: ConfigMaps) -> list[EnvVar] | None:
    """The variables of a whole ConfigMap; None: not known."""
    reference = source.config_map_ref
    if reference is None or reference.name not in config_maps:
        return None
    data = config_maps[reference.name]
    if data is None:
        return [] if reference.optional else None
    return [_literal(source.prefix + key, value) for key, value in data.items()]


def _one(variable: EnvVar, config_maps: ConfigMaps) -> Iterator[EnvVar]:
    """The variable, its value filled in where it is known; nothing, where it is not set."""
    source = variable.value_from or EnvVarSource()
    reference = source.config_map_key_ref
    if variable.value or reference is None or reference.name not in config_maps:
        yield variable
        return
    value = (config_maps[reference.name] or {}).get(reference.key)
    if value is not None:
        yield _literal(variable.name, value)
    elif not reference.optional:
        yield variable


def _literal(name: str, value: str) -> EnvVar:
    """A variable in whose value nothing is expanded any more."""
    return EnvVar(name=name, value=value.replace("$", "$$"))
