"""What an operator wants different in one run: settings, and what of the policy is set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kuredtui.cluster.hook_names import FORCE_REBOOT
from kuredtui.cluster.kured_found import shown
from kuredtui.ui.form_fields import Value
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

_OF_FORCE = ": it reboots also when its drain does not end"


@dataclass(frozen=True, kw_only=True)
class RunChoice:
    """The options of one run.

    Attributes:
        changes: settings of the engine that differ from what counts otherwise, by their field's name.
        override: what of the policy is set aside, by name, and `force-reboot`.
    """

    changes: Mapping[str, Value] = field(default_factory=dict)
    override: tuple[str, ...] = ()

    @property
    def forces(self) -> bool:
        """Whether something is forced, so that a yes has to be typed."""
        forcing = ("disable_eviction", "evict_uncontrolled")
        kills = self.changes.get("drain_grace_period") == 0
        return bool(self.override) or kills or any(self.changes.get(name) for name in forcing)

    def lines(self) -> list[Line]:
        """Everything that is different, one a line; nothing where nothing is."""
        said: list[Line] = [
            (
                (f"  {name.replace('_', '-')} ", Tone.PLAIN),
                (clean(shown(name, value)), Tone.WAIT),
            )
            for name, value in self.changes.items()
        ]
        return said + [
            ((f"  {name}{_OF_FORCE if name == FORCE_REBOOT else ' is overridden'}", Tone.BAD),)
            for name in self.override
        ]


AS_SET = RunChoice()
