"""Simulated nodes as objects: as large and as full as real ones, and loopback addresses alone."""

from __future__ import annotations

import ipaddress

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.demo.kubelet import NodeBlueprint, node_object
from kuredtui.demo.kubelet.heartbeat import heartbeat
from kuredtui.demo.kubelet.node_object import machine_address, pod_address
from kuredtui.demo.pace import Pace

NOW = 1_700_000_000.0
INDICES = st.integers(0, 4_000_000)


def test_a_node_is_as_large_as_a_real_one() -> None:
    blueprint = NodeBlueprint(name="aks-user-12345678-vmss00000a", index=10, instance="demo")
    node = node_object(blueprint, created_at=NOW - 86_400, now=NOW)
    assert len(node["status"]["images"]) == 35
    assert len(node["status"]["conditions"]) == 11
    assert len(node["metadata"]["labels"]) >= 30
    assert 12_000 < len(msgspec.json.encode(node)) < 14_000


@given(index=INDICES)
def test_every_address_is_a_loopback_address(index: int) -> None:
    for address in (machine_address(index), pod_address(index)):
        assert ipaddress.ip_address(address).is_loopback
        assert not address.startswith("127.0."), "where this machine's own services listen"


@given(one=INDICES, other=INDICES)
def test_no_two_have_the_same_address(one: int, other: int) -> None:
    assert (machine_address(one) == machine_address(other)) is (one == other)
    assert (pod_address(one) == pod_address(other)) is (one == other)
    assert machine_address(one) != pod_address(other)


def test_heartbeats_are_those_of_real_kubelets() -> None:
    few = heartbeat(100, Pace())
    assert (few.renew, few.report) == (10.0, 300.0)
    hastened = heartbeat(10, Pace(10))
    assert (hastened.renew, hastened.report) == (1.0, 30.0)


@given(nodes=st.integers(1, 5000), speed=st.floats(0.1, 100))
def test_however_many_and_fast_a_group_writes_only_so_much(nodes: int, speed: float) -> None:
    intervals = heartbeat(nodes, Pace(speed))
    assert nodes / intervals.renew <= 200.001
    assert nodes / intervals.report <= 10.001
