"""Time in the simulation: hastened where it is waited for, never where it is written down."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.demo.kubelet import controls
from kuredtui.demo.pace import Pace, micro_stamp, stamp
from tests.demo.observing import is_ready
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

MOMENTS = st.floats(0, 4e9, allow_nan=False)


@given(speed=st.floats(0.1, 100), seconds=st.floats(0, 1e6))
def test_a_duration_is_divided_by_the_speed(speed: float, seconds: float) -> None:
    assert Pace(speed).real(seconds) == pytest.approx(seconds / speed)
    assert Pace().real(seconds) == seconds


@pytest.mark.parametrize("speed", [0.0, -1.0])
def test_time_that_stands_still_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="stand still"):
        Pace(speed)


@pytest.mark.parametrize("speed", [1.0, 50.0])
def test_the_clock_shows_the_real_time_at_every_speed(speed: float) -> None:
    before = time.time()
    assert before - 1 < Pace(speed).now() < time.time() + 1


@given(at=MOMENTS)
def test_stamps_are_read_back_as_the_moment_they_were_made_of(at: float) -> None:
    assert datetime.fromisoformat(stamp(at)).timestamp() == int(at)
    assert datetime.fromisoformat(micro_stamp(at)).timestamp() == pytest.approx(at, abs=1e-5)


@pytest.mark.parametrize("cluster_speed", [1.0])
async def test_a_cluster_at_the_speed_of_one_lives_in_real_time(cluster: TestCluster) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await cluster.create_pod(
        "web",
        node=cluster.node_names[0],
        annotations={controls.START_SECONDS: "1", controls.READY_SECONDS: "1"},
    )

    async def runs() -> bool:
        (pod,) = await cluster.pods()
        return is_ready(pod)

    await eventually(runs, timeout=30)
    assert loop.time() - begin >= 2
