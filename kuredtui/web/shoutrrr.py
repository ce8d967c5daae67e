"""kured's notification URLs (shoutrrr 0.8) as Apprise writes them.

A scheme that shoutrrr knows is read as shoutrrr reads it, also where Apprise has one of the same name; any
other is Apprise's own and is left as it is. Titles, icons and colours are left out: kured sends one line.
`generic` is not here, see `webhook`. No message ever holds a part of the URL but its scheme.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

_SLACK_TOKEN = re.compile(
    r"(?:(xox.|hook)[-:]|:?)([A-Z0-9]{9,})[-/,]([A-Z0-9]{9,})[-/,]([A-Za-z0-9]{24,})"
)
_IMPLICIT_TLS_PORT = 465
_YES = frozenset({"true", "1", "yes", "y", "on"})

# What shoutrrr sends to and Apprise cannot in the same way, and what to do instead.
_WITHOUT_COUNTERPART = {
    "teams": "Microsoft has retired these connectors; give the workflows:// URL of a Teams workflow",
    "zulip": "use generic+https:// with the URL of a Zulip incoming webhook",
    "ifttt": "use generic+https:// with the URL of the IFTTT webhook",
    "join": "use generic+https:// with the URL of Join's API",
    "bark": "use barks:// with the server and the device key, as Apprise writes it",
    "logger": "it only writes to kured's own log; use --log-file",
}


class NotifyUrlError(ValueError):
    """A URL that cannot be used; the message says what to do and never holds the URL."""


class _Parts:
    """A URL taken apart, with the case of its host kept."""

    def __init__(self, split: SplitResult) -> None:
        userinfo, _, place = split.netloc.rpartition("@")
        user, _, password = userinfo.partition(":")
        self.user, self.password = unquote(user), unquote(password)
        self.userinfo = unquote(userinfo)
        self.host, _, self.port = place.partition(":")
        self.place = place
        self.path = [unquote(part) for part in split.path.split("/") if part]
        self.fragment = unquote(split.fragment)
        self.query = {key.lower(): value for key, value in reversed(parse_qsl(split.query))}

    def says_no_tls(self) -> bool:
        """Whether TLS is switched off."""
        return self.query.get("disabletls", "").lower() in _YES


def apprise_url(url: str) -> str:
    """The URL as Apprise takes it.

    Raises:
        NotifyUrlError: it is none, or not one that can be translated.
    """
    scheme, separator, _ = url.partition("://")
    scheme = scheme.lower()
    if not separator or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        raise NotifyUrlError("The notification URL has no scheme such as slack://.")
    if advice := _WITHOUT_COUNTERPART.get(scheme):
        raise NotifyUrlError(f"Notifications to {scheme}:// cannot be sent from here: {advice}.")
    translate = _TRANSLATIONS.get(scheme)
    if translate is None:
        return url
    try:
        return translate(_Parts(urlsplit(url)))
    except (LookupError, ValueError):
        raise NotifyUrlError(
            f"The notification URL is not a complete {scheme}:// URL as kured takes it."
        ) from None


def _join(scheme: str, place: str, *path: str, user: str = "", **query: str) -> str:
    """A URL of parts that are quoted here, but for the place."""
    userinfo = f"{user}@" if user else ""
    rest = "".join(f"/{quote(part, safe='')}" for part in path)
    asked = urlencode({key: value for key, value in query.items() if value})
    return f"{scheme}://{userinfo}{place}{rest}{'?' if asked else ''}{asked}"


def _needed(*values: str) -> None:
    if not all(values):
        raise ValueError


def _slack(parts: _Parts) -> str:
    """`[bot@]A/B/C[/channel]` of old, `hook:A-B-C@webhook`, or `xoxb:1-2-c@CHANNEL`."""
    old = bool(parts.path)
    token = "/".join([parts.host, *parts.path]) if old else parts.userinfo
    match = _SLACK_TOKEN.search(token)
    if match is None:
        raise ValueError
    kind, *tokens = match.groups()
    bot = parts.user if old else parts.query.get("botname", parts.query.get("username", ""))
    user = quote(bot, safe="")
    if kind in (None, "hook"):
        channel = parts.path[2:3] if old else []
        return _join("slack", tokens[0], *tokens[1:], *channel, user=user)
    _needed(parts.host)
    return _join("slack", "-".join([kind, *tokens]), f"+{parts.host}", user=user)


def _discord(parts: _Parts) -> str:
    """`token@id`."""
    _needed(parts.user, parts.host)
    if parts.path:
        raise ValueError  # /raw: the message is the payload
    return _join(
        "discord", parts.host, parts.user, user=quote(parts.query.get("username", ""), safe="")
    )


def _telegram(parts: _Parts) -> str:
    """`token@telegram?chats=@channel,-100`."""
    chats = parts.query.get("chats", parts.query.get("channels", ""))
    _needed(parts.user, parts.password, chats)
    silent = "yes" if parts.query.get("notification", "yes").lower() not in _YES else ""
    token = f"{quote(parts.user, safe='')}:{quote(parts.password, safe='')}"
    return _join("tgram", token, *chats.split(","), silent=silent)


def _google_chat(parts: _Parts) -> str:
    """`chat.googleapis.com/v1/spaces/S/messages?key=K&token=T`."""
    space, key, token = parts.path[2], parts.query["key"], parts.query["token"]
    return _join("gchat", quote(space, safe=""), key, token)


def _gotify(parts: _Parts) -> str:
    """`host[:port]/path/token`."""
    _needed(parts.host, parts.path[-1])
    scheme = "gotify" if parts.says_no_tls() else "gotifys"
    return _join(scheme, parts.place, *parts.path, priority=parts.query.get("priority", ""))


def _mattermost(parts: _Parts) -> str:
    """`[user@]host/token[/channel]`."""
    token, channel = parts.path[0], "".join(parts.path[1:2])
    return _join("mmosts", parts.place, token, user=quote(parts.user, safe=""), channels=channel)


def _rocket_chat(parts: _Parts) -> str:
    """`[user@]host[:port]/a/b[/channel]`."""
    token = f"{parts.path[0]}/{parts.path[1]}"
    target = f"#{parts.fragment}" if parts.fragment else "".join(parts.path[2:3])
    if target and target[0] not in "#@":
        target = f"#{target}"
    user = f"{quote(parts.user, safe='')}:" if parts.user else ""
    targets = [target] if target else []
    return _join("rockets", parts.place, *targets, user=f"{user}{token}", mode="webhook")


def _email(parts: _Parts) -> str:
    """`user:password@host:port/?from=..&to=..`."""
    query = parts.query
    sender = query.get("from", query.get("fromaddress", ""))
    to = query.get("to", query.get("toaddresses", ""))
    _needed(parts.host, sender, to)
    port = int(parts.port or 25)
    encryption = query.get("encryption", "auto").lower()
    start_tls = query.get("usestarttls", query.get("starttls", "yes")).lower() in _YES
    scheme, mode = "mailtos", "starttls"
    if encryption == "implicittls" or (encryption == "auto" and port == _IMPLICIT_TLS_PORT):
        mode = "ssl"
    elif not start_tls:
        scheme, mode = "mailto", "insecure"
    user = quote(parts.user, safe="")
    if parts.password:
        user += f":{quote(parts.password, safe='')}"
    named = {"from": sender, "to": to, "name": query.get("fromname", ""), "mode": mode}
    return _join(scheme, f"{parts.host}:{port}", user=user, smtp=parts.host, **named)


def _ntfy(parts: _Parts) -> str:
    """`[user:password@]host/topic`."""
    _needed(parts.place, parts.path[0])
    scheme = "ntfy" if parts.query.get("scheme", "").lower() == "http" else "ntfys"
    user = ""
    if parts.password:
        user = f"{quote(parts.user, safe='')}:{quote(parts.password, safe='')}"
    priority = parts.query.get("priority", "")
    return _join(scheme, parts.place, parts.path[0], user=user, mode="private", priority=priority)


def _opsgenie(parts: _Parts) -> str:
    """`host/key`."""
    region = "eu" if parts.host.lower().startswith("api.eu.") else "us"
    priority = parts.query.get("priority", "").lower()
    return _join(
        "opsgenie", quote(parts.path[0], safe=""), region=region, action="new", priority=priority
    )


def _pushover(parts: _Parts) -> str:
    """`shoutrrr:token@user/?devices=a,b`."""
    _needed(parts.password, parts.host)
    devices = [device for device in parts.query.get("devices", "").split(",") if device]
    priority = parts.query.get("priority", "")
    token = quote(parts.password, safe="")
    return _join("pover", token, *devices, user=quote(parts.host, safe=""), priority=priority)


def _pushbullet(parts: _Parts) -> str:
    """`token[/device or #channel]`."""
    _needed(parts.host)
    targets = [*parts.path, *([f"#{parts.fragment}"] if parts.fragment else [])]
    return _join("pbul", parts.host, *targets)


def _matrix(parts: _Parts) -> str:
    """`user:password@host/?rooms=!id:server,alias`, or a token in the place of the password."""
    rooms = parts.query.get("rooms", parts.query.get("room", ""))
    _needed(parts.password, parts.host, rooms)
    targets = [room if room[0] in "#!" else f"#{room}" for room in rooms.split(",") if room]
    password = quote(parts.password, safe="")
    user = f"{quote(parts.user, safe='')}:{password}" if parts.user else password
    scheme = "matrix" if parts.says_no_tls() else "matrixs"
    plain = {"mode": "off", "discovery": "no", "e2ee": "no"}
    return _join(scheme, parts.place, *targets, user=user, **plain)


_TRANSLATIONS: dict[str, Callable[[_Parts], str]] = {
    "slack": _slack,
    "discord": _discord,
    "telegram": _telegram,
    "googlechat": _google_chat,
    "hangouts": _google_chat,
    "gotify": _gotify,
    "mattermost": _mattermost,
    "rocketchat": _rocket_chat,
    "smtp": _email,
    "ntfy": _ntfy,
    "opsgenie": _opsgenie,
    "pushover": _pushover,
    "pushbullet": _pushbullet,
    "matrix": _matrix,
}
