"""The line one types what to find into; there while one searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.widgets.filter_bar import FilterBar


class SearchBar(FilterBar, inherit_bindings=False):
    """A filter's line with keys of its own: what is searched for hides nothing."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.SEARCH)

    def __init__(self, changed: Callable[[str], None], back_to: Widget) -> None:
        super().__init__(changed, back_to, placeholder="words to find")
