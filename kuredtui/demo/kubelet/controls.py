"""The annotations by which tests and scenarios steer simulated nodes and pods.

They are annotations on the objects themselves, so that steering works through any API server. All
seconds are simulated ones, to be divided by the speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

_PREFIX = "demo.kuredtui.io/"

INSTANCE = _PREFIX + "kubelets"
"""Label of a node: which group of simulated kubelets looks after it."""

PATCH = _PREFIX + "patch"
"""Node: its packages were updated. The value is the kernel it will boot next; the sentinel is there
until it has booted. The kubelet removes the annotation after the boot."""
PATCHED_AT = _PREFIX + "patched-at"
"""Node: when that was, as the API writes times; without it, when the kubelet hears of it. It goes with the
patch."""
PACKAGES = _PREFIX + "packages"
"""Node: `none` when the patch leaves no list of packages beside the sentinel, as where somebody made the file
by hand."""
BOOT = _PREFIX + "boot"
"""Node: how long a boot takes in seconds, or `never`."""
SHUTDOWN = _PREFIX + "shutdown"
"""Node: `silent` says nothing when it goes down; otherwise it posts NotReady first, as a kubelet
with graceful node shutdown does."""
RUNTIME = _PREFIX + "runtime"
"""Node: `forgets` has lost its containers after a boot, so that pods which were running and may not
be restarted are started once more, as after a crash before their end was recorded."""
REIMAGE = _PREFIX + "reimage"
"""Node: when its object is deleted, the machine comes back under the same name after so many
seconds, as a new one. Without it a deleted node is gone for good."""

START_SECONDS = _PREFIX + "start-seconds"
"""Pod: from its arrival on the node until its containers run, or `never`. An image of a registry under
`.invalid` arrives only when it is set."""
READY_SECONDS = _PREFIX + "ready-seconds"
"""Pod: from then until it is ready, or `never`."""
RUN_SECONDS = _PREFIX + "run-seconds"
"""Pod: its containers end by themselves after so long."""
EXIT_CODE = _PREFIX + "exit-code"
"""Pod: how they end then."""
STOP_SECONDS = _PREFIX + "stop-seconds"
"""Pod: how long it takes to end when it is asked to; at its grace period it is killed."""

NEVER = float("inf")


def seconds(annotations: Mapping[str, str], name: str, default: float) -> float:
    """The value of such an annotation; the default where it is missing or makes no sense."""
    text = annotations.get(name)
    if text is None:
        return default
    if text == "never":
        return NEVER
    try:
        value = float(text)
    except ValueError:
        return default
    return value if value >= 0 else default


def moment(annotations: Mapping[str, str], name: str) -> float | None:
    """The Unix time in such an annotation; None where it is missing or is no time."""
    try:
        return datetime.fromisoformat(annotations.get(name, "")).timestamp()
    except ValueError:
        return None
