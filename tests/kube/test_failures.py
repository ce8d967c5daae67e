"""What a person can get wrong, done for real: each ends in one sentence with what to do."""

from __future__ import annotations

import asyncio
import base64
import datetime
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest
import trustme
import yaml
from aiohttp import web

from kuredtui.demo.apiserver import ApiServer, Fault
from kuredtui.kube.connection import Target, connect, log_in, resolve
from kuredtui.kube.errors import ConfigError, NotKubernetes, Unauthorized, Unreachable, explain
from kuredtui.kube.resources import NODES
from kuredtui.kube.timeouts import Timeouts
from tests.kube.little_server import little_server

pytestmark = pytest.mark.embedded

Configure = Callable[..., Target]


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """Writes a kubeconfig with one context and resolves it."""

    def write(server: str, *, user: dict[str, object] | None = None, **cluster: object) -> Target:
        path = tmp_path / "written"
        content = {
            "current-context": "c",
            "clusters": [{"name": "k", "cluster": {"server": server, **cluster}}],
            "users": [{"name": "u", "user": user or {}}],
            "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        }
        path.write_text(yaml.safe_dump(content))
        return resolve(kubeconfig=str(path))

    return write


async def failure(target: Target, **timeouts: float) -> Exception:
    """What comes of connecting to the target and asking for the nodes."""
    try:
        async with await connect(await log_in(target), timeouts=Timeouts(**timeouts)) as client:
            await client.list(NODES)
    except (ConfigError, Unreachable, Unauthorized) as error:
        sentence = explain(error, server=target.server)
        assert "\n" not in sentence
        assert sentence.endswith((".", "?"))
        return error
    raise AssertionError("there was no failure")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def inline(pem: bytes) -> str:
    return base64.b64encode(pem).decode()


def context_for(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def answer_nothing(request: web.BaseRequest) -> web.StreamResponse:
    return web.json_response({"items": []})


async def test_a_port_where_nobody_listens(configure: Configure) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = await failure(configure(f"https://127.0.0.1:{port}"))
    assert "refuses connections" in str(error)


async def test_a_name_that_nobody_knows(configure: Configure) -> None:
    error = await failure(configure("https://no-such-host.invalid:6443"))
    assert "no-such-host.invalid of the API server cannot be resolved" in str(error)


async def test_another_clusters_authority(
    server: ApiServer, configure: Configure, authority: trustme.CA
) -> None:
    target = configure(
        server.url, **{"certificate-authority-data": inline(authority.cert_pem.bytes())}
    )
    assert "not signed by the authority" in str(await failure(target))


async def test_a_certificate_for_another_name(configure: Configure, authority: trustme.CA) -> None:
    tls = context_for(authority.issue_cert("other.example"))
    trusted = {"certificate-authority-data": inline(authority.cert_pem.bytes())}
    async with little_server(answer_nothing, tls=tls) as url:
        assert "is for another name" in str(await failure(configure(url, **trusted)))
        named = configure(url, **trusted, **{"tls-server-name": "other.example"})
        async with await connect(named) as client:
            assert (await client.list(NODES)).items == []


async def test_an_expired_certificate(configure: Configure, authority: trustme.CA) -> None:
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    tls = context_for(authority.issue_cert("127.0.0.1", not_after=yesterday))
    async with little_server(answer_nothing, tls=tls) as url:
        target = configure(
            url, **{"certificate-authority-data": inline(authority.cert_pem.bytes())}
        )
        assert "not valid at this time" in str(await failure(target))


async def test_no_check_of_the_certificate_where_none_is_wanted(
    server: ApiServer, configure: Configure
) -> None:
    user = {"token": server.access.admin_token}
    target = configure(server.url, user=user, **{"insecure-skip-tls-verify": True})
    async with await connect(target) as client:
        assert await client.who_am_i()


async def test_tls_where_none_is_spoken(configure: Configure) -> None:
    async with little_server(answer_nothing) as url:
        error = await failure(configure(url.replace("http:", "https:")))
    assert "does not speak TLS" in str(error)


async def test_no_tls_where_it_is_spoken(configure: Configure, authority: trustme.CA) -> None:
    tls = context_for(authority.issue_cert("127.0.0.1"))
    async with little_server(answer_nothing, tls=tls) as url:
        error = await failure(configure(url.replace("https:", "http:")))
    assert isinstance(error, Unreachable)


async def test_something_that_is_no_web_server(configure: Configure) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(configure(f"http://127.0.0.1:{port}"))
    assert isinstance(error, NotKubernetes)
    assert "does not speak HTTP" in str(error)


async def test_a_web_server_that_is_no_kubernetes(configure: Configure) -> None:
    async def page(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="<html>Welcome</html>", content_type="text/html")

    async with little_server(page) as url:
        error = await failure(configure(url))
    assert "probably not a Kubernetes API server" in str(error)


async def test_a_login_page_in_between(configure: Configure) -> None:
    async def redirect(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "https://login.example/"})

    async with little_server(redirect) as url:
        error = await failure(configure(url))
    assert "sends us on to https://login.example/" in str(error)


async def test_a_server_that_never_answers(server: ApiServer, kubeconfig: str) -> None:
    server.inject(Fault(action="silence"))
    error = await failure(resolve(kubeconfig=kubeconfig), request=0.2)
    assert "did not answer in time" in str(error)


async def test_a_connection_that_is_dropped(server: ApiServer, kubeconfig: str) -> None:
    server.inject(Fault(action="drop", times=None))
    assert "broke off" in str(await failure(resolve(kubeconfig=kubeconfig)))


async def test_an_answer_that_ends_too_early(configure: Configure) -> None:
    async def half(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"items": [')
        assert request.transport is not None
        request.transport.close()
        return response

    async with little_server(half) as url:
        assert "broke off" in str(await failure(configure(url)))


async def test_a_watch_that_ends_well_in_the_middle_of_a_line(configure: Configure) -> None:
    async def half(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text='{"type": "ADDED", "obj')

    async with little_server(half) as url, await connect(configure(url)) as client:
        watch = client.watch(NODES, version="1", timeout_seconds=5, inactivity_seconds=5.0)
        async with aclosing(watch):
            with pytest.raises(Unreachable, match="cut in the middle"):
                async for batch in watch:
                    assert batch == []


async def test_a_token_that_the_server_does_not_know(
    server: ApiServer, configure: Configure
) -> None:
    target = configure(server.url, user={"token": "stale"}, **{"insecure-skip-tls-verify": True})
    error = await failure(target)
    assert isinstance(error, Unauthorized)
    assert "log in again" in explain(error)


async def test_a_proxy_where_nobody_listens(configure: Configure) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    target = configure("https://k.example:6443", **{"proxy-url": f"http://127.0.0.1:{port}"})
    assert f"The proxy 127.0.0.1:{port} on the way to" in str(await failure(target))


@pytest.fixture
def dead_proxy(monkeypatch: pytest.MonkeyPatch) -> str:
    """A proxy of the environment where nobody listens."""
    for name in ("no_proxy", "NO_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = f"127.0.0.1:{listener.getsockname()[1]}"
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy}")
    return proxy


async def test_the_proxy_of_the_environment_is_asked(configure: Configure, dead_proxy: str) -> None:
    error = await failure(configure("https://k.example:6443"))
    assert f"The proxy {dead_proxy} on the way to" in str(error)


@pytest.mark.usefixtures("dead_proxy")
@pytest.mark.parametrize("excepted", ["nowhere.invalid", ".invalid", "nowhere.invalid:6443", "*"])
async def test_no_proxy_where_the_environment_excepts_the_server(
    configure: Configure, monkeypatch: pytest.MonkeyPatch, excepted: str
) -> None:
    monkeypatch.setenv("NO_PROXY", excepted)
    error = await failure(configure("https://nowhere.invalid:6443"))
    assert "nowhere.invalid of the API server cannot be resolved" in str(error)


@pytest.mark.usefixtures("dead_proxy")
async def test_no_proxy_on_the_way_to_this_machine(server: ApiServer, kubeconfig: str) -> None:
    async with await connect(resolve(kubeconfig=kubeconfig)) as client:
        assert (await client.list(NODES)).items == []


async def test_a_proxy_that_refuses(configure: Configure) -> None:
    async def refuse(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=403)

    async with little_server(refuse) as url:
        target = configure("https://k.example:6443", **{"proxy-url": url})
        assert "refused with 403" in str(await failure(target))


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> dict[str, str]:
    """Paths of certificates and keys, good and bad."""
    certificate = authority.issue_cert("me")
    contents = {
        "certificate": b"".join(blob.bytes() for blob in certificate.cert_chain_pems),
        "key": certificate.private_key_pem.bytes(),
        "other key": authority.issue_cert("other").private_key_pem.bytes(),
        "encrypted": b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
        "garbage": b"garbage",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in contents}


@pytest.mark.parametrize(
    ("certificate", "key", "says"),
    [
        ("certificate", "other key", "cannot be used"),
        ("certificate", "garbage", "cannot be used"),
        ("garbage", "key", "cannot be used"),
        ("certificate", "encrypted", "is encrypted"),
        ("certificate", "", "client-certificate without a client-key"),
        ("", "key", "client-key without a client-certificate"),
        ("certificate", "/gone", "/gone .client-key. cannot be read"),
    ],
)
async def test_a_client_certificate_that_cannot_be_used(
    configure: Configure, files: dict[str, str], certificate: str, key: str, says: str
) -> None:
    user = {
        name: files.get(file, file)
        for name, file in (("client-certificate", certificate), ("client-key", key))
        if file
    }
    error = await failure(configure("https://127.0.0.1:1", user=user))
    assert isinstance(error, ConfigError)
    assert re.search(says, str(error))


@pytest.mark.parametrize(
    ("cluster", "says"),
    [
        ({"certificate-authority": "/gone"}, "/gone (certificate-authority) cannot be read"),
        (
            {"certificate-authority-data": "***"},
            "certificate-authority-data in the kubeconfig is not base64",
        ),
        ({"certificate-authority-data": inline(b"garbage")}, "cannot be used"),
        ({"proxy-url": "socks5://127.0.0.1:1"}, "is not an http or https proxy"),
        (
            {"certificate-authority-data": inline(b"x"), "insecure-skip-tls-verify": True},
            "both a certificate-authority and insecure-skip-tls-verify",
        ),
    ],
)
async def test_a_cluster_entry_that_cannot_be_used(
    configure: Configure, cluster: dict[str, object], says: str
) -> None:
    error = await failure(configure("https://127.0.0.1:1", **cluster))
    assert isinstance(error, ConfigError)
    assert says in str(error)


async def test_a_plugin_that_is_missing(configure: Configure) -> None:
    plugin = {"command": "no-such-login", "apiVersion": "client.authentication.k8s.io/v1"}
    error = await failure(configure("https://127.0.0.1:1", user={"exec": plugin}))
    assert "no-such-login is not installed" in str(error)


async def test_a_login_that_nobody_has_any_more(configure: Configure) -> None:
    user = {"auth-provider": {"name": "azure"}}
    error = await failure(configure("https://127.0.0.1:1", user=user))
    assert "'azure' of user 'u' is not supported any more" in str(error)
