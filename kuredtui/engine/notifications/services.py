"""Who is told of a node: whom the user named, else whom the node's kured tells."""

from __future__ import annotations

from collections.abc import Callable

from kuredtui.engine.kured_defaults import notified_by
from kuredtui.engine.notifications.options import NotifyOptions, service_url
from kuredtui.engine.progress import Progress
from kuredtui.kube.types import DaemonSet
from kuredtui.web.sender import Sender, sender_for
from kuredtui.web.shoutrrr import NotifyUrlError

_MOST_KEPT = 8


def nobody(_node: str) -> None:
    """For where no kured is known."""


class Services:
    """The services, each made when it is needed first.

    Args:
        options: what the user set.
        kured_of: the kured whose settings count for a node; None: none is known.
        publish: told once of a kured's URL that cannot be used here.

    Raises:
        NotifyUrlError: the user's URL cannot be used.
    """

    def __init__(
        self,
        options: NotifyOptions,
        *,
        kured_of: Callable[[str], DaemonSet | None] = nobody,
        publish: Callable[[Progress], None],
    ) -> None:
        self._options = options
        self._kured_of = kured_of
        self._publish = publish
        self._made: dict[NotifyOptions, Sender | None] = {}
        if url := service_url(options):
            self._made[options] = sender_for(url)

    def of(self, node: str) -> tuple[NotifyOptions, Sender | None]:
        """What is said of a node, and who brings it to the service; None: nobody is told."""
        options = notified_by(self._options, self._kured_of(node))
        if options not in self._made:
            if len(self._made) >= _MOST_KEPT:
                self._made.clear()
            self._made[options] = self._make(options)
        return options, self._made[options]

    def _make(self, options: NotifyOptions) -> Sender | None:
        try:
            url = service_url(options)
            return sender_for(url) if url else None
        except NotifyUrlError as error:
            said = f"Whom kured notifies is not told of what is done here: {error}"
            self._publish(Progress(message=said, level="warning"))
            return None
