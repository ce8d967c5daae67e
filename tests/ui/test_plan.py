"""The plan: what a drain would do, seen before anything is touched, and the options of one run."""

from __future__ import annotations

import asyncio

import pytest

from kuredtui.cluster.forecast import Outlook
from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.policy import Answer
from kuredtui.engine.plan import Action, Plan, PlannedPod
from kuredtui.kube.errors import ConfigError
from kuredtui.ui.plan_text import Foreseen, plan_lines, summary_lines
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import FakeSession, console

THREE = (a_node("node-1", pending=True), a_node("node-2"), a_node("node-3"))


def a_pod(name: str, action: Action = Action.EVICT, **more: object) -> PlannedPod:
    found = {"controller": "ReplicaSet web", **more}
    return PlannedPod(namespace="shop", name=name, uid=f"uid-{name}", action=action, **found)  # type: ignore[arg-type]  # a test names what it sets


HARD = Plan(
    node="node-1",
    pods=[
        a_pod("passes", outlook=Outlook.NOW),
        a_pod("waits", outlook=Outlook.SLOW, budget_reason="waits its turn at the budget web"),
        a_pod("held", outlook=Outlook.NEVER, budget_reason="is held for good by the budget db"),
        a_pod("loses", outlook=Outlook.NOW, loses=["cache", "tmp"]),
        a_pod("bare", outlook=Outlook.NOW, controller=""),
        a_pod("agent", Action.KEEP, reason="belongs to DaemonSet agent"),
        a_pod("refused", Action.REFUSE, reason="has no controller that would bring it back"),
    ],
)
CLOSED = Answer(hook=HookName.TIME_WINDOW, reason="The reboot window is closed.")


def text(lines: list[tuple[tuple[str, object], ...]]) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in lines]


def hard_session() -> FakeSession:
    session = FakeSession(THREE)
    session.plans["node-1"] = HARD
    session.policy = [CLOSED]
    return session


def test_what_forbids_a_drain_comes_first_and_each_pod_says_why() -> None:
    words = [
        line.split()[0]
        for line in text(plan_lines(Foreseen(node="node-1", plan=HARD), override=()))
    ]
    assert words == (
        ["node-1", "REFUSED", "NEVER", "SLOW", "LOSES", "FOR", "evict", "evict", "evict", "keep"]
    )


def test_a_plan_that_cannot_be_made_says_why() -> None:
    lines = text(plan_lines(Foreseen(node="node-1", failure="Forbidden."), override=()))
    assert lines == [
        "node-1  what its drain would do cannot be seen",
        "  UNKNOWN  Forbidden.",
    ]


def test_an_overridden_hook_is_told_from_one_that_waits() -> None:
    found = Foreseen(node="node-1", plan=HARD, policy=[CLOSED])
    assert "  WAITS    time-window: The reboot window is closed." in text(
        plan_lines(found, override=())
    )
    assert any(
        "is overridden in this run" in line
        for line in text(plan_lines(found, override=["time-window"]))
    )


def test_the_summary_counts_pods_of_all_nodes_and_names_a_few() -> None:
    lines = text(
        summary_lines([Foreseen(node="node-1", plan=HARD), Foreseen(node="node-2", plan=HARD)])
    )
    assert lines[0] == "  · 10 pods go, 2 pods stay"
    assert lines[1] == "  ! 2 pods forbid the drain of their nodes: shop/refused, shop/refused"


async def test_p_shows_the_plan_and_touches_nothing() -> None:
    async with console(session=hard_session()) as seen:
        await seen.press("p")
        await seen.see(
            "Plan of the drain of node-1",
            "the drain would not begin: 1 refused",
            "REFUSED  shop/refused",
            "NEVER    shop/held",
            "WAITS    time-window",
        )
        await seen.press("escape")
        await seen.see("OPERATION")
        assert seen.session.calls == []


async def test_a_question_says_what_its_drain_would_do() -> None:
    async with console(session=hard_session()) as seen:
        await seen.press("r")
        await seen.see(
            "5 pods go, 1 pod stays",
            "1 pod forbids the drain: shop/refused",
            "it will wait: The reboot window is closed.",
        )


async def test_the_plan_of_a_question_leads_back_to_it() -> None:
    async with console(session=hard_session()) as seen:
        await seen.press("r")
        await seen.see("Plan (p)")
        await seen.press("p")
        await seen.see("Plan of the drain of node-1")
        await seen.press("escape")
        await seen.see("Reboot node-1?")
        await seen.press("y")
        await eventually(lambda: seen.session.calls == [("reboot", "node-1")])


async def test_the_plan_can_be_seen_from_a_typed_question_too() -> None:
    async with console(*THREE) as seen:
        await seen.press("i", "d")
        await seen.see("Drain 3 nodes?", "Plan (^p)")
        await seen.press("ctrl+p")
        await seen.see("Plan of the drains of 3 nodes")


async def test_an_option_is_changed_for_one_run_and_its_default_is_named() -> None:
    async with console(session=hard_session()) as seen:
        await seen.press("p")
        await seen.see("as of")
        await seen.press("o")
        await seen.see("Options of this run alone", "drain-grace-period", "default")
        await seen.press("home", *("delete",) * 5, *"30")
        await seen.see("default -1")
        await seen.press("enter")
        await seen.see("In this run:", "drain-grace-period 30")
        assert seen.session.planned[-1] == {"drain_grace_period": 30}
        await seen.press("d")
        await seen.see("Drain node-1?", "drain-grace-period 30")
        await seen.press("y")
        await eventually(lambda: seen.session.runs == [((), {"drain_grace_period": 30})])


async def test_what_cannot_be_understood_is_not_taken() -> None:
    async with console(session=hard_session()) as seen:
        await seen.press("p")
        await seen.see("as of")
        await seen.press("o")
        await seen.see("Options of this run alone")
        await seen.press("x", "enter")
        await seen.see("! a whole number")
        await seen.press("escape")
        await seen.see("Plan of the drain")
        assert seen.session.planned == [{}]


async def test_what_is_wrong_with_a_field_is_said_in_full_and_the_cursor_goes_there() -> None:
    async with console(session=hard_session()) as seen:
        await seen.press("p")
        await seen.see("as of")
        await seen.press("o")
        await seen.see("Options of this run alone")
        await seen.press("down", "end", "x", "down", "enter")
        await seen.see("x' is not a duration such as 30m, 1h30m or 90s")


@pytest.mark.parametrize(
    ("steps", "override", "changes", "says"),
    [
        (2, (), {"evict_uncontrolled": True}, "evict-uncontrolled true"),
        (4, (), {"disable_eviction": True}, "drain it: delete its pods"),
        (10, ("time-window",), {}, "time-window is overridden"),
        (14, ("force-reboot",), {}, "force-reboot: it reboots also when its drain does not end"),
    ],
)
async def test_what_is_forced_has_to_be_typed(
    steps: int, override: tuple[str, ...], changes: dict[str, object], says: str
) -> None:
    async with console(session=hard_session()) as seen:
        await seen.press("p")
        await seen.see("as of")
        await seen.press("o")
        await seen.see("Options of this run alone")
        await seen.press(*["down"] * steps, "right", "enter")
        await seen.see("In this run:")
        await seen.press("r")
        await seen.see("type the node's name: node-1", says)
        await seen.press("y", "enter")
        assert seen.session.calls == []
        await seen.press("backspace", *"node-1", "enter")
        await eventually(lambda: seen.session.runs == [(override, changes)])


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        (["down"] * 7 + ["left"], "leave the reboot to somebody, and wait until it is back"),
        (["down"] * 14 + ["right"], "as fast as their budgets allow; go on"),
    ],
)
async def test_the_question_tells_what_will_happen_in_this_run(steps: list[str], says: str) -> None:
    async with console(session=hard_session()) as seen:
        await seen.press("p")
        await seen.see("as of")
        await seen.press("o")
        await seen.see("Options of this run alone")
        await seen.press(*steps, "enter")
        await seen.see("In this run:")
        await seen.press("r")
        await seen.see(says)


async def test_the_plan_of_several_marked_nodes_shows_each() -> None:
    async with console(*THREE) as seen:
        await seen.press("i", "p")
        await seen.see(
            "the drains of 3 nodes", "node-1  0 pods", "node-2  0 pods", "node-3  0 pods"
        )


async def test_read_only_may_look_at_plans_and_not_act_from_them() -> None:
    session = FakeSession(THREE, read_only=True, read_only_reason="Read-only.")
    async with console(session=session) as seen:
        await seen.press("p")
        await seen.see("Plan of the drain of node-1")
        await seen.press("d")
        await seen.pilot.pause()
        assert "Plan of the drain of node-1" in seen.text


async def test_however_long_a_question_is_its_answers_are_on_the_screen() -> None:
    nodes = [a_node(f"node-{number}") for number in range(60)]
    async with console(*nodes, size=(80, 24)) as seen:
        await seen.press("i", "d")
        await seen.see("Drain 60 nodes?", "type the number of nodes: 60", "Cancel", "pgdn scroll")
        await seen.press("pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        await seen.see("release the lock, and leave the node cordoned")


async def test_a_login_that_fails_is_said_and_ends_nothing() -> None:
    class LoggedOut(FakeSession):
        async def plan(self, node: str, **_: object) -> Plan:
            raise ConfigError("The login plugin failed. Log in again.")

    async with console(session=LoggedOut(THREE)) as seen:
        await seen.press("p")
        await seen.see("UNKNOWN  The login plugin failed. Log in again.")
        await seen.press("escape", "r")
        await seen.see("Reboot node-1?", "The login plugin failed.")


async def test_a_plan_that_comes_while_its_screen_goes_is_left_alone() -> None:
    gate = asyncio.Event()

    class Slow(FakeSession):
        async def plan(self, node: str, **_: object) -> Plan:
            await gate.wait()
            return HARD

    async with console(session=Slow(THREE)) as seen:
        await seen.press("p")
        await seen.see("looking ... 0 of 1")
        screen = seen.app.screen
        await screen.query("*").remove()  # a screen that goes loses its children first
        gate.set()
        await seen.app.workers.wait_for_complete([w for w in seen.app.workers if w.node is screen])
        assert seen.app.is_running
