"""Telling the node to reboot: the phase `rebooting`, from which on there is no certain way back.

With the method `kured-exec` there is no pod: the journal is in `returning` before the command is sent.
The pod's name is in the journal before the pod is created, so whoever finds the journal can tell whether
there is a pod. Right before, in one write each, the node is seen to be cordoned and in the old boot, and our
entry of the lock is seen to be ours and handed to the node.
"""

from __future__ import annotations

from kuredtui.cluster.kured_found import shown
from kuredtui.engine.context import Context, replaced
from kuredtui.engine.errors import OperationError, RebootedMeanwhile
from kuredtui.engine.journal import Journal, JournalPod
from kuredtui.engine.kured_exec import NOT_TOLD, KuredExec
from kuredtui.engine.lock_place import LockPlace
from kuredtui.engine.phases import Phase
from kuredtui.engine.reboot_pod import RebootPod
from kuredtui.engine.reboot_pod_body import reboot_namespace, reboot_pod_body
from kuredtui.kube.errors import ApiError, NotStarted, ServerError, explain
from kuredtui.kube.json import JsonObject
from kuredtui.kube.types import Node

# How long a node that is held for its reboot waits for a kured or an API server that does not answer.
_TELL_SECONDS = 60.0


class Reboot:
    """The reboot of one node.

    Args:
        context: the operation.
        place: where the lock lives; kured's namespace and image come from there.
    """

    def __init__(self, context: Context, place: LockPlace) -> None:
        self._context = context
        self._place = place
        self._pod: RebootPod | None = None
        self._exec: KuredExec | None = None
        method = context.options.reboot_method
        if method == "kured-exec":
            self._exec = KuredExec(
                context.client, node=context.name, place=place, options=context.options
            )
        elif method != "manual":
            name = f"kuredtui-reboot-{context.recorder.operation}"
            namespace = reboot_namespace(place, context.options)
            self._pod = RebootPod(context.client, namespace=namespace, name=name)

    async def try_out(self) -> None:
        """Have it refused before anything is begun, if pod security, quota, rights or kured refuse it."""
        if self._exec is not None:
            await self._context.recorder.read(
                self._exec.try_out, "to see whether kured can reboot the node"
            )
        pod = self._pod
        if pod is None:
            return
        if self._context.journal is not None:
            await self._clear_away(self._context.journal.reboot_pod)
        body = self._body(pod, self._context.node.boot_id)
        try:
            await self._context.recorder.write(
                lambda: pod.try_out(body), "the reboot pod's dry run"
            )
        except ApiError as error:
            raise OperationError(
                f"The API server would not take the reboot pod in the namespace {pod.namespace}, so "
                f"nothing was begun. It says: {error.message}"
            ) from error

    async def trigger(self) -> None:
        """Tell the node to reboot; return once it may have heard.

        Raises:
            RebootedMeanwhile: it has rebooted by itself.
            LockLost, KuredActs: the lock is not ours alone.
            OperationError: somebody uncordoned the node, or it could not be told. A pod may exist all the
                same, which `undo` finds out.
            ApiError, Unreachable: so it may here.
        """
        context, pod = self._context, self._pod
        recorder, lock = context.recorder, context.lock
        assert lock is not None, "the preparation has taken it"
        recorder.enter(Phase.REBOOTING, self._words())
        await recorder.write(lambda: context.keeper.change(self._rebooting), "to write the journal")
        before = context.written
        await recorder.write(
            lambda: lock.hand_to_node(unschedulable=before.unschedulable_before),
            "to hand the lock to the node",
        )
        if pod is not None:
            await self._create(pod, before.boot_id_before)
            known = JournalPod(namespace=pod.namespace, name=pod.name, uid=pod.uid)
            await context.enter(
                Phase.RETURNING,
                "Waiting for the node to come back in a new boot.",
                reboot_pod=known,
            )
        elif self._exec is not None:
            await self._execute(self._exec, before.boot_id_before)
        else:
            limit = context.options.reboot_timeout
            patience = f" within {shown('reboot_timeout', limit)}" if limit else ""
            await context.enter(
                Phase.RETURNING,
                f"Reboot the machine now, by hand{patience}; its new boot is waited for.",
            )

    async def _create(self, pod: RebootPod, boot_id: str) -> None:
        """Create the pod, which a dry run has promised; a quota may be used up since."""
        body = self._body(pod, boot_id)
        self._context.reboot_pod = pod
        try:
            await self._context.recorder.write(lambda: pod.create(body), "to create the reboot pod")
        except ServerError:
            raise  # it may be there all the same, which undoing finds out
        except ApiError as error:
            raise OperationError(
                f"The API server did not take the reboot pod in the namespace {pod.namespace} any more. It "
                f"says: {error.message}"
            ) from error

    async def _execute(self, kured: KuredExec, boot_id: str) -> None:
        """Run the command in kured's pod; the journal says that it may have been heard before it is sent."""
        recorder = self._context.recorder
        await self._write_phase(Phase.RETURNING)
        try:
            said = await recorder.write(
                lambda: kured.tell(boot_id),
                "to run the reboot command in kured's pod",
                patience=_TELL_SECONDS,
            )
        except NOT_TOLD as error:
            await self._write_phase(Phase.REBOOTING)
            why = str(error) if isinstance(error, OperationError | NotStarted) else explain(error)
            raise OperationError(f"The node was not told to reboot. {why}") from error
        if said:
            recorder.say(said, level="warning")
        recorder.enter(Phase.RETURNING, "Waiting for the node to come back in a new boot.")

    async def _write_phase(self, phase: Phase) -> None:
        context = self._context
        await context.recorder.write(
            lambda: context.keeper.set(phase=phase), "to write the journal"
        )

    def _rebooting(self, journal: Journal, node: Node) -> Journal:
        """The journal right before the reboot, if the node is still as it must be for it."""
        name = node.metadata.name
        if node.status.node_info.boot_id != journal.boot_id_before:
            raise RebootedMeanwhile(f"{name} has rebooted meanwhile, by another hand.")
        if not node.spec.unschedulable:
            raise OperationError(
                f"Somebody uncordoned {name} while it was drained, so it is not rebooted."
            )
        pod = self._pod and JournalPod(namespace=self._pod.namespace, name=self._pod.name)
        return replaced(journal, phase=Phase.REBOOTING, reboot_pod=pod, failed="")

    async def _clear_away(self, old: JournalPod | None) -> None:
        """See the pod of an earlier try gone: its name is wanted again."""
        if old is None:
            return
        pod = RebootPod(self._context.client, namespace=old.namespace, name=old.name)
        recorder = self._context.recorder
        await recorder.write(pod.delete, "to delete the former reboot pod")  # also if it still runs
        await recorder.write(pod.withdraw, "to clear the former reboot pod away")

    def _words(self) -> str:
        if self._exec is not None:
            return "Rebooting the node: a command in kured's pod."
        if self._pod is None:
            return "Handing the node over to be rebooted by hand."
        return f"Rebooting the node: pod {self._pod}."

    def _body(self, pod: RebootPod, boot_id: str) -> JsonObject:
        context = self._context
        return reboot_pod_body(
            name=pod.name,
            node=context.name,
            boot_id=boot_id,
            operation=context.recorder.operation,
            place=self._place,
            options=context.options,
        )
