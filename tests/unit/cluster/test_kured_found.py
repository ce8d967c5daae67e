"""What is said of the kureds of a cluster."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from kuredtui.cluster.kured_found import FoundKured, KuredPresence, changed_settings
from kuredtui.cluster.kured_settings import KuredSettings
from kuredtui.kube.goflags.reading import read_flags
from kuredtui.kube.types import (
    Container,
    DaemonSet,
    EnvFromSource,
    EnvVar,
    EnvVarSource,
    KeyReference,
    WholeReference,
)

UNSEEN = "Whether a kured runs here cannot be seen: you may not list daemonsets."


def kured(
    *args: str, name: str = "kured", image: str = "ghcr.io/kubereboot/kured:1.23.0", **env: str
) -> FoundKured:
    variables = [{"name": key, "value": value} for key, value in env.items()]
    body = {
        "metadata": {"name": name, "namespace": "kube-system", "uid": name},
        "spec": {
            "template": {
                "spec": {
                    "containers": [
                        {"name": "kured", "image": image, "args": list(args), "env": variables,
                         "command": ["/usr/bin/kured"]}
                    ]
                }
            }
        },
        "status": {"desiredNumberScheduled": 10, "numberReady": 9},
    }  # fmt: skip
    return FoundKured.of(msgspec.convert(body, DaemonSet))


def test_one_is_told_with_how_it_goes_about_its_nodes() -> None:
    presence = KuredPresence(looked=True, found=(kured("--period=1h30m", "--concurrency=2"),))
    assert presence.brief == "kured 1.23.0"
    assert presence.describe() == (
        "kured 1.23.0 runs here: DaemonSet kube-system/kured, ready on 9 of 10 nodes, 2 nodes at a "
        "time, looks every 1h30m."
    )


def test_several_are_named() -> None:
    presence = KuredPresence(looked=True, found=(kured(), kured(name="other")))
    assert presence.brief == "2 kureds"
    assert "kube-system/kured, kube-system/other" in presence.describe()


def test_none_is_said_only_where_all_was_seen() -> None:
    assert KuredPresence(looked=True).describe() == "No kured runs in this cluster."
    assert KuredPresence(looked=True).brief == "no kured"
    unseen = KuredPresence(looked=True, unseen=UNSEEN)
    assert (unseen.describe(), unseen.brief) == (UNSEEN, "kured?")
    assert (KuredPresence().describe(), KuredPresence().brief) == ("", "")


def test_an_image_by_digest_alone_has_no_version() -> None:
    assert kured(image="registry:5000/kured@sha256:abc").title == "kured"
    assert kured(image="registry:5000/kured:1.22.0@sha256:abc").title == "kured 1.22.0"


def test_an_unknown_flag_and_an_unread_variable_are_reported() -> None:
    found = kured("--do-it-well=secret", KURED_BLOCKING_POD_SELECTOR="app=db")
    assert found.oddities() == (
        "kured kube-system/kured has flags that are not known here, and not respected: --do-it-well.",
        "kured kube-system/kured has variables that it does not read: KURED_BLOCKING_POD_SELECTOR.",
    )


def test_the_nodes_own_name_is_no_oddity() -> None:
    assert kured().oddities() == ()


def test_how_many_at_a_time_and_how_often_are_not_guessed() -> None:
    whole = EnvFromSource(config_map_ref=WholeReference(name="settings"))
    reading = read_flags(KuredSettings, Container(env_from=[whole]), prefix="KURED")
    assert replace(kured(), reading=reading).describe() == (
        "kured 1.23.0 runs here: DaemonSet kube-system/kured, ready on 9 of 10 nodes, nobody knows how "
        "many at a time, looks nobody knows how often."
    )


def test_what_is_not_known_any_more_is_no_change() -> None:
    reference = KeyReference(name="settings", key="owners")
    env = EnvVar(name="KURED_CONCURRENCY", value_from=EnvVarSource(config_map_key_ref=reference))
    unknown = read_flags(KuredSettings, Container(env=[env]), prefix="KURED")
    assert changed_settings(kured("--concurrency=2").reading, unknown) == []
    assert changed_settings(unknown, kured("--concurrency=2").reading) == []


def test_what_may_come_from_a_whole_source_is_said_once() -> None:
    whole = EnvFromSource(config_map_ref=WholeReference(name="settings"))
    secret = EnvFromSource(secret_ref=WholeReference(name="urls"))
    reading = read_flags(KuredSettings, Container(env_from=[whole, secret]), prefix="KURED")
    assert replace(kured(), reading=reading).oddities() == (
        "kured kube-system/kured may have any of its settings from ConfigMap settings, which is not "
        "read here.",
        "kured kube-system/kured may have settings from Secret urls: never read here, and not "
        "respected.",
    )


def test_a_change_is_told_without_secrets() -> None:
    before = kured("--notify-url=slack://old").reading
    after = kured("--notify-url=slack://new", "--concurrency=2", "--reboot-days=mo").reading
    assert changed_settings(before, after) == [
        "--concurrency 1 -> 2",
        "--reboot-days su,mo,tu,we,th,fr,sa -> mo",
        "--notify-url (set, not shown) -> (set, not shown)",
    ]
