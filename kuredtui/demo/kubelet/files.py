"""The few files of a simulated node that matter: the sentinel and its list of packages.

Debian's and Ubuntu's `update-notifier-common` writes them: `/var/run/reboot-required` when a
package asks for a reboot, and the package's name, once for each request, as a line in
`/var/run/reboot-required.pkgs`. `/var/run` is a link to `/run`, which is empty after a boot.
"""

from __future__ import annotations

SENTINEL = "/run/reboot-required"
PACKAGES = "/run/reboot-required.pkgs"
_NOTICE = "*** System restart required ***\n"


class SimulatedFiles:
    """A file system in memory, of `/run` alone."""

    def __init__(self) -> None:
        self._contents: dict[str, str] = {}

    def read(self, path: str) -> str:
        """The contents of a file; FileNotFoundError where there is none."""
        name = _resolved(path)
        if name not in self._contents:
            raise FileNotFoundError(path)
        return self._contents[name]

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return _resolved(path) in self._contents

    def require_reboot(self, *packages: str) -> None:
        """What a package's installation leaves behind when it asks for a reboot."""
        self._contents[SENTINEL] = _NOTICE
        known = self._contents.get(PACKAGES, "")
        self._contents[PACKAGES] = known + "".join(f"{package}\n" for package in packages)

    def boot(self) -> None:
        """A boot empties `/run`, which lives in memory."""
        self._contents.clear()


def _resolved(path: str) -> str:
    return path.removeprefix("/var") if path.startswith("/var/run/") else path
