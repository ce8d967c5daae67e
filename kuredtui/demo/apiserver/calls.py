"""A request for objects, with everything its handler needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kuredtui.demo.apiserver.bodies import Body
from kuredtui.demo.apiserver.forms import Form, MetadataForm, ObjectForm, wanted_kind
from kuredtui.demo.apiserver.requests import Target
from kuredtui.demo.apiserver.resources import Resource
from kuredtui.demo.apiserver.tables.form import TableForm


@dataclass(frozen=True, slots=True)
class Call:
    """One authorized request."""

    target: Target
    resource: Resource
    query: Mapping[str, str]
    form: Form
    body: Body


def form_for(resource: Resource, accept: str, include: str) -> Form:
    """The form an Accept header asks for; `include` is the parameter includeObject."""
    match wanted_kind(accept):
        case "Table":
            return TableForm(resource, include=include)
        case "PartialObjectMetadata":
            return MetadataForm()
    return ObjectForm(resource)
