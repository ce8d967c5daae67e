"""The same kubeconfig files, read by us and by the real kubectl, mean the same cluster and user."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kuredtui.kube.connection import resolve
from kuredtui.kube.errors import ConfigError
from tests.support.kubectl import require_kubectl

require_kubectl()


def kubectl_view(
    *, environ: dict[str, str], arguments: tuple[str, ...] = (), directory: Path
) -> dict[str, object] | None:
    """The one context as kubectl sees it, files read and put inline; None if it refuses."""
    done = subprocess.run(
        ["kubectl", "config", "view", "--minify", "--flatten", "--raw", "-o", "json", *arguments],
        env={"PATH": os.environ["PATH"], **environ},
        cwd=directory,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        return None
    view = json.loads(done.stdout)
    context = view["contexts"][0]["context"]
    return {
        "context": view["current-context"],
        "namespace": context.get("namespace", "default"),
        "cluster": view["clusters"][0]["cluster"] if view["clusters"] else {},
        "user": view["users"][0]["user"] if view["users"] else {},
    }


def our_view(*, environ: dict[str, str], **choice: str) -> dict[str, object] | None:
    """The same from our own resolution."""
    try:
        target = resolve(environ=environ, **choice)
    except ConfigError:
        return None
    cluster = msgspec.to_builtins(target.cluster_entry)
    user = msgspec.to_builtins(target.user_entry)
    for part, key in (
        (cluster, "certificate-authority"),
        (user, "client-certificate"),
        (user, "client-key"),
    ):
        if path := part.pop(key, ""):
            part[f"{key}-data"] = base64.b64encode(Path(path).read_bytes()).decode()
    return {
        "context": target.context,
        "namespace": target.namespace,
        "cluster": cluster,
        "user": user,
    }


def without_defaults(view: dict[str, object] | None) -> dict[str, object] | None:
    """kubectl spells out two defaults of a plugin, and keeps the server's last slash."""
    if view is None:
        return None
    plugin = view["user"].get("exec")  # type: ignore[attr-defined]  # plain JSON
    if plugin:
        for key, default in (("provideClusterInfo", False), ("interactiveMode", "IfAvailable")):
            if plugin.get(key) == default:
                del plugin[key]
        for key in ("env", "args"):
            if plugin.get(key, 0) is None:
                del plugin[key]
    return view


NAMES = st.sampled_from(["a", "b", "c"])
CLUSTERS = st.fixed_dictionaries(
    {"server": st.sampled_from(["https://one:6443", "https://two:6443"])},
    optional={
        "certificate-authority": st.sampled_from(["ca.crt", "sub/ca.crt"]),
        "tls-server-name": st.just("name"),
        "proxy-url": st.just("http://proxy:3128"),
        "disable-compression": st.booleans(),
    },
)
USERS = st.fixed_dictionaries(
    {},
    optional={
        "token": st.sampled_from(["t1", "t2"]),
        "username": st.just("someone"),
        "password": st.just("pass"),
        "client-certificate": st.just("me.crt"),
        "client-key": st.just("sub/me.key"),
        "as": st.just("other"),
        "as-groups": st.just(["g1", "g2"]),
        "exec": st.just(
            {
                "apiVersion": "client.authentication.k8s.io/v1",
                "command": "login",
                "args": ["a"],
                "env": [{"name": "N", "value": "v"}],
                "interactiveMode": "Never",
            }
        ),
    },
)
CONTEXTS = st.fixed_dictionaries(
    {"cluster": NAMES, "user": NAMES}, optional={"namespace": st.sampled_from(["n1", "n2"])}
)


def named(kind: str, entries: st.SearchStrategy[dict[str, object]]) -> st.SearchStrategy[object]:
    """A list of entries, each name at most once."""
    return st.dictionaries(NAMES, entries, max_size=3).map(
        lambda some: [{"name": name, kind: each} for name, each in some.items()]
    )


FILES = st.fixed_dictionaries(
    {
        "clusters": named("cluster", CLUSTERS),
        "users": named("user", USERS),
        "contexts": named("context", CONTEXTS),
    },
    optional={"current-context": st.sampled_from(["", "a", "b"])},
)


def is_complete(view: dict[str, object], files: list[dict[str, object]]) -> bool:
    """Whether the cluster and the user that the context names are there at all."""

    def entries(kind: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for file in files:
            for each in file[f"{kind}s"]:  # type: ignore[attr-defined]  # plain JSON
                found.setdefault(each["name"], each[kind])
        return found

    context = entries("context")[str(view["context"])]
    return context["cluster"] in entries("cluster") and context["user"] in entries("user")


@settings(max_examples=20)
@given(files=st.lists(FILES, min_size=1, max_size=3), chosen=st.sampled_from(["", "a", "b", "c"]))
def test_any_set_of_files_means_the_same_to_kubectl(
    files: list[dict[str, object]], chosen: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        paths = []
        for number, content in enumerate(files):
            place = directory / f"file{number}"
            (place / "sub").mkdir(parents=True)
            for relative in ("ca.crt", "sub/ca.crt", "me.crt", "sub/me.key"):
                (place / relative).write_text(f"{relative} of file {number}")
            (place / "config").write_text(json.dumps(content))
            paths += [str(place / "config"), str(directory / "missing")]
        environ = {"HOME": name, "KUBECONFIG": os.pathsep.join(paths)}
        ours = our_view(environ=environ, **({"context": chosen} if chosen else {}))
        theirs = kubectl_view(
            environ=environ,
            arguments=("--context", chosen) if chosen else (),
            directory=directory,
        )
    if ours is None and theirs is not None:
        # kubectl shows a context whose cluster or user is missing, and refuses to connect; so do we,
        # only sooner.
        assert not is_complete(theirs, files)
    else:
        assert without_defaults(ours) == without_defaults(theirs)
