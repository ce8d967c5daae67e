"""Kubeconfig files: found, read and merged exactly as kubectl does it.

The rules are those of client-go's clientcmd (`ClientConfigLoadingRules`): a file named on the
command line is the only one; else the files in KUBECONFIG, in which the first to say something
wins; else ~/.kube/config. Files that do not exist are passed over. Of two clusters, users or
contexts of one name the first file's counts whole. Relative paths are relative to the file they
stand in.

kubernetes-asyncio takes the last file's current-context instead (another cluster!), so it is not
asked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
import yaml
from msgspec import field

from kuredtui.kube.errors import ConfigError
from kuredtui.kube.json import JsonObject


class _Entry(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", omit_defaults=True):
    """The base of what a kubeconfig holds; unknown keys are passed over, as kubectl does."""


class NamedExtension(_Entry, frozen=True):
    """Something a tool has put beside a cluster or a context."""

    name: str
    extension: JsonObject = field(default_factory=dict)


class Cluster(_Entry, frozen=True):
    """Where a cluster is and how to know that it is it."""

    server: str = ""
    certificate_authority: str = ""
    certificate_authority_data: str = ""
    insecure_skip_tls_verify: bool = False
    tls_server_name: str = ""
    proxy_url: str = ""
    disable_compression: bool = False
    extensions: list[NamedExtension] = field(default_factory=list)


class EnvVar(_Entry, frozen=True):
    """One variable for a plugin."""

    name: str
    value: str = ""


class ExecPlugin(_Entry, frozen=True, rename="camel"):
    """A command that prints a credential (client.authentication.k8s.io)."""

    command: str
    api_version: str = ""
    args: list[str] = field(default_factory=list)
    env: list[EnvVar] = field(default_factory=list)
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = ""


class AuthProvider(_Entry, frozen=True):
    """An old built-in login, such as `oidc` or `gcp`."""

    name: str
    config: dict[str, str] = field(default_factory=dict)


class User(_Entry, frozen=True):
    """Who to be."""

    client_certificate: str = ""
    client_certificate_data: str = ""
    client_key: str = ""
    client_key_data: str = ""
    token: str = ""
    token_file: str = field(name="tokenFile", default="")
    impersonate: str = field(name="as", default="")
    impersonate_uid: str = field(name="as-uid", default="")
    impersonate_groups: list[str] = field(name="as-groups", default_factory=list)
    impersonate_extra: dict[str, list[str]] = field(name="as-user-extra", default_factory=dict)
    username: str = ""
    password: str = ""
    auth_provider: AuthProvider | None = None
    exec: ExecPlugin | None = None


class Context(_Entry, frozen=True):
    """A cluster, a user and a namespace, under one name."""

    cluster: str = ""
    user: str = ""
    namespace: str = ""


class NamedCluster(_Entry, frozen=True):
    """A cluster and its name."""

    name: str
    cluster: Cluster = field(default_factory=Cluster)


class NamedUser(_Entry, frozen=True):
    """A user and its name."""

    name: str
    user: User = field(default_factory=User)


class NamedContext(_Entry, frozen=True):
    """A context and its name."""

    name: str
    context: Context = field(default_factory=Context)


class _File(_Entry, frozen=True):
    """One kubeconfig file."""

    current_context: str = ""
    clusters: list[NamedCluster] = field(default_factory=list)
    users: list[NamedUser] = field(default_factory=list)
    contexts: list[NamedContext] = field(default_factory=list)


class KubeConfig(_Entry, frozen=True):
    """All files as one.

    Attributes:
        current_context: what the first file that names one says; "" if none does.
        files: the files that exist, in order.
    """

    current_context: str = ""
    clusters: dict[str, Cluster] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    contexts: dict[str, Context] = field(default_factory=dict)
    files: tuple[str, ...] = ()


def load(*, kubeconfig: str | None, environ: Mapping[str, str]) -> KubeConfig:
    """Find, read and merge the files.

    Args:
        kubeconfig: the file named on the command line, or None.
        environ: where KUBECONFIG and HOME are looked up.

    Returns:
        The merged configuration; an empty one (no `files`) when only the default file was asked for
        and it does not exist.

    Raises:
        ConfigError: a named file is missing, none of the files in KUBECONFIG exists, or one that
            exists cannot be used.
    """
    candidates, named_by = _candidates(kubeconfig, environ)
    merged = KubeConfig()
    found: list[str] = []
    for path in candidates:
        file = _read(path)
        if file is None:
            continue
        found.append(str(path))
        merged = _merge(merged, file, base=path.absolute().parent)
    if not found and named_by:
        names = ", ".join(str(path) for path in candidates)
        raise ConfigError(
            f"There is no kubeconfig at {names}, which {named_by} names. Check the path."
        )
    return msgspec.structs.replace(merged, files=tuple(found))


def _candidates(kubeconfig: str | None, environ: Mapping[str, str]) -> tuple[list[Path], str]:
    """The files to read, and what named them ("" for the default place)."""
    if kubeconfig:
        return [Path(kubeconfig)], "--kubeconfig"
    if named := [name for name in environ.get("KUBECONFIG", "").split(os.pathsep) if name]:
        return [Path(name) for name in dict.fromkeys(named)], "KUBECONFIG"
    home = environ.get("HOME")
    return [(Path(home) if home else Path.home()) / ".kube" / "config"], ""


def _read(path: Path) -> _File | None:
    """One file, or None if it does not exist."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(
            f"The kubeconfig {path} cannot be read: {error.strerror}. "
            "Check the path and its permissions."
        ) from error
    try:
        content = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise ConfigError(
            f"The kubeconfig {path} is not YAML: {_where(error)}. Repair it."
        ) from error
    try:
        return msgspec.convert(_without_nulls(content) or {}, _File)
    except (msgspec.ValidationError, RecursionError) as error:  # an alias may be of what holds it
        raise ConfigError(f"{path} is not a kubeconfig: {error}. Repair it.") from error


# Any: whether there is the loader in C is known at run time only
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # as above
    """YAML as kubectl reads it: plain data, and a time stays the text it was."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _where(error: Exception) -> str:
    """A YAML error in one line."""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mark = getattr(error, "problem_mark", None)
    return f"{problem} in line {mark.line + 1}" if mark else str(problem)


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


_Value = TypeVar("_Value")


def _merge(merged: KubeConfig, file: _File, *, base: Path) -> KubeConfig:
    """Add what the files before did not say."""
    return KubeConfig(
        current_context=merged.current_context or file.current_context,
        clusters=_named(
            [(each.name, _resolved_cluster(each.cluster, base)) for each in file.clusters],
            "clusters",
            base,
        )
        | merged.clusters,
        users=_named(
            [(each.name, _resolved_user(each.user, base)) for each in file.users], "users", base
        )
        | merged.users,
        contexts=_named([(each.name, each.context) for each in file.contexts], "contexts", base)
        | merged.contexts,
    )


def _named(entries: list[tuple[str, _Value]], what: str, base: Path) -> dict[str, _Value]:
    """The entries by name; a name given twice in one file is an error, as it is for kubectl."""
    named = dict(entries)
    if len(named) < len(entries):
        names = [name for name, _ in entries]
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigError(
            f"A kubeconfig in {base} has two {what} named {twice!r}. Rename one of them."
        )
    return named


def _resolved_cluster(cluster: Cluster, base: Path) -> Cluster:
    return msgspec.structs.replace(
        cluster, certificate_authority=_resolved(cluster.certificate_authority, base)
    )


def _resolved_user(user: User, base: Path) -> User:
    plugin = user.exec
    if plugin is not None and os.sep in plugin.command:  # a bare name is looked up in PATH instead
        plugin = msgspec.structs.replace(plugin, command=_resolved(plugin.command, base))
    return msgspec.structs.replace(
        user,
        client_certificate=_resolved(user.client_certificate, base),
        client_key=_resolved(user.client_key, base),
        token_file=_resolved(user.token_file, base),
        exec=plugin,
    )


def _resolved(path: str, base: Path) -> str:
    """An absolute path, from one that is relative to the kubeconfig's directory; "" stays ""."""
    return os.path.normpath(base / path) if path else ""
