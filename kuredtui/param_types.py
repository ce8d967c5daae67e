"""Kinds of settings on the command line: what is wrong with one is said there, before anything starts."""

from __future__ import annotations

from collections.abc import Callable

import click

from kuredtui.kube.go_regexp import compile_go_regexp
from kuredtui.kube.goflags.kinds import Hidden
from kuredtui.kube.goflags.values import elements
from kuredtui.kube.label_rules import key_fault, parse_labels
from kuredtui.kube.label_selector import parse_selector
from kuredtui.settings import parse_duration


class Duration(click.ParamType[float]):
    """A Go duration on the command line; seconds as a float in the program."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds from the text."""
        if isinstance(value, float):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class Slice(click.ParamType[tuple[str, ...]]):
    """One or more texts at commas, as kured's slices are; an option that is given twice appends."""

    name = "list"
    envvar_list_splitter = "\n"

    def __init__(self, check: Callable[[str], object] = str) -> None:
        self._check = check

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The elements, each of which passed the check."""
        if isinstance(value, tuple):
            return value
        try:
            found = elements(str(value))
            for element in found:
                self._check(element)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return found


class Checked(click.ParamType[str]):
    """A text that has to pass a check.

    Args:
        name: what it is, for the help.
        check: raises ValueError for what it is not.
    """

    envvar_list_splitter = "\n"  # several: one a line, for they may hold blanks and commas

    def __init__(self, name: str, check: Callable[[str], object]) -> None:
        self.name = name
        self._check = check

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The text as it is."""
        text = str(value)
        try:
            if text:
                self._check(text)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return text


class Secret(click.ParamType[Hidden]):
    """A text that is shown nowhere."""

    name = "secret"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Hidden:
        """The text, hidden."""
        return value if isinstance(value, Hidden) else Hidden(str(value))


def _http(text: str) -> None:
    if not text.startswith(("http://", "https://")):
        raise ValueError("a URL here begins with http:// or https://")  # and may hold a password


def _taint(text: str) -> None:
    if fault := key_fault(text):
        raise ValueError(f"{text!r} cannot be the key of a taint: {fault}")


REGEXP = Checked("regexp", compile_go_regexp)
SELECTOR = Checked("selector", parse_selector)
HTTP_URL = Checked("url", _http)
TAINT_KEY = Checked("key", _taint)
LABELS = Slice(lambda label: parse_labels([label]))
