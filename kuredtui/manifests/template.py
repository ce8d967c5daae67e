"""The files in `data/`, and how values get into them: quoted, so that none can break out."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from string import Template


def data(name: str) -> str:
    """A file of `data/`."""
    return resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")


def filled(name: str, values: Mapping[str, str], *, blocks: Mapping[str, str] | None = None) -> str:
    """A file of `data/` with its `$name`s replaced.

    Args:
        name: of the file.
        values: by name; each becomes a quoted text.
        blocks: by name; each is put in as it is.

    Raises:
        KeyError: the file asks for something that is not given.
    """
    texts = {key: quoted(value) for key, value in values.items()}
    return Template(data(name)).substitute({**texts, **(blocks or {})})


def quoted(value: str) -> str:
    """A text in YAML, between double quotes and on one line, in ASCII."""
    import yaml  # not before a command needs it: the console starts without

    return yaml.safe_dump(value, default_style='"', width=float("inf")).rstrip("\n")
