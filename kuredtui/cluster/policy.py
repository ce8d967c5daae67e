"""What the policy says of a reboot: go, or wait, because ...; and what an operator may say against it.

Plain records, made by the engine's hooks and read by whoever shows or journals them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

import msgspec

from kuredtui.cluster.hook_names import OVERRIDABLE, HookName

Fact: TypeAlias = str | int | float | bool | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one hook says of one node.

    Attributes:
        hook: who says it.
        reason: why the node has to wait, as a sentence; "" if it may go. May hold text from the cluster.
        opens_at: when it may go, UTC; None where that cannot be known.
        facts: what the reason rests on, for programs and columns.
    """

    hook: HookName
    reason: str = ""
    opens_at: datetime | None = None
    facts: dict[str, Fact] = msgspec.field(default_factory=dict)

    @property
    def go(self) -> bool:
        """Whether this hook lets the node go."""
        return not self.reason


class Override(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An operator's word against one hook, for one run; the journal keeps it.

    Attributes:
        name: what is overridden, one of `OVERRIDABLE`.
        by: who said so, `user@host`.
        at: when, by the clock of that host, UTC.
    """

    name: str
    by: str
    at: datetime


def overrides(names: Iterable[str], *, by: str, at: datetime) -> tuple[Override, ...]:
    """The overrides that somebody gives, each once, in the order of `OVERRIDABLE`.

    Raises:
        ValueError: there is nothing of that name to override.
    """
    wanted = set(names)
    if unknown := sorted(wanted - set(OVERRIDABLE)):
        raise ValueError(
            f"There is nothing called {', '.join(unknown)} to override; "
            f"there are {', '.join(OVERRIDABLE)}."
        )
    return tuple(Override(name=name, by=by, at=at) for name in OVERRIDABLE if name in wanted)
