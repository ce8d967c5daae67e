"""Make the screenshots of this folder, each as SVG and PNG, from the demo cluster.

    python3 -m pip install -e '.[screenshots]' && python3 screenshots/make.py

Everything in them happened: the demo cluster runs, nodes are drained and rebooted, and the console is
photographed. The pictures take whatever monospaced font there is; none is fetched from anywhere.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import resvg_py
from textual.pilot import Pilot

from kuredtui.cluster.forecast import Outlook
from kuredtui.demo.process import DemoProcess
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.session import Session
from kuredtui.kube.connection import connect, resolve
from kuredtui.ui.app import KuredTuiApp

HERE = Path(__file__).parent
SIZE = (140, 34)
NODES = 14
WAIT_SECONDS = 60


@dataclass
class Photographer:
    """The console, the session behind it, and the hand on the keys."""

    app: KuredTuiApp
    session: Session
    pilot: Pilot[None]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the console run until the condition holds, and one paint more."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not condition():
                await self.pilot.pause(0.05)
        await self.pilot.pause(0.5)

    async def select(self, node: str) -> None:
        """Have this node under the cursor, in a table of all nodes."""
        await self.pilot.press("slash", *node, "enter")
        await self.until(lambda: self.app.main.table.selected == node)

    async def all_nodes(self) -> None:
        """Back to the table, without a filter."""
        await self.pilot.press("escape", "escape", "escape")
        await self.until(lambda: self.app.screen is self.app.main)

    async def blocked_node(self) -> str:
        """A waiting node whose drain would never end."""
        while True:
            for node in self.waiting():
                plan = await self.session.plan(node)
                if any(pod.outlook is Outlook.NEVER for pod in plan.pods):
                    return node
            await self.pilot.pause(0.5)

    def waiting(self) -> list[str]:
        """The nodes that could be rebooted now."""
        return sorted(
            node.name
            for node in self.session.store.records()
            if node.pending.state == "yes" and node.status == "Ready" and not node.cordoned
        )

    def save(self, name: str) -> None:
        """Write the screen as it is now."""
        drawing = self.app.export_screenshot(title="kuredtui")
        drawing = re.sub(r"@font-face \{.*?\}\n", "", drawing, flags=re.S)
        drawing = drawing.replace("Fira Code", "DejaVu Sans Mono")
        (HERE / f"{name}.svg").write_text(drawing)
        png = resvg_py.svg_to_bytes(svg_string=drawing, monospace_family="DejaVu Sans Mono")
        (HERE / f"{name}.png").write_bytes(bytes(png))
        print(f"screenshots/{name}.svg, .png")


async def table(at: Photographer) -> None:
    """Pending nodes, and why each of them waits."""
    await at.until(lambda: len(at.waiting()) >= 3)
    await at.pilot.press("D")
    await at.until(lambda: all(at.session.why(node) for node in at.waiting()))
    at.save("table")


async def plan(at: Photographer, blocked: str) -> None:
    """A drain that a budget would hold up for ever, seen before it is begun."""
    await at.select(blocked)
    await at.pilot.press("p")
    await at.until(lambda: type(at.app.screen).__name__ == "PlanScreen")
    await at.pilot.pause(1.0)
    at.save("plan")
    await at.all_nodes()


async def detail(at: Photographer, node: str) -> None:
    """The packages that ask for the reboot, after the node was asked."""
    await at.select(node)
    await at.pilot.press("b")
    await at.until(lambda: (record := at.session.store.get(node)) and record.pending.packages)
    await at.pilot.press("enter")
    await at.pilot.pause(1.0)
    at.save("detail")
    await at.all_nodes()


async def why(at: Photographer, blocked: str) -> None:
    """Why a node waits: who has the lock, and what its drain would meet."""
    await at.select(blocked)
    await at.pilot.press("enter")
    await at.pilot.pause(1.5)
    at.save("why")
    await at.all_nodes()


async def failed(at: Photographer, blocked: str) -> None:
    """The log of an operation that failed, and undid what it had done."""
    operation = at.session.start_reboot(blocked, changes={"drain_timeout": 10.0})
    await at.until(lambda: operation.phase.finished)
    await at.pilot.press("l")
    await at.pilot.pause(0.5)
    at.save("log")
    await at.pilot.press("l", "l")


async def rollout(at: Photographer) -> None:
    """Nodes at work, one after the other, and the kernels that move."""
    await at.pilot.press("R")
    await at.until(lambda: "in a rollout?" in at.app.export_screenshot().replace("&#160;", " "))
    await at.pilot.press(*str(len(at.waiting())), "enter")
    await at.until(lambda: at.session.rollout)
    entries = at.session.rollout.entries if at.session.rollout else {}
    await at.until(lambda: any(entry.state.value == "done" for entry in entries.values()))
    await at.until(lambda: any(entry.state.value == "at work" for entry in entries.values()))
    await at.pilot.pause(4.0)
    at.save("rollout")
    await at.pilot.press("escape")


async def photograph(demo: DemoProcess) -> None:
    """All of them, in one night."""
    await demo.ready()
    client = await connect(resolve(kubeconfig=str(demo.kubeconfig)))
    session = Session(client, options=EngineOptions(), owner="you@laptop")

    async def give_session() -> Session:
        return session

    app = KuredTuiApp(give_session, target_label="the demo cluster", demo=True)
    async with client, app.run_test(size=SIZE) as pilot:
        at = Photographer(app, session, pilot)
        await table(at)
        blocked = await at.blocked_node()
        await plan(at, blocked)
        await detail(at, next(node for node in at.waiting() if node != blocked))
        await why(at, blocked)
        await failed(at, blocked)
        await rollout(at)


if __name__ == "__main__":
    os.environ["COLORTERM"] = "truecolor"
    os.environ.pop("NO_COLOR", None)
    with DemoProcess(nodes=NODES, speed=10.0) as demo_process:
        asyncio.run(photograph(demo_process))
