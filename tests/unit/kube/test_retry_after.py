"""Retry-After, in both of its forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from kuredtui.kube.retry_after import retry_after


def test_seconds() -> None:
    assert retry_after("7") == 7.0


def test_a_date() -> None:
    header = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    seconds = retry_after(header)
    assert seconds is not None
    assert 25 < seconds <= 30


def test_a_date_is_measured_by_the_date_of_its_answer() -> None:
    """Whatever this machine's clock says."""
    header, date = "Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT"
    assert retry_after(header, date=date) == 30.0


def test_a_date_gone_by_is_no_wait() -> None:
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


@pytest.mark.parametrize("header", ["", "soon", "-1", "1.5", "٣"])
def test_anything_else_says_nothing(header: str) -> None:
    assert retry_after(header) is None
