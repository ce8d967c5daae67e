"""The flags the simulated kured obeys, beside the console's list of kured's flags."""

from __future__ import annotations

from dataclasses import asdict

from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.demo.kured.flags import Flags
from kuredtui.kube.goflags.kinds import flags_of


def test_both_sides_know_the_same_kinds_and_defaults() -> None:
    known = flags_of(KuredSettings)
    assert flags_of(Flags).items() <= known.items()
    defaults = asdict(KuredSettings())
    assert all(defaults[name] == value for name, value in asdict(Flags()).items())
