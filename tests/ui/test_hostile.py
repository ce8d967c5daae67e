"""Text from the cluster that means harm, on every screen that shows any: no markup, no escape, no crash."""

from __future__ import annotations

import msgspec
import pytest

from kuredtui.cluster.forecast import Outlook
from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NODE_IMAGE_LABEL, ROLE_PREFIX, ZONE_LABEL
from kuredtui.cluster.node_event import NodeEvent
from kuredtui.cluster.operation_event import signed
from kuredtui.cluster.policy import Answer
from kuredtui.engine.drain_state import DrainState, PodLeft, Standing
from kuredtui.engine.events_seen import EventsSeen
from kuredtui.engine.phases import Phase
from kuredtui.engine.plan import Action, Plan, PlannedPod
from kuredtui.engine.rollout_entry import Entry, EntryState
from kuredtui.ui.columns import COLUMNS
from kuredtui.ui.detail.tabs import TABS, Tab
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node
from tests.ui.fake_session import Console, FakeLocks, FakeRollout, FakeSession, console

# Markup, an escape that clears the screen, right-to-left, joined and stacked characters, a wide one.
HOSTILE = (
    "[bold red]x[/] \x1b[2J \u202eabc \u05d0\u05d1 "
    "e\u0301\u0301\u0301 \U0001f468\u200d\U0001f469 \u5b57"
)
LONG = HOSTILE * 200
SIZES = [(80, 24), (120, 40), (200, 60)]


def hostile_session() -> FakeSession:
    """A session in which everything that may be text of others means harm."""
    session = FakeSession([a_node("node-1", pending=True, pool=HOSTILE), a_node("node-2")])
    session.policy = [Answer(hook=HookName.ALERTS, reason=HOSTILE)]
    session.plans["node-1"] = Plan(
        node="node-1",
        pods=[
            PlannedPod(
                namespace=HOSTILE,
                name=HOSTILE,
                uid=str(number),
                action=action,
                reason=HOSTILE * 3,
                controller=HOSTILE,
                loses=[HOSTILE],
                outlook=Outlook.NEVER if action is Action.EVICT else None,
                budget=HOSTILE,
                budget_reason=LONG,
            )
            for number, action in enumerate(Action)
        ],
        pod_selector=HOSTILE,
        warnings=[LONG],
    )
    session.locks = FakeLocks(
        '{"nodeID":"[red]\\u202e\\u001b[2J","created":"2026-03-14T01:48:30Z"}'
    )
    session.rollout = FakeRollout(
        {
            "node-1": Entry(node="node-1", uid="", boot_id="", state=EntryState.AT_WORK),
            "node-2": Entry(
                node="node-2", uid="", boot_id="", state=EntryState.FAILED, reason=LONG
            ),
        },
        holding=LONG,
    )
    session.move("node-1", Phase.DRAINING, LONG)
    left = PodLeft(
        namespace=HOSTILE,
        name=LONG,
        uid="u",
        standing=Standing.WAITING,
        reason=LONG,
        budget=LONG,
        since=NOW,
    )
    session.operations["node-1"].drain = DrainState(gone=1, total=2, left=[left], blocked_seconds=9)
    session.say(LONG, node=HOSTILE)
    return session


def hostile_detail() -> FakeSession:
    """A session in which what the detail shows means harm."""
    session = hostile_session()
    session.put(
        a_node("node-1", labels={HOSTILE: HOSTILE}, annotations={f"{HOSTILE}{HOSTILE}": LONG})
    )
    told = NodeEvent(
        type=HOSTILE,
        reason=LONG,
        message=LONG,
        source=HOSTILE,
        count=3,
        first=NOW,
        last=NOW,
        node_uid=HOSTILE,
    )
    by_us = msgspec.structs.replace(
        told, source="kuredtui", message=signed(HOSTILE, owner=HOSTILE, operation="[red]\u202e")
    )
    booted = msgspec.structs.replace(
        told, reason="Rebooted", message="Node x has been rebooted, boot id: \u202e\x1b[2J"
    )
    session.events["node-1"] = EventsSeen(events=(told, by_us, booted))
    return session


def harmless(seen: Console) -> None:
    """Every line is as wide as the screen, and holds nothing that a terminal obeys or reorders."""
    from rich.cells import cell_len

    width, _ = seen.app.size
    for line in seen.screen:
        assert cell_len(line) == width, line
        assert not set(line) & {"\x1b", "\u202e", "\u200d", "\u05d0"}, line


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_drawn_harmlessly_on_the_table_and_in_the_log(size: tuple[int, int]) -> None:
    async with console(session=hostile_session(), size=size) as seen:
        await seen.see("[bold red]x[/]")
        harmless(seen)


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_drawn_harmlessly_in_a_wide_table(size: tuple[int, int]) -> None:
    session = hostile_session()
    labels = {ZONE_LABEL: HOSTILE, NODE_IMAGE_LABEL: LONG, f"{ROLE_PREFIX}{HOSTILE}": ""}
    session.put(a_node(HOSTILE, pool=LONG, kernel=LONG, version=HOSTILE, labels=labels))
    async with console(session=session, size=size) as seen:
        await seen.press("ctrl+w")
        for _ in COLUMNS:
            harmless(seen)
            await seen.press("right")


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_drawn_harmlessly_in_a_plan(size: tuple[int, int]) -> None:
    async with console(session=hostile_session(), size=size) as seen:
        await seen.press("p")
        await seen.see("WAITS", "[bold red]x[/]")
        harmless(seen)
        await seen.press("G")
        await seen.see("  keep")
        harmless(seen)


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_drawn_harmlessly_in_a_rollout(size: tuple[int, int]) -> None:
    async with console(session=hostile_session(), size=size) as seen:
        await seen.press("R")
        await seen.see("Rollout of 2 nodes", "[bold red]x[/]")
        harmless(seen)


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_drawn_harmlessly_in_a_question(size: tuple[int, int]) -> None:
    session = hostile_session()
    session.operations.clear()
    async with console(session=session, size=size) as seen:
        await seen.press("d")
        await seen.see("Drain node-1?", "forbids the drain")
        harmless(seen)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("tab", "text"),
    [
        (Tab.NODE, "Conditions"),
        (Tab.PODS, "What a drain would do"),
        (Tab.EVENTS, "of an earlier node"),
        (Tab.OPERATIONS, "by [bold red]x[/]"),
        (Tab.LABELS, "Annotations"),
    ],
)
async def test_it_is_drawn_harmlessly_in_the_detail(
    size: tuple[int, int], tab: Tab, text: str
) -> None:
    async with console(session=hostile_detail(), size=size) as seen:
        await seen.press("enter", str(TABS.index(tab) + 1))
        page = seen.app.main.detail.page
        await eventually(lambda: text in page.text)
        await seen.pilot.pause()
        for key in ("home", "pagedown", "pagedown", "end"):
            await seen.press(key)
            harmless(seen)
        seen.burst("/", *"bold", "enter")
        await eventually(lambda: page.words == "bold")
        harmless(seen)
