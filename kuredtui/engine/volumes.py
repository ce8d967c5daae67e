"""The volumes of drained pods, seen detached: a pod that moves cannot mount its volume before that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import aclosing

from kuredtui.cluster.pods import claim_names
from kuredtui.engine.errors import first_error
from kuredtui.engine.recorder import Recorder
from kuredtui.engine.request_pace import RequestPace
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, NotFound
from kuredtui.kube.listwatch import Changed, ListWatch, Lost, Replaced
from kuredtui.kube.resources import PERSISTENT_VOLUME_CLAIMS, VOLUME_ATTACHMENTS
from kuredtui.kube.types import Pod, VolumeAttachment


class Volumes:
    """Which volumes the drained pods of one node had, and whether they are still attached to it.

    Args:
        client: the API.
        node: the node's name.
        recorder: is told what cannot be found out, and of each try that has to be repeated.
        pace: the cap on requests.
    """

    def __init__(self, client: Client, *, node: str, recorder: Recorder, pace: RequestPace) -> None:
        self._client = client
        self._node = node
        self._recorder = recorder
        self._pace = pace
        self._drained: set[str] = set()
        self._attached: dict[str, str] = {}  # name of a VolumeAttachment -> PersistentVolume

    async def note(self, pods: Iterable[Pod]) -> None:
        """Remember the volumes of pods that go; to be called while their claims are there."""
        self._drained |= await self._volumes_of(pods)

    async def detached(self, *, limit: float, staying: Iterable[Pod]) -> list[str]:
        """Wait until none of the volumes is attached.

        Args:
            limit: seconds to wait at most.
            staying: the pods that are still on the node; their volumes stay with them.

        Returns:
            The names of the PersistentVolumes that are still attached when the time is over; what
            could not be found out within it is not among them.
        """
        if not self._drained:
            return []
        try:
            async with asyncio.timeout(limit):
                await self._until_detached(self._drained - await self._volumes_of(staying))
        except TimeoutError:
            pass
        return sorted(set(self._attached.values()))

    async def _until_detached(self, wanted: set[str]) -> None:
        watch = ListWatch(self._client, VOLUME_ATTACHMENTS)
        async with aclosing(watch.events()) as events:
            async for event in events:
                match event:
                    case Replaced(items):
                        self._attached = {}
                        for item in items:
                            self._take_in(item, wanted, deleted=False)
                    case Changed(changes):
                        for change in changes:
                            self._take_in(change.object, wanted, deleted=change.deleted)
                    case Lost(error=Forbidden()):
                        self._recorder.say(
                            "Whether volumes are detached is not known: "
                            "we may not list volumeattachments."
                        )
                        return
                    case _:
                        continue
                if not self._attached:
                    return

    def _take_in(self, item: VolumeAttachment, wanted: set[str], *, deleted: bool) -> None:
        volume = item.spec.source.persistent_volume_name
        if item.spec.node_name != self._node or volume not in wanted:
            return
        if item.status.attached and not deleted:
            self._attached[item.metadata.name] = volume
        else:
            self._attached.pop(item.metadata.name, None)

    async def _volumes_of(self, pods: Iterable[Pod]) -> set[str]:
        claims = {(pod.metadata.namespace, name) for pod in pods for name in claim_names(pod)}
        try:
            async with asyncio.TaskGroup() as tasks:
                asked = [tasks.create_task(self._volume_of(*claim)) for claim in sorted(claims)]
        except ExceptionGroup as group:
            raise first_error(group) from None
        return {task.result() for task in asked} - {""}

    async def _volume_of(self, namespace: str, claim: str) -> str:
        """The PersistentVolume of a claim; "" where there is none, or nobody may know."""
        await self._pace.turn()
        try:
            found = await self._recorder.read(
                lambda: self._client.get(PERSISTENT_VOLUME_CLAIMS, claim, namespace=namespace),
                f"to read the claim {namespace}/{claim}",
            )
        except NotFound:
            return ""
        except Forbidden:
            self._recorder.say(
                f"Whether the volume of {namespace}/{claim} will be detached is not known: we may not "
                "read the claim."
            )
            return ""
        return found.spec.volume_name
