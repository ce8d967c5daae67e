"""Numbers that may be percentages (k8s.io/apimachinery IntOrString)."""

from __future__ import annotations

import math


def scaled_value(value: int | str, total: int, *, up: bool) -> int:
    """The number itself, or so many percent of the total (GetScaledValueFromIntOrPercent).

    Args:
        value: such as 2 or `"50%"`.
        total: what the percentage is of.
        up: which way to round.

    Raises:
        ValueError: a string that is no percentage.
    """
    if isinstance(value, int):
        return value
    if not value.endswith("%"):
        raise ValueError(f"{value!r} is neither a number nor a percentage")
    share = int(value[:-1]) * total / 100
    return math.ceil(share) if up else math.floor(share)
