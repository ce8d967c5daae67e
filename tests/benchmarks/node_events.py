"""How many node events a second the console takes in, and how it swallows a whole new list.

    python -m tests.benchmarks.node_events

Lag is the time from a change inside the server to the moment at which the terminal shows it. The
screen is painted at most ten times a second, so a tenth of a second is what it costs at least now and
then. The rate is raised until the change is seen late, or until the server cannot produce more.
"""

from __future__ import annotations

import asyncio
import time

from tests.benchmarks.busy import BusyServer, busy_server
from tests.benchmarks.harness import (
    NODES,
    Figure,
    complete,
    console,
    cpu_seconds,
    percentile,
    report,
)
from tests.benchmarks.key_to_paint import cursor_line, press
from tests.terminal.emulator import Terminal

RATES = (1000, 1500, 2000, 3000, 4000)
RELISTS = 5
# Seconds between two relists: a server that forgets again at once is asked again only after a while.
_PAUSE = 3.0
# Seconds that each rate is kept up, and between two looks at the lag in them.
_STRETCH = 8.0
_LOOK = 0.4
# Seconds after which what is shown is called late.
_LATE = 0.5
# A server that produces less than this part of what it was asked for is at its own end.
_PRODUCED = 0.9


async def lag(terminal: Terminal, server: BusyServer, text: str) -> float:
    """Seconds from a change to its being seen."""
    answer = await server.mark(text)
    await terminal.wait_for(lambda: text in terminal.text, what=text, timeout=60)
    return max(0.0, terminal.read_at - answer.at)


async def at_rate(terminal: Terminal, server: BusyServer, rate: int) -> tuple[float, float, float]:
    """Events a second that there really were, the lag's p99, and the part of a core it took."""
    before = await server.set_rate(rate)
    start, cpu = time.monotonic(), cpu_seconds(terminal.pid)
    lags = []
    while time.monotonic() - start < _STRETCH:
        lags.append(await lag(terminal, server, f"{rate}-{len(lags)}-mark"))
        await asyncio.sleep(_LOOK)
    after = await server.set_rate(0)
    seconds = after.at - before.at
    share = (cpu_seconds(terminal.pid) - cpu) / (time.monotonic() - start)
    return (after.events - before.events) / seconds, percentile(lags, 99), share


async def swallow(terminal: Terminal, server: BusyServer, text: str) -> tuple[float, float]:
    """Seconds that a relist took, and the longest wait for a key's answer meanwhile."""
    line = cursor_line(terminal)
    assert line is not None, terminal.text
    cut = await server.relist(text)
    worst = 0.0
    while not terminal.line_with(text):
        for key, place in (("j", line + 1), ("k", line)):
            worst = max(worst, await press(terminal, key, place))
    return terminal.read_at - cut.at, worst


async def measure_on(server: BusyServer) -> list[Figure]:
    """All figures, on a server that is at hand."""
    async with console(server.kubeconfig) as terminal:
        await complete(terminal)
        relists = []
        for number in range(RELISTS):
            await asyncio.sleep(_PAUSE)
            relists.append(await swallow(terminal, server, f"relist-{number}-mark"))
        highest, share, why = 0.0, 0.0, "more was not tried"
        for rate in RATES:
            produced, late, cpu = await at_rate(terminal, server, rate)
            if rate == RATES[0]:
                share = cpu
            if late > _LATE:
                why = f"at {rate:,} asked for it lagged {late:.1f} s"
                break
            highest = max(highest, produced)
            if produced < rate * _PRODUCED:
                why = "the server could not produce more"
                break
    worst = max(pause for _, pause in relists)
    return [
        Figure(
            what=f"of one core, at {RATES[0]:,} node events a second",
            value=f"{share:.0%}",
            goal="< 50 %",
        ),
        Figure(
            what=f"node events a second taken in without lag ({why})",
            value=f"{highest:,.0f}",
            goal=f"{RATES[0]:,}",
        ),
        Figure(
            what=f"relist of {NODES:,} changed nodes, from the cut to the screen, worst of {RELISTS}",
            value=f"{max(seconds for seconds, _ in relists):.2f} s",
            goal="< 1 s",
        ),
        Figure(
            what="longest wait for a key's paint during these relists",
            value=f"{worst * 1000:.0f} ms",
            goal="< 100 ms",
        ),
    ]


async def measure() -> list[Figure]:
    """All figures."""
    async with busy_server() as server:
        return await measure_on(server)


if __name__ == "__main__":
    report(asyncio.run(measure()))
