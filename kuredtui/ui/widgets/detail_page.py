"""The lines of one tab of the detail."""

from __future__ import annotations

from collections.abc import Sequence

from kuredtui.ui.tones import Line
from kuredtui.ui.widgets.line_pane import LinePane


class DetailPage(LinePane):
    """Seen from its beginning or from its end; the keys for what it shows are the detail's."""

    def show(self, lines: Sequence[Line], *, anew: bool, from_end: bool) -> None:
        """Show these lines.

        Args:
            lines: what there is to show.
            anew: something else than before; it is not the place of scrolling that counts then.
            from_end: the end is what one looks for, and is followed by whoever is there.
        """
        at_end = from_end and (anew or self.is_vertical_scroll_end)
        self.replace(lines)
        if at_end:
            self.scroll_end(animate=False, immediate=True, force=True)
        elif anew:
            self.scroll_home(animate=False)
