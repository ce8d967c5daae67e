"""What a container would do, read off its command. Nothing is ever executed on this machine.

Recognised are the ways in which this program and kured tell a node to reboot (a command in the
mount namespace of PID 1 through nsenter, or a signal to PID 1), our guard in front of them (an
environment variable `BOOT_ID` that must still be the machine's boot ID), and `sleep`, `true`,
`false` and `exit N`. Everything else runs until it is stopped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.machine import UNTIL_DOWN_SECONDS
from kuredtui.demo.kubelet.wire import KubeletPod
from kuredtui.kube.types import Container

GUARD_VARIABLE = "BOOT_ID"
_NSENTER = re.compile(r"\bnsenter\b.*-m/proc/1/ns/mnt\b", re.DOTALL)
_REBOOT_SIGNAL = r"(?:39|49|2|(?:SIG)?(?:RTMIN\+1?5|INT))"
"""SIGRTMIN+5 and +15 and SIGINT make systemd reboot (systemd(1), SIGNALS); others do not."""
_KILL_INIT = re.compile(rf"\bkill\s+(?:-s\s*|-n\s*|-){_REBOOT_SIGNAL}\s+(?:--\s+)?1(?![\w.-])")
_SIMPLE = re.compile(
    r"(?:exec\s+)?(?:/usr)?(?:/bin/)?(?:sleep (?P<seconds>[\d.]+)|(?P<true>true)|(?P<false>false)"
    r"|exit (?P<code>\d+))"
)
_SHELLS = ("sh", "bash", "ash", "dash")


@dataclass(frozen=True, kw_only=True)
class Program:
    """What the containers of a pod do.

    Attributes:
        seconds: simulated seconds until they end, infinite when they do not end by themselves.
        exit_code: how they end then.
        reboots: the machine goes down at that moment, and takes them with it.
    """

    seconds: float = controls.NEVER
    exit_code: int = 0
    reboots: bool = False


def program_of(pod: KubeletPod, *, boot_id: str) -> Program:
    """What a pod does on a machine with this boot ID."""
    for container in pod.spec.containers:
        if pod.spec.host_pid and asks_for_reboot(container):
            guard = _environment(container).get(GUARD_VARIABLE)
            if guard is not None and guard != boot_id:
                return Program(seconds=0.0)
            return Program(seconds=UNTIL_DOWN_SECONDS, reboots=True)
    annotations = pod.metadata.annotations
    simple = _simple(pod.spec.containers[0]) if pod.spec.containers else Program()
    return Program(
        seconds=controls.seconds(annotations, controls.RUN_SECONDS, simple.seconds),
        exit_code=int(controls.seconds(annotations, controls.EXIT_CODE, simple.exit_code)),
    )


def asks_for_reboot(container: Container) -> bool:
    """Whether a container with the host's processes in sight would reboot the machine."""
    return reboots_through([*container.command, *container.args])


def reboots_through(words: Sequence[str]) -> bool:
    """Whether a command would reboot the machine from a container that may do so."""
    text = " ".join(words)
    return bool(_NSENTER.search(text) or _KILL_INIT.search(text))


def _simple(container: Container) -> Program:
    return simple_program([*container.command, *container.args]) or Program()


def simple_program(words: Sequence[str]) -> Program | None:
    """What one of the few simple commands does; None: it is none of them."""
    if len(words) == 3 and words[0].rpartition("/")[2] in _SHELLS and words[1] == "-c":
        words = [words[2].strip()]
    match = _SIMPLE.fullmatch(" ".join(words))
    if match is None:
        return None
    if match["seconds"] is not None:
        return Program(seconds=float(match["seconds"]))
    if match["code"] is not None:
        return Program(seconds=0.0, exit_code=int(match["code"]) & 0xFF)
    return Program(seconds=0.0, exit_code=1 if match["false"] else 0)


def _environment(container: Container) -> Mapping[str, str]:
    return {variable.name: variable.value for variable in container.env}
