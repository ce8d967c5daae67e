"""The tabs of the detail: what is asked for them and when, and what they say."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from kuredtui.cluster.forecast import Outlook
from kuredtui.cluster.node_event import NodeEvent
from kuredtui.cluster.operation_event import signed
from kuredtui.engine.drain_state import DrainState
from kuredtui.engine.events_seen import EventsSeen
from kuredtui.engine.phases import Phase
from kuredtui.engine.plan import Action, Plan, PlannedBudget, PlannedPod
from kuredtui.engine.progress import Progress
from kuredtui.kube.errors import Forbidden
from kuredtui.kube.types import Status
from kuredtui.ui.detail import filling
from kuredtui.ui.detail.tabs import Tab
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node
from tests.ui.fake_session import Console, FakeSession, console

TWO = (a_node("node-1", labels={"example.com/rack": "r7"}), a_node("node-2"))
SMALL = (80, 24)
LARGE = (200, 60)


def event(
    reason: str,
    message: str = "",
    *,
    ago: timedelta = timedelta(minutes=5),
    type_: str = "Normal",
    source: str = "kubelet",
    count: int = 1,
    node_uid: str = "",
) -> NodeEvent:
    at: datetime = NOW - ago
    return NodeEvent(
        type=type_,
        reason=reason,
        message=message,
        source=source,
        count=count,
        first=at - timedelta(minutes=count - 1),
        last=at,
        node_uid=node_uid,
    )


def by_other(reason: str, said: str, *, ago: timedelta = timedelta(minutes=30)) -> NodeEvent:
    message = signed(said, owner="bob@jump", operation="op-7")
    return event(reason, message, source="kuredtui", ago=ago)


async def open_tab(seen: Console, tab: Tab) -> None:
    """Open the detail of the selected node at this tab."""
    await seen.press("enter", str(list(Tab).index(tab) + 1))
    await eventually(lambda: seen.app.main.detail.tab is tab)


async def test_labels_and_annotations_have_a_tab() -> None:
    async with console(*TWO) as seen:
        await open_tab(seen, Tab.LABELS)
        await seen.see("example.com/rack = r7", "Annotations")
        await seen.see_no("Conditions")


async def test_the_tabs_are_gone_through_round_and_round() -> None:
    async with console(*TWO) as seen:
        await seen.press("enter")
        detail = seen.app.main.detail
        for keys, tab in (
            ("]", Tab.PODS),
            ("right", Tab.EVENTS),
            ("[", Tab.PODS),
            ("left", Tab.NODE),
            ("[", Tab.LABELS),
            ("]", Tab.NODE),
        ):
            await seen.press(
                {"]": "right_square_bracket", "[": "left_square_bracket"}.get(keys, keys)
            )
            assert detail.tab is tab


async def test_a_tab_can_be_clicked() -> None:
    async with console(*TWO) as seen:
        await seen.press("enter")
        line = seen.line_of(" 3 Events ")
        left = seen.app.main.detail.region.x + 1
        await seen.pilot.click("TabLine", offset=(line.index("Events") - left, 0))
        assert seen.app.main.detail.tab is Tab.EVENTS


async def test_the_tab_stays_when_another_node_is_selected() -> None:
    session = FakeSession(TWO)
    session.events["node-2"] = EventsSeen(events=(event("Rebooted", "of the second"),))
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.EVENTS)
        await seen.see("No events")
        await seen.press("tab", "tab", "j")
        await seen.see("of the second")


# Pods.


async def test_the_pods_say_what_a_drain_would_do_to_each_and_which_budgets_are_asked() -> None:
    session = FakeSession(TWO)
    session.plans["node-1"] = Plan(
        node="node-1",
        pods=[
            PlannedPod(
                namespace="shop",
                name="web-1",
                uid="1",
                action=Action.EVICT,
                controller="ReplicaSet web",
                outlook=Outlook.NOW,
            ),
            PlannedPod(
                namespace="shop",
                name="db-0",
                uid="2",
                action=Action.EVICT,
                outlook=Outlook.NEVER,
                budget="db",
                budget_reason="is held for good by the budget db",
            ),
        ],
        budgets=[
            PlannedBudget(
                namespace="shop",
                name="db",
                limit="maxUnavailable 0",
                allowed=0,
                healthy=1,
                needed=1,
                pods=1,
            )
        ],
    )
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.PODS)
        await seen.see("evict    shop/web-1", "NEVER    shop/db-0", "is held for good")
        await seen.see(
            "Budgets of these pods", "SHUT     shop/db", "maxUnavailable 0: has 1 healthy"
        )


def pods(node: str, *names: str, selector: str = "") -> Plan:
    found = [
        PlannedPod(namespace="shop", name=name, uid=name, action=Action.KEEP) for name in names
    ]
    return Plan(node=node, pods=found, pod_selector=selector)


def pods_in_table(seen: Console) -> list[str]:
    """What the column PODS says of each node."""
    return [seen.line_with(name).split()[1] for name in ("node-1", "node-2")]


async def test_the_table_counts_the_pods_of_a_node_while_they_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filling, "ASK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(filling, "_TICK_SECONDS", 0.05)
    session = FakeSession(TWO)
    session.plans = {"node-1": pods("node-1", "a", "b", "c"), "node-2": pods("node-2", "d")}
    async with console(session=session, size=LARGE, columns=["pods"]) as seen:
        assert pods_in_table(seen) == ["?", "?"]
        await open_tab(seen, Tab.PODS)
        await eventually(lambda: pods_in_table(seen) == ["3", "?"])
        session.plans["node-1"] = pods("node-1", "a", "b")
        await eventually(lambda: pods_in_table(seen) == ["2", "?"])
        await seen.press("tab", "tab", "j")
        await eventually(lambda: pods_in_table(seen) == ["?", "1"])
        await seen.press("escape")
        await eventually(lambda: pods_in_table(seen) == ["?", "?"])


@pytest.mark.parametrize("tab", [Tab.NODE, Tab.EVENTS])
async def test_the_pods_are_not_counted_behind_another_tab(tab: Tab) -> None:
    session = FakeSession(TWO)
    session.plans["node-1"] = pods("node-1", "a")
    async with console(session=session, size=LARGE, columns=["pods"]) as seen:
        await open_tab(seen, Tab.PODS)
        await eventually(lambda: pods_in_table(seen) == ["1", "?"])
        await open_tab(seen, tab)
        await eventually(lambda: pods_in_table(seen) == ["?", "?"])


async def test_of_some_of_the_pods_alone_there_is_no_number() -> None:
    session = FakeSession(TWO)
    session.plans["node-1"] = pods("node-1", "only-this", selector="app=web")
    async with console(session=session, size=LARGE, columns=["pods"]) as seen:
        await open_tab(seen, Tab.PODS)
        await seen.see("shop/only-this")
        session.move("node-2", Phase.DRAINING)
        session.operations["node-2"].drain = DrainState(gone=2, total=9, left=[])
        session.changed.set()
        await seen.see("7 to go")
        assert pods_in_table(seen)[0] == "?"


async def test_why_the_pods_cannot_be_seen_is_said_in_the_tab(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = FakeSession(TWO)

    async def forbidden(node: str, **_: object) -> Plan:
        raise Forbidden(Status(code=403, message='pods is forbidden: User "jane" cannot list pods'))

    monkeypatch.setattr(session, "plan", forbidden)
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.PODS)
        await seen.see("! ", "cannot list pods", "administrator for the right")
        assert not seen.app._notifications


async def test_what_takes_long_is_given_up_when_another_tab_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = FakeSession(TWO)
    states: list[str] = []

    async def hang(node: str, **_: object) -> Plan:
        states.append("asked")
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            states.append("given up")

    monkeypatch.setattr(session, "plan", hang)
    async with console(session=session) as seen:
        await open_tab(seen, Tab.PODS)
        await eventually(lambda: states == ["asked"])
        await seen.see("looking ...")
        await seen.press("3")
        await seen.see("No events")
        assert states == ["asked", "given up"]


async def test_what_takes_too_long_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "_TIMEOUT_SECONDS", 0.01)
    session = FakeSession(TWO)

    async def hang(node: str, **_: object) -> Plan:
        return await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(session, "plan", hang)
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.PODS)
        await seen.see("did not answer in time")


# Events.


async def test_events_say_when_how_often_who_and_what_the_newest_last() -> None:
    session = FakeSession(TWO)
    session.events["node-1"] = EventsSeen(
        events=(
            event(
                "NodeNotReady", "was not heard", type_="Warning", source="node-controller", count=4
            ),
            event("NodeReady", "is ready now", ago=timedelta(seconds=40)),
        )
    )
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.EVENTS)
        await seen.see("40s ago  Normal   NodeReady", "node-controller, 4 times in 3m")
        first, last = seen.line_of("Warning  NodeNotReady"), seen.line_of("NodeReady  is ready now")
        assert seen.screen.index(first) < seen.screen.index(last)


async def test_an_event_of_an_earlier_machine_of_the_name_says_so() -> None:
    session = FakeSession(TWO)
    uids = ("uid-of-node-1", "node-1", "another")
    session.events["node-1"] = EventsSeen(
        events=tuple(event("Seen", f"as {uid}", node_uid=uid) for uid in uids)
    )
    async with console(session=session, size=(200, 60)) as seen:
        await open_tab(seen, Tab.EVENTS)
        await seen.see("of an earlier node of this name")
        assert "as another" in seen.line_of("of an earlier node of this name")


async def test_many_events_are_seen_from_their_end() -> None:
    session = FakeSession(TWO)
    session.events["node-1"] = EventsSeen(
        events=tuple(event("Seen", f"number {number}.") for number in range(100)), left_out=7
    )
    async with console(session=session, size=SMALL) as seen:
        await open_tab(seen, Tab.EVENTS)
        await seen.see("number 99.")
        await seen.press("g")
        await seen.see("7 older ones are left out", "number 0.")


async def test_events_that_may_not_be_read_are_a_sentence() -> None:
    session = FakeSession(TWO)
    session.events_failure = Forbidden(
        Status(code=403, message='events is forbidden: User "jane" cannot list resource "events"')
    )
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.EVENTS)
        await seen.see("cannot list resource", "Ask a cluster administrator for the right")


async def test_they_are_asked_for_again_while_they_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filling, "ASK_AGAIN_SECONDS", 0.0)
    session = FakeSession(TWO)
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.EVENTS)
        await seen.see("No events")
        session.events["node-1"] = EventsSeen(events=(event("NodeReady", "is ready now"),))
        await seen.see("is ready now")


async def test_nothing_is_asked_once_the_detail_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "ASK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(filling, "_TICK_SECONDS", 0.01)
    session = FakeSession(TWO)
    async with console(session=session, size=LARGE) as seen:
        assert not session.asked_for_events
        await open_tab(seen, Tab.EVENTS)
        await eventually(lambda: len(session.asked_for_events) > 3)
        await seen.press("escape")
        await eventually(
            lambda: not [worker for worker in seen.app.workers if worker.group == "detail"]
        )
        asked = len(session.asked_for_events)
        session.put(a_node("node-1", kernel="5.15.0-2000-azure"))
        await seen.see("5.15.0-2000-azure")
        assert len(session.asked_for_events) == asked


async def test_nothing_is_asked_behind_another_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "ASK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(filling, "_TICK_SECONDS", 0.01)
    session = FakeSession(TWO)
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.EVENTS)
        await eventually(lambda: session.asked_for_events)
        await seen.press("question_mark")
        await eventually(lambda: not seen.app.main.detail.is_seen)
        asked = len(session.asked_for_events)
        await seen.press("j", "j", "j")
        assert len(session.asked_for_events) == asked


# Operations.


async def test_operations_of_this_session_and_of_others_are_told_apart() -> None:
    session = FakeSession(TWO)
    session.events["node-1"] = EventsSeen(
        events=(
            by_other("Draining", "Evicting 3 pods."),
            by_other("OperationDone", "It is done.", ago=timedelta(minutes=20)),
        )
    )
    session.say("Cordoned it.", node="node-1", phase=Phase.CORDONING)
    session.say("Rebooting node-2.", node="node-2", phase=Phase.REBOOTING)
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.OPERATIONS)
        await seen.see("✓ done 20m ago, by bob@jump · op-7", "draining     Evicting 3 pods.")
        await seen.see(
            "▶ cordoning 0s ago, by this session · of-node-1", "cordoning    Cordoned it."
        )
        assert "Rebooting node-2" not in "\n".join(seen.screen[:-8])  # the log below says it


async def test_operations_are_followed() -> None:
    session = FakeSession(TWO)
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.OPERATIONS)
        await seen.see("No operation is known: none in this session")
        session.say("Cordoned it.", node="node-1", phase=Phase.CORDONING)
        await seen.see("▶ cordoning 0s ago, by this session")


async def test_reboots_by_others_are_told() -> None:
    session = FakeSession(TWO)
    told = "Node node-1 has been rebooted, boot id: 4a0d"
    session.events["node-1"] = EventsSeen(events=(event("Rebooted", told, type_="Warning"),))
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.OPERATIONS)
        await seen.see("Reboots that its kubelet reported", "5m ago  boot 4a0d")


async def test_without_the_right_to_read_events_our_own_operations_are_told() -> None:
    session = FakeSession(TWO)
    session.events_failure = Forbidden(Status(code=403, message="events is forbidden"))
    session.say("Cordoned it.", node="node-1", phase=Phase.CORDONING)
    async with console(session=session, size=LARGE) as seen:
        await open_tab(seen, Tab.OPERATIONS)
        await seen.see("What others did cannot be read", "events is forbidden", "by this session")


# The boot.


async def test_when_it_booted_is_told_by_its_kubelet() -> None:
    session = FakeSession(TWO)
    told = "Node node-1 has been rebooted, boot id: boot-of-node-1"
    session.events["node-1"] = EventsSeen(events=(event("Rebooted", told, type_="Warning"),))
    async with console(session=session, size=LARGE) as seen:
        await seen.press("enter")
        await seen.see("Booted", "about 5m ago, when its kubelet reported it")


async def test_when_it_booted_is_told_by_who_saw_it_back() -> None:
    session = FakeSession(TWO)
    session.progress.publish(
        Progress(
            message="It is back.",
            node="node-1",
            time=NOW - timedelta(minutes=7),
            fields={"bootID": "boot-of-node-1"},
        )
    )
    async with console(session=session, size=LARGE) as seen:
        await seen.press("enter")
        await seen.see("Booted", "before 7m ago, when this session saw it back")


async def test_when_it_booted_is_left_out_where_nobody_told() -> None:
    session = FakeSession(TWO)
    told = "Node node-1 has been rebooted, boot id: an-earlier-boot"
    session.events["node-1"] = EventsSeen(events=(event("Rebooted", told, type_="Warning"),))
    async with console(session=session, size=LARGE) as seen:
        await seen.press("enter")
        await eventually(lambda: session.asked_for_events)
        await seen.see("Conditions")
        assert "Booted" not in seen.text
