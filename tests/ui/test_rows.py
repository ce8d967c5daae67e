"""The order of rows is kept piece by piece, and is always what sorting and filtering at once would give."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from kuredtui.cluster.node import record
from kuredtui.ui.cells import natural
from kuredtui.ui.column_choice import chosen_columns
from kuredtui.ui.columns import BY_ID, COLUMNS, Column
from kuredtui.ui.filters import parse_filter
from kuredtui.ui.row import Row
from kuredtui.ui.rows import Rows
from tests.ui.clusters import a_node

names = st.sampled_from([f"node-{number}" for number in range(12)])
nodes = st.builds(
    a_node,
    names,
    pool=st.sampled_from(["user", "gpu"]),
    ready=st.sampled_from(["True", "False", "Unknown"]),
    cordoned=st.booleans(),
    pending=st.sampled_from([True, False, None]),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), nodes),
        st.tuples(st.just("discard"), names),
        st.tuples(
            st.just("sort"), st.tuples(st.sampled_from([c.id for c in COLUMNS]), st.booleans())
        ),
        st.tuples(st.just("show"), st.sampled_from([chosen_columns(), COLUMNS])),
        st.tuples(
            st.just("filter"),
            st.sampled_from(["", "gpu", "cordoned yes", "10.224", "-l agentpool=user"]),
        ),
    ),
    max_size=40,
)


def text(row: Row, columns: Iterable[Column]) -> str:
    """What a filter looks into."""
    return " ".join(column.cell(row).text for column in columns).lower()


class Naive:
    """The same by sorting everything each time."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.column, self.reverse, self.filter = "name", False, ""
        self.columns = chosen_columns()

    def names(self) -> list[str]:
        test = parse_filter(self.filter)
        key = BY_ID[self.column].key
        shown = [
            row
            for row in self.rows.values()
            if test is None or test(text(row, self.columns), row.node.labels)
        ]
        shown.sort(
            key=lambda row: (key(row), natural(row.name), row.name),
            reverse=self.reverse,
        )
        return [row.name for row in shown]


def play(rows: Rows, naive: Naive, step: str, value: object) -> None:
    if step == "put":
        row = Row(record(value))  # type: ignore[arg-type]  # drawn by the strategy
        rows.put(row)
        naive.rows[row.name] = row
    elif step == "discard":
        rows.discard(str(value))
        naive.rows.pop(str(value), None)
    elif step == "sort":
        naive.column, naive.reverse = value  # type: ignore[misc]  # drawn by the strategy
        rows.sort_by(naive.column, reverse=naive.reverse)
    elif step == "show":
        naive.columns = value  # type: ignore[assignment]  # drawn by the strategy
        rows.show(naive.columns)
    else:
        naive.filter = str(value)
        rows.filter_by(parse_filter(naive.filter))


@settings(max_examples=150)
@given(steps)
def test_the_order_is_what_sorting_everything_would_give(
    steps: list[tuple[str, object]],
) -> None:
    rows, naive = Rows(), Naive()
    for step, value in steps:
        play(rows, naive, step, value)
        expected = naive.names()
        assert [row.name for row in rows.slice(0, 100)] == expected
        assert len(rows) == len(expected)
        assert rows.total == len(naive.rows)
        for position, name in enumerate(expected):
            assert rows.position(name) == position


@settings(max_examples=60)
@given(steps)
def test_what_is_not_shown_has_no_position(steps: list[tuple[str, object]]) -> None:
    rows, naive = Rows(), Naive()
    for step, value in steps:
        play(rows, naive, step, value)
    hidden = set(naive.rows) - set(naive.names())
    assert all(rows.position(name) is None for name in hidden)


def test_numbers_in_names_sort_by_value() -> None:
    rows = Rows()
    for name in ("node-10", "node-9", "node-1"):
        rows.put(Row(record(a_node(name))))
    assert [row.name for row in rows.slice(0, 9)] == ["node-1", "node-9", "node-10"]


def test_putting_the_same_sort_key_again_leaves_the_order_alone() -> None:
    rows = Rows()
    rows.put(Row(record(a_node("node-1"))))
    assert not rows.put(Row(record(a_node("node-1", cordoned=True))))


def test_a_removed_place_is_nearest_to_who_follows_it() -> None:
    rows = Rows()
    for name in ("a", "b", "c"):
        rows.put(Row(record(a_node(name))))
    place = rows.place("b")
    assert place is not None
    rows.discard("b")
    assert rows.at(rows.nearest(place)).name == "c"


def test_not_ready_outranks_cordoned_outranks_pending() -> None:
    def sign(**facts: object) -> str:
        return Row(record(a_node(**facts))).sign.text  # type: ignore[arg-type]  # keywords

    assert sign(ready="False", cordoned=True, pending=True) == "■"
    assert sign(cordoned=True, pending=True) == "◆"
    assert sign(pending=True) == "●"
    assert sign() == " "
