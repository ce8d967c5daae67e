"""Every step a real API server was recorded with is answered the same way here.

With --cluster-kubeconfig the steps go to that server instead, which shows that the recordings, and
what is made comparable in them, still hold.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from _pytest.mark import ParameterSet

from kuredtui.demo.apiserver import ApiServer
from tests.contract.cluster import clean_up, endpoint_from
from tests.contract.pairs import Pair, pairs
from tests.contract.replay import Endpoint, Replay
from tests.contract.transcripts import Scenario, Step, load_scenarios

SCENARIOS = load_scenarios()

NOT_REPRODUCED = {
    ("access", "viewer's rules"): "rules reviews come with an issue of their own",
    ("namespaces", "a privileged pod where pod security forbids it"): "so does pod security",
    ("pods-evict", "logs of a pod with no kubelet"): "logs need a kubelet; not in this issue",
    ("pods-evict", "a pod behind the proxy with no kubelet"): "and so does the proxy",
}
"""What the embedded server does not do, and why."""

FORGETTING = "continue after the server restarted and the history is gone"
"""The step of `expired` before which the recorded server lost its memory."""

NOT_ON_A_CLUSTER = {
    ("expired", FORGETTING): "a cluster's server is not restarted by a test",
    ("expired", "list exactly the old version"): "nor is its history compacted",
    ("expired", "watch from the old version after the server restarted"): "nor is it here",
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A scenario's answers; `missing` says why a step has none."""

    pairs: dict[str, Pair]
    missing: dict[str, str]


@pytest.fixture(scope="session")
def replayed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """The scenario the test names, replayed once."""
    scenario = SCENARIOS[request.param]
    kubeconfig = request.config.getoption("--cluster-kubeconfig", default=None)
    if kubeconfig is None:
        return asyncio.run(_replay_embedded(scenario))
    with _one_at_a_time(tmp_path_factory.getbasetemp().parent / "contract.lock"):
        return asyncio.run(_replay_cluster(scenario, endpoint_from(Path(kubeconfig))))


def _steps() -> Iterator[ParameterSet]:
    for scenario in SCENARIOS.values():
        for step in scenario.steps:
            name = f"{scenario.scenario}: {step.name}"
            yield pytest.param(scenario.scenario, step, id=name)


@pytest.mark.parametrize(("replayed", "step"), _steps(), indirect=["replayed"])
def test_an_answer_is_that_of_a_real_server(replayed: Replayed, step: Step) -> None:
    if step.name in replayed.missing:
        pytest.skip(replayed.missing[step.name])
    pair = replayed.pairs[step.name]
    assert pair.answered == pair.recorded


def test_the_list_of_what_is_not_reproduced_names_recorded_steps() -> None:
    recorded = {(s.scenario, step.name) for s in SCENARIOS.values() for step in s.steps}
    assert not (NOT_REPRODUCED.keys() | NOT_ON_A_CLUSTER.keys()) - recorded


async def _replay_embedded(scenario: Scenario) -> Replayed:
    async with ApiServer() as server:
        endpoint = Endpoint(
            server.url,
            lambda: aiohttp.TCPConnector(ssl=server.client_context()),
            {
                "admin": f"Bearer {server.access.admin_token}",
                "viewer": f"Bearer {server.access.viewer_token}",
                "bad": "Bearer no-such-token",
                "nobody": "",
            },
        )

        async def before(step: Step) -> None:
            if step.name == FORGETTING:
                server.restart(keep_history=False)

        missing = _reasons(scenario, NOT_REPRODUCED)
        replay = Replay(endpoint, scenario, skip=missing.keys(), before=before)
        return Replayed(pairs(scenario, await replay.run()), missing)


async def _replay_cluster(scenario: Scenario, endpoint: Endpoint) -> Replayed:
    async def before(step: Step) -> None:
        return None

    missing = _reasons(scenario, NOT_ON_A_CLUSTER)
    for step in scenario.steps:
        if step.as_user not in endpoint.authorizations:
            missing[step.name] = "this kubeconfig has no context named viewer"
    await clean_up(endpoint)
    try:
        replay = Replay(endpoint, scenario, skip=missing.keys(), before=before)
        return Replayed(pairs(scenario, await replay.run()), missing)
    finally:
        await clean_up(endpoint)


def _reasons(scenario: Scenario, listed: Mapping[tuple[str, str], str]) -> dict[str, str]:
    return {step: why for (name, step), why in listed.items() if name == scenario.scenario}


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Scenarios use fixed names: on a cluster, the workers of a parallel run take turns."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
