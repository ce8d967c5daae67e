"""Columns follow the width: the important ones are always there, and nothing is drawn past the edge."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from kuredtui.ui.column_choice import chosen_columns
from kuredtui.ui.column_layout import GAP, GUTTER, Spread, place_columns, spread_columns
from kuredtui.ui.columns import COLUMNS, NAME, Column

USUAL = chosen_columns()
# As wide as an AKS cluster's texts are, per usual column.
AKS = (33, 12, 8, 8, 10, 17, 18, 7, 6, 0)
widths = st.integers(min_value=80, max_value=400)
texts = st.integers(min_value=0, max_value=300)
contents = st.tuples(*[texts for _ in USUAL])


def placed(width: int, content: tuple[int, ...] = AKS) -> list[str]:
    return [USUAL[place.column].id for place in place_columns(width, USUAL, content)]


def usual_widths(width: int) -> dict[str, int]:
    return {USUAL[place.column].id: place.width for place in place_columns(width, USUAL, AKS)}


@given(
    widths, st.permutations(COLUMNS), st.integers(min_value=0, max_value=len(COLUMNS)), st.data()
)
def test_columns_never_pass_the_edge(
    width: int, columns: list[Column], count: int, data: st.DataObject
) -> None:
    chosen = [NAME, *(column for column in columns[:count] if column is not NAME)]
    content = data.draw(st.tuples(*[texts for _ in chosen]))
    places = place_columns(width, chosen, content)
    assert GUTTER + sum(place.width for place in places) + GAP * (len(places) - 1) <= width


@given(
    widths,
    st.lists(st.tuples(st.sampled_from(COLUMNS), st.integers(min_value=12, max_value=400))),
    texts,
)
def test_chosen_widths_never_pass_the_edge(
    width: int, chosen: list[tuple[Column, int]], content: int
) -> None:
    columns = chosen_columns([f"{column.name}:{size}" for column, size in chosen])
    places = place_columns(width, columns, [content] * len(columns))
    assert GUTTER + sum(place.width for place in places) + GAP * (len(places) - 1) <= width


@given(widths, contents)
def test_what_a_patch_night_is_about_is_always_there(width: int, content: tuple[int, ...]) -> None:
    essential = {"name", "status", "pending", "kernel", "operation"}
    assert essential <= set(placed(width, content))


@given(st.integers(min_value=40, max_value=300), contents)
def test_a_wider_terminal_never_shows_less(width: int, content: tuple[int, ...]) -> None:
    assert set(placed(width, content)) <= set(placed(width + 1, content))


@given(widths, st.permutations(COLUMNS))
def test_columns_stand_in_the_order_in_which_they_were_chosen(
    width: int, columns: list[Column]
) -> None:
    indices = [place.column for place in place_columns(width, columns, [8] * len(columns))]
    assert indices == sorted(indices)


def test_all_columns_fit_into_a_wide_terminal() -> None:
    assert placed(180) == [column.id for column in USUAL]


def test_columns_go_from_the_least_important_on() -> None:
    everything = {column.id for column in USUAL}
    gone: list[str] = []
    for width in range(180, 40, -1):
        gone += sorted(everything - set(placed(width)) - set(gone))
    assert gone == ["version", "age", "pool", "cordon", "reason", "kernel", "operation"]


def test_at_80_columns_the_kernel_is_cut_before_the_name() -> None:
    widths = usual_widths(80)
    assert widths["kernel"] == 12, "enough for 5.15.0-1095"
    assert widths["name"] >= 26


def test_since_when_a_reboot_is_pending_has_room_on_120_columns_and_none_on_80() -> None:
    assert usual_widths(80)["pending"] == 8
    assert usual_widths(120)["pending"] == 10


def chosen_widths(width: int, *choice: str) -> dict[str, int]:
    columns = chosen_columns(choice)
    places = place_columns(width, columns, [12] * len(columns))
    return {columns[place.column].id: place.width for place in places}


def test_a_column_is_as_wide_as_it_was_chosen_to_be() -> None:
    choice = ("name:15", "why:60", "version:20", "operation:30")
    expected = {"name": 15, "reason": 60, "version": 20, "operation": 30}
    assert chosen_widths(200, *choice) == expected
    assert chosen_widths(140, *choice) == expected


def test_a_chosen_width_outlives_columns_that_are_nice_to_have_and_gives_way_to_what_must_be_seen() -> (
    None
):
    choice = ("name", "status", "why:60", "age", "operation")
    assert chosen_widths(120, *choice) == {"name": 24, "status": 8, "reason": 60, "operation": 20}
    assert chosen_widths(80, *choice) == {"name": 24, "status": 8, "reason": 24, "operation": 16}


def test_no_two_columns_are_as_likely_to_go() -> None:
    droppable = [column.drop for column in COLUMNS if column.drop]
    assert len(set(droppable)) == len(droppable)


def spread(
    width: int, content: Sequence[int] = (12,) * len(COLUMNS), *, skipped: int = 0
) -> Spread:
    return spread_columns(width, COLUMNS, content, skipped=skipped)


every_content = st.tuples(*[texts for _ in COLUMNS])


@given(st.integers(min_value=20, max_value=400), every_content, st.integers(0, 30))
def test_a_wide_table_never_passes_the_edge_and_always_has_the_name(
    width: int, content: tuple[int, ...], skipped: int
) -> None:
    places = spread(width, content, skipped=skipped).placed
    assert places[0].column == 0
    assert GUTTER + sum(place.width for place in places) + GAP * (len(places) - 1) <= width


@given(st.integers(min_value=80, max_value=400), every_content)
def test_in_a_wide_table_each_column_can_be_seen_whole(
    width: int, content: tuple[int, ...]
) -> None:
    whole = set[int]()
    for skipped in range(len(COLUMNS)):
        seen = spread(width, content, skipped=skipped)
        whole |= {place.column for place in seen.placed[: len(seen.placed) - seen.cut]}
    assert whole == set(range(len(COLUMNS)))


@given(st.integers(min_value=80, max_value=400), every_content)
def test_a_wide_table_is_scrolled_no_further_than_its_end(
    width: int, content: tuple[int, ...]
) -> None:
    end = spread(width, content, skipped=99)
    assert not end.more
    assert end.skipped == 0 or spread(width, content, skipped=end.skipped - 1).more


def test_in_a_wide_table_columns_are_as_wide_as_their_texts_and_the_name_as_half_the_screen() -> (
    None
):
    content = [70] * len(COLUMNS)
    assert [place.width for place in spread(160, content).placed] == [70, 70, 13]
    assert [place.width for place in spread(80, content).placed] == [38, 37]
