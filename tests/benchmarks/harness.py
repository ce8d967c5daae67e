"""What the benchmarks share: a server on its own, a program in a terminal, and honest figures.

Each benchmark is a command (`python -m tests.benchmarks.NAME`) that prints what it measured; none
is a test with a time limit. The server, the program and whatever loads them are processes of their
own.
"""

from __future__ import annotations

import asyncio
import compileall
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import kuredtui
from tests.terminal.emulator import Terminal

NODES = 5000
KUREDTUI = [sys.executable, "-m", "kuredtui"]
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_START_SECONDS = 60

# As pip does when it installs: a checkout may be run by a Python that keeps no bytecode.
compileall.compile_dir(str(Path(kuredtui.__file__).parent), quiet=1)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table of results.

    Attributes:
        what: what was measured.
        value: the figure with its unit.
        goal: what it should be; empty where it is there for comparison only.
    """

    what: str
    value: str
    goal: str = ""


@dataclass(frozen=True, kw_only=True)
class Server:
    """An embedded API server that runs.

    Attributes:
        kubeconfig: the file to reach it with.
        pid: of its process.
        start_seconds: what it took until it said that it serves.
    """

    kubeconfig: Path
    pid: int
    start_seconds: float


@asynccontextmanager
async def demo_server() -> AsyncIterator[Server]:
    """An embedded API server with NODES still nodes (no kubelets)."""
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        started_at = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *KUREDTUI,
            *("demo", "serve", "--nodes", str(NODES), "--no-kubelets", "--exit-at-eof"),
            *("--kubeconfig-out", str(kubeconfig)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(_START_SECONDS):
                ready = await process.stdout.readline()
            if not ready:
                raise RuntimeError("the demo server did not start")
            yield Server(
                kubeconfig=kubeconfig,
                pid=process.pid,
                start_seconds=time.perf_counter() - started_at,
            )
        finally:
            process.stdin.close()
            await process.wait()


def console(kubeconfig: Path, *, columns: int = 120, rows: int = 40) -> Terminal:
    """The console on that cluster, in a terminal that is yet to be entered."""
    return Terminal(
        [*KUREDTUI, "--kubeconfig", str(kubeconfig), "--read-only"], columns=columns, rows=rows
    )


async def complete(terminal: Terminal) -> None:
    """Wait until the header counts every node and says that it is live."""
    await terminal.wait_for(
        lambda: terminal.line_with(f"{NODES} nodes") and terminal.line_with("● live"),
        what="the complete table",
        timeout=60,
    )


def cpu_seconds(pid: int) -> float:
    """Processor time of the process so far, user and system, in seconds (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mib(pid: int) -> float:
    """Memory of the process that is resident now, in MiB (proc(5), statm)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of the values do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def machine() -> str:
    """The machine in one line: what the figures were measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


def report(figures: Sequence[Figure]) -> None:
    """Print the figures as the table of the README."""
    print("| what | measured | goal |")
    print("| --- | --- | --- |")
    for figure in figures:
        print(f"| {figure.what} | {figure.value} | {figure.goal} |")
    print(f"\nMeasured on {machine()}.")
