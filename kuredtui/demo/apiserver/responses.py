"""HTTP answers of the usual shapes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from aiohttp import web

from kuredtui.demo.apiserver.failures import Failure
from kuredtui.kube.json import JsonObject

JSON_HEADERS = {"Content-Type": "application/json"}


def json_response(body: bytes, *, status: int = 200, warnings: Sequence[str] = ()) -> web.Response:
    """An answer in JSON, with warnings for the person at the client (RFC 7234, code 299)."""
    response = web.Response(body=body, status=status, headers=JSON_HEADERS)
    for warning in warnings:
        quoted = warning.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.add("Warning", f'299 - "{quoted}"')
    return response


def success(details: JsonObject | None = None, *, code: int | None = None) -> web.Response:
    """A Status of kind Success: about something deleted, or something created without an object."""
    status: JsonObject = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
    }
    if details is not None:
        status["details"] = details
    if code is not None:
        status["code"] = code
    return json_response(msgspec.json.encode(status), status=code or 200)


def refusal(failure: Failure) -> web.Response:
    """A Status of kind Failure."""
    response = json_response(failure.encoded(), status=failure.code)
    if failure.retry_after is not None:
        response.headers["Retry-After"] = str(failure.retry_after)
    return response


def not_served() -> web.Response:
    """A path that leads nowhere: a plain text, not a Status."""
    return web.Response(text="404 page not found\n", status=404)
