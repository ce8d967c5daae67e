"""What a kured DaemonSet tells about itself, as far as the lock and the reboot pod need it.

Reading all of kured's settings is more than this; here is what must not be guessed: whether a
DaemonSet is kured at all, and how many owners its lock has.
"""

from __future__ import annotations

from kuredtui.kube.types import Container, DaemonSet

_CONTAINER = "kured"
_CONCURRENCY_FLAG = "--concurrency"
_CONCURRENCY_VARIABLE = "KURED_CONCURRENCY"


def runs_kured(daemonset: DaemonSet) -> bool:
    """Whether the DaemonSet is a kured, by the labels of its chart or its manifest, or its image."""
    labels = daemonset.metadata.labels | daemonset.spec.template.metadata.labels
    if "kured" in (labels.get("app.kubernetes.io/name"), labels.get("name")):
        return True
    return any(
        _image_name(item.image) == "kured" for item in daemonset.spec.template.spec.containers
    )


def kured_container(daemonset: DaemonSet) -> Container | None:
    """kured's container: the one of that name, else of that image, else the first."""
    containers = daemonset.spec.template.spec.containers
    for test in (
        lambda item: item.name == _CONTAINER,
        lambda item: _image_name(item.image) == "kured",
    ):
        if found := next(filter(test, containers), None):
            return found
    return containers[0] if containers else None


def concurrency(daemonset: DaemonSet) -> int:
    """How many nodes this kured reboots at a time: its flag, the environment over it, or 1.

    kured's own order (kured, cmd/kured/main.go: flags first, then `KURED_*` over them). A value that
    is no number counts as 1, the careful end.
    """
    container = kured_container(daemonset)
    if container is None:
        return 1
    words = [*container.command, *container.args]
    value = ""
    for position, word in enumerate(words):
        name, equals, text = word.partition("=")
        if name == _CONCURRENCY_FLAG:
            value = text if equals else "".join(words[position + 1 : position + 2])
    for variable in container.env:
        if variable.name == _CONCURRENCY_VARIABLE:
            value = variable.value
    return max(1, int(value)) if value.isdecimal() else 1


def _image_name(image: str) -> str:
    """The last part of an image's name, without registry, tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]
