"""What the columns say, and which of them are there."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from kuredtui.cluster.node import NODE_IMAGE_LABEL, ZONE_LABEL, NodeRecord, record
from kuredtui.cluster.pending import Pending
from kuredtui.cluster.why import Cause, Why
from kuredtui.engine.journal import JournalLock
from kuredtui.engine.phases import Phase
from kuredtui.ui.cells import Cell, age_of, fitted
from kuredtui.ui.column_choice import DEFAULT_COLUMNS, chosen_columns
from kuredtui.ui.columns import BY_ID, COLUMNS
from kuredtui.ui.filters import parse_filter
from kuredtui.ui.held_locks import LockText
from kuredtui.ui.row import Row
from kuredtui.ui.rows import Rows
from kuredtui.ui.tones import Tone
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node
from tests.ui.fake_session import FakeLocks, FakeSession, console


def waiting(state: str, *, since: bool = True, source: str = "kured") -> NodeRecord:
    """A node of which somebody says this."""
    pending = Pending(
        state=state,  # type: ignore[arg-type]  # one of the three
        source=source,
        since=NOW - timedelta(hours=3) if since else None,
    )
    return msgspec.structs.replace(record(a_node()), pending=pending)


def said(column: str, node: NodeRecord, *, width: int = 20) -> str:
    """What the column says of a node now."""
    cell = BY_ID[column].cell(Row(node))
    text = fitted(cell, age_of(cell, NOW.timestamp()), width)
    return text.rstrip()


@pytest.mark.parametrize(
    ("node", "pending", "since", "source"),
    [
        (waiting("yes"), "yes 3h", "3h", "kured"),
        (waiting("yes", since=False), "yes", "?", "kured"),
        (waiting("no"), "no", "-", "kured"),
        (waiting("unknown", since=False, source=""), "?", "?", "?"),
    ],
)
def test_a_pending_reboot_is_told_with_since_when_and_by_whom(
    node: NodeRecord, pending: str, since: str, source: str
) -> None:
    assert said("pending", node) == pending
    assert said("since", node) == since
    assert said("source", node) == source


def test_since_when_is_left_out_where_the_longest_age_would_have_no_room() -> None:
    assert said("pending", waiting("yes"), width=9) == "yes"
    assert said("pending", waiting("yes"), width=10) == "yes 3h"


def test_who_waits_longest_comes_first_by_since() -> None:
    key = BY_ID["since"].key
    old = waiting("yes")
    new = msgspec.structs.replace(old, pending=Pending(state="yes", since=NOW))
    nodes = [waiting("no"), waiting("unknown"), waiting("yes", since=False), new, old]
    assert sorted(nodes, key=lambda node: key(Row(node))) == nodes[::-1]


def test_the_node_image_tells_how_far_behind_it_is() -> None:
    new = record(a_node(labels={NODE_IMAGE_LABEL: "AKSUbuntu-2204-202512.01.0"}))
    old = msgspec.structs.replace(new, drift=msgspec.structs.replace(new.drift, image_behind=2))
    assert said("image", new, width=60) == "AKSUbuntu-2204-202512.01.0"
    assert said("image", old, width=60) == "AKSUbuntu-2204-202512.01.0  behind 2"


def test_what_kubectl_shows_of_a_node_can_be_shown() -> None:
    labels = {ZONE_LABEL: "westeurope-2", "node-role.kubernetes.io/control-plane": ""}
    node = record(a_node(labels=labels))
    columns = ("zone", "roles", "ip", "os", "runtime", "version")
    assert [said(column, node, width=30) for column in columns] == [
        "westeurope-2", "control-plane", "10.224.0.4", "Ubuntu 22.04.5 LTS",
        "containerd://1.7.27-1", "v1.33.2",
    ]  # fmt: skip


def test_what_is_not_known_of_a_node_is_never_blank() -> None:
    bare = record(a_node(labels={"agentpool": ""}))
    bare = msgspec.structs.replace(
        bare, kernel="", version="", os_image="", runtime="", internal_ip="", created=None
    )
    blank = {column.name for column in COLUMNS if not said(column.id, bare)}
    assert blank == {"why", "operation"}, "of these there is none"


def test_columns_are_chosen_by_their_headings_in_any_case_and_name_is_always_there() -> None:
    chosen = [column.title for column in chosen_columns(["why", "ZONE", "why"])]
    assert chosen == ["NAME", "WHY", "ZONE"]
    assert [column.name for column in chosen_columns(["zone", "name"])] == ["zone", "name"]
    assert tuple(column.name for column in chosen_columns()) == DEFAULT_COLUMNS


def test_of_a_column_that_is_chosen_twice_the_first_place_counts_and_the_last_width() -> None:
    chosen = chosen_columns(["zone", "WHY : 50", "name:30", "Zone:9"])
    assert [(column.name, column.width) for column in chosen] == [
        ("zone", 9), ("why", 50), ("name", 30)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("width", "brief"),
    [
        (28, "lock: aks-spot-…3-vmss000001"),
        (18, "lock: aks-s…000001"),
        (11, "lock: ak…01"),
        (8, "lock: a…"),
    ],
)
def test_of_a_name_at_the_end_of_the_reason_the_middle_goes(width: int, brief: str) -> None:
    name = "aks-spot-28034063-vmss000001"
    why = Why(cause=Cause.LOCK, sentence="It is held.", brief=f"lock: {name}", named=name)
    cell = BY_ID["reason"].cell(Row(waiting("yes"), why=why))
    assert fitted(cell, "", width) == brief.ljust(width)


async def test_the_chosen_columns_are_the_table() -> None:
    columns = ["status", "zone", "pending"]
    node = a_node(labels={ZONE_LABEL: "weu-3"}, pending=True)
    async with console(node, columns=columns) as seen:
        assert seen.line_of("NAME").split() == ["NAME▲", "STATUS", "ZONE", "PENDING"]
        assert seen.line_with("node-1").split() == ["●", "node-1", "Ready", "weu-3", "yes", "3h"]


async def test_a_filter_looks_into_the_columns_there_are() -> None:
    nodes = [a_node("a", labels={ZONE_LABEL: "weu-3"}), a_node("b")]
    async with console(*nodes, columns=["status", "zone"]) as seen:
        await seen.press("slash", *"weu-3")
        await seen.see("1 of 2")
        assert seen.node_names == ["a"]


@pytest.mark.parametrize(
    ("brief", "named"), [("lock: pool-a-1", "pool-a-1"), ("2 locks: pool-a-1, pool-a-2", "")]
)
def test_a_filter_does_not_find_the_nodes_that_wait_for_the_one_it_names(
    brief: str, named: str
) -> None:
    why = Why(cause=Cause.LOCK, sentence="It is held.", brief=brief, named=named)
    rows = Rows()
    for name in ("pool-a-1", "pool-b-1"):
        rows.put(Row(record(a_node(name)), why=why))
    rows.filter_by(parse_filter("pool-a"))
    assert [row.name for row in rows.slice(0, 9)] == ["pool-a-1"]
    rows.filter_by(parse_filter("lock"))
    assert len(rows) == 2


def held(by: str) -> FakeLocks:
    return FakeLocks(f'{{"nodeID":"{by}","created":"2026-03-14T01:48:30Z"}}')


@pytest.mark.parametrize(
    ("holder", "told"), [("node-1", "kured 11m"), ("kuredtui:node-1", "kuredtui 11m")]
)
async def test_the_lock_stands_beside_the_node_it_is_held_for(holder: str, told: str) -> None:
    session = FakeSession([a_node("node-1"), a_node("node-2")])
    async with console(session=session, columns=["lock"]) as seen:
        assert seen.line_with("node-1").split() == ["node-1", "?"], "nobody has seen it yet"
        session.locks = held(holder)
        session.changed.set()
        await seen.see(told)
        assert told in seen.line_with("node-1")
        assert seen.line_with("node-2").split() == ["node-2", "-"]


async def test_a_lock_of_ours_is_called_ours_also_while_it_reads_as_kureds() -> None:
    session = FakeSession([a_node("node-1")])
    session.locks = held("node-1")
    async with console(session=session, columns=["lock"]) as seen:
        await seen.see("kured 11m")
        session.move("node-1", Phase.REBOOTING)
        session.operations["node-1"].lock = JournalLock(
            kind="DaemonSet",
            namespace="kured",
            name="kured",
            annotation="weave.works/kured-node-lock",
            created="2026-03-14T01:48:30Z",
        )
        session.changed.set()
        await seen.see("ours 11m")
        session.locks = FakeLocks("{}")
        session.changed.set()
        await eventually(lambda: "11m" not in seen.line_with("node-1"))


def test_columns_whose_cells_have_an_age_are_known_as_such() -> None:
    row = Row(waiting("yes"), lock=LockText(Cell("kured", Tone.HELD, 1.0), 0))
    aged = {column.name for column in COLUMNS if column.cell(row).since is not None}
    assert aged == {column.name for column in COLUMNS if column.aged}
