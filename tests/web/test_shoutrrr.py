"""kured's notification URLs as Apprise takes them."""

from __future__ import annotations

import apprise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.web.shoutrrr import NotifyUrlError, apprise_url

SLACK = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
BOT = "123456789012-1234567890123-4mt0t4l1YL3g1T5L4cK70k3N"
ROCKET = "8eGdRzc9r4YYNyvge/2XYQcX9NBwJBKfQnphpebPcnXZcPEi32Nt4NKJfrnbhsbRfX"

TRANSLATIONS = [
    (f"slack://{SLACK}", f"slack://{SLACK}"),
    (f"slack://kured@{SLACK}", f"slack://kured@{SLACK}"),
    (
        f"slack://hook:{SLACK.replace('/', '-')}@webhook?color=good&botname=patch+night",
        f"slack://patch%20night@{SLACK}",
    ),
    (f"slack://xoxb:{BOT}@C001CH4NN3L?title=x", f"slack://xoxb-{BOT}/%2BC001CH4NN3L"),
    ("discord://T0ken_-x@6938533?username=kured", "discord://kured@6938533/T0ken_-x"),
    (
        "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5@telegram?chats=@night,-100&notification=no",
        "tgram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5/%40night/-100?silent=yes",
    ),
    ("googlechat://chat.googleapis.com/v1/spaces/FOO/messages?key=b&token=z", "gchat://FOO/b/z"),
    ("hangouts://chat.googleapis.com/v1/spaces/FOO/messages?key=b&token=z", "gchat://FOO/b/z"),
    ("gotify://gotify.example.com:8443/sub/Azy.D4", "gotifys://gotify.example.com:8443/sub/Azy.D4"),
    ("gotify://localhost:80/Azy.D4?disableTLS=yes", "gotify://localhost:80/Azy.D4"),
    (
        "mattermost://me@chat.example.com/t0k/night",
        "mmosts://me@chat.example.com/t0k?channels=night",
    ),
    (
        f"rocketchat://me@chat.example.com:3000/{ROCKET}/night",
        f"rockets://me:{ROCKET}@chat.example.com:3000/%23night?mode=webhook",
    ),
    (
        f"rocketchat://chat.example.com/{ROCKET}/@alice",
        f"rockets://{ROCKET}@chat.example.com/%40alice?mode=webhook",
    ),
    (
        "smtp://me%40example.com:p%2Fw@mail.example.com:587/?from=a@example.com&to=b@example.com",
        "mailtos://me%40example.com:p%2Fw@mail.example.com:587?smtp=mail.example.com"
        "&from=a%40example.com&to=b%40example.com&mode=starttls",
    ),
    (
        "smtp://mail.example.com:465/?fromAddress=a@example.com&toAddresses=b@example.com",
        "mailtos://mail.example.com:465?smtp=mail.example.com"
        "&from=a%40example.com&to=b%40example.com&mode=ssl",
    ),
    (
        "smtp://mail.example.com/?from=a@example.com&to=b@example.com&useStartTLS=no",
        "mailto://mail.example.com:25?smtp=mail.example.com"
        "&from=a%40example.com&to=b%40example.com&mode=insecure",
    ),
    ("ntfy://me:pw@ntfy.example.com/night", "ntfys://me:pw@ntfy.example.com/night?mode=private"),
    ("ntfy://ntfy.sh/night?scheme=http", "ntfy://ntfy.sh/night?mode=private"),
    ("opsgenie://api.eu.opsgenie.com/eb243-k", "opsgenie://eb243-k?region=eu&action=new"),
    ("pushover://shoutrrr:KzGDORe@uQiRzpo/?devices=phone", "pover://uQiRzpo@KzGDORe/phone"),
    (f"pushbullet://{'o' * 34}/device", f"pbul://{'o' * 34}/device"),
    (
        "matrix://me:pw@matrix.example.com/?rooms=!a:example.com,night:example.com",
        "matrixs://me:pw@matrix.example.com/%21a%3Aexample.com/%23night%3Aexample.com"
        "?mode=off&discovery=no&e2ee=no",
    ),
    (
        "matrix://:syt_t0k@localhost:8008/?rooms=night&disableTLS=yes",
        "matrix://syt_t0k@localhost:8008/%23night?mode=off&discovery=no&e2ee=no",
    ),
    # Apprise's own pass as they are.
    ("workflows://example.com/id/sig", "workflows://example.com/id/sig"),
    ("msteams://anything", "msteams://anything"),
]


@pytest.mark.parametrize(("kured", "ours"), TRANSLATIONS)
def test_a_url_of_kured_is_written_as_apprise_takes_it(kured: str, ours: str) -> None:
    assert apprise_url(kured) == ours


@pytest.mark.parametrize(
    "url", [translated for _, translated in TRANSLATIONS if not translated.startswith("msteams")]
)
def test_apprise_takes_it(url: str) -> None:
    assert apprise.Apprise().add(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "has no scheme"),
        ("hooks.slack.com/services/s3cret", "has no scheme"),
        ("teams://s3cret@t/a/b?host=x.webhook.office.com", "workflows://"),
        ("zulip://bot:s3cret@example.zulipchat.com", "incoming webhook"),
        ("logger://", "--log-file"),
        ("slack://s3cret", "not a complete slack://"),
        ("slack://T1/B2/s3cret", "not a complete slack://"),
        ("discord://s3cret", "not a complete discord://"),
        ("discord://s3cret@123/raw", "not a complete discord://"),
        ("telegram://1:s3cret@telegram", "not a complete telegram://"),
        ("googlechat://chat.googleapis.com/v1/spaces/s3cret/messages", "not a complete googlechat"),
        ("gotify://host", "not a complete gotify://"),
        ("smtp://me:s3cret@host:port/?from=a@b.example&to=c@d.example", "not a complete smtp://"),
        ("smtp://me:s3cret@host/?from=a@b.example", "not a complete smtp://"),
        ("matrix://me:s3cret@host/", "not a complete matrix://"),
        ("pushover://s3cret", "not a complete pushover://"),
        ("ntfy://[s3cret/x", "not a complete ntfy://"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_secret(url: str, said: str) -> None:
    with pytest.raises(NotifyUrlError) as raised:
        apprise_url(url)
    assert said in str(raised.value)
    assert "s3cret" not in str(raised.value)


@given(
    scheme=st.sampled_from(
        ["slack", "discord", "telegram", "googlechat", "gotify", "mattermost", "rocketchat",
         "smtp", "ntfy", "opsgenie", "pushover", "pushbullet", "matrix", "teams", "zulip"]
    ),
    rest=st.text(alphabet="abcXYZ019:@/?&=#%.,!+-_[]", max_size=60),
)  # fmt: skip
def test_any_text_is_translated_or_refused_in_words(scheme: str, rest: str) -> None:
    try:
        assert "://" in apprise_url(f"{scheme}://{rest}")
    except NotifyUrlError as error:
        assert len(rest) < 4 or rest not in str(error)
