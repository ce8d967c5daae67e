"""The reboot and the cancel of one node: what is asked, said and begun."""

from __future__ import annotations

import time

import pytest

from kuredtui.cluster.connection import ConnectionState
from kuredtui.engine.phases import Phase
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import console

THREE = (a_node("node-1", pending=True), a_node("node-2"), a_node("node-3"))


async def test_a_reboot_is_asked_for_with_the_focus_on_cancel() -> None:
    async with console(*THREE) as seen:
        await seen.press("r")
        await seen.see("Reboot node-1?")
        await seen.press("enter")
        await seen.see_no("Reboot node-1?")
        assert seen.session.calls == []


async def test_the_question_names_the_cluster() -> None:
    async with console(*THREE) as seen:
        await seen.press("r")
        await seen.see("cluster  aks-prod-weu")


async def test_the_question_says_that_the_api_server_is_not_heard() -> None:
    async with console(*THREE) as seen:
        seen.session.connection = ConnectionState(kind="lost", fresh_at=time.monotonic() - 300)
        await seen.press("r")
        await seen.see("The API server is not heard: all this was so 5 minutes ago.")


@pytest.mark.parametrize("keys", [("y",), ("right", "right", "enter"), ("tab", "tab", "enter")])
async def test_a_confirmed_reboot_starts(keys: tuple[str, ...]) -> None:
    async with console(*THREE) as seen:
        await seen.press("j", "r")
        await seen.see("Reboot node-2?")
        await seen.press(*keys)
        await eventually(lambda: seen.session.calls == [("reboot", "node-2")])


@pytest.mark.parametrize("key", ["n", "escape", "enter", "q"])
async def test_anything_but_yes_starts_nothing(key: str) -> None:
    async with console(*THREE) as seen:
        await seen.press("r")
        await seen.see("Reboot node-1?")
        await seen.press(key)
        await seen.pilot.pause()
        assert seen.session.calls == []


async def test_the_question_says_what_will_happen_and_what_is_against_it() -> None:
    async with console(a_node("a", pending=False, cordoned=True, ready="False")) as seen:
        await seen.press("r")
        await seen.see(
            "evict its pods",
            "leave it cordoned, as it was found",
            "It does not need a reboot.",
            "It is NotReady",
            "Somebody cordoned it",
        )


async def test_a_refusal_is_said_instead_of_a_question() -> None:
    async with console(*THREE) as seen:
        seen.session.refusals["node-1"] = "The lock is held by node-3 since 02:10."
        await seen.press("r")
        await seen.see("The lock is held by node-3 since 02:10.")
        assert seen.session.calls == []


async def test_a_refusal_that_came_while_the_question_stood_there_counts() -> None:
    async with console(*THREE) as seen:
        await seen.press("r")
        await seen.see("Reboot node-1?")
        seen.session.refusals["node-1"] = "The lock is held by node-3."
        await seen.press("y")
        await seen.see("The lock is held by node-3.")
        assert seen.session.calls == []


async def test_an_operation_is_cancelled_after_a_yes() -> None:
    async with console(*THREE) as seen:
        seen.session.move("node-1", Phase.DRAINING, "3/7 pods gone")
        await seen.see("draining ━━━───── 3/7 p")
        await seen.press("x")
        await seen.see("Cancel the operation of node-1?")
        await seen.press("y")
        await eventually(lambda: seen.session.calls == [("cancel", "node-1")])


async def test_there_is_nothing_to_cancel_without_an_operation() -> None:
    async with console(*THREE) as seen:
        await seen.press("x")
        await seen.see("no operation")


async def test_a_failed_operation_says_why() -> None:
    async with console(*THREE, size=(160, 40)) as seen:
        seen.session.move("node-1", Phase.FAILED, error="the drain timed out")
        await seen.see("failed: the drain timed out")
