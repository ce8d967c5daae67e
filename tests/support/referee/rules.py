"""What is judged, and how the judgement is put."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What must not happen."""

    TOO_MANY_OWNERS = "more owners in the lock than allowed"
    UNREADABLE_LOCK = "something that is no lock in its place"
    REBOOTED_UNLOCKED = "a node went down without a lock for it"
    REBOOTED_NOT_HANDED_OVER = "a node went down while the lock was still held as kuredtui:N"
    REBOOTED_UNCORDONED = "a node went down that was not cordoned"
    REBOOTED_UNDRAINED = "a node went down with pods on it"
    REBOOTED_WITH_LATE_PODS = "a node went down with pods that were bound to it after its cordon"
    REBOOTED_TWICE = "a node went down twice under one lock"
    CORDONED_UNLOCKED = "a node was cordoned without a lock for it"
    RELEASED_CORDONED = "the lock was released while the node was still cordoned"
    CORDON_LOST = "a node that an operator had cordoned was uncordoned"
    CORDON_LEFT = "a node was left cordoned"
    LOCK_LEFT = "a lock was left behind"
    JOURNAL_LEFT = "a journal was left behind"
    REBOOT_POD_LEFT = "a reboot pod was left behind"
    BLIND = "the referee has missed something"


class Actor(StrEnum):
    """Whose lock it was."""

    KURED = "kured"
    OURS = "kuredtui"
    NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What holds in this test.

    Attributes:
        nodes: the nodes that are watched.
        allowed: how many owners the lock may have.
        cordoned: those that an operator has cordoned, and that must stay so.
        strangers: holders that are no nodes, such as `manual`, and stay.
        carrier: the name of the DaemonSet that carries the lock; "": of any that is seen.
    """

    nodes: frozenset[str]
    allowed: int
    cordoned: frozenset[str] = frozenset()
    strangers: frozenset[str] = frozenset()
    carrier: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One moment at which a rule did not hold."""

    fault: Fault
    by: Actor
    node: str = ""
    version: int = 0
    details: str = ""

    def __str__(self) -> str:
        return f"{self.version}: {self.node or 'lock'} ({self.by}): {self.fault} {self.details}"


@dataclass(kw_only=True)
class Verdict:
    """What a history comes to.

    Attributes:
        findings: in order.
        reboots: whose lock each reboot happened under, in order: (node, actor).
        most_owners: how many owners there were at most at once.
    """

    findings: list[Finding] = field(default_factory=list)
    reboots: list[tuple[str, Actor]] = field(default_factory=list)
    most_owners: int = 0

    def by(self, actor: Actor) -> int:
        """How many reboots happened under this actor's lock."""
        return sum(found is actor for _, found in self.reboots)

    def against(self, actor: Actor) -> list[Finding]:
        """What an actor did wrong."""
        return [finding for finding in self.findings if finding.by is actor]

    def told(self) -> str:
        """All findings, for an assertion's message."""
        return "\n".join(str(finding) for finding in self.findings)
