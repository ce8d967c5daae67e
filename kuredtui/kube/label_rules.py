"""What may be the key and the value of a label, and what a server says of one that may not.

Source: k8s.io/apimachinery/pkg/util/validation, IsQualifiedName and IsValidLabelValue; the words are
the server's. Keys of taints and annotations follow the same rule as keys of labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_MOST = 63
_MOST_OF_PREFIX = 253

SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_NAME_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


def is_subdomain(text: str) -> bool:
    """Whether the text is a DNS subdomain of at most 253 characters, as most names must be."""
    return len(text) <= _MOST_OF_PREFIX and _SUBDOMAIN.fullmatch(text) is not None


def key_fault(key: str) -> str:
    """Which rule a key breaks, in the server's words; "" for none."""
    prefix, slash, name = key.rpartition("/")
    if len(name) > _MOST or not _NAME.fullmatch(name):
        return _NAME_RULE
    if slash and not is_subdomain(prefix):
        return f"prefix part {SUBDOMAIN_RULE}"
    return ""


def value_fault(value: str) -> str:
    """Which rule a label's value breaks, in the server's words; "" for none."""
    if len(value) > _MOST:
        return f"must be no more than {_MOST} bytes"
    return "" if _VALUE.fullmatch(value) else _VALUE_RULE


def parse_labels(texts: Iterable[str]) -> dict[str, str]:
    """Labels from texts such as `maintenance=true`.

    Raises:
        ValueError: one is none, or not one that a node can carry.
    """
    labels = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"{text!r} is not a label; write it as key=value")
        if fault := key_fault(key) or value_fault(value):
            raise ValueError(f"{text!r} cannot be a label: {fault}")
        labels[key] = value
    return labels
