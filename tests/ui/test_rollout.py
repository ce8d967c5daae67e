"""The rollout: asked for with a number, seen node by node, steered, and not ended by looking away."""

from __future__ import annotations

from datetime import timedelta

from kuredtui.engine.drain_state import DrainState, PodLeft, Standing
from kuredtui.engine.phases import Phase
from kuredtui.engine.rollout_entry import Entry, EntryState
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.engine.rollout_order import PoolOrder
from kuredtui.kube.errors import ConfigError
from kuredtui.ui.bars import bar
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node
from tests.ui.fake_session import Console, FakeRollout, FakeSession, console

FOUR = (
    a_node("node-1", pending=True),
    a_node("node-2", pending=False),
    a_node("node-3", pending=True),
    a_node("node-4", pending=True),
)


def an_entry(name: str, state: EntryState, reason: str = "", seconds: float | None = None) -> Entry:
    return Entry(node=name, uid="", boot_id="", state=state, reason=reason, seconds=seconds)


def under_way(*entries: Entry, **more: object) -> FakeSession:
    """A session with a rollout of these nodes."""
    session = FakeSession(FOUR)
    session.rollout = FakeRollout({entry.node: entry for entry in entries}, **more)  # type: ignore[arg-type]  # a test names what it sets
    return session


def busy() -> FakeSession:
    """One done, one draining behind a budget, one in the queue."""
    session = under_way(
        an_entry("node-1", EntryState.DONE, seconds=300.0),
        an_entry("node-3", EntryState.AT_WORK),
        an_entry("node-4", EntryState.QUEUED, "the budget db holds back its pods"),
    )
    session.move("node-3", Phase.DRAINING, "3/7 pods gone")
    session.operations["node-3"].drain = DrainState(
        gone=3,
        total=7,
        left=[
            PodLeft(
                namespace="shop",
                name="db-0",
                uid="u",
                standing=Standing.WAITING,
                reason="waits for the budget db",
                budget="db",
                since=NOW - timedelta(seconds=90),
            )
        ],
        blocked_seconds=90.0,
    )
    for phase, ago in (("waiting", 200), ("locking", 190), ("draining", 100)):
        time = NOW - timedelta(seconds=ago)
        session.say("...", node="node-3", phase=phase, time=time)
    return session


# Asking.


async def test_without_marks_it_is_of_all_that_wait_and_the_number_is_typed() -> None:
    async with console(*FOUR) as seen:
        await seen.press("R")
        await seen.see("Reboot 3 nodes in a rollout?", "1 at a time", "type the number of nodes: 3")
        await seen.press("3", "enter")
        await seen.see("Rollout of 3 nodes", "0 of 3 over: 3 queued")
        assert seen.session.calls == [("rollout", f"node-{number}") for number in (1, 3, 4)]


async def test_of_the_marked_nodes_by_r_too() -> None:
    async with console(*FOUR) as seen:
        await seen.press("space", "j", "space", "r")
        await seen.see("Reboot 2 nodes in a rollout?", "1 of them is not known to need a reboot.")


async def test_anything_but_the_number_begins_nothing() -> None:
    async with console(*FOUR) as seen:
        await seen.press("R")
        await seen.see("Reboot 3 nodes in a rollout?")
        await seen.press("2", "enter", "escape")
        await seen.see_no("in a rollout?")
        assert seen.session.calls == []


async def test_how_it_goes_can_be_chosen() -> None:
    async with console(*FOUR) as seen:
        await seen.press("R")
        await seen.see("Reboot 3 nodes in a rollout?")
        await seen.press("ctrl+o")
        await seen.see("How the rollout goes")
        await seen.press("backspace", "2", "down", "right", "enter")
        await seen.see("2 at a time", "pools in turns")
        await seen.press("3", "enter")
        await eventually(lambda: seen.session.rollout)
        assert seen.session.rollout is not None
        assert seen.session.rollout.options == RolloutOptions(
            concurrency=2, pools=PoolOrder.INTERLEAVED
        )


async def test_keys_that_come_together_are_taken_in_their_order() -> None:
    async with console(*FOUR) as seen:
        await seen.press("R")
        await seen.see("Reboot 3 nodes in a rollout?")
        await seen.press("ctrl+o")
        await seen.see("How the rollout goes")
        seen.burst("2", "enter")
        await seen.see("2 at a time")


async def test_where_nothing_waits_it_says_so() -> None:
    async with console(a_node("node-1", pending=False)) as seen:
        await seen.press("R")
        await seen.see("No node is marked")


# Seeing.


async def test_each_node_says_how_far_it_is_and_what_holds_it_up() -> None:
    async with console(session=busy()) as seen:
        await seen.press("R")
        await seen.see("1 of 3 over: 1 queued, 1 at work, 1 done")
        at_work = next(line for line in seen.screen if "▶ node-3" in line)
        assert "draining" in at_work
        assert "███░░░░░ 3/7 pods gone, blocked by db for 90s" in at_work
        assert "the budget db holds back its pods" in seen.line_of("· node-4")
        assert "5m" in seen.line_of("✓ node-1")


async def test_the_selected_node_shows_its_steps_and_the_pods_that_are_left() -> None:
    async with console(session=busy()) as seen:
        await seen.press("R")
        await seen.see("✓ locking", "▶ draining", "to come: rebooting, returning")
        assert "90s" in seen.line_of("✓ locking")
        assert "100s" in seen.line_of("▶ draining     ")
        assert "for 90s" in seen.line_of("shop/db-0")


async def test_on_a_wide_terminal_the_kernels_move_beside_the_nodes() -> None:
    async with console(session=busy(), size=(160, 40)) as seen:
        await seen.press("R")
        await seen.see("Rollout of 3 nodes", "newest")
        seen.session.put(a_node("node-1", kernel="6.8.0-1031-azure", pending=False))
        await seen.see("+1", "behind 1")


async def test_an_operation_that_has_said_nothing_yet_is_shown_all_the_same() -> None:
    session = under_way(an_entry("node-3", EntryState.AT_WORK))
    session.move("node-3", Phase.QUEUED)
    async with console(session=session) as seen:
        await seen.press("R")
        await seen.see("▶ node-3", "to come: waiting, locking")


async def test_the_time_left_is_judged_by_what_is_done_and_never_guessed() -> None:
    async with console(session=busy()) as seen:
        await seen.press("R")
        await seen.see("About 10 minutes left, judged by the one node done so far")
    queued = [an_entry("node-3", EntryState.QUEUED), an_entry("node-4", EntryState.QUEUED)]
    async with console(session=under_way(*queued)) as seen:
        await seen.press("R")
        await seen.see("How long it takes is not known before a node is done.")


async def test_no_time_is_promised_while_a_node_is_held_up() -> None:
    session = busy()
    assert session.rollout is not None
    session.rollout.held_up = True
    async with console(session=session) as seen:
        await seen.press("R")
        await seen.see("How long it takes is not known while a node is held up.")


async def test_it_survives_going_back_to_the_table() -> None:
    async with console(session=busy()) as seen:
        await seen.press("R")
        await seen.see("Rollout of 3 nodes")
        await seen.press("escape")
        await seen.see("OPERATION")
        await seen.press("R")
        await seen.see("Rollout of 3 nodes", "1 of 3 over")


async def test_a_rollout_that_was_stopped_says_why() -> None:
    failed = an_entry("node-1", EntryState.FAILED, "The drain did not end in time.")
    session = under_way(failed, stopped="Stopped, since a node has failed.", finished=True)
    async with console(session=session) as seen:
        await seen.press("space", "R", "escape", "backslash")
        await eventually(lambda: not seen.app.main.table.marks)
        await seen.press(
            "slash", *"node-2", "enter", "R"
        )  # nothing here waits: the last one is shown
        await seen.see("OVER: Stopped, since a node has failed.", "✗ node-1", "did not end in time")


def test_a_bar_is_full_only_at_the_end_and_empty_only_at_the_beginning() -> None:
    assert [bar(done, 100, 4) for done in (0, 1, 50, 99, 100)] == [
        *("░░░░", "█░░░", "██░░", "███░", "████")
    ]
    assert bar(0, 0, 3) == "░░░"


# Steering.


async def opened(seen: Console) -> FakeRollout:
    await seen.press("R")
    await seen.see("Rollout of 3 nodes")
    assert seen.session.rollout is not None
    return seen.session.rollout


async def test_it_is_paused_and_goes_on() -> None:
    async with console(session=busy()) as seen:
        rollout = await opened(seen)
        await seen.press("P")
        await seen.see("PAUSED: no node is begun")
        assert rollout.paused
        await seen.press("P")
        await seen.see_no("PAUSED")
        assert not rollout.paused


async def test_a_node_in_the_queue_is_skipped() -> None:
    async with console(session=busy()) as seen:
        rollout = await opened(seen)
        await seen.press("j", "s")
        await eventually(lambda: rollout.calls == ["skip node-4"])


async def test_stopping_is_asked_about_with_the_focus_on_no() -> None:
    async with console(session=busy()) as seen:
        rollout = await opened(seen)
        await seen.press("S")
        await seen.see("Stop the rollout?", "1 of 3 is not begun any more.")
        await seen.press("enter")
        await seen.see_no("Stop the rollout?")
        assert rollout.calls == []
        await seen.press("S")
        await seen.see("Stop the rollout?")
        await seen.press("y")
        await seen.see("STOPPING, only what is at work goes on")


async def test_cancelling_all_takes_the_number_of_those_at_work() -> None:
    async with console(session=busy()) as seen:
        rollout = await opened(seen)
        await seen.press("X")
        await seen.see("Cancel the rollout and what is at work?", "nodes at work: 1")
        await seen.press("2", "enter")
        await seen.see("Not that: type the number of nodes at work: 1")
        assert rollout.calls == []
        await seen.press("backspace", "1", "enter")
        await eventually(lambda: rollout.calls == ["cancel"])


async def test_one_operation_is_cancelled_from_here_too() -> None:
    async with console(session=busy()) as seen:
        await opened(seen)
        await seen.press("x")
        await seen.see("Cancel the operation of node-3?")
        await seen.press("y")
        await eventually(lambda: seen.session.calls == [("cancel", "node-3")])


async def test_leaving_with_a_queue_is_asked_about_though_nothing_is_at_work() -> None:
    session = under_way(an_entry("node-3", EntryState.QUEUED))
    async with console(session=session) as seen:
        await seen.press("q")
        await seen.see("A rollout is under way", "1 more node is in the queue of the rollout")
        await seen.press("c")
        await eventually(lambda: not seen.app.is_running)
    assert session.rollout is not None
    assert session.rollout.calls == ["cancel"]


async def test_the_end_of_an_operation_is_told_from_its_steps() -> None:
    session = under_way(an_entry("node-3", EntryState.FAILED, "It did not come back."))
    session.move("node-3", Phase.FAILED, error="It did not come back.")
    for phase, ago in (("locking", 90), ("failed", 10)):
        session.say("...", node="node-3", phase=phase, time=NOW - timedelta(seconds=ago))
    async with console(session=session) as seen:
        await seen.press("R")
        await seen.see("✓ locking", "✗ failed")


async def test_of_a_session_that_broke_no_rollout_is_shown_as_if_it_went_on() -> None:
    async with console(session=busy(), size=(160, 50)) as seen:
        await seen.press("R")
        await seen.see("Rollout of 3 nodes", "3/7 pods gone", "newest")
        seen.session.end.set_exception(ConfigError("The token expired."))
        await seen.see("There is no rollout.", "No kernel is known")
        assert "Rollout of 3 nodes" not in seen.text
        assert "3/7 pods gone" not in seen.text
