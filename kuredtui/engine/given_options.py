"""Which settings are the user's own word, and which are at their defaults."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class GivenOptions:
    """Settings that know which of them somebody set.

    Attributes:
        given: names of settings that were set, if only to their default.
    """

    given: frozenset[str] = frozenset()

    def is_set(self, name: str) -> bool:
        """Whether the user set it: it was given, or differs from its default."""
        default = next(field.default for field in fields(self) if field.name == name)
        return name in self.given or getattr(self, name) != default
