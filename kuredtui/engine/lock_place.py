"""Where the lock of a node lives: on kured's DaemonSet, or on a Lease where there is no kured (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kuredtui.cluster.kured import runs_kured
from kuredtui.cluster.kured_settings import KuredSettings, read_kured_settings
from kuredtui.cluster.lock_value import Shape
from kuredtui.engine.errors import NoLockPlace
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.sources.kured_environment import read_environment
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, NotFound
from kuredtui.kube.resources import DAEMONSETS, LEASES, PODS, Resource
from kuredtui.kube.types import DaemonSet, Lease

DEFAULT_LEASE = ("kube-system", "kuredtui")
# What decides about the lock; unknown, none may be taken.
_LOCK_FLAGS = ("ds-namespace", "ds-name", "lock-annotation", "concurrency")
_DEFAULTS = KuredSettings()

Holder: TypeAlias = DaemonSet | Lease


@dataclass(frozen=True, kw_only=True)
class LockPlace:
    """One annotation of one object.

    Attributes:
        resource: DaemonSets or Leases.
        namespace, name: of the object.
        annotation: the annotation.
        max_owners: how many owners the running kured allows, or without one we ourselves.
        limit: how many we want at most; 0: as many as kured.
        kured: the DaemonSet of the kured, or None without one.
    """

    resource: Resource[DaemonSet] | Resource[Lease]
    namespace: str
    name: str
    annotation: str
    max_owners: int = 1
    limit: int = 0
    kured: DaemonSet | None = None

    @property
    def shape(self) -> Shape:
        """What the running kured reads there."""
        return Shape.SINGLE if self.max_owners == 1 else Shape.MULTIPLE

    def __str__(self) -> str:
        """As a person says it: `DaemonSet kube-system/kured`."""
        return f"{self.resource.kind} {self.namespace}/{self.name}"


async def find_lock_place(client: Client, node: str, options: EngineOptions) -> LockPlace:
    """The place that the kured of this node uses; the Lease if it is known that there is no kured.

    Raises:
        NoLockPlace: it cannot be known, or there are several to choose from.
        ApiError, Unreachable: the API server did not tell.
    """
    try:
        everywhere = (await client.list(DAEMONSETS)).items
    except Forbidden:
        return await _out_of_sight(client, node, options)
    if _names_daemonset(options):
        return await _place_on(client, await _named(client, options), options)
    kureds = [daemonset for daemonset in everywhere if runs_kured(daemonset)]
    if not kureds:
        return place_on_lease(options)
    if len(kureds) == 1:
        return await _place_on(client, kureds[0], options)
    its = await _the_one_on(client, node, kureds)
    return await _place_on(client, its, options, kureds=kureds)


async def _place_on(
    client: Client, kured: DaemonSet, options: EngineOptions, *, kureds: Iterable[DaemonSet] = ()
) -> LockPlace:
    """The same as `place_on`, and what of the kured's settings is in ConfigMaps is read."""
    environment = await read_environment(client, kured)
    try:
        return place_on(environment.daemonset, options, kureds=kureds)
    except NoLockPlace as error:
        raise NoLockPlace(" ".join([str(error), *environment.unread])) from None


def _names_daemonset(options: EngineOptions) -> bool:
    return bool(options.ds_name or options.ds_namespace)


async def _named(client: Client, options: EngineOptions) -> DaemonSet:
    namespace = options.ds_namespace or _DEFAULTS.ds_namespace
    name = options.ds_name or _DEFAULTS.ds_name
    try:
        return await client.get(DAEMONSETS, name, namespace=namespace)
    except NotFound:
        raise NoLockPlace(
            f"There is no DaemonSet {namespace}/{name}, which --ds-namespace and --ds-name name as the "
            "place of kured's lock. Leave both out to have kured looked for."
        ) from None
    except Forbidden as error:
        raise NoLockPlace(
            f"The DaemonSet {namespace}/{name}, which should carry the lock, may not be read: "
            f"{error.message}."
        ) from error


async def _out_of_sight(client: Client, node: str, options: EngineOptions) -> LockPlace:
    """The place where we may not look for kured: the one that was named, or one beyond doubt."""
    if _names_daemonset(options):
        return await _place_on(client, await _named(client, options), options)
    if options.lease_name:
        return place_on_lease(options)
    try:
        usual = await client.get(DAEMONSETS, _DEFAULTS.ds_name, namespace=_DEFAULTS.ds_namespace)
        if runs_kured(usual) and await _runs_on(client, node, usual):
            return await _place_on(client, usual, options)
    except (NotFound, Forbidden):
        pass
    raise NoLockPlace(
        "Whether a kured runs here cannot be known, because we may not list daemonsets in all "
        "namespaces; so the place of its lock must be named: with --ds-namespace and --ds-name, or, if "
        "there is no kured, the Lease with --lease-name."
    )


async def _the_one_on(client: Client, node: str, kureds: Sequence[DaemonSet]) -> DaemonSet:
    found = [kured for kured in kureds if await _runs_on(client, node, kured)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(
        f"{item.metadata.namespace}/{item.metadata.name}" for item in (found or kureds)
    )
    count = "several of them run" if found else "none of them runs"
    raise NoLockPlace(
        f"There are several kureds ({names}), and {count} on {node}: choose the one whose lock counts "
        "with --ds-namespace and --ds-name."
    )


async def _runs_on(client: Client, node: str, kured: DaemonSet) -> bool:
    """Whether a pod of this DaemonSet is on the node."""
    pods = await client.list(
        PODS, namespace=kured.metadata.namespace, field_selector=f"spec.nodeName={node}"
    )
    return any(
        owner.uid == kured.metadata.uid
        for pod in pods.items
        for owner in pod.metadata.owner_references
    )


def place_on(
    daemonset: DaemonSet, options: EngineOptions, *, kureds: Iterable[DaemonSet] = ()
) -> LockPlace:
    """Where this kured looks for its lock.

    A kured that names only a namespace or only a name looks under the default of the other (its
    daemonsetlock gets both flags as they are), and one that names neither under both defaults: where a
    kured is there, they share its lock. Where none is, it gets no lock at all, and its own DaemonSet is as
    good as any. Whoever names the DaemonSet to us knows better.

    Args:
        daemonset: the kured.
        options: what was named to us.
        kureds: all that are known.
    """
    reading = read_kured_settings(daemonset)
    settings, origins = reading.settings, reading.origins
    own = daemonset.metadata
    if unknown := [flag for flag in _LOCK_FLAGS if flag in reading.elsewhere]:
        raise NoLockPlace(
            f"kured's lock cannot be known: {own.namespace}/{own.name} has its "
            f"{', '.join(f'--{flag}' for flag in unknown)} from {reading.elsewhere[unknown[0]]}, "
            "which is not read here."
        )
    says = "ds-namespace" in origins or "ds-name" in origins
    named = settings.ds_namespace, settings.ds_name
    shares = any((item.metadata.namespace, item.metadata.name) == named for item in kureds)
    elsewhere = (says or shares) and not _names_daemonset(options)
    return LockPlace(
        resource=DAEMONSETS,
        namespace=settings.ds_namespace if elsewhere else own.namespace,
        name=settings.ds_name if elsewhere else own.name,
        annotation=options.lock_annotation or settings.lock_annotation,
        max_owners=settings.max_owners,
        limit=options.concurrency,
        kured=daemonset,
    )


def place_on_lease(options: EngineOptions) -> LockPlace:
    """Where the lock is without a kured."""
    namespace, name = DEFAULT_LEASE
    return LockPlace(
        resource=LEASES,
        namespace=options.lease_namespace or namespace,
        name=options.lease_name or name,
        annotation=options.lock_annotation or _DEFAULTS.lock_annotation,
        max_owners=options.concurrency or 1,
    )
