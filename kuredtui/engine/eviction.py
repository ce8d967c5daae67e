"""Getting one pod evicted: what every answer of the API server to an eviction means (DESIGN 7)."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TypeAlias

from kuredtui.engine.options import EngineOptions
from kuredtui.engine.retry import PATIENCE_SECONDS
from kuredtui.kube.backoff import Backoff, BackoffRange
from kuredtui.kube.client import Client
from kuredtui.kube.errors import (
    ApiError,
    Conflict,
    Forbidden,
    NotFound,
    ReadOnlyError,
    ServerError,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    explain,
)
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod

# Causes in a Status (policy/v1 and core/v1 API types).
BUDGET_CAUSE = "DisruptionBudget"
NAMESPACE_CAUSE = "NamespaceTerminating"
# The API server's words when it will not choose among budgets (pkg/registry/core/pod, eviction.go).
_TWO_BUDGETS = "more than one PodDisruptionBudget"
# How the API server names the budget that refuses.
_BUDGET_NAME = re.compile(r"The disruption budget (\S+) ")
# What refusals by admission say (k8s.io/apiserver, pkg/admission/plugin/webhook and policy/validating).
_DENIALS = ("admission webhook ", "ValidatingAdmissionPolicy ")


@dataclass(frozen=True, kw_only=True)
class EvictionPauses:
    """How long to wait before an eviction is asked for again; in seconds.

    Attributes:
        refusal: after a refusal without a Retry-After (kubectl: 5 s).
        least: the shortest wait that a Retry-After is taken for.
        errors: after errors.
        patience: errors without a break for so long are the end of it.
        denials: so many denials in a row by admission are.
    """

    refusal: float = 5.0
    least: float = 1.0
    errors: BackoffRange = field(default_factory=lambda: BackoffRange(first=0.5, most=15.0))
    patience: float = PATIENCE_SECONDS
    denials: int = 10


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """It goes; `words` follow the pod's name."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Gone:
    """It is gone already, or another pod has its name by now."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A budget refuses.

    Attributes:
        words: the API server's, to follow the pod's name.
        budget: the budget's name as far as those words tell it, else "".
        pause: seconds after which to ask again at the latest.
    """

    words: str
    budget: str
    pause: float


@dataclass(frozen=True, kw_only=True)
class Troubled:
    """It did not work and may do so later.

    Attributes:
        words: what is wrong, to follow the pod's name.
        pause: seconds to wait.
        shared: whether it is no matter of this pod alone, such as an API server that is away.
    """

    words: str
    pause: float
    shared: bool = False


Outcome: TypeAlias = Accepted | Gone | Held | Troubled


class EvictionFailed(Exception):
    """This pod cannot be evicted; the message says why."""


class RightsLost(Exception):
    """We may not evict; the message says why."""


class Eviction:
    """The eviction of one pod, asked for as often as it takes.

    Args:
        client: the API.
        pod: which one.
        options: the grace period.
        deletes: delete it instead, without asking budgets.
        pauses: how long to wait after what.
    """

    def __init__(
        self,
        client: Client,
        pod: Pod,
        *,
        options: EngineOptions,
        deletes: bool,
        pauses: EvictionPauses,
    ) -> None:
        self._client = client
        self._namespace, self._name = pod.metadata.namespace, pod.metadata.name
        self._uid = pod.metadata.uid
        self._node = pod.spec.node_name
        self._grace = options.drain_grace_period if options.drain_grace_period >= 0 else None
        self._deletes = deletes
        self._pauses = pauses
        self._backoff = Backoff(pauses.errors)
        self._failing_since: float | None = None
        self._denials = 0

    async def attempt(self) -> Outcome:
        """Ask once.

        Raises:
            EvictionFailed: asking again would not help, or did not for too long.
            RightsLost: we may not.
        """
        try:
            await self._ask()
        except (ApiError, Unreachable) as error:
            return await self._judge(error)
        except ReadOnlyError as error:
            raise RightsLost(explain(error)) from error
        return Accepted(words="is deleted" if self._deletes else "is evicted")

    async def _ask(self) -> None:
        if self._deletes:
            await self._client.delete(
                PODS,
                self._name,
                namespace=self._namespace,
                uid=self._uid,
                grace_seconds=self._grace,
            )
        else:
            await self._client.evict(
                namespace=self._namespace,
                name=self._name,
                uid=self._uid,
                grace_seconds=self._grace,
            )

    async def _judge(self, error: ApiError | Unreachable) -> Outcome:
        match error:
            case NotFound() if error.details.kind == PODS.plural:
                return Gone()
            case NotFound() | Conflict():
                return await self._look()
            case TooManyRequests():
                return self._refused(error)
            case Forbidden() if NAMESPACE_CAUSE in _causes(error):
                return Accepted(words="goes with its namespace")
            case Unreachable():
                words = f"cannot be evicted now: {explain(error)}"
                return Troubled(words=words, pause=self._backoff.delay(), shared=True)
            case ServerError() if _TWO_BUDGETS in error.message:
                raise EvictionFailed(
                    "is covered by more than one budget, and the API server evicts no such pod: "
                    "delete all but one of them"
                ) from error
            case ServerError():
                return self._failed(error)
            case ApiError() if _is_denial(error):
                return self._denied(error)
            case Forbidden() if error.details.kind == "poddisruptionbudget":
                return self._failed(error)  # its status is beyond what the server accepts, for now
            case Forbidden() | Unauthorized():
                raise RightsLost(explain(error)) from error
            case _:
                raise EvictionFailed(f"cannot be evicted: {explain(error)}") from error

    async def _look(self) -> Outcome:
        """A precondition failed, or something other than the pod was not found: is it gone?"""
        try:
            now = await self._client.get(PODS, self._name, namespace=self._namespace)
        except NotFound:
            return Gone()
        except (ApiError, Unreachable) as error:
            return self._failed(error)
        if now.metadata.uid != self._uid or now.spec.node_name != self._node:
            return Gone()
        words = "could not be evicted, since it changed at that moment"
        return Troubled(words=words, pause=self._backoff.delay())

    def _refused(self, error: TooManyRequests) -> Outcome:
        """429: a budget's cause is its refusal, a webhook speaks for itself, else we ask too much."""
        self._failing_since = None
        self._denials = 0
        self._backoff.reset()
        pause = self._pauses.refusal
        if error.retry_after is not None:
            pause = max(self._pauses.least, error.retry_after)
        causes = _causes(error)
        if BUDGET_CAUSE in causes:
            said = causes[BUDGET_CAUSE] or error.message
            named = _BUDGET_NAME.match(said)
            name = named[1] if named else ""
            return Held(words=f"has to wait: {said}", budget=name, pause=pause)
        if _is_denial(error):
            return Troubled(words=f"has to wait: {error.message}", pause=pause)
        words = "has to wait: the API server is throttling us"
        return Troubled(words=words, pause=pause, shared=True)

    def _denied(self, error: ApiError) -> Outcome:
        self._denials += 1
        if self._denials >= self._pauses.denials:
            raise EvictionFailed(f"cannot be evicted: {error.message}") from error
        words = f"cannot be evicted yet: {error.message}"
        return Troubled(words=words, pause=self._backoff.delay())

    def _failed(self, error: ApiError | Unreachable) -> Outcome:
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= self._pauses.patience:
            raise EvictionFailed(f"cannot be evicted: {explain(error)}") from error
        pause = self._backoff.delay()
        if isinstance(error, ApiError) and error.retry_after is not None:
            pause = max(pause, error.retry_after)
        return Troubled(words=f"cannot be evicted yet: {explain(error)}", pause=pause)


def _causes(error: ApiError) -> dict[str, str]:
    return {cause.reason: cause.message for cause in error.details.causes}


def _is_denial(error: ApiError) -> bool:
    """Whether admission said no, rather than the server itself or its authorization."""
    return any(words in error.message for words in _DENIALS)
