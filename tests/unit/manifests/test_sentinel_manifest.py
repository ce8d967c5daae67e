"""The sentinel's manifest, as `kuredtui manifests sentinel` prints it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from kuredtui import cli
from kuredtui.cluster.sentinel_report import SENTINEL_SELECTOR
from kuredtui.manifests.sentinel import sentinel_manifest
from kuredtui.manifests.template import data, quoted

Manifest = dict[str, Any]


def documents(text: str) -> tuple[Manifest, Manifest]:
    """The namespace and the DaemonSet."""
    namespace, daemonset = yaml.safe_load_all(text)
    return namespace, daemonset


def container(text: str) -> Manifest:
    return documents(text)[1]["spec"]["template"]["spec"]["containers"][0]


def variables(text: str) -> dict[str, str]:
    """The container's variables, as Kubernetes hands them over."""
    found: dict[str, str] = {}
    for item in container(text)["env"]:
        found[item["name"]] = expanded(item["value"], found)
    return found


def expanded(text: str, known: dict[str, str]) -> str:
    """`$$` is `$`, and `$(NAME)` a variable if it is known (API reference, Container.command)."""

    def replaced(match: re.Match[str]) -> str:
        return "$" if match[0] == "$$" else known.get(match[1], match[0])

    return re.sub(r"\$\$|\$\(([^)]*)\)", replaced, text)


def run(*arguments: str) -> Result:
    empty = str(Path("/dev/null"))
    return CliRunner().invoke(cli.cli, ["--config", empty, "manifests", "sentinel", *arguments])


def test_the_command_prints_it_with_the_defaults() -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert result.output == sentinel_manifest()


def test_the_options_get_where_they_belong() -> None:
    text = run(
        *("--namespace", "patching", "--sentinel-path", "/var/lib/patch/flag"),
        *("--sentinel-command", "test -e /host/x", "--interval", "1m", "--image", "here/box:1"),
    ).output
    namespace, daemonset = documents(text)
    assert namespace["metadata"]["name"] == daemonset["metadata"]["namespace"] == "patching"
    assert container(text)["image"] == "here/box:1"
    assert variables(text) == {
        "SENTINEL_PATH": "/host/var/lib/patch/flag",
        "SENTINEL_COMMAND": "test -e /host/x",
        "SENTINEL_INTERVAL": "60",
    }


def test_the_namespace_admits_the_host_path() -> None:
    namespace, _ = documents(sentinel_manifest())
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"


def test_the_pod_may_nothing() -> None:
    pod = documents(sentinel_manifest())[1]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 65534
    assert not {"hostPID", "hostNetwork", "hostIPC"} & pod.keys()
    assert container(sentinel_manifest())["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_pod_runs_on_every_linux_node_and_sees_its_run_directory_only() -> None:
    pod = documents(sentinel_manifest())[1]["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert pod["tolerations"] == [{"operator": "Exists"}]
    assert pod["volumes"][0]["hostPath"] == {"path": "/run", "type": "Directory"}
    mount = container(sentinel_manifest())["volumeMounts"][0]
    assert mount == {
        "name": "host",
        "mountPath": "/host/run",
        "readOnly": True,
        "mountPropagation": "HostToContainer",
    }


def test_the_console_finds_its_pods() -> None:
    labels = documents(sentinel_manifest())[1]["spec"]["template"]["metadata"]["labels"]
    key, _, value = SENTINEL_SELECTOR.partition("=")
    assert labels[key] == value


def test_the_script_arrives_as_it_is_in_its_file() -> None:
    text = sentinel_manifest()
    shell, flag, script = container(text)["command"]
    assert (shell, flag) == ("/bin/sh", "-c")
    assert expanded(script, variables(text)) == data("sentinel.sh")


@pytest.mark.parametrize(
    "command",
    ["", "test -e '$(SENTINEL_PATH)' && echo $$", 'a"b\\c\n  - d: {e}\t# \x07 ä 𐀀', "$script"],
)
def test_whatever_the_command_it_arrives_as_it_is(command: str) -> None:
    assert variables(sentinel_manifest(command=command))["SENTINEL_COMMAND"] == command


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_breaks_out_of_its_quotes(text: str) -> None:
    assert yaml.safe_load(f"a: {quoted(text)}\nb: 1") == {"a": text, "b": 1}
    assert "\n" not in quoted(text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sentinel-path", "reboot-required"], "no absolute path of a file"),
        (["--sentinel-path", "/run/../etc/flag"], "no absolute path of a file"),
        (["--sentinel-path", "/run/"], "no absolute path of a file"),
        (["--sentinel-path", "/reboot-required"], "lies in the root directory"),
        (["--namespace", "Kured"], "cannot be a name"),
        (["--interval", "0s"], "--interval is from 1s to 1h"),
        (["--interval", "5"], "is not a duration"),
    ],
)
def test_what_makes_no_sense_is_said(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
