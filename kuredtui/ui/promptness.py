"""What makes a key that is pressed be read, and its picture be painted, without a wait.

Textual paints at the beats of a clock, and the beat after the one that has just been used is skipped: at its
own 60 a second, a key that is pressed right after a picture of something else waits up to 33 ms for its own.
What comes from the cluster is painted ten times a second at most in any case (`ui.feed`).

Keys are read, and pictures written, by threads of their own, and Python lets a thread that is at work go on
for 5 ms before another has its turn.
"""

from __future__ import annotations

import os
import sys

# As Textual's documentation names it; read once, when Textual is imported.
_VARIABLE = "TEXTUAL_FPS"
_A_SECOND = "240"
# Seconds. Measured with `tests.benchmarks.patch_night`: p99 20 ms instead of 30.
_SWITCH_INTERVAL = 0.001


def be_prompt() -> None:
    """The program begins, and Textual is not imported yet."""
    os.environ.setdefault(_VARIABLE, _A_SECOND)
    sys.setswitchinterval(_SWITCH_INTERVAL)
