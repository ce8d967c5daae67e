"""Which service is meant, and what stays hidden."""

from __future__ import annotations

import pytest

from kuredtui.engine.notifications.options import NotifyOptions, service_url
from kuredtui.kube.goflags.kinds import Hidden
from kuredtui.web.shoutrrr import NotifyUrlError, apprise_url

SLACK = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
HOOK = Hidden(f"https://hooks.slack.com/services/{SLACK}")


def test_nobody_is_told_by_default() -> None:
    assert service_url(NotifyOptions()) == ""


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_quotes_around_a_url_are_taken_off(quote: str) -> None:
    options = NotifyOptions(notify_url=Hidden(f"{quote}ntfy://ntfy.sh/night{quote}"))
    assert service_url(options) == "ntfy://ntfy.sh/night"


def test_the_old_form_is_a_webhook_of_slack() -> None:
    assert service_url(NotifyOptions(slack_hook_url=HOOK)) == f"slack://kured@{SLACK}"


def test_the_old_form_may_name_a_channel_and_a_user() -> None:
    options = NotifyOptions(
        slack_hook_url=HOOK, slack_username="patch night", slack_channel="#night"
    )
    assert apprise_url(service_url(options)) == f"slack://patch%20night@{SLACK}/%23night"


def test_the_new_form_counts_before_the_old_one() -> None:
    options = NotifyOptions(notify_url=Hidden("ntfy://ntfy.sh/x"), slack_hook_url=HOOK)
    assert service_url(options) == "ntfy://ntfy.sh/x"


def test_an_old_form_that_is_none_is_refused_without_its_text() -> None:
    with pytest.raises(NotifyUrlError) as raised:
        service_url(NotifyOptions(slack_hook_url=Hidden("https://hooks.slack.com/services/s3cret")))
    assert "s3cret" not in str(raised.value)


def test_the_options_do_not_show_their_secrets() -> None:
    options = NotifyOptions(notify_url=Hidden("ntfy://s3cret"), slack_hook_url=Hidden("s3cret"))
    assert "s3cret" not in repr(options)
    assert "s3cret" not in str(options)
