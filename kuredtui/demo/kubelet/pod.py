"""The life of one pod on one machine, as a state machine without any I/O.

    waiting -> running -> finished
       ^          |
       +- backing off (restartPolicy)

Deletion, the deadline of `activeDeadlineSeconds` and a boot of the machine cut in from any of
these. What becomes visible of it is in `pod_status`. All containers of a pod live alike here.
"""

from __future__ import annotations

import enum
import zlib
from dataclasses import dataclass

from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.images import is_unobtainable
from kuredtui.demo.kubelet.recognise import Program, program_of
from kuredtui.demo.kubelet.wire import KubeletPod
from kuredtui.demo.pace import Pace
from kuredtui.kube.types import ContainerStateTerminated

_KILLED = 137  # 128 + SIGKILL
_LOST = 255
"""The exit code containerd reports for a container that a power cycle took, with reason Unknown."""
_FIRST_BACKOFF = 10.0
_LONGEST_BACKOFF = 300.0
"""Seconds between restarts of a crashing container after the first one, doubled each time (kubelet's
CrashLoopBackOff)."""
_BACKOFF_FORGOTTEN = 2 * _LONGEST_BACKOFF
"""A container that ran longer than this begins anew (hasExpired in client-go's util/flowcontrol)."""
_RESTART_SECONDS = 1.0
"""Until a container runs again whose image is on the machine already."""


class Stage(enum.Enum):
    """Where the containers are."""

    WAITING = enum.auto()
    RUNNING = enum.auto()
    BACKING_OFF = enum.auto()
    FINISHED = enum.auto()


@dataclass(frozen=True, kw_only=True)
class End:
    """How a run of the containers ended; times are Unix times, the message its termination log."""

    exit_code: int
    reason: str
    started_at: float
    finished_at: float
    message: str = ""


class SimulatedPod:
    """A pod that was bound to a machine.

    Args:
        pod: as the API server has it.
        pace: how fast it lives.
        now: Unix time.

    Attributes:
        pod: the newest version known.
        stage: where its containers are.
        termination_message: what its program has written to its termination log in the present run.
        pause: simulated seconds of the present wait for a restart.
        stopped: it was asked to go, and its containers have ended: the API object can go, too.
    """

    def __init__(self, pod: KubeletPod, *, pace: Pace, now: float) -> None:
        self.pod = pod
        self.stage = Stage.WAITING
        self.stopped = False
        self.accepted_at = now
        self.started_at = now
        self.restarts = 0
        self.last_end: End | None = None
        self.termination_message = ""
        self.pause = 0.0
        self.failure: tuple[str, str] = ("", "")  # reason and message of a pod that was failed
        self._pace = pace
        self._program = Program()
        self._start_at = self._time_of_start()
        self._ready_at = controls.NEVER
        self._end_at = controls.NEVER
        self._stop_at = controls.NEVER
        self._stops_hard = False
        self._backoff = 0.0
        self._take_up()
        self.observe(pod, now=now)

    @property
    def backs_off(self) -> bool:
        """Whether it waits for a restart for longer than a restart takes."""
        return self.stage is Stage.BACKING_OFF and self.pause > _RESTART_SECONDS

    @property
    def uid(self) -> str:
        """Whose life this is."""
        return self.pod.metadata.uid

    @property
    def missing_image(self) -> str:
        """The first of its images that nobody can pull; "" where there is none."""
        images = (container.image for container in self.pod.spec.containers)
        return next((image for image in images if is_unobtainable(image)), "")

    def is_ready(self, now: float) -> bool:
        """Whether it serves."""
        return self.stage is Stage.RUNNING and now >= self._ready_at

    def observe(self, pod: KubeletPod, *, now: float) -> None:
        """Take in a newer version: its deletion may have been asked for, or hastened."""
        start = pod.metadata.annotations.get(controls.START_SECONDS)
        started_otherwise = start != self.pod.metadata.annotations.get(controls.START_SECONDS)
        self.pod = pod
        if started_otherwise and self.stage is Stage.WAITING:
            self._start_at = self._time_of_start()
        metadata = pod.metadata
        if metadata.deletion_timestamp is None:
            return
        grace = float(metadata.deletion_grace_period_seconds or 0)
        wanted = self._seconds(controls.STOP_SECONDS, 0.5, 3.0)
        if self.stage is not Stage.RUNNING:
            grace = wanted = 0.0
        self._stops_hard = wanted >= grace > 0
        self._stop_at = min(self._stop_at, now + self._pace.real(min(grace, wanted)))

    def advance(self, now: float, *, boot_id: str) -> bool:
        """Go on to the present; True when its program takes the machine down at this moment."""
        if self.stopped or (self.stage is Stage.FINISHED and self._stop_at > now):
            return False
        if now >= self._stop_at and not self._takes_machine_down:
            self._stop(now)
            return False
        if now >= self._deadline():
            self._fail_at_deadline(now)
            return False
        if self.stage is not Stage.RUNNING and now >= self._start_at:
            self._start(now, boot_id)
        if self.stage is Stage.RUNNING and now >= self._end_at:
            if self._program.reboots:
                return True
            self._end(now, exit_code=self._program.exit_code)
        return False

    @property
    def _takes_machine_down(self) -> bool:
        """Whether the machine is told: who stops the containers then does not stop the reboot."""
        return self.stage is Stage.RUNNING and self._program.reboots

    def next_look(self, now: float) -> float | None:
        """When `advance` will find something to do, in Unix time; None: only if told so."""
        if self.stopped:
            return None
        looks = [] if self._takes_machine_down else [self._stop_at]
        if self.stage is Stage.RUNNING:
            looks += [self._end_at, self._deadline()]
            if now < self._ready_at:
                looks.append(self._ready_at)
        elif self.stage is not Stage.FINISHED:
            looks += [self._start_at, self._deadline()]
        first = min(looks)
        return None if first == controls.NEVER else first

    def exit(self, now: float, *, exit_code: int) -> None:
        """Its program has ended by itself; `advance` goes on from there."""
        if self.stage is Stage.RUNNING:
            self._program = Program(seconds=0.0, exit_code=exit_code)
            self._end_at = now

    def write_termination_log(self, text: str) -> None:
        """Its program says something for its pod's status; the last one counts, however it ends."""
        self.termination_message = text

    def power_cycled(self, now: float, *, forgotten: bool) -> None:
        """The machine went down under the containers and has booted again.

        Args:
            now: Unix time.
            forgotten: the runtime does not know its former containers any more.
        """
        if self.stage is Stage.FINISHED or self.stopped:
            return
        if self.pod.metadata.deletion_timestamp is not None:
            self._stop(now)
            return
        if self.stage is Stage.RUNNING and not forgotten:
            end = self._over(now, exit_code=_LOST, reason="Unknown")
            if self.pod.spec.restart_policy == "Never":
                self._finish(end)
                return
            self.last_end = end
            self.restarts += 1
        self.stage = Stage.WAITING
        self._start_at = now + self._pace.real(_RESTART_SECONDS)

    def _take_up(self) -> None:
        """Go on where another kubelet process, or a seeded cluster, left off."""
        status = self.pod.status
        if status.start_time is not None:
            self.accepted_at = status.start_time.timestamp()
        states = [container.state for container in status.container_statuses]
        self.restarts = max((c.restart_count for c in status.container_statuses), default=0)
        if status.phase in ("Succeeded", "Failed"):
            self.failure = (status.reason, status.message)
            ends = [_end(state.terminated) for state in states if state.terminated]
            self.stage, self.last_end = Stage.FINISHED, ends[0] if ends else None
        elif states and states[0].running is not None:
            started_at = states[0].running.started_at
            self.stage = Stage.RUNNING
            self.started_at = started_at.timestamp() if started_at else self.accepted_at
            self._program = program_of(self.pod, boot_id="")
            # What reboots is not taken up: its fate was decided with the boot it asked for.
            self._program = Program() if self._program.reboots else self._program
            self._end_at = self.started_at + self._pace.real(self._program.seconds)
            self._ready_at = self._time_of_readiness()
            last = status.container_statuses[0].last_state.terminated
            self.last_end = _end(last) if last is not None else None

    def _start(self, now: float, boot_id: str) -> None:
        self.stage = Stage.RUNNING
        self.started_at = now
        self.termination_message = ""
        self._program = program_of(self.pod, boot_id=boot_id)
        self._end_at = now + self._pace.real(self._program.seconds)
        self._ready_at = self._time_of_readiness()

    def _time_of_start(self) -> float:
        if self.missing_image and controls.START_SECONDS not in self.pod.metadata.annotations:
            return controls.NEVER
        wanted = self._seconds(controls.START_SECONDS, 1.0, 3.0)
        return self.accepted_at + self._pace.real(wanted)

    def _time_of_readiness(self) -> float:
        return self.started_at + self._pace.real(self._seconds(controls.READY_SECONDS, 0.5, 4.0))

    def _end(self, now: float, *, exit_code: int) -> None:
        end = self._over(now, exit_code=exit_code, reason="Error" if exit_code else "Completed")
        policy = self.pod.spec.restart_policy
        if policy == "Never" or (policy == "OnFailure" and not exit_code):
            self._finish(end)
            return
        self.stage = Stage.BACKING_OFF
        self.pause = self._next_pause(now - self.started_at)
        self._start_at = now + self._pace.real(self.pause)
        self.last_end = end
        self.restarts += 1

    def _over(self, now: float, *, exit_code: int, reason: str) -> End:
        return End(
            exit_code=exit_code,
            reason=reason,
            started_at=self.started_at,
            finished_at=now,
            message=self.termination_message,
        )

    def _next_pause(self, ran: float) -> float:
        """Simulated seconds until the next start, after a run of so many real ones."""
        if ran > self._pace.real(_BACKOFF_FORGOTTEN):
            self._backoff = 0.0
        pause = self._backoff or _RESTART_SECONDS
        self._backoff = min(max(_FIRST_BACKOFF, 2 * self._backoff), _LONGEST_BACKOFF)
        return pause

    def _finish(self, end: End | None) -> None:
        self.stage = Stage.FINISHED
        self.last_end = end or self.last_end

    def _stop(self, now: float) -> None:
        if self.stage is Stage.RUNNING:
            hard = self._stops_hard
            code, reason = (_KILLED, "Error") if hard else (0, "Completed")
            self._finish(self._over(now, exit_code=code, reason=reason))
        self.stage = Stage.FINISHED
        self.stopped = True

    def _deadline(self) -> float:
        """In Unix time; unlike all else not hastened, since whoever set it counts real seconds."""
        limit = self.pod.spec.active_deadline_seconds
        return controls.NEVER if limit is None else self.accepted_at + limit

    def _fail_at_deadline(self, now: float) -> None:
        end = None
        if self.stage is Stage.RUNNING:
            end = self._over(now, exit_code=_KILLED, reason="Error")
        self._finish(end)
        message = "Pod was active on the node longer than the specified deadline"
        self.failure = ("DeadlineExceeded", message)

    def _seconds(self, name: str, low: float, high: float) -> float:
        """An annotation's value, or one between low and high that is always this pod's own."""
        share = zlib.crc32(f"{name}/{self.uid}".encode()) / 0xFFFFFFFF
        default = low + share * (high - low)
        return controls.seconds(self.pod.metadata.annotations, name, default)


def _end(state: ContainerStateTerminated) -> End:
    return End(
        exit_code=state.exit_code,
        reason=state.reason,
        started_at=state.started_at.timestamp() if state.started_at else 0.0,
        finished_at=state.finished_at.timestamp() if state.finished_at else 0.0,
        message=state.message,
    )
