"""Label selectors, parsed as k8s.io/apimachinery/pkg/labels does, errors word for word."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kuredtui.demo.apiserver.failures import Failure

Labels = Mapping[str, str]
Requirement = Callable[[Labels], bool]

_SPECIAL = "()=!,<>"
_OPERATORS = ("=", "==", "!=", "in", "notin", "<", ">")
_EXPECTED_OPERATOR = "in, notin, =, ==, !=, gt, lt"


def parse_label_selector(text: str) -> Requirement | None:
    """A predicate over labels, None when everything matches. Malformed text is a 400 `Failure`."""
    requirements = _Parser(_tokens(text)).parse()
    if not requirements:
        return None
    if len(requirements) == 1:
        return requirements[0]
    return lambda labels: all(requirement(labels) for requirement in requirements)


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in " \t\r\n":
            at += 1
            continue
        start = at
        if char in _SPECIAL:
            at += 1
            if text[start : at + 1] in ("==", "!="):
                at += 1
        else:
            while at < len(text) and text[at] not in _SPECIAL and text[at] not in " \t\r\n":
                at += 1
        tokens.append(text[start:at])
    return tokens


class _Parser:
    """Recursive descent over the tokens; "" stands for the end of the text."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def parse(self) -> list[Requirement]:
        found: list[Requirement] = []
        while token := self._peek():
            if not (_is_identifier(token) or token == "!"):
                raise _bad(f"found '{token}', expected: !, identifier, or 'end of string'")
            found.append(self._requirement())
            token = self._next()
            if not token:
                break
            if token != ",":
                raise _bad(f"found '{token}', expected: ',' or 'end of string'")
            following = self._peek()
            if not (_is_identifier(following) or following == "!"):
                raise _bad(f"found '{following}', expected: identifier after ','")
        return found

    def _requirement(self) -> Requirement:
        negated = self._peek() == "!"
        if negated:
            self._next()
        key = self._next()
        if not _is_identifier(key):
            raise _requirement_error(f"found '{key}', expected: identifier")
        if self._peek() in ("", ","):
            return _absent(key) if negated else _present(key)
        operator = self._next()
        if operator not in _OPERATORS:
            raise _requirement_error(f"found '{operator}', expected: {_EXPECTED_OPERATOR}")
        if operator in ("in", "notin"):
            return _one_of(key, self._set(), wanted=operator == "in")
        value = self._value()
        if operator in ("<", ">"):
            return _compared(key, value, greater=operator == ">")
        return _one_of(key, frozenset((value,)), wanted=operator != "!=")

    def _set(self) -> frozenset[str]:
        if (token := self._next()) != "(":
            raise _requirement_error(f"found '{token}' expected: '('")
        values: set[str] = set()
        value = ""
        while (token := self._next()) != ")":
            if token == ",":
                values.add(value)
                value = ""
            elif _is_identifier(token):
                value = token
            else:
                raise _requirement_error(f"found '{token}', expected: ',', or ')'")
        values.add(value)
        return frozenset(values)

    def _value(self) -> str:
        if self._peek() in ("", ","):
            return ""
        if not _is_identifier(token := self._next()):
            raise _requirement_error(f"found '{token}', expected: identifier")
        return token

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token


def _is_identifier(token: str) -> bool:
    return bool(token) and token[0] not in _SPECIAL


def _bad(message: str) -> Failure:
    return Failure(400, message)


def _requirement_error(message: str) -> Failure:
    return Failure(400, f"unable to parse requirement: {message}")


def _present(key: str) -> Requirement:
    return lambda labels: key in labels


def _absent(key: str) -> Requirement:
    return lambda labels: key not in labels


def _one_of(key: str, values: frozenset[str], *, wanted: bool) -> Requirement:
    """In and NotIn; an object without the label is not in any set."""
    if wanted:
        return lambda labels: labels.get(key) in values
    return lambda labels: labels.get(key) not in values


def _compared(key: str, limit: str, *, greater: bool) -> Requirement:
    try:
        number = int(limit)
    except ValueError:
        raise _requirement_error(
            f"values[0][{key}]: Invalid value: \"{limit}\": for 'Gt', 'Lt' operators, the value "
            "must be an integer"
        ) from None

    def compare(labels: Labels) -> bool:
        try:
            value = int(labels[key])
        except (KeyError, ValueError):
            return False
        return value > number if greater else value < number

    return compare
