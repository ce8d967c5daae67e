"""Sending one line of text to a notification service, by kured's URL for it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Protocol

from kuredtui.web.shoutrrr import NotifyUrlError, apprise_url

INSTALL_HINT = "install it with: pip install 'kuredtui[notify]'"


class SendError(Exception):
    """The text was not sent; the message says why, in a few words and without the URL."""


class Sender(Protocol):
    """Who brings a text to one service."""

    async def send(self, text: str) -> None:
        """Send it; takes half a minute at most.

        Raises:
            SendError: it was not sent, or it is not known whether it was.
        """
        ...


def sender_for(url: str) -> Sender:
    """The sender for a URL as kured takes it. It connects nowhere yet.

    Raises:
        NotifyUrlError: the URL cannot be used, or needs a package that is not installed.
    """
    if url.partition(":")[0].lower().partition("+")[0] == "generic":
        from kuredtui.web.webhook import Webhook

        return Webhook(url)
    translated = apprise_url(url)
    if find_spec("apprise") is None:
        scheme = url.partition(":")[0].lower()
        raise NotifyUrlError(f"Notifications to {scheme}:// need Apprise; {INSTALL_HINT}.")
    from kuredtui.web.apprise_sender import AppriseSender

    return AppriseSender(translated)
