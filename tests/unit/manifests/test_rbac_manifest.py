"""The rights, as `kuredtui manifests rbac` prints them. That they suffice is shown in tests/rbac."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from kuredtui import cli


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, ["--config", "/dev/null", "manifests", "rbac", *arguments])


def documents(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return list(yaml.safe_load_all(result.output))


def rules(*arguments: str) -> list[dict[str, Any]]:
    return [rule for item in documents(*arguments) for rule in item.get("rules", ())]


def test_a_viewer_may_change_nothing() -> None:
    verbs = {verb for rule in rules("--role", "viewer") for verb in rule["verbs"]}
    assert verbs == {"get", "list", "watch"}
    assert not [rule for rule in rules("--role", "viewer") if "pods/exec" in rule["resources"]]


def test_the_lock_is_one_daemonset() -> None:
    place = ("--ds-namespace", "kured", "--ds-name", "my-release-kured")
    found = [
        (item["metadata"].get("namespace"), rule["resourceNames"])
        for item in documents("--role", "operator", *place)
        for rule in item.get("rules", ())
        if "daemonsets" in rule["resources"] and "patch" in rule["verbs"]
    ]
    assert found == [("kured", ["my-release-kured"])]


def test_without_kured_the_lock_is_a_lease_and_nothing_is_asked_of_kured() -> None:
    found = rules("--role", "operator", "--no-kured")
    assert [rule["resourceNames"] for rule in found if "resourceNames" in rule] == [["kuredtui"]]
    resources = {resource for rule in found for resource in rule["resources"]}
    assert not {"pods/exec", "pods/proxy"} & resources


@pytest.mark.parametrize("role", ["viewer", "operator"])
@pytest.mark.parametrize(
    ("arguments", "kind", "name"),
    [
        ((), "Group", "kuredtui-{role}s"),
        (("--group", "6f1c: x"), "Group", "6f1c: x"),
        (("--user", 'o"hara@example.org'), "User", 'o"hara@example.org'),
    ],
)
def test_every_role_is_bound_to_whom_is_named(
    role: str, arguments: tuple[str, ...], kind: str, name: str
) -> None:
    found = documents("--role", role, *arguments)
    roles = {(item["kind"], item["metadata"]["name"]) for item in found if "rules" in item}
    bindings = [item for item in found if "roleRef" in item]
    assert {(item["roleRef"]["kind"], item["roleRef"]["name"]) for item in bindings} == roles
    for item in bindings:
        (subject,) = item["subjects"]
        assert (subject["kind"], subject["name"]) == (kind, name.format(role=role))


def test_the_rights_of_a_viewer_and_of_an_operator_can_be_applied_side_by_side() -> None:
    def bindings(role: str) -> set[str]:
        found = documents("--role", role)
        return {item["metadata"]["name"] for item in found if "roleRef" in item}

    assert not bindings("viewer") & bindings("operator")


def test_a_group_and_a_user_exclude_one_another() -> None:
    assert run("--role", "viewer", "--group", "a", "--user", "b").exit_code == 2


def test_a_viewer_reads_the_config_maps_that_are_named_and_no_others() -> None:
    arguments = ("--kured-configmap", "settings.kured", "--kured-configmap", "more")
    found = [
        rule for rule in rules("--role", "viewer", *arguments) if "configmaps" in rule["resources"]
    ]
    assert [(rule["resourceNames"], rule["verbs"]) for rule in found] == [
        (["settings.kured", "more"], ["get"])
    ]
    assert run("--role", "viewer", "--kured-configmap", "No/Name").exit_code == 2
    assert not [rule for rule in rules("--role", "viewer") if "configmaps" in rule["resources"]]


def test_an_operator_may_ask_by_the_sentinel_where_it_is_named() -> None:
    found = [
        item["metadata"]["namespace"]
        for item in documents("--role", "operator", "--sentinel-namespace", "kuredtui")
        for rule in item.get("rules", ())
        if "pods/exec" in rule["resources"]
    ]
    assert found == ["kube-system", "kuredtui"]
    viewer = rules("--role", "viewer", "--sentinel-namespace", "kuredtui")
    assert not [rule for rule in viewer if "pods/exec" in rule["resources"]]
