"""The records of the policy."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.policy import Answer, Override, overrides

NOW = datetime(2026, 11, 24, 22, tzinfo=UTC)


def test_an_answer_without_a_reason_is_go() -> None:
    assert Answer(hook=HookName.ALERTS).go
    assert not Answer(hook=HookName.ALERTS, reason="An alert is firing: X.").go


def test_overrides_are_given_once_each_and_in_order() -> None:
    given = overrides(["force-reboot", "alerts", "alerts"], by="alice@here", at=NOW)
    assert [item.name for item in given] == ["alerts", "force-reboot"]
    assert {item.by for item in given} == {"alice@here"}


def test_an_unknown_override_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"nothing called drain .* time-window, blocking-pods"):
        overrides(["drain"], by="alice@here", at=NOW)


def test_an_override_survives_the_journal() -> None:
    (given,) = overrides(["time-window"], by="alice@here", at=NOW)
    assert msgspec.json.decode(msgspec.json.encode(given), type=Override) == given
