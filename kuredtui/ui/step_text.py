"""The phases of an operation as steps: those it went through with their times, and those to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kuredtui.engine.phases import Phase
from kuredtui.ui.ages import age
from kuredtui.ui.steps import REBOOT_STEPS
from kuredtui.ui.tones import Line, Piece, Tone

if TYPE_CHECKING:
    from kuredtui.ui.phase_times import Step


def step_lines(steps: Sequence[Step], *, now: float, over: bool) -> list[Line]:
    """A line for each step.

    Args:
        steps: those so far.
        now: seconds of the epoch.
        over: whether the operation has ended.
    """
    lines: list[Line] = []
    ends = [*(step.began.timestamp() for step in steps[1:]), now][: len(steps)]
    for number, (step, end) in enumerate(zip(steps, ends, strict=True)):
        last = number == len(steps) - 1
        sign, tone = _sign(step, last=last, over=over)
        took = "" if last and over else age(end - step.began.timestamp())
        times = f"{took:>6}  {_clock(step.began)}"
        lines.append(((f"  {sign} ", tone), (f"{step.phase:<12}", Tone.PLAIN), (times, Tone.DIM)))
    if not over and (later := _to_come(steps)):
        lines.append((("  · ", Tone.DIM), (f"to come: {', '.join(later)}", Tone.DIM)))
    return lines


def _sign(step: Step, *, last: bool, over: bool) -> Piece:
    """What is behind us is done, but for an end that was none."""
    if last and not over:
        return "▶", Tone.BUSY
    if step.phase == Phase.FAILED:
        return "✗", Tone.BAD
    return ("-", Tone.DIM) if step.phase == Phase.CANCELLED else ("✓", Tone.GOOD)


def _to_come(steps: Sequence[Step]) -> Sequence[str]:
    """The phases after the present one."""
    present = steps[-1].phase if steps else ""
    known = present in REBOOT_STEPS
    return REBOOT_STEPS[REBOOT_STEPS.index(present) + 1 :] if known else REBOOT_STEPS


def _clock(moment: datetime) -> str:
    return f"since {moment.astimezone():%H:%M:%S}"
