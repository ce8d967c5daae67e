"""The tab of labels and annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kuredtui.ui.detail.parts import sections
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.cluster.node import NodeRecord


def labels_lines(node: NodeRecord) -> list[Line]:
    """All of them, by name."""
    return sections(("Labels", _pairs(node.labels)), ("Annotations", _pairs(node.annotations)))


def _pairs(pairs: Mapping[str, str]) -> list[Line]:
    if not pairs:
        return [(("  none", Tone.DIM),)]
    return [
        ((f"  {clean(key)}", Tone.PLAIN), (" = ", Tone.DIM), (clean(value), Tone.DIM))
        for key, value in sorted(pairs.items())
    ]
