"""Everything up to the reboot: lock, cordon, drain; and how to undo it.

Until the reboot pod is created nothing is final. Each step is written into the journal before it is
taken, and undone in the opposite order when a later one fails or the operator cancels.
"""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime

from kuredtui.cluster.lock import LockHeld
from kuredtui.cluster.node import NodeRecord, record
from kuredtui.engine.boot_evidence import why_not_judged
from kuredtui.engine.cordon import cordon, uncordon
from kuredtui.engine.drain import Drain
from kuredtui.engine.errors import NodeGone, OperationError
from kuredtui.engine.journal import Journal, JournalKeeper, JournalLock
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.lock_place import LockPlace, find_lock_place
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Phase
from kuredtui.engine.reboot_pod import RebootPod
from kuredtui.engine.recorder import Recorder
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, NotFound, explain
from kuredtui.kube.listwatch import Changed, ListWatch, Lost, Replaced
from kuredtui.kube.resources import NODES


class Preparation:
    """What one operation does before the reboot.

    Attributes:
        before: the node as it was right before the lock was taken.
        journal: the operation's journal.
        lock: our lock, once it was tried for.
        pod: the reboot pod, not created yet.
    """

    def __init__(
        self,
        client: Client,
        *,
        node: NodeRecord,
        nodes: NodeFeed,
        options: EngineOptions,
        owner: str,
        recorder: Recorder,
    ) -> None:
        self.before = node
        self.journal = JournalKeeper(client, node=node.name)
        self.lock: NodeLock | None = None
        self.pod: RebootPod | None = None
        self._client = client
        self._node = node.name
        self._nodes = nodes
        self._options = options
        self._owner = owner
        self._recorder = recorder
        self._started_at = datetime.now(UTC)
        self._locked = False
        self._cordoned = False

    async def do(self) -> tuple[NodeLock, RebootPod]:
        """Lock, cordon and drain. Returns what the reboot needs.

        Raises:
            OperationError, UnreadableLock, ApiError, Unreachable: a step failed; `undo` undoes those
                before it.
        """
        place = await self._recorder.persist(
            lambda: find_lock_place(self._client, self._options), "to find the lock"
        )
        self.pod = await self._tried_out_pod(place)
        self.lock = await self._take_lock(place)
        await self._cordon()
        await self._drain(self.lock)
        await self._recorder.persist(self.lock.verify, "to read the lock again")
        return self.lock, self.pod

    async def undo(self) -> None:
        """Leave the node as it was found: its old cordon, no lock, no journal."""
        persist = self._recorder.persist
        if self._cordoned and not self.before.cordoned:
            self._recorder.say("Uncordoning the node again.")
            await persist(lambda: uncordon(self._client, self._node), "to uncordon")
        if self._locked and self.lock is not None:
            self._recorder.say("Releasing the lock.")
            await persist(self.lock.release, "to release the lock")
        await persist(self.journal.remove, "to remove the journal")

    async def _tried_out_pod(self, place: LockPlace) -> RebootPod:
        """The reboot pod, which pod security, quota or missing rights may refuse before we begin."""
        pod = RebootPod(
            self._client,
            node=self._node,
            boot_id=self.before.boot_id,
            operation=self._recorder.operation,
            place=place,
            options=self._options,
        )
        try:
            await self._recorder.persist(pod.try_out, "the reboot pod's dry run")
        except ApiError as error:
            raise OperationError(
                f"Nothing was begun: the API server would not take the reboot pod in the namespace "
                f"{pod.namespace}. It says: {error.message}"
            ) from error
        return pod

    async def _take_lock(self, place: LockPlace) -> NodeLock:
        """Wait for the lock and take it; a change of its object is the moment to try again."""
        events = ListWatch(
            self._client,
            place.resource,
            namespace=place.namespace,
            field_selector=f"metadata.name={place.name}",
        ).events()
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Lost):
                    said = f"The lock is out of sight: {explain(event.error)}"
                    self._recorder.say(said, level="warning")
                elif isinstance(event, Replaced | Changed) and (
                    lock := await self._try_to_take(place)
                ):
                    return lock
        raise AssertionError("a list-watch does not end")

    async def _try_to_take(self, place: LockPlace) -> NodeLock | None:
        """The lock, or None when somebody else has it."""
        recorder = self._recorder
        await self._look_at_node()
        lock = NodeLock(
            self._client,
            place,
            node=self._node,
            unschedulable=self.before.cordoned,
            ttl=self._options.lock_ttl,
        )
        if why_not := await recorder.persist(lock.look, "to read the lock"):
            if recorder.phase is not Phase.WAITING:
                recorder.enter(Phase.WAITING, f"Waiting for the lock on {place}.")
            recorder.note(why_not, why_not)
            return None
        recorder.enter(Phase.LOCKING, f"Taking the lock on {place}.")
        await self._begin_journal(place, lock)
        self.lock, self._locked = lock, True  # before it is so: the answer may get lost
        try:
            await recorder.persist(lock.take, "to take the lock")
        except LockHeld as held:
            self._locked = False
            await recorder.persist(self.journal.remove, "to remove the journal")
            recorder.enter(Phase.WAITING, f"Somebody was quicker: {held}")
            return None
        recorder.say(f"Holding the lock on {place}.")
        return lock

    async def _look_at_node(self) -> None:
        """Read the node as it is now: as such it will be given back."""
        try:
            node = await self._recorder.persist(
                lambda: self._client.get(NODES, self._node), "to read the node"
            )
        except NotFound:
            raise NodeGone(f"The node {self._node} is not there any more.") from None
        now = record(node)
        if now.uid != self.before.uid:
            raise NodeGone(f"{self._node} is another machine now: it was replaced meanwhile.")
        if now.boot_id != self.before.boot_id:
            raise OperationError(f"{self._node} has rebooted meanwhile: somebody else did it.")
        if refusal := why_not_judged(now, self._nodes.store):
            raise OperationError(refusal)
        self.before = now

    async def _begin_journal(self, place: LockPlace, lock: NodeLock) -> None:
        journal = Journal(
            id=self._recorder.operation,
            owner=self._owner,
            started_at=self._started_at,
            renewed_at=datetime.now(UTC),
            phase=self._recorder.phase,
            node_uid=self.before.uid,
            boot_id_before=self.before.boot_id,
            unschedulable_before=self.before.cordoned,
            lock=JournalLock(
                kind=place.resource.kind,
                namespace=place.namespace,
                name=place.name,
                annotation=place.annotation,
                created=lock.created,
            ),
            options={
                "reboot-method": self._options.reboot_method,
                "reboot-timeout": self._options.reboot_timeout,
                "lock-release-delay": self._options.lock_release_delay,
            },
        )
        await self._recorder.persist(lambda: self.journal.begin(journal), "to write the journal")

    async def _cordon(self) -> None:
        recorder = self._recorder
        recorder.enter(Phase.CORDONING, "Cordoning the node.")
        await self._write_journal()
        self._cordoned = True  # before it is so: the answer may get lost
        if await recorder.persist(lambda: cordon(self._client, self._node), "to cordon"):
            recorder.say("Cordoned.")
        else:
            recorder.say("The node is cordoned already, and will be so afterwards.")

    async def _drain(self, lock: NodeLock) -> None:
        recorder = self._recorder
        recorder.enter(Phase.DRAINING, "Draining the node.")
        await self._write_journal()
        await recorder.persist(lock.verify, "to read the lock again")

        drain = Drain(
            self._client,
            node=self._node,
            options=self._options,
            recorder=recorder,
            nodes=self._nodes,
        )
        await drain.run()

    async def _write_journal(self) -> None:
        await self._recorder.persist(
            lambda: self.journal.write(phase=self._recorder.phase), "to write the journal"
        )
