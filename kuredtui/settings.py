"""One Settings object out of flags, environment and file.

The precedence is the command line's own: a flag, then `KUREDTUI_<FLAG>` in the environment, then
the settings file, then the default. click does the merging (its `default_map` is the file), so
there is one list of options and no second place that knows their names: this module says where the
file is, reads it, and turns what click collected into typed values for the layers below.
"""

from __future__ import annotations

import getpass
import os
import socket
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import platformdirs

from kuredtui.engine.notifications.options import service_url
from kuredtui.kube.goflags.values import duration_seconds
from kuredtui.web.sender import sender_for

if TYPE_CHECKING:
    from kuredtui.engine.notifications.options import NotifyOptions
    from kuredtui.engine.options import EngineOptions
    from kuredtui.engine.policy.options import PolicyOptions
    from kuredtui.engine.sources.options import SourceOptions

T = TypeVar("T")

ENV_PREFIX = "KUREDTUI"


class SettingsError(Exception):
    """A settings file that cannot be used; the message is one sentence with what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything one run of the program was asked for.

    Attributes:
        kubeconfig: the file named by `--kubeconfig`, or None for kubectl's own search.
        context: the context named by `--context`, or None for the current one.
        production_contexts: a regular expression; contexts in which it is found are marked.
        columns: of the node table, by name, from left to right.
        wide: begin with all columns of the table, and all of their texts.
        read_only: refuse every change, whatever the rights.
        demo: start the embedded cluster and use that instead.
        demo_nodes: how many nodes the embedded cluster has.
        demo_speed: how many times faster than real the demo's nodes live.
        log_file: where every progress record goes as a JSON line, or None.
        keys: keys to have instead of an action's own: `ID=KEY[,KEY]`.
        overrides: what of the policy is set aside in this run, and `force-reboot`.
        engine: what the engine may do and how.
        policy: when a reboot may begin.
        notify: who is told.
        sources: where a pending reboot is learned.
    """

    kubeconfig: str | None
    context: str | None
    production_contexts: str
    columns: tuple[str, ...]
    wide: bool
    read_only: bool
    demo: bool
    demo_nodes: int
    demo_speed: float
    log_file: Path | None
    keys: tuple[str, ...]
    overrides: tuple[str, ...]
    engine: EngineOptions
    policy: PolicyOptions
    notify: NotifyOptions
    sources: SourceOptions


def picked(kind: type[T], values: Mapping[str, object]) -> T:
    """The dataclass with those of the values that are its fields."""
    fields = getattr(kind, "__dataclass_fields__", {})
    return kind(**{name: value for name, value in values.items() if name in fields})


def check(settings: Settings) -> None:
    """Find out now what would else be found out in the middle of the night.

    Raises:
        ValueError: settings that cannot be used; the message says which, and holds no secret.
    """
    settings.policy.window()
    if url := service_url(settings.notify):
        sender_for(url)


def default_settings_file() -> Path:
    """Where the settings file is looked for when none is named: the platform's own place."""
    return platformdirs.user_config_path("kuredtui") / "config.toml"


def read_settings_file(path: Path, known: set[str]) -> dict[str, object]:
    """The file's settings by option name (with `_` for `-`), ready for click's `default_map`.

    Raises:
        SettingsError: the file is not there, cannot be read, is not TOML, or names an unknown setting.
    """
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    settings = {name.replace("-", "_"): value for name, value in values.items()}
    unknown = sorted(set(settings) - known)
    if unknown:
        names = ", ".join(name.replace("_", "-") for name in unknown)
        raise SettingsError(
            f"{path} has settings this version does not know: {names}. See `kuredtui --help`."
        )
    return settings


def flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    """The entries of a table and of those in it, with names like `node.reboot`; lists with commas."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield f"{before}{name}", ",".join(map(str, value))
        else:
            yield f"{before}{name}", str(value)


def parse_duration(text: str) -> float:
    """Seconds from a Go duration as kured's flags write it: `1h30m`, `90s`, `0`.

    A bare `0` needs no unit, as in Go's time.ParseDuration; nothing else goes without one.

    Raises:
        ValueError: the text is no such duration, or a negative one.
    """
    seconds = duration_seconds(text)
    if seconds < 0:
        raise ValueError(f"{text!r} is not a duration, which cannot be negative here")
    return seconds


def owner() -> str:
    """Who acts, as the journal and the lock name it: `user@host`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no passwd entry and no variable, as in many containers
        user = f"uid-{os.getuid()}"
    return f"{user}@{socket.gethostname()}"
