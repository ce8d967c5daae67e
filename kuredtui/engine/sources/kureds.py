"""Which kureds there are, looked for again and again, and what a person should know of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kuredtui.cluster.kured import runs_kured
from kuredtui.cluster.kured_found import FoundKured, KuredPresence, changed_settings
from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.engine.kured_defaults import differing_lock, with_kureds
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.progress import Level, Progress
from kuredtui.engine.signal import Signal
from kuredtui.engine.sources.kured_environment import KuredEnvironment, read_environment
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden
from kuredtui.kube.resources import DAEMONSETS
from kuredtui.kube.types import DaemonSet

# Where its manifest and its chart, by the usual instructions, install it.
_USUAL_NAMESPACES = (KuredSettings().ds_namespace, "kured")


class Kureds:
    """The DaemonSets that run kured.

    Args:
        client: the API server.
        engine, policy, notify: our settings; where they differ from a kured's, that is said.
        publish: told what a person should know.

    Attributes:
        presence: which ones there are, for whoever shows it.
        daemonsets: the same by namespace and name, as they would be started now (see `kured_environment`).
        changed: sent after each look at them.
    """

    def __init__(
        self,
        client: Client,
        *,
        engine: EngineOptions,
        policy: PolicyOptions,
        notify: NotifyOptions,
        publish: Callable[[Progress], None],
    ) -> None:
        self.presence = KuredPresence()
        self.daemonsets: dict[str, DaemonSet] = {}
        self.changed = Signal()
        self._client = client
        self._engine = engine
        self._policy = policy
        self._notify = notify
        self._publish = publish
        self._said: set[str] = set()

    def of(self, node_kured: str) -> DaemonSet | None:
        """The kured whose settings count for a node.

        Args:
            node_kured: the one whose pod runs on the node, by namespace and name; "" for none.
        """
        engine, usual = self._engine, KuredSettings()
        if engine.ds_name or engine.ds_namespace:
            named = f"{engine.ds_namespace or usual.ds_namespace}/{engine.ds_name or usual.ds_name}"
            return self.daemonsets.get(named)
        if len(self.daemonsets) == 1:
            return next(iter(self.daemonsets.values()))
        return self.daemonsets.get(node_kured)

    def found(self, daemonset: DaemonSet) -> FoundKured | None:
        """What was found of the DaemonSet."""
        uid = daemonset.metadata.uid
        return next((kured for kured in self.presence.found if kured.uid == uid), None)

    async def look(self) -> None:
        """Look for them anew.

        Raises:
            ApiError, Unreachable: the API server did not tell, for another reason than our rights.
        """
        unseen, seen = "", list[DaemonSet]()
        try:
            seen = (await self._client.list(DAEMONSETS)).items
        except Forbidden as error:
            refused = []
            for namespace in self._namespaces():
                try:
                    seen += (await self._client.list(DAEMONSETS, namespace=namespace)).items
                except Forbidden:
                    refused.append(namespace)
            allowed = [name for name in self._namespaces() if name not in refused]
            where = f"; looked into {', '.join(allowed)} alone" if allowed else ""
            unseen = f"{error.message}{where}."
        found = [await read_environment(self._client, item) for item in seen if runs_kured(item)]
        if unseen:
            here = "elsewhere" if found else "here"
            unseen = f"Whether a kured runs {here} cannot be seen: {unseen}"
        self._take(found, unseen)

    def _namespaces(self) -> list[str]:
        return list(dict.fromkeys(filter(None, (self._engine.ds_namespace, *_USUAL_NAMESPACES))))

    def _take(self, kureds: Sequence[KuredEnvironment], unseen: str) -> None:
        before = self.presence
        self.daemonsets = {_name(item.daemonset): item.daemonset for item in kureds}
        found = tuple(FoundKured.of(item) for _, item in sorted(self.daemonsets.items()))
        self.presence = KuredPresence(looked=True, found=found, unseen=unseen)
        if _who(before) != _who(self.presence) or before.unseen != unseen:
            self._say(self.presence.describe(), again=True)
        old = {kured.uid: kured for kured in before.found}
        for kured in found:
            if (known := old.get(kured.uid)) is not None:
                self._say_changes(known, kured)
            for sentence in (*kured.oddities(), *self._differing(kured)):
                self._say(sentence, level="warning")
        for sentence in (sentence for item in kureds for sentence in item.unread):
            self._say(sentence, level="warning")
        self.changed.send()

    def _say_changes(self, before: FoundKured, after: FoundKured) -> None:
        if changed := changed_settings(before.reading, after.reading):
            self._say(
                f"kured {after.full_name} is set otherwise now: {', '.join(changed)}. That counts for "
                "operations that begin from now on.",
                again=True,
            )
        if before.version != after.version:
            self._say(f"kured {after.full_name} is {after.title} now.", again=True)

    def _differing(self, kured: FoundKured) -> tuple[str, ...]:
        return (
            *differing_lock(self._engine, kured.reading.settings),
            *with_kureds(self._engine, kured.reading).differing,
            *with_kureds(self._policy, kured.reading).differing,
            *with_kureds(self._notify, kured.reading).differing,
        )

    def _say(self, message: str, *, level: Level = "info", again: bool = False) -> None:
        if again or message not in self._said:
            self._said.add(message)
            self._publish(Progress(message=message, level=level))


def _who(presence: KuredPresence) -> tuple[bool, tuple[str, ...]]:
    return presence.looked, tuple(kured.uid for kured in presence.found)


def _name(daemonset: DaemonSet) -> str:
    return f"{daemonset.metadata.namespace}/{daemonset.metadata.name}"
