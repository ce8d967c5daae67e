"""shoutrrr's `generic` service: the text, or JSON around it, posted to any URL.

As shoutrrr 0.8 does it (pkg/services/generic): `generic+https://...` posts to that very URL. In
`generic://host/path?...` some query keys are settings (`contenttype`, `disabletls`, `messagekey`, `method`,
`template`, `title`, `titlekey`), those that begin with `@` are headers, those with `$` more fields of the
JSON body, and all others go to the server,
with two underscores before its name also what would be a setting.
"""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

import aiohttp
import msgspec

from kuredtui.web.sender import SendError
from kuredtui.web.shoutrrr import NotifyUrlError

_TIMEOUT = aiohttp.ClientTimeout(total=30.0)
_SETTINGS = frozenset(
    {"contenttype", "disabletls", "messagekey", "method", "template", "title", "titlekey"}
)
_YES = frozenset({"true", "1", "yes", "y", "on"})


class Webhook:
    """One URL that is posted to.

    Args:
        url: as kured takes it; a secret.

    Raises:
        NotifyUrlError: it is no complete one, or asks for a template that does not exist.
    """

    def __init__(self, url: str) -> None:
        scheme, _, rest = url.partition("://")
        if "+" in scheme:
            target = urlsplit(f"{scheme.partition('+')[2].lower()}://{rest}")
            settings: dict[str, str] = {}
        else:
            target, settings = _taken_apart(urlsplit(f"https://{rest}"))
        if target.scheme not in ("http", "https") or not target.netloc:
            raise NotifyUrlError("The notification URL is not a complete generic:// URL.")
        self._url = urlunsplit(target)
        self._method = settings.get("method", "POST").upper()
        self._template = settings.get("template", "").lower()
        if self._template not in ("", "json"):
            raise NotifyUrlError("generic:// knows no template but json.")
        self._message_key = settings.get("messagekey", "message")
        self._fields = {key[1:]: text for key, text in settings.items() if key.startswith("$")}
        content_type = settings.get("contenttype", "application/json")
        self._headers = {"Content-Type": content_type, "Accept": content_type} | {
            _header(key[1:]): text for key, text in settings.items() if key.startswith("@")
        }

    async def send(self, text: str) -> None:
        """See `Sender`."""
        body = text.encode()
        if self._template:
            body = msgspec.json.encode({**self._fields, self._message_key: text})
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as session,
                session.request(
                    self._method, self._url, data=body, headers=self._headers
                ) as answer,
            ):
                if answer.status >= 300:
                    raise SendError(f"the webhook did not take it (HTTP status {answer.status})")
        except TimeoutError:
            raise SendError(f"the webhook did not answer within {_TIMEOUT.total:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Their own words may hold the URL.
            raise SendError(f"the webhook cannot be reached ({type(error).__name__})") from None


def _taken_apart(url: SplitResult) -> tuple[SplitResult, dict[str, str]]:
    """The URL to post to, and what the query says of how."""
    settings: dict[str, str] = {}
    forwarded: list[tuple[str, str]] = []
    for key, text in parse_qsl(url.query, keep_blank_values=True):
        if key in _SETTINGS or key[:1] in ("@", "$"):
            settings.setdefault(key, text)
        else:
            forwarded.append((key[2:] if key[2:] in _SETTINGS and key[:2] == "__" else key, text))
    scheme = "http" if settings.get("disabletls", "").lower() in _YES else "https"
    return url._replace(scheme=scheme, query=urlencode(forwarded)), settings


def _header(key: str) -> str:
    """`acceptLanguage` as `Accept-Language`."""
    name = "".join(
        f"-{char}" if char.isupper() and at and key[at - 1] != "-" else char
        for at, char in enumerate(key)
    )
    return "-".join(part[:1].upper() + part[1:] for part in name.split("-"))
