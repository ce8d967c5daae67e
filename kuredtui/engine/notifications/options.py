"""Where notifications go and what they say, by kured's names and with kured's defaults."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from kuredtui.engine.given_options import GivenOptions
from kuredtui.kube.goflags.kinds import Hidden
from kuredtui.web.shoutrrr import NotifyUrlError

_SERVICES = "/services/"
_NO_SECRET = Hidden()


@dataclass(frozen=True, kw_only=True)
class NotifyOptions(GivenOptions):
    """Settings of notifications.

    Attributes:
        notify_url: the service, as kured takes it; none: nobody is told.
        slack_hook_url: the old form of the same, for Slack alone; `notify_url` counts before it.
        slack_username, slack_channel: with the old form; "": the webhook's own.
        message_template_drain, message_template_reboot, message_template_uncordon: what is said;
            `%s` is the node.
    """

    notify_url: Hidden = _NO_SECRET
    slack_hook_url: Hidden = _NO_SECRET
    slack_username: str = "kured"
    slack_channel: str = ""
    message_template_drain: str = "Draining node %s"
    message_template_reboot: str = "Rebooting node %s"
    message_template_uncordon: str = "Node %s rebooted & uncordoned successfully!"


def service_url(options: NotifyOptions) -> str:
    """The service's URL, whichever setting names it; "" for none.

    Quotes around it, as templates of Helm charts leave them, are taken off (kured, stripQuotes).

    Raises:
        NotifyUrlError: the old form is no webhook of Slack.
    """
    if options.notify_url:
        return _unquoted(options.notify_url.value)
    if not options.slack_hook_url:
        return ""
    tokens = urlsplit(_unquoted(options.slack_hook_url.value)).path.removeprefix(_SERVICES)
    if len(tokens.split("/")) != 3:
        raise NotifyUrlError("slack-hook-url is not like https://hooks.slack.com/services/A/B/C.")
    channel = f"/{quote(options.slack_channel, safe='')}" if options.slack_channel else ""
    user = f"{quote(options.slack_username, safe='')}@" if options.slack_username else ""
    return f"slack://{user}{tokens}{channel}"


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'" else text
