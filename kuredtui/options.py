"""The options of the command line, in the groups in which --help shows them.

Those that kured has carry kured's names and defaults, but for `drain-timeout`, and for the places of the
lock, which are read from the kured that runs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.time_window import EVERY_DAY
from kuredtui.param_types import (
    HTTP_URL,
    LABELS,
    REGEXP,
    SELECTOR,
    TAINT_KEY,
    Duration,
    Secret,
    Slice,
)
from kuredtui.ui.column_choice import DEFAULT_COLUMNS, check_column
from kuredtui.ui.columns import COLUMN_NAMES

Command = TypeVar("Command", bound=Callable[..., object])

# What holds for one run alone is typed: it comes neither from the environment nor from a file.
NOT_IN_FILES = frozenset({"config", "version", "override", "force_reboot"})


class GroupedOption(click.Option):
    """An option that knows under which heading it is shown."""

    def __init__(self, *arguments: Any, heading: str, **settings: Any) -> None:  # click's own
        super().__init__(*arguments, **settings)
        self.heading = heading


class GroupedHelp(click.Group):
    """A command whose options are shown under their headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each group as a section, and the commands."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            if (record := param.get_help_record(ctx)) is not None:
                heading = getattr(param, "heading", "Options")
                sections.setdefault(heading, []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)
        self.format_commands(ctx, formatter)


class _Group:
    """Options under one heading."""

    def __init__(self, heading: str) -> None:
        self._heading = heading
        self.options: list[Callable[[Any], Any]] = []

    def add(self, *names: str, **settings: Any) -> None:  # as click.option takes them
        """One option; a default is shown unless it is empty or said not to be."""
        if settings.get("multiple"):
            settings.setdefault("callback", _flattened)
        settings.setdefault("show_default", bool(settings.get("default")))
        self.options.append(
            click.option(*names, cls=GroupedOption, heading=self._heading, **settings)
        )


def _flattened(_ctx: click.Context, _param: click.Parameter, value: Any) -> tuple[str, ...]:
    """The elements of all the times an option was given."""
    return tuple(item for given in value for item in ([given] if isinstance(given, str) else given))


def _added_up(ctx: click.Context, param: click.Parameter, value: Any) -> tuple[str, ...]:
    """The elements of the file, then of the environment, then of the flags: whoever reads them lets the last
    one count that is about the same thing."""
    assert param.name
    sources = [(ctx.default_map or {}).get(param.name), param.value_from_envvar(ctx)]
    if ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE:
        sources.append(value)
    return _flattened(ctx, param, [item for source in sources for item in source or ()])


def all_options(command: Command) -> Command:
    """The command with all options."""
    groups = (
        _CONNECTION,
        _SCREEN,
        _SOURCES,
        _POLICY,
        _LOCK,
        _DRAIN,
        _REBOOT,
        _MARKS,
        _NOTIFICATIONS,
        _DEMO,
    )
    for option in reversed([option for group in groups for option in group.options]):
        command = option(command)
    return command


_CONNECTION = _Group("Connection")
_CONNECTION.add("--kubeconfig", metavar="FILE", help="As kubectl's: instead of KUBECONFIG.")
_CONNECTION.add("--context", metavar="NAME", help="As kubectl's: instead of the current one.")
_CONNECTION.add(
    "--production-contexts",
    type=REGEXP,
    default="(?i)prod",
    help="Contexts that are found by this are marked PRODUCTION on the screen.",
)
_CONNECTION.add("--read-only", is_flag=True, help="Change nothing, whatever the rights.")
_CONNECTION.add(
    "--log-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append what happens to this file, as JSON lines.",
)

_SCREEN = _Group("Screen")
_SCREEN.add(
    "--columns",
    type=Slice(check_column),
    multiple=True,
    default=DEFAULT_COLUMNS,
    help="Columns of the table, from left to right, with a width where one is wanted (why:60); of "
    f"{', '.join(COLUMN_NAMES)}.",
)
_SCREEN.add(
    "--key",
    "keys",
    multiple=True,
    metavar="ID=KEY[,KEY]",
    envvar=["KUREDTUI_KEYS", "KUREDTUI_KEY"],
    callback=_added_up,
    help="Keys to have instead of an action's own; may be given again, and adds to those of the "
    "environment and of the file, where it is a table, [keys]. See `kuredtui keys`.",
)
_SCREEN.add("--wide", is_flag=True, help="Begin with all columns, each as wide as its texts.")

_SOURCES = _Group("Who tells of a pending reboot")
_SOURCES.add(
    "--reboot-condition-type",
    default="",
    help="Type of a node condition that asks for a reboot, besides all else.  [default: none]",
)
_SOURCES.add("--reboot-condition-status", default="True", help="The status with which it asks.")
_SOURCES.add(
    "--sentinel-namespace",
    default="kuredtui",
    help="Where our sentinel's pods are; no others are believed.",
)

_POLICY = _Group("When a reboot may begin")
_POLICY.add(
    "--reboot-days",
    type=Slice(),
    multiple=True,
    default=EVERY_DAY,
    help="Days on which the window begins.",
)
_POLICY.add("--start-time", default="0:00", help="When it begins: 15:04, 15:04:05, 3pm, 03:04pm.")
_POLICY.add(
    "--end-time", default="23:59:59", help="When it ends; before its start: on the next day."
)
_POLICY.add("--time-zone", default="UTC", help="By whose clock; an IANA name.")
_POLICY.add(
    "--blocking-pod-selector",
    type=SELECTOR,
    multiple=True,
    help="Wait while a running or pending pod of the node matches; may be given again.",
)
_POLICY.add(
    "--prometheus-url", type=HTTP_URL, default="", help="Wait while this Prometheus has alerts."
)
_POLICY.add("--alert-filter-regexp", type=REGEXP, default="", help="Names of alerts to ignore.")
_POLICY.add(
    "--alert-filter-match-only", is_flag=True, help="The other way round: alerts that alone count."
)
_POLICY.add("--alert-firing-only", is_flag=True, help="Ignore alerts that are only pending.")
_POLICY.add(
    "--override",
    type=click.Choice([hook.value for hook in HookName]),
    multiple=True,
    allow_from_autoenv=False,
    help="Do not wait for this, in this run; may be given again. It is logged with your name.",
)

_LOCK = _Group("Lock")
_LOCK.add(
    "--ds-namespace",
    default="",
    help="Namespace of the DaemonSet that carries the lock.  [default: the running kured's]",
)
_LOCK.add("--ds-name", default="", help="Its name.  [default: the running kured's]")
_LOCK.add(
    "--lock-annotation",
    default="",
    help="The annotation that is the lock.  [default: the running kured's]",
)
_LOCK.add("--lock-ttl", type=Duration(), default="0", help="When it expires by itself; 0: never.")
_LOCK.add(
    "--lock-release-delay",
    type=Duration(),
    default="0",
    help="Keep the lock so long after a success.",
)
_LOCK.add(
    "--concurrency",
    type=click.IntRange(0),
    default=0,
    help="How many nodes at once; never more than kured's.  [default: the running kured's, or 1]",
)
_LOCK.add(
    "--lease-namespace",
    default="",
    help="Where the lock is when there is no kured: the Lease's namespace.  [default: kube-system]",
)
_LOCK.add("--lease-name", default="", help="Its name.  [default: kuredtui]")

_DRAIN = _Group("Drain")
_DRAIN.add("--drain-delay", type=Duration(), default="0", help="Wait between lock and drain.")
_DRAIN.add(
    "--drain-timeout",
    type=Duration(),
    default="30m",
    help="A drain that takes longer has failed; 0: no end.",
)
_DRAIN.add(
    "--drain-grace-period",
    type=int,
    default=-1,
    help="Seconds each pod gets to end; below 0: its own.",
)
_DRAIN.add(
    "--drain-pod-selector",
    type=SELECTOR,
    default="",
    help="Evict only pods with these labels.  [default: all]",
)
_DRAIN.add(
    "--skip-wait-for-delete-timeout",
    type=int,
    default=0,
    help="Do not wait for pods deleted more seconds ago.  [default: wait for all]",
)
_DRAIN.add(
    "--evict-uncontrolled/--no-evict-uncontrolled",
    default=False,
    show_default=True,
    help="Evict pods that no controller brings back (kubectl's --force).",
)
_DRAIN.add(
    "--delete-emptydir-data/--no-delete-emptydir-data",
    default=True,
    help="Evict pods although the data in their emptyDirs is lost.",
)

_DRAIN.add(
    "--disable-eviction",
    is_flag=True,
    help="Delete pods instead of evicting them: budgets are not asked.",
)
_DRAIN.add(
    "--volume-detach-timeout",
    type=Duration(),
    default="2m",
    help="Wait so long until the drained pods' volumes are detached.",
)

_REBOOT = _Group("Reboot")
_REBOOT.add(
    "--reboot-method",
    type=click.Choice(["command", "signal", "kured-exec", "manual"]),
    default="command",
    help="How a node is told to reboot; kured-exec: through kured's pod; manual: by somebody else.",
)
_REBOOT.add(
    "--reboot-command",
    default="/bin/systemctl reboot",
    help="What the methods command and kured-exec run on the node.",
)
_REBOOT.add(
    "--reboot-signal",
    type=int,
    default=39,
    help="What the method signal sends to PID 1 (39: SIGRTMIN+5).",
)
_REBOOT.add("--reboot-delay", type=Duration(), default="0", help="Wait between drain and reboot.")
_REBOOT.add(
    "--reboot-timeout",
    type=Duration(),
    default="15m",
    help="A node that is not back by then has failed; 0: no end.",
)
_REBOOT.add("--reboot-image", default="", help="Image of the reboot pod.  [default: kured's own]")
_REBOOT.add(
    "--reboot-namespace",
    default="",
    help="Namespace of the reboot pod.  [default: kured's, or kube-system]",
)
_REBOOT.add(
    "--force-reboot",
    is_flag=True,
    allow_from_autoenv=False,
    help="Reboot although the drain did not end, in this run. It is logged with your name.",
)

_MARKS = _Group("Marks on nodes")
_MARKS.add(
    "--pre-reboot-node-labels",
    type=LABELS,
    multiple=True,
    help="key=value,...: labels put on a node before it is cordoned.",
)
_MARKS.add(
    "--post-reboot-node-labels",
    type=LABELS,
    multiple=True,
    help="key=value,...: labels put on a node when it is given back.",
)
_MARKS.add(
    "--prefer-no-schedule-taint",
    type=TAINT_KEY,
    default="",
    help="Key of a taint on nodes that wait for the lock.  [default: none]",
)
_MARKS.add("--annotate-nodes", is_flag=True, help="Put kured's two annotations on nodes.")

_NOTIFICATIONS = _Group("Notifications")
_NOTIFICATIONS.add(
    "--notify-url",
    type=Secret(),
    default="",
    help="Whom to tell of drains and reboots; a URL as kured takes it. It is a secret, which "
    "others can see on a command line: better KUREDTUI_NOTIFY_URL, or the settings file.",
)
_NOTIFICATIONS.add(
    "--slack-hook-url", type=Secret(), default="", help="The old form of it, for Slack."
)
_NOTIFICATIONS.add("--slack-username", default="kured", help="With the old form: who speaks.")
_NOTIFICATIONS.add("--slack-channel", default="", help="With the old form: where.")
for _phase, _text in (
    ("drain", "Draining node %s"),
    ("reboot", "Rebooting node %s"),
    ("uncordon", "Node %s rebooted & uncordoned successfully!"),
):
    _NOTIFICATIONS.add(f"--message-template-{_phase}", default=_text, help="What is said.")

_DEMO = _Group("Demo")
_DEMO.add("--demo", is_flag=True, help="Use a small embedded cluster; no real one is needed.")
_DEMO.add(
    "--demo-nodes",
    type=click.IntRange(1, 5000),
    default=10,
    help="How many nodes the embedded cluster has.",
)
_DEMO.add(
    "--demo-speed",
    type=click.FloatRange(0.1, 100),
    default=10.0,
    help="How many times faster than real they live.",
)
