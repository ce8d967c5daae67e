"""What can go wrong on the way to the API server, as types; and one clear sentence for each.

Whatever fails below this layer arrives above it as one of these, never as an exception of the HTTP
library: `ApiError` when the server answered, `Unreachable` when no usable answer came,
    `ConfigError` when we
could not even ask, `ReadOnlyError` when we did not want to.
"""

from __future__ import annotations

import msgspec

from kuredtui.kube.types import Status, StatusDetails


class ApiError(Exception):
    """The API server said no.

    Attributes:
        status: the HTTP status, or the `code` of an ERROR event in a watch.
        reason: the machine-readable reason of the Status body (`NotFound`, `Conflict`, ...), "" if
            none.
        message: the server's own words.
        details: what the refusal is about, with its causes.
        retry_after: seconds the server asked us to wait, or None.
    """

    def __init__(self, status: Status, *, retry_after: float | None = None) -> None:
        super().__init__(status.message or status.reason or f"HTTP status {status.code}")
        self.status = status.code
        self.reason = status.reason
        self.message = str(self)
        self.details: StatusDetails = status.details
        if retry_after is None and status.details.retry_after_seconds > 0:
            retry_after = float(status.details.retry_after_seconds)
        self.retry_after = retry_after


class BadRequest(ApiError):
    """400: the server could not make sense of the request."""


class Unauthorized(ApiError):
    """401: the server does not know us."""


class Forbidden(ApiError):
    """403: the server knows us and refuses."""


class NotFound(ApiError):
    """404: no such object, or no such resource."""


class MethodNotAllowed(ApiError):
    """405: the resource does not do that."""


class Conflict(ApiError):
    """409: the object changed, or a precondition does not hold."""


class AlreadyExists(ApiError):
    """409 with reason AlreadyExists: the name is taken."""


class Expired(ApiError):
    """410: the version or the continue token is too old; list again."""


class Invalid(ApiError):
    """422: the object would not be valid."""


class TooManyRequests(ApiError):
    """429: throttled, or an eviction that a budget refuses (with a cause `DisruptionBudget`)."""


class ServerError(ApiError):
    """5xx: the server failed."""


class Unreachable(Exception):
    """No usable answer came: refused, unknown host, TLS, cut, too slow. The message says which."""


class NotSent(Unreachable):
    """There was no connection, so the server has not heard of the request."""


class Silenced(Unreachable):
    """A command's connection was there and broke off: it may have run, or not."""


class NotStarted(Exception):
    """The container's runtime could not start a command, so it did not run. The message says why."""


class NotKubernetes(Unreachable):
    """Something answered, but it does not speak the Kubernetes API."""


class ReadOnlyError(Exception):
    """The gate refused a request because this session is read-only."""


class ConfigError(Exception):
    """A kubeconfig, context or plugin that cannot be used. The message says what to do."""


class LoginFailed(NotSent, ConfigError):
    """A credential that has expired while we were connected, and for which there is no other yet.

    It passes as an outage does: the plugin may need the network that is away, or somebody logs in again.
    """


_BY_CODE: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    409: Conflict,
    410: Expired,
    422: Invalid,
    429: TooManyRequests,
}

_STATUS = msgspec.json.Decoder(Status)
_LONGEST_TEXT = (
    300  # characters of an answer that is no Status body, enough to recognise a proxy's page
)


def api_error(status: Status, *, retry_after: float | None = None) -> ApiError:
    """The exception for a Status, by its code and reason."""
    if status.code == 409 and status.reason == "AlreadyExists":
        return AlreadyExists(status, retry_after=retry_after)
    kind = ServerError if status.code >= 500 else _BY_CODE.get(status.code, ApiError)
    return kind(status, retry_after=retry_after)


def error_from_answer(code: int, body: bytes, *, retry_after: float | None = None) -> ApiError:
    """The exception for an answer with an HTTP status of 400 or more, whatever its body holds."""
    try:
        status = _STATUS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        status = Status()
    if not status.message and not status.reason:
        text = body[: 4 * _LONGEST_TEXT].decode("utf-8", "replace").strip()[:_LONGEST_TEXT]
        status = Status(message=text)
    # The HTTP status is the one that counts: proxies in between answer bodies of their own.
    return api_error(msgspec.structs.replace(status, code=code), retry_after=retry_after)


def explain(error: BaseException, *, server: str = "") -> str:
    """One sentence for a person: what happened and what to do about it.

    Args:
        error: anything; an exception this layer does not know is named by its type and text.
        server: the URL which was asked, to be named in the sentence.
    """
    at = f" at {server}" if server else ""
    match error:
        case ConfigError() | ReadOnlyError():
            return str(error)
        case Unreachable():
            return str(error)
        case Unauthorized():
            return (
                f"The API server{at} does not accept these credentials (401). They may "
                "have expired: log in again, or choose another user or context."
            )
        case Forbidden():
            return (
                f"The API server{at} refuses this (403): {_words(error)}. "
                "Ask a cluster administrator for the right, or choose another context."
            )
        case TooManyRequests():
            return f"The API server{at} is throttling requests (429): {_words(error)}."
        case ServerError():
            return (
                f"The API server{at} failed ({error.status}): {_words(error)}. "
                "If it stays so, its own logs say why."
            )
        case ApiError():
            return f"The API server{at} answered {error.status}: {_words(error)}."
        case TimeoutError():
            return f"The API server{at} did not answer in time. Check the network, VPN or proxy."
        case _:
            return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _words(error: ApiError) -> str:
    """The server's own words as a part of a sentence: on one line, without the full stop."""
    return " ".join(error.message.split()).rstrip(".")
