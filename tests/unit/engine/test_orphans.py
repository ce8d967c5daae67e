"""When an operation has no living owner any more, by one observer's clock and ears."""

from __future__ import annotations

import msgspec

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine.orphans import Orphans
from tests.unit.engine.node_records import node_record


class Observer:
    """Somebody who has heard of a journal on a node `n`."""

    def __init__(self) -> None:
        self._now = 0.0
        self._node = msgspec.structs.replace(
            node_record("n"), annotations={OPERATION_ANNOTATION: "somebody's"}
        )
        self.orphans = Orphans(after=120.0, clock=lambda: self._now)
        self.hears_again()

    def hears_again(self) -> None:
        """The nodes are heard, from now on."""
        self.orphans.begin([self._node])

    def after(self, seconds: float) -> str:
        """What it takes for an orphan so many seconds later."""
        self._now += seconds
        return self.orphans.orphaned("n")


def test_a_journal_that_does_not_change_is_an_orphans() -> None:
    observer = Observer()
    assert not observer.after(119.0)
    assert observer.after(1.0) == "somebody's"


def test_whoever_hears_nothing_takes_nobody_for_dead() -> None:
    observer = Observer()
    observer.orphans.deafen()
    assert not observer.after(600.0)
    assert observer.orphans.standing("n"), "it is known all the same"
    assert observer.orphans.next_in() is None
    observer.hears_again()
    assert not observer.after(119.0)
    assert observer.after(1.0)
