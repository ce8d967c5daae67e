"""Which cluster is meant: the rules of kubectl, one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kuredtui.kube import in_cluster
from kuredtui.kube.connection import resolve
from kuredtui.kube.errors import ConfigError

WriteConfig = Callable[..., str]


def config(
    *,
    current: str | None = None,
    clusters: dict[str, dict[str, object]] | None = None,
    users: dict[str, dict[str, object]] | None = None,
    contexts: dict[str, dict[str, object]] | None = None,
) -> dict[str, object]:
    """A kubeconfig's content from what matters in it."""
    content: dict[str, object] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": each} for name, each in (clusters or {}).items()],
        "users": [{"name": name, "user": each} for name, each in (users or {}).items()],
        "contexts": [{"name": name, "context": each} for name, each in (contexts or {}).items()],
    }
    return content if current is None else content | {"current-context": current}


def simple(name: str, **more: object) -> dict[str, object]:
    """One context, all its parts of one name, and a server that tells which file it came from."""
    return config(
        current=name,
        clusters={name: {"server": f"https://{name}.example:6443", **more}},
        users={name: {"token": f"token-of-{name}"}},
        contexts={name: {"cluster": name, "user": name}},
    )


@pytest.fixture
def write(tmp_path: Path) -> WriteConfig:
    def write_config(place: str, content: object) -> str:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        return str(path)

    return write_config


def env(home: Path, **variables: str) -> dict[str, str]:
    return {"HOME": str(home / "nobody"), **variables}


def test_the_flag_wins_over_the_variable_and_the_default(
    tmp_path: Path, write: WriteConfig
) -> None:
    write(".kube/config", simple("home"))
    variable = write("variable", simple("variable"))
    flag = write("flag", simple("flag"))
    environ = {"HOME": str(tmp_path), "KUBECONFIG": variable}
    assert resolve(kubeconfig=flag, environ=environ).context == "flag"
    assert resolve(environ=environ).context == "variable"
    assert resolve(environ={"HOME": str(tmp_path)}).context == "home"
    assert resolve(environ={"HOME": str(tmp_path), "KUBECONFIG": ""}).context == "home"


def test_the_target_says_what_the_file_says(tmp_path: Path, write: WriteConfig) -> None:
    path = write(
        "config",
        config(
            current="c",
            clusters={"k": {"server": "https://k:6443/"}},
            users={"u": {"token": "secret-token"}},
            contexts={"c": {"cluster": "k", "user": "u", "namespace": "n"}},
        ),
    )
    target = resolve(kubeconfig=path, environ=env(tmp_path))
    assert (target.context, target.cluster, target.user) == ("c", "k", "u")
    assert (target.server, target.namespace) == ("https://k:6443", "n")
    assert target.files == (path,)


def test_no_secret_shows_in_the_text_of_a_target(tmp_path: Path, write: WriteConfig) -> None:
    target = resolve(kubeconfig=write("config", simple("a")), environ=env(tmp_path))
    assert target.user_entry.token == "token-of-a"
    assert "token-of-a" not in repr(target)


def test_of_several_files_the_first_current_context_counts(
    tmp_path: Path, write: WriteConfig
) -> None:
    none = write("none", config(current=""))
    first, second = write("first", simple("first")), write("second", simple("second"))
    environ = env(tmp_path, KUBECONFIG=f"{none}:{first}:{second}")
    assert resolve(environ=environ).context == "first"
    assert resolve(environ=environ, context="second").server == "https://second.example:6443"


def test_of_one_name_in_two_files_the_first_counts_whole(
    tmp_path: Path, write: WriteConfig
) -> None:
    first = write("first", simple("a"))
    second = write("second", simple("a", **{"tls-server-name": "other"}))
    target = resolve(environ=env(tmp_path, KUBECONFIG=f"{first}:{second}"))
    assert target.cluster_entry.tls_server_name == ""


def test_missing_files_in_the_list_are_passed_over(tmp_path: Path, write: WriteConfig) -> None:
    there = write("there", simple("there"))
    target = resolve(environ=env(tmp_path, KUBECONFIG=f"{tmp_path}/gone::{there}"))
    assert target.files == (there,)


def test_relative_paths_belong_to_their_own_file(tmp_path: Path, write: WriteConfig) -> None:
    first = write(
        "one/config",
        config(
            current="c",
            clusters={"k": {"server": "https://k", "certificate-authority": "ca.crt"}},
            contexts={"c": {"cluster": "k", "user": "u"}},
        ),
    )
    second = write(
        "two/config",
        config(
            users={
                "u": {
                    "client-certificate": "tls/me.crt",
                    "client-key": "../me.key",
                    "tokenFile": "/absolute/token",
                    "exec": {"command": "./bin/login", "apiVersion": "v1"},
                }
            }
        ),
    )
    target = resolve(environ=env(tmp_path, KUBECONFIG=f"{first}:{second}"))
    user = target.user_entry
    assert target.cluster_entry.certificate_authority == str(tmp_path / "one/ca.crt")
    assert user.client_certificate == str(tmp_path / "two/tls/me.crt")
    assert user.client_key == str(tmp_path / "me.key")
    assert user.token_file == "/absolute/token"
    assert user.exec is not None
    assert user.exec.command == str(tmp_path / "two/bin/login")


def test_a_plugin_without_a_slash_is_left_to_the_path(tmp_path: Path, write: WriteConfig) -> None:
    content = simple("a")
    content["users"] = [{"name": "a", "user": {"exec": {"command": "kubelogin"}}}]
    user = resolve(kubeconfig=write("config", content), environ=env(tmp_path)).user_entry
    assert user.exec is not None
    assert user.exec.command == "kubelogin"


def test_relative_names_of_files_belong_to_the_working_directory(
    tmp_path: Path, write: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("here/config", simple("a", **{"certificate-authority": "ca.crt"}))
    monkeypatch.chdir(tmp_path)
    target = resolve(kubeconfig="here/config", environ=env(tmp_path))
    assert target.cluster_entry.certificate_authority == str(tmp_path / "here/ca.crt")


@pytest.mark.parametrize(
    ("server", "more", "url"),
    [
        ("k:6443", {}, "http://k:6443"),
        ("k:6443", {"insecure-skip-tls-verify": True}, "https://k:6443"),
        ("https://k/prefix/", {}, "https://k/prefix"),
    ],
)
def test_a_server_without_a_scheme_is_https_only_where_tls_is_spoken_of(
    tmp_path: Path, write: WriteConfig, server: str, more: dict[str, object], url: str
) -> None:
    path = write(
        "config",
        simple("a", **more) | {"clusters": [{"name": "a", "cluster": {"server": server, **more}}]},
    )
    assert resolve(kubeconfig=path, environ=env(tmp_path)).server == url


def test_times_and_numbers_in_quotes_stay_text(tmp_path: Path, write: WriteConfig) -> None:
    content = simple("a")
    path = write("config", yaml.safe_dump(content).replace("token-of-a", "2026-11-23T04:33:52Z"))
    assert (
        resolve(kubeconfig=path, environ=env(tmp_path)).user_entry.token == "2026-11-23T04:33:52Z"
    )


@pytest.fixture
def service_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A pod: its service account's files, and the environment Kubernetes gives it."""
    directory = tmp_path / "serviceaccount"
    directory.mkdir()
    (directory / "token").write_text("pod-token")
    (directory / "namespace").write_text("kured")
    monkeypatch.setattr(in_cluster, "SERVICE_ACCOUNT", directory)
    return env(tmp_path, KUBERNETES_SERVICE_HOST="10.0.0.1", KUBERNETES_SERVICE_PORT="443")


def test_a_pod_without_a_kubeconfig_means_its_own_cluster(service_account: dict[str, str]) -> None:
    target = resolve(environ=service_account)
    assert target.in_cluster
    assert target.server == "https://10.0.0.1:443"
    assert (target.context, target.namespace) == ("", "kured")


def test_a_pods_cluster_may_have_an_ipv6_address(service_account: dict[str, str]) -> None:
    target = resolve(environ=service_account | {"KUBERNETES_SERVICE_HOST": "fd00::1"})
    assert target.server == "https://[fd00::1]:443"


def test_in_a_pod_a_kubeconfig_still_counts(
    service_account: dict[str, str], write: WriteConfig
) -> None:
    path = write("config", simple("a"))
    assert resolve(environ=service_account | {"KUBECONFIG": path}).context == "a"


def test_in_a_pod_a_named_file_is_never_replaced_by_the_pods_cluster(
    service_account: dict[str, str], write: WriteConfig
) -> None:
    path = write("config", config(current=""))
    with pytest.raises(ConfigError, match="holds no contexts"):
        resolve(kubeconfig=path, environ=service_account)


def broken(**parts: object) -> dict[str, object]:
    return simple("a") | parts


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a: [", "not YAML"),
        ("\tx", "not YAML"),
        ("just text", "is not a kubeconfig"),
        ("- 1", "is not a kubeconfig"),
        ("users: &a [*a]", "is not a kubeconfig"),
        ("", "holds no contexts"),
        (broken(users=[{"name": "a", "user": {"token": 5}}]), "is not a kubeconfig.*token"),
        (broken(clusters={"a": 1}), "is not a kubeconfig.*clusters"),
        (broken(**{"current-context": ""}), "No context is current. Choose one with --context: a"),
        (broken(**{"current-context": "b"}), "current context 'b' is in no kubeconfig.*: a"),
        (broken(clusters=[]), "names the cluster 'a', which is in no kubeconfig"),
        (broken(users=[]), "names the user 'a', who is in no kubeconfig"),
        (broken(clusters=[{"name": "a", "cluster": {}}]), "has no server"),
        (
            broken(clusters=[{"name": "a", "cluster": {"server": "ftp://x"}}]),
            "no http or https URL",
        ),
        (broken(users=[{"name": "a"}, {"name": "a"}]), "two users named 'a'"),
    ],
)
def test_a_file_that_cannot_be_used_gives_one_sentence(
    tmp_path: Path, write: WriteConfig, content: object, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        resolve(kubeconfig=write("config", content), environ=env(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_context_that_is_asked_for_and_missing_is_named(
    tmp_path: Path, write: WriteConfig
) -> None:
    path = write("config", simple("a"))
    with pytest.raises(
        ConfigError, match=r"context 'b' is in no kubeconfig. Choose one of these.*: a"
    ):
        resolve(kubeconfig=path, context="b", environ=env(tmp_path))


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no kubeconfig at /gone, which --kubeconfig names"):
        resolve(kubeconfig="/gone", environ=env(tmp_path))


def test_one_of_the_files_in_the_variable_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no kubeconfig at /gone, /lost, which KUBECONFIG names"):
        resolve(environ=env(tmp_path, KUBECONFIG="/gone:/lost"))


def test_no_kubeconfig_at_all_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no kubeconfig at .*--kubeconfig.*--demo"):
        resolve(environ=env(tmp_path))


def test_a_directory_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        resolve(kubeconfig=str(tmp_path), environ=env(tmp_path))
