"""The console on a real session and the test's cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kuredtui.engine.options import EngineOptions
from kuredtui.engine.session import Session
from kuredtui.kube.client import Client
from kuredtui.ui.app import KuredTuiApp
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.ui.screen_reader import Reader


@asynccontextmanager
async def console_on(
    cluster: TestCluster, client: Client, **changes: object
) -> AsyncIterator[Reader]:
    """A console on this cluster, with its nodes on the screen; `changes` are of the engine's settings."""
    options = EngineOptions(
        **{  # type: ignore[arg-type]  # a test names the settings it changes
            "ds_namespace": cluster.kured_namespace,
            "evict_uncontrolled": True,
            "reboot_timeout": 60.0,
            **changes,
        }
    )

    async def connect() -> Session:
        return Session(client, options=options, owner="tester@here")

    app = KuredTuiApp(connect, target_label="test")
    async with app.run_test(size=(200, 50), notifications=True) as pilot:
        reader = Reader(app, pilot)
        await eventually(lambda: all(name in app.main.table.rows for name in cluster.node_names))
        yield reader


async def choose(reader: Reader, name: str) -> None:
    """Select this node."""
    await reader.press("slash", *name, "enter")
    await eventually(lambda: reader.selected == name)
