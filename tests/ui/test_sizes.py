"""Small and large terminals, few colours and none, hostile text."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem

from kuredtui.engine.phases import Phase
from tests.ui.clusters import a_node, many_nodes
from tests.ui.fake_session import console

THREE = (a_node("node-1", pending=True), a_node("node-2"), a_node("node-3"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_everything_essential_fits(size: tuple[int, int]) -> None:
    async with console(*many_nodes(200), size=size, demo=True) as seen:
        seen.session.say("something happened")
        await seen.see("something happened")
        text = seen.text
        for essential in (
            "aks-prod-weu",
            "DEMO",
            "● live",
            "200 nodes",
            "NAME",
            "STATUS",
            "PENDING",
            "KERNEL",
            "OPERATION",
            "q Quit",
            "r Reboot",
        ):
            assert essential in text
        assert len(seen.screen) == size[1]
        assert ("CORDON" in text) == (size[0] >= 120)


async def test_every_column_is_shown_when_there_is_room() -> None:
    async with console(*many_nodes(20), size=(200, 60)) as seen:
        heading = seen.line_of("STATUS")
        assert heading.split() == [
            "NAME▲",
            "POOL",
            "STATUS",
            "CORDON",
            "PENDING",
            "KERNEL",
            "WHY",
            "VERSION",
            "AGE",
            "OPERATION",
        ]


async def test_without_colours_nothing_is_coloured_and_the_cursor_is_still_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with console(*THREE) as seen:
        strips = seen.app.screen._compositor.render_strips(seen.app.size)
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour}
        assert all(colour.is_default for colour in colours)
        cursor = next(strip for strip in strips if "node-1" in strip.text)
        assert any(segment.style and segment.style.reverse for segment in cursor)


async def test_a_terminal_of_sixteen_colours_gets_colours_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The nearest of sixteen would show ready as grey and cordoned as red."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLORTERM", raising=False)
    async with console(a_node("node-1"), a_node("node-2", cordoned=True)) as seen:
        line = seen.app.main.table.render_line(2)  # below the selected one
        numbers = {
            segment.text.strip(): segment.style.color.downgrade(ColorSystem.STANDARD).number
            for segment in line
            if segment.style and segment.style.color
        }
        green, magenta = 2, 5
        assert (numbers["Ready"], numbers["cordoned"]) == (green, magenta)


HOSTILE = "\x1b[31m[red]‮evil‬\r\nשלום 漢字 e\u0301\u0301\u0301 👩‍👩‍👧"


async def test_hostile_text_is_drawn_harmlessly_and_leaves_the_columns_aligned() -> None:
    nodes = (
        a_node("node-1"),
        a_node("node-2", pool=HOSTILE, kernel=HOSTILE, version=HOSTILE),
        a_node("node-3", labels={"x": HOSTILE}, annotations={"y": HOSTILE * 500}),
    )
    async with console(*nodes, size=(200, 40)) as seen:
        seen.session.say(HOSTILE, node=HOSTILE)
        seen.session.move("node-3", Phase.DRAINING, HOSTILE)
        await seen.see("draining")
        await seen.press("G", "enter")
        await seen.see("Labels")
        await seen.press("G")
        for strip in seen.app.screen._compositor.render_strips(seen.app.size):
            assert strip.cell_length == 200
            assert not set(strip.text) & set("\x1b\x9b\r\n‮‬\u200d")
        assert "[red]" in seen.text


async def test_hostile_text_in_a_dialog_is_no_markup() -> None:
    async with console(a_node("[bold]a", pool=HOSTILE, kernel="[/]")) as seen:
        await seen.press("r")
        await seen.see("Reboot [bold]a?", "[/]")
