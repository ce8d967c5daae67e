"""Fields of a form: what stands in each, what counts unless it is changed, and what may be typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Value = str | int | float | bool

YES_NO = ("no", "yes")


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One field.

    Attributes:
        name: by which its value is returned.
        label: what stands before it.
        help: what it does, as a sentence.
        value: what stands in it, as text.
        default: what counts unless it is changed, as text.
        parse: the value of a text; raises ValueError with a sentence.
        choices: the texts there are, where nothing is typed.
        wide: its value is long, and its label short.
    """

    name: str
    label: str
    help: str
    value: str
    default: str
    parse: Callable[[str], Value]
    choices: Sequence[str] = ()
    wide: bool = False


def yes_no(text: str) -> bool:
    """The value of `yes` and `no`."""
    return text == "yes"


def of_choices(choices: Sequence[str]) -> Callable[[str], str]:
    """A parser of one of these words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return parse


def whole_number(least: int | None = None, most: int | None = None) -> Callable[[str], int]:
    """A parser of whole numbers within bounds."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError("a whole number") from None
        if least is not None and number < least:
            raise ValueError(f"at least {least}")
        if most is not None and number > most:
            raise ValueError(f"at most {most}")
        return number

    return parse
