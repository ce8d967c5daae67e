"""Which DaemonSets are kured, and which of their containers is the daemon.

How it is configured is read in `kured_settings`.
"""

from __future__ import annotations

from kuredtui.kube.types import Container, DaemonSet

_NAME = "kured"


def runs_kured(daemonset: DaemonSet) -> bool:
    """Whether the DaemonSet is a kured, by the labels of its chart or its manifest, or its image."""
    labels = daemonset.metadata.labels | daemonset.spec.template.metadata.labels
    if _NAME in (labels.get("app.kubernetes.io/name"), labels.get("name")):
        return True
    return any(_image_name(item.image) == _NAME for item in daemonset.spec.template.spec.containers)


def kured_container(daemonset: DaemonSet) -> Container | None:
    """kured's container: the one of that name, else of that image, else the first."""
    containers = daemonset.spec.template.spec.containers
    for test in (
        lambda item: item.name == _NAME,
        lambda item: _image_name(item.image) == _NAME,
    ):
        if found := next(filter(test, containers), None):
            return found
    return containers[0] if containers else None


def _image_name(image: str) -> str:
    """The last part of an image's name, without registry, tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]
