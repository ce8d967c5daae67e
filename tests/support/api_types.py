"""The types of the objects that the embedded API server takes, as Kubernetes' OpenAPI names them.

kubernetes-asyncio is generated from that document. `python -m tests.support.api_types` writes them
anew into the server's data, after an update of the library.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

from kubernetes_asyncio.client import models

ROOTS = {
    "v1/ConfigMap": "V1ConfigMap",
    "v1/Event": "CoreV1Event",
    "v1/Namespace": "V1Namespace",
    "v1/Node": "V1Node",
    "v1/PersistentVolumeClaim": "V1PersistentVolumeClaim",
    "v1/Pod": "V1Pod",
    "v1/Secret": "V1Secret",
    "apps/v1/DaemonSet": "V1DaemonSet",
    "apps/v1/Deployment": "V1Deployment",
    "apps/v1/ReplicaSet": "V1ReplicaSet",
    "coordination.k8s.io/v1/Lease": "V1Lease",
    "events.k8s.io/v1/Event": "EventsV1Event",
    "policy/v1/PodDisruptionBudget": "V1PodDisruptionBudget",
    "storage.k8s.io/v1/VolumeAttachment": "V1VolumeAttachment",
}
"""apiVersion/kind -> the library's class."""

_SIMPLE = {"str": "string", "int": "integer", "bool": "boolean", "object": "any"}
_LIST = re.compile(r"list\[(.+)\]")
_MAP = re.compile(r"dict\(str, (.+)\)")
_MICRO_TIMES = {"acquireTime", "eventTime", "lastObservedTime", "renewTime"}
_QUANTITIES = {
    "allocatable",
    "allocatedResources",
    "capacity",
    "divisor",
    "limits",
    "overhead",
    "requests",
    "sizeLimit",
}
"""Fields that are numbers with a unit, which the document calls strings."""


def path() -> Path:
    """Of the server's data."""
    return Path(str(resources.files("kuredtui.demo.apiserver").joinpath("data", "types.json")))


def text() -> str:
    """The types as the file holds them, one a line."""
    found: dict[str, dict[str, str]] = {}
    waiting = list(ROOTS.values())
    while waiting:
        name = waiting.pop()
        if name not in found and hasattr(models, name):
            model = getattr(models, name)
            fields = {model.attribute_map[key]: kind for key, kind in model.openapi_types.items()}
            found[name] = {field: _kind(field, kind) for field, kind in sorted(fields.items())}
            waiting += [kind.rpartition(":")[2] for kind in found[name].values()]
    lines = [f"{json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found)]
    roots = json.dumps(ROOTS)
    return '{"roots": ' + roots + ',\n"types": {\n' + ",\n".join(lines) + "\n}}\n"


def _kind(field: str, kind: str) -> str:
    """`list:X`, `map:X`, a simple kind, or the name of a type."""
    if match := _LIST.fullmatch(kind):
        return f"list:{_kind(field, match[1])}"
    if match := _MAP.fullmatch(kind):
        return f"map:{_kind(field, match[1])}"
    if kind == "datetime":
        return "microtime" if field in _MICRO_TIMES else "time"
    if kind == "str" and field in _QUANTITIES:
        return "quantity"
    return _SIMPLE.get(kind, kind)


if __name__ == "__main__":
    path().write_text(text())
