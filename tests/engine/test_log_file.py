"""The log file of a session: every record as a line of JSON, and no secret in any of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from kuredtui.engine.notifications.options import NotifyOptions
from kuredtui.engine.phases import Phase
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.kube.goflags.kinds import Hidden
from tests.engine.conftest import finished, running_session
from tests.support.clusters import TestCluster

SECRET = "s3cretT0kenOfTwentyFourLetters"


def credentials(kubeconfig: Path) -> list[str]:
    """What the file lets us in with."""
    users = [user["user"] for user in yaml.safe_load(kubeconfig.read_text())["users"]]
    names = ("token", "client-key-data", "client-certificate-data", "password")
    return [user[name] for user in users for name in names if user.get(name)]


@pytest.mark.parametrize("overridden", [True, False])
async def test_all_that_is_said_of_a_reboot_is_there_and_no_secret_is(
    cluster: TestCluster, tmp_path: Path, overridden: bool
) -> None:
    """A service and a Prometheus that are not there; overridden, or waited for until it is cancelled."""
    log = tmp_path / "log.jsonl"
    async with running_session(
        cluster,
        policy=PolicyOptions(prometheus_url=f"http://alice:{SECRET}@127.0.0.1:9"),
        notify=NotifyOptions(notify_url=Hidden(f"generic+http://127.0.0.1:9/{SECRET}")),
        override=["alerts"] if overridden else [],
        log_file=log,
    ) as session:
        operation = session.start_reboot(cluster.node_names[0])
        if not overridden:
            operation.cancel()
        assert await finished(operation) is (Phase.DONE if overridden else Phase.CANCELLED)
    text = log.read_text()
    records = [msgspec.json.decode(line) for line in text.splitlines()]
    phases = {item["phase"] for item in records if item["operation"] == operation.id}
    assert phases >= ({"locking", "draining", "done"} if overridden else {"cancelled"})
    for record in records:
        assert set(record) == {
            "message", "level", "node", "operation", "phase", "fields", "time"
        }  # fmt: skip
    assert ("Prometheus at http://127.0.0.1:9 cannot be reached" in text) is overridden
    for secret in (SECRET, *credentials(cluster.kubeconfig)):
        assert secret not in text
