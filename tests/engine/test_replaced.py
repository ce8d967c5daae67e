"""A machine that the cloud replaces is said to be replaced, and not rebooted."""

from __future__ import annotations

from kuredtui.engine.session import Session
from tests.engine.conftest import messages
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually


async def test_a_machine_that_is_replaced_is_said_to_be(
    cluster: TestCluster, session: Session
) -> None:
    name = cluster.node_names[0]
    before = session.store.get(name)
    await cluster.faults.replace_node(name)

    def told() -> bool:
        return any(
            "replaced by another machine, not rebooted" in said for said in messages(session)
        )

    await eventually(told, timeout=30, what=lambda: str(messages(session)))
    after = session.store.get(name)
    assert before is not None
    assert after is not None
    assert before.uid != after.uid
    assert not any("The node has booted" in said for said in messages(session))
