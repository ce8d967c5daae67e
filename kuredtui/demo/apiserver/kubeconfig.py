"""A kubeconfig for the embedded server: one cluster, a context for each user."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec


def write_kubeconfig(
    path: Path, *, server: str, authority_pem: bytes, tokens: Mapping[str, str], cluster: str
) -> None:
    """Write the file in one step, readable by its owner alone, since it holds tokens.

    `tokens` is by context name; the first one is the current context. JSON is YAML, too.

    Raises:
        FileExistsError: there is a file already, and it is no kubeconfig of such a cluster.
        OSError: it cannot be written.
    """
    if path.exists() and not _is_of(cluster, path):
        raise FileExistsError(path)
    authority = base64.b64encode(authority_pem).decode()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": cluster,
                "cluster": {"server": server, "certificate-authority-data": authority},
            }
        ],
        "users": [
            {"name": f"{cluster}-{name}", "user": {"token": token}}
            for name, token in tokens.items()
        ],
        "contexts": [
            {"name": name, "context": {"cluster": cluster, "user": f"{cluster}-{name}"}}
            for name in tokens
        ],
        "current-context": next(iter(tokens)),
    }
    text = msgspec.json.format(msgspec.json.encode(config), indent=2)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        new.write(text + b"\n")
    Path(new.name).replace(path)


class _Named(msgspec.Struct):
    name: str


class _Config(msgspec.Struct):
    clusters: list[_Named]


def _is_of(cluster: str, path: Path) -> bool:
    """Whether a file is one of ours, from an earlier run, and so may be overwritten."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Config)
    except msgspec.MsgspecError:
        return False
    return [entry.name for entry in found.clusters] == [cluster]
