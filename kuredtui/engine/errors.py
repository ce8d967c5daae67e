"""Why an operation cannot go on. Each message is a sentence for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from kuredtui.cluster.lock_value import UnreadableLock
from kuredtui.engine.drain_state import PodLeft
from kuredtui.kube.errors import ApiError, Unreachable, explain


class OperationError(Exception):
    """The operation ends here."""


class LockLost(OperationError):
    """The lock is not ours any more, so nothing may be done in its name."""


class KuredActs(OperationError):
    """The kured on the node holds the lock for it, too, and reboots it by itself (DESIGN 6)."""


class NoLockPlace(OperationError):
    """Where the lock lives is not known, so none may be taken."""


class TakenOver(OperationError):
    """Another engine has this operation, or another operation has this node."""


class JournalGone(TakenOver):
    """Somebody took our journal off the node, so we do not know what else they did."""


class Stale(OperationError):
    """Our journal could not be renewed for so long that others may take us for dead."""


class NodeGone(OperationError):
    """The node is not there any more, or is another machine under the same name."""


class RebootedMeanwhile(OperationError):
    """The node is in another boot than the one that the operation was to end."""


class DrainRefused(OperationError):
    """There are pods which the drain may not evict; nothing was evicted."""


class DrainFailed(OperationError):
    """The drain did not end in time, or a pod's eviction failed for good.

    Attributes:
        left: the pods that are still there, each with why.
    """

    def __init__(self, message: str, left: Sequence[PodLeft] = ()) -> None:
        super().__init__(message)
        self.left = tuple(left)


class NeverStarted(OperationError):
    """The reboot pod has ended without having run, so the node was not told to reboot."""


class MayReboot(OperationError):
    """The node may have been told to reboot already, so nothing is undone."""


class RebootFailed(OperationError):
    """The node was told to reboot and did not come back."""


# What may end an operation; everything else is an error in this program.
Failure: TypeAlias = OperationError | UnreadableLock | ApiError | Unreachable
FAILURES = (OperationError, UnreadableLock, ApiError, Unreachable)


def sentence(error: BaseException) -> str:
    """The error as a sentence for the operator."""
    return str(error) if isinstance(error, OperationError | UnreadableLock) else explain(error)


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first of the exceptions in a group, however deep: one reason is what a person can use."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
