"""Expressions that kured's filter takes, and those that two languages read differently."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.kube.go_regexp import RegexpError, compile_go_regexp


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("^RebootRequired$", "RebootRequired", True),
        ("^(RebootRequired|Watchdog)$", "Watchdogs", False),
        ("Watch", "TheWatchdog", True),
        ("(?i)watchdog", "WatchDog", True),
        (r"\AKube.+\z", "KubeNodeNotReady", True),
        (r"Node\d{2,3}$", "Node1", False),
        (r"(?<kind>Pod|Node)Down", "PodDown", True),
        (r"(?P<kind>Pod|Node)Down", "DiskDown", False),
        (r"[[]x", "[x", True),
        (r"[^]]", "]", False),
        (r"[a&&b]", "&", True),
        ("a{,2}", "a{,2}", True),
        (r"\.", ".", True),
        ("", "anything", True),
        (r"\w", "é", False),
        ("x*?y", "y", True),
    ],
)
def test_what_both_read_alike(expression: str, text: str, found: bool) -> None:
    assert bool(compile_go_regexp(expression).search(text)) is found


@pytest.mark.parametrize(
    "expression",
    [
        "(?=a)",
        "(?!a)",
        "(?<=a)b",
        "(?<!a)b",
        "(?>a)",
        r"(a)\1",
        "(?P<a>x)(?P=a)",
        "(?#remark)a",
        "(?x)a",
        "(?U)a+",
        "a++",
        "a*+",
        "a{2}+",
        "a**",
        r"a\Z",
        r"\pL",
        r"\p{Greek}",
        r"[\pL]",
        "[[:alpha:]]",
        r"\Qa.b\E",
        r"\x{41}",
        r"\u0041",
        r"\N{SPACE}",
        "a(?i)b",
        "(",
        "a)",
        "[a",
        "*a",
        "(?P<1>a)",
        "a\\",
        "(?",
    ],
)
def test_what_they_do_not_is_refused(expression: str) -> None:
    with pytest.raises(RegexpError):
        compile_go_regexp(expression)


@given(st.text(alphabet=string.printable))
def test_any_text_is_an_expression_or_refused_in_words(text: str) -> None:
    try:
        compile_go_regexp(text)
    except RegexpError as error:
        assert str(error)


@given(st.text(alphabet=string.ascii_letters + string.digits + "_ .*+?()[]{}|^$\\-&~/:"))
def test_a_quoted_text_finds_itself(text: str) -> None:
    assert compile_go_regexp(re.escape(text).replace(r"\ ", " ")).fullmatch(text)
