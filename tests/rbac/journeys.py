"""What a viewer and an operator do, one thing after the other, until something is missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from kuredtui.cluster.sentinel_report import SENTINEL_SELECTOR
from kuredtui.engine.errors import NoLockPlace
from kuredtui.engine.lock_place import find_lock_place
from kuredtui.engine.phases import Phase
from kuredtui.engine.plan import Plan
from kuredtui.engine.planner import plan_drain
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.policy.other_hands import OtherHandsHook
from kuredtui.engine.request_pace import RequestPace
from kuredtui.engine.session import Session
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ApiError, ReadOnlyError
from kuredtui.kube.execution import execute
from kuredtui.kube.listwatch import ListWatch, Live, Lost
from kuredtui.kube.pod_pages import read_metrics
from kuredtui.kube.resources import DAEMONSETS, NODES, PODS
from kuredtui.kube.types import Pod
from tests.engine.conftest import options_for, running_session
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually

_MISSING = re.compile(r"may not|forbidden", re.IGNORECASE)
_NAMED_BY_NOBODY = {"ds_namespace": ""}


class Missing(Exception):
    """Something failed, or was said to be missing."""


async def look(
    cluster: TestCluster,
    client: Client,
    *,
    node: str,
    kured: bool = True,
    until: Callable[[Session], object] = lambda session: session.user,
) -> Session:
    """All that a viewer sees; the session, which has ended when `until` was true of it.

    Raises:
        Missing: the first thing that was not to be seen.
    """
    try:
        await _follow(ListWatch(client, NODES))
        await _follow(ListWatch(client, PODS, label_selector=SENTINEL_SELECTOR))
        await _follow(ListWatch(client, DAEMONSETS))
        place = await find_lock_place(client, node, options_for(cluster, **_NAMED_BY_NOBODY))
        if kured:
            pod = (await _kured_on(client, node, namespace=place.namespace)).metadata
            await read_metrics(client, namespace=pod.namespace, pod=pod.name, port=8080)
        async with running_session(replace(cluster, client=client), **_NAMED_BY_NOBODY) as session:
            await eventually(lambda: until(session))
            await session.node_events(node)
            await _plan_all(session, cluster, node)
            return session
    except (ApiError, NoLockPlace) as error:
        raise Missing(error) from error


async def reboot(cluster: TestCluster, client: Client, *, node: str, kured: bool = True) -> None:
    """All that an operator does. Raises `Missing`."""
    await look(cluster, client, node=node, kured=kured)
    try:
        if kured:
            pod = (await _kured_on(client, node, namespace=cluster.kured_namespace)).metadata
            where = {"namespace": pod.namespace, "pod": pod.name, "container": "kured"}
            await execute(client, ["true"], **where)
        async with running_session(
            replace(cluster, client=client),
            policy=PolicyOptions(),
            volume_detach_timeout=0.5,
            **_NAMED_BY_NOBODY,
        ) as session:
            await eventually(lambda: session.user)
            if session.read_only:
                raise Missing(session.read_only_reason)
            await _see_other_hands(session, client, node)
            operation = session.start_reboot(node)
            await eventually(lambda: operation.phase.finished or _said(session), timeout=60)
            if said := _said(session):
                raise Missing(said)
            if operation.phase is not Phase.DONE:
                raise Missing(operation.error)
    except (ApiError, ReadOnlyError) as error:
        raise Missing(error) from error


async def _see_other_hands(session: Session, client: Client, node: str) -> None:
    hook = OtherHandsHook(client, find=session.store.get)
    record = session.store.get(node)
    assert record is not None
    if unseen := (await hook.ask(record)).facts.get("unseen"):
        raise Missing(unseen)


async def _plan_all(session: Session, cluster: TestCluster, node: str) -> None:
    """Plan as somebody who may see everything does, while the pods of the test come and go."""

    async def agree() -> bool:
        options = options_for(cluster)
        before = _told(
            await plan_drain(cluster.client, node=node, options=options, pace=RequestPace(50))
        )
        seen = _told(await session.plan(node))
        after = _told(
            await plan_drain(cluster.client, node=node, options=options, pace=RequestPace(50))
        )
        if before == after != seen:
            raise Missing(seen)
        return seen == after

    await eventually(agree)


def _told(plan: Plan) -> list[tuple[str, ...]]:
    """What a plan tells of each pod."""
    return [(pod.name, pod.action, pod.reason, pod.budget, pod.budget_reason) for pod in plan.pods]


def _said(session: Session) -> list[str]:
    """What was said to be missing."""
    return [
        record.message
        for record in session.progress.records()
        if record.level == "error" or _MISSING.search(record.message)
    ]


async def _follow(watch: ListWatch[Any]) -> None:
    """Return when it has listed and watches."""
    async with aclosing(watch.events()) as events:
        async for event in events:
            if isinstance(event, Lost):
                raise Missing(event.error)
            if isinstance(event, Live):
                return


async def _kured_on(client: Client, node: str, *, namespace: str) -> Pod:
    page = await client.list(PODS, namespace=namespace, field_selector=f"spec.nodeName={node}")
    return next(pod for pod in page.items if pod.metadata.labels.get("name") == "kured")
