"""The reboot of one node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.ui.questions.parts import YES
from kuredtui.ui.questions.reboot import reboot_question

if TYPE_CHECKING:
    from kuredtui.ui.write_path import WritePath


async def reboot(path: WritePath, nodes: Sequence[str]) -> None:
    """Ask about the node, and start unless things changed while the question stood there."""
    if len(nodes) > 1:
        path.refuse(f"{len(nodes)} nodes are marked, and this is for one; unmark the others.")
        return
    (node,) = nodes
    session = path.session
    record = session.store.get(node)
    refusal = session.refusal(node)
    if refusal or record is None:
        path.refuse(refusal or "The node is gone.")
        return
    question = reboot_question(
        record, cluster=path.cluster, now=path.now, silent_for=path.silent_for
    )
    if await path.ask(question) == YES:
        path.start(path.session.start_reboot, [node])
