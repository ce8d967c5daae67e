"""What a container is taken to do, read off its command."""

from __future__ import annotations

import msgspec
import pytest

from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.recognise import GUARD_VARIABLE, Program, program_of
from kuredtui.demo.kubelet.wire import KubeletPod

BOOT_ID = "7a4f"


def pod(
    command: list[str],
    *,
    host_pid: bool = True,
    env: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
) -> KubeletPod:
    """A pod with one container."""
    variables = [{"name": name, "value": value} for name, value in (env or {}).items()]
    body = {
        "metadata": {"name": "some", "annotations": annotations or {}},
        "spec": {
            "hostPID": host_pid,
            "containers": [{"name": "main", "image": "i", "command": command, "env": variables}],
        },
    }
    return msgspec.convert(body, KubeletPod)


@pytest.mark.parametrize(
    "command",
    [
        ["/usr/bin/nsenter", "-m/proc/1/ns/mnt", "--", "/bin/systemctl", "reboot"],
        ["/bin/sh", "-c", "exec /usr/bin/nsenter -m/proc/1/ns/mnt -- /bin/systemctl reboot"],
        ["/bin/sh", "-c", "some check || exit 0\nexec nsenter -m/proc/1/ns/mnt -- /sbin/reboot"],
        ["/bin/sh", "-c", "kill -39 1"],
        ["kill", "-s", "39", "1"],
        ["/bin/kill", "-s", "SIGRTMIN+5", "1"],
        ["/bin/kill", "-RTMIN+15", "1"],
        ["kill", "-INT", "1"],
    ],
)
def test_these_reboot_the_machine(command: list[str]) -> None:
    assert program_of(pod(command), boot_id=BOOT_ID).reboots
    blind = program_of(pod(command, host_pid=False), boot_id=BOOT_ID)
    assert not blind.reboots, "without the host's processes in sight there is no PID 1 to reach"


@pytest.mark.parametrize(
    "command",
    [
        ["/bin/sh", "-c", "echo reboot"],
        ["/bin/systemctl", "reboot"],
        ["kill", "-0", "1"],
        ["kill", "-TERM", "1"],
        ["kill", "-39", "1234"],
        ["/bin/sh", "-c", "kill -39 $PID"],
        ["/bin/sh", "-c", "skill -39 1"],
        ["nsenter", "-m/proc/17/ns/mnt", "--", "/bin/systemctl", "reboot"],
    ],
)
def test_these_do_not(command: list[str]) -> None:
    assert not program_of(pod(command), boot_id=BOOT_ID).reboots


def test_a_guard_with_another_boot_id_ends_the_pod_well_and_reboots_nothing() -> None:
    command = ["/bin/sh", "-c", "... nsenter -m/proc/1/ns/mnt -- /bin/systemctl reboot"]
    guarded = {GUARD_VARIABLE: BOOT_ID}
    assert program_of(pod(command, env=guarded), boot_id=BOOT_ID).reboots
    assert program_of(pod(command, env=guarded), boot_id="another") == Program(seconds=0.0)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["sleep", "30"], Program(seconds=30.0)),
        (["/bin/sh", "-c", "sleep 2.5"], Program(seconds=2.5)),
        (["/bin/true"], Program(seconds=0.0)),
        (["false"], Program(seconds=0.0, exit_code=1)),
        (["sh", "-c", "exit 3"], Program(seconds=0.0, exit_code=3)),
        (["sh", "-c", "exit 259"], Program(seconds=0.0, exit_code=3)),
        (["sleep", "30", ";", "reboot"], Program()),
        (["/my/server"], Program()),
        ([], Program()),
    ],
)
def test_simple_commands_end_as_they_would_and_all_others_run_on(
    command: list[str], expected: Program
) -> None:
    assert program_of(pod(command), boot_id=BOOT_ID) == expected


def test_annotations_say_how_long_a_pod_runs_and_how_it_ends() -> None:
    annotations = {controls.RUN_SECONDS: "7", controls.EXIT_CODE: "2"}
    found = program_of(pod(["/my/job"], annotations=annotations), boot_id=BOOT_ID)
    assert found == Program(seconds=7.0, exit_code=2)
