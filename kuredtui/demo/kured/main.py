"""The program in kured's image: its flags, its checks at start, its loop and its metric."""

from __future__ import annotations

import asyncio
import logging

from kuredtui.demo.kubelet.processes import Main, Surroundings
from kuredtui.demo.kubelet_api import Page
from kuredtui.demo.kured.client import ClientGo
from kuredtui.demo.kured.daemon import Daemon
from kuredtui.demo.kured.fatal import Fatal
from kuredtui.demo.kured.flags import PREFIX, Flags
from kuredtui.demo.kured.lock import make_lock
from kuredtui.demo.kured.sentinel import Sentinel
from kuredtui.demo.kured.window import make_window
from kuredtui.demo.pace import Pace
from kuredtui.kube.client import Client
from kuredtui.kube.goflags.reading import read_flags

_LOG = logging.getLogger(__name__)
_METRIC = """\
# HELP kured_reboot_required OS requires reboot due to software updates.
# TYPE kured_reboot_required gauge
kured_reboot_required{{node="{node}"}} {value}
"""
_METRICS_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"


def make_main(client: Client, *, pace: Pace) -> Main:
    """kured's program, for kubelets to run.

    Args:
        client: the API server, as somebody who may do what kured does.
        pace: how fast it lives.
    """

    async def main(surroundings: Surroundings) -> int:
        try:
            return await _run(surroundings, ClientGo(client, pace=pace))
        except* Fatal as group:
            fatal = _first(group)
            _LOG.info("kured on %s ends: %s", surroundings.node, fatal)
            exit_code = fatal.exit_code
        return exit_code

    return main


async def _run(surroundings: Surroundings, api: ClientGo) -> int:
    flags = _flags(surroundings)
    daemon = Daemon(
        api,
        flags,
        lock=make_lock(api, flags),
        sentinel=Sentinel(surroundings, flags),
        window=make_window(flags),
        reboot=surroundings.reboot,
        log=surroundings.log,
        first_run=not surroundings.restarts,
    )
    surroundings.pages[flags.metrics_port, "/metrics"] = lambda: Page(
        200,
        _METRICS_MEDIA_TYPE,
        _METRIC.format(node=flags.node_id, value=int(daemon.reboot_required)),
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(daemon.run())
        group.create_task(daemon.maintain_metric())
    return 0


def _flags(surroundings: Surroundings) -> Flags:
    reading = read_flags(Flags, surroundings.container, prefix=PREFIX)
    if reading.faults:
        raise Fatal(reading.faults[0], exit_code=2)
    flags = reading.settings
    if not flags.node_id:
        raise Fatal("KURED_NODE_ID environment variable required")
    if flags.reboot_method not in ("command", "signal"):
        raise Fatal(f"invalid reboot-method configured {flags.reboot_method}")
    if flags.reboot_method == "command" and not flags.reboot_command:
        raise Fatal("no reboot command specified")
    if flags.reboot_method == "signal" and flags.reboot_signal < 1:
        raise Fatal(f"invalid signal: {flags.reboot_signal}")
    return flags


def _first(group: BaseExceptionGroup[Fatal]) -> Fatal:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Fatal)
    return error
