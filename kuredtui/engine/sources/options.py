"""Which sources there are, beside kured and the sentinel, and where ours is."""

from __future__ import annotations

from dataclasses import dataclass

from kuredtui.cluster.pending import AwaitedCondition


@dataclass(frozen=True, kw_only=True)
class SourceOptions:
    """Settings of the sources.

    Attributes:
        reboot_condition_type: the type of a node condition that asks for a reboot, as
            node-problem-detector sets them; "": none does.
        reboot_condition_status: the status with which it asks.
        sentinel_namespace: where the sentinel's pods are; nobody else's reports are believed.
    """

    reboot_condition_type: str = ""
    reboot_condition_status: str = "True"
    sentinel_namespace: str = "kuredtui"

    @property
    def awaited(self) -> AwaitedCondition | None:
        """The condition that asks for a reboot; None for none."""
        if not self.reboot_condition_type:
            return None
        return AwaitedCondition(
            type=self.reboot_condition_type, status=self.reboot_condition_status
        )
