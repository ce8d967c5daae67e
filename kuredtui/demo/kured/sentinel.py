"""Whether the machine asks for a reboot, as kured sees it from its container (pkg/checkers)."""

from __future__ import annotations

import posixpath

from kuredtui.demo.kubelet.files import SENTINEL
from kuredtui.demo.kubelet.processes import Surroundings
from kuredtui.demo.kured.flags import Flags


class Sentinel:
    """kured's checker: a file in the container, or a command on the machine.

    A command is not run: whichever it is, it is taken to say what the machine's sentinel file says.
    """

    def __init__(self, surroundings: Surroundings, flags: Flags) -> None:
        self._files = surroundings.files
        if flags.reboot_sentinel_command:
            self._path: str | None = SENTINEL
        else:
            self._path = host_path(surroundings, flags.reboot_sentinel)

    def is_required(self) -> bool:
        """Whether a reboot is asked for."""
        return self._path is not None and self._files.exists(self._path)


def host_path(surroundings: Surroundings, path: str) -> str | None:
    """Where a container's path is on the machine; None: in the container alone."""
    volumes = {volume.name: volume.host_path for volume in surroundings.pod.volumes}
    mounts = sorted(surroundings.container.volume_mounts, key=lambda mount: -len(mount.mount_path))
    for mount in mounts:
        relative = posixpath.relpath(path, mount.mount_path)
        if relative == ".." or relative.startswith("../"):
            continue
        volume = volumes.get(mount.name)
        if volume is None:
            return None
        return posixpath.normpath(posixpath.join(volume.path, mount.sub_path, relative))
    return None
