"""What kured's test says of a node when it is run on demand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.cluster.probe_report import by_command, by_file, sentinel_command

AT = datetime(2026, 3, 14, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("exit_code", "stderr", "state"),
    [
        (0, "", "yes"),
        (1, "", "no"),
        (1, "nothing to do", "no"),
        (2, "", "unknown"),
        (127, "needs-restarting: not found", "unknown"),
        (1, "nsenter: can't open '/proc/1/ns/mnt': Permission denied", "unknown"),
    ],
)
def test_a_command_asks_by_0_and_denies_by_1_and_all_else_is_unknown(
    exit_code: int, stderr: str, state: str
) -> None:
    found = by_command(exit_code, stderr, boot_id="boot", at=AT)
    assert (found.state, found.boot_id, found.source) == (state, "boot", "probe")


def test_a_command_runs_where_kured_runs_it() -> None:
    command = sentinel_command(
        KuredSettings(reboot_sentinel_command="sh -c '! needs-restarting -r'")
    )
    assert command == [
        "/usr/bin/nsenter", "-m/proc/1/ns/mnt", "--", "sh", "-c", "! needs-restarting -r"
    ]  # fmt: skip
    assert sentinel_command(KuredSettings()) == []


def test_a_file_tells_since_when_and_for_which_packages_each_once() -> None:
    found = by_file(
        required=True,
        changed="1773450123\n",
        packages="linux\n linux \n\nlibc6\n",
        boot_id="b",
        at=AT,
    )
    assert (found.state, found.packages) == ("yes", ("linux", "libc6"))
    assert found.since == datetime.fromtimestamp(1773450123, UTC)
    assert found.detail == "asked at 01:02:03 UTC"


@pytest.mark.parametrize("changed", ["", "now", "9" * 30])
def test_a_time_that_is_none_is_left_out(changed: str) -> None:
    assert by_file(required=True, changed=changed, packages="", boot_id="b", at=AT).since is None


def test_without_the_file_there_is_nothing_else_to_tell() -> None:
    found = by_file(required=False, changed="1", packages="left-over\n", boot_id="b", at=AT)
    assert (found.state, found.since, found.packages) == ("no", None, ())
