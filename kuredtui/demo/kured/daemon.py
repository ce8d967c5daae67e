"""kured's loop (rebootAsRequired in cmd/kured/main.go), and its metric."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime

from kuredtui.demo.kured.blockers import is_blocked
from kuredtui.demo.kured.client import FAILED, ClientGo
from kuredtui.demo.kured.drain import Drain, DrainFailed
from kuredtui.demo.kured.fatal import Fatal
from kuredtui.demo.kured.flags import Flags
from kuredtui.demo.kured.lock import LOCK_FAILED, Lock
from kuredtui.demo.kured.node import NodeWriter, Taint
from kuredtui.demo.kured.sentinel import Sentinel
from kuredtui.demo.kured.ticks import ticks
from kuredtui.demo.kured.window import Window
from kuredtui.demo.pace import stamp
from kuredtui.kube.json import JsonObject

IN_PROGRESS = "weave.works/kured-reboot-in-progress"
MOST_RECENT = "weave.works/kured-most-recent-reboot-needed"

_LOG = logging.getLogger(__name__)
_FIRST_LOOK_SECONDS = 60.0
_METRIC_SECONDS = 60.0


class Daemon:
    """One kured, from its start to its node's reboot.

    Args:
        first_run: of its pod. A kured first looks at the lock at some time in its first minute or so; here,
            in a new pod, at once: what it finds there it takes for its own, and in a cluster that was begun
            a moment ago, which is all new pods, that would be the lock of a reboot that has just begun.

    Attributes:
        reboot_required: the metric `kured_reboot_required`, as old as a minute.
    """

    def __init__(
        self,
        api: ClientGo,
        flags: Flags,
        *,
        lock: Lock,
        sentinel: Sentinel,
        window: Window,
        reboot: Callable[[], None],
        log: deque[str],
        first_run: bool,
    ) -> None:
        self.reboot_required = False
        self._first_run = first_run
        self._api = api
        self._flags = flags
        self._lock = lock
        self._sentinel = sentinel
        self._window = window
        self._reboot = reboot
        self._log = log
        self._node = NodeWriter(api, flags.node_id)

    async def run(self) -> None:
        """Work until cancelled.

        Raises:
            Fatal: the daemon ends.
        """
        self._say("Kubernetes Reboot Daemon: 1.23.0")
        await self._finish_former_reboot()
        taint = await Taint.find(self._node, self._flags.prefer_no_schedule_taint)
        if not self._sentinel.is_required():
            await taint.disable()
        async with aclosing(ticks(self._flags.period, pace=self._api.pace)) as times:
            async for _ in times:
                await self._look(taint)

    async def maintain_metric(self) -> None:
        """Look at the sentinel once a minute until cancelled."""
        while True:
            self.reboot_required = self._sentinel.is_required()
            await self._api.sleep(_METRIC_SECONDS)

    # After a start

    async def _finish_former_reboot(self) -> None:
        """If the lock is ours, an earlier life has rebooted the node: give it back."""
        first = ticks(_FIRST_LOOK_SECONDS, pace=self._api.pace, at_once=self._first_run)
        async with aclosing(first) as times:
            async for _ in times:
                if await self._tried_to_finish():
                    return

    async def _tried_to_finish(self) -> bool:
        try:
            entry = await self._lock.holding()
        except LOCK_FAILED as error:
            self._say(f"Error testing lock: {error}")
            return True  # as if it were not ours
        if entry is None:
            return True
        try:
            node = await self._node.read()
            if not entry.unschedulable:
                await self._uncordon(node)
            annotations = node["metadata"].get("annotations") or {}
            done = self._flags.annotate_nodes and not self._sentinel.is_required()
            if done and IN_PROGRESS in annotations:
                await self._node.remove_annotation(IN_PROGRESS)
            await self._lock.release()
        except LOCK_FAILED as error:
            self._say(f"will retry: {error}")
            return False
        return True

    # Every period

    async def _look(self, taint: Taint) -> None:
        if not self._window.contains(datetime.now(UTC)):
            await taint.disable()
            return
        if not self._sentinel.is_required():
            await taint.disable()
            return
        try:
            node = await self._node.read()
        except FAILED as error:
            raise Fatal(f"Error retrieving node object via k8s API: {error}") from error
        if not await self._announced(node) or await is_blocked(self._api, self._flags):
            return
        if not await self._has_lock(node):
            await taint.enable()
            return
        await self._act(node)

    async def _announced(self, node: JsonObject) -> bool:
        """Annotate the node if that is wanted; False: it failed, which ends this look."""
        annotations = node["metadata"].get("annotations") or {}
        if not self._flags.annotate_nodes or IN_PROGRESS in annotations:
            return True
        now = stamp(self._api.pace.now())
        try:
            await self._node.annotate({IN_PROGRESS: now, MOST_RECENT: now})
        except FAILED as error:
            self._say(f"Error adding node annotations: {error}")
            return False
        return True

    async def _has_lock(self, node: JsonObject) -> bool:
        """Whether the lock is ours, already or now. An error counts as no."""
        try:
            if await self._lock.holding() is not None:
                return True
        except LOCK_FAILED as error:
            self._say(f"Error testing lock: {error}")
        unschedulable = bool(node["spec"].get("unschedulable"))
        try:
            acquired, holder = await self._lock.acquire(unschedulable=unschedulable)
        except LOCK_FAILED as error:
            self._say(f"Error acquiring lock: {error}")
            return False
        if not acquired:
            self._say(f"Lock already held: {holder}")
        return acquired

    async def _act(self, node: JsonObject) -> None:
        try:
            await self._drain(node)
        except (DrainFailed, *FAILED) as error:
            if not self._flags.force_reboot:
                self._say(f"Unable to cordon or drain: {error}")
                await self._give_up(node)
                return
        await self._api.sleep(self._flags.reboot_delay)
        self._say("Triggering reboot")
        self._reboot()
        await asyncio.Event().wait()  # until the reboot ends this life

    async def _drain(self, node: JsonObject) -> None:
        if self._flags.pre_reboot_node_labels:
            await self._node.label(self._flags.pre_reboot_node_labels)
        await self._api.sleep(self._flags.drain_delay)
        self._say("Draining")
        await self._node.cordon(node, unschedulable=True)
        await Drain(self._api, self._flags).run()

    async def _give_up(self, node: JsonObject) -> None:
        """Release and then uncordon, whoever cordoned: kured's order and kured's faults."""
        try:
            await self._lock.release()
        except LOCK_FAILED as error:
            self._say(f"Error releasing lock: {error}")
        await self._uncordon(node)

    async def _uncordon(self, node: JsonObject) -> None:
        try:
            await self._node.cordon(node, unschedulable=False)
        except FAILED as error:
            raise Fatal(f"Error uncordonning: {error}") from error
        if self._flags.post_reboot_node_labels:
            await self._node.label(self._flags.post_reboot_node_labels)

    def _say(self, message: str) -> None:
        _LOG.info("kured on %s: %s", self._flags.node_id, message)
        text = message.replace("\\", "\\\\").replace('"', '\\"')
        self._log.append(f'time="{stamp(self._api.pace.now())}" level=info msg="{text}"')
