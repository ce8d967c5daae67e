"""The table: the selection belongs to a node, order and filter hold live, and little is drawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.geometry import Region

from kuredtui.cluster.why import Cause, Why
from kuredtui.engine.phases import Phase
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node, many_nodes
from tests.ui.fake_session import Console, console

THREE = (a_node("node-1"), a_node("node-2"), a_node("node-3"))


async def test_the_first_row_is_selected_until_somebody_moves() -> None:
    async with console(*THREE) as seen:
        seen.session.put(a_node("node-0"))
        await seen.see("node-0")
        assert seen.selected == "node-0"


async def test_the_selection_stays_with_its_node_when_others_come_before_it() -> None:
    async with console(*THREE) as seen:
        await seen.press("j")
        seen.session.put(a_node("node-0"))
        await seen.see("node-0")
        assert seen.selected == "node-2"


async def test_the_selection_stays_with_its_node_when_sorted() -> None:
    async with console(*many_nodes(50)) as seen:
        await seen.press("j", "j", "j")
        selected = seen.selected
        await seen.press("S")
        assert seen.selected == selected
        assert selected in seen.text


async def test_when_the_selected_node_goes_the_next_one_is_selected() -> None:
    async with console(*THREE) as seen:
        await seen.press("j")
        seen.session.drop(THREE[1])
        await seen.see_no("node-2")
        assert seen.selected == "node-3"


async def test_when_the_last_node_goes_the_one_before_it_is_selected() -> None:
    async with console(*THREE) as seen:
        await seen.press("G")
        seen.session.drop(THREE[2])
        await seen.see_no("node-3")
        assert seen.selected == "node-2"


async def test_when_the_selected_node_is_filtered_out_its_neighbour_is_selected() -> None:
    async with console(*THREE) as seen:
        await seen.press("j", "slash", *"-3")
        await seen.see_no("node-2")
        assert seen.selected == "node-3"


async def test_a_selected_row_stays_on_its_line_while_rows_come_above_it() -> None:
    async with console(*many_nodes(100), size=(100, 30)) as seen:
        await seen.press("pagedown", "pagedown")
        table = seen.app.main.table
        line = _line_of_cursor(seen)
        seen.session.put(*[a_node(f"aaa-{number}") for number in range(5)])
        await eventually(lambda: table.rows.total == 105)
        await seen.pilot.pause()
        assert _line_of_cursor(seen) == line


def _line_of_cursor(seen: Console) -> int:
    table = seen.app.main.table
    position = table.rows.position(seen.selected or "")
    assert position is not None
    return position - table.scroll_offset.y


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("j", 1),
        ("jj", 2),
        ("jjk", 1),
        ("G", 49),
        ("Gg", 0),
        (("down", "down", "up"), 1),
        (("end",), 49),
        (("end", "home"), 0),
        (("pagedown",), 27),
        (("pagedown", "pageup"), 0),
    ],
)
async def test_keys_move_the_selection(keys: str | tuple[str, ...], expected: int) -> None:
    async with console(*many_nodes(50)) as seen:
        await seen.press(*keys)
        assert seen.app.main.table.rows.position(seen.selected or "") == expected
        assert (seen.selected or "") in seen.text


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("N", ["a", "b", "c"]),
        ("O", ["b", "c", "a"]),
        ("S", ["c", "a", "b"]),
        ("C", ["b", "a", "c"]),
        ("D", ["a", "c", "b"]),
        ("E", ["c", "a", "b"]),
        ("V", ["b", "a", "c"]),
        ("A", ["c", "a", "b"]),
        ("T", ["b", "a", "c"]),
    ],
)
async def test_a_shifted_letter_sorts_by_its_column(key: str, expected: list[str]) -> None:
    nodes = (
        a_node("a", pool="z", pending=True, kernel="5.15.0-90", version="v1.33.2"),
        a_node("b", pool="x", cordoned=True, pending=False, kernel="6.1", version="v1.9.2"),
        a_node(
            "c", pool="y", ready="False", kernel="5.4", version="v1.34.0", age=timedelta(hours=1)
        ),
    )
    async with console(*nodes) as seen:
        seen.session.move("b", Phase.DRAINING)
        await seen.see("draining")
        await seen.press("S", key)
        if key == "S":
            await seen.press(key)  # the second press turned it round
        assert seen.node_names == expected


async def test_the_same_letter_again_turns_the_order_round() -> None:
    async with console(*THREE) as seen:
        await seen.press("N")
        assert seen.node_names == ["node-3", "node-2", "node-1"]
        assert "NAME▼" in seen.text


async def test_the_heading_shows_by_what_is_sorted() -> None:
    async with console(*THREE) as seen:
        assert "NAME▲" in seen.text
        await seen.press("S")
        assert "STATUS▲" in seen.text
        assert "NAME▲" not in seen.text


async def test_angle_brackets_walk_through_the_columns() -> None:
    async with console(*THREE, size=(80, 24)) as seen:
        await seen.press(">")
        assert "STATUS▲" in seen.text
        await seen.press("<")
        assert "NAME▲" in seen.text


async def test_a_click_on_a_heading_sorts() -> None:
    async with console(*THREE) as seen:
        x = seen.line_of("STATUS").index("STATUS")
        await seen.pilot.click("NodeTable", offset=(x, 0))
        assert "STATUS▲" in seen.text


async def test_a_click_selects_the_row() -> None:
    async with console(*THREE) as seen:
        await seen.pilot.click("NodeTable", offset=(10, 3))
        assert seen.selected == "node-3"


async def test_a_double_click_opens_the_detail() -> None:
    async with console(*THREE) as seen:
        await seen.pilot.click("NodeTable", offset=(10, 2), times=2)
        await seen.see("Conditions")


async def test_the_wheel_scrolls_and_leaves_the_selection() -> None:
    async with console(*many_nodes(100)) as seen:
        table = seen.app.main.table
        table.scroll_down(animate=False)
        await seen.pilot.pause()
        assert table.scroll_offset.y > 0
        assert table.rows.position(seen.selected or "") == 0


async def test_a_changed_node_is_drawn_and_no_other_line() -> None:
    async with console(*THREE) as seen:
        table = seen.app.main.table
        drawn: list[Region] = []
        refresh = table.refresh

        def watched(*regions: Region, **options: bool) -> object:
            drawn.extend(regions or [table.region])
            return refresh(*regions, **options)

        table.refresh = watched  # type: ignore[method-assign,assignment]  # a spy
        seen.session.put(a_node("node-2", cordoned=True))
        await seen.see("1 cordoned")
        assert [(region.y, region.height) for region in drawn] == [(2, 1)]


async def test_as_time_goes_on_only_lines_whose_ages_read_otherwise_are_drawn() -> None:
    now = [NOW.timestamp()]
    young = a_node("node-2", age=timedelta(seconds=30))
    old = (a_node("node-1"), a_node("node-3", pending=True))
    async with console(*old, young, size=(160, 30), clock=lambda: now[0]) as seen:
        table = seen.app.main.table
        drawn: list[Region] = []
        refresh = table.refresh

        def watched(*regions: Region, **options: bool) -> object:
            drawn.extend(regions or [table.region])
            return refresh(*regions, **options)

        table.refresh = watched  # type: ignore[method-assign,assignment]  # a spy
        now[0] += 1
        await eventually(lambda: drawn, what="the next second")
        assert "31s" in seen.line_with("node-2")
        assert [(region.y, region.height) for region in drawn] == [(2, 1)]
        drawn.clear()
        now[0] += 3600  # the reboot is pending for four hours now
        await eventually(lambda: drawn, what="the next second")
        assert "yes 4h" in seen.line_with("node-3")
        assert [region.y for region in drawn] == [2, 3]


async def test_nothing_is_drawn_while_nothing_changes() -> None:
    async with console(*THREE) as seen:
        table = seen.app.main.table
        drawn: list[Region] = []
        table.refresh = lambda *regions, **_: drawn.extend(regions or [table.region])  # type: ignore[method-assign,assignment,func-returns-value]  # a spy
        table.sync()
        seen.session.changed.set()
        await eventually(lambda: not seen.session.changed.is_set())
        assert drawn == []


async def test_words_filter_over_the_columns_in_any_case() -> None:
    async with console(a_node("a", pool="gpu"), a_node("b"), a_node("c", pool="gpu")) as seen:
        await seen.press("slash", *"GPU")
        await seen.see("2 of 3")
        assert seen.node_names == ["a", "c"]


async def test_all_words_of_a_filter_must_occur() -> None:
    nodes = (a_node("a", pool="gpu"), a_node("b", cordoned=True), a_node("c", pool="gpu"))
    async with console(*nodes, a_node("d", pool="gpu", cordoned=True)) as seen:
        await seen.press("slash", *"gpu", "space", *"cordoned")
        await seen.see("1 of 4")
        assert seen.node_names == ["d"]


async def test_a_label_selector_filters_by_labels() -> None:
    nodes = (a_node("a", labels={"tier": "web"}), a_node("b", labels={"tier": "db"}), a_node("c"))
    async with console(*nodes) as seen:
        await seen.press("slash", "minus", "l", "space", *"tier,tier", "exclamation_mark", *"=db")
        await seen.see("1 of 3")
        assert seen.node_names == ["a"]


async def test_a_selector_that_is_not_finished_says_so_and_keeps_the_rows() -> None:
    async with console(*THREE) as seen:
        await seen.press("slash", *"l:agentpool in (")
        await seen.see("found '', expected: ',', or ')'")
        assert len(seen.node_names) == 3


async def test_a_filter_that_matches_nothing_says_so() -> None:
    async with console(*THREE) as seen:
        await seen.press("slash", *"zzz")
        await seen.see("No node matches the filter.")
        assert seen.selected is None


async def test_a_filter_holds_for_nodes_that_come_later() -> None:
    async with console(*THREE) as seen:
        await seen.press("slash", *"node-3", "enter")
        seen.session.put(a_node("node-4"), a_node("node-31"))
        await seen.see("node-31")
        assert seen.node_names == ["node-3", "node-31"]


async def test_a_node_leaves_the_filtered_table_when_it_no_longer_matches() -> None:
    async with console(a_node("a", cordoned=True), a_node("b")) as seen:
        await seen.press("slash", *"cordoned", "enter")
        seen.session.put(a_node("a"))
        await seen.see("No node matches the filter.")


async def test_escape_clears_the_filter() -> None:
    async with console(*THREE) as seen:
        await seen.press("slash", *"-3", "enter", "escape")
        await seen.see("node-1", "node-2", "node-3")


@pytest.mark.parametrize("key", ["r", "enter"])
async def test_a_node_that_something_was_done_with_stays_selected(key: str) -> None:
    """It was the first row of the filtered table, which by itself means nothing."""
    async with console(*THREE) as seen:
        await seen.press("slash", *"-3", "enter", key, "escape", "escape")
        await seen.see("node-1", "node-2", "node-3")
        assert seen.selected == "node-3"


async def test_enter_keeps_the_filter_and_gives_the_keys_back_to_the_table() -> None:
    async with console(*THREE, a_node("other")) as seen:
        await seen.press("slash", *"node", "enter", "j")
        assert seen.selected == "node-2"
        await seen.see("3 of 4")


async def test_pending_is_never_blank() -> None:
    nodes = (a_node("a", pending=True), a_node("b", pending=False), a_node("c"))
    async with console(*nodes) as seen:
        column = seen.line_of("PENDING").index("PENDING")
        assert [seen.line_with(name)[column:].split()[0] for name in (" a ", " b ", " c ")] == [
            "yes",
            "no",
            "?",
        ]


async def test_an_operation_is_shown_with_phase_and_detail() -> None:
    async with console(*THREE) as seen:
        seen.session.move("node-2", Phase.DRAINING, "3/7 pods gone")
        await seen.see("draining ━━━───── 3/7 p")
        assert "▶ node-2" in seen.text


async def test_five_thousand_nodes_are_taken_in_and_can_be_walked() -> None:
    async with console(*many_nodes(5000)) as seen:
        await seen.press("G")
        assert seen.app.main.table.rows.position(seen.selected or "") == 4999
        await seen.see("5000 nodes")


async def test_why_a_node_waits_stands_in_few_words_beside_it_and_can_be_sorted_by() -> None:
    async with console(*THREE, size=(160, 30)) as seen:
        why = Why(cause=Cause.LOCK, sentence="The lock is held by node-9.", brief="lock: node-9")
        seen.session.wait_for("node-3", why)
        await seen.see("lock: node-9")
        assert "node-3" in seen.line_of("lock: node-9")
        await seen.press("W")
        assert seen.node_names == ["node-3", "node-1", "node-2"]
