"""Events on the node object for each phase of an operation, so that `kubectl describe node` tells the story.

A reader of the stream of records: whatever becomes of an event, the operation does not notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.operation_event import COMPONENT, signed
from kuredtui.engine.phase_changes import PhaseChanges
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import Progress
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, ReadOnlyError, Unreachable, explain
from kuredtui.kube.json import JsonObject
from kuredtui.kube.resources import EVENTS

# Where events about objects without a namespace have to be (core/v1 validation).
EVENT_NAMESPACE = "default"
_TIMEOUT_SECONDS = 10.0
_OVERRIDDEN = "Overridden"


class NodeEvents:
    """Writes one event when an operation enters a phase, and when it sets aside what an operator overrode.

    Args:
        client: the API; nothing is written while it is read-only.
        owner: who acts, `user@host`; every event names them.
        find: the node of a name, if there is one.
        publish: told once each time that events cannot be written for another reason.
    """

    def __init__(
        self,
        client: Client,
        *,
        owner: str,
        find: Callable[[str], NodeRecord | None],
        publish: Callable[[Progress], None],
    ) -> None:
        self._client = client
        self._owner = owner
        self._find = find
        self._publish = publish
        self._changes = PhaseChanges()
        self._trouble = ""

    async def __call__(self, records: list[Progress]) -> None:
        """Write what is to be written of these records."""
        for record in records:
            phase = self._changes.entered(record)
            if self._client.read_only:
                continue
            if phase is not None:
                await self._write(record, event_reason(phase))
            elif "override" in record.fields:
                await self._write(record, _OVERRIDDEN)

    async def _write(self, record: Progress, reason: str) -> None:
        body = self._body(record, reason)
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                await self._client.create(EVENTS, body, namespace=EVENT_NAMESPACE)
        except (ApiError, Unreachable, ReadOnlyError, TimeoutError) as error:
            trouble = f"Events on nodes cannot be written: {explain(error)}"
            if trouble != self._trouble:
                self._publish(Progress(message=trouble, level="warning"))
            self._trouble = trouble
        else:
            self._trouble = ""

    def _body(self, record: Progress, reason: str) -> JsonObject:
        node = self._find(record.node)
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{record.node}."},
            # kubectl looks for the UID, and for the name in its place, as kubelets write it.
            "involvedObject": {
                "apiVersion": "v1",
                "kind": "Node",
                "name": record.node,
                "uid": node.uid if node else record.node,
            },
            "type": "Warning" if record.level in ("warning", "error") else "Normal",
            "reason": reason,
            "message": signed(record.message, owner=self._owner, operation=record.operation),
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "source": {"component": COMPONENT},
            "reportingComponent": COMPONENT,
            "reportingInstance": self._owner,
        }


def event_reason(phase: Phase) -> str:
    """The phase as a reason is written: `Draining`, `OperationDone`."""
    return f"Operation{phase.title()}" if phase.finished else phase.title()
