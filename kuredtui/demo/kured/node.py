"""What kured writes to its node: annotations, labels, the cordon and the taint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kuredtui.demo.kured.client import FAILED, RAW_NODES, ClientGo
from kuredtui.demo.kured.fatal import Fatal
from kuredtui.kube.client import PatchKind
from kuredtui.kube.json import JsonObject

_PREFER_NO_SCHEDULE = "PreferNoSchedule"


class NodeWriter:
    """Reads and writes one node."""

    def __init__(self, api: ClientGo, name: str) -> None:
        self._api = api
        self._name = name

    async def read(self) -> JsonObject:
        """The node as it is now."""
        return await self._api.call(lambda: self._api.client.get(RAW_NODES, self._name))

    async def annotate(self, annotations: Mapping[str, str]) -> None:
        """Set annotations, by a patch that is the whole node, and so a compare-and-swap."""
        node = await self.read()
        known = node["metadata"].get("annotations")
        if known is None:
            raise Fatal("assignment to entry in nil map", exit_code=2)
        body = {**node, "metadata": {**node["metadata"], "annotations": {**known, **annotations}}}
        await self._patch(body, kind="strategic")

    async def remove_annotation(self, name: str) -> None:
        """Remove an annotation, which has to be there."""
        path = "/metadata/annotations/" + name.replace("/", "~1")
        await self._patch([{"op": "remove", "path": path}], kind="json")

    async def label(self, labels: Sequence[str]) -> None:
        """Set labels given as `key=value`; what goes wrong is only logged."""
        values = {}
        for label in labels:
            key, equals, rest = label.partition("=")
            if not equals:
                raise Fatal("index out of range [1] with length 1", exit_code=2)
            values[key] = rest.partition("=")[0]
        try:
            await self._patch({"metadata": {"labels": values}}, kind="strategic")
        except FAILED:
            return

    async def cordon(self, node: JsonObject, *, unschedulable: bool) -> None:
        """Cordon or uncordon, judged by what is known of the node, which then knows better.

        kubectl's helper does not look again: a node it believes to be so already is not written.
        """
        spec: JsonObject = node["spec"]
        if bool(spec.get("unschedulable")) == unschedulable:
            return
        change = {"spec": {"unschedulable": True if unschedulable else None}}
        answer = await self._patch(change, kind="strategic")
        spec["unschedulable"] = bool(answer["spec"].get("unschedulable"))

    async def patch_taints(self, operations: Sequence[Mapping[str, object]]) -> None:
        """Apply a JSON patch."""
        await self._patch(operations, kind="json")

    async def _patch(
        self, patch: Mapping[str, object] | Sequence[Mapping[str, object]], *, kind: PatchKind
    ) -> JsonObject:
        return await self._api.call(
            lambda: self._api.client.patch(RAW_NODES, self._name, patch, kind=kind)
        )


class Taint:
    """The taint of a node that waits for its reboot (pkg/taints); any failure ends the daemon.

    Use `find` to make one.
    """

    def __init__(self, node: NodeWriter, key: str, *, exists: bool) -> None:
        self._node = node
        self._key = key
        self._exists = exists

    @classmethod
    async def find(cls, node: NodeWriter, key: str) -> Taint:
        """The taint as the node has it now; the node is read even when there is no key."""
        taint = cls(node, key, exists=False)
        taint._exists = taint._index(await taint._read()) is not None
        return taint

    async def enable(self) -> None:
        """Put the taint on, unless it is believed to be there."""
        if self._key and not self._exists:
            await self._write(wanted=True)
            self._exists = True

    async def disable(self) -> None:
        """Take the taint off, unless it is believed not to be there."""
        if self._key and self._exists:
            await self._write(wanted=False)
            self._exists = False

    async def _write(self, *, wanted: bool) -> None:
        node = await self._read()
        index = self._index(node)
        if (index is not None) == wanted:
            return
        taint = {"key": self._key, "effect": _PREFER_NO_SCHEDULE}
        if not node["spec"].get("taints"):
            operations: list[Mapping[str, object]] = [
                {"op": "test", "path": "/spec", "value": node["spec"]},
                {"op": "add", "path": "/spec/taints", "value": []},
                {"op": "add", "path": "/spec/taints/-", "value": taint},
            ]
        elif index is None:
            operations = [{"op": "add", "path": "/spec/taints/-", "value": taint}]
        else:
            operations = [
                {"op": "test", "path": f"/spec/taints/{index}", "value": taint},
                {"op": "remove", "path": f"/spec/taints/{index}"},
            ]
        try:
            await self._node.patch_taints(operations)
        except FAILED as error:
            raise Fatal(f"Error patching taint: {error}") from error

    def _index(self, node: JsonObject) -> int | None:
        taints = node["spec"].get("taints") or []
        return next((i for i, taint in enumerate(taints) if taint.get("key") == self._key), None)

    async def _read(self) -> JsonObject:
        try:
            return await self._node.read()
        except FAILED as error:
            raise Fatal(f"Error reading node: {error}") from error
