"""The commands `kuredtui manifests ...`: they print what an administrator applies with kubectl."""

from __future__ import annotations

import re

import click

from kuredtui.cluster.tool_image import TOOL_IMAGE
from kuredtui.manifests.rbac import KuredPlace, Role, Subject, rbac_manifest
from kuredtui.manifests.sentinel import (
    DEFAULT_NAMESPACE,
    DEFAULT_PATH,
    sentinel_manifest,
)
from kuredtui.param_types import Checked, Duration

# The shortest and the longest time between two looks, in seconds.
_INTERVALS = (1.0, 3600.0)


def _name(text: str) -> None:
    """As Kubernetes wants names of namespaces and DaemonSets (RFC 1123 label)."""
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", text):
        raise ValueError(
            f"{text!r} cannot be a name: it takes small letters, digits and inner dashes"
        )


def _subdomain(text: str) -> None:
    """As Kubernetes wants names of ConfigMaps (RFC 1123 subdomain)."""
    for label in text.split("."):
        _name(label)


_NAME = Checked("name", _name)
_SUBDOMAIN = Checked("name", _subdomain)


@click.group("manifests")
def manifests_group() -> None:
    """Print manifests for kubectl apply -f -."""


@manifests_group.command("sentinel")
@click.option(
    "--namespace", type=_NAME, default=DEFAULT_NAMESPACE, show_default=True, help="Its own."
)
@click.option(
    "--sentinel-path",
    default=DEFAULT_PATH,
    show_default=True,
    help="The file whose presence says that a node waits for a reboot.",
)
@click.option(
    "--sentinel-command",
    default="",
    help="Ask this command instead, in the pod: 0 is yes, up to 123 is no, more is unknown. It sees the "
    "directory of --sentinel-path below /host.",
)
@click.option(
    "--interval", type=Duration(), default="5s", show_default=True, help="From look to look."
)
@click.option("--image", default=TOOL_IMAGE, show_default=True, help="Any with a shell and awk.")
def manifests_sentinel(
    *, namespace: str, sentinel_path: str, sentinel_command: str, interval: float, image: str
) -> None:
    """A DaemonSet that tells from every node whether it waits for a reboot, and for which packages.

    It has no rights, no token and no open port.
    """
    least, most = _INTERVALS
    if not least <= interval <= most:
        raise click.UsageError("--interval is from 1s to 1h.")
    try:
        manifest = sentinel_manifest(
            namespace=namespace,
            path=sentinel_path,
            command=sentinel_command,
            interval=interval,
            image=image,
        )
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error
    click.echo(manifest, nl=False)


@manifests_group.command("rbac")
@click.option(
    "--role",
    required=True,
    type=click.Choice(["viewer", "operator"]),
    help="To look, or to reboot as well.",
)
@click.option("--group", default="", help="Who gets the rights.  [default: kuredtui-<role>s]")
@click.option("--user", default="", help="One person instead of a group.")
@click.option(
    "--ds-namespace", type=_NAME, default=KuredPlace.namespace, show_default=True, help="kured's."
)
@click.option(
    "--ds-name",
    type=_NAME,
    default=KuredPlace.name,
    show_default=True,
    help="kured's DaemonSet, which carries the lock.",
)
@click.option(
    "--kured-configmap",
    "config_maps",
    multiple=True,
    type=_SUBDOMAIN,
    help="A ConfigMap in kured's namespace that has settings of kured's; may be given several times.",
)
@click.option(
    "--sentinel-namespace",
    type=_NAME,
    default="",
    help="Where our sentinel is, for an operator to ask nodes by its pods.  [default: they may not]",
)
@click.option("--no-kured", is_flag=True, help="There is no kured; the lock is a Lease.")
def manifests_rbac(
    *,
    role: Role,
    group: str,
    user: str,
    ds_namespace: str,
    ds_name: str,
    config_maps: tuple[str, ...],
    sentinel_namespace: str,
    no_kured: bool,
) -> None:
    """The rights to look, or to reboot; bound to a group or a user, and no more than it takes."""
    if group and user:
        raise click.UsageError("--group and --user exclude one another.")
    subject = (
        Subject(kind="User", name=user) if user else Subject(name=group or f"kuredtui-{role}s")
    )
    place = KuredPlace(
        namespace=ds_namespace, name=ds_name, config_maps=tuple(filter(None, config_maps))
    )
    kured = None if no_kured else place
    manifest = rbac_manifest(
        role, subject=subject, kured=kured, sentinel_namespace=sentinel_namespace
    )
    click.echo(manifest, nl=False)
