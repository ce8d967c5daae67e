"""Containers: what they are to do, and how they are."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from kuredtui.kube.types.meta import Wire
from kuredtui.kube.types.volumes import VolumeMount


class LocalReference(Wire, frozen=True):
    """The name of an object in the same namespace, such as a pull secret."""

    name: str = ""


class FieldReference(Wire, frozen=True):
    """A field of the pod itself, such as `spec.nodeName`."""

    field_path: str = ""


class KeyReference(Wire, frozen=True):
    """One key of a ConfigMap or Secret in the same namespace; optional: it need not be there."""

    name: str = ""
    key: str = ""
    optional: bool = False


class WholeReference(Wire, frozen=True):
    """A whole ConfigMap or Secret in the same namespace; optional: it need not be there."""

    name: str = ""
    optional: bool = False


class EnvVarSource(Wire, frozen=True):
    """Where an environment variable's value comes from; other kinds of sources leave all unset."""

    field_ref: FieldReference | None = None
    config_map_key_ref: KeyReference | None = None
    secret_key_ref: KeyReference | None = None


class EnvVar(Wire, frozen=True):
    """An environment variable: a literal value, or where it comes from."""

    name: str = ""
    value: str = ""
    value_from: EnvVarSource | None = None


class EnvFromSource(Wire, frozen=True):
    """A ConfigMap or Secret all of whose keys become variables."""

    prefix: str = ""
    config_map_ref: WholeReference | None = None
    secret_ref: WholeReference | None = None


class SecurityContext(Wire, frozen=True):
    """What a container may do on its node; None: not said."""

    privileged: bool | None = None


class Container(Wire, frozen=True):
    """What a container runs."""

    name: str = ""
    image: str = ""
    command: list[str] = field(default_factory=list)
    args: list[str] = field(default_factory=list)
    env: list[EnvVar] = field(default_factory=list)
    env_from: list[EnvFromSource] = field(default_factory=list)
    volume_mounts: list[VolumeMount] = field(default_factory=list)
    security_context: SecurityContext | None = None

    @property
    def privileged(self) -> bool:
        """Whether it may do everything that root on the node may."""
        return bool(self.security_context and self.security_context.privileged)


class ContainerStateWaiting(Wire, frozen=True):
    """Why a container does not run yet, or again."""

    reason: str = ""
    message: str = ""


class ContainerStateRunning(Wire, frozen=True):
    """Since when a container runs."""

    started_at: datetime | None = None


class ContainerStateTerminated(Wire, frozen=True):
    """How a container ended; `message` is its termination log."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ContainerState(Wire, frozen=True):
    """At most one of the three is set."""

    waiting: ContainerStateWaiting | None = None
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None


class ContainerStatus(Wire, frozen=True):
    """How a container does."""

    name: str = ""
    ready: bool = False
    restart_count: int = 0
    state: ContainerState = field(default_factory=ContainerState)
    last_state: ContainerState = field(default_factory=ContainerState)
