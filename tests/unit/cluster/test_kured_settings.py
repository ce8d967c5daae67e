"""Every flag of kured 1.23, on the command line and in the environment, and what comes of it.

The table is kured's own list of flags (cmd/kured/main.go), written down a second time on purpose.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import NamedTuple

import msgspec
import pytest

from kuredtui.cluster.kured import kured_container, runs_kured
from kuredtui.cluster.kured_settings import KuredSettings, read_kured_settings
from kuredtui.kube.goflags.kinds import Hidden
from kuredtui.kube.goflags.reading import Origin, Reading
from kuredtui.kube.types import DaemonSet


class Row(NamedTuple):
    """A flag: its default, a text for it, what that text means, and whether `KURED_*` is read."""

    flag: str
    default: object
    text: str
    value: object
    in_environment: bool = True


DAYS = ("su", "mo", "tu", "we", "th", "fr", "sa")
TABLE = [
    Row("node-id", "", "aks-user-1", "aks-user-1"),
    Row("reboot-sentinel", "/var/run/reboot-required", "/sentinel/x", "/sentinel/x"),
    Row("reboot-sentinel-command", "", "sh -c '! needs'", "sh -c '! needs'"),
    Row("period", 3600.0, "1m30s", 90.0),
    Row("reboot-method", "command", "signal", "signal"),
    Row("reboot-command", "/bin/systemctl reboot", "/sbin/reboot", "/sbin/reboot"),
    Row("reboot-signal", 39, "15", 15),
    Row("reboot-delay", 0.0, "90s", 90.0),
    Row("force-reboot", False, "true", True),
    Row("drain-grace-period", -1, "30", 30),
    Row("drain-pod-selector", "", "app!=db", "app!=db"),
    Row("drain-timeout", 0.0, "30m", 1800.0),
    Row("drain-delay", 0.0, "5s", 5.0),
    Row("skip-wait-for-delete-timeout", 0, "60", 60),
    Row("ds-namespace", "kube-system", "kured", "kured"),
    Row("ds-name", "kured", "my-release-kured", "my-release-kured"),
    Row("lock-annotation", "weave.works/kured-node-lock", "example.org/lock", "example.org/lock"),
    Row("lock-ttl", 0.0, "1h", 3600.0),
    Row("lock-release-delay", 0.0, "30m", 1800.0),
    Row("concurrency", 1, "3", 3),
    Row("prometheus-url", "", "http://prometheus", "http://prometheus"),
    Row("alert-filter-regexp", "", "^Reboot(A|B)$", "^Reboot(A|B)$"),
    Row("alert-filter-match-only", False, "true", True),
    Row("alert-firing-only", False, "true", True),
    Row("blocking-pod-selector", (), "a=b,c=d", ("a=b,c=d",), in_environment=False),
    Row("reboot-days", DAYS, "mo,Tuesday,3", ("mo", "Tuesday", "3")),
    Row("start-time", "0:00", "22:00", "22:00"),
    Row("end-time", "23:59:59", "3pm", "3pm"),
    Row("time-zone", "UTC", "Europe/Berlin", "Europe/Berlin"),
    Row("prefer-no-schedule-taint", "", "example.org/reboot", "example.org/reboot"),
    Row("annotate-nodes", False, "true", True),
    Row("pre-reboot-node-labels", (), "a=b,c=d", ("a=b", "c=d")),
    Row("post-reboot-node-labels", (), "a=b,c=d", ("a=b", "c=d")),
    Row("notify-url", Hidden(), "slack://t", Hidden("slack://t")),
    Row("slack-hook-url", Hidden(), "https://hooks/t", Hidden("https://hooks/t")),
    Row("slack-username", "kured", "prod", "prod"),
    Row("slack-channel", "", "alerting", "alerting"),
    Row("message-template-drain", "Draining node %s", "d %s", "d %s"),
    Row("message-template-reboot", "Rebooting node %s", "r %s", "r %s"),
    Row(
        "message-template-uncordon",
        "Node %s rebooted & uncordoned successfully!",
        "u %s",
        "u %s",
    ),
    Row("metrics-host", "", "127.0.0.1", "127.0.0.1"),
    Row("metrics-port", 8080, "9090", 9090),
    Row("log-format", "text", "json", "json"),
]
by_flag = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.flag)


def read(*args: str, **env: str) -> Reading[KuredSettings]:
    """The settings of a DaemonSet of kured's with these args and this environment."""
    container = {
        "name": "kured",
        "command": ["/usr/bin/kured"],
        "args": args,
        "env": [{"name": name, "value": value} for name, value in env.items()],
    }
    return read_kured_settings(daemonset(container))


def daemonset(*containers: object, **labels: str) -> DaemonSet:
    body = {
        "metadata": {"name": "x", "labels": {k.replace("__", "/"): v for k, v in labels.items()}},
        "spec": {"template": {"spec": {"containers": list(containers)}}},
    }
    return msgspec.convert(body, DaemonSet)


def field_of(row: Row) -> str:
    return row.flag.replace("-", "_")


def variable_of(row: Row) -> str:
    return "KURED_" + row.flag.upper().replace("-", "_")


def test_the_table_and_the_settings_name_the_same_flags() -> None:
    assert [field_of(row) for row in TABLE] == [field.name for field in fields(KuredSettings)]


@by_flag
def test_its_default(row: Row) -> None:
    assert getattr(read().settings, field_of(row)) == row.default


@by_flag
def test_it_in_the_args(row: Row) -> None:
    reading = read(f"--{row.flag}={row.text}")
    assert reading.settings == replace(KuredSettings(), **{field_of(row): row.value})
    assert reading.origins == {row.flag: Origin.ARGS}
    assert not reading.faults


@by_flag
def test_it_in_the_environment(row: Row) -> None:
    reading = read(**{variable_of(row): row.text})
    if row.in_environment:
        assert reading.settings == replace(KuredSettings(), **{field_of(row): row.value})
        assert reading.origins == {row.flag: Origin.ENVIRONMENT}
    else:
        assert reading.settings == KuredSettings()
        assert reading.unread_variables == (variable_of(row),)


@by_flag
def test_it_in_the_environment_over_its_default_in_the_args(row: Row) -> None:
    if isinstance(row.default, tuple):
        expected = (*DAYS, *row.value) if row.flag == "reboot-days" else row.value
        args = ["--reboot-days=" + ",".join(DAYS)] if row.flag == "reboot-days" else []
    else:
        text = "" if isinstance(row.default, Hidden) else str(row.default)
        expected = row.value
        args = [
            f"--{row.flag}={text}s" if isinstance(row.default, float) else f"--{row.flag}={text}"
        ]
    if row.in_environment:
        reading = read(*args, **{variable_of(row): row.text})
        assert getattr(reading.settings, field_of(row)) == expected


def test_the_plain_manifest() -> None:
    container = {
        "name": "kured",
        "image": "ghcr.io/kubereboot/kured:1.23.0",
        "command": ["/usr/bin/kured", "--reboot-sentinel=/sentinel/reboot-required"],
        "env": [
            {"name": "KURED_NODE_ID", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
        ],
    }
    reading = read_kured_settings(daemonset(container, name="kured"))
    assert reading.settings == KuredSettings(reboot_sentinel="/sentinel/reboot-required")
    assert reading.elsewhere == {"node-id": "the pod's spec.nodeName"}
    assert not reading.unknown_flags


@pytest.mark.parametrize(("given", "owners"), [("3", 3), ("1", 1), ("0", 1), ("-2", 1)])
def test_the_lock_has_room_for_at_least_one_owner(given: str, owners: int) -> None:
    assert read(f"--concurrency={given}").settings.max_owners == owners


def test_a_daemonset_without_containers_has_defaults() -> None:
    assert read_kured_settings(daemonset()).settings == KuredSettings()


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        (daemonset(app__kubernetes=""), False),
        (daemonset({"name": "x", "image": "ghcr.io/kubereboot/kured:1.23.0"}), True),
        (daemonset({"name": "x", "image": "registry.example:5000/mirror/kured@sha256:0"}), True),
        (daemonset({"name": "x", "image": "ghcr.io/kubereboot/kured-exporter:1"}), False),
        (daemonset(**{"app.kubernetes.io__name": "kured"}), True),
        (daemonset(name="kured"), True),
    ],
)
def test_a_kured_is_known_by_label_or_image(candidate: DaemonSet, expected: bool) -> None:
    assert runs_kured(candidate) is expected


def test_its_container_is_the_one_of_its_name_then_of_its_image_then_the_first() -> None:
    proxy = {"name": "proxy", "image": "proxy:1"}
    image = {"name": "daemon", "image": "ghcr.io/kubereboot/kured:1"}
    named = {"name": "kured", "image": "other:1"}
    found = [
        kured_container(daemonset(proxy, image, named)),
        kured_container(daemonset(proxy, image)),
        kured_container(daemonset(proxy)),
    ]
    assert [container and container.name for container in found] == ["kured", "daemon", "proxy"]
    assert kured_container(daemonset()) is None
