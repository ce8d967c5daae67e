"""Where a pod may run and where it should: the scheduler's rules, without any I/O.

Of kube-scheduler's filters: unschedulable nodes, taints, node selectors and required node affinity.
Resources are not counted. Of its scores only spreading: first over the pods of the same controller,
then over all pods.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from kuredtui.demo.controllers.wire import ManagedPod
from kuredtui.kube.json import JsonObject
from kuredtui.kube.types import Node, Taint, Toleration

UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
_KEEPS_AWAY = ("NoSchedule", "NoExecute")


def tolerates(tolerations: Iterable[Toleration], taint: Taint) -> bool:
    """Whether one of them puts up with the taint (core/v1 Toleration.ToleratesTaint)."""
    return any(_tolerates_one(toleration, taint) for toleration in tolerations)


def _tolerates_one(toleration: Toleration, taint: Taint) -> bool:
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator == "Exists":
        return True
    return bool(toleration.key) and toleration.value == taint.value


def refusal(pod: ManagedPod, node: Node) -> str:
    """Why a pod cannot run on a node, in the scheduler's words; "" when it can."""
    tolerations = pod.spec.tolerations
    cordon = Taint(key=UNSCHEDULABLE, effect="NoSchedule")
    if node.spec.unschedulable and not tolerates(tolerations, cordon):
        return "node(s) were unschedulable"
    for taint in node.spec.taints:
        if taint.effect in _KEEPS_AWAY and not tolerates(tolerations, taint):
            return f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}"
    if not matches_node(pod.spec.node_selector, pod.spec.affinity, node):
        return "node(s) didn't match Pod's node affinity/selector"
    return ""


def matches_node(selector: dict[str, str], affinity: JsonObject, node: Node) -> bool:
    """Whether node selector and required node affinity hold."""
    labels = node.metadata.labels
    if any(labels.get(key) != value for key, value in selector.items()):
        return False
    terms = _required_terms(affinity)
    return terms is None or any(_term_holds(term, node) for term in terms)


def named_nodes(pod: ManagedPod) -> list[str] | None:
    """The only nodes a pod may run on, where its affinity names them, as a DaemonSet's pods do."""
    terms = _required_terms(pod.spec.affinity)
    if terms is None:
        return None
    names: list[str] = []
    for term in terms:
        fields = [e for e in term.get("matchFields") or [] if e.get("operator") == "In"]
        if not fields:
            return None
        names += fields[0]["values"]
    return names


def choose(
    pod: ManagedPod, nodes: Iterable[Node], *, same: Counter[str], load: Callable[[str], int]
) -> tuple[str, str]:
    """The node for a pod.

    Args:
        pod: which one.
        nodes: all that come into question.
        same: how many pods of the same controller each node has.
        load: how many pods a node has.

    Returns:
        The node's name and ""; or "" and the reason, in the scheduler's words.
    """
    reasons: Counter[str] = Counter()
    best: tuple[int, int, str] | None = None
    for node in nodes:
        name = node.metadata.name
        if why := refusal(pod, node):
            reasons[why] += 1
            continue
        rank = (same[name], load(name), name)
        if best is None or rank < best:
            best = rank
    if best is not None:
        return best[2], ""
    why = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return "", f"0/{reasons.total()} nodes are available: {why or 'no nodes'}."


def _required_terms(affinity: JsonObject) -> list[JsonObject] | None:
    node_affinity = affinity.get("nodeAffinity") or {}
    required = node_affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return None if required is None else list(required.get("nodeSelectorTerms") or [])


def _term_holds(term: JsonObject, node: Node) -> bool:
    expressions = term.get("matchExpressions") or []
    fields = term.get("matchFields") or []
    if not expressions and not fields:
        return False  # an empty term matches nothing
    name = {"metadata.name": node.metadata.name}
    return all(_holds(e, node.metadata.labels) for e in expressions) and all(
        _holds(e, name) for e in fields
    )


def _holds(expression: JsonObject, labels: dict[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or []
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt" as operator if value is not None and value.lstrip("-").isdecimal():
            bound = int(values[0])
            return int(value) > bound if operator == "Gt" else int(value) < bound
        case _:
            return False
