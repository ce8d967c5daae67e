"""Label selectors as `kubectl get -l` takes them, evaluated here on the labels already at hand.

The grammar and its meaning are `labels.Parse` of k8s.io/apimachinery: `=`, `==`, `!=`, `in (..)`,
`notin (..)`, `key`, `!key`, `>` and `<` (whole numbers), joined by commas that all must hold. A missing
key satisfies `!=` and `notin`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Predicate = Callable[[Mapping[str, str]], bool]

_TOKEN = re.compile(r"\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)")
_OPERATORS = frozenset({"=", "==", "!=", ">", "<"})
_SYMBOLS = _OPERATORS | frozenset("!(),")


class SelectorError(ValueError):
    """A selector that cannot be understood; the message says where, in a few words."""


def parse_selector(text: str) -> Predicate:
    """A test of labels against the selector; an empty one is true for everything.

    Raises:
        SelectorError: the text is no label selector (yet: a person may still be typing).
    """
    tokens = _tokens(text)
    if not tokens:
        return lambda _labels: True
    requirements = [_requirement(tokens)]
    while tokens:
        _expect(tokens, ",")
        requirements.append(_requirement(tokens))
    return lambda labels: all(requirement(labels) for requirement in requirements)


def _tokens(text: str) -> list[str]:
    """The tokens in order; every character but white space belongs to one."""
    return _TOKEN.findall(text.rstrip())


def _expect(tokens: list[str], wanted: str) -> None:
    found = tokens.pop(0) if tokens else "the end"
    if found != wanted:
        raise SelectorError(f"expected {wanted} but found {found}")


def _word(tokens: list[str], what: str) -> str:
    if not tokens or tokens[0] in _SYMBOLS:
        raise SelectorError(f"{what} is missing")
    return tokens.pop(0)


def _requirement(tokens: list[str]) -> Predicate:
    """One requirement, taken off the front of the tokens."""
    if tokens and tokens[0] == "!":
        del tokens[0]
        absent = _word(tokens, "the key after !")
        return lambda labels: absent not in labels
    key = _word(tokens, "a key")
    operator = tokens[0] if tokens else ","
    if operator == ",":
        return lambda labels: key in labels
    if operator not in _OPERATORS and operator not in ("in", "notin"):
        raise SelectorError(f"{operator} is no operator")
    del tokens[0]
    if operator in ("in", "notin"):
        values = _set(tokens)
        if operator == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if operator in (">", "<"):
        return _comparison(key, operator, _word(tokens, "a number"))
    # `key=` and `key!=` compare with the empty value, as kubectl does.
    value = "" if not tokens or tokens[0] == "," else _word(tokens, "a value")
    if operator == "!=":
        return lambda labels: labels.get(key) != value
    return lambda labels: labels.get(key) == value


def _set(tokens: list[str]) -> frozenset[str]:
    """The values of `(a, b)`; an empty place is the empty value."""
    _expect(tokens, "(")
    values = {""} if tokens and tokens[0] in (",", ")") else {_word(tokens, "a value")}
    while tokens and tokens[0] == ",":
        del tokens[0]
        values.add("" if tokens and tokens[0] in (",", ")") else _word(tokens, "a value"))
    _expect(tokens, ")")
    return frozenset(values)


def _comparison(key: str, operator: str, bound: str) -> Predicate:
    """`key > bound` or `key < bound`; labels that are no whole numbers never match."""
    try:
        limit = int(bound)
    except ValueError:
        raise SelectorError(f"{bound} is not a whole number") from None

    def matches(labels: Mapping[str, str]) -> bool:
        try:
            value = int(labels[key])
        except (KeyError, ValueError):
            return False
        return value > limit if operator == ">" else value < limit

    return matches
