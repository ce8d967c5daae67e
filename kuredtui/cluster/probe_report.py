"""What kured's own test, run in its pod on a node, says of the node (kured, pkg/checkers/checker.go).

The test is kured's: the sentinel file as its container sees it, or the sentinel command in the host's
mount namespace, of which 0 asks for a reboot and 1 does not. Whatever else comes of it is unknown, which
kured takes for no.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime

from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.cluster.pending import Pending

SOURCE = "probe"
# What kured puts in front of a command for the host (cmd/kured/main.go, buildHostCommand).
_ON_HOST = ("/usr/bin/nsenter", "-m/proc/1/ns/mnt", "--")
_MOST_PACKAGES = 100


def sentinel_command(settings: KuredSettings) -> Sequence[str]:
    """The command that asks instead of the file, as kured runs it; nothing where the file is asked.

    Raises:
        ValueError: it cannot be split into words; kured would not start with it.
    """
    words = shlex.split(settings.reboot_sentinel_command)
    return [*_ON_HOST, *words] if words else []


def by_command(exit_code: int, stderr: str, *, boot_id: str, at: datetime) -> Pending:
    """What the sentinel command's exit code says; nsenter itself fails with 1, too."""
    if exit_code in (0, 1) and not stderr.startswith("nsenter:"):
        return _verdict(required=exit_code == 0, boot_id=boot_id, at=at)
    said = " ".join(stderr.split())[:200]
    why = f"the sentinel command ended with {exit_code}{f': {said}' if said else ''}"
    return Pending(source=SOURCE, detail=why, boot_id=boot_id)


def by_file(*, required: bool, changed: str, packages: str, boot_id: str, at: datetime) -> Pending:
    """What the sentinel file says.

    Args:
        required: whether it is there.
        changed: when it was written, in seconds of Unix time by the node's clock; anything else: unknown.
        packages: the list beside it, one a line, perhaps more than once.
        boot_id: the boot in which was asked.
        at: when was asked.
    """
    names = tuple(dict.fromkeys(line.strip() for line in packages.splitlines() if line.strip()))
    return _verdict(
        required=required,
        boot_id=boot_id,
        at=at,
        since=_time(changed) if required else None,
        packages=names[:_MOST_PACKAGES] if required else (),
    )


def _verdict(
    *,
    required: bool,
    boot_id: str,
    at: datetime,
    since: datetime | None = None,
    packages: tuple[str, ...] = (),
) -> Pending:
    return Pending(
        state="yes" if required else "no",
        source=SOURCE,
        since=since,
        detail=f"asked at {at:%H:%M:%S} UTC",
        packages=packages,
        boot_id=boot_id,
    )


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text.strip()), UTC)
    except (ValueError, OverflowError, OSError):
        return None
