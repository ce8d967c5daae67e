"""The small objects: leases, ConfigMaps, namespaces and events."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from kuredtui.kube.types.meta import ObjectMeta, ObjectReference, Wire


class LeaseSpec(Wire, frozen=True):
    """Who holds a lease and since when."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: datetime | None = None
    renew_time: datetime | None = None


class Lease(Wire, frozen=True):
    """A small object to agree on: a heartbeat, a leader, or our lock where there is no kured."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: LeaseSpec = field(default_factory=LeaseSpec)


class ConfigMap(Wire, frozen=True):
    """Settings, as texts by key."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    data: dict[str, str] = field(default_factory=dict)


class NamespaceStatus(Wire, frozen=True):
    """`Active` or `Terminating`."""

    phase: str = ""


class Namespace(Wire, frozen=True):
    """A namespace."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    status: NamespaceStatus = field(default_factory=NamespaceStatus)


class EventSource(Wire, frozen=True):
    """Which component reports an event; `reportingComponent` in newer ones."""

    component: str = ""
    host: str = ""


class EventSeries(Wire, frozen=True):
    """How often an event was repeated; newer components count here."""

    count: int = 0
    last_observed_time: datetime | None = None


class Event(Wire, frozen=True):
    """Something a component reports about an object (core/v1)."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    involved_object: ObjectReference = field(default_factory=ObjectReference)
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int = 0
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: EventSeries | None = None
    source: EventSource = field(default_factory=EventSource)
    reporting_component: str = ""
    reporting_instance: str = ""
