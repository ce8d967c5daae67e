"""Which columns the table of a resource has, and what makes its rows.

Names, types and priorities are those of a recorded server; a priority above 0 is shown by
`kubectl get -o wide` alone. Descriptions are left empty: no client shows them.
"""

from __future__ import annotations

from collections.abc import Callable

from kuredtui.demo.apiserver.tables.cells import Cells
from kuredtui.demo.apiserver.tables.nodes import node_row
from kuredtui.demo.apiserver.tables.others import (
    attachment_row,
    claim_row,
    config_map_row,
    event_row,
    lease_row,
    namespace_row,
    secret_row,
)
from kuredtui.demo.apiserver.tables.pods import pod_row
from kuredtui.demo.apiserver.tables.workloads import (
    budget_row,
    daemonset_row,
    deployment_row,
    replicaset_row,
)
from kuredtui.kube.json import JsonObject

_COLUMNS = {
    "nodes": "Name Status Roles Age Version *Internal-IP *External-IP *OS-Image *Kernel-Version "
    "*Container-Runtime",
    "pods": "Name Ready Status Restarts Age *IP *Node *Nominated_Node *Readiness_Gates",
    "namespaces": "Name Status Age",
    "events": "Last_Seen Type Reason Object *Subobject *Source Message *First_Seen *Count *Name",
    "persistentvolumeclaims": "Name Status Volume Capacity Access_Modes StorageClass "
    "VolumeAttributesClass Age *VolumeMode",
    "configmaps": "Name Data Age",
    "secrets": "Name Type Data Age",
    "daemonsets": "Name Desired# Current# Ready# Up-to-date# Available# Node_Selector Age "
    "*Containers *Images *Selector",
    "deployments": "Name Ready Up-to-date Available Age *Containers *Images *Selector",
    "replicasets": "Name Desired# Current# Ready# Age *Containers *Images *Selector",
    "poddisruptionbudgets": "Name Min_Available Max_Unavailable Allowed_Disruptions# Age",
    "leases": "Name Holder Age",
    "volumeattachments": "Name Attacher PV Node Attached? Age",
}
"""In order: * stands before a wide column, # after an integer, ? after a boolean, _ for a space."""

ROWS: dict[str, Callable[[JsonObject], Cells]] = {
    "nodes": node_row,
    "pods": pod_row,
    "namespaces": namespace_row,
    "events": event_row,
    "persistentvolumeclaims": claim_row,
    "configmaps": config_map_row,
    "secrets": secret_row,
    "daemonsets": daemonset_row,
    "deployments": deployment_row,
    "replicasets": replicaset_row,
    "poddisruptionbudgets": budget_row,
    "leases": lease_row,
    "volumeattachments": attachment_row,
}


def column_definitions(plural: str) -> list[JsonObject]:
    """The columnDefinitions of a resource's table."""
    return [_definition(word) for word in _COLUMNS[plural].split()]


def _definition(word: str) -> JsonObject:
    kind = {"#": "integer", "?": "boolean"}.get(word[-1], "string")
    name = word.strip("*#?").replace("_", " ")
    return {
        "name": name,
        "type": kind,
        "format": "name" if name in ("Name", "Attacher") else "",
        "description": "",
        "priority": int(word.startswith("*")),
    }
