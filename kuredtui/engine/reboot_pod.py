"""The pod that reboots its node: created, followed, and taken back for certain (DESIGN 8).

What becomes of the pod proves nothing about the reboot. But a pod that is gone, by its UID, after a graceful
deletion, and whose containers never ran, has told its node nothing and never will.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from enum import Enum, auto
from typing import NamedTuple

from kuredtui.engine.journal import JournalPod
from kuredtui.kube.client import Client
from kuredtui.kube.errors import (
    AlreadyExists,
    ApiError,
    Conflict,
    NotFound,
    NotSent,
    Unreachable,
)
from kuredtui.kube.json import JsonObject
from kuredtui.kube.listwatch import Changed, ListWatch, Replaced
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod

# How long a kubelet is given to confirm that a pod is gone; one that works takes a second or two.
_GONE_SECONDS = 30.0
# How long a request whose answer we did not get may still be carried out: an API server gives up after a
# minute (its --request-timeout), and a line that was dead delivers what was sent when it lives again.
_LATE_SECONDS = 60.0
# What something on the way says when it does not know what became of a request, and an API server whose
# handler still runs.
_NOBODY_KNOWS = (502, 504)


class Sight(NamedTuple):
    """What was seen of the pod.

    Attributes:
        pod: as it is; when it is gone, as it last was, or None if that was not seen.
        gone: whether it is not there any more.
    """

    pod: Pod | None
    gone: bool = False


class Fate(Enum):
    """What became of a pod that was taken back.

    NEVER_RAN: it is gone, and has told its node nothing.
    RAN: it is gone, and ran, or nobody saw that it did not.
    THERE: it runs, or its kubelet does not let it go.
    """

    NEVER_RAN = auto()
    RAN = auto()
    THERE = auto()


class RebootPod:
    """The pod of one operation.

    Args:
        client: the API.
        namespace, name: of the pod.
        uid: as far as it is known.
    """

    def __init__(self, client: Client, *, namespace: str, name: str, uid: str = "") -> None:
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self._client = client
        self._late_until: float | None = None  # a creation without an answer may come until then

    @classmethod
    def of(cls, client: Client, found: JournalPod | None) -> RebootPod | None:
        """The pod that a journal tells of; None when it tells of none."""
        if found is None:
            return None
        return cls(client, namespace=found.namespace, name=found.name, uid=found.uid)

    def __str__(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}/{self.name}"

    async def try_out(self, body: JsonObject) -> None:
        """Ask the API server whether it would take the pod; nothing is created.

        Raises:
            ApiError: it would not: pod security, quota, rights, a missing namespace.
        """
        await self._client.create(PODS, body, namespace=self.namespace, dry_run=True)

    async def create(self, body: JsonObject) -> None:
        """Create the pod: from here on the node may go down at any time. Safe to repeat."""
        try:
            pod = await self._client.create(PODS, body, namespace=self.namespace)
        except AlreadyExists:  # an earlier try has reached the server after all
            await self.find()
            return
        except (ApiError, Unreachable, asyncio.CancelledError) as error:
            if _leaves_doubt(error):
                self._late_until = time.monotonic() + _LATE_SECONDS
            raise
        self.uid = pod.metadata.uid

    @property
    def may_come(self) -> float:
        """Seconds for which the pod may still appear, since its creation was not answered; 0: not at all."""
        if self.uid or self._late_until is None:
            return 0.0
        return max(0.0, self._late_until - time.monotonic())

    async def find(self) -> Pod | None:
        """The pod as it is now, or None when there is none."""
        try:
            pod = await self._client.get(PODS, self.name, namespace=self.namespace)
        except NotFound:
            return None
        if self.uid not in ("", pod.metadata.uid):
            return None
        self.uid = pod.metadata.uid
        return pod

    async def delete(self) -> None:
        """Ask the kubelet to end the pod; nothing happens when it is gone."""
        try:
            await self._client.delete(
                PODS, self.name, namespace=self.namespace, uid=self.uid or None
            )
        except (NotFound, Conflict):
            return

    async def follow(self) -> AsyncGenerator[Sight]:
        """The pod each time it changes, to its end."""
        events = ListWatch(
            self._client,
            PODS,
            namespace=self.namespace,
            field_selector=f"metadata.name={self.name}",
        ).events()
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Replaced):
                    mine = [pod for pod in event.items if self._is_mine(pod)]
                    yield Sight(mine[0]) if mine else Sight(None, gone=True)
                elif isinstance(event, Changed):
                    for change in event.changes:
                        if self._is_mine(change.object):
                            yield Sight(change.object, gone=change.deleted)

    async def withdraw(self) -> Fate:
        """Delete the pod and see it gone; return sooner when it runs, for then it is too late.

        One that `may_come` is waited for: created after it was found missing, it would reboot a node that
        was given back.

        One that is seen to run is left alone: killed in the middle, nobody would know what it has told.
        """
        await self._see_whether_it_comes()
        deleted = False
        try:
            async with asyncio.timeout(_GONE_SECONDS), aclosing(self.follow()) as sights:
                async for pod, gone in sights:
                    if gone:
                        # Without a pod: was there ever one? A UID that somebody knew says so.
                        never_ran = not has_run(pod) if pod is not None else not self.uid
                        return Fate.NEVER_RAN if never_ran else Fate.RAN
                    if pod is not None and has_run(pod) and not is_over(pod):
                        return Fate.THERE
                    if not deleted:
                        deleted = True
                        await self.delete()
        except TimeoutError:
            return Fate.THERE
        raise AssertionError("a list-watch does not end")

    async def _see_whether_it_comes(self) -> None:
        if not self.may_come:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self.may_come), aclosing(self.follow()) as sights:
                async for pod, _ in sights:
                    if pod is not None:
                        return

    def _is_mine(self, pod: Pod) -> bool:
        if not self.uid:
            self.uid = pod.metadata.uid
        return pod.metadata.uid == self.uid


def _leaves_doubt(error: BaseException) -> bool:
    """Whether a creation that failed so may be carried out later."""
    match error:
        case NotSent():
            return False
        case ApiError():
            return error.status in _NOBODY_KNOWS
        case _:
            return True


def has_run(pod: Pod) -> bool:
    """Whether one of its containers ran, be it for a moment."""
    return any(
        state.running is not None
        or (state.terminated is not None and state.terminated.started_at is not None)
        for status in pod.status.container_statuses
        for state in (status.state, status.last_state)
    )


def is_over(pod: Pod) -> bool:
    """Whether nothing in it will run any more."""
    return pod.status.phase in ("Succeeded", "Failed")


def why_not_running(pod: Pod) -> str:
    """What keeps a pod from starting, or how it ended, in the words of the cluster."""
    for status in pod.status.container_statuses:
        waiting, terminated = status.state.waiting, status.state.terminated
        if waiting is not None:
            return f"{waiting.reason}: {waiting.message}".rstrip(": ")
        if terminated is not None and terminated.started_at is not None:
            text = f"its container ended with exit code {terminated.exit_code}"
            return f"{text} ({terminated.message})" if terminated.message else text
    if pod.status.reason or pod.status.message:
        return f"{pod.status.reason}: {pod.status.message}".strip(": ")
    for condition in pod.status.conditions:
        if condition.status == "False" and condition.message:
            return f"{condition.reason}: {condition.message}"
    return "the kubelet has not taken it up"
