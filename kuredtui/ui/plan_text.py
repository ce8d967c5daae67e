"""What a drain would do, as lines: for the plan screen in full, for a question in short.

What forbids or holds up the drain comes first, then what is lost, then the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from kuredtui.cluster.forecast import Outlook
from kuredtui.engine.plan import Action, Plan
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.policy import Answer
    from kuredtui.engine.plan import PlannedPod

EMPTY: Line = (("", Tone.PLAIN),)
# Pods named in a question before the rest is only counted.
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What is known of one node's drain before it.

    Attributes:
        node: its name.
        plan: what becomes of its pods; None where that cannot be seen.
        policy: what each hook says of its reboot; nothing for a drain without one.
        failure: why the plan could not be made, as a sentence.
        refusal: why the operation cannot be started at all, as a sentence.
    """

    node: str
    plan: Plan | None = None
    policy: Sequence[Answer] = ()
    failure: str = ""
    refusal: str = ""

    @property
    def waits(self) -> list[Answer]:
        """The hooks that keep it waiting."""
        return [answer for answer in self.policy if not answer.go]


def plan_lines(found: Foreseen, *, override: Iterable[str]) -> list[Line]:
    """All of it; `override` is what of the policy is set aside."""
    lines: list[Line] = [((f"{clean(found.node)}  ", Tone.STRONG), _verdict(found))]
    if found.refusal:
        lines.append(_fact("REFUSED", Tone.BAD, found.refusal))
    lines += _policy(found, set(override))
    if found.plan is None:
        return [*lines, _fact("UNKNOWN", Tone.BAD, found.failure)]
    plan = found.plan
    if plan.pod_selector:
        lines.append(_fact("ONLY", Tone.WAIT, f"pods with {plan.pod_selector} are looked at"))
    lines += [_fact("WARNING", Tone.WAIT, text) for text in plan.warnings]
    slow = _with(plan, Outlook.SLOW)
    unknown = _with(plan, Outlook.UNKNOWN)
    passing = [
        pod
        for pod in plan.to_go
        if pod.outlook not in (Outlook.NEVER, Outlook.SLOW, Outlook.UNKNOWN)
    ]
    groups = (
        ("REFUSED", Tone.BAD, plan.refused, lambda pod: pod.reason),
        ("NEVER", Tone.BAD, plan.stranded, lambda pod: pod.budget_reason),
        ("UNKNOWN", Tone.WAIT, unknown, lambda pod: "its budgets could not be read"),
        ("SLOW", Tone.WAIT, slow, lambda pod: pod.budget_reason),
        ("LOSES", Tone.WAIT, plan.losing, lambda pod: f"emptyDir {', '.join(pod.loses)}"),
        ("FOR GOOD", Tone.WAIT, plan.uncontrolled, lambda pod: "no controller brings it back"),
        ("evict", Tone.GOOD, passing, _passing),
        ("keep", Tone.DIM, plan.kept, lambda pod: pod.reason),
    )
    for word, tone, pods, why in groups:
        lines += [_pod(word, tone, pod, why(pod)) for pod in pods]
    return lines


def summary_lines(found: Sequence[Foreseen], *, override: Iterable[str] = ()) -> list[Line]:
    """A few lines for a question about these nodes."""
    plans = [item.plan for item in found if item.plan is not None]
    gone, kept = (
        sum(map(len, pods)) for pods in ([p.to_go for p in plans], [p.kept for p in plans])
    )
    counts = f"{_pods(gone, 'go', 'goes')}, {_pods(kept, 'stay', 'stays')}"
    lines: list[Line] = [(("  · ", Tone.DIM), (counts, Tone.PLAIN))]
    where = " of their nodes" if len(found) > 1 else ""
    groups = (
        (_bad, [p.refused for p in plans], ("forbid", "forbids"), f"the drain{where}"),
        (_bad, [p.stranded for p in plans], ("will never pass", "will never pass"), "a budget"),
        (
            _worry,
            [_with(p, Outlook.SLOW) for p in plans],
            ("will wait", "will wait"),
            "for a budget",
        ),
        (_worry, [p.losing for p in plans], ("lose", "loses"), "the data in an emptyDir"),
        (_worry, [p.uncontrolled for p in plans], ("are", "is"), "gone for good"),
    )
    for say, by_plan, verbs, rest in groups:
        if pods := list(chain.from_iterable(by_plan)):
            lines.append(say(f"{_pods(len(pods), *verbs)} {rest}: {_named(pods)}"))
    lines += map(_worry, dict.fromkeys(text for plan in plans for text in plan.warnings))
    lines += [_bad(f"{item.node}: {item.failure}") for item in found if item.plan is None]
    return [*lines, *_held_back(found, set(override))]


def _held_back(found: Sequence[Foreseen], override: set[str]) -> list[Line]:
    """What the policy says, once for all nodes of which it says the same."""
    nodes = Counter((answer.hook, answer.reason) for item in found for answer in item.waits)
    lines = []
    for (hook, reason), count in nodes.items():
        who = "it will wait" if len(found) == 1 else f"{count} of them will wait"
        lines.append(_worry(f"{'overridden' if hook in override else who}: {reason}"))
    return lines


def _verdict(found: Foreseen) -> tuple[str, Tone]:
    plan = found.plan
    if plan is None:
        return ("what its drain would do cannot be seen", Tone.BAD)
    counts = f"{_pods(len(plan.to_go))} to go, {len(plan.kept)} kept"
    if plan.refused:
        return (f"the drain would not begin: {len(plan.refused)} refused; {counts}", Tone.BAD)
    if plan.stranded:
        return (f"the drain would not end: {len(plan.stranded)} held for good; {counts}", Tone.BAD)
    if slow := _with(plan, Outlook.SLOW):
        return (f"{counts}, {len(slow)} slow", Tone.WAIT)
    return (counts, Tone.GOOD)


def _policy(found: Foreseen, override: set[str]) -> list[Line]:
    lines = []
    for answer in found.policy:
        if answer.go:
            lines.append(_fact("policy", Tone.GOOD, f"{answer.hook}: go"))
        elif answer.hook in override:
            text = f"{answer.hook} is overridden in this run: {answer.reason}"
            lines.append(_fact("policy", Tone.WAIT, text))
        else:
            lines.append(_fact("WAITS", Tone.WAIT, f"{answer.hook}: {answer.reason}"))
    return lines


def _with(plan: Plan, outlook: Outlook) -> list[PlannedPod]:
    return [pod for pod in plan.to_go if pod.outlook is outlook]


def _passing(pod: PlannedPod) -> str:
    what = "is deleted, no budget is asked" if pod.action is Action.DELETE else ""
    return ", ".join(filter(None, (pod.controller, pod.reason, what, pod.budget_reason)))


def _pod(word: str, tone: Tone, pod: PlannedPod, why: str) -> Line:
    quiet = tone in (Tone.GOOD, Tone.DIM)
    text = clean(f"{pod.full_name}  {why}".rstrip())  # one piece, so that it wraps under itself
    return ((f"  {word:<9}", tone), (text, Tone.DIM if quiet else Tone.PLAIN))


def _fact(word: str, tone: Tone, text: str) -> Line:
    return ((f"  {word:<9}", tone), (clean(text), Tone.PLAIN))


def _bad(text: str) -> Line:
    return (("  ! ", Tone.BAD), (clean(text), Tone.BAD))


def _worry(text: str) -> Line:
    return (("  ! ", Tone.WAIT), (clean(text), Tone.PLAIN))


def _named(pods: Sequence[PlannedPod]) -> str:
    names = ", ".join(pod.full_name for pod in pods[:_MOST_NAMED])
    return names + (f" and {len(pods) - _MOST_NAMED} more" if len(pods) > _MOST_NAMED else "")


def _pods(count: int, verb: str = "", verb_of_one: str = "") -> str:
    """So many pods, and what they do."""
    noun, doing = ("pod", verb_of_one) if count == 1 else ("pods", verb)
    return f"{count} {noun} {doing}".rstrip()
