"""Asking one node on demand: kured's own test, by exec in its pod there (DESIGN 9).

What was learned so is a source like the others; it grows old like one that has to be asked again and again.
Nothing of it needs a shell, and everything is safe to repeat.
"""

from __future__ import annotations

import asyncio
import posixpath
import time
from datetime import UTC, datetime

from kuredtui.cluster.kured import kured_container
from kuredtui.cluster.kured_settings import KuredSettings, read_kured_settings
from kuredtui.cluster.pending import STALE_SECONDS, Pending, aged
from kuredtui.cluster.probe_report import SOURCE, by_command, by_file, sentinel_command
from kuredtui.engine.sources.knowledge import Knowledge
from kuredtui.engine.sources.kureds import Kureds
from kuredtui.engine.sources.reports import Reports
from kuredtui.kube.client import Client
from kuredtui.kube.errors import (
    ApiError,
    ConfigError,
    Forbidden,
    NotStarted,
    ReadOnlyError,
    Unreachable,
    explain,
)
from kuredtui.kube.execution import Executed, execute
from kuredtui.kube.types import PlacedPod

_BOOT_ID = "/proc/sys/kernel/random/boot_id"
_SECONDS = 30.0
# Between two looks at what has grown old.
_AGE_LOOK_SECONDS = 30.0


class Probing:
    """Asks nodes.

    Args:
        client: the API server.
        kureds: which kureds there are.
        knowledge: knows their pods.
        reports: take what is learned.
    """

    def __init__(
        self, client: Client, *, kureds: Kureds, knowledge: Knowledge, reports: Reports
    ) -> None:
        self._client = client
        self._kureds = kureds
        self._knowledge = knowledge
        self._reports = reports
        self._heard: dict[str, tuple[Pending, float]] = {}

    async def run(self) -> None:
        """Let answers grow old, until cancelled."""
        while True:
            await asyncio.sleep(_AGE_LOOK_SECONDS)
            now = time.monotonic()
            for node, (report, heard_at) in list(self._heard.items()):
                if now - heard_at >= STALE_SECONDS:
                    del self._heard[node]
                    if self._reports.node(node) is not None:
                        self._reports.put(node, SOURCE, aged(report, seconds=now - heard_at))

    async def probe(self, node: str) -> Pending:
        """Ask the node now. What cannot be found out is unknown, with the reason."""
        try:
            report = await self._ask(node)
        except Forbidden as error:
            report = _unknown(f"you may not run a command in kured's pod: {error.message}")
        except ReadOnlyError:
            report = _unknown("a read-only session runs no command in a pod")
        except NotStarted as error:
            report = _unknown(f"kured's container could not run the test: {error}")
        except (ApiError, Unreachable, ConfigError) as error:
            report = _unknown(f"kured's pod could not be asked: {explain(error)}")
        except ValueError as error:
            report = _unknown(f"kured's sentinel command cannot be understood: {error}")
        self._heard[node] = report, time.monotonic()
        self._reports.put(node, SOURCE, report)
        return report

    async def _ask(self, node: str) -> Pending:
        found = self._knowledge.kured_pod(node)
        daemonset = self._kureds.daemonsets.get(found[0]) if found is not None else None
        container = kured_container(daemonset) if daemonset is not None else None
        if found is None or daemonset is None or container is None:
            return _unknown("no kured runs on the node that could be asked")
        reading = read_kured_settings(daemonset)
        for flag in ("reboot-sentinel", "reboot-sentinel-command"):
            if where := reading.elsewhere.get(flag):
                return _unknown(f"kured's --{flag} comes from {where}, which is not read here")
        settings = reading.settings
        test = _Test(self._client, found[1], container.name)
        boot_id = (await test.run("cat", _BOOT_ID)).stdout.strip()
        if command := sentinel_command(settings):
            done = await test.run(*command)
            return by_command(done.exit_code, done.stderr, boot_id=boot_id, at=datetime.now(UTC))
        return await _by_file(test, settings, boot_id)


class _Test:
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

    async def holds(self, *command: str) -> bool:
        return (await self.run("test", *command)).exit_code == 0


async def _by_file(test: _Test, settings: KuredSettings, boot_id: str) -> Pending:
    path = settings.reboot_sentinel
    directory = posixpath.dirname(path) or "/"
    if not await test.holds("-d", directory):  # where every file would seem to be absent
        return _unknown(f"kured's container has no directory {directory}", boot_id)
    required = await test.holds("-e", path)
    changed = packages = ""
    if required:
        changed = _output(await test.run("stat", "-c", "%Y", path))
        packages = _output(await test.run("cat", f"{path}.pkgs"))
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
