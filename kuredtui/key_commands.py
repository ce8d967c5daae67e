"""The keys on the command line: which there are, and those of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kuredtui.ui.actions.key_map import KeyMap


def key_map(ctx: click.Context) -> KeyMap:
    """The keys that the options of this command ask for.

    Raises:
        click.UsageError: they cannot be had; the message is one sentence.
    """
    from kuredtui.ui.actions.key_map import read_key_map

    try:
        return read_key_map(ctx.params["keys"])
    except ValueError as error:
        raise click.UsageError(f"keys: {error}", ctx) from error


@click.command("keys")
@click.pass_context
def keys_command(ctx: click.Context) -> None:
    """List the actions with their ids and keys, by the settings (* where these changed them)."""
    assert ctx.parent is not None
    keys = key_map(ctx.parent)
    from kuredtui.ui.actions.key_map import key_list

    found = list(key_list(keys))
    names = max(len(action.id) for action, _ in found)
    texts = max(len(text) for _, text in found)
    click.echo(f"  {'ID':<{names}}  {'KEYS':<{texts}}  DOES")
    for action, text in found:
        sign = "*" if action.id in keys.changed else " "
        click.echo(f"{sign} {action.id:<{names}}  {text:<{texts}}  {action.help}")
