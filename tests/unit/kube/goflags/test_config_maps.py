"""Variables that ConfigMaps give, as the kubelet makes an environment of them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kuredtui.kube.goflags.config_maps import ConfigMaps, config_maps_named, filled_in
from kuredtui.kube.goflags.words import environment, whole_sources
from kuredtui.kube.types import Container


def key(name: str, config_map: str, key: str, *, optional: bool = False) -> dict[str, Any]:
    reference = {"name": config_map, "key": key, "optional": optional}
    return {"name": name, "valueFrom": {"configMapKeyRef": reference}}


def whole(config_map: str, *, prefix: str = "", optional: bool = False) -> dict[str, Any]:
    return {"configMapRef": {"name": config_map, "optional": optional}, "prefix": prefix}


def known(
    config_maps: ConfigMaps, *env: dict[str, Any], env_from: tuple[dict[str, Any], ...] = ()
) -> dict[str, str | None]:
    """The variables; None for one that is not known."""
    body = {"env": list(env), "envFrom": list(env_from)}
    container = filled_in(msgspec.convert(body, Container), config_maps)
    found = {name: None if t.elsewhere else t.text for name, t in environment(container).items()}
    return {**found, **dict.fromkeys(whole_sources(container, prefix=""))}


LITERAL = {"name": "A", "value": "literal"}
MAPS: ConfigMaps = {"cm": {"k": "v", "dollar": "$(B) $$"}, "none": None}


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ([key("A", "cm", "k")], {"A": "v"}),
        ([key("A", "cm", "k"), LITERAL], {"A": "literal"}),
        ([LITERAL, key("A", "cm", "k")], {"A": "v"}),
        ([LITERAL, key("A", "cm", "dollar")], {"A": "$(B) $$"}),
        ([key("B", "cm", "k"), {"name": "A", "value": "$(B)$(B)"}], {"B": "v", "A": "vv"}),
        ([{"name": "A", "value": "$(B)"}, key("B", "cm", "k")], {"A": "$(B)", "B": "v"}),
        ([key("A", "cm", "other")], {"A": None}),
        ([key("A", "cm", "other", optional=True)], {}),
        ([LITERAL, key("A", "cm", "other", optional=True)], {"A": "literal"}),
        ([key("A", "none", "k")], {"A": None}),
        ([key("A", "none", "k", optional=True)], {}),
        ([key("A", "unread", "k")], {"A": None}),
        ([key("A", "unread", "k", optional=True)], {"A": None}),
    ],
)
def test_one_key(env: list[dict[str, Any]], expected: dict[str, str | None]) -> None:
    assert known(MAPS, *env) == expected


def test_a_whole_one_lies_below_the_list() -> None:
    found = known({"cm": {"A": "below", "B": "$(A)"}}, LITERAL, env_from=(whole("cm"),))
    assert found == {"A": "literal", "B": "$(A)"}


def test_of_two_whole_ones_the_later_counts() -> None:
    found = known(
        {"one": {"A": "1", "B": "1"}, "two": {"A": "2"}}, env_from=(whole("one"), whole("two"))
    )
    assert found == {"A": "2", "B": "1"}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ((whole("one"), whole("unread")), {"ConfigMap one": None, "ConfigMap unread": None}),
        ((whole("unread"), whole("one")), {"A": "1", "ConfigMap unread": None}),
        (
            (whole("one", prefix="X_"), whole("unread", prefix="Y_")),
            {"X_A": "1", "ConfigMap unread, with the prefix Y_": None},
        ),
    ],
)
def test_what_one_that_is_not_known_may_lie_over_is_not_known(
    sources: tuple[dict[str, Any], ...], expected: dict[str, str | None]
) -> None:
    assert known({"one": {"A": "1"}}, env_from=sources) == expected


def test_the_list_may_refer_to_a_whole_one() -> None:
    found = known(
        {"cm": {"A": "a"}},
        {"name": "B", "value": "$(P_A)!"},
        env_from=(whole("cm", prefix="P_"),),
    )
    assert found == {"P_A": "a", "B": "a!"}


@pytest.mark.parametrize(
    ("source", "left"),
    [
        (whole("none", optional=True), {}),
        (whole("none"), {"ConfigMap none": None}),
        (whole("unread", optional=True), {"ConfigMap unread": None}),
        ({"secretRef": {"name": "s"}}, {"Secret s": None}),
    ],
)
def test_a_whole_one_that_is_not_there(source: dict[str, Any], left: dict[str, None]) -> None:
    assert known(MAPS, env_from=(source,)) == left


def test_those_that_are_named() -> None:
    body = {
        "env": [key("A", "a", "k"), key("B", "a", "l"), LITERAL],
        "envFrom": [whole("b"), {"secretRef": {"name": "s"}}],
    }
    assert config_maps_named(msgspec.convert(body, Container)) == ("b", "a")
