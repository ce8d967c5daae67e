"""The command line: where a setting may come from, and which one counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kuredtui import cli
from kuredtui.connector import is_production
from kuredtui.settings import Settings


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Settings]:
    """The settings with which a console would have been opened; the settings file is empty."""
    seen: list[Settings] = []

    def open_console(settings: Settings) -> int:
        seen.append(settings)
        return 0

    monkeypatch.setattr(cli, "_console", open_console)
    (tmp_path / "empty.toml").touch()
    monkeypatch.setenv("KUREDTUI_CONFIG", str(tmp_path / "empty.toml"))
    return seen


def run(*arguments: str, **environment: str) -> str:
    """The output of the command."""
    return CliRunner().invoke(cli.cli, arguments, env=environment).output


def test_without_any_word_the_defaults_count(opened: list[Settings]) -> None:
    assert run() == ""
    assert opened[0].engine.drain_timeout == 1800
    assert opened[0].engine.evict_uncontrolled is False
    assert opened[0].read_only is False


def test_a_flag_outweighs_the_environment(opened: list[Settings]) -> None:
    run("--drain-timeout", "5m", KUREDTUI_DRAIN_TIMEOUT="10m")
    assert opened[0].engine.drain_timeout == 300


def test_the_environment_outweighs_the_file(opened: list[Settings], tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('drain-timeout = "15m"\nds-name = "my-release-kured"\n')
    run("--config", str(file), KUREDTUI_DRAIN_TIMEOUT="10m")
    assert opened[0].engine.drain_timeout == 600
    assert opened[0].engine.ds_name == "my-release-kured"


def test_the_environment_may_name_the_file(opened: list[Settings], tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("read-only = true\n")
    run(KUREDTUI_CONFIG=str(file))
    assert opened[0].read_only


def test_what_was_set_is_known_even_if_only_to_the_default(
    opened: list[Settings], tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('start-time = "0:00"\n')
    run("--config", str(file), "--reboot-method", "command", KUREDTUI_LOCK_TTL="0")
    engine, policy = opened[0].engine, opened[0].policy
    assert engine.is_set("reboot_method")
    assert engine.is_set("lock_ttl")
    assert policy.is_set("start_time")
    assert not engine.is_set("reboot_delay")
    assert not policy.is_set("end_time")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--drain-timeout", "5"], "'5' is not a duration"),
        (["--demo", "--context", "prod"], "--demo brings a cluster of its own"),
        (["--reboot-method", "hammer"], "'hammer' is not one of"),
    ],
)
def test_what_makes_no_sense_is_said(
    opened: list[Settings], arguments: list[str], said: str
) -> None:
    assert said in run(*arguments)
    assert not opened


def test_a_broken_settings_file_stops_the_program(opened: list[Settings], tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("drain-time-out = 3\n")
    assert "drain-time-out" in run("--config", str(file))
    assert not opened


def test_a_named_settings_file_that_is_missing_stops_the_program(
    opened: list[Settings], tmp_path: Path
) -> None:
    assert "cannot be read" in run("--config", str(tmp_path / "none.toml"))
    assert not opened


def test_a_kubeconfig_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").touch()
    empty = str(tmp_path / "empty.toml")
    said = run("--kubeconfig", str(tmp_path / "none"), KUREDTUI_CONFIG=empty)
    assert said.count("\n") == 1
    assert str(tmp_path / "none") in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("pattern", "label", "marked"),
    [
        ("(?i)prod", "aks-PROD-weu", True),
        ("(?i)prod", "aks-test", False),
        ("^live-", "live-1", True),
        ("", "prod", False),
    ],
)
def test_contexts_are_marked_as_production_by_a_pattern(
    pattern: str, label: str, marked: bool
) -> None:
    assert is_production(pattern, label) is marked
