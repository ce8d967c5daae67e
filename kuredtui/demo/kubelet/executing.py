"""What an exec in a container would do, read off its command. Nothing is ever executed on this machine.

Recognised are the reboot through nsenter with our guard in front of it, kured's and our sentinel's command,
`cat`, `test` and `stat` of files, and the simple commands of `recognise`. For everything else there is no
executable in the container, as in one that was built from scratch.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from kuredtui.demo.kubelet.files import SENTINEL
from kuredtui.demo.kubelet.machine import Machine
from kuredtui.demo.kubelet.mounts import host_path
from kuredtui.demo.kubelet.recognise import GUARD_VARIABLE, reboots_through, simple_program
from kuredtui.demo.kubelet.wire import KubeletPodSpec
from kuredtui.demo.kubelet_api import CannotExecute, Executed
from kuredtui.kube.goflags.words import environment
from kuredtui.kube.types import Container

BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id"
_SENTINEL_COMMAND = "--reboot-sentinel-command="
_OUR_COMMAND = "SENTINEL_COMMAND"
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_NOT_ALLOWED = Executed("", "nsenter: can't open '/proc/1/ns/mnt': Permission denied\n", 1)


def execute(
    command: Sequence[str],
    *,
    machine: Machine,
    pod: KubeletPodSpec,
    container: Container,
    now: float,
) -> Executed:
    """What becomes of a command in a container; it may take the machine down.

    Raises:
        CannotExecute: the container has no such program.
    """
    environment, words = _without_env(command)
    if _asks_sentinel(words, container):
        return _exit(machine.files.exists(SENTINEL))
    if reboots_through(words):
        guard = environment.get(GUARD_VARIABLE)
        if guard is not None and guard != machine.boot_id:
            return Executed("this is another boot already; nothing to do\n")
        if not (pod.host_pid and container.privileged):
            return _NOT_ALLOWED
        machine.begin_reboot(now)
        return Executed()
    match words:
        case ["cat", path]:
            return _read(path, machine, pod, container)
        case ["test", "-e", path] | ["[", "-e", path, "]"]:
            return _exit(_exists(path, machine, pod, container))
        case ["test", "-d" | "-x", path]:
            found = host_path(pod, container, path)
            return _exit(found is not None and machine.files.is_directory(found))
        case ["stat", "-c", "%Y", path] if _exists(path, machine, pod, container):
            return Executed(
                f"{machine.files.changed_at(host_path(pod, container, path) or path):.0f}\n"
            )
    simple = simple_program(words)
    if simple is None or simple.seconds > 0:
        name = words[0] if words else ""
        raise CannotExecute(
            "failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: "
            f'unable to start container process: exec: "{name}": executable file not found in $PATH'
        )
    return Executed(exit_code=simple.exit_code)


def _exit(holds: bool) -> Executed:
    return Executed(exit_code=int(not holds))


def _asks_sentinel(words: Sequence[str], container: Container) -> bool:
    """Whether it is kured's command or our sentinel's, which are taken to say what the file says."""
    match words:
        case ["timeout", _, "sh", "-c", command]:
            own = environment(container).get(_OUR_COMMAND)
            return own is not None and own.text == command
    if not reboots_through(words) or "--" not in words:
        return False
    asked = list(words[words.index("--") + 1 :])
    flags = [*container.command, *container.args]
    given = [flag.partition("=")[2] for flag in flags if flag.startswith(_SENTINEL_COMMAND)]
    return any(shlex.split(text) == asked for text in given)


def _without_env(command: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The variables that `env` sets in front of a command, and the command."""
    words = list(command)
    found: dict[str, str] = {}
    if words and words[0].rpartition("/")[2] == "env":
        del words[0]
        while words and (match := _ASSIGNMENT.fullmatch(words[0])):
            found[match[1]] = match[2]
            del words[0]
    return found, words


def _read(path: str, machine: Machine, pod: KubeletPodSpec, container: Container) -> Executed:
    if path == BOOT_ID_FILE:
        return Executed(f"{machine.boot_id}\n")
    if not _exists(path, machine, pod, container):
        return Executed("", f"cat: can't open '{path}': No such file or directory\n", 1)
    return Executed(machine.files.read(host_path(pod, container, path) or path))


def _exists(path: str, machine: Machine, pod: KubeletPodSpec, container: Container) -> bool:
    found = host_path(pod, container, path)
    return found is not None and machine.files.exists(found)
