"""Command line and environment of a container, as a Go program with such flags reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.kube.goflags.kinds import Array, Duration, Hidden, Regexp, Slice, flags_of
from kuredtui.kube.goflags.reading import Origin, Reading, read_flags
from kuredtui.kube.types import Container, EnvVar


@dataclass(frozen=True, kw_only=True)
class Flags:
    name: str = "kured"
    owners: int = 1
    annotate: bool = False
    period: Duration = 3600.0
    days: Slice = ("su", "sa")
    pods: Array = ()
    alerts: Regexp = ""
    notify_url: Hidden = Hidden()  # noqa: RUF009  # immutable


def read(
    *words: str,
    env: Mapping[str, str] | None = None,
    variables: Sequence[object] = (),
    **more: object,
) -> Reading[Flags]:
    """What `/bin/program words...` makes of this environment."""
    container = {
        "command": ["/bin/program"],
        "args": list(words),
        "env": [
            *({"name": name, "value": value} for name, value in (env or {}).items()),
            *variables,
        ],
        **more,
    }
    return read_flags(Flags, msgspec.convert(container, Container), prefix="APP")


def test_without_anything_all_is_default() -> None:
    reading = read()
    assert reading.settings == Flags()
    assert (reading.origins, reading.elsewhere, reading.faults) == ({}, {}, ())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--name=a"], Flags(name="a")),
        (["--name", "a"], Flags(name="a")),
        (["--name="], Flags(name="")),
        (["--name=a=b"], Flags(name="a=b")),
        (["--name", "--owners=2"], Flags(name="--owners=2")),
        (["--name=a", "--name=b"], Flags(name="b")),
        (["--owners=0x3"], Flags(owners=3)),
        (["--annotate"], Flags(annotate=True)),
        (["--annotate=false"], Flags(annotate=False)),
        (["--annotate", "false"], Flags(annotate=True)),
        (["--annotate=T"], Flags(annotate=True)),
        (["--period=1h30m"], Flags(period=5400.0)),
        (["--days=mo,tu"], Flags(days=("mo", "tu"))),
        (["--days=mo", "--days=tu"], Flags(days=("mo", "tu"))),
        (["--days="], Flags(days=())),
        (["--pods=a=b,c=d", "--pods=e=f"], Flags(pods=("a=b,c=d", "e=f"))),
        (["--alerts=^(A|B)$"], Flags(alerts="^(A|B)$")),
        (["stray", "--name=a", "-", "more"], Flags(name="a")),
        (["--name=a", "--", "--name=b"], Flags(name="a")),
    ],
)
def test_the_command_line(words: list[str], expected: Flags) -> None:
    reading = read(*words)
    assert reading.settings == expected
    assert not reading.faults
    assert not reading.unknown_flags


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"APP_NAME": "e"}, Flags(name="e")),
        ({"APP_NAME": ""}, Flags(name="")),
        ({"APP_OWNERS": "010"}, Flags(owners=10)),
        ({"APP_ANNOTATE": "1"}, Flags(annotate=True)),
        ({"APP_PERIOD": "90s"}, Flags(period=90.0)),
        ({"APP_DAYS": "mo,tu"}, Flags(days=("mo", "tu"))),
        ({"APP_ALERTS": "x"}, Flags(alerts="x")),
        ({"NAME": "e", "app_name": "e"}, Flags()),
    ],
)
def test_the_environment(env: Mapping[str, str], expected: Flags) -> None:
    reading = read(env=env)
    assert reading.settings == expected
    assert not reading.faults


def test_the_environment_lies_over_the_command_line() -> None:
    reading = read("--name=a", "--owners=2", env={"APP_NAME": "e"})
    assert reading.settings == Flags(name="e", owners=2)
    assert reading.origins == {"name": Origin.ENVIRONMENT, "owners": Origin.ARGS}


def test_a_slice_is_the_union_of_both() -> None:
    reading = read("--days=mo", env={"APP_DAYS": "tu,we"})
    assert reading.settings == Flags(days=("mo", "tu", "we"))
    assert reading.origins == {"days": Origin.BOTH}


def test_an_array_is_not_read_from_the_environment() -> None:
    reading = read(env={"APP_PODS": "a=b"})
    assert reading.settings == Flags()
    assert reading.unread_variables == ("APP_PODS",)


def test_the_command_may_carry_flags_too() -> None:
    reading = read("--owners=2", command=["/bin/program", "--name=a", "--owners=5"])
    assert reading.settings == Flags(name="a", owners=2)


@pytest.mark.parametrize(
    "words", [["--nmae=x"], ["--nmae", "x"], ["--nmae"], ["--nmae=x", "--nmae=y"]]
)
def test_an_unknown_flag_is_reported_by_name_and_hides_nothing(words: list[str]) -> None:
    reading = read(*words, "--owners=2")
    assert reading.unknown_flags == ("--nmae",)
    assert reading.settings == Flags(owners=2)


def test_a_shell_is_reported_since_its_script_is_not_read() -> None:
    reading = read(command=["sh", "-c", "exec program --name=a"])
    assert reading.unknown_flags == ("-c",)


def test_an_unread_variable_is_reported() -> None:
    assert read(env={"APP_NMAE": "x", "HOME": "/"}).unread_variables == ("APP_NMAE",)


@pytest.mark.parametrize(
    ("words", "env", "fault"),
    [
        (["--owners=two"], {}, "--owners: 'two' is not an integer."),
        (["--owners"], {}, "--owners has no value."),
        (["--annotate=maybe"], {}, "--annotate: 'maybe' is neither true nor false."),
        ([], {"APP_PERIOD": "5"}, "--period: '5' is not a duration such as 30m, 1h30m or 90s."),
        ([], {"APP_ANNOTATE": ""}, "--annotate: '' is neither true nor false."),
    ],
)
def test_what_would_stop_the_program(words: list[str], env: Mapping[str, str], fault: str) -> None:
    reading = read(*words, env=env)
    assert reading.faults == (fault,)
    assert reading.settings == Flags()


FROM_ELSEWHERE = [
    ({"fieldRef": {"fieldPath": "spec.nodeName"}}, "the pod's spec.nodeName"),
    ({"configMapKeyRef": {"name": "cm", "key": "k"}}, "ConfigMap cm, key k"),
    ({"secretKeyRef": {"name": "s", "key": "k"}}, "Secret s, key k"),
    ({"fileKeyRef": {"path": "/x"}}, "outside the DaemonSet"),
]


@pytest.mark.parametrize(("source", "words"), FROM_ELSEWHERE)
def test_what_comes_from_elsewhere_is_not_known(source: object, words: str) -> None:
    reading = read("--name=a", variables=[{"name": "APP_NAME", "valueFrom": source}])
    assert reading.elsewhere == {"name": words}
    assert reading.settings == Flags(name="a")
    assert reading.origins == {"name": Origin.ENVIRONMENT}


def test_a_known_variable_lies_over_a_flag_from_elsewhere() -> None:
    reading = read("--name=$(UNKNOWN)", env={"APP_NAME": "e"})
    assert reading.elsewhere == {}
    assert reading.settings == Flags(name="e")


def test_references_to_variables_are_replaced_as_kubernetes_does() -> None:
    reading = read("--name=$(A)-$$(A)-$A-$(", env={"A": "x", "B": "$(A)y", "APP_ALERTS": "$(B)$$"})
    assert reading.settings == Flags(name="x-$(A)-$A-$(", alerts="xy$")


def test_a_reference_to_a_service_s_variable_is_not_known() -> None:
    reading = read("--name=$(KUBERNETES_SERVICE_HOST)", "$(DB_PORT_5432_TCP)")
    assert reading.elsewhere == {"name": "the variable KUBERNETES_SERVICE_HOST"}
    assert reading.unknown_flags == ("a word from the variable DB_PORT_5432_TCP",)


def test_a_reference_to_nothing_stays_as_it_is() -> None:
    assert read("--name=$(MORE)-$(A)", env={"A": "x"}).settings == Flags(name="$(MORE)-x")


@pytest.mark.parametrize("whole", ["configMapRef", "secretRef"])
def test_a_reference_to_what_a_whole_source_may_have_is_not_known(whole: str) -> None:
    sources = [{"prefix": "MO", whole: {"name": "more"}}]
    reading = read("--name=$(MORE)", "--alerts=$(LESS)", envFrom=sources)
    assert reading.elsewhere == {"name": "the variable MORE"}
    assert reading.settings == Flags(alerts="$(LESS)")


def test_what_a_whole_config_map_may_set_is_not_known() -> None:
    sources = [{"configMapRef": {"name": "cm"}, "prefix": "APP_NA"}]
    reading = read("--name=a", "--owners=2", envFrom=sources)
    assert reading.elsewhere == {"name": "ConfigMap cm, with the prefix APP_NA"}
    assert reading.settings.owners == 2
    assert read(envFrom=sources, env={"APP_NAME": "e"}).settings == Flags(name="e")
    assert "pods" not in read(envFrom=[{"configMapRef": {"name": "cm"}}]).elsewhere


def test_a_whole_secret_is_not_taken_to_hold_settings() -> None:
    reading = read("--name=a", envFrom=[{"secretRef": {"name": "s"}}])
    assert (reading.elsewhere, reading.sources) == ({}, ("Secret s",))
    prefixed = [{"secretRef": {"name": "s"}, "prefix": "SLACK_"}]
    assert read(envFrom=prefixed).sources == ()


def test_whole_config_maps_and_secrets_are_named() -> None:
    reading = read(
        envFrom=[
            {"configMapRef": {"name": "cm"}, "prefix": "APP_"},
            {"secretRef": {"name": "s"}},
        ]
    )
    assert reading.sources == ("ConfigMap cm, with the prefix APP_", "Secret s")


def test_a_secret_is_there_and_not_shown() -> None:
    reading = read("--notify-url=slack://token", "--owners=x", "--token=slack://token")
    assert reading.settings.notify_url.value == "slack://token"
    assert "slack" not in repr(reading)
    with pytest.raises(TypeError):
        msgspec.json.encode(reading.settings)


def test_a_field_of_no_kind_is_refused() -> None:
    @dataclass
    class Wrong:
        ratio: float = 0.5

    with pytest.raises(TypeError, match=r"Wrong\.ratio"):
        flags_of(Wrong)


@given(st.lists(st.text(max_size=20), max_size=8), st.dictionaries(st.text(), st.text()))
def test_no_words_whatever_break_the_reading(words: list[str], env: dict[str, str]) -> None:
    container = Container(
        args=words, env=[EnvVar(name=f"APP_{name}", value=value) for name, value in env.items()]
    )
    assert isinstance(read_flags(Flags, container, prefix="APP").settings, Flags)
