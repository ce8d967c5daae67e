"""Time from a key press to the painted line, with a large cluster on the screen: idle, and busy.

    python -m tests.benchmarks.key_to_paint

The selection moves down and up inside the screen; a press is answered when the terminal shows the
cursor on the next line.
"""

from __future__ import annotations

import asyncio
import random
import time

from tests.benchmarks.busy import BusyServer, busy_server
from tests.benchmarks.harness import NODES, Figure, complete, console, percentile, report
from tests.terminal.emulator import Terminal

PRESSES = 480
RATE = 1000
# Cells in from the left: inside the first column.
_COLUMN = 4
# Lines that the cursor walks down before it walks up again.
_WALK = 20


def cursor_line(terminal: Terminal) -> int | None:
    """Which line of the screen is drawn as selected: the one whose background is its own."""
    screen = terminal.screen
    grounds = [screen.buffer[y][_COLUMN].bg for y in range(screen.lines)]
    alone = [y for y, ground in enumerate(grounds) if grounds.count(ground) == 1]
    return alone[0] if len(alone) == 1 else None


async def press(terminal: Terminal, key: str, line: int) -> float:
    """Seconds from the key to the moment at which the cursor was seen on that line."""
    sent = time.perf_counter()
    terminal.send(key)
    await terminal.wait_for(lambda: cursor_line(terminal) == line, what=f"the cursor on {line}")
    return terminal.read_at - sent


async def presses(terminal: Terminal, count: int) -> list[float]:
    """So many presses, at a quick person's pace and a little irregular."""
    start = cursor_line(terminal)
    assert start is not None, terminal.text
    times = []
    for number in range(count):
        way, step = divmod(number % (2 * _WALK), _WALK)
        line = start + step + 1 if way == 0 else start + _WALK - step - 1
        times.append(await press(terminal, "j" if way == 0 else "k", line))
        await asyncio.sleep(random.uniform(0.02, 0.06))
    return times


async def measure_on(server: BusyServer) -> list[Figure]:
    """Both figures, on a server that is at hand."""
    async with console(server.kubeconfig) as terminal:
        await complete(terminal)
        idle = await presses(terminal, PRESSES)
        await server.set_rate(RATE)
        busy = await presses(terminal, PRESSES)
        await server.set_rate(0)
    return [
        _figure(f"key press to painted line, {NODES:,} rows, idle", idle),
        _figure(f"the same under {RATE:,} node events a second", busy),
    ]


def _figure(what: str, times: list[float]) -> Figure:
    middle, most = percentile(times, 50) * 1000, percentile(times, 99) * 1000
    return Figure(
        what=f"{what}, {len(times)} presses",
        value=f"p50 {middle:.0f} ms, p99 {most:.0f} ms",
        goal="p99 < 30 ms",
    )


async def measure() -> list[Figure]:
    """Both figures."""
    async with busy_server() as server:
        return await measure_on(server)


if __name__ == "__main__":
    report(asyncio.run(measure()))
