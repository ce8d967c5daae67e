r"""Regular expressions written for Go (RE2 syntax), run by Python's.

Both read ordinary expressions alike: literals, `.`, `*`, `+`, `?`, `{2,3}`, `|`, `^`, `$`, `(..)`, `(?:..)`,
`(?P<name>..)`, `[a-z]`, `\d`, `\w`, `\s`, `\b`, and `(?i)` at the start. Where they differ, the expression is
refused rather than read in another sense than kured reads it:

- what Go does not know: lookaround, backreferences, atomic groups, possessive quantifiers, `\Z`;
- what Python does not know: `\pL`, `[[:alpha:]]`, `\Q..\E`, `\x{..}`, flags in the middle, the flag `U`.

`\z` and `(?<name>..)` are translated. `\d`, `\w`, `\s`, `\b` and (?i) mean ASCII, as in Go (whose (?i)
also folds letters beyond it). A search takes time without bound for some expressions, where Go's never does.
"""

from __future__ import annotations

import re
import warnings

_TOKEN = re.compile(
    r"""
      \\(?P<escape>.)
    | (?P<set>\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\])
    | \(\?(?P<group>P<|<(?![=!])|[ims]*-?[ims]*[:)]|)
    | (?P<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})\??)(?P<again>[*+?]?)
    | (?P<open>\{,)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = frozenset("AbBdDsSwWafnrtvxz")


class RegexpError(ValueError):
    """An expression that cannot be used; the message says what of it, in a few words."""


def compile_go_regexp(text: str) -> re.Pattern[str]:
    """The expression, to be searched with.

    Raises:
        RegexpError: it is none, or not one that means the same to Go and to Python.
    """
    translated = "".join(_translated(token) for token in _TOKEN.finditer(text))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(translated, re.ASCII)
    except (re.error, FutureWarning, OverflowError, RecursionError) as error:
        raise RegexpError(f"{text!r} is no usable expression: {error}") from None


def _translated(token: re.Match[str]) -> str:
    """The token as Python writes it."""
    written = token[0]
    if escape := token["escape"]:
        if escape.isalnum() and escape not in _ESCAPES:
            raise _not_the_same(written)
        return r"\Z" if escape == "z" else written
    if token["set"]:
        return _translated_set(written)
    if token["group"] is not None:
        if not token["group"]:
            raise _not_the_same(written)
        return "(?P<" if written == "(?<" else written
    if token["again"]:
        raise _not_the_same(written)
    return r"\{," if token["open"] else written


def _translated_set(written: str) -> str:
    """`[..]`: an opening bracket in it is a literal one to Go, and the start of something else to Python."""
    if re.search(r"\[:\^?\w+:\]|\\[pPQ]", written):
        raise _not_the_same(written)
    return "[" + re.sub(r"(?<!\\)[\[&~|]", r"\\\g<0>", written[1:])


def _not_the_same(written: str) -> RegexpError:
    return RegexpError(f"{written!r} does not mean the same to kured and to kuredtui")
