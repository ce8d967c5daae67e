"""How far an operation is, as a bar in its cell, and the pods it still has to see gone."""

from __future__ import annotations

import json

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine.drain_state import DrainState
from kuredtui.engine.phases import Goal, Phase
from kuredtui.ui.steps import REBOOT_STEPS, operation_bar
from tests.ui.clusters import a_node
from tests.ui.fake_session import Console, console

WIDE = (160, 30)


def drain(gone: int, total: int) -> DrainState:
    return DrainState(gone=gone, total=total, left=[])


def test_steps_are_phases_in_their_order() -> None:
    order = [phase.value for phase in Phase if not phase.finished and phase is not Phase.QUEUED]
    assert list(REBOOT_STEPS) == order


@pytest.mark.parametrize(
    ("phase", "goal", "bar"),
    [
        ("waiting", "reboot", "────────"),
        ("draining", "reboot", "━━━─────"),
        ("releasing", "reboot", "━━━━━━━─"),
        ("waiting", "drain", "────────"),
        ("releasing", "drain", "━━━━━━──"),
        ("queued", "reboot", ""),
        ("uncordoning", "roll back", ""),
        ("draining", "", ""),
    ],
)
def test_the_steps_that_are_done_are_drawn_where_they_are_known(
    phase: str, goal: str, bar: str
) -> None:
    assert operation_bar(phase, goal=goal) == bar


@pytest.mark.parametrize(
    ("state", "bar"),
    [
        (drain(0, 7), "░░░░░░░░"),
        (drain(1, 100), "█░░░░░░░"),
        (drain(99, 100), "███████░"),
        (drain(7, 7), "████████"),
        (drain(0, 0), "━━━─────"),
    ],
)
def test_while_it_drains_the_pods_that_are_gone_are_drawn(state: DrainState, bar: str) -> None:
    assert operation_bar("draining", goal="reboot", drain=state) == bar


async def draining(seen: Console, gone: int, total: int) -> None:
    seen.session.move("node-1", Phase.DRAINING, f"{gone}/{total} pods gone")
    seen.session.operations["node-1"].drain = drain(gone, total)
    seen.session.changed.set()


async def test_the_bar_stands_behind_the_phase_and_moves() -> None:
    async with console(a_node("node-1"), size=WIDE) as seen:
        await draining(seen, 2, 4)
        await seen.see("draining ████░░░░ 2/4 pods gone")
        await draining(seen, 3, 4)
        await seen.see("draining ██████░░ 3/4 pods gone")
        seen.session.move("node-1", Phase.REBOOTING)
        await seen.see("rebooting ━━━━────")
        seen.session.move("node-1", Phase.DONE)
        await seen.see_no("━", "rebooting")


async def test_a_narrow_column_has_a_short_bar_behind_the_phase() -> None:
    async with console(a_node("node-1"), size=(80, 24)) as seen:
        await draining(seen, 2, 4)
        await seen.see("draining ███░░░░")
        seen.session.move("node-1", Phase.UNCORDONING)
        await seen.see("uncordoning ━━━─")
    async with console(a_node("node-1"), columns=["operation:23"], size=(80, 24)) as seen:
        await draining(seen, 2, 4)
        await seen.see("draining: 2/4 pods gone")


async def test_a_narrow_column_has_the_words_where_nothing_is_done_yet_or_no_bar_has_room() -> None:
    async with console(a_node("node-1"), columns=["operation:12"], size=(80, 24)) as seen:
        seen.session.move("node-1", Phase.UNCORDONING, "at it")
        await seen.see("uncordoning…")
    async with console(a_node("node-1"), size=(80, 24)) as seen:
        seen.session.move("node-1", Phase.WAITING, "the window opens at 22:00")
        await seen.see("waiting: the w")


async def test_steps_of_a_drain_without_reboot_are_counted_as_its_own() -> None:
    async with console(a_node("node-1"), size=WIDE) as seen:
        seen.session.move("node-1", Phase.RELEASING)
        seen.session.operations["node-1"].goal = Goal.DRAIN
        await seen.see("releasing ━━━━━━──")


async def test_of_an_operation_of_another_one_reads_who_runs_it() -> None:
    journal = {"id": "0a", "owner": "joe@there", "phase": "returning", "goal": "reboot"}
    node = a_node("node-1", annotations={OPERATION_ANNOTATION: json.dumps(journal)})
    async with console(node, size=WIDE) as seen:
        await seen.see("returning by joe@there")


async def test_pods_are_counted_where_they_are_known() -> None:
    nodes = [a_node("node-1"), a_node("node-2")]
    async with console(*nodes, columns=["pods"], size=(80, 24)) as seen:
        await draining(seen, 2, 9)
        await seen.see("7 to go")
        assert seen.line_with("node-2").split() == ["node-2", "?"]
        seen.session.move("node-1", Phase.REBOOTING)
        await seen.see_no("7 to go")
