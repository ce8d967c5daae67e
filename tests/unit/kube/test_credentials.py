"""Credentials over time: tokens that rotate, plugins that run again, somebody else's name."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kuredtui.kube import plugin_credentials
from kuredtui.kube.credentials import FixedCredentials, TokenFileCredentials, bearer, impersonation
from kuredtui.kube.errors import ConfigError
from kuredtui.kube.kubeconfig import User
from kuredtui.kube.plugin import PluginCredential
from kuredtui.kube.plugin_credentials import PluginCredentials


async def test_fixed_credentials_stay_and_cannot_be_renewed() -> None:
    fixed = FixedCredentials([bearer("t")])
    assert list(await fixed.headers()) == [("Authorization", "Bearer t")]
    assert not await fixed.renew()


async def test_a_token_file_is_read_again_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    path.write_text("one\n")
    rotating = TokenFileCredentials(path)
    assert list(await rotating.headers()) == [bearer("one")]
    path.write_text("two\n")
    assert list(await rotating.headers()) == [bearer("one")]
    monkeypatch.setattr(TokenFileCredentials, "_MAX_AGE", 0.0)
    assert list(await rotating.headers()) == [bearer("two")]


async def test_a_token_file_is_read_at_once_after_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one")
    rotating = TokenFileCredentials(path)
    await rotating.headers()
    assert not await rotating.renew()
    path.write_text("two")
    assert await rotating.renew()
    assert list(await rotating.headers()) == [bearer("two")]


async def test_a_token_file_that_vanishes_leaves_the_last_token(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one")
    rotating = TokenFileCredentials(path)
    await rotating.headers()
    path.unlink()
    assert not await rotating.renew()
    assert list(await rotating.headers()) == [bearer("one")]


async def test_the_token_in_the_kubeconfig_stands_in_for_a_missing_file(tmp_path: Path) -> None:
    rotating = TokenFileCredentials(tmp_path / "gone", fallback="inline")
    assert list(await rotating.headers()) == [bearer("inline")]


@pytest.mark.parametrize(("content", "complaint"), [(None, "cannot be read"), ("\n", "is empty")])
async def test_a_token_file_without_a_token_is_an_error(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=complaint):
        await TokenFileCredentials(path).headers()


def test_impersonation_is_told_in_headers() -> None:
    user = User(
        impersonate="jane",
        impersonate_uid="7",
        impersonate_groups=["ops", "dev"],
        impersonate_extra={"Reason/Why": ["x"]},
    )
    assert list(impersonation(user)) == [
        ("Impersonate-User", "jane"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "ops"),
        ("Impersonate-Group", "dev"),
        ("Impersonate-Extra-reason%2Fwhy", "x"),
    ]


def test_a_group_without_a_user_is_an_error() -> None:
    with pytest.raises(ConfigError, match="no `as`"):
        impersonation(User(impersonate_groups=["ops"]))


class Plugin:
    """A plugin that counts its runs."""

    def __init__(self, *answers: PluginCredential | ConfigError) -> None:
        self.runs = 0
        self.adopted: list[PluginCredential] = []
        self._answers = iter(answers)

    async def run(self) -> PluginCredential:
        self.runs += 1
        await asyncio.sleep(0)
        answer = next(self._answers)
        if isinstance(answer, ConfigError):
            raise answer
        return answer

    async def adopt(self, credential: PluginCredential) -> None:
        self.adopted.append(credential)

    def credentials(self, first: PluginCredential) -> PluginCredentials:
        return PluginCredentials(first, run=self.run, on_certificate=self.adopt)


def token(text: str, seconds: float | None = None) -> PluginCredential:
    expires = None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
    return PluginCredential(token=text, expires=expires)


@pytest.fixture
def at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin may run again at once."""
    monkeypatch.setattr(plugin_credentials, "_AT_MOST_EVERY", 0.0)


@pytest.mark.usefixtures("at_any_time")
async def test_a_token_that_is_good_for_long_is_kept() -> None:
    plugin = Plugin()
    held = plugin.credentials(token("one", 3600))
    assert list(await held.headers()) == [bearer("one")]
    assert plugin.runs == 0


@pytest.mark.usefixtures("at_any_time")
async def test_a_token_is_renewed_before_it_expires() -> None:
    plugin = Plugin(token("two", 3600))
    held = plugin.credentials(token("one", 30))
    assert list(await held.headers()) == [bearer("two")]
    assert plugin.runs == 1


async def test_many_requests_at_once_run_the_plugin_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = Plugin(token("two", 3600))
    held = plugin.credentials(token("one", 30))
    monkeypatch.setattr(held, "_ran_at", float("-inf"))
    answers = await asyncio.gather(*(held.headers() for _ in range(20)))
    assert {tuple(each) for each in answers} == {(bearer("two"),)}
    assert plugin.runs == 1


async def test_a_plugin_that_gives_out_expired_tokens_is_not_run_for_every_request() -> None:
    plugin = Plugin()
    held = plugin.credentials(token("one", 1))
    for _ in range(5):
        assert list(await held.headers()) == [bearer("one")]
    assert plugin.runs == 0


@pytest.mark.usefixtures("at_any_time")
async def test_a_renewal_that_fails_early_leaves_the_token_that_is_still_good() -> None:
    plugin = Plugin(ConfigError("no network"), token("two", 3600))
    held = plugin.credentials(token("one", 30))
    assert list(await held.headers()) == [bearer("one")]
    assert list(await held.headers()) == [bearer("two")]


@pytest.mark.usefixtures("at_any_time")
async def test_a_renewal_that_fails_after_expiry_is_an_error() -> None:
    held = Plugin(ConfigError("no network")).credentials(token("one", -1))
    with pytest.raises(ConfigError, match="no network"):
        await held.headers()


async def test_the_last_failure_counts_until_the_plugin_may_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plugin = Plugin(ConfigError("no network"))
    held = plugin.credentials(token("one", -1))
    monkeypatch.setattr(held, "_ran_at", float("-inf"))
    for _ in range(3):
        with pytest.raises(ConfigError, match="no network"):
            await held.headers()
    assert plugin.runs == 1


@pytest.mark.usefixtures("at_any_time")
async def test_a_refusal_runs_the_plugin() -> None:
    held = Plugin(token("two")).credentials(token("one"))
    assert await held.renew()
    assert list(await held.headers()) == [bearer("two")]


@pytest.mark.usefixtures("at_any_time")
async def test_a_new_certificate_is_adopted_by_the_connection() -> None:
    renewed = PluginCredential(certificate="C2", key="K2")
    plugin = Plugin(renewed)
    held = plugin.credentials(PluginCredential(certificate="C1", key="K1"))
    assert list(await held.headers()) == []
    assert await held.renew()
    assert plugin.adopted == [renewed]
