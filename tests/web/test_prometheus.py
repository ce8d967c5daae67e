"""Asking Prometheus for its alerts, and everything that may come instead."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from kuredtui.web.prometheus import Alert, Prometheus, PrometheusError
from tests.kube.little_server import Handler, little_server
from tests.support.prometheus import fake_prometheus


async def test_alerts_are_told_once_each_with_their_state() -> None:
    async with fake_prometheus() as server:
        server.alert("NodeDown", node="a")
        server.alert("NodeDown", node="b")
        server.alert("DiskFull", "pending")
        assert await Prometheus(server.url).active_alerts() == [
            Alert("DiskFull", firing=False),
            Alert("NodeDown", firing=True),
        ]


async def test_a_series_that_ended_is_no_alert_and_one_that_is_no_number_is() -> None:
    async with fake_prometheus() as server:
        server.alert("Gone", value="0")
        server.alert("Odd", value="NaN")
        assert [alert.name for alert in await Prometheus(server.url).active_alerts()] == ["Odd"]


async def test_a_path_and_credentials_in_the_url_are_used() -> None:
    async with fake_prometheus() as server:
        url = server.url.replace("http://", "http://alice:s3cret@")
        assert await Prometheus(f"{url}/prom/").active_alerts() == []
        assert server.authorization.startswith("Basic ")


@pytest.mark.parametrize("url", ["", "prometheus:9090", "ftp://prometheus", "http://", "http:///x"])
def test_what_is_no_url_of_http_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must begin with http"):
        Prometheus(url)


async def said_by(handler: Handler) -> str:
    """What is said of a server with this answer, which never holds the credentials."""
    async with little_server(handler) as url:
        prometheus = Prometheus(url.replace("http://", "http://alice:s3cret@"), timeout=0.3)
        with pytest.raises(PrometheusError) as raised:
            await prometheus.active_alerts()
    said = str(raised.value)
    assert "s3cret" not in said
    return said


async def test_a_refusal_is_told_with_its_reason() -> None:
    async def refuse(_request: web.BaseRequest) -> web.StreamResponse:
        body = {"status": "error", "errorType": "execution", "error": "query timed out"}
        return web.json_response(body, status=503)

    assert "refuses the query: query timed out" in await said_by(refuse)


@pytest.mark.parametrize(
    "body",
    [
        "<html>Sign in</html>",
        "",
        "[]",
        '{"status": "success"}',
        '{"status": "success", "data": {"resultType": "matrix", "result": []}}',
        '{"status": "success", "data": {"resultType": "vector", "result": [{"value": 1}]}}',
        '{"status": "success", "data": {"resultType": "vector", '
        '"result": [{"metric": {"alertname": "A"}, "value": [1, "x"]}]}}',
        '{"status": "success", "data": {"resultType": "vector", '
        '"result": [{"metric": {"alertname": 5}, "value": [1, "1"]}]}}',
    ],
)
async def test_what_is_no_answer_of_prometheus_is_said_to_be_none(body: str) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=body)

    assert "Prometheus" in await said_by(answer)


async def test_an_answer_without_an_end_is_not_read_to_it() -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 2**20)

    async with little_server(answer) as url:
        with pytest.raises(PrometheusError, match="more than can be true"):
            await Prometheus(url).active_alerts()


async def test_a_server_that_does_not_answer_is_given_up() -> None:
    async def sleep(_request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets the event")

    assert "did not answer within 0.3 s" in await said_by(sleep)


async def test_a_server_that_redirects_for_ever_is_given_up() -> None:
    async def redirect(request: web.BaseRequest) -> web.StreamResponse:
        raise web.HTTPFound(request.path)

    assert "redirects without an end" in await said_by(redirect)


async def test_a_server_that_is_not_there_is_told() -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response()

    async with little_server(answer) as url:
        pass
    with pytest.raises(PrometheusError, match="refuses connections"):
        await Prometheus(url).active_alerts()


async def test_a_name_that_does_not_resolve_is_told() -> None:
    with pytest.raises(PrometheusError, match=r"prometheus\.invalid cannot be reached"):
        await Prometheus("http://alice:s3cret@prometheus.invalid").active_alerts()
