"""One simulated machine: its power, its boots, its kernel and its files. No I/O."""

from __future__ import annotations

import enum
import uuid

from kuredtui.demo.kubelet import controls
from kuredtui.demo.kubelet.files import SimulatedFiles
from kuredtui.demo.kubelet.wire import KubeletNode
from kuredtui.demo.pace import Pace

_BOOT_SECONDS = 90.0
"""From the last word of a machine in Azure to its kubelet's first one after a reboot, about."""
UNTIL_DOWN_SECONDS = 1.5
"""From `systemctl reboot` until systemd has stopped the kubelet."""
_SETTLE_SECONDS = 8.0
"""From the kubelet's first report after a boot until it reports Ready."""


class Power(enum.Enum):
    """Where a machine is; what its kubelet reports is called the same."""

    ready = enum.auto()
    stopping = enum.auto()
    """Going down: the kubelet may say so, once."""
    off = enum.auto()
    """Silent, until it has booted."""
    starting = enum.auto()
    """Booted; the kubelet is there, but not ready."""


class Machine:
    """A machine and its kubelet.

    Args:
        node: the Node object it is known by.
        pace: how fast it lives.
        now: Unix time.

    Attributes:
        uid: of the Node object.
        address: its internal address.
        boot_id: changes with every boot.
        kernel: the one that runs.
        power: where it is.
        since: Unix time since when.
        patch_done: the kernel of the patch that the last boot brought in, while the annotation
            that announced it is still there.
    """

    def __init__(self, node: KubeletNode, *, pace: Pace, now: float) -> None:
        self.name = node.metadata.name
        self.uid = node.metadata.uid
        self.address = next((a.address for a in node.status.addresses), "")
        self.annotations: dict[str, str] = {}
        self.boot_id = node.status.node_info.boot_id or str(uuid.uuid4())
        self.kernel = node.status.node_info.kernel_version
        self.files = SimulatedFiles(pace.now)
        self.power = Power.ready
        self.since = node.ready_since or now
        self.patch_done = ""
        self._pace = pace
        self._next_kernel = ""
        self._down_at = controls.NEVER
        self.observe(node)

    def observe(self, node: KubeletNode) -> None:
        """Take in a newer version of the Node: what it is told by its annotations."""
        self.uid = node.metadata.uid
        self.annotations = node.metadata.annotations
        kernel = self.annotations.get(controls.PATCH, "")
        if not kernel:
            self.patch_done = ""
        if kernel in ("", self._next_kernel, self.patch_done):
            return
        self._next_kernel = kernel
        packages = [f"linux-image-{kernel}", "linux-base", f"linux-image-{kernel}"]
        if self.annotations.get(controls.PACKAGES) == "none":
            packages = []
        self.files.require_reboot(
            *packages, at=controls.moment(self.annotations, controls.PATCHED_AT)
        )

    @property
    def is_up(self) -> bool:
        """Whether its kubelet works."""
        return self.power in (Power.ready, Power.starting)

    @property
    def is_silent(self) -> bool:
        """Whether it goes down without a word."""
        return self.annotations.get(controls.SHUTDOWN) == "silent"

    @property
    def forgets_containers(self) -> bool:
        """Whether its container runtime forgets across a boot."""
        return self.annotations.get(controls.RUNTIME) == "forgets"

    def begin_reboot(self, now: float) -> None:
        """What `systemctl reboot` does; the machine goes down shortly afterwards."""
        if self.is_up:
            self._down_at = min(self._down_at, now + self._pace.real(UNTIL_DOWN_SECONDS))

    def go_down(self, now: float) -> None:
        """The kubelet and all containers are stopped."""
        if self.is_up:
            self._down_at = controls.NEVER
            self._turn(Power.off if self.is_silent else Power.stopping, now)

    def fall_silent(self) -> None:
        """The last word is said; the boot is counted from the shutdown's start."""
        if self.power is Power.stopping:
            self.power = Power.off

    def advance(self, now: float) -> bool:
        """Go on to the present; True at the moment of a boot."""
        if now >= self._down_at:
            self.go_down(now)
        if self.power is Power.off and now >= self._boots_at():
            self._boot(now)
            return True
        if self.power is Power.starting and now >= self.since + self._pace.real(_SETTLE_SECONDS):
            self._turn(Power.ready, now)
        return False

    def next_look(self) -> float | None:
        """When `advance` will find something to do, in Unix time, if ever."""
        look = self._down_at
        if self.power is Power.starting:
            look = min(look, self.since + self._pace.real(_SETTLE_SECONDS))
        elif self.power is Power.off:
            look = min(look, self._boots_at())
        return None if look == controls.NEVER else look

    def _boots_at(self) -> float:
        wanted = controls.seconds(self.annotations, controls.BOOT, _BOOT_SECONDS)
        return self.since + self._pace.real(wanted)

    def _boot(self, now: float) -> None:
        self.boot_id = str(uuid.uuid4())
        self.files.boot()
        if self._next_kernel:
            self.kernel = self.patch_done = self._next_kernel
            self._next_kernel = ""
        self._turn(Power.starting, now)

    def _turn(self, power: Power, now: float) -> None:
        self.power = power
        self.since = now
