"""The policy's settings, by kured's names and with kured's defaults."""

from __future__ import annotations

from dataclasses import dataclass, field

from kuredtui.cluster.time_window import EVERY_DAY, TimeWindow
from kuredtui.engine.given_options import GivenOptions


@dataclass(frozen=True, kw_only=True)
class PolicyOptions(GivenOptions):
    """When a reboot may begin.

    Attributes:
        reboot_days: days on which the window may begin, as given.
        start_time, end_time: of the window; a start after the end wraps over midnight.
        time_zone: IANA name.
        blocking_pod_selector: label selectors; a running or pending pod of the node that one of them
            matches blocks.
        prometheus_url: whose active alerts block; "": nobody's. May hold credentials.
        alert_filter_regexp: alerts to ignore; "": none.
        alert_filter_match_only: the filter the other way round: only matching alerts block.
        alert_firing_only: pending alerts do not block.
    """

    reboot_days: tuple[str, ...] = EVERY_DAY
    start_time: str = "0:00"
    end_time: str = "23:59:59"
    time_zone: str = "UTC"
    blocking_pod_selector: tuple[str, ...] = ()
    prometheus_url: str = field(default="", repr=False)
    alert_filter_regexp: str = ""
    alert_filter_match_only: bool = False
    alert_firing_only: bool = False

    def window(self) -> TimeWindow:
        """The reboot window.

        Raises:
            WindowError: one of its settings is of no known form.
        """
        return TimeWindow.parse(
            days=self.reboot_days, start=self.start_time, end=self.end_time, zone=self.time_zone
        )
