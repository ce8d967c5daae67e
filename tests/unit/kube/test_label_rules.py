"""Keys and values of labels, as an API server takes them."""

from __future__ import annotations

import pytest

from kuredtui.kube.label_rules import key_fault, parse_labels, value_fault


@pytest.mark.parametrize("key", ["a", "weave.works/kured-node-reboot", "A_b.c-9", "x" * 63])
def test_a_key_that_may_be(key: str) -> None:
    assert key_fault(key) == ""


@pytest.mark.parametrize("key", ["", "-a", "a b", "x" * 64, "/a", "a/", "A/b", f"{'x' * 254}/a"])
def test_a_key_that_may_not_be_is_told_why(key: str) -> None:
    assert "must consist of" in key_fault(key)


@pytest.mark.parametrize("value", ["", "true", "1.2_3-4", "x" * 63])
def test_a_value_that_may_be(value: str) -> None:
    assert value_fault(value) == ""


@pytest.mark.parametrize("value", ["-", "a b", "a/b", "x" * 64])
def test_a_value_that_may_not_be_is_told_why(value: str) -> None:
    assert value_fault(value)


def test_labels_are_written_as_kured_takes_them() -> None:
    assert parse_labels(["a=b", "example.com/c="]) == {"a": "b", "example.com/c": ""}


@pytest.mark.parametrize("text", ["a", "=b", "a b=c", "a=b=c", "a=b c"])
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="label"):
        parse_labels([text])
