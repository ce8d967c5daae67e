"""The rights that the console takes, to look (viewer) or to reboot (operator), and no others.

They are in `data/rbac-*.yaml`, each with what it is for. An operator has the viewer's, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kuredtui.manifests.template import filled, quoted

Role = Literal["viewer", "operator"]
SubjectKind = Literal["Group", "User"]

# Where the lock and the reboot pods live when there is no kured.
WITHOUT_KURED = "kube-system"
LEASE = "kuredtui"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who gets the rights: somebody of whom the API server knows by this name."""

    kind: SubjectKind = "Group"
    name: str


@dataclass(frozen=True, kw_only=True)
class KuredPlace:
    """Where kured's DaemonSet is, and which ConfigMaps beside it have settings of its."""

    namespace: str = "kube-system"
    name: str = "kured"
    config_maps: tuple[str, ...] = ()


def rbac_manifest(
    role: Role, *, subject: Subject, kured: KuredPlace | None, sentinel_namespace: str = ""
) -> str:
    """The roles and their bindings, for `kubectl apply -f -`.

    Args:
        role: which rights.
        subject: who gets them.
        kured: where it is; None where there is none, and the lock is a Lease.
        sentinel_namespace: where our sentinel is, which an operator may ask by exec; "": they may not.
    """
    values = {"kind": subject.kind, "name": subject.name}
    looking = {
        **values,
        "binding": "kuredtui-viewer" if role == "viewer" else "kuredtui-operator-viewer",
    }
    parts = [filled("rbac-viewer.yaml", looking)]
    if kured:
        place = {**looking, "namespace": kured.namespace}
        blocks = {"rules": _to_read(kured.config_maps)}
        parts.append(filled("rbac-viewer-kured.yaml", place, blocks=blocks))
    if role == "operator":
        doing = {**values, "binding": "kuredtui-operator"}
        parts += [filled("rbac-operator.yaml", doing), _at_the_lock(doing, kured)]
        if sentinel_namespace:
            place = {**doing, "namespace": sentinel_namespace}
            parts.append(filled("rbac-operator-sentinel.yaml", place))
    return "---\n".join(parts)


def _to_read(config_maps: Sequence[str]) -> str:
    """The right to read these and no others; "" for none."""
    if not config_maps:
        return ""
    names = {"names": ", ".join(map(quoted, config_maps))}
    return "\n" + filled("rbac-rules-config-maps.yaml", {}, blocks=names).rstrip()


def _at_the_lock(values: Mapping[str, str], kured: KuredPlace | None) -> str:
    """The rights in the namespace where the lock and the reboot pods are."""
    if kured:
        namespace, rules = (
            kured.namespace,
            filled("rbac-rules-kured.yaml", {"daemonset": kured.name}),
        )
    else:
        namespace, rules = WITHOUT_KURED, filled("rbac-rules-lease.yaml", {"lease": LEASE})
    blocks = {"rules": rules.rstrip()}
    return filled("rbac-operator-place.yaml", {**values, "namespace": namespace}, blocks=blocks)
