"""What a person typed after `/`, as a test of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kuredtui.kube.label_selector import parse_selector

LABEL_PREFIXES = ("-l ", "l:")

RowTest = Callable[[str, Mapping[str, str]], bool]


def parse_filter(text: str) -> RowTest | None:
    """A test of a row's text (lower case) and its node's labels; None when everything passes.

    Plain text is a set of words which all must occur somewhere in the row, in any case. After `-l ` or
    `l:` follows a label selector.

    Raises:
        SelectorError: the label selector cannot be understood.
    """
    for prefix in LABEL_PREFIXES:
        if text.lstrip().startswith(prefix):
            selector = text.lstrip()[len(prefix) :]
            matches = parse_selector(selector)
            if matches is None:
                return None
            return lambda _text, labels: matches(labels)
    words = text.lower().split()
    if not words or words == ["-l"]:
        return None
    if len(words) == 1:
        word = words[0]
        return lambda row, _labels: word in row
    return lambda row, _labels: all(word in row for word in words)
