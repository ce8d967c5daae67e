"""The list-watch in good health and under every fault: nothing lost, nothing doubled, no spinning."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from kuredtui.demo.apiserver import ApiServer, Fault
from kuredtui.kube.backoff import BackoffRange
from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, ServerError, TooManyRequests, Unauthorized, Unreachable
from kuredtui.kube.listwatch import Changed, ListWatch, Live, Loading, Lost, Replaced
from kuredtui.kube.resources import NODES
from tests.kube.follower import QUICK, Follower, node, seed
from tests.support.eventually import eventually

pytestmark = pytest.mark.embedded

WATCH = {"verb": "watch", "path": "/api/v1/nodes"}
LIST = {"verb": "list", "path": "/api/v1/nodes"}


@pytest.fixture
async def follower(server: ApiServer, client: Client) -> AsyncIterator[Follower]:
    """Somebody who follows two nodes and is up to date."""
    seed(server, "n1", "n2")
    async with Follower(client) as follower:
        await follower.sees(["n1", "n2"])
        yield follower


async def test_changes_arrive_in_order(client: Client, follower: Follower) -> None:
    await client.create(NODES, node("n3"))
    await client.patch(NODES, "n1", {"spec": {"unschedulable": True}})
    await client.delete(NODES, "n2")
    await follower.sees(["n1", "n3"])
    changes = [
        (change.object.metadata.name, change.deleted)
        for event in follower.of(Changed)
        for change in event.changes
    ]
    assert changes == [("n3", False), ("n1", False), ("n2", True)]
    assert follower.nodes["n1"].spec.unschedulable
    assert follower.replaced == 1
    assert not follower.lost


async def test_the_first_list_is_shown_page_by_page(server: ApiServer, client: Client) -> None:
    seed(server, *(f"n{number}" for number in range(5)))
    async with Follower(client, page_size=2) as follower:
        await follower.sees(f"n{number}" for number in range(5))
    kinds = [type(event) for event in follower.events[:4]]
    assert kinds == [Loading, Loading, Replaced, Live]
    assert [page.remaining for page in follower.of(Loading)] == [3, 1]
    assert len(follower.of(Replaced)[0].items) == 5


async def test_a_later_list_comes_all_at_once(server: ApiServer, client: Client) -> None:
    seed(server, *(f"n{number}" for number in range(5)))
    async with Follower(client, page_size=2) as follower:
        await follower.sees(f"n{number}" for number in range(5))
        server.inject(Fault(action="expire", **WATCH))
        await eventually(lambda: follower.replaced == 2)
        assert len(follower.of(Loading)) == 2


async def test_a_list_is_not_kept_beside_what_replaces_it(
    server: ApiServer, client: Client
) -> None:
    """Thousands of nodes would stay in memory for as long as the watch goes on."""
    seed(server, "n1", "n2")
    async with aclosing(ListWatch(client, NODES, settings=QUICK).events()) as events:
        async for event in events:
            if isinstance(event, Replaced):
                items = event.items
            elif isinstance(event, Live):
                # Our variable, and the argument of getrefcount.
                assert sys.getrefcount(items) == 2
                return


async def test_a_selector_is_kept_by_list_and_watch(server: ApiServer, client: Client) -> None:
    server.seed([node("a", pool="x"), node("b", pool="y")])
    async with Follower(client, label_selector="pool=x") as follower:
        await follower.sees(["a"])
        await client.patch(NODES, "b", {"metadata": {"labels": {"pool": "x"}}})
        await follower.sees(["a", "b"])
        await client.patch(NODES, "a", {"metadata": {"labels": {"pool": "z"}}})
        await follower.sees(["b"])


async def test_bookmarks_say_that_all_is_well(client: Client, follower: Follower) -> None:
    quiet = len(follower.of(Live))
    await client.create(NODES, node("n3"))
    await follower.sees(["n1", "n2", "n3"])
    await eventually(lambda: len(follower.of(Live)) > quiet)


async def test_a_watch_that_ends_in_time_goes_on_without_a_list(
    client: Client, follower: Follower
) -> None:
    await eventually(lambda: follower.watches >= 2)
    await client.create(NODES, node("n3"))
    await follower.sees(["n1", "n2", "n3"])
    assert follower.replaced == 1
    assert not follower.lost


@pytest.mark.parametrize(
    "fault",
    [Fault(action="expire", **WATCH), Fault(action="status", status=410, **WATCH)],
    ids=["in the stream", "as a status"],
)
async def test_a_forgotten_version_is_listed_anew_without_alarm(
    server: ApiServer, client: Client, follower: Follower, fault: Fault
) -> None:
    server.inject(fault)
    if fault.action == "status":
        server.restart()  # the watch must be opened again to meet its 410
    await eventually(lambda: follower.replaced == 2)
    await client.create(NODES, node("n3"))
    await follower.sees(["n1", "n2", "n3"])
    assert not follower.lost


async def test_a_version_that_is_always_forgotten_is_told_and_does_not_spin(
    server: ApiServer, follower: Follower
) -> None:
    server.inject(Fault(action="expire", times=None, **WATCH))
    await eventually(lambda: len(follower.lost) >= 3)
    assert follower.replaced <= len(follower.lost) + 3
    server.faults.clear()
    await follower.sees(["n1", "n2"])


async def test_a_list_whose_version_is_forgotten_half_way_is_begun_again(
    server: ApiServer, client: Client
) -> None:
    seed(server, *(f"n{number}" for number in range(5)))
    events = ListWatch(client, NODES, page_size=2, settings=QUICK).events()
    async with aclosing(events):
        assert isinstance(await anext(events), Loading)
        server.inject(Fault(action="status", status=410, **LIST))
        event = await anext(events)
        assert isinstance(event, Replaced), "the second try comes in one piece"
        assert len(event.items) == 5


async def test_a_cut_in_the_middle_of_a_line_applies_nothing_of_it(
    server: ApiServer, client: Client, follower: Follower
) -> None:
    server.inject(Fault(action="cut", **WATCH))
    await client.create(NODES, node("n3"))
    await eventually(lambda: follower.watches >= 2)
    await follower.sees(["n1", "n2", "n3"])
    assert follower.replaced == 1


async def test_a_watch_that_is_dropped_goes_on_where_it_was(
    server: ApiServer, client: Client, follower: Follower
) -> None:
    server.inject(Fault(action="drop", **WATCH))
    await client.create(NODES, node("n3"))
    await follower.sees(["n1", "n2", "n3"])
    assert follower.replaced == 1


async def test_a_silent_watch_is_given_up_and_opened_again(
    server: ApiServer, client: Client, follower: Follower
) -> None:
    server.inject(Fault(action="silence", **WATCH))
    await client.create(NODES, node("n3"))
    await client.delete(NODES, "n1")
    await follower.sees(["n2", "n3"])
    assert follower.replaced == 1


async def test_a_server_that_accepts_and_never_answers_is_told(
    server: ApiServer, follower: Follower
) -> None:
    server.inject(Fault(action="silence", times=2, **WATCH))
    server.restart()
    await eventually(lambda: follower.lost)
    assert isinstance(follower.lost[0].error, Unreachable)
    assert "did not answer in time" in str(follower.lost[0].error)
    await follower.sees(["n1", "n2"])


async def test_streams_that_close_at_once_do_not_spin(
    server: ApiServer, client: Client, follower: Follower
) -> None:
    slow = replace(QUICK, hasty=0.2, backoff=BackoffRange(first=0.05, most=0.2))
    async with Follower(client, settings=slow) as patient:
        await patient.sees(["n1", "n2"])
        server.inject(Fault(action="empty", times=None, **WATCH))
        server.restart()
        await eventually(lambda: len(patient.lost) >= 3)
        assert patient.watches <= len(patient.lost) + 3
        assert "as soon as it is opened" in str(patient.lost[-1].error)
        server.faults.clear()
        await patient.sees(["n1", "n2"])


async def test_a_restart_with_history_needs_no_list(
    server: ApiServer, client: Client, follower: Follower
) -> None:
    server.restart(keep_history=True)
    await client.create(NODES, node("n3"))
    await follower.sees(["n1", "n2", "n3"])
    assert follower.replaced == 1


async def test_a_restart_without_history_is_listed_anew(
    server: ApiServer, client: Client, follower: Follower
) -> None:
    server.inject(Fault(action="drop", times=None, **WATCH))
    await client.delete(NODES, "n1")
    await client.create(NODES, node("n3"))
    server.restart(keep_history=False)
    server.faults.clear()
    await follower.sees(["n2", "n3"])
    assert follower.replaced == 2


async def test_what_was_deleted_while_the_watch_was_down_is_gone_afterwards(
    server: ApiServer, client: Client, follower: Follower
) -> None:
    server.inject(Fault(action="drop", times=None, **WATCH))
    server.inject(Fault(action="status", status=503, times=None, **LIST))
    await eventually(lambda: follower.lost)
    await client.delete(NODES, "n1")
    server.restart(keep_history=False)
    server.faults.clear()
    await follower.sees(["n2"])


async def test_a_throttled_list_waits_as_long_as_it_is_told(
    server: ApiServer, client: Client
) -> None:
    seed(server, "n1")
    server.inject(Fault(action="status", status=429, retry_after=1, **LIST))
    async with Follower(client) as follower:
        await eventually(lambda: follower.lost)
        assert isinstance(follower.lost[0].error, TooManyRequests)
        assert follower.lost[0].retry_in == 1.0
        await follower.sees(["n1"])


async def test_a_retry_after_of_nothing_is_no_reason_to_spin(
    server: ApiServer, client: Client
) -> None:
    seed(server, "n1")
    server.inject(Fault(action="status", status=503, retry_after=0, **LIST))
    async with Follower(client) as follower:
        await follower.sees(["n1"])
        assert follower.lost[0].retry_in >= QUICK.backoff.first


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (403, Forbidden)])
async def test_a_refusal_is_told_with_its_reason_and_tried_again_slowly(
    server: ApiServer, client: Client, status: int, kind: type[Exception]
) -> None:
    seed(server, "n1")
    server.inject(Fault(action="status", status=status, **LIST))
    settings = replace(QUICK, refused=0.3)
    async with Follower(client, settings=settings) as follower:
        await eventually(lambda: follower.lost)
        assert isinstance(follower.lost[0].error, kind)
        assert follower.lost[0].retry_in >= 0.3
        await follower.sees(["n1"])


@pytest.mark.parametrize("status", [500, 503])
async def test_errors_of_the_server_are_told_with_growing_pauses(
    server: ApiServer, client: Client, status: int
) -> None:
    seed(server, "n1")
    server.inject(Fault(action="status", status=status, times=4, **LIST))
    async with Follower(client) as follower:
        await follower.sees(["n1"])
    pauses = [lost.retry_in for lost in follower.lost]
    assert len(pauses) == 4
    assert all(isinstance(lost.error, ServerError) for lost in follower.lost)
    assert pauses[0] < pauses[2]


async def test_pauses_start_anew_after_a_success(server: ApiServer, follower: Follower) -> None:
    for round_ in (1, 2):
        server.inject(Fault(action="status", status=503, times=2, **WATCH))
        server.restart()
        await eventually(lambda count=2 * round_: len(follower.lost) >= count)
        await follower.sees(["n1", "n2"])
        # Well for long enough to count as a success.
        healthy = len(follower.of(Live))
        await eventually(
            lambda known=healthy: len(follower.of(Live)) > known or follower.watches > 9
        )
    assert follower.lost[2].retry_in < 0.05


async def test_a_server_that_chokes_on_our_version_is_listed_anew(
    server: ApiServer, follower: Follower
) -> None:
    server.inject(Fault(action="status", status=500, times=4, **WATCH))
    server.restart()
    await eventually(lambda: follower.replaced == 2)
    await follower.sees(["n1", "n2"])


async def test_nothing_is_listed_anew_because_the_network_is_down(
    server: ApiServer, follower: Follower
) -> None:
    server.inject(Fault(action="drop", times=None))
    server.restart()
    await eventually(lambda: len(follower.lost) >= 5)
    server.faults.clear()
    await follower.sees(["n1", "n2"])
    assert follower.replaced == 1


async def test_a_follower_that_leaves_closes_its_watch(server: ApiServer, client: Client) -> None:
    seed(server, "n1")
    async with aclosing(ListWatch(client, NODES, settings=QUICK).events()) as events:
        async for event in events:
            if isinstance(event, Live):
                break
    assert not any(isinstance(event, Lost) for event in [event])
    connections = client.requests.transport._rest.pool_manager.connector
    assert connections is not None
    await eventually(lambda: not connections._acquired)
