"""How soon after one picture the next one may come.

Textual paints at the beats of a clock, and the beat after the one that has just been used is skipped: at its
own 60 a second, a key that is pressed right after a picture of something else waits up to 33 ms for its own.
What comes from the cluster is painted ten times a second at most in any case (`ui.feed`).
"""

from __future__ import annotations

import os

# As Textual's documentation names it; read once, when Textual is imported.
_VARIABLE = "TEXTUAL_FPS"
_A_SECOND = "120"


def paint_soon() -> None:
    """The program begins, and Textual is not imported yet."""
    os.environ.setdefault(_VARIABLE, _A_SECOND)
