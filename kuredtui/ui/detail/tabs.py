"""The tabs of the detail, in their order."""

from __future__ import annotations

from enum import StrEnum


class Tab(StrEnum):
    """A tab; the value is its name."""

    NODE = "Node"
    PODS = "Pods"
    EVENTS = "Events"
    OPERATIONS = "Operations"
    LABELS = "Labels"

    def step(self, by: int) -> Tab:
        """The one so many further on, round and round."""
        tabs = list(Tab)
        return tabs[(tabs.index(self) + by) % len(tabs)]


TABS = tuple(Tab)
