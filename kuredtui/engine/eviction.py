"""Getting one pod evicted: every answer the API server gives to an eviction (DESIGN 7).

kubectl repeats an eviction each 5 s for ever (k8s.io/kubectl, pkg/drain/drain.go); so do we while a
budget refuses, within the drain's deadline, and we say which budget it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kuredtui.engine.options import EngineOptions
from kuredtui.kube.backoff import Backoff, BackoffRange
from kuredtui.kube.client import Client
from kuredtui.kube.errors import (
    ApiError,
    Conflict,
    Forbidden,
    NotFound,
    ServerError,
    TooManyRequests,
    Unreachable,
    explain,
)
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Pod

# Causes in a Status (policy/v1 and core/v1 API types).
BUDGET_CAUSE = "DisruptionBudget"
NAMESPACE_CAUSE = "NamespaceTerminating"
# How kubectl waits after a refusal without a Retry-After.
_REFUSAL_PAUSE = 5.0
# Errors in a row, other than refusals, after which a pod is given up.
_MOST_ERRORS = 8
_ERROR_PAUSES = BackoffRange(first=0.5, most=10.0)
# The API server's words when it will not choose among budgets (pkg/registry/core/pod, eviction.go).
_TWO_BUDGETS = "more than one PodDisruptionBudget"

Tell = Callable[[Pod, str], None]


class EvictionFailed(Exception):
    """This pod cannot be evicted; the message says why."""


class Evictor:
    """Evicts pods.

    Args:
        client: the API.
        options: the grace period.
        tell: told what happens to a pod, in words that follow its name.
    """

    def __init__(self, client: Client, options: EngineOptions, *, tell: Tell) -> None:
        self._client = client
        self._grace = options.drain_grace_period if options.drain_grace_period >= 0 else None
        self._tell = tell
        # Held for a request only: a pod that a budget holds back must not hold back the others.
        self._places = asyncio.Semaphore(options.max_evictions)

    async def evict(self, pod: Pod) -> None:
        """Return when the eviction was accepted, or when the pod is gone or going without it.

        Raises:
            EvictionFailed: it will not happen.
        """
        backoff = Backoff(_ERROR_PAUSES)
        while True:
            try:
                async with self._places:
                    if await self._attempt(pod):
                        return
                pause = 0.0  # the pod changed under our hands; look again at once
            except TooManyRequests as error:
                pause = error.retry_after if error.retry_after is not None else _REFUSAL_PAUSE
                self._tell(pod, f"{_refusal(error)}; asking again in {pause:g} s")
                backoff.reset()
            except (ApiError, Unreachable) as error:
                pause = backoff.delay()
                if not _may_pass(error) or backoff.failures >= _MOST_ERRORS:
                    raise EvictionFailed(_final(error)) from error
                self._tell(pod, f"cannot be evicted yet: {explain(error)} Again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _attempt(self, pod: Pod) -> bool:
        """One eviction. Returns False when it has to be asked for once more."""
        meta = pod.metadata
        try:
            await self._client.evict(
                namespace=meta.namespace, name=meta.name, uid=meta.uid, grace_seconds=self._grace
            )
        except NotFound:
            return True
        except Conflict:
            return await self._is_gone(pod)  # most likely another pod has the name by now
        except Forbidden as error:
            if NAMESPACE_CAUSE not in _causes(error):
                raise
            self._tell(pod, "goes with its namespace")
            return True
        self._tell(pod, "is evicted")
        return True

    async def _is_gone(self, pod: Pod) -> bool:
        try:
            now = await self._client.get(PODS, pod.metadata.name, namespace=pod.metadata.namespace)
        except NotFound:
            return True
        return now.metadata.uid != pod.metadata.uid


def _causes(error: ApiError) -> dict[str, str]:
    return {cause.reason: cause.message for cause in error.details.causes}


def _refusal(error: TooManyRequests) -> str:
    """What a 429 means: with a budget's cause the budget refuses, without one the server is busy."""
    budget = _causes(error).get(BUDGET_CAUSE)
    if budget is None:
        return "has to wait: the API server is throttling us"
    return f"has to wait: {budget or error.message}"


def _may_pass(error: Exception) -> bool:
    """Whether the same request may succeed later: server errors and webhooks, not rights."""
    if isinstance(error, ServerError):
        return _TWO_BUDGETS not in error.message
    return isinstance(error, Unreachable) or _denied_by_webhook(error)


def _denied_by_webhook(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.message.startswith("admission webhook")


def _final(error: ApiError | Unreachable) -> str:
    if isinstance(error, ServerError) and _TWO_BUDGETS in error.message:
        return "two budgets cover it, and the API server evicts no such pod: delete one of them"
    return explain(error)
