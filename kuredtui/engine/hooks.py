"""Where others have a say in an operation: before its node is locked, and around its cordon.

The *policy* answers whether a node may be rebooted now. A *node hook* does something to the node on the way:
a label, an annotation, a taint. An operation asks and calls them; what they know and how, it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kuredtui.engine.policy.policies import PolicyOf
from kuredtui.engine.policy.policy import Policy
from kuredtui.kube.client import Client
from kuredtui.kube.types import DaemonSet


class NodeHook:
    """Does nothing; to be derived from.

    Every method may be called again for the same node, by another process too, and must come to the same
    end then. The client it is given stops by itself when the operation is not ours any more, so changes
    are made through no other one. ApiError and Unreachable may be raised; a failed request is tried
    again as long as that makes sense.

    Attributes:
        marks_waiting: whether `waiting` leaves something on the node, which then has to be in a journal.
    """

    marks_waiting = False

    async def waiting(self, client: Client, node: str) -> None:
        """The node has to wait for the lock; called at every look. A failure is only reported."""

    async def before_cordon(self, client: Client, node: str) -> None:
        """The lock is ours, the node is not cordoned yet. A failure here ends the operation."""

    async def after_uncordon(self, client: Client, node: str) -> None:
        """The node is back from its reboot and uncordoned. A failure is only reported."""

    async def ended(self, client: Client, node: str) -> None:
        """The node is given back, rebooted or not. A failure is only reported."""


_NOBODY = Policy(())


def nobody(_kured: DaemonSet | None) -> Policy:
    """The policy that has nothing against any reboot."""
    return _NOBODY


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """The policy of each kured, and the node hooks in the order in which they are called."""

    policy: PolicyOf = nobody
    node: Sequence[NodeHook] = ()
