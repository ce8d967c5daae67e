"""What kured's metric says of its node (kured, cmd/kured/main.go: `kured_reboot_required`)."""

from __future__ import annotations

import re

from kuredtui.cluster.pending import Pending

SOURCE = "kured's metric"

# The text format of Prometheus: name, labels in braces, value, and perhaps a time.
_SAMPLE = re.compile(r'^kured_reboot_required\{node="([^"\\]*)"\}[ \t]+([0-9.eE+-]+)', re.MULTILINE)


def metric_pending(page: str, *, node: str, boot_id: str) -> Pending:
    """Whether the node waits for a reboot, by the page of its kured's metrics.

    Args:
        page: the text.
        node: whose kured was asked; what it says of another node is not believed.
        boot_id: the boot in which it was asked.

    Returns:
        The verdict; unknown while kured has not looked yet, and for what cannot be read.
    """
    for name, text in _SAMPLE.findall(page):
        if name != node:
            continue
        try:
            value = float(text)
        except ValueError:
            break
        if value in (0.0, 1.0):
            return Pending(state="yes" if value else "no", source=SOURCE, boot_id=boot_id)
    return Pending(source=SOURCE, detail="kured has not looked yet, by its metric", boot_id=boot_id)
