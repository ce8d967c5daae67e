"""What a page of kured's metrics says of its node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.cluster.kured_metric import metric_pending

PAGE = """\
# HELP go_goroutines Number of goroutines that currently exist.
# TYPE go_goroutines gauge
go_goroutines 14
# HELP kured_reboot_required OS requires reboot due to software updates.
# TYPE kured_reboot_required gauge
kured_reboot_required{{node="{node}"}} {value}
process_open_fds 11
"""


def said(page: str) -> str:
    report = metric_pending(page, node="n1", boot_id="b")
    assert report.boot_id == "b"
    return report.state


@pytest.mark.parametrize(
    ("value", "state"),
    [("1", "yes"), ("0", "no"), ("1e+00", "yes"), ("2", "unknown"), ("+-", "unknown")],
)
def test_the_gauge_says_it(value: str, state: str) -> None:
    assert said(PAGE.format(node="n1", value=value)) == state


@pytest.mark.parametrize(
    "page",
    ["", "<html>log in</html>", PAGE.format(node="n2", value="1"), "# kured_reboot_required 1"],
)
def test_without_the_nodes_own_gauge_nobody_knows(page: str) -> None:
    assert said(page) == "unknown"


@given(st.text())
def test_any_text_is_read(page: str) -> None:
    assert said(page) == "unknown"
