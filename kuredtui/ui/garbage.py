"""When Python's garbage collector looks: seldom at the start, then often and at little.

At its own settings it looks, over and over, at hundreds of thousands of objects of the imports and of the
first list, all of which stay: a tenth of the time to the first picture, and a pause of 100 ms and more
each time. Later the opposite is wanted: what was drawn leaves cycles behind, and a collector that waited
for tens of thousands of them would stop the screen for a fifth of a second.
"""

from __future__ import annotations

import gc

# New objects before it looks, at the start.
_SELDOM = 50_000
# Afterwards: a look at the youngest takes some 3 ms then, one in five that goes further some 10 ms, and
# one at everything, 100 ms with thousands of nodes that were heard of since, comes every few minutes
# of heavy traffic. Measured under `tests.benchmarks.key_to_paint`.
_OFTEN = 1_000, 5, 100


def collect_seldom() -> None:
    """The program begins."""
    gc.set_threshold(_SELDOM)


def settled() -> None:
    """What there is now will stay: never look at it again."""
    gc.freeze()
    gc.set_threshold(*_OFTEN)
