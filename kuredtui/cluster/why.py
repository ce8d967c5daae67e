"""Why a node still waits for its reboot: one sentence, and what it rests on.

What is known comes in as the answers of those who decide in an operation, the policy's hooks and the lock, so
it cannot say something else than an operation would. Here it is only put into an order: what has to go first
is the sentence, everything else a fact beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from kuredtui.cluster.kured_found import FoundKured
from kuredtui.cluster.kured_metric import SOURCE as METRIC
from kuredtui.cluster.lock_value import PAUSE_NODE_ID, LockEntry
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer


class Cause(StrEnum):
    """What stands in the way; the first that applies is the sentence."""

    OPERATION = "operation"
    """Somebody is at work on it, or has left an operation on it."""
    NOT_HERE = "not rebootable here"
    FAILED = "failed"
    KURED_AT_WORK = "kured at work"
    NO_KURED = "kured not on it"
    POLICY = "policy"
    PAUSED = "kured paused"
    GHOST = "ghost lock"
    LOCK = "lock"
    DRAIN = "drain"
    """Its drain could not begin, or would never end."""
    UNSEEN = "unseen"
    """No source tells whether it waits at all."""
    QUEUED = "queued"
    """It is in the queue of a rollout of ours."""
    KURED_SEES_NONE = "kured sees no need"
    FREE = "free"
    """Nothing does: it waits for the next look of its kured, or for somebody."""


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why one node waits.

    Attributes:
        cause: what kind of thing stands in the way.
        sentence: what does; may hold text from the cluster.
        brief: the same in a few words, for a table.
        named: the name in which these end, such as that of the node that holds the lock; "" for none.
        facts: what else there is to know, as sentences.
        opens_at: when the window opens that it waits for; None where there is no such moment.
    """

    cause: Cause
    sentence: str
    brief: str
    named: str = ""
    facts: tuple[str, ...] = ()
    opens_at: datetime | None = None


class LockSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The lock that the node would need, as it was last seen.

    Attributes:
        why_not: why it cannot be had, in the engine's words; "" if it can, or is not known.
        entries: who holds it.
        ghosts: those of them whose nodes are gone.
        unseen: why it cannot be seen, as a sentence; "" if it can.
    """

    why_not: str = ""
    entries: tuple[LockEntry, ...] = ()
    ghosts: tuple[LockEntry, ...] = ()
    unseen: str = ""

    @property
    def paused(self) -> bool:
        """Whether an operator holds it to pause kured: only people leave out when they took it."""
        return any(entry.node_id == PAUSE_NODE_ID for entry in self.entries) or any(
            not entry.created for entry in self.ghosts
        )


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a node that waits.

    Attributes:
        node: as it is.
        kured: the one whose settings count for it; None: there is none, or it is not known.
        runs_kured: whether a kured answers on it; None: not known.
        answers: of the policy's hooks, as far as they know.
        lock: see `LockSeen`.
        at_work: what is being done, as a sentence: by us, or by the journal on it; "" for nothing.
        at_work_brief: the same in a few words.
        failures: how often our reboot of it failed since it last succeeded.
        failure: why the last one did, as a sentence.
        queued: that a rollout of ours has it in its queue, as a sentence; "" if none has.
        rights: why we may not reboot it, as a sentence; "" if we may.
        drain: why its drain could not begin or would not end, as sentences; looked at on demand alone.
    """

    node: NodeRecord
    kured: FoundKured | None = None
    runs_kured: bool | None = None
    answers: Sequence[Answer] = ()
    lock: LockSeen = LockSeen()
    at_work: str = ""
    at_work_brief: str = ""
    failures: int = 0
    failure: str = ""
    queued: str = ""
    rights: str = ""
    drain: Sequence[str] = ()


def waits(node: NodeRecord, *, at_work: str) -> bool:
    """Whether there is anything to explain: of most nodes there is not, and thousands are asked about.

    Args:
        node: the node.
        at_work: what is being done on it; "" for nothing.
    """
    return node.pending.state != "no" or bool(at_work)


def explain(known: Known) -> Why | None:
    """Why the node waits; None where it does not, as far as anybody knows."""
    if not waits(known.node, at_work=known.at_work):
        return None
    reasons = [*_reasons(known), _nothing(known)]
    first, *others = reasons
    facts = [why.sentence for why in others if why.cause is not Cause.FREE]
    facts += _beside(known)
    return msgspec.structs.replace(first, facts=tuple(dict.fromkeys([*first.facts, *facts])))


def _reasons(known: Known) -> Iterator[Why]:
    """All that stands in the way, in the order in which it would have to go."""
    node = known.node
    if known.at_work:
        yield Why(cause=Cause.OPERATION, sentence=known.at_work, brief=known.at_work_brief)
    if node.pending.state == "unknown":
        yield Why(cause=Cause.UNSEEN, sentence=_unseen(node), brief="no source tells")
    if not node.rebootable:
        reason = node.not_rebootable_reason
        said = f"It cannot be rebooted from here: {reason}."
        yield Why(cause=Cause.NOT_HERE, sentence=said, brief=reason)
    if known.failures:
        yield _failed(known)
    yield from _of_kured(known)
    yield from _of_policy(known.answers)
    if known.lock.why_not and _of_itself(known) is None:
        yield _locked(known.lock)
    for said in known.drain:
        yield Why(cause=Cause.DRAIN, sentence=said, brief="drain would not end")
    if known.queued:
        yield Why(cause=Cause.QUEUED, sentence=known.queued, brief="in the rollout")
    yield from _seen_by_others(node)


def _unseen(node: NodeRecord) -> str:
    why = node.pending.detail or "no source tells (kured, our sentinel or a node condition would)"
    return f"Whether it waits for a reboot is not known: {why}."


def _failed(known: Known) -> Why:
    often = {1: "once", 2: "twice"}.get(known.failures, f"{known.failures} times")
    return Why(
        cause=Cause.FAILED,
        sentence=f"Its reboot failed {often}: {known.failure}",
        brief=f"failed {often}",
    )


def _of_itself(known: Known) -> LockEntry | None:
    """Who holds the lock in the node's own name: its kured, or an operation that has told it to reboot."""
    return next((entry for entry in known.lock.entries if entry.node_id == known.node.name), None)


def _of_kured(known: Known) -> Iterator[Why]:
    node = known.node
    held = _of_itself(known)
    if held is not None and node.operation is None:
        said = f"Its kured is at work on it, and holds the lock: {held.describe()}."
        yield Why(cause=Cause.KURED_AT_WORK, sentence=said, brief="kured at work")
    if known.kured is None:
        return
    if known.runs_kured is False:
        said = f"{known.kured.title} does not run on it, so nobody reboots it by itself."
        yield Why(cause=Cause.NO_KURED, sentence=said, brief="no kured on it")


def _seen_by_others(node: NodeRecord) -> Iterator[Why]:
    """Its kured looks once a minute, so for a moment after a patch it is only late."""
    if node.pending.state == "yes" and any(
        report.source == METRIC and report.state == "no" and report.boot_id == node.boot_id
        for report in node.reports
    ):
        said = f"Its kured saw no need of a reboot when it looked last; {node.pending.source} does."
        yield Why(cause=Cause.KURED_SEES_NONE, sentence=said, brief="not seen by kured")


def _of_policy(answers: Sequence[Answer]) -> Iterator[Why]:
    for answer in answers:
        if not answer.go:
            yield Why(
                cause=Cause.POLICY,
                sentence=answer.reason,
                brief=brief_of(answer),
                named=_first_of(answer),
                opens_at=answer.opens_at,
            )


def brief_of(answer: Answer) -> str:
    """Why the node waits, by one of the policy's answers, in a few words."""
    facts, name = answer.facts, str(answer.hook).replace("-", " ")
    if answer.opens_at is not None:
        return f"window opens {answer.opens_at:%a %H:%M} UTC"
    if "window" in facts:
        return "window never opens"
    if "alerts" in facts:
        return f"alert {_first_of(answer)}"
    if "pods" in facts:
        return f"pod {_first_of(answer)}"
    return answer.reason if len(answer.reason) < len(name) else name


def _first_of(answer: Answer) -> str:
    """The name of the first alert or pod that holds the node back; "" where there is none."""
    return str(answer.facts.get("first", ""))


def _locked(lock: LockSeen) -> Why:
    if lock.paused:
        said = f"kured is paused. {lock.why_not}"
        return Why(cause=Cause.PAUSED, sentence=said, brief="kured paused")
    # What it is, and how many, first: a narrow column cuts the names.
    if lock.ghosts:
        names = [entry.node or "nobody" for entry in lock.ghosts]
        return _held(Cause.GHOST, "ghost lock", names, lock)
    return _held(Cause.LOCK, "lock", [entry.node for entry in lock.entries], lock)


def _held(cause: Cause, what: str, names: Sequence[str], lock: LockSeen) -> Why:
    if len(names) > 1:
        brief, named = f"{len(names)} {what}s: {', '.join(names)}", ""
    else:
        named = "".join(names)
        brief = f"{what}: {named}" if named else what
    return Why(cause=cause, sentence=lock.why_not, brief=brief, named=named)


def _nothing(known: Known) -> Why:
    if known.kured is not None and known.runs_kured:
        said = f"Nothing stands in its way: its kured {known.kured.looks}, and reboots it then if "
        said += "the lock is still free."
        return Why(cause=Cause.FREE, sentence=said, brief="kured's next look")
    said = "Nothing stands in its way: it waits for somebody to reboot it."
    return Why(cause=Cause.FREE, sentence=said, brief="nobody's turn yet")


def _beside(known: Known) -> Iterator[str]:
    """What keeps nobody from anything, or is more about what was said."""
    node = known.node
    if known.lock.unseen:
        yield known.lock.unseen
    if node.status != "Ready":
        yield f"It is not Ready ({node.status}), so a kured on it can do nothing."
    if known.rights:
        yield known.rights
    for answer in known.answers:
        if "unseen" in answer.facts:
            yield f"Not seen: {answer.facts['unseen']}."
