"""Which alerts are active, by Prometheus's HTTP API: one instant query for the series `ALERTS`.

It is the query kured makes (pkg/blockers/prometheus.go). Prometheus keeps one such series per alert, with
the labels `alertname` and `alertstate` (`pending` or `firing`).
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import aiohttp
import msgspec

# A query must not hold a reboot up for longer than the next look takes.
_TIMEOUT_SECONDS = 10.0
# Some 10,000 series; no cluster has so many active alerts, and no answer is read without an end.
_MOST_BYTES = 8 * 1024 * 1024


class PrometheusError(Exception):
    """Prometheus did not tell; the message is a sentence."""


class Alert(msgspec.Struct, frozen=True, order=True):
    """One active alert.

    Attributes:
        name: of its rule.
        firing: or else pending.
    """

    name: str
    firing: bool


class Prometheus:
    """One Prometheus, or what speaks its API.

    Args:
        url: its address as a browser has it; a path before `/api/v1` and credentials may be in it.
        timeout: seconds for a query, all in all.

    Raises:
        ValueError: the URL is none of HTTP.
    """

    def __init__(self, url: str, *, timeout: float = _TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the URL of Prometheus must begin with http:// or https:// and a host")
        self._query = parts._replace(
            path=f"{parts.path.rstrip('/')}/api/v1/query", query="", fragment=""
        )
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        # Credentials stay out of every message.
        self.shown = urlunsplit(
            parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
        )

    async def active_alerts(self) -> list[Alert]:
        """The active alerts, each once, sorted.

        Raises:
            PrometheusError: it could not be reached, was too slow, refused, or answered something else.
        """
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout, trust_env=True) as session,
                session.get(urlunsplit(self._query), params={"query": "ALERTS"}) as answer,
            ):
                return _alerts(await self._read(answer), status=answer.status, server=self.shown)
        except TimeoutError:
            raise PrometheusError(
                f"Prometheus at {self.shown} did not answer within {self._timeout.total:g} s."
            ) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise PrometheusError(
                f"Prometheus at {self.shown} cannot be reached ({_why(error)})."
            ) from None

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise PrometheusError(f"Prometheus at {self.shown} answers more than can be true.")
        return bytes(body)


def _why(error: Exception) -> str:
    """In a few words, and never in aiohttp's own, which may quote the URL with its credentials."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "its name cannot be resolved"
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(error.certificate_error, "verify_message", "")
            return f"its certificate is not trusted: {reason}" if reason else "bad certificate"
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ConnectionRefusedError):
            return "it refuses connections"
        case aiohttp.TooManyRedirects():
            return "it redirects without an end"
        case aiohttp.ClientConnectorSSLError():
            return "it does not speak TLS"
        case OSError() if error.strerror:
            return error.strerror
        case _:
            return type(error).__name__


class _Sample(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str]


class _Data(msgspec.Struct, rename="camel"):
    result_type: str
    result: list[msgspec.Raw]


class _Answer(msgspec.Struct):
    status: str
    error: str = ""
    data: _Data | None = None


def _alerts(body: bytes, *, status: int, server: str) -> list[Alert]:
    try:
        answer = msgspec.json.decode(body, type=_Answer)
        if answer.status != "success" or answer.data is None:
            raise PrometheusError(f"Prometheus at {server} refuses the query: {answer.error}.")
        if answer.data.result_type != "vector":
            raise PrometheusError(f"Prometheus at {server} answers a {answer.data.result_type}.")
        samples = [msgspec.json.decode(raw, type=_Sample) for raw in answer.data.result]
        active = [sample.metric for sample in samples if float(sample.value[1]) != 0]
    except (msgspec.DecodeError, UnicodeError, ValueError):
        raise PrometheusError(
            f"What answers at {server} is no Prometheus (HTTP status {status})."
        ) from None
    return sorted(
        {
            Alert(labels["alertname"], labels.get("alertstate") == "firing")
            for labels in active
            if labels.get("alertname")
        }
    )
