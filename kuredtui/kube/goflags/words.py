"""What a container's program gets to see of its command, args and env, as far as that is known.

Kubernetes replaces `$(NAME)` by the variable of that name and `$$` by `$`; a name that is not
defined stays as it is (k8s.io/kubernetes, third_party/forked/golang/expansion). Where a text comes
from a Secret or the downward API, or from a ConfigMap that was not filled in (`config_maps`), this side of
the API server does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kuredtui.kube.types import Container, EnvFromSource, EnvVar, EnvVarSource

_REFERENCE = re.compile(r"\$(\$|\(([^)]*)\))")
# The kubelet makes such for the Services of the pod's namespace and for the API server's.
_OF_SERVICE = re.compile(r"[A-Z_][A-Z0-9_]*_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_.+)?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a container.

    Attributes:
        text: as far as it is known.
        elsewhere: where the rest of it comes from, in words; "" when all of it is known.
    """

    text: str
    elsewhere: str = ""


def environment(container: Container) -> dict[str, Text]:
    """The variables of the container's own list; a later one of the same name counts."""
    known: dict[str, Text] = {}
    for variable in container.env:
        known[variable.name] = _value(variable, known, container)
    return known


def command_line(container: Container, variables: Mapping[str, Text]) -> Sequence[Text]:
    """The words after the program's name: those of its command, then its args."""
    words = [*container.command[1:], *container.args]
    return [_expand(word, variables, container) for word in words]


def whole_sources(container: Container, *, prefix: str) -> tuple[str, ...]:
    """Where variables with this prefix may come from besides the list: what `envFrom` names."""
    return tuple(
        _whole_source(source)
        for source in container.env_from
        if source.prefix.startswith(prefix) or prefix.startswith(source.prefix)
    )


def may_be_set_by(container: Container, variable: str) -> str:
    """The whole ConfigMap that may have the variable, which is not in the list, in words; "" for none.

    Secrets are left out: that no setting is meant to be secret but what is `Hidden` is taken for granted.
    """
    found = (
        _whole_source(source)
        for source in container.env_from
        if source.secret_ref is None and variable.startswith(source.prefix)
    )
    return next(found, "")


def _value(variable: EnvVar, known: Mapping[str, Text], container: Container) -> Text:
    if variable.value_from is not None:
        return Text("", _source(variable.value_from))
    return _expand(variable.value, known, container)


def _expand(text: str, variables: Mapping[str, Text], container: Container) -> Text:
    elsewhere: list[str] = []

    def replace(match: re.Match[str]) -> str:
        if match[1] == "$":
            return "$"
        name = match[2]
        found = variables.get(name)
        if found is None:
            whole = any(name.startswith(source.prefix) for source in container.env_from)
            if whole or _OF_SERVICE.fullmatch(name):
                elsewhere.append(f"the variable {name}")
            return match[0]
        if found.elsewhere:
            elsewhere.append(found.elsewhere)
            return match[0]
        return found.text

    return Text(_REFERENCE.sub(replace, text), ", ".join(elsewhere))


def _source(source: EnvVarSource) -> str:
    if source.field_ref is not None:
        return f"the pod's {source.field_ref.field_path}"
    if source.config_map_key_ref is not None:
        return f"ConfigMap {source.config_map_key_ref.name}, key {source.config_map_key_ref.key}"
    if source.secret_key_ref is not None:
        return f"Secret {source.secret_key_ref.name}, key {source.secret_key_ref.key}"
    return "outside the DaemonSet"


def _whole_source(source: EnvFromSource) -> str:
    if source.config_map_ref is not None:
        where = f"ConfigMap {source.config_map_ref.name}"
    elif source.secret_ref is not None:
        where = f"Secret {source.secret_ref.name}"
    else:
        where = "outside the DaemonSet"
    return f"{where}, with the prefix {source.prefix}" if source.prefix else where
