"""Columns follow the width: the important ones are always there, and nothing is drawn past the edge."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kuredtui.ui.column_layout import GAP, GUTTER, place_columns
from kuredtui.ui.columns import COLUMNS

# As wide as an AKS cluster's texts are, per column.
AKS = (33, 12, 8, 8, 3, 17, 18, 7, 0, 0)
contents = st.tuples(*[st.integers(min_value=0, max_value=300) for _ in COLUMNS])


def placed(width: int, content: tuple[int, ...] = AKS) -> list[str]:
    return [COLUMNS[place.column].id for place in place_columns(width, content)]


@given(st.integers(min_value=80, max_value=400), contents)
def test_columns_never_pass_the_edge(width: int, content: tuple[int, ...]) -> None:
    places = place_columns(width, content)
    assert GUTTER + sum(place.width for place in places) + GAP * (len(places) - 1) <= width


@given(st.integers(min_value=80, max_value=400), contents)
def test_what_a_patch_night_is_about_is_always_there(width: int, content: tuple[int, ...]) -> None:
    essential = {"name", "status", "pending", "kernel", "operation"}
    assert essential <= set(placed(width, content))


@given(st.integers(min_value=40, max_value=300), contents)
def test_a_wider_terminal_never_shows_less(width: int, content: tuple[int, ...]) -> None:
    assert set(placed(width, content)) <= set(placed(width + 1, content))


def test_all_columns_fit_into_a_wide_terminal() -> None:
    assert placed(180) == [column.id for column in COLUMNS]


def test_columns_go_from_the_least_important_on() -> None:
    everything = {column.id for column in COLUMNS}
    gone: list[str] = []
    for width in range(180, 40, -1):
        gone += sorted(everything - set(placed(width)) - set(gone))
    assert gone == ["version", "age", "pool", "cordon", "reason", "kernel", "operation"]


def test_at_80_columns_the_kernel_is_cut_before_the_name() -> None:
    widths = {COLUMNS[place.column].id: place.width for place in place_columns(80, AKS)}
    assert widths["kernel"] == 12, "enough for 5.15.0-1095"
    assert widths["name"] >= 26
