"""A read-only client sends nothing that changes the cluster, whichever verb is called."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from kuredtui.demo.apiserver import ApiServer
from kuredtui.kube import client as client_module
from kuredtui.kube.client import Client
from kuredtui.kube.errors import ReadOnlyError
from kuredtui.kube.execution import execute
from kuredtui.kube.requests import Requests
from kuredtui.kube.resources import NODES, PODS
from tests.kube.follower import seed

Call = Callable[[Client], Coroutine[object, object, object]]

CHANGES: dict[str, Call] = {
    "create": lambda c: c.create(PODS, {}, namespace="default"),
    "create dry": lambda c: c.create(PODS, {}, namespace="default", dry_run=True),
    "patch": lambda c: c.patch(NODES, "n1", {"spec": {"unschedulable": True}}),
    "patch status": lambda c: c.patch(NODES, "n1", {}, subresource="status"),
    "replace": lambda c: c.replace(NODES, "n1", {}),
    "delete": lambda c: c.delete(NODES, "n1"),
    "socket": lambda c: execute(c, ["true"], namespace="default", pod="p", container="c"),
    "evict": lambda c: c.evict(namespace="default", name="p", uid=None),
}
READS: dict[str, Call] = {
    "get": lambda c: c.get(NODES, "n1"),
    "list": lambda c: c.list(NODES),
    "text": lambda c: c.text("/readyz", most_bytes=100),
    "version": lambda c: c.version(),
    "evicts": lambda c: c.evicts(),
    "who_am_i": lambda c: c.who_am_i(),
    "may": lambda c: c.may("patch", NODES),
}


@pytest.mark.embedded
@pytest.mark.parametrize("verb", CHANGES)
async def test_a_change_is_refused_before_it_is_sent(
    server: ApiServer, client: Client, verb: str
) -> None:
    seed(server, "n1")
    before = await client.get(NODES, "n1")
    client.read_only = True
    with pytest.raises(ReadOnlyError):
        await CHANGES[verb](client)
    assert await client.get(NODES, "n1") == before


@pytest.mark.embedded
@pytest.mark.parametrize("verb", READS)
async def test_reading_and_asking_about_ourselves_goes_on(
    server: ApiServer, client: Client, verb: str
) -> None:
    seed(server, "n1")
    client.read_only = True
    await READS[verb](client)


class Fenced(Exception):
    """What the fences of these tests raise."""


def fence() -> None:
    raise Fenced


@pytest.mark.embedded
@pytest.mark.parametrize("verb", CHANGES)
async def test_a_fence_holds_a_change_back_before_it_is_sent(
    server: ApiServer, client: Client, verb: str
) -> None:
    seed(server, "n1")
    before = await client.get(NODES, "n1")
    with pytest.raises(Fenced):
        await CHANGES[verb](client.fenced(fence))
    assert await client.get(NODES, "n1") == before


@pytest.mark.embedded
@pytest.mark.parametrize("verb", READS)
async def test_behind_a_fence_reading_goes_on(server: ApiServer, client: Client, verb: str) -> None:
    seed(server, "n1")
    await READS[verb](client.fenced(fence))


@pytest.mark.embedded
async def test_the_gate_closes_for_fenced_clients_too(server: ApiServer, client: Client) -> None:
    seed(server, "n1")
    fenced = client.fenced(lambda: None)
    client.read_only = True
    with pytest.raises(ReadOnlyError):
        await CHANGES["delete"](fenced)


def test_every_verb_of_the_client_is_tried_here() -> None:
    tried = {verb.split()[0] for verb in (*CHANGES, *READS)}
    assert _public(Client) | {"socket"} == tried | {"watch", "close", "now", "fenced"}


def test_what_sends_for_the_client_sends_nothing_else() -> None:
    assert _public(Requests) == {"call", "send", "socket", "close", "fenced"}


def test_requests_leave_through_one_place_which_asks_the_gate() -> None:
    package = Path(inspect.getfile(client_module)).parent
    senders = {
        (path.name, function.name)
        for path in package.glob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and node.attr in {"pool_manager", "ws_connect", "ClientSession", "transport"}
        and not (function.name in {"__init__", "close"} and node.attr == "transport")
    }
    assert senders == {
        ("transport.py", "request"),
        ("transport.py", "socket"),
        ("transport.py", "without_netrc"),  # which makes the session, and sends nothing
        ("requests.py", "send"),
        ("requests.py", "socket"),
    }
    assert "self._pass_gate(method, path, encoded_query)" in inspect.getsource(Requests.send)
    assert 'self._pass_gate("GET", path, query)' in inspect.getsource(Requests.socket)
    assert "gate.check(method, path, query=query)" in inspect.getsource(Requests._pass_gate)


def _public(of: type) -> set[str]:
    return {
        name for name, _ in inspect.getmembers(of, inspect.isfunction) if not name.startswith("_")
    }
