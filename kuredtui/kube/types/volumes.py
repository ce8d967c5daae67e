"""What a pod mounts, and what holds it."""

from __future__ import annotations

from msgspec import field

from kuredtui.kube.types.meta import ObjectMeta, Wire


class EmptyDir(Wire, frozen=True):
    """A volume that dies with its pod; only its presence counts."""


class ClaimReference(Wire, frozen=True):
    """The PersistentVolumeClaim behind a volume of a pod."""

    claim_name: str = ""


class EphemeralVolume(Wire, frozen=True):
    """A volume whose claim lives as long as its pod; only its presence counts."""


class HostPath(Wire, frozen=True):
    """A directory of the node."""

    path: str = ""


class Volume(Wire, frozen=True):
    """A volume of a pod: whether it is lost with it, or a part of the node."""

    name: str = ""
    empty_dir: EmptyDir | None = None
    persistent_volume_claim: ClaimReference | None = None
    ephemeral: EphemeralVolume | None = None
    host_path: HostPath | None = None


class VolumeMount(Wire, frozen=True):
    """Where a container sees a volume."""

    name: str = ""
    mount_path: str = ""
    sub_path: str = ""


class ClaimSpec(Wire, frozen=True):
    """What a claim is bound to; "" until it is."""

    volume_name: str = ""


class PersistentVolumeClaim(Wire, frozen=True):
    """A pod's claim to a volume."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: ClaimSpec = field(default_factory=ClaimSpec)


class VolumeAttachmentSource(Wire, frozen=True):
    """What is attached."""

    persistent_volume_name: str = ""


class VolumeAttachmentSpec(Wire, frozen=True):
    """What is attached to which node."""

    attacher: str = ""
    node_name: str = ""
    source: VolumeAttachmentSource = field(default_factory=VolumeAttachmentSource)


class VolumeAttachmentStatus(Wire, frozen=True):
    """Whether it is attached yet, or still."""

    attached: bool = False


class VolumeAttachment(Wire, frozen=True):
    """A volume on a node."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: VolumeAttachmentSpec = field(default_factory=VolumeAttachmentSpec)
    status: VolumeAttachmentStatus = field(default_factory=VolumeAttachmentStatus)
