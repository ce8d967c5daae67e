"""Which alerts count, by kured's table, and a Prometheus that does not tell."""

from __future__ import annotations

import re

import pytest
from aiohttp import web

from kuredtui.cluster.policy import Answer
from kuredtui.engine.policy.alerts import AlertsHook
from kuredtui.web.prometheus import Prometheus
from tests.kube.little_server import little_server
from tests.support.nodes import node_record
from tests.support.prometheus import fake_prometheus


async def answer_to(
    *,
    ignore: str = "",
    match_only: bool = False,
    firing_only: bool = False,
) -> Answer:
    """The answer with the alerts Firing, Pending and Watchdog."""
    async with fake_prometheus() as server:
        server.alert("Firing")
        server.alert("Pending", "pending")
        server.alert("Watchdog")
        hook = AlertsHook(
            Prometheus(server.url),
            ignore=re.compile(ignore) if ignore else None,
            match_only=match_only,
            firing_only=firing_only,
        )
        return await hook.ask(node_record())


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "Firing, Pending, Watchdog"),
        ({"firing_only": True}, "Firing, Watchdog"),
        ({"ignore": "^Watchdog$"}, "Firing, Pending"),
        ({"ignore": "^Watchdog$", "firing_only": True}, "Firing"),
        ({"ignore": "ing$", "match_only": True}, "Firing, Pending"),
        ({"ignore": "ing$", "match_only": True, "firing_only": True}, "Firing"),
        # Without a filter kured blocks on all alerts, also with match-only.
        ({"match_only": True}, "Firing, Pending, Watchdog"),
    ],
)
async def test_the_alerts_that_count_are_named(settings: dict[str, object], named: str) -> None:
    answer = await answer_to(**settings)  # type: ignore[arg-type]
    assert answer.reason == f"Active alerts block reboots: {named}."
    assert answer.facts["first"] == "Firing"


@pytest.mark.parametrize(
    "settings", [{"ignore": "."}, {"ignore": "^Other$", "match_only": True}, {"ignore": "ing|dog"}]
)
async def test_alerts_that_do_not_count_do_not_block(settings: dict[str, object]) -> None:
    assert (await answer_to(**settings)).go  # type: ignore[arg-type]


async def test_many_alerts_are_counted() -> None:
    async with fake_prometheus() as server:
        for number in range(25):
            server.alert(f"Alert{number:02}")
        hook = AlertsHook(Prometheus(server.url), ignore=None, match_only=False, firing_only=False)
        answer = await hook.ask(node_record())
    assert answer.reason.endswith("Alert09 and 15 more.")
    assert answer.facts["alerts"] == 25


async def test_a_prometheus_that_does_not_tell_blocks() -> None:
    async def refuse(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=502, text="bad gateway")

    async with little_server(refuse) as url:
        hook = AlertsHook(Prometheus(url), ignore=None, match_only=False, firing_only=False)
        answer = await hook.ask(node_record())
    assert not answer.go
    assert "HTTP status 502" in answer.reason


async def test_nodes_that_ask_at_once_cost_one_query() -> None:
    async with fake_prometheus() as server:
        hook = AlertsHook(Prometheus(server.url), ignore=None, match_only=False, firing_only=False)
        for name in ("a", "b", "c"):
            assert (await hook.ask(node_record(name))).go
        assert server.asked == 1
