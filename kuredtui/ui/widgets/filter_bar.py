"""The line one types a filter into; there while a filter is typed or in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from kuredtui.ui.actions import Place, bindings_of
from kuredtui.ui.widgets.prompt_line import PromptLine

PLACEHOLDER = "words that a row must contain, or a label selector: -l key=value,other!=value"


class FilterBar(PromptLine):
    """Says what was typed at every key; what it means is not known here.

    Args:
        changed: called with what is typed now; in any case before a key that comes after the filter.
        back_to: has the keys when the filter is left.
        placeholder: what may be typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.FILTER)

    def __init__(
        self,
        changed: Callable[[str], None],
        back_to: Widget,
        *,
        placeholder: str = PLACEHOLDER,
    ) -> None:
        super().__init__(sign="/", placeholder=placeholder, changed=changed, back_to=back_to)

    def put(self, text: str) -> None:
        """Have this filter, as if it had been typed and kept."""
        self.display = True  # whoever is told of the text says what matches in a bar that is there
        self._put(text)
        self.display = bool(text)

    def clear(self) -> None:
        """Take the filter away and hide the bar."""
        self.put("")

    async def action_keep(self) -> None:
        """Keep what was typed; an empty filter leaves no bar behind."""
        await self._all_read()
        self._leave()
        self.display = bool(self.text)

    async def action_clear_filter(self) -> None:
        """Take the filter away and go back."""
        await self._all_read()
        self._leave()
        self.clear()
