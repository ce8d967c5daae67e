"""What a test that was run in a pod on a node says of the node.

In kured's pod it is kured's (pkg/checkers/checker.go): the sentinel file as its container sees it, or the
sentinel command in the host's mount namespace, of which 0 asks for a reboot and 1 does not. Whatever else
comes of it is unknown, which kured takes for no. In our sentinel's pod it is the one of
`manifests/data/sentinel.sh`: the file, or a command in the pod, of which 0 is yes and up to 123 is no.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.cluster.pending import Pending
from kuredtui.kube.goflags.words import Text, environment
from kuredtui.kube.types import Pod

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


@dataclass(frozen=True, kw_only=True)
class SentinelTest:
    """What our sentinel looks for.

    Attributes:
        container: of its pod.
        path: the sentinel file, as the container sees it.
        command: asked instead of the file; "": the file.
    """

    SECONDS: ClassVar[int] = 30  # that its command may take
    container: str
    path: str
    command: str = ""


def sentinel_test(pod: Pod) -> SentinelTest | None:
    """What the sentinel in the pod looks for, by its variables; None for a pod that does not say."""
    for container in pod.spec.containers:
        variables = environment(container)
        path = variables.get("SENTINEL_PATH", Text(""))
        command = variables.get("SENTINEL_COMMAND", Text(""))
        if path.text and not path.elsewhere and not command.elsewhere:
            return SentinelTest(container=container.name, path=path.text, command=command.text)
    return None


def by_sentinel_command(exit_code: int, *, boot_id: str, at: datetime) -> Pending:
    """What the exit code of our sentinel's command says; from 124 on it was not the command that spoke."""
    if exit_code < 124:
        return _verdict(required=exit_code == 0, boot_id=boot_id, at=at)
    why = f"the sentinel's command could not be run, or not to its end ({exit_code})"
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
