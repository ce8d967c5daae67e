"""The least of OpenAPI v3: enough for kubectl to leave the validation of an apply to the server.

`kubectl apply` looks for a PATCH operation of the object's kind which takes `fieldValidation`
(k8s.io/cli-runtime/pkg/resource/query_param_verifier_v3.go). Without one it refuses to apply. There
are no schemas: `kubectl explain` has nothing to say here.

A `List` in an apply is validated by kubectl itself, against the version 2 document; what that one does
not describe passes.
"""

from __future__ import annotations

from collections.abc import Iterable

from kuredtui.demo.apiserver.resources import Resource
from kuredtui.kube.json import JsonObject

ROOT = "/openapi/v3"
V2 = "/openapi/v2"
V2_MEDIA_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
V2_DOCUMENT = b"\x0a\x032.0"
"""openapi.v2.Document in protobuf, the only form kubectl reads: field 1, `swagger`, is "2.0"."""


def openapi_documents(served: Iterable[Resource], title: str) -> dict[str, JsonObject]:
    """Path -> document, the root and one for each group and version."""
    paths: dict[str, JsonObject] = {}
    for resource in served:
        base = f"apis/{resource.api_version}" if resource.group else f"api/{resource.version}"
        scope = "/namespaces/{namespace}" if resource.namespaced else ""
        path = f"/{base}{scope}/{resource.plural}/{{name}}"
        paths.setdefault(base, {})[path] = {"patch": _patch_operation(resource)}
    documents: dict[str, JsonObject] = {
        f"{ROOT}/{base}": {
            "openapi": "3.0.0",
            "info": {"title": title, "version": "unversioned"},
            "paths": operations,
        }
        for base, operations in paths.items()
    }
    documents[ROOT] = {
        "paths": {base: {"serverRelativeURL": f"{ROOT}/{base}"} for base in paths},
    }
    return documents


def _patch_operation(resource: Resource) -> JsonObject:
    return {
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string"}}
            for name in ("dryRun", "fieldManager", "fieldValidation")
        ],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {
            "group": resource.group,
            "version": resource.version,
            "kind": resource.kind,
        },
    }
