"""Sending a recorded scenario to a server, and collecting what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, field

from tests.contract.accounts import Account
from tests.contract.api import Api
from tests.contract.corner import Corner
from tests.contract.transcripts import (
    Answer,
    Json,
    Request,
    Scenario,
    Step,
    captures,
    with_captured,
)

_DEADLINE = 30.0
"""Seconds for one step."""
_POLL = 0.02
"""Seconds between two looks at what a controller has yet to write."""

Before = Callable[[Step], Awaitable[None]]


@dataclass(kw_only=True)
class Replay:
    """One scenario against one server.

    Attributes:
        accounts: who can ask, by the recordings' names.
        corner: where.
        before: called before each step: there a test puts what the recorder did between them.
        skip: names of steps that are not sent.
    """

    scenario: Scenario
    accounts: Mapping[str, Account]
    corner: Corner
    before: Before
    skip: Container[str]
    _answers: dict[str, Answer] = field(default_factory=dict)
    _captured: dict[str, str] = field(default_factory=dict)
    _uids: dict[str, str] = field(default_factory=dict)
    """Recorded -> here: some recorded requests name an object by its uid."""

    async def run(self) -> dict[str, Answer]:
        """The answers by step name; skipped steps have none."""
        for step in self.scenario.steps:
            if step.name in self.skip:
                continue
            async with asyncio.timeout(_DEADLINE):
                await self.before(step)
                answer = await self._send(step)
                while not _has_settled(step, answer):
                    await asyncio.sleep(_POLL)
                    answer = await self._send(step)
            self._answers[step.name] = answer
            self._captured |= captures(step, answer)
            self._learn_uid(step.response, answer)
        return self._answers

    async def _send(self, step: Step) -> Answer:
        api = Api(self.accounts[step.as_user], self.corner)
        request = self._prepared(step.request)
        if step.response.status != 404:  # in a namespace that is not there, nothing gets ready
            await api.ready_for(request)
        return await api.send(request, during=[self._prepared(other) for other in step.during])

    def _prepared(self, request: Request) -> Request:
        return with_captured(request, self._captured, self._uids)

    def _learn_uid(self, recorded: Answer, answer: Answer) -> None:
        there, here = (found.body.get("metadata") or {} for found in (recorded, answer))
        if "uid" in there and "uid" in here:
            self._uids[there["uid"]] = here["uid"]


def _has_settled(step: Step, answer: Answer) -> bool:
    """Whether a controller has done what the recorded answer shows; the recorder waited for it."""
    if step.request.method != "GET" or answer.status != step.response.status:
        return True
    recorded, here = (found.body.get("status") for found in (step.response, answer))
    return not _is_observed(recorded) or _is_observed(here)


def _is_observed(status: Json) -> bool:
    return isinstance(status, dict) and "observedGeneration" in status
