"""Sending a recorded scenario to a server, and collecting what it answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, field

import aiohttp

from tests.contract.transcripts import Answer, Request, Scenario, Step, captures, with_captured

_DEADLINE = 30
"""Seconds for one step."""

_POLL = 0.02
"""Seconds between two looks at what a controller has yet to write."""

Before = Callable[[Step], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server, and the Authorization header of each user it knows; "" for none."""

    url: str
    connector: Callable[[], aiohttp.TCPConnector]
    authorizations: Mapping[str, str]


@dataclass(slots=True)
class Replay:
    """One scenario against one server.

    `before` runs before each step: there a test puts what the recorder did between them. `skip` has
    the names of steps that are not sent.
    """

    endpoint: Endpoint
    scenario: Scenario
    skip: Container[str]
    before: Before
    answers: dict[str, Answer] = field(default_factory=dict)
    _captured: dict[str, str] = field(default_factory=dict)

    async def run(self) -> dict[str, Answer]:
        """The answers by step name; skipped steps have none."""
        async with aiohttp.ClientSession(connector=self.endpoint.connector()) as session:
            for step in self.scenario.steps:
                if step.name in self.skip:
                    continue
                async with asyncio.timeout(_DEADLINE):
                    await self.before(step)
                    answer = await self._send(session, step)
                    while not _has_settled(step, answer):
                        await asyncio.sleep(_POLL)
                        answer = await self._send(session, step)
                self.answers[step.name] = answer
                self._captured |= captures(step, answer)
        return self.answers

    async def _send(self, session: aiohttp.ClientSession, step: Step) -> Answer:
        request = with_captured(step.request, self._captured)
        async with self._open(session, request, step.as_user) as response:
            for during in step.during:
                sent = with_captured(during, self._captured)
                async with self._open(session, sent, step.as_user) as done:
                    await done.read()
            text = await response.text()
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, _body(step, text, headers))

    def _open(
        self, session: aiohttp.ClientSession, request: Request, user: str
    ) -> aiohttp.client._RequestContextManager:
        headers = {"Accept": request.accept}
        if authorization := self.endpoint.authorizations[user]:
            headers["Authorization"] = authorization
        payload = request.payload()
        if payload is not None:
            headers["Content-Type"] = request.content_type
        return session.request(
            request.method,
            self.endpoint.url + request.path,
            params=request.query,
            data=payload,
            headers=headers,
        )


def _body(step: Step, text: str, headers: Mapping[str, str]) -> object:
    if not headers.get("content-type", "").startswith("application/json"):
        return {"text": text}
    if "events" in step.response.body:
        return {"events": [json.loads(line) for line in text.splitlines()]}
    return json.loads(text)


def _has_settled(step: Step, answer: Answer) -> bool:
    """Whether a controller has done what the recorded answer shows; the recorder waited for it."""
    recorded = step.response.body
    if step.request.method != "GET" or recorded.get("kind") != "PodDisruptionBudget":
        return True
    return answer.status != 200 or "observedGeneration" in answer.body["status"]
