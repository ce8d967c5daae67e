"""The kernels in the cluster as bars that move while a rollout goes on."""

from __future__ import annotations

from kuredtui.ui.night_history import Kernels
from kuredtui.ui.picture_text import kernel_lines
from kuredtui.ui.tones import Line, Tone
from kuredtui.ui.widgets.line_pane import LinePane

_NOT_KNOWN: Line = ((" No kernel is known yet.", Tone.DIM),)


class KernelChart(LinePane):
    """Shows how many nodes run each kernel; drawn anew only when that changed, or its width."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._kernels: Kernels = {}
        self._before: Kernels | None = None

    def show(self, kernels: Kernels, before: Kernels | None) -> None:
        """These run now, those ran at the beginning (None: not known)."""
        self._kernels, self._before = kernels, before
        self._fill()

    def on_resize(self) -> None:
        """Bars are made for a width."""
        super().on_resize()
        self._fill()

    def _fill(self) -> None:
        width = self.scrollable_content_region.width
        self.replace(kernel_lines(self._kernels, self._before, width=width) or [_NOT_KNOWN])
