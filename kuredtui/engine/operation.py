"""One node's way through the engine: lock, cordon, drain, reboot, return, uncordon, release (DESIGN 5).

Everything up to the creation of the reboot pod can be undone, and is: when a step fails and when the
operator cancels. From then on the node may go down at any time, so the only way is forward: it is
waited for, and whatever becomes of it, it is never handed back on a guess. When this process ends
instead, nothing is undone: journal and lock stay in the cluster and tell the next one.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from typing import TypeAlias

from kuredtui.cluster.lock import UnreadableLock
from kuredtui.cluster.node import NodeRecord
from kuredtui.engine.boot_evidence import seen_back
from kuredtui.engine.cordon import uncordon
from kuredtui.engine.errors import (
    NodeGone,
    OperationError,
    RebootFailed,
    TakenOver,
    first_error,
)
from kuredtui.engine.journal import JournalPod
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Phase
from kuredtui.engine.preparation import Preparation
from kuredtui.engine.reboot_pod import RebootPod
from kuredtui.engine.recorder import STALE_SECONDS, Publish, Recorder
from kuredtui.kube.client import Client
from kuredtui.kube.errors import AlreadyExists, ApiError, ServerError, Unreachable, explain

# The journal is renewed so often; after STALE_SECONDS without it, others may take the operation over.
RENEW_SECONDS = 30.0

Prepared: TypeAlias = tuple[NodeLock, RebootPod]
Failure: TypeAlias = OperationError | UnreadableLock | ApiError | Unreachable


class Operation:
    """The reboot of one node.

    Attributes:
        id: short and random; in the journal, the log and the reboot pod's name.
        node: the node's name.
        error: why it failed, as a sentence; "" unless it did.
        started_at: when, UTC.
    """

    def __init__(
        self,
        client: Client,
        *,
        node: NodeRecord,
        nodes: NodeFeed,
        options: EngineOptions,
        owner: str,
        publish: Publish,
    ) -> None:
        """`nodes` brings the evidence; `publish` is given every record."""
        self.id = secrets.token_hex(5)
        self.node = node.name
        self.error = ""
        self.started_at = datetime.now(UTC)
        self._client = client
        self._nodes = nodes
        self._options = options
        self._recorder = Recorder(node=node.name, operation=self.id, publish=publish)
        self._preparation = Preparation(
            client,
            node=node,
            nodes=nodes,
            options=options,
            owner=owner,
            recorder=self._recorder,
        )
        self._preparing: asyncio.Task[Prepared | Failure] | None = None

    @property
    def phase(self) -> Phase:
        """Where it is."""
        return self._recorder.phase

    @property
    def detail(self) -> str:
        """What is known beyond the phase, such as `3/7 pods gone`; "" for nothing."""
        return self._recorder.detail

    def cancel(self) -> None:
        """Undo everything, if the node was not told to reboot yet; else say that it is too late."""
        if self.phase.finished or self._preparing is None:
            return
        if self._preparing.done():
            self._recorder.say(
                "It is too late to cancel: the node was told to reboot, and is brought back.",
                level="warning",
            )
            return
        self._preparing.cancel()

    async def run(self) -> None:
        """Carry the operation out; `phase` and `error` tell how it ended.

        A cancelled task (the program ends) leaves things as they stand in the cluster.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                renewing = tasks.create_task(self._keep_renewing())
                self._preparing = tasks.create_task(self._prepare())
                await self._carry_out(self._preparing)
                renewing.cancel()
        except ExceptionGroup as group:
            self._fail(first_error(group))

    async def _carry_out(self, preparing: asyncio.Task[Prepared | Failure]) -> None:
        await asyncio.wait([preparing])
        if preparing.cancelled():
            self._recorder.say("Cancelling.", level="warning")
            await self._preparation.undo()
            message = "Cancelled; the node is as it was found."
            self._recorder.enter(Phase.CANCELLED, message, level="warning")
            return
        prepared = preparing.result()
        if isinstance(prepared, Exception):
            await self._fail_before_reboot(prepared)
            return
        lock, pod = prepared
        if failure := await self._tell_to_reboot(lock, pod):
            await self._fail_before_reboot(failure)
            return
        try:
            await self._see_back(pod)
        except NodeGone as replaced:
            await self._recorder.persist(lock.release, "to release the lock")
            self._fail(replaced)
            return
        await self._give_back(lock, pod)

    async def _prepare(self) -> Prepared | Failure:
        """The preparation, with a failure as a result: it must not end the renewals beside it."""
        try:
            return await self._preparation.do()
        except (OperationError, UnreadableLock, ApiError, Unreachable) as error:
            return error

    async def _fail_before_reboot(self, failure: Failure) -> None:
        """Undo and fail; only what another engine has taken over is not ours to undo."""
        if not isinstance(failure, TakenOver):
            self._recorder.say(f"Giving up: {_sentence(failure)}", level="error")
            await self._preparation.undo()
        self._fail(failure)

    async def _tell_to_reboot(self, lock: NodeLock, pod: RebootPod) -> Failure | None:
        """Create the reboot pod. Returns why it does not exist, if it surely does not.

        Raises:
            ServerError, Unreachable: it may exist, so nothing may be undone.
        """
        recorder = self._recorder
        recorder.enter(Phase.REBOOTING, f"Rebooting the node: pod {pod.namespace}/{pod.name}.")
        try:
            await self._write_journal(JournalPod(namespace=pod.namespace, name=pod.name))
            await recorder.persist(lock.hand_to_node, "to hand the lock to the node")
        except (OperationError, UnreadableLock, ApiError, Unreachable) as error:
            return error
        try:
            await recorder.persist(lambda: _create(pod), "to create the reboot pod")
        except ServerError:
            raise
        except ApiError as error:
            return error
        recorder.enter(Phase.RETURNING, "Waiting for the node to come back in a new boot.")
        await self._write_journal(JournalPod(namespace=pod.namespace, name=pod.name, uid=pod.uid))
        return None

    async def _see_back(self, pod: RebootPod) -> None:
        before = self._preparation.before
        recorder = self._recorder
        try:
            after = await seen_back(
                self._nodes,
                before,
                limit=self._options.reboot_timeout,
                note=lambda words: recorder.note(words, f"The node is {words}."),
            )
        except TimeoutError:
            raise RebootFailed(await self._why_not_back(pod)) from None
        kernel = f"kernel {after.kernel}"
        if after.kernel != before.kernel:
            kernel = f"kernel {before.kernel} -> {after.kernel}"
        recorder.say(f"The node is back and Ready in a new boot, {kernel}.", bootID=after.boot_id)

    async def _why_not_back(self, pod: RebootPod) -> str:
        now = await self._recorder.persist(pod.find, "to look at the reboot pod")
        state = f"its reboot pod is {now.status.phase}" if now else "its reboot pod is gone"
        return (
            f"The node did not come back in a new boot within {self._options.reboot_timeout:g} s "
            f"({state}). It stays cordoned and locked. Look at the machine's console; once it is "
            "well, uncordon it and remove its lock."
        )

    async def _give_back(self, lock: NodeLock, pod: RebootPod) -> None:
        """Uncordon, then release, then remove the journal, so that nothing is ever stranded."""
        recorder = self._recorder
        await recorder.persist(pod.delete, "to delete the reboot pod")
        recorder.enter(Phase.UNCORDONING, "Giving the node back.")
        await self._write_journal()
        if self._preparation.before.cordoned:
            recorder.say("The node stays cordoned, as it was found.")
        elif await recorder.persist(lambda: uncordon(self._client, self.node), "to uncordon"):
            recorder.say("Uncordoned.")
        else:
            recorder.say("The node is uncordoned already; a kured on it may have helped.")
        recorder.enter(Phase.RELEASING, "Releasing the lock.")
        await self._write_journal()
        await asyncio.sleep(self._options.lock_release_delay)
        await recorder.persist(lock.release, "to release the lock")
        await recorder.persist(self._preparation.journal.remove, "to remove the journal")
        took = (datetime.now(UTC) - self.started_at).total_seconds()
        recorder.enter(Phase.DONE, f"Done in {took:.0f} s.", seconds=took)

    async def _write_journal(self, pod: JournalPod | None = None) -> None:
        await self._recorder.persist(
            lambda: self._preparation.journal.write(phase=self.phase, reboot_pod=pod),
            "to write the journal",
        )

    async def _keep_renewing(self) -> None:
        """Renew the journal while the operation lives; failing to for too long ends it."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._recorder.persist(
                self._preparation.journal.renew,
                "to renew the journal",
                patience=STALE_SECONDS - RENEW_SECONDS,
            )

    def _fail(self, error: BaseException) -> None:
        self.error = _sentence(error)
        self._recorder.enter(Phase.FAILED, f"Failed: {self.error}", level="error")


async def _create(pod: RebootPod) -> None:
    try:
        await pod.create()
    except AlreadyExists:  # an earlier try has reached the server after all
        await pod.find()


def _sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, OperationError | UnreadableLock) else explain(error)
