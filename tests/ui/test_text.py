"""Whatever the cluster writes, what is drawn is harmless and as wide as it says."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kuredtui.ui.text import clean, fit, fit_middle, wrap

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\rb\nc\td",
    "\u202egnp.exe\u202c",
    "שלום",
    "مرحبا",
    "e\u0301\u0301\u0301\u0301",
    "\u200b\u200d\ufeff\u2066",
    "👩‍👩‍👧‍👦 🇩🇪 👍🏽 ☺️",
    "漢字かな交じり",
    "[bold red]markup[/]",
    "\ud800 lone surrogate",
    "\U000e0041 tags",
    "x" * 10_000 + "\x1b[2J",
]
texts = st.one_of(st.text(), st.sampled_from(HOSTILE))
widths = st.integers(min_value=1, max_value=60)


@given(texts)
def test_cleaned_text_holds_no_character_that_a_terminal_obeys_or_reorders(text: str) -> None:
    for character in clean(text):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(character) not in {"R", "AL", "AN", "RLO", "RLE", "RLI"}


@given(texts)
def test_cleaned_text_is_as_wide_as_its_characters_together(text: str) -> None:
    cleaned = clean(text)
    assert cell_len(cleaned) == sum(cell_len(character) for character in cleaned)


@given(texts)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_left_alone(text: str) -> None:
    assert clean(text) == text


@given(texts, widths)
def test_fitted_text_has_exactly_the_width(text: str, width: int) -> None:
    assert cell_len(fit(clean(text), width)) == width
    assert cell_len(fit_middle(clean(text), width)) == width


@given(texts, st.integers(min_value=2, max_value=60))
def test_wrapped_lines_keep_to_the_width_and_lose_only_spaces(text: str, width: int) -> None:
    cleaned = clean(text)
    lines = wrap(cleaned, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == cleaned.replace(" ", "")


def test_text_wraps_at_spaces() -> None:
    assert wrap("evicting the pods of the node", 12) == ["evicting the", "pods of the", "node"]


def test_a_long_name_loses_its_middle() -> None:
    assert fit_middle("aks-nodepool1-38412-vmss00000a", 20) == "aks-node…-vmss00000a"


@pytest.mark.parametrize("mark", ["\u0301", "\u0e31"])
def test_one_combining_mark_stays_and_a_pile_of_them_does_not(mark: str) -> None:
    base = "ก"
    assert clean(base + mark) == base + mark or cell_len(clean(base + mark)) <= 2
    assert cell_len(clean(base + mark * 50)) == 50
