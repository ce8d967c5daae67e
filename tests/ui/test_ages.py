"""Ages read as kubectl's do (the examples are those of its own HumanDuration test)."""

from __future__ import annotations

import pytest

from kuredtui.ui.ages import age, spoken

MINUTE, HOUR = 60, 3600
DAY = 24 * HOUR
YEAR = 365 * DAY


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1s"),
        (70, "70s"),
        (190, "3m10s"),
        (70 * MINUTE, "70m"),
        (47 * HOUR, "47h"),
        (49 * HOUR, "2d1h"),
        ((8 * 24 + 2) * HOUR, "8d"),
        (367 * DAY, "367d"),
        (365 * 2 * DAY + 25 * HOUR, "2y1d"),
        (365 * 8 * DAY + 2 * HOUR, "8y"),
        (119, "119s"),
        (120, "2m"),
        (10 * MINUTE - 1, "9m59s"),
        (3 * HOUR - 1, "179m"),
        (3 * HOUR, "3h"),
        (8 * HOUR - 1, "7h59m"),
        (2 * YEAR, "2y"),
    ],
)
def test_an_age_reads_as_in_kubectl(seconds: int, text: str) -> None:
    assert age(seconds) == text


def test_a_clock_that_is_a_little_ahead_is_no_age_at_all() -> None:
    assert age(-1) == "0s"


def test_a_time_in_the_future_is_unknown_rather_than_negative() -> None:
    assert age(-3600) == "?"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(131 * MINUTE, "2 hours"), (50, "50 seconds"), (DAY, "a day"), (-3, "a moment")],
)
def test_in_a_sentence_a_duration_is_what_one_says(seconds: float, text: str) -> None:
    assert spoken(seconds) == text
