"""What kured's test says of a node when it is run on demand."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
import yaml

from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.cluster.probe_report import (
    SentinelTest,
    by_command,
    by_file,
    by_sentinel_command,
    sentinel_command,
    sentinel_test,
)
from kuredtui.kube.types import Container, Pod, PodSpec
from kuredtui.manifests.sentinel import sentinel_manifest

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


@pytest.mark.parametrize(
    ("exit_code", "state"), [(0, "yes"), (1, "no"), (123, "no"), (124, "unknown"), (127, "unknown")]
)
def test_our_sentinels_command_denies_by_anything_up_to_123(exit_code: int, state: str) -> None:
    found = by_sentinel_command(exit_code, boot_id="b", at=AT)
    assert (found.state, found.boot_id) == (state, "b")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, SentinelTest(container="sentinel", path="/host/run/reboot-required")),
        (
            {"path": "/srv/$(x)/flag", "command": "[ $$ -gt 0 ]"},
            SentinelTest(container="sentinel", path="/host/srv/$(x)/flag", command="[ $$ -gt 0 ]"),
        ),
    ],
)
def test_what_our_sentinel_looks_for_is_read_of_its_pod(
    arguments: dict[str, str], expected: SentinelTest
) -> None:
    _, daemonset = yaml.safe_load_all(sentinel_manifest(**arguments))  # type: ignore[arg-type]  # texts alone
    pod = msgspec.convert(daemonset["spec"]["template"], Pod, strict=False)
    assert sentinel_test(pod) == expected


def test_a_pod_that_is_no_sentinel_says_nothing() -> None:
    pod = Pod(spec=PodSpec(containers=[Container(name="sentinel", image="busybox")]))
    assert sentinel_test(pod) is None
