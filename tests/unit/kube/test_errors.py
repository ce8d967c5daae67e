"""Every failure is one clear sentence with what to do."""

from __future__ import annotations

import re
import ssl

import aiohttp
import msgspec
import pytest

from kuredtui.kube.errors import (
    AlreadyExists,
    ApiError,
    BadRequest,
    ConfigError,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    NotFound,
    NotKubernetes,
    ReadOnlyError,
    ServerError,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    api_error,
    error_from_answer,
    explain,
)
from kuredtui.kube.transport import unreachable
from kuredtui.kube.types import Status

SERVER = "https://k.example:6443"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (405, MethodNotAllowed),
        (409, Conflict),
        (410, Expired),
        (422, Invalid),
        (429, TooManyRequests),
        (500, ServerError),
        (503, ServerError),
        (418, ApiError),
    ],
)
def test_an_answer_has_the_type_of_its_status(code: int, kind: type[ApiError]) -> None:
    error = error_from_answer(code, b"")
    assert type(error) is kind
    assert error.status == code


def test_a_name_that_is_taken_is_told_from_a_conflict() -> None:
    assert type(api_error(Status(code=409, reason="AlreadyExists"))) is AlreadyExists


def test_a_status_body_is_read_with_its_causes() -> None:
    body = {
        "kind": "Status",
        "code": 429,
        "reason": "TooManyRequests",
        "message": "Cannot evict pod as it would violate the pod's disruption budget.",
        "details": {
            "retryAfterSeconds": 10,
            "causes": [{"reason": "DisruptionBudget", "message": "The budget web needs 2 ..."}],
        },
    }
    error = error_from_answer(429, msgspec.json.encode(body))
    assert error.message == body["message"]
    assert error.details.causes[0].reason == "DisruptionBudget"
    assert error.retry_after == 10.0


def test_the_header_outweighs_the_bodys_retry_after() -> None:
    body = msgspec.json.encode({"details": {"retryAfterSeconds": 10}})
    assert error_from_answer(429, body, retry_after=1.0).retry_after == 1.0


def test_the_http_status_outweighs_the_bodys_code() -> None:
    assert type(error_from_answer(502, b'{"code": 404, "reason": "x"}')) is ServerError


def test_an_answer_that_is_no_status_body_is_quoted_in_part() -> None:
    error = error_from_answer(503, b"<html>" + b"x" * 10_000)
    assert error.message.startswith("<html>xxx")
    assert len(error.message) <= 300


def key(host: str = "k.example") -> aiohttp.client_reqrep.ConnectionKey:
    return aiohttp.client_reqrep.ConnectionKey(host, 6443, True, True, None, None, None)


def certificate_error(message: str) -> Exception:
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_message = message
    return aiohttp.ClientConnectorCertificateError(key(), error)


@pytest.mark.parametrize(
    ("error", "says", "advises"),
    [
        (
            aiohttp.ClientConnectorError(key(), ConnectionRefusedError(111, "x")),
            "refuses connections",
            "running",
        ),
        (
            aiohttp.ClientConnectorError(key(), OSError(113, "No route to host")),
            "No route to host",
            "VPN",
        ),
        (
            aiohttp.ClientConnectorDNSError(key(), OSError(-2, "unknown")),
            "k.example .*cannot be resolved",
            "VPN",
        ),
        (aiohttp.ConnectionTimeoutError(), "did not answer in time", "VPN"),
        (aiohttp.SocketTimeoutError(), "did not answer in time", "VPN"),
        (TimeoutError(), "did not answer in time", "VPN"),
        (aiohttp.ServerDisconnectedError(), "broke off", ""),
        (aiohttp.ClientPayloadError("half"), "broke off", ""),
        (ConnectionResetError("reset"), "broke off .reset", ""),
        (certificate_error("certificate has expired"), "not valid at this time", "clock"),
        (
            certificate_error("Hostname mismatch, certificate is not valid for 'x'"),
            "another name",
            "tls-server-name",
        ),
        (
            certificate_error("self-signed certificate in certificate chain"),
            "not signed by",
            "certificate-authority",
        ),
        (
            aiohttp.ClientConnectorSSLError(key(), ssl.SSLError(1, "WRONG_VERSION_NUMBER")),
            "does not speak TLS",
            "http",
        ),
        (
            aiohttp.ClientConnectorSSLError(key(), ssl.SSLError(1, "handshake failure")),
            "TLS .*failed",
            "client certificate",
        ),
        (
            aiohttp.ClientProxyConnectionError(key("proxy"), OSError(111, "x")),
            "proxy proxy:6443",
            "proxy-url",
        ),
        (aiohttp.InvalidURL("x"), "not a URL", "kubeconfig"),
    ],
)
def test_a_failure_of_the_network_is_a_sentence_with_advice(
    error: Exception, says: str, advises: str
) -> None:
    sentence = str(unreachable(error, server=SERVER))
    assert_sentence(sentence)
    assert re.search(says, sentence)
    assert advises in sentence


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ConfigError("No file. Give one."), "No file. Give one."),
        (ReadOnlyError("This session is read-only."), "read-only"),
        (Unreachable("k refuses connections. Is it up?"), "refuses"),
        (NotKubernetes("k does not speak HTTP."), "does not speak"),
        (error_from_answer(401, b""), "does not accept these credentials (401)"),
        (error_from_answer(403, b'{"message": "nodes is forbidden"}'), "nodes is forbidden"),
        (error_from_answer(404, b'{"message": "not found"}'), "answered 404: not found"),
        (
            error_from_answer(429, b'{"message": "slow down"}'),
            "throttling requests (429): slow down",
        ),
        (error_from_answer(500, b'{"message": "etcd is gone"}'), "failed (500): etcd is gone"),
        (TimeoutError(), "did not answer in time"),
        (ValueError("odd"), "ValueError: odd"),
        (KeyError(), "KeyError"),
    ],
)
def test_everything_is_explained_in_one_line(error: Exception, says: str) -> None:
    sentence = explain(error, server=SERVER)
    assert says in sentence
    assert "\n" not in sentence
    assert "Traceback" not in sentence


def test_the_server_is_named_where_it_answered() -> None:
    assert SERVER in explain(error_from_answer(401, b""), server=SERVER)


def assert_sentence(text: str) -> None:
    assert text[0].isupper() or text.startswith("https://")
    assert text.endswith((".", "?"))
    assert "\n" not in text
