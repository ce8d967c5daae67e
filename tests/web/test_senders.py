"""Texts on their way to services, each a server of a few lines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from aiohttp import web

from kuredtui.web.sender import SendError, sender_for
from kuredtui.web.shoutrrr import NotifyUrlError
from kuredtui.web.threads import in_daemon_thread
from tests.kube.little_server import little_server

TEXT = "Draining node aks-user-1 & “friends”"


class Service:
    """Takes whatever comes.

    Attributes:
        place: its host and port.
        requests: method, path with query, headers and body of each.
    """

    def __init__(self) -> None:
        self.place = ""
        self.status = 200
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((request.method, request.path_qs, headers, await request.read()))
        return web.json_response({"id": 1}, status=self.status)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    async with little_server(service.answer) as url:
        service.place = url.removeprefix("http://")
        yield service


async def test_gotify_gets_the_text(service: Service) -> None:
    await sender_for(f"gotify://{service.place}/sub/t0ken?disableTLS=yes").send(TEXT)
    ((method, path, headers, body),) = service.requests
    assert (method, path) == ("POST", "/sub/message")
    assert headers["x-gotify-key"] == "t0ken"
    assert msgspec.json.decode(body)["message"] == TEXT


async def test_ntfy_gets_the_text(service: Service) -> None:
    await sender_for(f"ntfy://me:pw@{service.place}/night?scheme=http").send(TEXT)
    ((_, _, headers, body),) = service.requests
    assert headers["authorization"].startswith("Basic ")
    assert msgspec.json.decode(body)["message"] == TEXT
    assert msgspec.json.decode(body)["topic"] == "night"


async def test_a_service_that_refuses_is_told_with_its_status_and_no_secret(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    service.status = 404
    with pytest.raises(SendError) as raised:
        await sender_for(f"gotify://{service.place}/s3cret?disableTLS=yes").send(TEXT)
    assert str(raised.value) == "gotify did not take it (HTTP status 404)"
    assert capfd.readouterr() == ("", "")


async def test_a_service_that_is_not_there_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    async with little_server(Service().answer) as url:
        place = url.removeprefix("http://")
    with pytest.raises(SendError, match="gotify did not take it"):
        await sender_for(f"gotify://{place}/s3cret?disableTLS=yes").send(TEXT)
    assert capfd.readouterr() == ("", "")


async def test_what_apprise_does_not_take_is_told() -> None:
    with pytest.raises(SendError, match="Apprise does not take this nonsense:// URL"):
        await sender_for("nonsense://s3cret").send(TEXT)


async def test_a_plugin_that_breaks_is_told_without_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_arguments: object, **_more: object) -> bool:
        raise RuntimeError("with s3cret")

    monkeypatch.setattr("apprise.Apprise.notify", broken)
    with pytest.raises(SendError, match=r"^ntfy failed \(RuntimeError\)$"):
        await sender_for("ntfy://localhost/s3cret?scheme=http").send(TEXT)


async def test_mail_is_delivered() -> None:
    async with mail_server() as (place, mails):
        url = f"smtp://{place}/?from=night@example.com&to=ops@example.com&useStartTLS=no"
        await sender_for(url).send(TEXT)
    assert b"To: ops@example.com" in mails[0]
    assert b"Draining node aks-user-1" in mails[0]


@asynccontextmanager
async def mail_server() -> AsyncIterator[tuple[str, list[bytes]]]:
    """As much of SMTP as it takes to get a mail."""
    mails: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            match line.split()[0].upper():
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    mails.append(await reader.readuntil(b"\r\n.\r\n"))
                    writer.write(b"250 taken\r\n")
                case b"QUIT":
                    break
                case _:
                    writer.write(b"250 fine\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", mails


async def test_a_webhook_gets_the_bare_text(service: Service) -> None:
    await sender_for(f"generic+http://{service.place}/hook?key=1&template=json").send(TEXT)
    ((method, path, headers, body),) = service.requests
    assert (method, path) == ("POST", "/hook?key=1&template=json")
    assert headers["content-type"] == "application/json"
    assert body == TEXT.encode()


async def test_a_webhook_is_told_how_by_its_query(service: Service) -> None:
    await sender_for(
        f"generic://{service.place}/hook?disabletls=yes&template=json&messagekey=text&method=put"
        "&@acceptLanguage=tlh-Piqd&@X-Token=s3cret&$team=night&room=5&__title=kept"
    ).send(TEXT)
    ((method, path, headers, body),) = service.requests
    assert (method, path) == ("PUT", "/hook?room=5&title=kept")
    assert (headers["accept-language"], headers["x-token"]) == ("tlh-Piqd", "s3cret")
    assert msgspec.json.decode(body) == {"team": "night", "text": TEXT}


async def test_a_webhook_that_refuses_is_told_without_its_url(service: Service) -> None:
    service.status = 500
    with pytest.raises(SendError) as raised:
        await sender_for(f"generic+http://{service.place}/s3cret").send(TEXT)
    assert str(raised.value) == "the webhook did not take it (HTTP status 500)"


async def test_a_webhook_that_is_not_there_is_told_without_its_url() -> None:
    async with little_server(Service().answer) as url:
        pass
    with pytest.raises(SendError, match=r"^the webhook cannot be reached \(\w+\)$"):
        await sender_for(f"generic+{url}/s3cret").send(TEXT)


@pytest.mark.parametrize(
    "url", ["generic+ftp://host/x", "generic://", "generic+https://", "generic://h?template=mine"]
)
def test_what_is_no_webhook_is_refused(url: str) -> None:
    with pytest.raises(NotifyUrlError):
        sender_for(url)


def test_without_apprise_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuredtui.web.sender.find_spec", lambda _name: None)
    with pytest.raises(NotifyUrlError, match=r"slack:// need Apprise; .*kuredtui\[notify\]"):
        sender_for("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")


async def test_a_call_in_a_thread_hands_its_result_and_its_error_over() -> None:
    assert await in_daemon_thread(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        await in_daemon_thread(lambda: 1 // 0)


async def test_a_call_that_hangs_can_be_left() -> None:
    release = threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await in_daemon_thread(release.wait)
    release.set()
