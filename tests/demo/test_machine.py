"""A simulated machine by itself: its files, its boots and its kernel."""

from __future__ import annotations

import msgspec
import pytest

from kuredtui.demo.kubelet import NodeBlueprint, controls, node_object
from kuredtui.demo.kubelet.files import PACKAGES, SENTINEL
from kuredtui.demo.kubelet.machine import Machine, Power
from kuredtui.demo.kubelet.wire import KubeletNode
from kuredtui.demo.pace import Pace
from kuredtui.kube.json import JsonObject

START = 1_700_000_000.0
OLD, NEW = "5.15.0-1096-azure", "5.15.0-1098-azure"


def body(annotations: dict[str, str] | None = None) -> JsonObject:
    """A Node that has been Ready for an hour."""
    blueprint = NodeBlueprint(
        name="n", index=0, instance="i", kernel=OLD, annotations=tuple((annotations or {}).items())
    )
    return node_object(blueprint, created_at=START - 3600, now=START)


def node(annotations: dict[str, str] | None = None) -> KubeletNode:
    return msgspec.convert(body(annotations), KubeletNode)


def machine(annotations: dict[str, str] | None = None, *, speed: float = 1.0) -> Machine:
    return Machine(node(annotations), pace=Pace(speed), now=START)


def test_a_patch_leaves_the_sentinel_and_its_packages_with_doubles_as_debian_does() -> None:
    patched = machine()
    assert not patched.files.exists(SENTINEL)
    with pytest.raises(FileNotFoundError):
        patched.files.read(PACKAGES)
    patched.observe(node({controls.PATCH: NEW}))
    assert "restart required" in patched.files.read("/var/run/reboot-required")
    packages = patched.files.read("/var/run/reboot-required.pkgs").splitlines()
    assert f"linux-image-{NEW}" in packages
    assert len(packages) > len(set(packages))


def test_a_patch_is_taken_in_once() -> None:
    patched = machine({controls.PATCH: NEW})
    before = patched.files.read(PACKAGES)
    patched.observe(node({controls.PATCH: NEW}))
    assert patched.files.read(PACKAGES) == before


def test_a_later_patch_adds_its_packages() -> None:
    patched = machine({controls.PATCH: NEW})
    patched.observe(node({controls.PATCH: "6.0"}))
    assert {f"linux-image-{NEW}", "linux-image-6.0"} <= set(
        patched.files.read(PACKAGES).splitlines()
    )


def test_a_boot_brings_a_new_boot_id_the_patched_kernel_and_an_empty_run() -> None:
    patched = machine({controls.PATCH: NEW})
    boot_id = patched.boot_id
    patched.go_down(START)
    assert patched.power is Power.stopping
    patched.fall_silent()
    assert patched.power is Power.off
    assert not patched.advance(START + 1)
    at = patched.next_look()
    assert at is not None
    assert patched.advance(at)
    assert patched.power is Power.starting
    assert (patched.kernel, patched.boot_id != boot_id) == (NEW, True)
    assert not patched.files.exists(SENTINEL)
    assert not patched.files.exists(PACKAGES)
    ready_at = patched.next_look()
    assert ready_at is not None
    patched.advance(ready_at)
    assert patched.power is Power.ready
    assert patched.next_look() is None


def test_a_boot_without_a_patch_keeps_the_kernel() -> None:
    plain = machine()
    boot_id = plain.boot_id
    assert boot(plain) > START
    assert plain.kernel == OLD
    assert plain.boot_id != boot_id


def test_the_patch_that_has_been_booted_is_not_taken_in_again() -> None:
    """The annotation is still there until the kubelet has taken it away."""
    patched = machine({controls.PATCH: NEW})
    boot(patched)
    patched.observe(node({controls.PATCH: NEW}))
    assert not patched.files.exists(SENTINEL)
    patched.observe(node())
    patched.observe(node({controls.PATCH: NEW}))
    assert patched.files.exists(SENTINEL), "the same kernel patched once more"


def boot(some: Machine) -> float:
    """Down and up again; when it was up."""
    some.go_down(START)
    some.fall_silent()
    at = some.next_look()
    assert at is not None
    assert some.advance(at)
    return at


def test_a_boot_takes_as_long_as_the_annotation_says_in_simulated_seconds() -> None:
    assert boot(machine({controls.BOOT: "60"})) == START + 60
    assert boot(machine({controls.BOOT: "60"}, speed=20)) == START + 3


def test_a_machine_that_never_comes_back_can_be_told_to() -> None:
    lost = machine({controls.BOOT: "never"})
    lost.go_down(START)
    lost.fall_silent()
    assert lost.next_look() is None
    assert not lost.advance(START + 1e9)
    lost.observe(node({controls.BOOT: "60"}))
    assert lost.next_look() == START + 60
    assert lost.advance(START + 60)


def test_a_silent_shutdown_skips_the_last_word() -> None:
    silent = machine({controls.SHUTDOWN: "silent"})
    silent.go_down(START)
    assert silent.power is Power.off


def test_a_machine_that_is_down_cannot_go_down_again() -> None:
    down = machine()
    down.go_down(START)
    down.fall_silent()
    down.go_down(START + 50)
    assert down.since == START


def test_a_machine_goes_on_from_what_its_node_says() -> None:
    found = machine()
    status = body()["status"]
    assert found.boot_id == status["nodeInfo"]["bootID"]
    assert found.kernel == OLD
    assert found.address == status["addresses"][0]["address"]
    assert found.since == START - 3600, "ready since then, not since the kubelet was started"
