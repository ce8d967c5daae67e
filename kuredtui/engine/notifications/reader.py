"""The reader of the stream that sends notifications.

kured announces the drain, the reboot, and the node that is back. So does this, with one difference: a
node counts as back when it was seen Ready in another boot, which is the only way that an operation gets
to uncordon it. Whatever becomes of a notification, the operation does not notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.phase_changes import PhaseChanges
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import UNCORDONED, Progress
from kuredtui.web.sender import Sender, SendError

_VERB = re.compile("%[sv%]")


class Notifications:
    """Sends what is to be announced.

    Args:
        sender: brings the texts to a service.
        options: what they say.
        publish: told of texts that could not be sent, once for as long as the reason stays the same.
    """

    def __init__(
        self, sender: Sender, *, options: NotifyOptions, publish: Callable[[Progress], None]
    ) -> None:
        self._sender = sender
        self._options = options
        self._publish = publish
        self._changes = PhaseChanges()
        self._trouble = ""

    async def __call__(self, records: list[Progress]) -> None:
        """Send what is to be sent of these records."""
        for record in records:
            if template := self._template(record):
                await self._send(formatted(template, record.node))

    def _template(self, record: Progress) -> str:
        """What the record announces; "" for nothing."""
        match self._changes.entered(record):
            case Phase.DRAINING:
                return self._options.message_template_drain
            case Phase.REBOOTING:
                return self._options.message_template_reboot
        if record.fields.get(UNCORDONED) is True:
            return self._options.message_template_uncordon
        return ""

    async def _send(self, text: str) -> None:
        try:
            await self._sender.send(text)
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
