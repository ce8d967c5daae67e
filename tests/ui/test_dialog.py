"""A question whose facts are still being found out when it is answered, and one that is answered twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from textual import events

from kuredtui.ui.screens.dialog import Choice, Dialog
from kuredtui.ui.tones import Line, Tone
from tests.support.eventually import eventually
from tests.ui.clusters import a_node
from tests.ui.fake_session import console


async def test_what_is_found_out_while_the_dialog_goes_is_left_alone() -> None:
    answered = asyncio.Event()

    async def later() -> AsyncIterator[Sequence[Line]]:
        await answered.wait()
        yield [(("found out", Tone.PLAIN),)]

    async with console(a_node("node-1")) as seen:
        dialog = Dialog(
            title="Well?", lines=[], choices=[Choice(answer="no", label="No")], later=later
        )
        await seen.app.push_screen(dialog)
        await seen.see("Well?")
        # A screen that goes loses its children first, and its workers then.
        await dialog.query_one("#dialog-box").remove()
        answered.set()
        await seen.app.workers.wait_for_complete()
        assert dialog.is_running


async def test_a_key_that_is_pressed_twice_answers_once() -> None:
    """The second press came to a question that had gone, and ended the program."""
    answers: list[str | None] = []
    async with console(a_node("node-1")) as seen:
        dialog = Dialog(
            title="Well?", lines=[], choices=[Choice(answer="no", label="No", action="answer.no")]
        )
        await seen.app.push_screen(dialog, answers.append)
        await seen.see("Well?")
        for _ in range(3):
            dialog.post_message(events.Key("n", "n"))
        await seen.see("node-1")
        await eventually(lambda: not dialog.is_running)
    assert answers == ["no"]


async def test_a_key_that_comes_before_the_text_scrolls_nothing() -> None:
    """Page down, typed with the key that asks, ended the program: there was no text yet."""
    async with console(a_node("node-1")) as seen:
        dialog = Dialog(title="Well?", lines=[], choices=[Choice(answer="no", label="No")])
        seen.app.push_screen(dialog)
        await dialog.run_action("scroll_text(1)")
        await seen.see("Well?")
