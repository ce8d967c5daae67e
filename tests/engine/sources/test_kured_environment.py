"""A kured with settings in ConfigMaps: read, obeyed, watched for changes, or said to be unknown."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kuredtui.cluster.kured_settings import read_kured_settings
from kuredtui.engine.errors import NoLockPlace
from kuredtui.engine.lock_place import find_lock_place
from kuredtui.engine.sources.kured_environment import read_environment
from kuredtui.kube.resources import CONFIG_MAPS, DAEMONSETS
from kuredtui.kube.types import DaemonSet
from kuredtui.manifests.rbac import KuredPlace, Subject, rbac_manifest
from tests.engine.conftest import messages, options_for
from tests.engine.facts import Carrier
from tests.engine.sources.test_kureds import a_session
from tests.rbac.granted import granted
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody, somebody_with

TIMEOUT = 30.0
NAME = "settings.kured"
NAMESPACE_FIELD = {"fieldRef": {"fieldPath": "metadata.namespace"}}


async def with_env(carrier: Carrier, **container: object) -> DaemonSet:
    """The carrier's kured with this in its container."""
    image = "ghcr.io/kubereboot/kured:1.23.0"
    body = {"name": "kured", "image": image, "command": ["/usr/bin/kured"], **container}
    return await carrier.cluster.client.patch(
        DAEMONSETS,
        carrier.name,
        {"spec": {"template": {"spec": {"containers": [body]}}}},
        namespace=carrier.cluster.namespace,
    )


async def config_map(cluster: TestCluster, **data: str) -> None:
    """A ConfigMap with settings."""
    await cluster.client.create(
        CONFIG_MAPS, {"metadata": {"name": NAME}, "data": data}, namespace=cluster.namespace
    )


def from_key(variable: str, key: str) -> dict[str, Any]:
    return {"name": variable, "valueFrom": {"configMapKeyRef": {"name": NAME, "key": key}}}


async def test_settings_from_a_config_map_are_known(cluster: TestCluster, carrier: Carrier) -> None:
    await config_map(cluster, owners="3", KURED_LOCK_TTL="30m", start="$(NOTHING)")
    daemonset = await with_env(
        carrier,
        args=["--start-time=$(START)", "--concurrency=1", "--ds-namespace=$(NAMESPACE)"],
        env=[
            from_key("KURED_CONCURRENCY", "owners"),
            from_key("START", "start"),
            {"name": "NAMESPACE", "valueFrom": NAMESPACE_FIELD},
        ],
        envFrom=[{"configMapRef": {"name": NAME}}],
    )
    found = await read_environment(cluster.client, daemonset)
    settings = read_kured_settings(found.daemonset).settings
    assert (settings.concurrency, settings.lock_ttl, settings.start_time) == (3, 1800, "$(NOTHING)")
    assert settings.ds_namespace == cluster.namespace
    assert found.unread == ()
    place = await find_lock_place(
        cluster.client, cluster.node_names[0], options_for(cluster, **carrier.options)
    )
    assert place.max_owners == 3


async def test_a_change_of_the_config_map_is_told(cluster: TestCluster, carrier: Carrier) -> None:
    await config_map(cluster, owners="3")
    await with_env(carrier, env=[from_key("KURED_CONCURRENCY", "owners")])
    async with a_session(cluster.client) as session:
        body = {"data": {"owners": "4"}}
        await cluster.client.patch(CONFIG_MAPS, NAME, body, namespace=cluster.namespace)
        await eventually(
            lambda: [said for said in messages(session) if "--concurrency 3 -> 4" in said],
            timeout=TIMEOUT,
        )


async def test_one_that_is_missing_is_said_and_leaves_the_setting_unknown(
    cluster: TestCluster, carrier: Carrier
) -> None:
    await with_env(carrier, env=[from_key("KURED_CONCURRENCY", "owners")])
    why = f"There is no ConfigMap {cluster.namespace}/{NAME}."
    async with a_session(cluster.client) as session:
        assert why in messages(session)
    with pytest.raises(NoLockPlace, match=r"has its --concurrency from ConfigMap .* There is no"):
        await find_lock_place(
            cluster.client, cluster.node_names[0], options_for(cluster, **carrier.options)
        )


async def test_a_name_that_nothing_can_have_is_no_end_of_the_session(
    cluster: TestCluster,
) -> None:
    """An API server takes none such; whatever stands in its place does not take us down."""
    source = {"configMapKeyRef": {"name": "no/where", "key": "k"}}
    container = {"name": "kured", "env": [{"name": "KURED_PERIOD", "valueFrom": source}]}
    body = {
        "metadata": {"name": "kured", "namespace": cluster.namespace},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
    found = await read_environment(cluster.client, msgspec.convert(body, DaemonSet))
    assert read_kured_settings(found.daemonset).elsewhere == {"period": "ConfigMap no/where, key k"}
    (said,) = found.unread
    assert "no/where cannot be read" in said


@pytest.mark.embedded
async def test_one_that_may_not_be_read_leaves_all_that_it_may_set_unknown(
    cluster: TestCluster, carrier: Carrier
) -> None:
    await config_map(cluster, KURED_CONCURRENCY="3")
    daemonset = await with_env(carrier, envFrom=[{"configMapRef": {"name": NAME}}])
    async with somebody(cluster, denied=["get configmaps"]) as client:
        found = await read_environment(client, daemonset)
        reading = read_kured_settings(found.daemonset)
        assert {"concurrency", "lock-ttl", "start-time"} <= reading.elsewhere.keys()
        (said,) = found.unread
        assert f'configmaps "{NAME}" is forbidden' in said
        async with a_session(client) as session:
            assert said in messages(session)
            assert not [item for item in session.progress.records() if item.level == "error"]


@pytest.mark.embedded
async def test_one_that_has_no_setting_is_not_missed(
    cluster: TestCluster, carrier: Carrier
) -> None:
    daemonset = await with_env(carrier, env=[from_key("HTTPS_PROXY", "proxy")])
    assert (await read_environment(cluster.client, daemonset)).unread == ()


@pytest.mark.embedded
async def test_the_printed_right_suffices(cluster: TestCluster, carrier: Carrier) -> None:
    await config_map(cluster, KURED_CONCURRENCY="3")
    daemonset = await with_env(carrier, envFrom=[{"configMapRef": {"name": NAME}}])
    place = KuredPlace(namespace=cluster.namespace, name=carrier.name, config_maps=(NAME,))
    subject = Subject(kind="User", name="somebody")
    rules = granted(rbac_manifest("viewer", subject=subject, kured=place), subject="somebody")
    async with somebody_with(cluster, [grant.rule for grant in rules]) as client:
        found = await read_environment(client, daemonset)
    assert read_kured_settings(found.daemonset).settings.concurrency == 3
