"""Where the paths of a container are on its machine."""

from __future__ import annotations

import posixpath

from kuredtui.kube.types import Container, PodSpec


def host_path(pod: PodSpec, container: Container, path: str) -> str | None:
    """Where a container's path is on the machine; None: in the container alone."""
    volumes = {volume.name: volume.host_path for volume in pod.volumes}
    mounts = sorted(container.volume_mounts, key=lambda mount: -len(mount.mount_path))
    for mount in mounts:
        relative = posixpath.relpath(path, mount.mount_path)
        if relative == ".." or relative.startswith("../"):
            continue
        volume = volumes.get(mount.name)
        if volume is None:
            return None
        return posixpath.normpath(posixpath.join(volume.path, mount.sub_path, relative))
    return None
