"""What is announced, and that nothing else is."""

from __future__ import annotations

import pytest

from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.notifications.reader import Notifications, formatted
from kuredtui.engine.notifications.services import Services
from kuredtui.engine.phases import Phase
from kuredtui.engine.progress import UNCORDONED, Field, Progress
from kuredtui.web.sender import SendError


class Service:
    """Remembers what it was sent; fails while it is told to."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fails = ""

    async def send(self, text: str) -> None:
        if self.fails:
            raise SendError(self.fails)
        self.texts.append(text)


def one(service: Service, options: NotifyOptions | None = None) -> Services:
    """The same service for all nodes."""
    services = Services(options or NotifyOptions(), publish=_fail)
    services.of = lambda node: (options or NotifyOptions(), service)  # type: ignore[method-assign]
    return services


def record(phase: Phase, message: str = "", operation: str = "abc", **fields: Field) -> Progress:
    return Progress(
        message=message, node="aks-1", operation=operation, phase=phase, fields=dict(fields)
    )


async def announced(*records: Progress) -> list[str]:
    service = Service()
    reader = Notifications(one(service), publish=_fail)
    await reader(list(records))
    return service.texts


def _fail(record: Progress) -> None:
    raise AssertionError(record.message)


async def test_a_reboot_is_announced_as_kured_announces_it() -> None:
    assert await announced(
        record(Phase.LOCKING),
        record(Phase.CORDONING),
        record(Phase.DRAINING),
        record(Phase.DRAINING, "1/2 pods gone."),
        record(Phase.REBOOTING),
        record(Phase.RETURNING),
        record(Phase.UNCORDONING),
        record(Phase.UNCORDONING, "Uncordoned.", uncordoned=True),
        record(Phase.RELEASING),
        record(Phase.DONE),
    ) == [
        "Draining node aks-1",
        "Rebooting node aks-1",
        "Node aks-1 rebooted & uncordoned successfully!",
    ]


async def test_no_success_is_announced_where_none_was_seen() -> None:
    assert await announced(
        record(Phase.DRAINING), record(Phase.REBOOTING), record(Phase.FAILED)
    ) == ["Draining node aks-1", "Rebooting node aks-1"]


async def test_what_nodes_do_by_themselves_is_not_announced() -> None:
    assert await announced(Progress(message="The node has booted.", node="aks-1")) == []


async def test_the_templates_are_the_operators() -> None:
    service = Service()
    options = NotifyOptions(message_template_drain="%s drains (100%%)")
    await Notifications(one(service, options), publish=_fail)([record(Phase.DRAINING)])
    assert service.texts == ["aks-1 drains (100%)"]


async def test_a_text_that_cannot_be_sent_is_said_once_and_stops_nothing() -> None:
    service, said = Service(), list[Progress]()
    reader = Notifications(one(service), publish=said.append)
    service.fails = "slack did not take it (HTTP status 404)"
    await reader([record(Phase.DRAINING), record(Phase.REBOOTING)])
    service.fails = ""
    await reader([record(Phase.UNCORDONING, **{UNCORDONED: True})])
    assert [item.message for item in said] == [
        "Notifications cannot be sent: slack did not take it (HTTP status 404)."
    ]
    assert len(service.texts) == 1


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Node %s", "Node n"),
        ("%v and %s", "n and n"),
        ("100%%s", "100%s"),
        ("no node", "no node"),
        ("%d", "%d"),
        ("", ""),
    ],
)
def test_a_template_is_filled_as_go_fills_it(template: str, text: str) -> None:
    assert formatted(template, "n") == text
