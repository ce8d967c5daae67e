"""The life of one simulated pod by itself, with a clock that the test moves."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.pod import SimulatedPod, Stage
from kuredtui.demo.kubelet.pod_status import StatusWriter, phase_of
from kuredtui.demo.kubelet.wire import KubeletPod
from kuredtui.demo.pace import Pace, stamp

START = 1_700_000_000.0
FAST = {
    controls.START_SECONDS: "2",
    controls.READY_SECONDS: "3",
    controls.STOP_SECONDS: "5",
}


def wire(
    *,
    command: tuple[str, ...] = (),
    annotations: dict[str, str] | None = None,
    deleted: int | None = None,
    **spec: Any,  # Any: of a pod's spec
) -> KubeletPod:
    """A pod that was bound just now; `deleted`: asked to go within so many seconds."""
    metadata: dict[str, Any] = {
        "name": "p",
        "namespace": "default",
        "uid": "u-1",
        "annotations": {**FAST, **(annotations or {})},
    }
    if deleted is not None:
        metadata["deletionTimestamp"] = stamp(START + deleted)
        metadata["deletionGracePeriodSeconds"] = deleted
    container = {"name": "main", "image": "i", "command": list(command)}
    return msgspec.convert(
        {"metadata": metadata, "spec": {"containers": [container], **spec}}, KubeletPod
    )


def run(pod: SimulatedPod, *, until: float) -> list[tuple[float, Stage]]:
    """Let it live until then; when its stage changed."""
    now, seen = START, []
    while (look := pod.next_look(now)) is not None and look <= until:
        now = max(now, look)
        before = pod.stage
        assert not pod.advance(now, boot_id="b")
        if pod.stage is not before:
            seen.append((now - START, pod.stage))
    pod.advance(until, boot_id="b")
    return seen


def pauses(seen: list[tuple[float, Stage]]) -> list[int]:
    """Seconds from each end to the next start."""
    return [
        round(late - early)
        for (early, before), (late, _) in pairwise(seen)
        if before is Stage.BACKING_OFF
    ]


def test_a_pod_starts_and_is_ready_some_time_later() -> None:
    pod = SimulatedPod(wire(), pace=Pace(), now=START)
    assert phase_of(pod) == "Pending"
    assert run(pod, until=START + 100) == [(2, Stage.RUNNING)]
    assert phase_of(pod) == "Running"
    assert not pod.is_ready(START + 4.9)
    assert pod.is_ready(START + 5)


def test_everything_goes_faster_with_the_speed() -> None:
    pod = SimulatedPod(wire(), pace=Pace(10), now=START)
    assert pod.next_look(START) == pytest.approx(START + 0.2)
    run(pod, until=START + 0.2)
    assert pod.is_ready(START + 0.5)
    assert not pod.is_ready(START + 0.49)


def test_a_pod_that_runs_to_its_end_has_succeeded() -> None:
    pod = SimulatedPod(wire(command=("sleep", "10"), restartPolicy="Never"), pace=Pace(), now=START)
    assert run(pod, until=START + 100) == [(2, Stage.RUNNING), (12, Stage.FINISHED)]
    assert phase_of(pod) == "Succeeded"
    assert pod.last_end is not None
    assert (pod.last_end.exit_code, pod.last_end.reason) == (0, "Completed")


def test_a_pod_that_fails_is_restarted_with_longer_and_longer_pauses() -> None:
    crashing = {controls.RUN_SECONDS: "5", controls.EXIT_CODE: "1"}
    pod = SimulatedPod(wire(annotations=crashing), pace=Pace(), now=START)
    assert pauses(run(pod, until=START + 2000))[:8] == [1, 10, 20, 40, 80, 160, 300, 300]


def test_a_pod_that_ran_for_long_enough_is_restarted_at_once_again() -> None:
    crashing = {controls.RUN_SECONDS: "601", controls.EXIT_CODE: "1"}
    pod = SimulatedPod(wire(annotations=crashing), pace=Pace(), now=START)
    assert set(pauses(run(pod, until=START + 6000))) == {1}


def test_on_failure_restarts_only_failures() -> None:
    good = SimulatedPod(wire(command=("true",), restartPolicy="OnFailure"), pace=Pace(), now=START)
    run(good, until=START + 100)
    assert phase_of(good) == "Succeeded"
    bad = SimulatedPod(wire(command=("false",), restartPolicy="OnFailure"), pace=Pace(), now=START)
    run(bad, until=START + 100)
    assert bad.restarts > 0


def test_a_pod_that_is_asked_to_go_ends_well_within_its_grace() -> None:
    pod = SimulatedPod(wire(), pace=Pace(), now=START)
    run(pod, until=START + 10)
    pod.observe(wire(deleted=30), now=START + 10)
    assert pod.next_look(START + 10) == START + 15
    pod.advance(START + 15, boot_id="b")
    assert pod.stopped
    assert pod.last_end is not None
    assert pod.last_end.exit_code == 0


def test_a_pod_that_takes_too_long_is_killed_at_the_end_of_its_grace() -> None:
    slow = {controls.STOP_SECONDS: "600"}
    pod = SimulatedPod(wire(annotations=slow), pace=Pace(), now=START)
    run(pod, until=START + 10)
    pod.observe(wire(annotations=slow, deleted=30), now=START + 10)
    assert pod.next_look(START + 10) == START + 40
    pod.advance(START + 40, boot_id="b")
    assert pod.stopped
    assert pod.last_end is not None
    assert (pod.last_end.exit_code, pod.last_end.reason) == (137, "Error")


def test_a_deletion_can_be_hastened_but_not_put_off() -> None:
    slow = {controls.STOP_SECONDS: "600"}
    pod = SimulatedPod(wire(annotations=slow), pace=Pace(), now=START)
    run(pod, until=START + 10)
    pod.observe(wire(annotations=slow, deleted=30), now=START + 10)
    pod.observe(wire(annotations=slow, deleted=5), now=START + 12)
    assert pod.next_look(START + 12) == START + 17
    pod.observe(wire(annotations=slow, deleted=300), now=START + 13)
    assert pod.next_look(START + 13) == START + 17


def test_a_pod_that_never_ran_goes_at_once() -> None:
    pod = SimulatedPod(wire(deleted=30), pace=Pace(), now=START)
    assert pod.next_look(START) == START
    pod.advance(START, boot_id="b")
    assert pod.stopped


def test_a_deadline_counts_real_seconds_and_fails_the_pod() -> None:
    spec = {"activeDeadlineSeconds": 60, "restartPolicy": "Never"}
    pod = SimulatedPod(wire(**spec), pace=Pace(10), now=START)
    run(pod, until=START + 59)
    assert pod.stage is Stage.RUNNING
    run(pod, until=START + 60)
    assert phase_of(pod) == "Failed"
    assert pod.failure[0] == "DeadlineExceeded"


def test_a_pod_whose_image_never_comes_fails_at_its_deadline_too() -> None:
    pod = SimulatedPod(
        wire(annotations={controls.START_SECONDS: "never"}, activeDeadlineSeconds=60),
        pace=Pace(),
        now=START,
    )
    assert run(pod, until=START + 100) == [(60, Stage.FINISHED)]
    assert phase_of(pod) == "Failed"


@pytest.mark.parametrize(
    ("policy", "forgotten", "after"),
    [
        ("Always", False, "Running"),
        ("OnFailure", False, "Running"),
        ("Never", False, "Failed"),
        ("Never", True, "Pending"),
    ],
)
def test_what_a_power_cycle_makes_of_a_running_pod(
    policy: str, forgotten: bool, after: str
) -> None:
    pod = SimulatedPod(wire(restartPolicy=policy), pace=Pace(), now=START)
    run(pod, until=START + 10)
    pod.power_cycled(START + 100, forgotten=forgotten)
    assert phase_of(pod) == after
    assert not pod.is_ready(START + 100)
    if after == "Failed":
        assert pod.last_end is not None
        assert (pod.last_end.exit_code, pod.last_end.reason) == (255, "Unknown")


def test_a_pod_that_reboots_the_machine_says_so_at_that_moment_and_only_then() -> None:
    command = ("/usr/bin/nsenter", "-m/proc/1/ns/mnt", "--", "/bin/systemctl", "reboot")
    pod = SimulatedPod(wire(command=command, hostPID=True), pace=Pace(), now=START)
    assert not pod.advance(START + 2, boot_id="b")
    look = pod.next_look(START + 2)
    assert look is not None
    assert not pod.advance(look - 0.1, boot_id="b")
    assert pod.advance(look, boot_id="b")


PODS = st.builds(
    wire,
    command=st.sampled_from([(), ("true",), ("false",), ("sleep", "20"), ("sh", "-c", "exit 7")]),
    annotations=st.fixed_dictionaries(
        {
            name: st.sampled_from(["0", "1", "7", "40", "never", "nonsense"])
            for name in (controls.START_SECONDS, controls.READY_SECONDS, controls.STOP_SECONDS)
        }
    ),
    deleted=st.none() | st.sampled_from([0, 1, 30]),
    restartPolicy=st.sampled_from(["Always", "OnFailure", "Never"]),
    activeDeadlineSeconds=st.none() | st.sampled_from([1, 30]),
)


@given(pod=PODS, later=PODS, when=st.floats(0, 100), boots=st.booleans())
def test_whatever_happens_to_a_pod_it_never_waits_for_a_moment_that_has_passed(
    pod: KubeletPod, later: KubeletPod, when: float, boots: bool
) -> None:
    """Otherwise its kubelet would look at it for ever without anything being done."""
    life = SimulatedPod(pod, pace=Pace(), now=START)
    writer = StatusWriter(life, host_ip="127.64.1.0", pod_ip="127.128.0.1")
    now, disturbed, restarts = START, False, 0
    for _ in range(60):
        look = life.next_look(now)
        if not disturbed and (look is None or look > START + when):
            disturbed = True
            now = max(now, START + when)
            life.observe(later, now=now)
            if boots:
                life.power_cycled(now, forgotten=False)
            continue
        if look is None:
            break
        now = max(now, look)
        life.advance(now, boot_id="b")
        after = life.next_look(now)
        assert after is None or after > now
        assert life.restarts >= restarts
        restarts = life.restarts
        status = writer.status(now)
        assert status["phase"] == phase_of(life)
        assert life.stopped <= (status["phase"] in ("Succeeded", "Failed"))


def status_of(pod: SimulatedPod, now: float) -> dict[str, Any]:  # Any: JSON
    """Of its one container, as its kubelet reports it."""
    writer = StatusWriter(pod, host_ip="127.0.0.1", pod_ip="127.0.0.2")
    found: dict[str, Any] = writer.status(now)["containerStatuses"][0]
    return found


def test_what_a_program_wrote_last_is_in_the_status_of_its_end_and_then_of_its_last_end() -> None:
    pod = SimulatedPod(wire(), pace=Pace(), now=START)
    pod.advance(START + 3, boot_id="b")
    pod.write_termination_log("first")
    pod.exit(START + 4, exit_code=0)
    pod.advance(START + 4, boot_id="b")
    ended = status_of(pod, START + 4)
    assert ended["state"]["terminated"]["message"] == "first"
    assert (ended["lastState"], ended["restartCount"]) == ({}, 0)
    pod.advance(START + 6, boot_id="b")
    again = status_of(pod, START + 6)
    assert "running" in again["state"]
    assert again["lastState"]["terminated"]["message"] == "first"
    assert again["restartCount"] == 1
    pod.exit(START + 7, exit_code=0)
    pod.advance(START + 7, boot_id="b")
    waiting = status_of(pod, START + 7)
    assert waiting["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert waiting["state"]["waiting"]["message"].startswith("back-off 10s restarting failed")
    assert "message" not in waiting["lastState"]["terminated"], "it is of one run"
    assert waiting["restartCount"] == 1


@pytest.mark.parametrize("way", ["killed", "power cut"])
def test_a_termination_log_outlives_a_kill_and_a_power_cut(way: str) -> None:
    pod = SimulatedPod(wire(), pace=Pace(), now=START)
    pod.advance(START + 3, boot_id="b")
    pod.write_termination_log("x" * 5_000)
    if way == "killed":
        pod.observe(wire(deleted=1), now=START + 4)
        pod.advance(START + 6, boot_id="b")
        state = status_of(pod, START + 6)["state"]
    else:
        pod.power_cycled(START + 4, forgotten=False)
        state = status_of(pod, START + 4)["lastState"]
    assert state["terminated"]["message"] == "x" * 4_096
