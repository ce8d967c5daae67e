"""The commands: what a person types, turned into Settings and handed on.

Nothing heavy is imported here before the console's first paint: click and our own settings only.
What a command needs beyond that is imported by the command.
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kuredtui import __version__
from kuredtui.connector import Connector
from kuredtui.settings import (
    ENV_PREFIX,
    Settings,
    SettingsError,
    default_settings_file,
    parse_duration,
    read_settings_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from kuredtui.demo.process import DemoProcess
    from kuredtui.demo.scenario import KuredFlavour

# New objects before the garbage collector looks at them. Imports and lists of nodes make hundreds of
# thousands that stay; at Python's own 700 it looks at them again and again, a tenth of all the time.
_COLLECT_AFTER = 50_000

Command = TypeVar("Command", bound="Callable[..., object]")


class Duration(click.ParamType[float]):
    """A Go duration on the command line; seconds as a float in the program."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds from the text."""
        if isinstance(value, float):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


def _read_settings_file(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    """Let the settings file speak where neither a flag nor the environment does."""
    known = {param.name for param in ctx.command.params if param.name} - {"config", "version"}
    file = value or default_settings_file()
    if value is None and not file.exists():
        return
    try:
        ctx.default_map = read_settings_file(file, known)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _with_options(options: list[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_CONNECTION = [
    click.option("--kubeconfig", metavar="FILE", help="As kubectl's: instead of KUBECONFIG."),
    click.option("--context", metavar="NAME", help="As kubectl's: instead of the current one."),
    click.option("--read-only", is_flag=True, help="Change nothing, whatever the rights."),
    click.option(
        "--log-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Append what happens to this file, as JSON lines.",
    ),
]

_DEMO = [
    click.option(
        "--demo", is_flag=True, help="Use a small embedded cluster; no real one is needed."
    ),
    click.option(
        "--demo-nodes",
        type=click.IntRange(1, 5000),
        default=10,
        show_default=True,
        help="How many nodes the embedded cluster has.",
    ),
    click.option(
        "--demo-speed",
        type=click.FloatRange(0.1, 100),
        default=10.0,
        show_default=True,
        help="How many times faster than real they live.",
    ),
]

# The engine's settings carry kured's names and, but for drain-timeout, kured's defaults.
_ENGINE = [
    click.option(
        "--ds-namespace",
        default="",
        help="Namespace of the DaemonSet that carries the lock.  [default: the running kured's]",
    ),
    click.option("--ds-name", default="", help="Its name.  [default: the running kured's]"),
    click.option(
        "--lock-annotation",
        default="",
        help="The annotation that is the lock.  [default: the running kured's]",
    ),
    click.option(
        "--drain-timeout",
        type=Duration(),
        default="30m",
        show_default=True,
        help="A drain that takes longer has failed; 0: no end.",
    ),
    click.option(
        "--drain-grace-period",
        type=int,
        default=-1,
        show_default=True,
        help="Seconds each pod gets to end; below 0: its own.",
    ),
    click.option(
        "--drain-pod-selector",
        default="",
        help="Evict only pods with these labels.  [default: all]",
    ),
    click.option(
        "--skip-wait-for-delete-timeout",
        type=int,
        default=0,
        show_default=True,
        help="Do not wait for pods deleted more seconds ago; 0: wait for all.",
    ),
    click.option(
        "--evict-uncontrolled/--no-evict-uncontrolled",
        default=False,
        show_default=True,
        help="Evict pods that no controller brings back (kubectl's --force).",
    ),
    click.option(
        "--delete-emptydir-data/--no-delete-emptydir-data",
        default=True,
        show_default=True,
        help="Evict pods although the data in their emptyDirs is lost.",
    ),
    click.option(
        "--lock-release-delay",
        type=Duration(),
        default="0",
        show_default=True,
        help="Keep the lock so long after a success.",
    ),
    click.option(
        "--reboot-method",
        type=click.Choice(["command", "signal"]),
        default="command",
        show_default=True,
        help="How a node is told to reboot.",
    ),
    click.option(
        "--reboot-command",
        default="/bin/systemctl reboot",
        show_default=True,
        help="What the method `command` runs on the node.",
    ),
    click.option(
        "--reboot-signal",
        type=int,
        default=39,
        show_default=True,
        help="What the method `signal` sends to PID 1 (39: SIGRTMIN+5).",
    ),
    click.option(
        "--reboot-image",
        default="",
        help="Image of the reboot pod.  [default: kured's own]",
    ),
    click.option(
        "--reboot-timeout",
        type=Duration(),
        default="15m",
        show_default=True,
        help="A node that is not back by then has failed.",
    ),
]


@click.group(
    invoke_without_command=True,
    context_settings={
        "auto_envvar_prefix": ENV_PREFIX,
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
    epilog="Each option can also be set as KUREDTUI_<OPTION> in the environment, "
    "or in the settings file.",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_read_settings_file,
    help=f"Settings file (TOML).  [default: {default_settings_file()}]",
)
@_with_options([*_CONNECTION, *_DEMO, *_ENGINE])
@click.version_option(__version__)
@click.pass_context
def cli(
    ctx: click.Context,
    /,
    *,
    kubeconfig: str | None,
    context: str | None,
    read_only: bool,
    log_file: Path | None,
    demo: bool,
    demo_nodes: int,
    demo_speed: float,
    **engine: object,
) -> None:
    """Patch night on Kubernetes: which nodes wait for a reboot, and the reboot itself.

    Without a command: the console, on the cluster that kubectl would use.
    """
    if ctx.invoked_subcommand is not None:
        return
    from kuredtui.engine.options import EngineOptions

    if demo and (kubeconfig or context):
        raise click.UsageError(
            "--demo brings a cluster of its own: leave out --kubeconfig and --context."
        )
    settings = Settings(
        kubeconfig=kubeconfig,
        context=context,
        read_only=read_only,
        demo=demo,
        demo_nodes=demo_nodes,
        demo_speed=demo_speed,
        log_file=log_file,
        engine=EngineOptions(**engine),  # type: ignore[arg-type]  # click has typed each of them
    )
    raise SystemExit(_console(settings))


def _console(settings: Settings) -> int:
    """Open the console; returns the exit status."""
    gc.set_threshold(_COLLECT_AFTER)
    with ExitStack() as stack:
        demo: DemoProcess | None = None
        if settings.demo:
            from kuredtui.demo.process import DemoProcess

            demo = stack.enter_context(
                DemoProcess(nodes=settings.demo_nodes, speed=settings.demo_speed)
            )
        connector = Connector(settings, demo=demo)
        label = "the demo cluster" if demo else _choose(connector)
        from kuredtui.ui.app import KuredTuiApp

        app = KuredTuiApp(
            connector.open, target_label=label, close=connector.close, demo=settings.demo
        )
        app.run()
        return app.return_code or 0


def _choose(connector: Connector) -> str:
    """Which cluster; what cannot be used ends the program with one sentence."""
    from kuredtui.kube.errors import ConfigError

    try:
        return connector.choose()
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


@cli.group("demo")
def demo_group() -> None:
    """The embedded cluster on its own, for kubectl or any other client."""


_NODES = click.option(
    "--nodes",
    type=click.IntRange(1, 5000),
    default=10,
    show_default=True,
    help="How many simulated nodes.",
)
_SPEED = click.option(
    "--speed",
    type=click.FloatRange(0.1, 100),
    default=1.0,
    show_default=True,
    help="How many times faster than real they live.",
)
_EXIT_AT_EOF = click.option(
    "--exit-at-eof",
    is_flag=True,
    help="End when standard input closes, as it does with its parent.",
)


@demo_group.command("serve")
@_NODES
@_SPEED
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed, the same cluster."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="0, the default: any free one."
)
@click.option(
    "--kubeconfig-out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("kuredtui-demo.kubeconfig"),
    show_default=True,
    help="Where to write the kubeconfig.",
)
@click.option(
    "--kured",
    type=click.Choice(["helm", "manifest", "none", "paused", "ghost"]),
    default="helm",
    show_default=True,
    help="Which kured runs: by its chart, its manifest, none, paused, or locked by a lost node.",
)
@click.option(
    "--kubelets/--no-kubelets",
    default=True,
    show_default=True,
    help="Let the nodes live, or only stand in the API.",
)
@_EXIT_AT_EOF
def demo_serve(
    *,
    nodes: int,
    speed: float,
    seed: int,
    port: int,
    kubeconfig_out: Path,
    kured: KuredFlavour,
    kubelets: bool,
    exit_at_eof: bool,
) -> None:
    """Serve a simulated cluster on loopback until interrupted."""
    from kuredtui.demo.commands import serve

    _run(
        serve(
            nodes=nodes,
            speed=speed,
            seed=seed,
            port=port,
            kubeconfig_out=kubeconfig_out,
            kured=kured,
            kubelets=kubelets,
            exit_at_eof=exit_at_eof,
        )
    )


@demo_group.command("kubelets")
@click.option("--kubeconfig", required=True, metavar="FILE", help="The cluster they register with.")
@_NODES
@_SPEED
@_EXIT_AT_EOF
def demo_kubelets(*, kubeconfig: str, nodes: int, speed: float, exit_at_eof: bool) -> None:
    """Run only simulated kubelets, against whatever API server the kubeconfig names."""
    from kuredtui.demo.commands import kubelets

    _run(kubelets(kubeconfig=kubeconfig, nodes=nodes, speed=speed, exit_at_eof=exit_at_eof))


def _run(command: Coroutine[None, None, None]) -> None:
    """A command of the embedded cluster; why it cannot start is one sentence."""
    from kuredtui.demo.errors import DemoError

    try:
        asyncio.run(command)
    except DemoError as error:
        raise click.ClickException(str(error)) from error


def main() -> None:
    """The entry point of the installed command."""
    cli()
