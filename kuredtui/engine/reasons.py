"""Why nodes wait: what concerns all of them is looked at now and then, and shared.

Nobody is asked for one node of thousands: the policy's hooks and the lock are looked at once for all nodes of
a kured, and each node's reason is put together from that and from the store. What costs requests for a single
node, its pods and their budgets, is asked on demand (`Reasons.in_full`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from kuredtui.cluster.lock_value import UnreadableLock, created_at, is_ghost, read
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer
from kuredtui.cluster.store import NodeStore
from kuredtui.cluster.why import Cause, Known, LockSeen, Why, explain, waits
from kuredtui.engine.boot_evidence import why_not_judged
from kuredtui.engine.errors import NoLockPlace
from kuredtui.engine.hooks import Hooks
from kuredtui.engine.kured_defaults import under_kured
from kuredtui.engine.lock import NodeLock
from kuredtui.engine.lock_place import LockPlace, place_on, place_on_lease
from kuredtui.engine.lock_watch import LockWatch
from kuredtui.engine.locks import SeenLock
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.plan import Plan
from kuredtui.engine.progress import Progress
from kuredtui.engine.request_pace import RequestPace
from kuredtui.engine.sources.knowledge import Knowledge
from kuredtui.engine.sources.kureds import Kureds
from kuredtui.engine.work_seen import Work, listed
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, NotFound
from kuredtui.kube.errors import explain as explain_error
from kuredtui.kube.types import DaemonSet

# Between two looks at what concerns all nodes.
LOOK_SECONDS = 5.0


class Reasons:
    """The reasons of all nodes.

    Args:
        client: the API.
        store: the nodes.
        options: ours, which may name the lock's place.
        pace: the cap on requests, for plans.
        hooks: have the policy.
        kureds: which ones there are.
        knowledge: on which nodes they run.
        work: what is being done on nodes.
        publish: told who took a lock and who gave it back.
        changed: called when reasons may be others than before.

    Attributes:
        version: raised with each such call.
    """

    def __init__(
        self,
        client: Client,
        *,
        store: NodeStore,
        options: EngineOptions,
        pace: RequestPace,
        hooks: Hooks,
        kureds: Kureds,
        knowledge: Knowledge,
        work: Work,
        publish: Callable[[Progress], None],
        changed: Callable[[], None],
    ) -> None:
        self.version = 0
        self._client = client
        self._store = store
        self._options = options
        self._pace = pace
        self._hooks = hooks
        self._kureds = kureds
        self._knowledge = knowledge
        self._work = work
        self._changed = changed
        self._publish = publish
        self._locks: dict[str, tuple[LockWatch, asyncio.Task[None]]] = {}  # by kured's UID, or ""
        self._unseen: dict[str, str] = {}  # why there is none, by the same
        self._seen: object = None

    async def run(self) -> None:
        """Follow the locks, and look at the rest now and then, until cancelled."""
        await self._kureds.changed.until(lambda: self._kureds.presence.looked or None)
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._look(tasks)
                await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        waiting = next((n for n in self._store.records() if n.pending.state != "no"), None)
        seen: list[object] = [self._kureds.presence]
        kureds: list[DaemonSet | None] = [*self._kureds.daemonsets.values()] or [None]
        self._follow_locks(kureds, tasks)
        for kured in kureds:
            policy = self._hooks.policy(kured)
            if waiting is not None:
                await policy.look(waiting)
                seen.append(policy.glance(waiting))
        if seen != self._seen:
            self._seen = seen
            self._tell()

    def _tell(self) -> None:
        self.version += 1
        self._changed()

    def _follow_locks(self, kureds: Sequence[DaemonSet | None], tasks: asyncio.TaskGroup) -> None:
        """Those of these kureds, where they are now, and no others."""
        wanted: dict[str, LockPlace] = {}
        self._unseen.clear()
        for kured in kureds:
            try:
                wanted[_uid(kured)] = self._place_of(kured)
            except NoLockPlace as error:
                self._unseen[_uid(kured)] = str(error)
        for uid, (watch, task) in list(self._locks.items()):
            if uid not in wanted or _spot(watch.place) != _spot(wanted[uid]):
                task.cancel()
                del self._locks[uid]
        for uid, place in wanted.items():
            if uid in self._locks:
                self._locks[uid][0].place = place  # as kured is set now
                continue
            watch = LockWatch(
                self._client,
                place,
                publish=self._publish,
                changed=self._tell,
                is_ours=self._work.is_ours,
            )
            self._locks[uid] = watch, tasks.create_task(watch.run(), name=f"lock on {place}")

    def locks(self) -> Sequence[SeenLock]:
        """The locks of all kureds, or the one there is without any, as they stand."""
        seen = [
            SeenLock(place=watch.place, text=watch.text, unseen=watch.unseen)
            for watch, _ in self._locks.values()
            if watch.looked
        ]
        return [*seen, *(SeenLock(unseen=why) for why in self._unseen.values())]

    def of(self, name: str) -> Why | None:
        """Why the node waits, by what is known; None where it does not, or is not there."""
        node = self._store.get(name)
        if node is None or not waits(node, at_work=self._work.at_work(node)[0]):
            return None
        kured = self._knowledge.kured_of(name)
        answers = self._hooks.policy(kured).glance(node)
        return explain(self._known(node, kured, answers))

    async def in_full(self, name: str) -> Why | None:
        """The same, with what has to be asked for this node alone: its pods, and their budgets.

        Raises:
            ApiError, Unreachable: the API server did not tell.
        """
        node = self._store.get(name)
        if node is None or (waits := self.of(name)) is None:
            return None
        kured = self._knowledge.kured_of(name)
        answers = await self._hooks.policy(kured).ask(node)
        drain = await self._drain_of(node, kured) if waits.cause is not Cause.OPERATION else ()
        return explain(self._known(node, kured, answers, drain=drain))

    def _known(
        self,
        node: NodeRecord,
        kured: DaemonSet | None,
        answers: Sequence[Answer],
        *,
        drain: Sequence[str] = (),
    ) -> Known:
        at_work, brief = self._work.at_work(node)
        failures, failure = self._work.failures(node.name)
        return Known(
            node=node,
            kured=self._kureds.found(kured) if kured is not None else None,
            runs_kured=self._knowledge.runs_kured(node.name, kured),
            answers=answers,
            lock=self._lock_of(node, kured),
            at_work=at_work,
            at_work_brief=brief,
            failures=failures,
            failure=failure,
            queued=self._work.queued(node.name),
            rights=self._work.rights(),
            drain=drain,
        )

    def _place_of(self, kured: DaemonSet | None) -> LockPlace:
        if kured is not None:
            kureds = self._kureds.daemonsets.values()
            return place_on(kured, self._options, kureds=kureds)
        presence = self._kureds.presence
        if presence.unseen and not self._options.lease_name:
            raise NoLockPlace(presence.unseen)
        if presence.found:
            raise NoLockPlace("Which kured's lock counts for it is not known: none runs on it.")
        return place_on_lease(self._options)

    def _lock_of(self, node: NodeRecord, kured: DaemonSet | None) -> LockSeen:
        """The lock as an operation on the node would find it."""
        watch = self._locks.get(_uid(kured), (None, None))[0]
        if watch is None or watch.unseen or not watch.looked:
            why = watch.unseen if watch is not None else self._unseen.get(_uid(kured), "")
            return LockSeen(unseen=why)
        lock = NodeLock(
            self._client,
            watch.place,
            node=node.name,
            created=created_at(self._client.now()),
            unschedulable=node.cordoned,
            ttl=self._options.lock_ttl,
            nodes=self._store,
        )
        try:
            entries = read(watch.text).entries
        except UnreadableLock:
            entries = ()
        return LockSeen(
            why_not=lock.why_not(watch.text),
            entries=entries,
            ghosts=tuple(entry for entry in entries if is_ghost(entry, self._store)),
        )

    async def _drain_of(self, node: NodeRecord, kured: DaemonSet | None) -> Sequence[str]:
        """Why its drain could not begin or would not end, and what else would refuse its reboot."""
        from kuredtui.engine.planner import plan_drain  # heavy, and needed for the first time here

        said = [why_not_judged(node, self._store)]
        options = under_kured(self._options, kured)
        try:
            plan = await plan_drain(self._client, node=node.name, options=options, pace=self._pace)
        except NotFound:
            return ()
        except Forbidden as error:
            said.append(f"What its drain would do cannot be seen: {explain_error(error)}")
        else:
            said += _drain_reasons(plan)
        return [sentence for sentence in said if sentence]


def _drain_reasons(plan: Plan) -> Sequence[str]:
    refused = [f"{pod.full_name} {pod.reason}" for pod in plan.refused]
    stuck = [f"{pod.full_name} {pod.budget_reason}" for pod in plan.stranded]
    said = [f"Its drain would not begin: {listed(refused)}."] if refused else []
    return [*said, f"Its drain would never end: {listed(stuck)}."] if stuck else said


def _spot(place: LockPlace) -> tuple[str, str, str, str]:
    return place.resource.kind, place.namespace, place.name, place.annotation


def _uid(kured: DaemonSet | None) -> str:
    return kured.metadata.uid if kured is not None else ""
