"""Settings: durations as Go writes them, the file, and who acts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.settings import SettingsError, owner, parse_duration, read_settings_file

KNOWN = {"ds_name", "drain_timeout"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("90s", 90),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("2h45m10s", 9910),
        (".5s", 0.5),
    ],
)
def test_a_duration_is_read_as_go_reads_it(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "5", "5 m", "m", "-5m", "5x", "1h 30m", "1h30", "infinite"])
def test_what_go_refuses_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@given(h=st.integers(0, 99), m=st.integers(0, 59), s=st.integers(0, 59))
def test_the_parts_of_a_duration_add_up(h: int, m: int, s: int) -> None:
    assert parse_duration(f"{h}h{m}m{s}s") == h * 3600 + m * 60 + s


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        read_settings_file(tmp_path / "none.toml", KNOWN)


def test_the_file_may_write_its_names_as_the_flags_do(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('ds-name = "my-release-kured"\ndrain_timeout = "10m"\n')
    assert read_settings_file(file, KNOWN) == {
        "ds_name": "my-release-kured",
        "drain_timeout": "10m",
    }


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("drain-time-out = 3\n")
    with pytest.raises(SettingsError, match="drain-time-out"):
        read_settings_file(file, KNOWN)


def test_a_file_that_is_no_toml_says_so(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("ds-name: kured\n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_settings_file(file, KNOWN)


def test_a_folder_in_place_of_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings_file(tmp_path, KNOWN)


def test_the_owner_names_user_and_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "alice")
    user, _, host = owner().partition("@")
    assert user == "alice"
    assert host
