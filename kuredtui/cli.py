"""The commands: what a person types, turned into Settings and handed on.

Nothing heavy is imported here before the console's first paint: click and our own settings only.
What a command needs beyond that is imported by the command.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from kuredtui import __version__
from kuredtui.cluster.hook_names import FORCE_REBOOT
from kuredtui.connector import Connector
from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.sources.options import SourceOptions
from kuredtui.key_commands import key_map, keys_command
from kuredtui.manifest_commands import manifests_group
from kuredtui.options import NOT_IN_FILES, GroupedHelp, all_options
from kuredtui.settings import (
    ENV_PREFIX,
    Settings,
    SettingsError,
    check,
    default_settings_file,
    flat,
    picked,
    read_settings_file,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from kuredtui.demo.process import DemoProcess
    from kuredtui.demo.scenario import KuredFlavour, ScenarioName


def _read_settings_file(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    """Let the settings file speak where neither a flag nor the environment does."""
    params = {param.name: param for param in ctx.command.params if param.name}
    file = value or default_settings_file()
    if value is None and not file.exists():
        return
    try:
        found = read_settings_file(file, set(params) - NOT_IN_FILES)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    ctx.default_map = {
        name: _several(text) if params[name].multiple else text for name, text in found.items()
    }


def _several(value: object) -> object:
    """What a file says for an option that may be given again: a text, a list, or a table."""
    if isinstance(value, Mapping):
        return [f"{name}={text}" for name, text in flat(value)]
    return [value] if isinstance(value, str) else value


@click.group(
    cls=GroupedHelp,
    invoke_without_command=True,
    context_settings={
        "auto_envvar_prefix": ENV_PREFIX,
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
    epilog="Each option but --override and --force-reboot can also be set as KUREDTUI_<OPTION> in the "
    "environment, or in the settings file.",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_read_settings_file,
    help=f"Settings file (TOML).  [default: {default_settings_file()}]",
)
@all_options
@click.version_option(__version__)
@click.pass_context
def cli(
    ctx: click.Context,
    /,
    *,
    kubeconfig: str | None,
    context: str | None,
    production_contexts: str,
    columns: tuple[str, ...],
    wide: bool,
    read_only: bool,
    log_file: Path | None,
    keys: tuple[str, ...],
    demo: bool,
    demo_nodes: int,
    demo_speed: float,
    override: tuple[str, ...],
    force_reboot: bool,
    **settings: object,
) -> None:
    """Patch night on Kubernetes: which nodes wait for a reboot, and the reboot itself.

    Without a command: the console, on the cluster that kubectl would use.
    """
    if ctx.invoked_subcommand is not None:
        return
    if demo and (kubeconfig or context):
        raise click.UsageError(
            "--demo brings a cluster of its own: leave out --kubeconfig and --context."
        )
    given = _given(ctx)
    asked = Settings(
        kubeconfig=kubeconfig,
        context=context,
        production_contexts=production_contexts,
        columns=columns,
        wide=wide,
        read_only=read_only,
        demo=demo,
        demo_nodes=demo_nodes,
        demo_speed=demo_speed,
        log_file=log_file,
        keys=keys,
        overrides=(*override, *([FORCE_REBOOT] if force_reboot else [])),
        engine=picked(EngineOptions, {**settings, "given": given}),
        policy=picked(PolicyOptions, {**settings, "given": given}),
        notify=picked(NotifyOptions, {**settings, "given": given}),
        sources=picked(SourceOptions, settings),
    )
    try:
        check(asked)
    except ValueError as error:
        raise click.UsageError(f"{error}.".replace("..", ".")) from error
    if keys:
        key_map(ctx)
    raise SystemExit(_console(asked))


def _given(ctx: click.Context) -> frozenset[str]:
    """The options that a flag, the environment or the file has set."""
    return frozenset(
        name for name in ctx.params if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
    )


def _console(settings: Settings) -> int:
    """Open the console; returns the exit status."""
    from kuredtui.ui.garbage import collect_seldom
    from kuredtui.ui.promptness import be_prompt

    collect_seldom()
    be_prompt()
    with ExitStack() as stack:
        demo: DemoProcess | None = None
        if settings.demo:
            from kuredtui.demo.process import DemoProcess

            demo = stack.enter_context(
                DemoProcess(nodes=settings.demo_nodes, speed=settings.demo_speed)
            )
        connector = Connector(settings, demo=demo)
        label = "the demo cluster" if demo else _choose(connector)
        from kuredtui.ui.actions.key_map import read_key_map
        from kuredtui.ui.app import KuredTuiApp
        from kuredtui.ui.column_choice import chosen_columns

        app = KuredTuiApp(
            connector.open,
            target_label=label,
            close=connector.close,
            demo=settings.demo,
            columns=chosen_columns(settings.columns),
            keys=read_key_map(settings.keys),
            wide=settings.wide,
            contexts=None if demo else connector,
            production=not demo and connector.is_production(label),
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


cli.add_command(keys_command)
cli.add_command(manifests_group)


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
    "--scenario",
    type=click.Choice(["aks", "kubeadm"]),
    default="aks",
    show_default=True,
    help="What the cluster looks like.",
)
@click.option(
    "--kured",
    type=click.Choice(["helm", "manifest", "none", "paused", "ghost"]),
    help="Which kured runs: by its chart, its manifest, none, paused, or locked by a lost node.  "
    "[default: helm on aks, manifest on kubeadm]",
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
    scenario: ScenarioName,
    kured: KuredFlavour | None,
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
            scenario=scenario,
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
