"""Reading an API resource as another type than the console does."""

from __future__ import annotations

from typing import TypeVar

from kuredtui.kube.resources import Resource

S = TypeVar("S")
T = TypeVar("T")


def read_as(resource: Resource[S], type_: type[T]) -> Resource[T]:
    """The same resource, its bodies decoded to `type_`: another struct, or `dict` for plain JSON."""
    return Resource(
        group=resource.group,
        version=resource.version,
        plural=resource.plural,
        kind=resource.kind,
        namespaced=resource.namespaced,
        type=type_,
    )
