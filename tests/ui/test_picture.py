"""The picture: kernels that move, pending reboots over time, and nothing claimed that was not seen."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from kuredtui.cluster.connection import ConnectionState
from kuredtui.cluster.drift import KernelCount
from kuredtui.kube.errors import ConfigError
from kuredtui.ui.night_history import NightHistory
from kuredtui.ui.picture_text import kernel_lines, pending_lines
from kuredtui.ui.tones import Line
from tests.ui.clusters import a_node
from tests.ui.fake_session import console

OLD, NEW = "5.15.0-1089-azure", "5.15.0-1091-azure"
FOUR = tuple(a_node(f"node-{number}", kernel=OLD, pending=True) for number in range(1, 5))


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def numbers(line: str) -> list[str]:
    """What stands beside a bar."""
    words = line.replace("█", " ").replace("│", " ").split()
    return words[1:]


# Kernels.


async def test_the_bars_move_as_nodes_get_their_kernel() -> None:
    async with console(*FOUR) as seen:
        await seen.see("4 pending")
        await seen.press("v")
        await seen.see("Kernels by pool")
        await seen.see("newest")
        assert numbers(seen.line_of(OLD)) == ["4", "newest"]
        seen.session.put(a_node("node-1", kernel=NEW, pending=False))
        await seen.see("+1")
        assert numbers(seen.line_of(NEW)) == ["1", "+1", "newest"]
        assert numbers(seen.line_of(OLD)) == ["3", "-1", "behind", "1"]
        await seen.see("3 pending now, 4 at most")


async def test_a_kernel_that_nobody_runs_any_more_is_gone_and_not_forgotten() -> None:
    async with console(*FOUR[:1]) as seen:
        await seen.see("1 pending")
        await seen.press("v")
        await seen.see("newest")
        seen.session.put(a_node("node-1", kernel=NEW, pending=False))
        await seen.see("gone")
        assert numbers(seen.line_of(OLD)) == ["0", "-1", "gone"]


async def test_escape_goes_back_to_the_table() -> None:
    async with console(*FOUR) as seen:
        await seen.press("v")
        await seen.see("Kernels by pool")
        await seen.press("escape")
        await seen.see("OPERATION")


def test_bars_have_one_scale_and_pools_stay_apart() -> None:
    pools = {
        "a": [KernelCount(NEW, 30, 0), KernelCount(OLD, 10, 1)],
        "b": [KernelCount(OLD, 15, 0)],
    }
    lines = [text(line) for line in kernel_lines(pools, None, width=100)]
    lengths = [line.count("█") for line in lines if "azure" in line]
    assert lengths == [lengths[0], lengths[0] // 3, lengths[0] // 2]
    assert [line.split()[0] for line in lines if "nodes" in line] == ["a", "b"]


def test_a_pool_of_very_many_kernels_says_how_many_are_left_out() -> None:
    pool = [KernelCount(f"6.8.0-{number}", 1, number) for number in range(100)]
    lines = [text(line) for line in kernel_lines({"a": pool}, None, width=80)]
    assert len(lines) == 14
    assert "and 88 kernels more" in lines[-1]


@given(st.text(min_size=1, max_size=300), st.text(max_size=80), st.integers(20, 200))
def test_hostile_names_keep_their_line(kernel: str, pool: str, width: int) -> None:
    for line in kernel_lines({pool: [KernelCount(kernel, 3, 0)]}, None, width=width):
        assert text(line).isprintable()


# Pending over time.


def test_each_slice_shows_the_most_that_waited_in_it() -> None:
    history = NightHistory()
    for moment, pending in ((0.0, 4), (10.0, 6), (20.0, 1)):
        history.take(moment, pending)
    assert history.columns(4, 40.0) == [6, 6, 1, 1]


def test_what_nobody_saw_is_neither_nought_nor_as_before() -> None:
    history = NightHistory()
    for moment, pending in ((0.0, 4), (10.0, None), (30.0, 2)):
        history.take(moment, pending)
    assert history.columns(4, 40.0) == [4, None, 2, 2]
    lines = pending_lines([4, None, 2, 2], pending=2, when="now", unknown=0, seconds=40.0, height=2)
    assert [text(line)[6:10] for line in lines[1:3]] == ["█   ", "█~██"]


async def test_while_the_connection_is_lost_nothing_is_drawn_nor_said_to_be_so_now() -> None:
    async with console(*FOUR) as seen:
        await seen.see("4 pending")
        await seen.press("v")
        await seen.see("4 pending now")
        seen.session.connection = ConnectionState(
            kind="lost", fresh_at=time.monotonic() - 300, message="no route to host"
        )
        seen.session.changed.set()
        await seen.see("~", "4 pending as of 5m ago", "Kernels by pool, as of 5m ago")


async def test_of_a_session_that_broke_nothing_is_shown_as_if_it_were_so() -> None:
    async with console(*FOUR) as seen:
        await seen.see("4 pending")
        await seen.press("v")
        await seen.see("4 pending now")
        seen.session.end.set_exception(ConfigError("The token expired."))
        await seen.see("There is no connection to a cluster.", "No kernel is known")
        assert "pending now" not in seen.text


@given(
    st.lists(st.tuples(st.floats(0, 100), st.none() | st.integers(0, 50)), min_size=1, max_size=30),
    st.integers(1, 60),
)
def test_the_last_slice_ends_with_what_is_now_and_no_slice_invents(
    changes: list[tuple[float, int | None]], count: int
) -> None:
    history = NightHistory()
    now = 0.0
    for ahead, pending in changes:
        now += ahead
        history.take(now, pending)
    columns = history.columns(count, now + 1)
    told = {pending for _, pending in changes}
    if history.began is None:
        assert columns == []
        return
    assert len(columns) == count
    assert set(columns) <= told
    last = changes[-1][1]
    assert last is None or (columns[-1] or 0) >= last


def test_a_night_of_very_many_changes_is_kept_in_bounded_room() -> None:
    history = NightHistory()
    for moment in range(20_000):
        history.take(float(moment), moment % 7)
    columns = history.columns(100, 20_000.0)
    assert history.began == 0.0
    assert set(columns) == {6}
    assert len(history._points) <= 4096
