"""What this server asks of kubelets, and of the pods behind it: the form of those who answer.

A real server opens connections to nodes and pods. Here nothing can be connected to, so whoever has
the kubelets gives them to the server as an object of this form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Page(NamedTuple):
    """An answer over HTTP."""

    status: int
    media_type: str
    body: str


class Executed(NamedTuple):
    """What a command left behind."""

    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0


class NoKubelet(Exception):
    """Nobody answers for this node."""


class NotRunning(Exception):
    """The container does not run; the text is its state's reason."""


class CannotExecute(Exception):
    """The runtime could not start the command; the text says why in its words."""


class KubeletApi(Protocol):
    """The kubelets of a cluster. A pod is named `namespace/name`."""

    def page(self, node: str, pod: str, *, port: int, path: str) -> Page | None:
        """What a program in a pod answers to GET; None: nobody listens there."""

    def log(self, node: str, pod: str, container: str) -> Sequence[str]:
        """The lines of a container's log.

        Raises:
            NoKubelet, NotRunning: there is none.
        """

    def execute(self, node: str, pod: str, container: str, command: Sequence[str]) -> Executed:
        """What becomes of a command in a container.

        Raises:
            NoKubelet, NotRunning, CannotExecute: it was not started.
        """
