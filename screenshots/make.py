"""Make the screenshots of this folder from the demo cluster.

    python screenshots/make.py

Everything in them happened: the demo cluster runs, a node is rebooted, and the console is photographed.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from kuredtui.demo.process import DemoProcess
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.session import Session
from kuredtui.kube.connection import connect, resolve
from kuredtui.ui.app import KuredTuiApp

HERE = Path(__file__).parent
SIZE = (118, 32)
NODES = 14
WAIT_SECONDS = 120


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the console run until the condition holds."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():
            await pilot.pause(0.05)
    await pilot.pause(0.3)  # one paint more, so that the picture shows it


async def photograph(demo: DemoProcess) -> None:
    """The table, the question before a reboot, and the reboot under way."""
    await demo.ready()
    client = await connect(resolve(kubeconfig=str(demo.kubeconfig)))
    session = Session(client, options=EngineOptions(), owner="you@laptop")

    async def give_session() -> Session:
        return session

    def pending() -> list[str]:
        return sorted(
            node.name
            for node in session.store.records()
            if node.pending.state == "yes" and node.status == "Ready" and not node.cordoned
        )

    app = KuredTuiApp(give_session, target_label="the demo cluster", demo=True)
    async with client, app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: len(pending()) >= 3)
        await pilot.press("D")  # by pending
        await until(pilot, lambda: True)
        save(app, "table")
        node = pending()[-1]
        await pilot.press("slash", *node, "enter", "r")
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.press("y")
        await until(pilot, lambda: node in session.operations)
        await pilot.press("escape")
        operation = session.operations[node]
        await until(
            pilot,
            lambda: operation.phase == "returning" and session.store.get(node).status != "Ready",
        )
        save(app, "reboot")


def save(app: KuredTuiApp, name: str) -> None:
    """Write the screen as it is now, in whatever font the reader has: none is fetched from anywhere."""
    picture = re.sub(
        r"@font-face \{.*?\}\n", "", app.export_screenshot(title="kuredtui"), flags=re.S
    )
    path = HERE / f"{name}.svg"
    path.write_text(picture)
    print(path.relative_to(HERE.parent))


if __name__ == "__main__":
    os.environ["COLORTERM"] = "truecolor"
    os.environ.pop("NO_COLOR", None)
    with DemoProcess(nodes=NODES, speed=10.0) as demo_process:
        asyncio.run(photograph(demo_process))
