"""The few files of a simulated node that matter: the sentinel and its list of packages.

Debian's and Ubuntu's `update-notifier-common` writes them: `/var/run/reboot-required` when a
package asks for a reboot, and the package's name, once for each request, as a line in
`/var/run/reboot-required.pkgs`. `/var/run` is a link to `/run`, which is empty after a boot.
"""

from __future__ import annotations

import posixpath
import time
from collections.abc import Callable

SENTINEL = "/run/reboot-required"
PACKAGES = "/run/reboot-required.pkgs"
_DIRECTORIES = ("/", "/run", "/var/run")
_NOTICE = "*** System restart required ***\n"


class SimulatedFiles:
    """A file system in memory, of `/run` alone.

    Args:
        clock: Unix time.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._contents: dict[str, str] = {}
        self._changed: dict[str, float] = {}

    def read(self, path: str) -> str:
        """The contents of a file; FileNotFoundError where there is none."""
        name = _resolved(path)
        if name not in self._contents:
            raise FileNotFoundError(path)
        return self._contents[name]

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return _resolved(path) in self._contents

    def is_directory(self, path: str) -> bool:
        """Whether there is such a directory."""
        return posixpath.normpath(path) in _DIRECTORIES

    def changed_at(self, path: str) -> float:
        """When the file was last written, in Unix time; FileNotFoundError where there is none."""
        self.read(path)
        return self._changed[_resolved(path)]

    def require_reboot(self, *packages: str, at: float | None = None) -> None:
        """What a package's installation leaves behind when it asks for a reboot: at that time, or now."""
        self._contents[SENTINEL] = _NOTICE
        if packages:
            known = self._contents.get(PACKAGES, "")
            self._contents[PACKAGES] = known + "".join(f"{package}\n" for package in packages)
        self._changed = dict.fromkeys(self._contents, self._clock() if at is None else at)

    def boot(self) -> None:
        """A boot empties `/run`, which lives in memory."""
        self._contents.clear()


def _resolved(path: str) -> str:
    return path.removeprefix("/var") if path.startswith("/var/run/") else path
