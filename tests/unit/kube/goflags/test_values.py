"""Texts as Go's strconv, time and encoding/csv read them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.kube.goflags import values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("-0", 0),
        ("+5s", 5),
        ("-1.5h", -5400),
        ("1h30m", 5400),
        ("1.h", 3600),
        (".5s", 0.5),
        ("250ms", 0.25),
        ("5us", 5e-6),
        ("5µs", 5e-6),
        ("5μs", 5e-6),
        ("1000000000ns", 1),
        ("1m1m", 120),
    ],
)
def test_a_duration(text: str, seconds: float) -> None:
    assert values.duration_seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "+", "5", ".s", "s", " 5s", "5s ", "1d", "--5s", "9999999h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        values.duration_seconds(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-1", -1),
        ("+3", 3),
        ("010", 8),
        ("-0o17", -15),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", 1000),
        ("0_7", 7),
        ("100", 100),
    ],
)
def test_a_number_on_the_command_line(text: str, number: int) -> None:
    assert values.integer(text) == number


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("-1", -1), ("+3", 3), ("010", 10)])
def test_a_number_in_the_environment(text: str, number: int) -> None:
    assert values.decimal(text) == number


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (values.integer, ""),
        (values.integer, "three"),
        (values.integer, "08"),
        (values.integer, " 1"),
        (values.integer, "1__0"),
        (values.integer, "1_"),
        (values.integer, "9223372036854775808"),
        (values.integer, "1.5"),
        (values.decimal, ""),
        (values.decimal, "0x10"),
        (values.decimal, "1_0"),
        (values.decimal, "٣"),
        (values.boolean, ""),
        (values.boolean, "yes"),
        (values.boolean, "tRUE"),
        (values.elements, 'a"b'),
        (values.elements, '"a"b'),
        (values.elements, '"a'),
    ],
)
def test_what_go_refuses(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r"is|has"):
        read(text)


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("", ()),
        ("mo", ("mo",)),
        ("mo,tu", ("mo", "tu")),
        ("mo, tu", ("mo", " tu")),
        ("a,,b", ("a", "", "b")),
        ("a,", ("a", "")),
        ('"a,b",c', ("a,b", "c")),
        ('"say ""hi"""', ('say "hi"',)),
        ('""', ("",)),
    ],
)
def test_a_list(text: str, elements: tuple[str, ...]) -> None:
    assert values.elements(text) == elements


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_number_written_plainly_is_read_the_same_everywhere(number: int) -> None:
    assert values.integer(str(number)) == values.decimal(str(number)) == number


@given(st.lists(st.text(st.characters(exclude_characters='",\r\n'), min_size=1), min_size=1))
def test_plain_elements_are_split_at_commas(parts: list[str]) -> None:
    assert values.elements(",".join(parts)) == tuple(parts)
