"""How long we wait for what. Every request names one of these; nothing waits for ever.

All in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long one request may take.

    Attributes:
        connect: to open the connection, TLS included.
        silence: between two pieces of the answer; for a watch this is the guard against a dead
            line.
        total: from the start to the end of the answer, or None where it has no end of its own.
    """

    connect: float
    silence: float
    total: float | None


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """The patience of a client, by kind of request.

    An API server gives a request up after 60 s (its --request-timeout) and a webhook after at most
    30 s. So we wait a little longer than it does, and get its reason rather than guess one; a list
    may also spend long on a slow line, as long as something arrives.
    """

    connect: float = 10.0
    request: float = 65.0
    list: float = 300.0

    def for_request(self, seconds: float | None = None) -> Patience:
        """For anything but lists and watches; in so many seconds instead of the usual."""
        most = self.request if seconds is None else seconds
        return Patience(connect=min(self.connect, most), silence=most, total=most)

    def for_list(self) -> Patience:
        """For one page of a list."""
        return Patience(connect=self.connect, silence=self.request, total=self.list)

    def for_watch(self, silence: float) -> Patience:
        """For a watch that is cut after so many seconds without a byte."""
        return Patience(connect=self.connect, silence=silence, total=None)
