"""How kureds are asked for their metric: a few at a time, and only those that can answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kuredtui.cluster.kured_metric import SOURCE
from kuredtui.cluster.pending import Pending
from kuredtui.engine.sources import metric_polling
from kuredtui.engine.sources.metric_polling import Address, MetricPolling, PollSettings
from kuredtui.kube.errors import Unreachable
from tests.support.eventually import eventually
from tests.unit.engine.node_records import node_record

MANY = 100
IN_FLIGHT = 4
SETTINGS = PollSettings(
    interval=3600, longest=3600, absent=0.01, in_flight=IN_FLIGHT, per_second=1e6
)


class Nodes:
    """Stands for the reports, and for the kureds that are asked."""

    def __init__(self) -> None:
        self.ready = {f"n{i}": True for i in range(MANY)}
        self.heard: dict[str, Pending | None] = {}
        self.asked: list[str] = []
        self.open = self.most_open = 0
        self.failing = False

    def node(self, name: str) -> object:
        return node_record(name, ready=self.ready[name])

    def put(self, node: str, _source: str, report: Pending | None) -> None:
        self.heard[node] = report

    async def read_metrics(self, _client: object, *, pod: str, **_where: object) -> str:
        self.asked.append(pod)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        await asyncio.sleep(0)
        self.open -= 1
        if self.failing:
            raise Unreachable("nobody there")
        return f'kured_reboot_required{{node="{pod}"}} 1\n'


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Nodes:
    found = Nodes()
    monkeypatch.setattr(metric_polling, "read_metrics", found.read_metrics)
    return found


@contextmanager
def polling(nodes: Nodes) -> Iterator[None]:
    asker = MetricPolling(
        object(),  # type: ignore[arg-type]  # what would use it stands in for it
        reports=nodes,  # type: ignore[arg-type]  # has what is used of them
        say=lambda _: None,
        settings=SETTINGS,
    )
    for name in nodes.ready:
        asker.put(name, Address(namespace="kured", pod=name, port=8080))
    task = asyncio.ensure_future(asker.run())
    try:
        yield
    finally:
        task.cancel()


async def test_all_are_asked_once_and_only_a_few_at_a_time(nodes: Nodes) -> None:
    with polling(nodes):
        await eventually(lambda: len(nodes.heard) == MANY)
    assert sorted(nodes.asked) == sorted(nodes.ready)
    assert nodes.most_open == IN_FLIGHT
    assert all(report is not None and report.state == "yes" for report in nodes.heard.values())


async def test_a_node_that_is_not_ready_is_not_asked_until_it_is(nodes: Nodes) -> None:
    nodes.ready["n7"] = False
    with polling(nodes):
        await eventually(lambda: len(nodes.heard) == MANY)
        assert "n7" not in nodes.asked
        assert nodes.heard["n7"] == Pending(source=SOURCE, detail="kured does not answer")
        nodes.ready["n7"] = True
        await eventually(lambda: "n7" in nodes.asked)


async def test_who_does_not_answer_is_unknown_and_not_asked_again_at_once(nodes: Nodes) -> None:
    nodes.failing = True
    with polling(nodes):
        await eventually(lambda: len(nodes.heard) == MANY)
    assert len(nodes.asked) == MANY
    assert all(report is not None and report.state == "unknown" for report in nodes.heard.values())
