"""What is run on a node to reboot it, guarded (DESIGN 8).

The guard compares the machine's boot id with the one the operation began with, in the variable `BOOT_ID`,
and does nothing when they differ: whoever runs the script a second time does not reboot a second time.
"""

from __future__ import annotations

import shlex

from kuredtui.engine.options import EngineOptions

GUARD_VARIABLE = "BOOT_ID"
_GUARD = (
    f'if [ "$(cat /proc/sys/kernel/random/boot_id)" != "${GUARD_VARIABLE}" ]; then\n'
    '  echo "this is another boot already; nothing to do"\n'
    "  exit 0\n"
    "fi\n"
)
# What kured runs in its own pods (kured, cmd/kured/main.go, buildHostCommand).
_NSENTER = "/usr/bin/nsenter -m/proc/1/ns/mnt --"


def reboot_script(options: EngineOptions) -> str:
    """The script, for a shell in a container that sees the host's processes."""
    return f"{_GUARD}exec {_command(options)}"


def _command(options: EngineOptions) -> str:
    if options.reboot_method == "signal":
        return f"kill -{options.reboot_signal} 1"
    return f"{_NSENTER} {shlex.join(shlex.split(options.reboot_command))}"
