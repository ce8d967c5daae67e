"""Every answer to an eviction, in the bodies that real API servers send, and what is made of it.

The same answers on their way through a whole drain are in `tests/engine/test_drain_faults.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import cast

import pytest

from kuredtui.engine.eviction import (
    Accepted,
    Eviction,
    EvictionFailed,
    EvictionPauses,
    Gone,
    Held,
    Outcome,
    RightsLost,
    Troubled,
)
from kuredtui.engine.options import EngineOptions
from kuredtui.kube.backoff import BackoffRange
from kuredtui.kube.client import Client
from kuredtui.kube.errors import NotKubernetes, ReadOnlyError, Unreachable, error_from_answer
from kuredtui.kube.types import Pod
from tests.unit.cluster.pods import pod

POD = pod("web-1")
REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."


def answer(
    code: int,
    message: str,
    *,
    reason: str = "",
    retry_after: float | None = None,
    **details: object,
) -> Exception:
    """The exception for an answer with a Status body."""
    body = {"kind": "Status", "apiVersion": "v1", "message": message, "code": code}
    body |= {"reason": reason} if reason else {}
    body |= {"details": details} if details else {}
    return error_from_answer(code, json.dumps(body).encode(), retry_after=retry_after)


def cause(reason: str, message: str = "") -> list[dict[str, str]]:
    return [{"reason": reason, "message": message}]


GONE = answer(404, 'pods "web-1" not found', reason="NotFound", name="web-1", kind="pods")
ANOTHER_UID = answer(
    409,
    'Operation cannot be fulfilled on Pod "web-1": the UID in the precondition (a) does not match the '
    "UID in record (b). The object might have been deleted and then recreated",
    reason="Conflict",
    name="web-1",
    kind="Pod",
)
TWO_BUDGETS = answer(
    500,
    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
)
BUDGET = answer(
    429,
    REFUSED,
    reason="TooManyRequests",
    causes=cause(
        "DisruptionBudget", "The disruption budget web needs 2 healthy pods and has 2 currently"
    ),
)
UNPROCESSED = answer(
    429,
    REFUSED,
    reason="TooManyRequests",
    retry_after=10.0,
    causes=cause(
        "DisruptionBudget", "The disruption budget web is still being processed by the server."
    ),
)
ENDING_NAMESPACE = answer(
    403,
    'pods "web-1" is forbidden: unable to create new content in namespace default because it is being '
    "terminated",
    reason="Forbidden",
    name="web-1",
    kind="pods",
    causes=cause("NamespaceTerminating"),
)
NO_RIGHTS = answer(
    403,
    'pods "web-1" is forbidden: User "joe" cannot create resource "pods/eviction" in API group "" in '
    'the namespace "default"',
    reason="Forbidden",
    name="web-1",
    kind="pods",
)
TOO_MANY_DISRUPTED = answer(
    403,
    'poddisruptionbudget.policy "web" is forbidden: DisruptedPods map too big - too many evictions not '
    "confirmed by PDB controller",
    reason="Forbidden",
    name="web",
    group="policy",
    kind="poddisruptionbudget",
)
WEBHOOK_DENIES = answer(403, 'admission webhook "w.example.com" denied the request: not now')
WEBHOOK_WAITS = answer(
    429, 'admission webhook "w.example.com" denied the request: the machine is moving'
)
POLICY_DENIES = answer(
    422,
    "pods \"web-1\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
    reason="Invalid",
)
WEBHOOK_FAILS = answer(
    500, 'Internal error occurred: failed calling webhook "w.example.com": no endpoints'
)
CONFLICTS = answer(
    504, 'couldn\'t update PodDisruptionBudget "web" due to conflicts', retry_after=10.0
)
BUSY = error_from_answer(429, b"Too many requests, please try again later.\n", retry_after=1.0)


@dataclass
class Answers:
    """A client that answers as it was told, and takes note of what it was asked."""

    to_evict: list[Exception | None]
    to_get: Pod | Exception | None = None
    asked: list[tuple[str, object]] = field(default_factory=list)

    async def evict(self, **request: object) -> None:
        self._answer("evict", request)

    async def delete(self, _resource: object, name: str, **request: object) -> None:
        self._answer("delete", {"name": name, **request})

    async def get(self, *_: object, **__: object) -> Pod:
        assert self.to_get is not None
        if isinstance(self.to_get, Exception):
            raise self.to_get
        return self.to_get

    def _answer(self, verb: str, request: object) -> None:
        self.asked.append((verb, request))
        answer = self.to_evict.pop(0) if len(self.to_evict) > 1 else self.to_evict[0]
        if answer is not None:
            raise answer


def eviction(client: Answers, *, deletes: bool = False, **flags: object) -> Eviction:
    pauses = EvictionPauses(errors=BackoffRange(first=0.5, most=2.0), patience=0.0, denials=2)
    if "patience" in flags:
        pauses = EvictionPauses(patience=cast("float", flags.pop("patience")))
    return Eviction(
        cast("Client", client),
        POD,
        options=EngineOptions(**flags),  # type: ignore[arg-type]  # a test names what it changes
        deletes=deletes,
        pauses=pauses,
    )


async def outcome(client: Answers, **how: object) -> Outcome:
    return await eviction(client, patience=60.0, **how).attempt()  # type: ignore[arg-type]


@pytest.mark.parametrize("deletes", [False, True])
async def test_yes(deletes: bool) -> None:
    client = Answers([None])
    words = "is deleted" if deletes else "is evicted"
    assert await outcome(client, deletes=deletes) == Accepted(words=words)
    ((verb, request),) = client.asked
    assert verb == ("delete" if deletes else "evict")
    assert request == {
        "name": "web-1",
        "namespace": "default",
        "uid": POD.metadata.uid,
        "grace_seconds": None,
    }


@pytest.mark.parametrize(("grace", "sent"), [(-1, None), (0, 0), (30, 30)])
async def test_the_grace_period_is_sent_only_if_set(grace: int, sent: int | None) -> None:
    client = Answers([None])
    await outcome(client, drain_grace_period=grace)
    assert cast("dict[str, object]", client.asked[0][1])["grace_seconds"] == sent


async def test_404_is_gone() -> None:
    assert await outcome(Answers([GONE])) == Gone()


async def test_404_of_something_else_is_looked_into() -> None:
    elsewhere = error_from_answer(404, b"404 page not found\n")
    assert isinstance(await outcome(Answers([elsewhere], to_get=POD)), Troubled)
    assert await outcome(Answers([elsewhere], to_get=GONE)) == Gone()


@pytest.mark.parametrize(
    "found", [GONE, pod("web-1", namespace="x"), Pod(metadata=POD.metadata)], ids=repr
)
async def test_409_is_gone_if_the_pod_is_another_one_or_elsewhere(found: Pod | Exception) -> None:
    assert await outcome(Answers([ANOTHER_UID], to_get=found)) == Gone()


async def test_409_is_asked_again_if_the_pod_is_the_same() -> None:
    assert isinstance(await outcome(Answers([ANOTHER_UID], to_get=POD)), Troubled)


async def test_a_budget_holds() -> None:
    assert await outcome(Answers([BUDGET])) == Held(
        words="has to wait: The disruption budget web needs 2 healthy pods and has 2 currently",
        budget="web",
        pause=5.0,
    )


async def test_a_budget_that_is_still_processed_says_when() -> None:
    held = await outcome(Answers([UNPROCESSED]))
    assert isinstance(held, Held)
    assert (held.budget, held.pause) == ("web", 10.0)


async def test_a_retry_after_of_nothing_is_no_reason_to_hurry() -> None:
    at_once = answer(429, REFUSED, retry_after=0.0, causes=cause("DisruptionBudget"))
    held = await outcome(Answers([at_once]))
    assert held == Held(words=f"has to wait: {REFUSED}", budget="", pause=1.0)


async def test_429_without_a_budget_is_the_server_throttling() -> None:
    assert await outcome(Answers([BUSY])) == Troubled(
        words="has to wait: the API server is throttling us", pause=1.0, shared=True
    )


async def test_429_of_a_webhook_is_in_its_own_words() -> None:
    found = await outcome(Answers([WEBHOOK_WAITS]))
    assert found == Troubled(words=f"has to wait: {WEBHOOK_WAITS}", pause=5.0)


async def test_a_pod_goes_with_its_namespace() -> None:
    assert await outcome(Answers([ENDING_NAMESPACE])) == Accepted(words="goes with its namespace")


@pytest.mark.parametrize(
    "error",
    [
        NO_RIGHTS,
        answer(401, "Unauthorized", reason="Unauthorized"),
        ReadOnlyError("This session is read-only."),
    ],
)
async def test_missing_rights_are_the_end_of_the_drain(error: Exception) -> None:
    with pytest.raises(RightsLost):
        await outcome(Answers([error]))


async def test_two_budgets_are_the_end_for_the_pod() -> None:
    with pytest.raises(EvictionFailed, match="more than one budget"):
        await outcome(Answers([TWO_BUDGETS]))


@pytest.mark.parametrize(
    "error",
    [
        answer(400, "name in URL does not match name in Eviction object", reason="BadRequest"),
        answer(405, "the server does not allow this method on the requested resource"),
        answer(422, "Eviction is invalid", reason="Invalid"),
    ],
)
async def test_what_would_not_change_is_the_end_for_the_pod(error: Exception) -> None:
    with pytest.raises(EvictionFailed):
        await outcome(Answers([error]))


@pytest.mark.parametrize("error", [WEBHOOK_DENIES, POLICY_DENIES])
async def test_denials_by_admission_are_asked_again_only_so_often(error: Exception) -> None:
    asked = eviction(Answers([error]))
    first = await asked.attempt()
    assert isinstance(first, Troubled)
    assert str(error) in first.words
    with pytest.raises(EvictionFailed, match="denied"):
        await asked.attempt()


async def test_a_denial_between_refusals_does_not_count() -> None:
    asked = eviction(Answers([WEBHOOK_DENIES, BUDGET, WEBHOOK_DENIES]))
    assert isinstance(await asked.attempt(), Troubled)
    assert isinstance(await asked.attempt(), Held)
    assert isinstance(await asked.attempt(), Troubled)


SERVER_ERRORS = [
    answer(500, "Internal error occurred: etcdserver: request timed out"),
    answer(503, "the server is currently unable to handle the request"),
    error_from_answer(502, b"<html>bad gateway</html>"),
    WEBHOOK_FAILS,
    CONFLICTS,
    TOO_MANY_DISRUPTED,
]


@pytest.mark.parametrize("error", SERVER_ERRORS)
async def test_server_errors_are_asked_again_with_a_backoff(error: Exception) -> None:
    asked = eviction(Answers([error]), patience=60.0)
    first, second = await asked.attempt(), await asked.attempt()
    assert isinstance(first, Troubled)
    assert isinstance(second, Troubled)
    assert not first.shared
    assert second.pause > first.pause or first.pause >= 10


@pytest.mark.parametrize("error", SERVER_ERRORS)
async def test_server_errors_without_an_end_are_one(error: Exception) -> None:
    with pytest.raises(EvictionFailed):
        await eviction(Answers([error])).attempt()


async def test_the_time_that_a_server_asks_for_is_kept() -> None:
    found = await outcome(Answers([CONFLICTS]))
    assert isinstance(found, Troubled)
    assert found.pause >= 10


@pytest.mark.parametrize("error", [Unreachable("It is away."), NotKubernetes("A login page.")])
async def test_a_server_that_is_away_is_waited_for(error: Exception) -> None:
    asked = eviction(Answers([error]))
    for _ in range(10):
        found = await asked.attempt()
        assert isinstance(found, Troubled)
        assert found.shared
        assert found.pause <= 3.0
