"""The lines of the detail pane, without a screen."""

from __future__ import annotations

from collections.abc import Sequence

from kuredtui.cluster.lock_value import LockEntry
from kuredtui.ui.detail.node import node_lines
from kuredtui.ui.row import Row
from tests.support.nodes import node_record


def detail(row: Row, *, lock: Sequence[LockEntry] | None = None) -> list[str]:
    """The lines as a person reads them."""
    lines = node_lines(row, now=0.0, lock=lock)
    return ["".join(text for text, _ in line).strip() for line in lines]


def test_a_cordon_says_who_did_it_as_far_as_that_is_known() -> None:
    node = node_record(cordoned=True)
    assert "Cordon      cordoned by somebody else; the node does not say who" in detail(Row(node))
    assert "Cordon      none" in detail(Row(node_record()))
    said = "Cordon      cordoned by its kured, which holds the lock"
    assert said in detail(Row(node), lock=[LockEntry(node_id=node.name)])
