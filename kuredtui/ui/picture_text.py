"""The picture of the night in characters: each pool's kernels as bars, pending reboots over time as columns.

Both tell by length and number, and what they tell by colour stands beside it as a word or a sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from kuredtui.cluster.drift import KernelCount
from kuredtui.ui.ages import age
from kuredtui.ui.bars import EMPTY, RISING, bar
from kuredtui.ui.night_history import Kernels
from kuredtui.ui.text import clean, fit
from kuredtui.ui.tones import Line, Piece, Tone

_NOTHING: Line = (("", Tone.PLAIN),)
# Bars that are shown of one pool; whoever has more kernels has another problem than their picture.
_MOST_KERNELS = 12
# Cells for a kernel's name: 6.6.104.2-4.azl3 and 5.14.0-570.58.1.el9_6.x86_64 fit.
_MOST_NAME = 32
_NUMBERS = 34  # cells beside a bar: the count, its change, and how far behind
_LEAST_BAR, _MOST_BAR = 8, 60


def kernel_lines(kernels: Kernels, before: Kernels | None, *, width: int) -> list[Line]:
    """The kernels of each pool, the newest first, with how their numbers moved since the beginning.

    Args:
        kernels: those that run now.
        before: those that ran at the beginning; None: not known.
        width: cells there are.
    """
    every = [one for pool in kernels.values() for one in pool]
    longest = max((cell_len(clean(one.kernel)) for one in every), default=0)
    name = min(longest, _MOST_NAME, max(8, width // 3))
    bar_of = _Bars(
        most=max((one.nodes for one in every), default=0),
        room=max(_LEAST_BAR, min(_MOST_BAR, width - name - _NUMBERS)),
    )
    lines: list[Line] = []
    for pool, counts in sorted(kernels.items()):
        total = sum(one.nodes for one in counts)
        nodes = f"  {total} node{'' if total == 1 else 's'}"
        if lines:
            lines.append(_NOTHING)
        lines.append(((f" {clean(pool) or 'no pool'}", Tone.STRONG), (nodes, Tone.DIM)))
        then = None
        if before is not None:
            then = {one.kernel: one.nodes for one in before.get(pool, ())}
        shown = [*counts, *_gone(counts, then or {})]
        lines += [_kernel_line(one, then, bar_of, name) for one in shown[:_MOST_KERNELS]]
        if len(shown) > _MOST_KERNELS:
            lines.append(((f"   and {len(shown) - _MOST_KERNELS} kernels more", Tone.DIM),))
    return lines


def _gone(counts: Sequence[KernelCount], then: Mapping[str, int]) -> list[KernelCount]:
    """The kernels that nobody runs any more: what a patch night is for."""
    there = {one.kernel for one in counts}
    return [KernelCount(kernel, 0, 0) for kernel in then if kernel not in there]


def _kernel_line(
    one: KernelCount, then: Mapping[str, int] | None, bar_of: _Bars, name: int
) -> Line:
    moved = 0 if then is None else one.nodes - then.get(one.kernel, 0)
    if not one.nodes:
        tone, said = Tone.DIM, "gone"
    elif one.behind:
        tone, said = Tone.WAIT, f"behind {one.behind}"
    else:
        tone, said = Tone.GOOD, "newest"
    return (
        (f"   {fit(clean(one.kernel) or '?', name)} ", Tone.PLAIN),
        (f"{bar_of(one.nodes)} ", tone),
        (f"{one.nodes:>6}", Tone.STRONG),
        (f"{f'{moved:+}' if moved else '':>7}", Tone.BUSY),
        (f"  {said}", tone),
    )


@dataclass(frozen=True)
class _Bars:
    """Bars without a ground, to one scale: the most has all the room."""

    most: int
    room: int

    def __call__(self, count: int) -> str:
        return bar(count, self.most, self.room).replace(EMPTY, " ")


def pending_lines(
    columns: Sequence[int | None],
    *,
    pending: int,
    when: str,
    unknown: int,
    seconds: float,
    height: int,
) -> list[Line]:
    """The nodes that waited, over time, as columns; `~` at the bottom where nobody could see them.

    Args:
        columns: for each slice of time, the oldest first, how many; None: not seen.
        pending: how many there are.
        when: when that was seen, in words.
        unknown: of how many nodes nobody tells.
        seconds: how long ago the first slice began.
        height: lines for the columns.
    """
    most = max((value for value in columns if value is not None), default=0)
    label = max(4, len(str(most)))
    lines: list[Line] = []
    for row in range(height, 0, -1):
        cells = "".join(_cell(value, most, row, height) for value in columns)
        scale = str(most) if row == height else "0" if row == 1 and most else ""
        lines.append(((f" {scale:>{label}} ", Tone.DIM), (cells, Tone.WAIT)))
    began = f"{age(seconds)} ago"
    rule = f"{began}{'now':>{max(4, len(columns) - len(began))}}"
    lines.append(((" " * (label + 2), Tone.DIM), (rule, Tone.DIM)))
    said: list[Piece] = [(f" {pending} pending {when}", Tone.WAIT if pending else Tone.GOOD)]
    said.append((f", {most} at most", Tone.DIM))
    if unknown:
        said.append((f"; of {unknown} nodes nobody tells", Tone.DIM))
    return [tuple(said), *lines]


def _cell(value: int | None, most: int, row: int, height: int) -> str:
    """What a column of this value shows in this row, counted from the bottom."""
    if value is None:
        return "~" if row == 1 else " "
    steps = len(RISING)
    # In eighths of a row; a node that waits is always seen.
    filled = max(1, value * height * steps // most) if value and most else 0
    here = filled - (row - 1) * steps
    if here <= 0:
        return "_" if row == 1 else " "
    return RISING[min(here, steps) - 1]
