"""Where the lock lives: kured's DaemonSet, or a Lease where there is no kured (DESIGN 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kuredtui.cluster.kured import runs_kured
from kuredtui.cluster.kured_settings import read_kured_settings
from kuredtui.cluster.lock import Shape
from kuredtui.engine.errors import NoLockPlace
from kuredtui.engine.options import EngineOptions
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, NotFound
from kuredtui.kube.resources import DAEMONSETS, LEASES, Resource
from kuredtui.kube.types import DaemonSet, Lease

LEASE_NAME = "kuredtui"

Holder: TypeAlias = DaemonSet | Lease


@dataclass(frozen=True, kw_only=True)
class LockPlace:
    """One annotation of one object.

    Attributes:
        resource: DaemonSets or Leases.
        namespace, name: of the object.
        annotation: the annotation.
        shape: what the running kured reads there.
        max_owners: how many owners it allows.
        kured: the DaemonSet, or None without a kured.
    """

    resource: Resource[DaemonSet] | Resource[Lease]
    namespace: str
    name: str
    annotation: str
    shape: Shape = Shape.SINGLE
    max_owners: int = 1
    kured: DaemonSet | None = None

    def __str__(self) -> str:
        """As a person says it: `DaemonSet kube-system/kured`."""
        return f"{self.resource.kind} {self.namespace}/{self.name}"


async def find_lock_place(client: Client, options: EngineOptions) -> LockPlace:
    """The place that kured uses, if there is a kured.

    Raises:
        NoLockPlace: it cannot be known, or there are several to choose from.
        ApiError, Unreachable: the API server did not tell.
    """
    try:
        named = await client.get(DAEMONSETS, options.ds_name, namespace=options.ds_namespace)
    except (NotFound, Forbidden):
        return await _search(client, options)
    return _of_daemonset(named, options)


async def _search(client: Client, options: EngineOptions) -> LockPlace:
    where = f"{options.ds_namespace}/{options.ds_name}"
    try:
        everywhere = await client.list(DAEMONSETS)
    except Forbidden:
        raise NoLockPlace(
            f"There is no DaemonSet {where} that we may read, and we may not look for kured in all "
            "namespaces: name the DaemonSet with --ds-namespace and --ds-name, or get the right to "
            "list daemonsets."
        ) from None
    found = [daemonset for daemonset in everywhere.items if runs_kured(daemonset)]
    if len(found) > 1:
        names = ", ".join(f"{item.metadata.namespace}/{item.metadata.name}" for item in found)
        raise NoLockPlace(
            f"Several kureds run here ({names}): choose the one whose lock counts with "
            "--ds-namespace and --ds-name."
        )
    if found:
        return _of_daemonset(found[0], options)
    return LockPlace(
        resource=LEASES,
        namespace=options.lease_namespace,
        name=LEASE_NAME,
        annotation=options.lock_annotation,
    )


def _of_daemonset(daemonset: DaemonSet, options: EngineOptions) -> LockPlace:
    owners = read_kured_settings(daemonset).settings.max_owners
    return LockPlace(
        resource=DAEMONSETS,
        namespace=daemonset.metadata.namespace,
        name=daemonset.metadata.name,
        annotation=options.lock_annotation,
        shape=Shape.SINGLE if owners == 1 else Shape.MULTIPLE,
        max_owners=owners,
        kured=daemonset,
    )
