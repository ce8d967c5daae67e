"""A reboot of a node whose drain does not end, because an operator forced it in this one run."""

from __future__ import annotations

from kuredtui.engine.phases import Phase
from kuredtui.kube.resources import EVENTS
from tests.engine.conftest import OWNER, finished, messages, reached, running_session
from tests.engine.facts import hold_up, journal_of, let_go
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

FORCED = f"Forced by {OWNER} (force-reboot), it reboots all the same: The drain did not end"


async def test_it_reboots_and_log_and_journal_say_who_forced_it(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await hold_up(cluster, name)
    async with running_session(cluster, drain_timeout=1.0) as session:
        operation = session.start_reboot(name, override=["force-reboot"])
        await reached(operation, Phase.DRAINING)
        journal = await journal_of(cluster, name)
        assert journal is not None
        assert [(item.name, item.by) for item in journal.overrides] == [("force-reboot", OWNER)]
        assert await finished(operation) is Phase.DONE
        assert any(said.startswith(FORCED) for said in messages(session))


async def test_the_next_run_does_not_inherit_it(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await hold_up(cluster, name)
    async with running_session(cluster, drain_timeout=1.0) as session:
        forced = session.start_reboot(name, override=["force-reboot"])
        assert await finished(forced) is Phase.DONE
        # It came back with the node, and nothing lets it go now either.
        next_one = session.start_reboot(name)
        assert await finished(next_one) is Phase.FAILED
        assert "did not end" in next_one.error
    await let_go(cluster)


async def test_an_event_on_the_node_says_so(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    await hold_up(cluster, name)

    async def told() -> bool:
        page = await cluster.client.list(
            EVENTS, namespace="default", field_selector=f"involvedObject.name={name}"
        )
        return any(
            event.reason == "Overridden"
            and event.type == "Warning"
            and event.message.startswith(FORCED)
            for event in page.items
        )

    async with running_session(cluster, drain_timeout=1.0) as session:
        operation = session.start_reboot(name, override=["force-reboot"])
        assert await finished(operation) is Phase.DONE
        await eventually(told, what="the event")
