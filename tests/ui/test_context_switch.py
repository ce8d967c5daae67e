"""From one context of a kubeconfig to another, on real sessions: who one is there, and what one may do."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kuredtui.connector import Connector
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.settings import Settings
from kuredtui.ui.app import KuredTuiApp
from kuredtui.ui.column_choice import DEFAULT_COLUMNS
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.ui.screen_reader import Reader

# The embedded cluster's kubeconfig has the contexts `admin` and `viewer`.
pytestmark = pytest.mark.embedded


@asynccontextmanager
async def started_on(cluster: TestCluster) -> AsyncIterator[Reader]:
    """The console as the command starts it, on the context `admin`."""
    settings = Settings(
        kubeconfig=str(cluster.kubeconfig),
        context="admin",
        production_contexts="viewer",
        columns=DEFAULT_COLUMNS,
        wide=False,
        read_only=False,
        demo=False,
        demo_nodes=0,
        demo_speed=1,
        log_file=None,
        keys=(),
        overrides=(),
        engine=EngineOptions(ds_namespace=cluster.kured_namespace),
        policy=PolicyOptions(),
        notify=NotifyOptions(),
        sources=SourceOptions(),
    )
    connector = Connector(settings)
    app = KuredTuiApp(
        connector.open,
        close=connector.close,
        target_label="admin",
        contexts=connector,
    )
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        reader = Reader(app, pilot)
        await reader.see(cluster.node_names[0], "live")
        yield reader


def tasks() -> Counter[str]:
    """Tasks of a session, by name."""
    names = (task.get_name() for task in asyncio.all_tasks())
    return Counter(name for name in names if not name.startswith("Task-"))


async def test_a_viewer_is_read_only_and_an_administrator_is_not_any_more(
    cluster: TestCluster,
) -> None:
    async with started_on(cluster) as seen:
        await seen.see("r Reboot")
        seen.burst(":", *"ctx viewer", "enter")
        await seen.see("READ-ONLY", "PRODUCTION", cluster.node_names[0])
        assert "r Reboot" not in seen.screen[-1]
        seen.burst(":", *"ctx admin", "enter")
        await seen.see("From here on this is the context admin", "r Reboot")
        await seen.see_no("READ-ONLY", "PRODUCTION")


async def test_nothing_of_the_old_session_runs_on(cluster: TestCluster) -> None:
    async with started_on(cluster) as seen:
        await eventually(lambda: tasks()["session"] == 1)
        first = seen.app.session
        before = set(asyncio.all_tasks())
        seen.burst(":", *"ctx viewer", "enter")
        await seen.see("before it was admin", "live")
        assert seen.app.session is not first
        left = {task for task in before & set(asyncio.all_tasks()) if "session" in task.get_name()}
        assert left == set()
        assert tasks()["session"] == tasks()["feed"] == tasks()["feed the log"] == 1
