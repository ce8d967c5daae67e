"""Keys in the settings: from a flag, the environment and the file; and their list."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kuredtui import cli


@pytest.fixture(autouse=True)
def no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty.toml").touch()
    monkeypatch.setenv("KUREDTUI_CONFIG", str(tmp_path / "empty.toml"))


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli.cli, arguments, env=environment)


def keys_of(result: Result, action: str) -> str:
    """The keys that are listed for an action, after the sign for a change."""
    (line,) = [line for line in result.output.splitlines() if f" {action} " in line]
    return line[0] + line[2:].split()[1]


def test_all_actions_are_listed() -> None:
    listed = run("keys")
    assert listed.exit_code == 0
    assert keys_of(listed, "node.reboot") == " r"
    assert keys_of(listed, "plan.look") == " ctrl+r"


def test_a_flag_may_be_given_again() -> None:
    listed = run("--key", "node.reboot=f5,F6", "--key", "node.drain=f8", "keys")
    assert keys_of(listed, "node.reboot") == "*f5,f6"
    assert keys_of(listed, "node.drain") == "*f8"


def test_the_environment_has_them_between_blanks() -> None:
    listed = run("keys", KUREDTUI_KEYS="node.reboot=d node.drain=r")
    assert keys_of(listed, "node.reboot") == "*d"
    assert keys_of(listed, "node.drain") == "*r"


@pytest.mark.parametrize(
    "text",
    [
        '[keys]\n"node.reboot" = "f5, f6"\n',
        '[keys]\nnode.reboot = "f5,f6"\n',
        '[keys.node]\nreboot = ["f5", "f6"]\n',
        'keys = ["node.reboot=f5,f6"]\n',
    ],
)
def test_the_file_has_a_table(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    assert keys_of(run("--config", str(file), "keys"), "node.reboot") == "*f5,f6"


def test_the_file_the_environment_and_flags_add_up_and_for_one_action_the_last_counts(
    tmp_path: Path,
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[keys]\nnode.reboot = "f5"\nnode.drain = "f6"\nnode.plan = "f7"\n')
    flags = ["--config", str(file), "--key", "node.reboot=f8"]
    listed = run(*flags, "keys", KUREDTUI_KEYS="node.reboot=f9 node.drain=f10")
    assert keys_of(listed, "node.reboot") == "*f8"
    assert keys_of(listed, "node.drain") == "*f10"
    assert keys_of(listed, "node.plan") == "*f7"


def test_the_variable_may_be_named_as_the_flag_is() -> None:
    assert keys_of(run("keys", KUREDTUI_KEY="node.reboot=f9"), "node.reboot") == "*f9"


@pytest.mark.parametrize("command", [["keys"], []])
def test_what_cannot_be_had_ends_the_program(command: list[str]) -> None:
    refused = run("--key", "node.reboot=j", *command)
    assert refused.exit_code == 2
    assert "j cannot be both node.reboot and cursor.down." in refused.output
