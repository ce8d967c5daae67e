"""Which kureds run in a cluster, as far as that may be seen, and what is worth saying of their settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from urllib.parse import urlsplit, urlunsplit

from kuredtui.cluster.kured import kured_container
from kuredtui.cluster.kured_settings import KuredSettings, read_kured_settings
from kuredtui.kube.goflags.kinds import Hidden
from kuredtui.kube.goflags.reading import Reading
from kuredtui.kube.types import DaemonSet

# The downward API tells each kured its own; nobody else needs it.
_ITS_OWN = "node-id"


@dataclass(frozen=True, kw_only=True)
class FoundKured:
    """A DaemonSet that runs kured.

    Attributes:
        namespace, name, uid: of the DaemonSet.
        version: the tag of its image; "" without one.
        reading: its settings.
        ready, wanted: on how many nodes it is ready, and on how many it should be.
    """

    namespace: str
    name: str
    uid: str
    version: str
    reading: Reading[KuredSettings]
    ready: int
    wanted: int

    @classmethod
    def of(cls, daemonset: DaemonSet) -> FoundKured:
        """The kured of a DaemonSet."""
        metadata, container = daemonset.metadata, kured_container(daemonset)
        image = container.image.partition("@")[0] if container else ""
        return cls(
            namespace=metadata.namespace,
            name=metadata.name,
            uid=metadata.uid,
            version=image.rpartition("/")[2].partition(":")[2],
            reading=read_kured_settings(daemonset),
            ready=daemonset.status.number_ready,
            wanted=daemonset.status.desired_number_scheduled,
        )

    @property
    def full_name(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def title(self) -> str:
        """`kured 1.23.0`."""
        return f"kured {self.version}".rstrip()

    def describe(self) -> str:
        """What runs where, and how it goes about its nodes, as a sentence."""
        most = self.reading.settings.max_owners
        many = f"{most} node{'' if most == 1 else 's'}"
        if "concurrency" in self.reading.elsewhere:
            many = "nobody knows how many"
        return (
            f"{self.title} runs here: DaemonSet {self.full_name}, ready on {self.ready} of {self.wanted} "
            f"nodes, {many} at a time, {self.looks}."
        )

    @property
    def looks(self) -> str:
        """How often it looks whether a node waits: `looks every 1h`."""
        if "period" in self.reading.elsewhere:
            return "looks nobody knows how often"
        return f"looks every {shown('period', self.reading.settings.period)}"

    def oddities(self) -> tuple[str, ...]:
        """What of its settings is not known or not understood here, as sentences."""
        reading, said = self.reading, []
        if reading.unknown_flags:
            flags = ", ".join(reading.unknown_flags)
            said.append(f"has flags that are not known here, and not respected: {flags}.")
        if reading.unread_variables:
            said.append(
                f"has variables that it does not read: {', '.join(reading.unread_variables)}."
            )
        whole = {where for where in reading.elsewhere.values() if where in reading.sources}
        said += [
            f"has its --{flag} from {where}, which is not read here."
            for flag, where in reading.elsewhere.items()
            if flag != _ITS_OWN and where not in whole
        ]
        if whole:
            where = ", ".join(sorted(whole))
            said.append(f"may have any of its settings from {where}, which is not read here.")
        if others := [where for where in reading.sources if where not in whole]:
            where = ", ".join(others)
            said.append(f"may have settings from {where}: never read here, and not respected.")
        said += [f"cannot start with its settings: {fault}" for fault in reading.faults]
        return tuple(f"kured {self.full_name} {sentence}" for sentence in said)


@dataclass(frozen=True, kw_only=True)
class KuredPresence:
    """Which kureds there are.

    Attributes:
        looked: whether somebody has looked yet.
        found: those that were seen, by namespace and name.
        unseen: why there may be others, as a sentence; "" if there are none.
    """

    looked: bool = False
    found: tuple[FoundKured, ...] = ()
    unseen: str = ""

    @property
    def brief(self) -> str:
        """For a header: `kured 1.23.0`, `no kured`, `2 kureds`, `kured?`; "" while nobody has looked."""
        if not self.looked:
            return ""
        if len(self.found) > 1:
            return f"{len(self.found)} kureds"
        if self.found:
            return self.found[0].title
        return "kured?" if self.unseen else "no kured"

    def describe(self) -> str:
        """Which ones, as sentences; "" while nobody has looked."""
        if not self.looked:
            return ""
        if len(self.found) > 1:
            names = ", ".join(kured.full_name for kured in self.found)
            said = f"Several kureds run here: {names}. For a node counts the one that runs on it."
        elif self.found:
            said = self.found[0].describe()
        else:
            said = "" if self.unseen else "No kured runs in this cluster."
        return f"{said} {self.unseen}".strip()


def changed_settings(
    before: Reading[KuredSettings], after: Reading[KuredSettings]
) -> Sequence[str]:
    """What is known to be set otherwise, in words such as `--concurrency 1 -> 2`; no secrets."""
    unknown = before.elsewhere.keys() | after.elsewhere.keys()
    changes = [
        (flag, f"{shown(field.name, old)} -> {shown(field.name, new)}")
        for field in fields(before.settings)
        if (flag := field.name.replace("_", "-")) not in unknown
        if (old := getattr(before.settings, field.name))
        != (new := getattr(after.settings, field.name))
    ]
    return [f"--{flag} {change}" for flag, change in changes]


def shown(field: str, value: object) -> str:
    """A setting of kured's as a person may see it: no secrets, and durations as Go writes them."""
    match value:
        case Hidden():
            return repr(value)
        case bool():
            return str(value).lower()
        case float():
            return _duration(value)
        case tuple():
            return ",".join(map(str, value)) or "(none)"
        case _ if field == "prometheus_url":
            return _without_password(str(value)) or "(none)"
        case _:
            return str(value) or "(none)"


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(not a URL)"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _duration(seconds: float) -> str:
    """`1h30m`, `90s` as `1m30s`, `0s`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours:g}h" if hours else "", f"{minutes:g}m" if minutes else ""]
    return "".join([*parts, f"{left:g}s" if left or seconds == 0 else ""])
