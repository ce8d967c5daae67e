"""The environment that simulated kubelets give to their containers."""

from __future__ import annotations

import msgspec
import pytest

from kuredtui.demo.kubelet.environment import with_environment
from kuredtui.demo.kubelet.wire import KubeletPod
from kuredtui.kube.goflags.words import environment
from kuredtui.kube.resources import CONFIG_MAPS
from kuredtui.kube.types import Container
from tests.support.clusters import TestCluster


@pytest.mark.embedded
async def test_it_comes_from_config_maps_and_the_pod(cluster: TestCluster) -> None:
    settings = {"metadata": {"name": "settings"}, "data": {"owners": "2", "WHOLE": "$(NODE)"}}
    await cluster.client.create(CONFIG_MAPS, settings, namespace=cluster.namespace)

    def key(name: str, config_map: str) -> dict[str, object]:
        reference = {"name": config_map, "key": "owners"}
        return {"name": name, "valueFrom": {"configMapKeyRef": reference}}

    body = {
        "env": [
            key("OWNERS", "settings"),
            key("MISSING", "not-there"),
            key("NONSENSE", "no/name"),
            {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            {"name": "SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        ],
        "envFrom": [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "s"}}],
    }
    metadata = {"name": "p", "namespace": cluster.namespace, "uid": "u"}
    pod = msgspec.convert({"metadata": metadata, "spec": {"nodeName": "n"}}, KubeletPod)
    container = msgspec.convert(body, Container)
    filled = await with_environment(cluster.client, container, pod, host_ip="10.0.0.1")
    assert {name: text.text for name, text in environment(filled).items()} == {
        "owners": "2",
        "WHOLE": "$(NODE)",
        "OWNERS": "2",
        "NODE": "n",
    }
