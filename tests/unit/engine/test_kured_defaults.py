"""kured's settings as our defaults: what is taken, what is ours, and what is said of it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.engine.kured_defaults import differing_lock, with_kureds
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.kube.goflags.reading import Reading, read_flags
from kuredtui.kube.types import Container, EnvVar, EnvVarSource, KeyReference


def kured(*args: str, env: tuple[EnvVar, ...] = ()) -> Reading[KuredSettings]:
    container = Container(name="kured", command=["/usr/bin/kured"], args=list(args), env=list(env))
    return read_flags(KuredSettings, container, prefix="KURED")


@pytest.mark.parametrize(
    ("arg", "name", "value"),
    [
        ("--lock-ttl=30m", "lock_ttl", 1800.0),
        ("--lock-release-delay=5m", "lock_release_delay", 300.0),
        ("--drain-delay=10s", "drain_delay", 10.0),
        ("--drain-delay=-10s", "drain_delay", 0.0),
        ("--drain-timeout=1h", "drain_timeout", 3600.0),
        ("--drain-grace-period=60", "drain_grace_period", 60),
        ("--drain-pod-selector=app!=db", "drain_pod_selector", "app!=db"),
        ("--skip-wait-for-delete-timeout=60", "skip_wait_for_delete_timeout", 60),
        ("--reboot-method=signal", "reboot_method", "signal"),
        ("--reboot-command=/sbin/reboot", "reboot_command", "/sbin/reboot"),
        ("--reboot-signal=15", "reboot_signal", 15),
        ("--reboot-delay=7s", "reboot_delay", 7.0),
        ("--pre-reboot-node-labels=a=b", "pre_reboot_node_labels", ("a=b",)),
        ("--post-reboot-node-labels=a=c", "post_reboot_node_labels", ("a=c",)),
        ("--prefer-no-schedule-taint=example.org/r", "prefer_no_schedule_taint", "example.org/r"),
        ("--annotate-nodes", "annotate_nodes", True),
    ],
)
def test_what_kured_is_set_to_is_our_default(arg: str, name: str, value: object) -> None:
    assert getattr(with_kureds(EngineOptions(), kured(arg)).options, name) == value


@pytest.mark.parametrize(
    ("arg", "name", "value"),
    [
        ("--reboot-days=mo,tu", "reboot_days", ("mo", "tu")),
        ("--start-time=22:00", "start_time", "22:00"),
        ("--end-time=5:00", "end_time", "5:00"),
        ("--time-zone=Europe/Berlin", "time_zone", "Europe/Berlin"),
        ("--blocking-pod-selector=app=db", "blocking_pod_selector", ("app=db",)),
        ("--prometheus-url=http://prometheus", "prometheus_url", "http://prometheus"),
        ("--alert-filter-regexp=^Info$", "alert_filter_regexp", "^Info$"),
        ("--alert-filter-match-only", "alert_filter_match_only", True),
        ("--alert-firing-only", "alert_firing_only", True),
    ],
)
def test_so_is_its_policy(arg: str, name: str, value: object) -> None:
    assert getattr(with_kureds(PolicyOptions(), kured(arg)).options, name) == value


def test_each_setting_of_the_policy_is_one_of_kureds() -> None:
    own = {field.name for field in fields(PolicyOptions)} - {"given"}
    assert own <= {field.name for field in fields(KuredSettings)}


def test_at_its_defaults_kured_changes_nothing() -> None:
    assert with_kureds(EngineOptions(), kured()).options == EngineOptions()
    assert with_kureds(PolicyOptions(), kured()).options == PolicyOptions()


@pytest.mark.parametrize("arg", ["--force-reboot", "--drain-timeout=0", "--concurrency=5"])
def test_what_stays_ours_is_not_taken(arg: str) -> None:
    """For ever is no default of ours; neither are nodes that were not drained."""
    merged = with_kureds(EngineOptions(), kured(arg))
    assert (merged.options, merged.differing) == (EngineOptions(), ())


def test_pods_without_a_controller_are_spared_although_kured_evicts_them() -> None:
    assert with_kureds(EngineOptions(), kured()).options.evict_uncontrolled is False


def test_what_the_user_set_counts_and_the_difference_is_said() -> None:
    merged = with_kureds(EngineOptions(lock_ttl=60.0), kured("--lock-ttl=1h30m"))
    assert merged.options.lock_ttl == 60.0
    assert merged.differing == ("--lock-ttl is 1m here, and 1h30m in kured; ours counts.",)


def test_the_user_may_set_what_is_the_default_anyway() -> None:
    options = EngineOptions(given=frozenset({"reboot_method"}))
    merged = with_kureds(options, kured("--reboot-method=signal"))
    assert merged.options.reboot_method == "command"
    assert merged.differing == (
        "--reboot-method is command here, and signal in kured; ours counts.",
    )


def test_where_both_agree_nothing_is_said() -> None:
    assert not with_kureds(EngineOptions(lock_ttl=60.0), kured("--lock-ttl=1m")).differing


def test_passwords_are_not_said() -> None:
    options = PolicyOptions(prometheus_url="https://me:secret@here/x?token=secret")
    (said,) = with_kureds(options, kured("--prometheus-url=https://it:secret@there/")).differing
    assert "https://here/x here" in said
    assert "https://there/ in kured" in said
    assert "secret" not in said


def test_what_comes_from_elsewhere_is_not_guessed() -> None:
    reference = KeyReference(name="policy", key="start")
    env = EnvVar(name="KURED_START_TIME", value_from=EnvVarSource(config_map_key_ref=reference))
    merged = with_kureds(PolicyOptions(), kured(env=(env,)))
    assert merged.options == PolicyOptions()
    assert merged.unusable == {
        "start_time": "comes from ConfigMap policy, key start, which is not read here"
    }
    assert not with_kureds(PolicyOptions(start_time="3pm"), kured(env=(env,))).unusable


@pytest.mark.parametrize(
    "arg",
    [
        "--reboot-method=hammer",
        "--reboot-command=/bin/sh -c 'open",
        "--drain-pod-selector=a in",
        "--pre-reboot-node-labels=nothing",
        "--prefer-no-schedule-taint=a b",
    ],
)
def test_what_cannot_be_worked_with_is_not_taken_but_told(arg: str) -> None:
    merged = with_kureds(EngineOptions(), kured(arg))
    assert merged.options == EngineOptions()
    (why,) = merged.unusable.values()
    assert why.startswith("cannot be understood: ")


@pytest.mark.parametrize(
    ("options", "args", "said"),
    [
        (EngineOptions(), ("--concurrency=3",), None),
        (EngineOptions(concurrency=3), ("--concurrency=3",), None),
        (EngineOptions(concurrency=2), ("--concurrency=3",), "ours counts for us"),
        (EngineOptions(concurrency=2), (), "the lower one counts"),
        (EngineOptions(lock_annotation="a/b"), (), "neither sees the other's lock"),
    ],
)
def test_a_lock_that_is_set_otherwise_is_said(
    options: EngineOptions, args: tuple[str, ...], said: str | None
) -> None:
    found = differing_lock(options, kured(*args).settings)
    assert (said is None and not found) or said in found[0]
