"""Label selectors mean what they mean to `kubectl get -l`."""

from __future__ import annotations

import pytest

from kuredtui.kube.label_selector import SelectorError, parse_selector

LABELS = {"pool": "user", "kubernetes.io/os": "linux", "generation": "7", "empty": ""}


@pytest.mark.parametrize(
    "selector",
    [
        "pool=user",
        "pool==user",
        "pool = user",
        "pool!=system",
        "missing!=anything",
        "pool in (user, gpu)",
        "pool in (user)",
        "pool notin (gpu)",
        "missing notin (a,b)",
        "pool",
        "!missing",
        "kubernetes.io/os=linux,pool",
        "empty=",
        "empty",
        "generation>6",
        "generation < 8",
        "pool=user,!missing,generation>1",
    ],
)
def test_a_selector_that_holds(selector: str) -> None:
    test = parse_selector(selector)
    assert test is not None
    assert test(LABELS)


@pytest.mark.parametrize("selector", ["", "  "])
def test_an_empty_selector_lets_everything_pass(selector: str) -> None:
    assert parse_selector(selector) is None


@pytest.mark.parametrize(
    "selector",
    [
        "pool=system",
        "pool!=user",
        "missing",
        "!pool",
        "pool notin (user)",
        "missing in (a)",
        "pool=user,missing",
        "generation>7",
        "pool>1",
        "missing>1",
        "missing=",
    ],
)
def test_a_selector_that_does_not_hold(selector: str) -> None:
    test = parse_selector(selector)
    assert test is not None
    assert not test(LABELS)


@pytest.mark.parametrize(
    "selector",
    [
        "=",
        "pool in",
        "pool in (a",
        "pool in a",
        "a=b,",
        ",",
        "!",
        "a b",
        "a>b",
        "a=b=c",
        "a in ()x",
        "!a=b",
        "a>1_0",
        "a=b@c",
        "a@b",
        "/a",
        f"a={'b' * 64}",
    ],
)
def test_what_is_no_selector_is_said_to_be_none(selector: str) -> None:
    with pytest.raises(SelectorError):
        parse_selector(selector)
