"""The program in our sentinel's pods: what its script does, on a simulated machine.

The script is `kuredtui/manifests/data/sentinel.sh`, which is tested by running it in a real shell. Nothing
is ever executed here: this looks at the machine's files as often as the script would, and says it in the
script's words. A command instead of the file is taken to say what the machine's sentinel file says.
"""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Mapping

import msgspec

from kuredtui.demo.kubelet.files import SENTINEL
from kuredtui.demo.kubelet.mounts import host_path
from kuredtui.demo.kubelet.processes import Main, Surroundings
from kuredtui.demo.pace import Pace, stamp

_INTERVAL_SECONDS = 5.0
_PAUSE_SECONDS = 1.0
_MOST_LOOKS = 5
# Pods whose memory is kept; an emptyDir lives as long as its pod.
_MOST_PODS = 10_000


def make_sentinel(*, pace: Pace) -> Main:
    """The sentinel's program, for kubelets to run.

    Args:
        pace: how fast it lives.
    """
    memories: dict[str, str] = {}  # by the pod's UID

    async def main(surroundings: Surroundings) -> int:
        variables = {variable.name: variable.value for variable in surroundings.container.env}
        interval = pace.real(float(variables.get("SENTINEL_INTERVAL") or _INTERVAL_SECONDS))
        known = memories.get(surroundings.uid, "")
        report = await _settled(surroundings, variables, pace)
        surroundings.write_termination_log(report)
        while report == known:
            await asyncio.sleep(interval)
            if _look(surroundings, variables) != known:
                report = await _settled(surroundings, variables, pace)
        surroundings.write_termination_log(report)
        memories[surroundings.uid] = report
        while len(memories) > _MOST_PODS:
            del memories[next(iter(memories))]
        return 0

    return main


async def _settled(surroundings: Surroundings, variables: Mapping[str, str], pace: Pace) -> str:
    """The report, as soon as two looks agree."""
    report = _look(surroundings, variables)
    for _ in range(_MOST_LOOKS):
        before = report
        await asyncio.sleep(pace.real(_PAUSE_SECONDS))
        report = _look(surroundings, variables)
        if report == before:
            break
    return report


def _look(surroundings: Surroundings, variables: Mapping[str, str]) -> str:
    files = surroundings.files
    path = variables.get("SENTINEL_PATH", "")
    here = host_path(surroundings.pod, surroundings.container, path)
    if variables.get("SENTINEL_COMMAND"):
        here = SENTINEL
    readable = here is not None and files.is_directory(posixpath.dirname(here))
    required = readable and here is not None and files.exists(here)
    names: list[str] = []
    if required and files.exists(f"{here}.pkgs"):
        names = list(dict.fromkeys(files.read(f"{here}.pkgs").split()))
    report = {
        "bootID": surroundings.boot_id,
        "required": required if readable else None,
        "why": "" if readable else "unreadable",
        "since": stamp(files.changed_at(here)) if required and here is not None else None,
        "packages": names,
        "more": 0,
    }
    return msgspec.json.encode(report).decode()
