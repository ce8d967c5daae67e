"""The lock and what others left, from the console: seen, asked about, and only then touched."""

from __future__ import annotations

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine.phases import Phase
from kuredtui.kube.resources import NODES, POD_DISRUPTION_BUDGETS
from tests.engine.conftest import reached, running_session
from tests.engine.facts import GHOST_LOCK, kureds_lock, write_kureds_lock
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import console
from tests.ui.real import console_on
from tests.ui.screen_reader import Reader


async def with_lock_known(reader: Reader) -> None:
    """Return when the kureds were found, and the lock with them."""
    await eventually(
        lambda: (
            (link := reader.app.link) is not None
            and link.session is not None
            and link.session.locks is not None
            and link.session.locks.seen()
        )
    )


async def test_a_ghost_is_taken_out_of_the_lock_when_its_name_is_typed(
    cluster: TestCluster,
) -> None:
    await write_kureds_lock(cluster, GHOST_LOCK)
    async with console_on(cluster, cluster.client) as reader:
        await with_lock_known(reader)
        await reader.press("u")
        await reader.see("Who holds the lock", "gone-1", "GHOST: no such node")
        await reader.press("u")
        await reader.see("Unlock gone-1?", "type the owner: gone-1")
        await reader.press("enter")
        assert await kureds_lock(cluster) == GHOST_LOCK
        await reader.press(*"gone-1", "enter")
        await reader.see("gone-1 holds the lock no more.", "Unlocked by hand")
    assert await kureds_lock(cluster) is None


async def test_an_unlock_that_is_typed_ahead_unlocks_nothing(cluster: TestCluster) -> None:
    await write_kureds_lock(cluster, GHOST_LOCK)
    async with console_on(cluster, cluster.client) as reader:
        await with_lock_known(reader)
        reader.burst("u", "u", "y")
        await reader.see("Who holds the lock", "gone-1")
        assert await kureds_lock(cluster) == GHOST_LOCK


async def test_the_owner_that_may_be_alive_is_warned_about(cluster: TestCluster) -> None:
    node = f"kuredtui:{cluster.node_names[0]}"  # under its own name its kured would release it
    await write_kureds_lock(cluster, GHOST_LOCK.replace("gone-1", node))
    async with console_on(cluster, cluster.client) as reader:
        await with_lock_known(reader)
        await reader.press("u")
        await reader.see("Who holds the lock", node)
        await reader.press("enter")
        await reader.see(f"Unlock {node}?", "Its node exists")
        await reader.press("escape")
        await reader.see_no(f"Unlock {node}?")
    assert await kureds_lock(cluster)


async def test_a_lock_that_nobody_holds_is_said_to_be_free(cluster: TestCluster) -> None:
    async with console_on(cluster, cluster.client) as reader:
        await with_lock_known(reader)
        await reader.press("u")
        await reader.see("The lock is held by nobody.")


async def test_kured_is_paused_and_goes_on(cluster: TestCluster) -> None:
    async with console_on(cluster, cluster.client) as reader:
        await with_lock_known(reader)
        await reader.press("K")
        await reader.see("Pause kured?")
        await reader.press("enter")
        await reader.see_no("Pause kured?")
        assert await kureds_lock(cluster) is None
        await reader.press("K")
        await reader.see("Pause kured?")
        await reader.press("y")
        await reader.see("kured is paused.")
        assert await kureds_lock(cluster) == '{"nodeID":"manual"}'
        await reader.press("K")
        await reader.see("Let kured go on?")
        await reader.press("y")
        await reader.see("kured goes on.")
    assert await kureds_lock(cluster) is None


@pytest.mark.parametrize(
    ("key", "word", "end"), [("r", "Resume", "drained"), ("b", "Roll back", "cancelled")]
)
async def test_what_another_left_is_resumed_or_rolled_back(
    cluster: TestCluster, key: str, word: str, end: str
) -> None:
    pods = await cluster.create_workload("web", replicas=2, budget={"maxUnavailable": 0})
    node = pods[0].spec.node_name
    async with running_session(cluster, owner="jane@bastion") as other:
        await reached(other.start_drain(node), Phase.DRAINING)
    async with console_on(cluster, cluster.client, orphan_after=1.0) as reader:
        await eventually(
            lambda: reader.app.link is not None and reader.app.link.session is not None
        )
        session = reader.app.link.session if reader.app.link else None
        assert session is not None
        await eventually(lambda: session.orphans() == [node], timeout=30)
        await reader.press("o")
        await reader.see("Operations that nobody runs any more", "draining by jane@bastion")
        await reader.press(key)
        await reader.see(f"{word} the drain of {node}?", "it was not cordoned before")
        if end == "drained":
            await cluster.client.delete(POD_DISRUPTION_BUDGETS, "web", namespace=cluster.namespace)
        await reader.press("y")
        await eventually(lambda: session.operations[node].phase == end, timeout=30)
    found = await cluster.client.get(NODES, node)
    assert found.spec.unschedulable is (end == "drained")


async def test_where_nothing_was_left_it_says_so() -> None:
    async with console(a_node()) as seen:
        await seen.press("o")
        await seen.see("No operation has been left by its owner.")


async def test_what_may_still_live_is_named_with_the_time_after_which_it_counts_as_left(
    cluster: TestCluster,
) -> None:
    pods = await cluster.create_workload("web", replicas=1, budget={"maxUnavailable": 0})
    node = pods[0].spec.node_name
    async with running_session(cluster, owner="jane@bastion") as other:
        await reached(other.start_drain(node), Phase.DRAINING)
        async with console_on(cluster, cluster.client, orphan_after=600.0) as reader:
            await reader.see("draining by")
            await reader.press("o")
            await reader.see(
                "No operation has been left by its owner.", "jane@bastion has a drain", "600 s"
            )


async def test_a_node_is_asked_now_and_its_answer_is_said() -> None:
    async with console(a_node("node-1", pending=True)) as seen:
        await seen.press("b")
        await seen.see("node-1 waits for a reboot: linux-image.")


async def test_the_table_tells_an_operation_that_nobody_runs_from_one_that_lives() -> None:
    journal = '{"id":"1","owner":"jane@bastion","phase":"draining","goal":"drain"}'
    node = a_node("node-1", annotations={OPERATION_ANNOTATION: journal})
    async with console(node) as seen:
        await seen.see("▶ node-1", "draining by jane@bastion")
        seen.session.abandoned = ["node-1"]
        seen.session.changed.set()
        await seen.see("abandoned (o): draining")
        assert "▶" not in seen.text
