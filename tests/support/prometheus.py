"""A Prometheus of a few lines, with whatever alerts a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.kube.little_server import little_server


class FakePrometheus:
    """Answers the one query that is made.

    Attributes:
        url: where it is.
        series: the labels of each series of `ALERTS` and its value.
        asked: how often it was asked.
        authorization: the header of the last question.
    """

    def __init__(self) -> None:
        self.url = ""
        self.series: list[tuple[dict[str, str], str]] = []
        self.asked = 0
        self.authorization = ""

    def alert(self, name: str, state: str = "firing", value: str = "1", **labels: str) -> None:
        """Have one more series."""
        self.series.append(({"alertname": name, "alertstate": state, **labels}, value))

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The query's answer, in the form of Prometheus's HTTP API."""
        self.asked += 1
        self.authorization = request.headers.get("Authorization", "")
        if not request.path.endswith("/api/v1/query") or request.query.get("query") != "ALERTS":
            return web.json_response(
                {"status": "error", "errorType": "bad_data", "error": "no such query"}, status=400
            )
        result = [
            {"metric": {"__name__": "ALERTS", **labels}, "value": [1764021600.123, value]}
            for labels, value in self.series
        ]
        return web.json_response(
            {"status": "success", "data": {"resultType": "vector", "result": result}}
        )


@asynccontextmanager
async def fake_prometheus() -> AsyncIterator[FakePrometheus]:
    """One that is up."""
    prometheus = FakePrometheus()
    async with little_server(prometheus.answer) as url:
        prometheus.url = url
        yield prometheus
