"""An operation made ready to run: a new one, or one that another engine has left."""

from __future__ import annotations

from collections.abc import Callable

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Override
from kuredtui.engine.context import Context
from kuredtui.engine.errors import TakenOver
from kuredtui.engine.fence import Fence
from kuredtui.engine.hooks import Hooks
from kuredtui.engine.journal import read_journal
from kuredtui.engine.journal_keeper import JournalKeeper
from kuredtui.engine.node_feed import NodeFeed
from kuredtui.engine.operation import Operation, new_operation_id
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Goal
from kuredtui.engine.recorder import Publish, Recorder
from kuredtui.engine.request_pace import RequestPace
from kuredtui.engine.taking_over import Found
from kuredtui.kube.client import Client


def make_operation(
    client: Client,
    *,
    node: NodeRecord,
    nodes: NodeFeed,
    options: EngineOptions,
    owner: str,
    hooks: Hooks,
    pace: RequestPace,
    publish: Publish,
    clock: Callable[[], float],
    goal: Goal | None,
    left: str,
    overridden: tuple[Override, ...],
) -> Operation:
    """The operation on a node, which does nothing yet.

    Args:
        client: the API.
        node: as it is now.
        nodes: the nodes as they are followed.
        options: what may be done and how.
        owner: who acts, `user@host`.
        hooks: who else has a say.
        pace: the cap on what all drains together ask of the API server.
        publish: given every record.
        clock: seconds, those in which the machine sleeps included.
        goal: what for; None to finish what was left, whatever it was for.
        left: the journal that another left on the node; "" for a new operation.
        overridden: what of the policy is set aside.

    Raises:
        ValueError: the journal cannot be read.
    """
    found = _found(left, goal) if left else None
    fence = Fence(limit=options.orphan_after, clock=clock)
    id_ = found.journal.id if found else new_operation_id()
    context = Context(
        client=client.fenced(fence.check),
        node=node,
        nodes=nodes,
        options=options,
        owner=owner,
        hooks=hooks,
        recorder=Recorder(node=node.name, operation=id_, publish=publish),
        keeper=JournalKeeper(client, node=node.name, uid=node.uid, fence=fence),
        pace=pace,
        intended=found.goal if found else goal or Goal.REBOOT,
        overrides=overridden,
    )
    return Operation(context, found)


def _found(text: str, goal: Goal | None) -> Found:
    try:
        journal = read_journal(text)
    except TakenOver as unreadable:
        raise ValueError(str(unreadable)) from None
    return Found(text=text, journal=journal, goal=goal or journal.goal)
