"""Replaying a scenario on a cluster that somebody gives."""

from __future__ import annotations

import json
from pathlib import Path

from tests.contract.accounts import Account, accounts_of
from tests.contract.corner import Corner
from tests.contract.pairs import Replayed, pairs
from tests.contract.replay import Replay
from tests.contract.transcripts import Request, Scenario, Step

NOT_ON_A_CLUSTER = {
    ("access", "no token"): "whether strangers are let in as anonymous is a setting",
    ("expired", "continue after the server restarted and the history is gone"): "nobody restarts "
    "somebody's server",
    ("expired", "list exactly the old version"): "nobody compacts its history",
    (
        "expired",
        "watch from the old version after the server restarted",
    ): "nor is it restarted here",
    ("pods-evict", "logs of a pod with no kubelet"): "the way to kubelets is the cluster's own",
    ("pods-evict", "a pod behind the proxy with no kubelet"): "and so is this one",
}
"""Steps that are not sent to a given cluster, and why."""


async def replay_on_cluster(scenario: Scenario, kubeconfig: Path) -> Replayed:
    """All steps that make sense there; none on another version than was recorded."""
    async with accounts_of(kubeconfig) as accounts:
        admin = accounts["admin"]
        version = await _version(admin)
        if version != _minor(scenario.server):
            why = f"recorded with Kubernetes {_minor(scenario.server)}, this is {version}"
            return Replayed({}, {step.name: why for step in scenario.steps})
        missing = {
            step: why for (name, step), why in NOT_ON_A_CLUSTER.items() if name == scenario.scenario
        }
        for step in scenario.steps:
            if step.as_user not in accounts:
                missing[step.name] = f"the kubeconfig has no context named {step.as_user}"
        async with Corner.opened(admin) as corner:
            replay = Replay(
                scenario=scenario, accounts=accounts, corner=corner, before=_nothing, skip=missing
            )
            return Replayed(pairs(scenario, await replay.run(), given=True), missing)


async def _version(admin: Account) -> str:
    async with admin.send(Request("GET", "/version")) as response:
        return _minor(json.loads(await response.text())["gitVersion"])


def _minor(version: str) -> str:
    """`1.36` of `v1.36.2+k3s1`."""
    return ".".join(version.removeprefix("v").split(".")[:2])


async def _nothing(_step: Step) -> None:
    """Nothing is done between steps."""
