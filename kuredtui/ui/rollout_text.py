"""A rollout in words: how far it is, where each node stands, and what is known of the time that is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING

from kuredtui.engine.phases import Phase
from kuredtui.engine.rollout_entry import EntryState
from kuredtui.ui.ages import age, spoken
from kuredtui.ui.bars import bar
from kuredtui.ui.step_text import step_lines
from kuredtui.ui.text import clean, fit
from kuredtui.ui.tones import Line, Piece, Tone

if TYPE_CHECKING:
    from kuredtui.engine.drain_state import DrainState
    from kuredtui.engine.operation import Operation
    from kuredtui.engine.rollout import Rollout
    from kuredtui.engine.rollout_entry import Entry
    from kuredtui.ui.phase_times import Step

# Sign, word and tone of each state; at work, the phase is the word.
_STATES: Mapping[EntryState, tuple[str, Tone]] = {
    EntryState.AT_WORK: ("▶", Tone.BUSY),
    EntryState.FAILED: ("✗", Tone.BAD),
    EntryState.QUEUED: ("·", Tone.DIM),
    EntryState.CANCELLED: ("-", Tone.DIM),
    EntryState.SKIPPED: ("-", Tone.DIM),
    EntryState.DONE: ("✓", Tone.GOOD),
}
_ORDER = {state: place for place, state in enumerate(_STATES)}
_BAR = 8


def in_display_order(entries: Iterable[Entry]) -> list[str]:
    """The nodes: those at work, then what failed, then the queue in its order, then what is over."""
    return [entry.node for entry in sorted(entries, key=lambda entry: _ORDER[entry.state])]


def head_lines(rollout: Rollout, *, width: int) -> list[Line]:
    """What stands above the nodes."""
    entries = rollout.entries.values()
    counts = Counter(entry.state for entry in entries)
    over = sum(entry.state.over for entry in entries)
    options = rollout.options
    state = _state(rollout)
    room = max(10, min(40, width - 50))
    said = ", ".join(f"{counts[one]} {one}" for one in EntryState if counts[one])
    return [
        (
            (f" Rollout of {len(entries)} nodes", Tone.STRONG),
            (f" · {options.concurrency} at a time · ", Tone.DIM),
            state,
        ),
        (
            (f" {bar(over, len(entries), room)} ", Tone.BUSY),
            (f"{over} of {len(entries)} over: {said}", Tone.PLAIN),
        ),
        ((f" {_time_left(rollout)}", Tone.DIM),),
    ]


def _state(rollout: Rollout) -> Piece:
    if rollout.finished:
        why = f": {clean(rollout.stopped)}" if rollout.stopped else ""
        return (f"OVER{why}", Tone.BAD if rollout.stopped else Tone.GOOD)
    if rollout.stopped:
        return (f"STOPPING, only what is at work goes on: {clean(rollout.stopped)}", Tone.BAD)
    if rollout.paused:
        return ("PAUSED: no node is begun, those at work go on", Tone.WAIT)
    if rollout.holding and not any(e.state is EntryState.AT_WORK for e in rollout.entries.values()):
        return (f"WAITS: {clean(rollout.holding)}", Tone.WAIT)
    return ("running", Tone.BUSY)


def _time_left(rollout: Rollout) -> str:
    """What is known, and nothing else: by nodes that are done, while it goes on."""
    entries = rollout.entries.values()
    if rollout.finished:
        return "Nothing more is done."
    left = sum(not entry.state.over for entry in entries)
    seconds = [entry.seconds for entry in entries if entry.seconds is not None]
    if rollout.paused or rollout.stopped:
        return "How long it takes is not known."
    if rollout.held_up:
        return "How long it takes is not known while a node is held up."
    if not seconds:
        return "How long it takes is not known before a node is done."
    rounds = -(-left // rollout.options.concurrency)
    about = spoken(median(seconds) * rounds)
    done = "the one node" if len(seconds) == 1 else f"the {len(seconds)} nodes"
    return f"About {about} left, judged by {done} done so far, if nothing waits."


def entry_line(
    entry: Entry, operation: Operation | None, steps: Sequence[Step], *, now: float, name: int
) -> Line:
    """One node on one line; `name` is the width of its name in cells."""
    sign, tone = _STATES[entry.state]
    pieces: list[Piece] = [(f" {sign} ", tone), (f"{fit(clean(entry.node), name)}  ", Tone.STRONG)]
    if entry.state is EntryState.AT_WORK and operation is not None:
        took = age(now - steps[0].began.timestamp()) if steps else ""
        pieces.append((f"{operation.phase.value:<12}", Tone.BUSY))
        pieces.append((f"{took:>6}  ", Tone.DIM))
        pieces += _progress(operation)
    else:
        pieces.append((f"{entry.state.value:<12}", tone))
        took = f"{age(entry.seconds)}" if entry.seconds is not None else ""
        pieces.append((f"{took:>6}  ", Tone.DIM))
        pieces.append((clean(entry.reason), Tone.BAD if tone is Tone.BAD else Tone.PLAIN))
    return tuple(pieces)


def _progress(operation: Operation) -> list[Piece]:
    drain = operation.drain
    if operation.phase is Phase.DRAINING and drain is not None:
        return [
            (f"{bar(drain.gone, drain.total, _BAR)} ", Tone.BUSY),
            (f"{drain.gone}/{drain.total} pods gone", Tone.PLAIN),
            (_blocked(drain), Tone.WAIT),
        ]
    if operation.held_by:
        return [(clean(" ".join(answer.reason for answer in operation.held_by)), Tone.WAIT)]
    return [(clean(operation.detail), Tone.PLAIN)]


def _blocked(drain: DrainState) -> str:
    if drain.blocked_seconds is None:
        return ""
    budgets = sorted({pod.budget for pod in drain.left if pod.budget})
    by = f" by {', '.join(map(clean, budgets))}" if budgets else ""
    return f", blocked{by} for {age(drain.blocked_seconds)}"


def entry_detail(
    entry: Entry, operation: Operation | None, steps: Sequence[Step], *, now: float
) -> list[Line]:
    """The node that is selected: its phases as steps with their times, and the pods that are left."""
    lines: list[Line] = [
        ((clean(entry.node), Tone.STRONG), (f"  {entry.state.value}", _STATES[entry.state][1]))
    ]
    if entry.reason:
        lines.append((("  ! ", Tone.WAIT), (clean(entry.reason), Tone.PLAIN)))
    if operation is None or entry.state is EntryState.QUEUED:
        return lines
    lines += step_lines(steps, now=now, over=operation.phase.finished)
    if operation.error:
        lines.append((("  ✗ ", Tone.BAD), (clean(operation.error), Tone.PLAIN)))
    elif operation.detail:
        lines.append((("    ", Tone.DIM), (clean(operation.detail), Tone.PLAIN)))
    if operation.drain is not None and not operation.phase.finished:
        for pod in operation.drain.left:
            since = f"for {age(now - pod.since.timestamp())}"
            said = f"{clean(pod.full_name)}  {clean(pod.reason)}, {since}"
            lines.append(((f"    {pod.standing.value:<9}", Tone.WAIT), (said, Tone.PLAIN)))
    return lines
