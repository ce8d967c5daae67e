"""Whether the machine asks for a reboot, as kured sees it from its container (pkg/checkers)."""

from __future__ import annotations

from kuredtui.demo.kubelet.files import SENTINEL
from kuredtui.demo.kubelet.mounts import host_path
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
            self._path = host_path(surroundings.pod, surroundings.container, flags.reboot_sentinel)

    def is_required(self) -> bool:
        """Whether a reboot is asked for."""
        return self._path is not None and self._files.exists(self._path)
