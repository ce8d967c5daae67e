"""How a command that is being typed may go on."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from kuredtui.ui.commands.command import Takes
from kuredtui.ui.commands.completing import Completion, complete

NODES = ["aks-user-0001", "aks-user-0002", "aks-gpu-0001"]


def at(line: str, *, nodes: list[str] = NODES, read_only: bool = False) -> Completion:
    words = {Takes.NODE: lambda: nodes, Takes.COLUMN: lambda: ["name", "kernel"]}
    return complete(line, words=words, read_only=read_only)


def test_a_command_is_completed_by_its_beginning() -> None:
    assert at("reb").candidates == ("reboot",)
    assert at("reb").first("reb") == "reboot"


def test_read_only_offers_nothing_that_changes_the_cluster() -> None:
    assert "reboot" in at("").candidates
    assert not {"reboot", "drain", "cordon", "uncordon"} & set(at("", read_only=True).candidates)
    assert at("reboot ", read_only=True).candidates != ()


def test_nodes_are_completed_as_far_as_they_agree() -> None:
    found = at("node aks-u")
    assert found.candidates == ("aks-user-0001", "aks-user-0002")
    assert (found.start, found.common) == (5, "aks-user-000")


def test_a_part_of_a_name_finds_it_too() -> None:
    assert at("node gpu").candidates == ("aks-gpu-0001",)
    assert at("node gpu").first("node gpu") is None


def test_a_node_that_is_named_already_is_not_offered_again() -> None:
    assert at("reboot aks-user-0001 aks-u").candidates == ("aks-user-0002",)


def test_after_what_a_command_takes_nothing_more_is_offered() -> None:
    assert at("node aks-gpu-0001 a").candidates == ()
    assert at("log x").candidates == ()


def test_what_is_expected_is_said_before_anything_of_it_is_typed() -> None:
    assert at("reboot ").hint.startswith("[NODE ...]  Reboot")
    assert at("filter ").hint.startswith("[TEXT]")


def test_columns_are_offered() -> None:
    assert at("sort k").candidates == ("kernel",)


def test_a_name_that_cannot_be_shown_is_not_offered() -> None:
    assert at("node ", nodes=["a\x1b[31mb", "c\u202ed", "good"]).candidates == ("good",)


def test_five_thousand_nodes_take_no_time_that_anybody_notices() -> None:
    nodes = [f"aks-user-{number:06}" for number in range(5000)]
    started = time.process_time()
    found = at("node aks-", nodes=nodes)
    assert time.process_time() - started < 0.1
    assert len(found.candidates) + found.more == 5000


@given(
    st.lists(st.text("ab-", min_size=1, max_size=4), max_size=8, unique=True),
    st.text("ab-", max_size=3),
)
def test_every_candidate_holds_the_word_and_begins_with_what_all_have(
    nodes: list[str], word: str
) -> None:
    found = at(f"node {word}", nodes=nodes)
    for name in found.candidates:
        assert word in name
        assert name.startswith(found.common)
    assert all(name in found.candidates for name in nodes if name.startswith(word))
