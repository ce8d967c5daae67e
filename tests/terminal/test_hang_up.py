"""A terminal that goes away in mid-drain: the operation stops at a safe point, to be resumed (DESIGN 5)."""

from __future__ import annotations

from kuredtui.engine.phases import Outcome, Phase
from tests.engine.conftest import colleague, orphan
from tests.engine.facts import (
    Carrier,
    assert_as_found,
    hold_up,
    journal_of,
    let_go,
    node_of,
)
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.terminal.emulator import Terminal
from tests.terminal.program import program


async def test_closed_in_mid_drain_it_leaves_what_a_colleague_resumes(cluster: TestCluster) -> None:
    name = cluster.node_names[0]
    carrier = Carrier(cluster=cluster)
    await carrier.make()
    await hold_up(cluster, name)
    place = ["--ds-namespace", cluster.namespace, "--ds-name", carrier.name]
    arguments = ["--kubeconfig", str(cluster.kubeconfig), *place, "--evict-uncontrolled"]
    async with Terminal([program(), *arguments]) as terminal:
        await terminal.see("● live")
        terminal.send(f"/{name}")
        await terminal.see("/ " + name, "1 of ")
        terminal.send("\r")
        await terminal.see("r Reboot")
        terminal.send("r")
        await terminal.see(f"Reboot {name}?")
        terminal.send("y")
        await terminal.see(name, "0/1 pods gone", timeout=60)
        terminal.hang_up()
        assert await terminal.exit(timeout=60)

    journal = await journal_of(cluster, name)
    assert journal is not None
    assert (journal.phase, journal.epoch, journal.failed) == (Phase.DRAINING, 1, "")
    assert await carrier.holders() == [f"kuredtui:{name}"]
    assert (await node_of(cluster, name)).spec.unschedulable
    async with colleague(carrier) as session:
        await orphan(session, name)
        operation = session.resume(name)
        await eventually(lambda: operation.phase is Phase.DRAINING, timeout=30)
        await let_go(cluster)
        assert await operation.ended() is Outcome.DONE, operation.error
    await assert_as_found(carrier, name)
