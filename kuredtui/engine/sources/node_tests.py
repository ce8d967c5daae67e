"""The tests by which a pod on a node tells whether the node waits for a reboot, run in that pod by exec.

Nothing of them changes anything, and everything is safe to repeat.
"""

from __future__ import annotations

import posixpath
from datetime import UTC, datetime

from kuredtui.cluster.kured import kured_container
from kuredtui.cluster.kured_settings import read_kured_settings
from kuredtui.cluster.pending import Pending
from kuredtui.cluster.probe_report import (
    SOURCE,
    SentinelTest,
    by_command,
    by_file,
    by_sentinel_command,
    sentinel_command,
    sentinel_test,
)
from kuredtui.kube.client import Client
from kuredtui.kube.execution import Executed, execute
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import DaemonSet, PlacedPod

_BOOT_ID = "/proc/sys/kernel/random/boot_id"
_SECONDS = 30.0


async def ask_kured(client: Client, pod: PlacedPod, daemonset: DaemonSet) -> Pending:
    """What kured's own test says, in its pod: the file as its container sees it, or its command.

    Raises:
        ValueError: the command cannot be understood.
        ApiError, Unreachable, NotStarted, ReadOnlyError: as `kube.execution.execute`.
    """
    container = kured_container(daemonset)
    if container is None:
        return _unknown("kured's DaemonSet has no container")
    reading = read_kured_settings(daemonset)
    for flag in ("reboot-sentinel", "reboot-sentinel-command"):
        if where := reading.elsewhere.get(flag):
            return _unknown(f"kured's --{flag} comes from {where}, which is not read here")
    inside = _InPod(client, pod, container.name)
    boot_id = await inside.boot_id()
    if command := sentinel_command(reading.settings):
        done = await inside.run(*command)
        return by_command(done.exit_code, done.stderr, boot_id=boot_id, at=datetime.now(UTC))
    return await _by_file(inside, reading.settings.reboot_sentinel, boot_id)


async def ask_sentinel(client: Client, placed: PlacedPod) -> Pending:
    """What our sentinel's test says, in its pod, which is trusted no further than to be asked.

    Raises:
        ApiError, Unreachable, NotStarted, ReadOnlyError: as `kube.execution.execute`.
    """
    whose = placed.metadata
    pod = await client.get(PODS, whose.name, namespace=whose.namespace)
    test = sentinel_test(pod)
    if test is None:
        return _unknown("the sentinel's pod does not say what it looks for")
    inside = _InPod(client, placed, test.container)
    boot_id = await inside.boot_id()
    if test.command:
        done = await inside.run("timeout", f"{SentinelTest.SECONDS}", "sh", "-c", test.command)
        return by_sentinel_command(done.exit_code, boot_id=boot_id, at=datetime.now(UTC))
    return await _by_file(inside, test.path, boot_id)


class _InPod:
    """Commands in one container."""

    def __init__(self, client: Client, pod: PlacedPod, container: str) -> None:
        self._client = client
        self._pod = pod.metadata
        self._container = container

    async def run(self, *command: str) -> Executed:
        return await execute(
            self._client,
            command,
            namespace=self._pod.namespace,
            pod=self._pod.name,
            container=self._container,
            seconds=_SECONDS,
        )

    async def boot_id(self) -> str:
        return (await self.run("cat", _BOOT_ID)).stdout.strip()

    async def holds(self, *command: str) -> bool:
        return (await self.run("test", *command)).exit_code == 0


async def _by_file(inside: _InPod, path: str, boot_id: str) -> Pending:
    directory = posixpath.dirname(path) or "/"
    # Where there is none, or it may not be searched, every file would seem to be absent.
    if not await inside.holds("-d", directory) or not await inside.holds("-x", directory):
        return _unknown(f"the pod cannot look into {directory}", boot_id)
    required = await inside.holds("-e", path)
    changed = packages = ""
    if required:
        changed = _output(await inside.run("stat", "-c", "%Y", path))
        packages = _output(await inside.run("cat", f"{path}.pkgs"))
    return by_file(
        required=required,
        changed=changed,
        packages=packages,
        boot_id=boot_id,
        at=datetime.now(UTC),
    )


def _output(done: Executed) -> str:
    return done.stdout if done.exit_code == 0 else ""


def _unknown(why: str, boot_id: str = "") -> Pending:
    return Pending(source=SOURCE, detail=why, boot_id=boot_id)
