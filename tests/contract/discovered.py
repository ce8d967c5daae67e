"""Discovery documents: the embedded server names less than a real one, but not too little."""

from __future__ import annotations

from tests.contract.transcripts import Json

RECORDS = {"APIGroupList": "groups", "APIResourceList": "resources"}
"""Kind of document -> where its records are, which `facts` shows by their names."""

_SERVED = {
    "groups": {
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "coordination.k8s.io",
        "events.k8s.io",
        "policy",
        "storage.k8s.io",
    },
    "v1": {
        "events",
        "namespaces",
        "nodes",
        "nodes/status",
        "pods",
        "pods/eviction",
        "pods/exec",
        "pods/log",
        "pods/proxy",
        "pods/status",
    },
    "apps/v1": {"daemonsets", "deployments", "replicasets"},
    "authorization.k8s.io/v1": {"selfsubjectaccessreviews", "selfsubjectrulesreviews"},
    "coordination.k8s.io/v1": {"leases"},
    "events.k8s.io/v1": {"events"},
    "policy/v1": {"poddisruptionbudgets", "poddisruptionbudgets/status"},
}
"""What clients are promised, by document."""


def is_document(body: Json) -> bool:
    """Whether an answer is a discovery document."""
    return isinstance(body, dict) and body.get("kind") in RECORDS


def common(recorded: Json, answered: Json, *, given: bool) -> tuple[Json, Json]:
    """Both documents with the records that must be alike.

    Everything the embedded server names; on a given cluster, which may well name more than was
    recorded, what both do. What is promised is never left out.
    """
    records = RECORDS[recorded["kind"]]
    promised = _SERVED[recorded.get("groupVersion", records)]
    alike = promised | answered[records].keys()
    if given:
        alike = promised | (recorded[records].keys() & answered[records].keys())
    return (
        {**recorded, records: {n: v for n, v in recorded[records].items() if n in alike}},
        {**answered, records: {n: v for n, v in answered[records].items() if n in alike}},
    )
