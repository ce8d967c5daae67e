"""The wide table: all columns with all of their texts, of which one sees a part, and the name always."""

from __future__ import annotations

from kuredtui.cluster.node import NODE_IMAGE_LABEL
from kuredtui.ui.columns import COLUMNS
from tests.ui.clusters import a_node, many_nodes
from tests.ui.fake_session import Console, console

IMAGE = "AKSUbuntu-2204gen2containerd-202512.01.0"
NODES = (
    a_node("node-1", labels={NODE_IMAGE_LABEL: IMAGE}),
    a_node("node-2", kernel="5.15.0-1089-azure-with-a-long-flavour-name-behind-it"),
    a_node("node-3", cordoned=True),
)


def heading(seen: Console) -> list[str]:
    return seen.line_of("NAME").replace("▲", "").replace("▼", "").split()


async def test_all_columns_are_there_with_all_of_their_texts() -> None:
    async with console(*NODES, size=(400, 30)) as seen:
        await seen.press("ctrl+w")
        await seen.see(IMAGE, "with-a-long-flavour-name-behind-it", "containerd://1.7.27-1")
        assert set(heading(seen)) == {column.title for column in COLUMNS}


async def test_the_same_key_again_goes_back_to_the_chosen_columns() -> None:
    async with console(*NODES, columns=["status", "ip"], size=(400, 30)) as seen:
        await seen.press("ctrl+w")
        await seen.see("RUNTIME")
        await seen.press("right", "ctrl+w")
        await seen.see_no("RUNTIME")
        assert heading(seen) == ["NAME", "STATUS", "IP"]


async def test_the_chosen_columns_come_first_behind_the_name() -> None:
    async with console(*NODES, columns=["zone", "name", "ip"], size=(400, 30)) as seen:
        await seen.press("ctrl+w")
        await seen.see("RUNTIME")
        assert heading(seen)[:4] == ["NAME", "ZONE", "IP", "POOL"]


async def test_a_chosen_width_does_not_count_where_all_texts_are_shown() -> None:
    async with console(*NODES, columns=["runtime:15", "name:8"], size=(400, 30)) as seen:
        assert "containerd://1…" in seen.line_of("node-1")
        await seen.press("ctrl+w")
        await seen.see("containerd://1.7.27-1")
        assert sorted(heading(seen)) == sorted(column.title for column in COLUMNS), "each once"


async def test_arrows_go_from_column_to_column_and_the_name_stays() -> None:
    async with console(*NODES, size=(80, 24)) as seen:
        await seen.press("ctrl+w")
        first = heading(seen)
        assert first[:2] == ["NAME", "POOL"]
        assert first[-1] == ">", "there is more on the right"
        await seen.press("right", "right")
        await seen.see_no("POOL")
        assert heading(seen)[:3] == ["<", "NAME", "CORDON"]
        assert seen.line_with("node-3").split()[:3] == ["◆", "node-3", "cordoned"]
        await seen.press("left", "left", "left")
        await seen.see("POOL")
        assert heading(seen) == first


async def test_at_the_right_end_an_arrow_does_nothing() -> None:
    async with console(*NODES, size=(80, 24)) as seen:
        await seen.press("ctrl+w", *["right"] * 40)
        await seen.see("RUNTIME")
        end = heading(seen)
        assert end[-1] == "RUNTIME"
        await seen.press("left")
        assert heading(seen) != end


async def test_arrows_do_nothing_in_a_table_that_is_not_wide() -> None:
    async with console(*NODES, size=(80, 24)) as seen:
        before = seen.text
        await seen.press("right", "right", "left")
        assert seen.text == before


async def test_sorting_goes_through_all_columns_of_a_wide_table_and_shows_them() -> None:
    async with console(*NODES, size=(80, 24)) as seen:
        await seen.press("ctrl+w")
        for column in seen.app.main.table.view.columns[1:]:
            await seen.press(">")
            assert f"{column.title}▲" in seen.line_of("NAME")
        await seen.press(">")
        assert seen.app.main.table.rows.column == "name"
        await seen.press("<")
        assert "▲" in seen.line_of("RUNTIME"), "the last one"


async def test_a_letter_sorts_by_a_column_beyond_the_edge_and_shows_it() -> None:
    async with console(*NODES, size=(80, 24)) as seen:
        await seen.press("ctrl+w", "V")
        assert "VERSION▲" in seen.line_of("NAME")


async def test_the_filter_looks_into_the_columns_of_a_wide_table() -> None:
    async with console(*NODES) as seen:
        await seen.press("slash", *"aksubuntu", "enter")
        await seen.see("No node matches the filter.", "0 of 3")
        await seen.press("ctrl+w")
        await seen.see("1 of 3")
        assert seen.node_names == ["node-1"]
        await seen.press("ctrl+w")
        await seen.see("0 of 3")


async def test_the_selection_stays_with_its_node() -> None:
    async with console(*many_nodes(200)) as seen:
        await seen.press(*"jjjj")
        selected = seen.selected
        await seen.press("ctrl+w")
        assert seen.selected == selected


async def test_a_click_on_a_heading_sorts_by_what_is_under_it() -> None:
    async with console(*NODES, size=(80, 24)) as seen:
        await seen.press("ctrl+w", "right", "right", "right")
        x = seen.line_of("NAME").index("PENDING")
        await seen.pilot.click("NodeTable", offset=(x, 0))
        assert "PENDING▲" in seen.line_of("NAME")


async def test_in_a_terminal_that_is_made_wider_there_is_nothing_beyond_the_end() -> None:
    async with console(*NODES, size=(80, 24)) as seen:
        await seen.press("ctrl+w", *["right"] * 30)
        await seen.pilot.resize_terminal(400, 30)
        await seen.see("POOL")
        assert set(heading(seen)) == {column.title for column in COLUMNS}
