"""The options: kured's names and defaults, lists, secrets, and what holds for one run alone."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from kuredtui import cli
from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.settings import Settings
from kuredtui.ui.column_choice import DEFAULT_COLUMNS

# What a daemon on a node needs to know and a console does not.
KURED_ALONE = {
    "node_id", "reboot_sentinel", "reboot_sentinel_command", "period", "metrics_host",
    "metrics_port", "log_format",
}  # fmt: skip
# Where we differ on purpose: the lock is looked for, and a drain has an end (DESIGN 4).
OUR_DEFAULTS = {"drain_timeout", "ds_namespace", "ds_name", "lock_annotation", "concurrency"}
PARTS = (EngineOptions, PolicyOptions, NotifyOptions, SourceOptions)
RUN = (
    "kubeconfig", "context", "production_contexts", "read_only", "log_file", "demo", "demo_nodes",
    "demo_speed", "columns", "wide", "keys",
)  # fmt: skip


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Settings]:
    """The settings with which a console would have been opened."""
    seen: list[Settings] = []
    monkeypatch.setattr(cli, "_console", lambda settings: seen.append(settings) or 0)
    (tmp_path / "empty.toml").touch()
    monkeypatch.setenv("KUREDTUI_CONFIG", str(tmp_path / "empty.toml"))
    return seen


def run(*arguments: str, **environment: str) -> str:
    """The output of the command."""
    return CliRunner().invoke(cli.cli, arguments, env=environment).output


def with_file(tmp_path: Path, text: str) -> str:
    """The path of a settings file."""
    file = tmp_path / "config.toml"
    file.write_text(text)
    return str(file)


OPTIONS = {param.name for param in cli.cli.params} - {
    *RUN, "config", "version", "override", "force_reboot"
}  # fmt: skip
DEFAULTS = {field.name: field.default for part in PARTS for field in fields(part)}


def test_every_option_sets_something() -> None:
    assert set(DEFAULTS) >= OPTIONS


def test_the_command_line_has_the_defaults_of_the_engine(opened: list[Settings]) -> None:
    assert run() == ""
    assert opened[0].engine == EngineOptions()
    assert opened[0].policy == PolicyOptions()
    assert opened[0].notify == NotifyOptions()
    assert opened[0].overrides == ()


def test_every_setting_of_kured_is_an_option() -> None:
    wanted = {field.name for field in fields(KuredSettings)} - KURED_ALONE
    assert wanted - OPTIONS == {"force_reboot"}


def test_the_defaults_are_kureds() -> None:
    kured = {field.name: field.default for field in fields(KuredSettings)}
    differ = {name for name in kured.keys() & OPTIONS if DEFAULTS[name] != kured[name]}
    assert differ == OUR_DEFAULTS


def test_every_option_is_under_a_heading() -> None:
    help_ = run("--help")
    for heading in ("Connection", "When a reboot may begin", "Lock", "Drain", "Reboot", "Demo"):
        assert f"\n{heading}:\n" in help_
    assert help_.count("--drain-timeout") == 1


@pytest.mark.parametrize(
    "arguments", [["--reboot-days", "mo,TU"], ["--reboot-days", "mo", "--reboot-days", "TU"]]
)
def test_a_list_is_split_at_commas_and_appended(
    opened: list[Settings], arguments: list[str]
) -> None:
    assert run(*arguments) == ""
    assert opened[0].policy.reboot_days == ("mo", "TU")


def test_a_list_in_the_environment(opened: list[Settings]) -> None:
    run(KUREDTUI_REBOOT_DAYS="mo,tu", KUREDTUI_BLOCKING_POD_SELECTOR="a in (b, c)\nd=e")
    assert opened[0].policy.reboot_days == ("mo", "tu")
    assert opened[0].policy.blocking_pod_selector == ("a in (b, c)", "d=e")


def test_columns_come_from_a_flag_the_environment_or_the_file(
    opened: list[Settings], tmp_path: Path
) -> None:
    run("--columns", "name,Zone,why", KUREDTUI_COLUMNS="ip")
    run(KUREDTUI_COLUMNS="ip")
    run("--config", with_file(tmp_path, 'columns = ["os:30", "lock"]'))
    run()
    chosen = [settings.columns for settings in opened]
    assert chosen == [("name", "Zone", "why"), ("ip",), ("os:30", "lock"), DEFAULT_COLUMNS]


@pytest.mark.parametrize("days", ['"mo,tu"', '["mo", "tu"]'])
def test_a_list_in_the_file(opened: list[Settings], tmp_path: Path, days: str) -> None:
    text = f'reboot-days = {days}\nblocking-pod-selector = "app in (a, b)"\n'
    assert run("--config", with_file(tmp_path, text)) == ""
    assert opened[0].policy.reboot_days == ("mo", "tu")
    assert opened[0].policy.blocking_pod_selector == ("app in (a, b)",)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--reboot-days", "noday"], "reboot-days: 'noday' is no day"),
        (["--start-time", "25:00"], "start-time: '25:00' is no time of day"),
        (["--time-zone", "Mars/Olympus"], "time-zone: 'Mars/Olympus' is no time zone"),
        (["--blocking-pod-selector", "app in (web"], "unable to parse requirement"),
        (["--drain-pod-selector", "=x"], "found '='"),
        (["--alert-filter-regexp", "(?=x)"], "does not mean the same"),
        (["--prometheus-url", "prometheus:9090"], "begins with http:// or https://"),
        (["--pre-reboot-node-labels", "a"], "'a' is not a label"),
        (["--prefer-no-schedule-taint", "a b"], "'a b' cannot be the key of a taint"),
        (["--notify-url", "slack://short"], "not a complete slack:// URL"),
        (["--slack-hook-url", "https://hooks.slack.com/short"], "slack-hook-url is not like"),
        (["--override", "drain"], "'drain' is not one of 'time-window'"),
        (["--concurrency", "-1"], "not in the range"),
        (
            ["--columns", "name,taints"],
            "'taints' is no column; there are name, pool, status, cordon",
        ),
        *(
            (["--columns", f"name,WHY:{width}"], f"'WHY:{width}' gives WHY no width it can have: ")
            for width in ("", "wide", "-20", "6.5", "3", "401", "9" * 5000)
        ),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_starts(
    opened: list[Settings], arguments: list[str], said: str
) -> None:
    assert said in " ".join(run(*arguments).split())
    assert not opened


SECRET = "s3cretT0kenOfTwentyFourLetters"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--notify-url", f"slack://T1JJ3T3L2/{SECRET}"],
        ["--notify-url", SECRET],
        ["--notify-url", f"teams://{SECRET}@x/y/z"],
        ["--slack-hook-url", f"https://hooks.slack.com/{SECRET}"],
        ["--prometheus-url", f"alice:{SECRET}@prometheus"],
    ],
)
def test_no_complaint_holds_a_secret(opened: list[Settings], arguments: list[str]) -> None:
    said = run(*arguments)
    assert "Error" in said
    assert SECRET not in said


def test_neither_the_help_nor_the_settings_show_a_secret(
    opened: list[Settings], tmp_path: Path
) -> None:
    good = f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET}"
    secrets = {
        "KUREDTUI_SLACK_HOOK_URL": f"https://hooks.slack.com/services/T1/B2/{SECRET}",
        "KUREDTUI_PROMETHEUS_URL": f"http://alice:{SECRET}@prometheus",
    }
    file = with_file(tmp_path, f'notify-url = "{good}"\n')
    assert SECRET not in run("--config", file, "--help", **secrets)
    assert run("--config", file, **secrets) == ""
    assert opened[0].notify.notify_url.value == good
    assert SECRET not in repr(opened[0])


def test_what_is_overridden_is_typed(opened: list[Settings]) -> None:
    run("--override", "alerts", "--override", "time-window", "--force-reboot")
    assert opened[0].overrides == ("alerts", "time-window", "force-reboot")


def test_nothing_is_overridden_by_the_environment(opened: list[Settings]) -> None:
    assert run(KUREDTUI_OVERRIDE="alerts", KUREDTUI_FORCE_REBOOT="true") == ""
    assert opened[0].overrides == ()


@pytest.mark.parametrize("line", ["force-reboot = true", 'override = ["alerts"]'])
def test_nothing_is_overridden_by_a_file(opened: list[Settings], tmp_path: Path, line: str) -> None:
    assert "does not know: " in run("--config", with_file(tmp_path, line))
    assert not opened
