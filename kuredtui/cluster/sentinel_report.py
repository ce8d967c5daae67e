"""What the sentinel's pod on a node reports of it (DESIGN 9): read from the pod's status, trusted by boot.

The report is one line of JSON in the termination message of the container `sentinel`, written by
`kuredtui/manifests/data/sentinel.sh`. Whoever can run a pod of that name can write anything there, so
whatever is not exactly such a line is no report.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from kuredtui.cluster.pending import Pending
from kuredtui.kube.types import ContainerStatus, PlacedPod, Pod

SOURCE = "sentinel"
SENTINEL_SELECTOR = "app.kubernetes.io/name=kuredtui-sentinel"
"""The label selector of its pods."""
_CONTAINER = "sentinel"
# A termination message has at most 4096 bytes (Kubernetes, "Customizing the termination message").
_MOST_CHARACTERS = 4096


class SentinelReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One look of the sentinel.

    Attributes:
        boot_id: of the boot in which it looked.
        required: whether a reboot is; None where it could not see that.
        why: why not, in the script's words: `unreadable`, or `command` with an exit status.
        since: when the sentinel file was written last, in UTC by the node's clock; None where unknown.
        packages: which ones asked for the reboot, each once.
        more: how many more there are, for which there was no room.
    """

    boot_id: str = msgspec.field(name="bootID")
    required: bool | None
    why: str = ""
    since: datetime | None = None
    packages: tuple[str, ...] = ()
    more: int = 0


_decode = msgspec.json.Decoder(SentinelReport).decode


def sentinel_report(pod: Pod | PlacedPod) -> SentinelReport | None:
    """The last report in a pod's status; None for none, and for something else in its place."""
    status = next((item for item in pod.status.container_statuses if item.name == _CONTAINER), None)
    message = _message(status) if status else ""
    if not message or len(message) > _MOST_CHARACTERS:
        return None
    try:
        report = _decode(message)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    utc = report.since is None or report.since.tzinfo is UTC
    return report if utc else msgspec.structs.replace(report, since=None)


def sentinel_pending(pod: Pod | PlacedPod) -> Pending:
    """Whether the pod's node waits for a reboot, by its report.

    Returns:
        The report as a verdict on the boot it names, which may not be the present one any more: the old
        message is served for a second or two after every reboot. When unknown, `detail` says why.
    """
    report = sentinel_report(pod)
    if report is None or not report.boot_id:
        return Pending(source=SOURCE, detail="the sentinel has not reported yet")
    if report.required is None:
        return Pending(source=SOURCE, detail=_reason(report.why), boot_id=report.boot_id)
    if not report.required:
        return Pending(state="no", source=SOURCE, boot_id=report.boot_id)
    return Pending(
        state="yes",
        source=SOURCE,
        since=report.since,
        detail=f"{report.more} packages more" if report.more > 0 else "",
        packages=report.packages,
        boot_id=report.boot_id,
    )


def _message(status: ContainerStatus) -> str:
    """Of a container that waits to be restarted it is in the state, of one that runs in the last one."""
    for state in (status.state, status.last_state):
        if state.terminated is not None and state.terminated.message:
            return state.terminated.message
    return ""


def _reason(why: str) -> str:
    if why == "unreadable":
        return "the sentinel may not look into the directory of the sentinel file"
    if why.startswith("command "):
        return f"the sentinel's command could not be run, or not to its end ({why})"
    return "the sentinel could not look"
