"""The DaemonSet that reports from every node whether its sentinel file is there (DESIGN 9).

Its shell script is `data/sentinel.sh`, its manifest `data/sentinel.yaml`; how its report is read is in
`kuredtui.cluster.sentinel_report`.
"""

from __future__ import annotations

import posixpath
import textwrap

from kuredtui.cluster.tool_image import TOOL_IMAGE
from kuredtui.manifests.template import data, filled

DEFAULT_NAMESPACE = "kuredtui"
DEFAULT_PATH = "/var/run/reboot-required"  # kured's --reboot-sentinel
_HOST = "/host"  # where the pod sees the machine's directories
_SCRIPT_INDENT = " " * 14


def sentinel_manifest(
    *,
    namespace: str = DEFAULT_NAMESPACE,
    path: str = DEFAULT_PATH,
    command: str = "",
    interval: float = 5.0,
    image: str = TOOL_IMAGE,
) -> str:
    """The manifest, for `kubectl apply -f -`: the namespace and the DaemonSet.

    Args:
        namespace: where it lives; labelled for pod security.
        path: of the sentinel file, on the machine. Its directory is all that the pod sees of it.
        command: asked instead of looking for the file, in the pod: 0 is yes, up to 123 is no. It sees
            the file's directory below `/host`.
        interval: seconds from one look to the next.
        image: of the pod.

    Raises:
        ValueError: the path is none of a file in a directory; the message says why.
    """
    directory, file = _on_the_machine(path)
    mount = _HOST + directory
    return filled(
        "sentinel.yaml",
        {
            "namespace": namespace,
            "image": image,
            "path": _verbatim(f"{mount}/{file}"),
            "command": _verbatim(command),
            "interval": f"{interval:g}",
            "mount": mount,
            "directory": directory,
        },
        blocks={"script": textwrap.indent(data("sentinel.sh").rstrip(), _SCRIPT_INDENT)},
    )


def _on_the_machine(path: str) -> tuple[str, str]:
    """The directory and the name of the sentinel file.

    `/var/run` is a link to `/run` wherever systemd runs (its file-hierarchy(7)), and a hostPath had
    better name no link.
    """
    if path != posixpath.normpath(path) or not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"{path!r} is no absolute path of a file")
    if path.startswith("/var/run/"):
        path = path.removeprefix("/var")
    directory, file = posixpath.split(path)
    if directory == "/" or not file:
        raise ValueError(
            f"{path!r} lies in the root directory, all of which the sentinel would have to see"
        )
    return directory, file


def _verbatim(value: str) -> str:
    """The value of a variable, in which Kubernetes replaces nothing (API reference, EnvVar)."""
    return value.replace("$", "$$")
