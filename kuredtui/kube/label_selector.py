"""Label selectors as `kubectl get -l` takes them, evaluated on labels that are at hand.

The grammar, its meaning and the words for what is wrong are `labels.Parse` of k8s.io/apimachinery: `=`,
`==`, `!=`, `in (..)`, `notin (..)`, `key`, `!key`, `>` and `<` (whole numbers), joined by commas that
all must hold. An object without the key satisfies `!=` and `notin`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from kuredtui.kube.label_rules import key_fault, value_fault

Labels: TypeAlias = Mapping[str, str]
LabelTest: TypeAlias = Callable[[Labels], bool]

_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[()=!,<>]|[^()=!,<> \t\r\n]+)")
_SPECIAL = "()=!,<>"
_OPERATORS = ("=", "==", "!=", "in", "notin", "<", ">")
_EXPECTED_OPERATOR = "in, notin, =, ==, !=, gt, lt"
_INTEGER = re.compile(r"[+-]?[0-9]+")  # Go's strconv.ParseInt, which knows no blanks or underscores


class SelectorError(ValueError):
    """A selector that cannot be understood; the message is what a server says of it.

    Attributes:
        reason: the message without the words that every requirement's begins with.
    """

    def __init__(self, reason: str, *, lead: str = "") -> None:
        super().__init__(lead + reason)
        self.reason = reason


def parse_selector(text: str) -> LabelTest | None:
    """A test of labels against the selector; None where it is empty and everything passes.

    Raises:
        SelectorError: the text is no label selector (yet: a person may still be typing).
    """
    requirements = _Parser(_TOKEN.findall(text.rstrip(" \t\r\n"))).parse()
    if not requirements:
        return None
    if len(requirements) == 1:
        return requirements[0]
    return lambda labels: all(requirement(labels) for requirement in requirements)


class _Parser:
    """Recursive descent over the tokens; "" stands for the end of the text."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def parse(self) -> list[LabelTest]:
        found: list[LabelTest] = []
        while token := self._peek():
            if not (_is_identifier(token) or token == "!"):
                raise SelectorError(f"found '{token}', expected: !, identifier, or 'end of string'")
            found.append(self._requirement())
            token = self._next()
            if not token:
                break
            if token != ",":
                raise SelectorError(f"found '{token}', expected: ',' or 'end of string'")
            following = self._peek()
            if not (_is_identifier(following) or following == "!"):
                raise SelectorError(f"found '{following}', expected: identifier after ','")
        return found

    def _requirement(self) -> LabelTest:
        negated = self._peek() == "!"
        if negated:
            self._next()
        key = self._next()
        if not _is_identifier(key):
            raise _unparsed(f"found '{key}', expected: identifier")
        if fault := key_fault(key):
            raise _unparsed(f'key: Invalid value: "{key}": {fault}')
        if negated:
            return _absent(key)
        if self._peek() in ("", ","):
            return _present(key)
        operator = self._next()
        if operator not in _OPERATORS:
            raise _unparsed(f"found '{operator}', expected: {_EXPECTED_OPERATOR}")
        values = self._set() if operator in ("in", "notin") else frozenset((self._value(),))
        if operator in ("<", ">"):
            return _compared(key, *values, greater=operator == ">")
        for at, value in enumerate(sorted(values)):
            if fault := value_fault(value):
                raise _unparsed(f'values[{at}][{key}]: Invalid value: "{value}": {fault}')
        return _one_of(key, values, wanted=operator not in ("!=", "notin"))

    def _set(self) -> frozenset[str]:
        """The values of `(a, b)`; an empty place is the empty value."""
        if (token := self._next()) != "(":
            raise _unparsed(f"found '{token}' expected: '('")
        values: set[str] = set()
        value = ""
        while (token := self._next()) != ")":
            if token == ",":
                values.add(value)
                value = ""
            elif _is_identifier(token):
                value = token
            else:
                raise _unparsed(f"found '{token}', expected: ',', or ')'")
        values.add(value)
        return frozenset(values)

    def _value(self) -> str:
        """What an operator compares with; nothing is the empty value."""
        if self._peek() in ("", ","):
            return ""
        if not _is_identifier(token := self._next()):
            raise _unparsed(f"found '{token}', expected: identifier")
        return token

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token


def _is_identifier(token: str) -> bool:
    return bool(token) and token[0] not in _SPECIAL


def _unparsed(reason: str) -> SelectorError:
    return SelectorError(reason, lead="unable to parse requirement: ")


def _present(key: str) -> LabelTest:
    return lambda labels: key in labels


def _absent(key: str) -> LabelTest:
    return lambda labels: key not in labels


def _one_of(key: str, values: frozenset[str], *, wanted: bool) -> LabelTest:
    """In and NotIn; an object without the label is not in any set."""
    if wanted:
        return lambda labels: labels.get(key) in values
    return lambda labels: labels.get(key) not in values


def _compared(key: str, limit: str, *, greater: bool) -> LabelTest:
    """`key > limit` or `key < limit`; labels that are no whole numbers never match."""
    if not _INTEGER.fullmatch(limit):
        raise _unparsed(
            f"values[0][{key}]: Invalid value: \"{limit}\": for 'Gt', 'Lt' operators, the value "
            "must be an integer"
        )
    number = int(limit)

    def compare(labels: Labels) -> bool:
        text = labels.get(key, "")
        if not _INTEGER.fullmatch(text):
            return False
        return int(text) > number if greater else int(text) < number

    return compare
