"""Every step a real API server was recorded with is answered the same way here.

With --cluster-kubeconfig the steps go to that server instead, which shows that the recordings, and
what is taken for comparable in them, still hold. A context `viewer` in the file, of somebody who may
get, list and watch everything, is the one of the recordings.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contract.api import LEASES, Api
from tests.contract.embedded import replay_embedded
from tests.contract.given_cluster import NOT_ON_A_CLUSTER, replay_on_cluster
from tests.contract.pairs import Replayed
from tests.contract.transcripts import Request, Scenario, Step, load_scenarios

SCENARIOS = load_scenarios()
STEPS = [(scenario, step) for scenario in SCENARIOS for step in scenario.steps]


@dataclass
class Replays:
    """Every scenario that was asked for, replayed once."""

    kubeconfig: Path | None
    _done: dict[str, Replayed] = field(default_factory=dict)

    def of(self, scenario: Scenario) -> Replayed:
        if scenario.scenario not in self._done:
            replay = (
                replay_on_cluster(scenario, self.kubeconfig)
                if self.kubeconfig
                else replay_embedded(scenario)
            )
            self._done[scenario.scenario] = asyncio.run(replay)
        return self._done[scenario.scenario]


@pytest.fixture(scope="session")
def replays(request: pytest.FixtureRequest) -> Replays:
    return Replays(request.config.getoption("--cluster-kubeconfig"))


@pytest.mark.parametrize(
    ("scenario", "step"),
    [pytest.param(s, step, id=f"{s.scenario}: {step.name}") for s, step in STEPS],
)
def test_an_answer_is_that_of_a_real_server(
    replays: Replays, scenario: Scenario, step: Step
) -> None:
    replayed = replays.of(scenario)
    if step.name in replayed.missing:
        pytest.skip(replayed.missing[step.name])
    differences = replayed.pairs[step.name].differences()
    assert not differences, "\n" + "\n".join(differences)


async def test_an_object_is_applied(request: pytest.FixtureRequest, api: Api) -> None:
    """Nothing of this was recorded; all that was is answered as it was."""
    if request.config.getoption("--cluster-kubeconfig") is None:
        reason = "the embedded server serves no server-side apply"
        request.applymarker(pytest.mark.xfail(raises=AssertionError, reason=reason, strict=True))
    body = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "web", "labels": {"app": "web"}},
    }
    media = "application/apply-patch+yaml"
    query = {"fieldManager": "tests"}
    answer = await api.send(
        Request("PATCH", f"{LEASES}/web", query=query, body=body, content_type=media)
    )
    assert answer.status == 201


def test_the_list_of_exceptions_names_recorded_steps() -> None:
    recorded = {(scenario.scenario, step.name) for scenario, step in STEPS}
    assert NOT_ON_A_CLUSTER.keys() <= recorded
