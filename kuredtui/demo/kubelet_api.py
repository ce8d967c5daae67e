"""What this server asks of kubelets, and of the pods behind it: the form of those who answer.

A real server opens connections to nodes and pods. Here nothing can be connected to, so whoever has
the kubelets gives them to the server as an object of this form.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Page(NamedTuple):
    """An answer over HTTP."""

    status: int
    media_type: str
    body: str


class KubeletApi(Protocol):
    """The kubelets of a cluster. A pod is named `namespace/name`."""

    def page(self, node: str, pod: str, *, port: int, path: str) -> Page | None:
        """What a program in a pod answers to GET; None: nobody listens there."""
