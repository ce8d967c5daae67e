"""The programs that really run in simulated pods."""

from __future__ import annotations

from collections.abc import Mapping

from kuredtui.demo.kubelet.processes import SENTINEL_PROGRAM, Main
from kuredtui.demo.kured import make_main
from kuredtui.demo.pace import Pace
from kuredtui.demo.sentinel import make_sentinel
from kuredtui.kube.client import Client


def make_programs(client: Client, *, pace: Pace) -> Mapping[str, Main]:
    """All of them, by name.

    Args:
        client: the API server, as somebody who may do what kured does.
        pace: how fast they live.
    """
    return {"kured": make_main(client, pace=pace), SENTINEL_PROGRAM: make_sentinel(pace=pace)}
