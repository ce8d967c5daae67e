"""The reader of the stream that sends notifications.

kured announces the drain, the reboot, and the node that is back. So does this, with one difference: a
node counts as back when it was seen Ready in another boot, which is the only way that an operation gets
to uncordon it. Where the kured on the node helps to bring it back, it announces that, too: who took the
cordon off cannot be known for certain, so it is heard twice rather than not at all. Whatever becomes of a
notification, the operation does not notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.notifications.services import Services
from kuredtui.engine.phase_changes import PhaseChanges
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import UNCORDONED, Progress
from kuredtui.web.sender import Sender, SendError

_VERB = re.compile("%[sv%]")


class Notifications:
    """Sends what is to be announced.

    Args:
        services: who is told of a node, and what.
        publish: told of texts that could not be sent, once for as long as the reason stays the same.
    """

    def __init__(self, services: Services, *, publish: Callable[[Progress], None]) -> None:
        self._services = services
        self._publish = publish
        self._changes = PhaseChanges()
        self._trouble = ""

    async def __call__(self, records: list[Progress]) -> None:
        """Send what is to be sent of these records."""
        for record in records:
            if (announced := self._announced(record)) is None:
                continue
            options, sender = self._services.of(record.node)
            if sender is not None:
                await self._send(sender, formatted(announced(options), record.node))

    def _announced(self, record: Progress) -> Callable[[NotifyOptions], str] | None:
        """Which template the record is announced by; None: by none."""
        match self._changes.entered(record):
            case Phase.DRAINING:
                return lambda options: options.message_template_drain
            case Phase.REBOOTING:
                return lambda options: options.message_template_reboot
        if record.fields.get(UNCORDONED) is True:
            return lambda options: options.message_template_uncordon
        return None

    async def _send(self, sender: Sender, text: str) -> None:
        try:
            await sender.send(text)
        except SendError as error:
            trouble = f"Notifications cannot be sent: {error}."
            if trouble != self._trouble:
                self._publish(Progress(message=trouble, level="warning"))
            self._trouble = trouble
        else:
            self._trouble = ""


def formatted(template: str, node: str) -> str:
    """A template of Go's fmt.Sprintf with the node's name in it, as far as kured's know one value.

    `%s` and `%v` are the node, `%%` is a percent sign. Go's complaints in the text about values that are
    missing or too many are not imitated.
    """
    return _VERB.sub(lambda verb: "%" if verb[0] == "%%" else node, template)
