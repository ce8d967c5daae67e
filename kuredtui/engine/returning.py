"""Seeing the node back: the phase `returning`, which ends on evidence alone (DESIGN 4.5, 8)."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from kuredtui.cluster.node import NodeRecord
from kuredtui.engine.boot_evidence import BootWatch
from kuredtui.engine.context import Context
from kuredtui.engine.errors import (
    NeverStarted,
    NodeGone,
    OperationError,
    RebootFailed,
    first_error,
)
from kuredtui.engine.reboot_pod import RebootPod, has_run, is_over, why_not_running
from kuredtui.kube.types import Pod


class Returning:
    """Waits for one node to come back.

    Args:
        context: the operation, with a journal.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        journal = context.written
        self._watch = BootWatch(
            nodes=context.nodes,
            name=context.name,
            uid=journal.node_uid,
            boot_id=journal.boot_id_before,
            note=self._note_node,
            cordoned_at=context.keeper.cordoned_at,
        )
        self._by_hand = context.options.reboot_method == "manual"
        self._pod = RebootPod.of(context.client, journal.reboot_pod)
        self._pod_ran = False
        self._about_pod = ""

    async def see_back(self) -> NodeRecord:
        """The node, Ready in a new boot.

        Raises:
            NeverStarted: the reboot pod is over and surely never ran.
            OperationError: the node was uncordoned before it was rebooted.
            RebootFailed: the node was not back in time; the message says what was seen instead.
            NodeGone: it was replaced by another machine, or its object is gone for good.
        """
        if self._by_hand:
            self._context.recorder.detail = "reboot it now, by hand"
        try:
            async with asyncio.TaskGroup() as tasks:
                beside = [tasks.create_task(self._follow_pod())]
                if self._pod is not None or self._by_hand:
                    beside.append(tasks.create_task(self._see_cordoned()))
                back = await self._watch.until_back(limit=self._context.options.reboot_timeout)
                for task in beside:
                    task.cancel()
        except ExceptionGroup as group:
            error = first_error(group)
            raise self._failure() if isinstance(error, TimeoutError) else error from None
        return back

    async def _follow_pod(self) -> None:
        """Say how the reboot pod does, and end the waiting when it will never reboot the node."""
        if self._pod is None:
            return
        async with aclosing(self._pod.follow()) as sights:
            async for pod, gone in sights:
                if pod is not None:
                    self._judge(pod)
                if gone and not self._pod_ran:
                    self._about_pod = "the reboot pod is gone, and was not seen to run"
                    self._context.recorder.note(self._about_pod, f"{self._about_pod}.")

    async def _see_cordoned(self) -> None:
        """Stop a reboot of a node that is not cordoned any more; return when it is too late to.

        A kured on it that starts between our handing it the lock and the reboot does that (DESIGN 6).
        """

        def look() -> bool | None:
            if self._pod_ran or (self._by_hand and self._watch.went_down):
                return True
            return False if self._watch.uncordoned else None

        if await self._handed_over_uncordoned() or not await self._context.nodes.changed.until(
            look
        ):
            before = "anybody rebooted it" if self._by_hand else "its reboot pod ran"
            then = "Do not reboot it now" if self._by_hand else "It is not rebooted"
            raise OperationError(
                f"The node was uncordoned before {before}, by a kured on it which took it for rebooted, "
                f"or by somebody. {then}."
            )

    async def _handed_over_uncordoned(self) -> bool:
        """Whether a node that waits for somebody to reboot it is not cordoned any more already.

        The nodes as they are followed would not tell: the uncordon may be the first that is heard of it.
        """
        if not self._by_hand:
            return False
        try:
            node = await self._context.look()
        except NodeGone:
            return False  # which is found by those who wait for it
        there = node.status == "Ready" and node.boot_id == self._context.written.boot_id_before
        return there and not node.cordoned

    def _judge(self, pod: Pod) -> None:
        if has_run(pod):
            self._pod_ran = True
            self._about_pod = f"its reboot pod ran; {why_not_running(pod)}" if is_over(pod) else ""
            return
        why = why_not_running(pod)
        if is_over(pod):
            # By now its status may say no more than that its time was up.
            before = (
                f"; {self._about_pod}" if self._about_pod and why not in self._about_pod else ""
            )
            raise NeverStarted(
                f"The reboot pod {self._pod} has ended without having run ({why}{before}), so the node was "
                "not told to reboot."
            )
        self._about_pod = f"its reboot pod has not started: {why}"
        self._context.recorder.note(self._about_pod, f"The node waits: {self._about_pod}.")

    def _note_node(self, words: str) -> None:
        self._context.recorder.note(words, f"The node is {words}.")

    def _failure(self) -> RebootFailed | NodeGone:
        context = self._context
        if self._watch.missing:
            return NodeGone(
                f"The node {context.name} went away for its reboot and has no object now."
            )
        about_pod = f" ({self._about_pod})" if self._about_pod else ""
        stays = "It stays cordoned and locked."
        if self._watch.uncordoned:
            stays = "It was uncordoned meanwhile, by a kured on it or by somebody."
        hint = (
            "Look at the machine's console; once it is well, resume the operation, or roll it back."
        )
        if self._by_hand and not self._watch.went_down:
            hint = "Resume the operation when somebody can reboot the machine, or roll it back."
        return RebootFailed(
            f"The node did not come back in a new boot within {context.options.reboot_timeout:g} s. "
            f"{self._watch.why_not()[:-1]}{about_pod}. {stays} {hint}"
        )
