"""Commands after a colon: they do what their keys do, ask as these do, and say what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuredtui.ui.actions.key_map import read_key_map
from kuredtui.ui.columns import COLUMN_NAMES
from tests.ui.clusters import a_node, many_nodes
from tests.ui.fake_session import Console, FakeSession, console

THREE = (a_node("node-1", pending=True), a_node("node-2", cordoned=True), a_node("node-3"))


async def type_in(seen: Console, line: str) -> None:
    """A command, every key of which has arrived before the first is looked at."""
    seen.burst(":", *line, "enter")


# Nodes.


async def test_a_node_is_selected_by_name() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "node node-3")
        await seen.until(lambda: seen.selected == "node-3")
        await seen.see_no(":node")


async def test_what_is_typed_after_a_command_is_about_what_it_did() -> None:
    async with console(*THREE) as seen:
        seen.burst(":", *"node node-3", "enter", "r")
        await seen.see("Reboot node-3?")


async def test_a_node_that_the_filter_hides_is_shown_again() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "filter node-1")
        await seen.see("1 of 3")
        await type_in(seen, "node node-3")
        await seen.until(lambda: seen.selected == "node-3")
        assert seen.node_names == ["node-1", "node-2", "node-3"]


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("reboot node-3", "Reboot node-3?"),
        ("reboot node-1 node-3", "2 nodes"),
        ("drain node-3", "Drain node-3?"),
        ("cordon node-3", "Cordon node-3?"),
        ("uncordon node-2", "Uncordon node-2?"),
        ("reboot", "Reboot node-1?"),
        ("plan node-3", "Plan of the drain of node-3"),
        ("detail node-3", "Conditions"),
        ("help", "Keys"),
    ],
)
async def test_what_changes_the_cluster_asks_as_its_key_does(line: str, question: str) -> None:
    async with console(*THREE) as seen:
        await type_in(seen, line)
        await seen.see(question)
        assert seen.session.calls == []


async def test_uncordon_never_cordons() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "uncordon node-3")
        await seen.see("It is not cordoned.")
        await type_in(seen, "cordon node-2")
        await seen.see("It is cordoned already.")


async def test_marked_nodes_are_meant_where_none_is_named() -> None:
    async with console(*THREE) as seen:
        await seen.press("space", "j", "j", "space")
        await type_in(seen, "drain")
        await seen.see("Drain 2 nodes?")


async def test_a_probe_of_a_named_node() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "probe node-3")
        await seen.see("node-3 waits for a reboot")
        assert seen.session.calls == [("probe", "node-3")]


# The rest.


async def test_a_filter_is_as_if_it_was_typed() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "filter node-2")
        await seen.see("1 of 3")
        await type_in(seen, "filter")
        await seen.until(lambda: len(seen.node_names) == 3)


async def test_rows_are_sorted_and_the_other_way_round_the_second_time() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "sort NAME")
        await seen.until(lambda: seen.node_names[0] == "node-3")


async def test_the_log_is_exported_to_a_file(tmp_path: Path) -> None:
    async with console(*THREE) as seen:
        seen.session.say("Something happened.")
        await seen.see("Something happened.")
        await type_in(seen, f"export {tmp_path / 'night.log'}")
        await seen.see("exported to")
        assert "Something happened." in (tmp_path / "night.log").read_text()


@pytest.mark.parametrize("word", ["q", "quit"])
async def test_leaving(word: str) -> None:
    async with console(*THREE) as seen:
        await type_in(seen, word)
        await seen.until(lambda: not seen.app.is_running)


# What cannot be.


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("reb", "There is no command 'reb'. Is it reboot?"),
        ("sudo reboot", "There is no command 'sudo'."),
        ("node", "Which node?"),
        ("node node-9", "There is no node 'node-9'."),
        ("reboot node-1 node-9", "There is no node 'node-9'."),
        ("detail node-1 node-2", "The detail is of one node."),
        ("sort nothing", "There is no column 'nothing'"),
        ("log everything", "Nothing can follow log."),
        ("filter -l a in (b", "found '', expected: ',', or ')'"),
    ],
)
async def test_what_cannot_be_is_said_in_the_line_and_nothing_happens(line: str, said: str) -> None:
    async with console(*THREE, size=(160, 40)) as seen:
        await type_in(seen, line)
        await seen.see(said, line)
        assert seen.session.calls == []
        await seen.press("escape")
        await seen.see_no(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rebot", "There is no command 'rebot'. Is it reboot?"),
        ("re", "There is no command 're'. Is it reboot?"),
        ("sort krenel", "There is no column 'krenel'. Is it kernel?"),
        ("sort ", f"Which column? There are {', '.join(COLUMN_NAMES)}."),
        ("sort nosuch", f"There is no column 'nosuch'. There are {', '.join(COLUMN_NAMES)}."),
        (f"node {'n' * 500}", f"There is no node '{'n' * 40}…'."),
        ("reboot node-1 aks-user-38412-vmss000009", "no node 'aks-user-38412-vmss000009'."),
        ("filter -l a ? b", "found '?', expected: in, notin, =, ==, !=, gt, lt"),
        (
            "filter -l -a=b",
            "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        ),
    ],
)
async def test_all_of_what_cannot_be_is_said_on_a_narrow_terminal(line: str, said: str) -> None:
    async with console(*THREE, size=(80, 24)) as seen:
        await type_in(seen, line)
        await seen.until(lambda: said in " ".join(seen.text.split()), f"all of {said!r}")
        await seen.press("backspace")  # said no more, it takes no room
        await seen.until(lambda: "NAME" in seen.screen[3])


async def test_a_line_can_be_mended() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "node node-")
        await seen.see("There is no node")
        seen.burst("3", "enter")
        await seen.until(lambda: seen.selected == "node-3")


async def test_read_only_says_why_and_does_nothing() -> None:
    session = FakeSession(THREE, read_only=True, read_only_reason="You may not patch nodes.")
    async with console(session=session, size=(160, 40)) as seen:
        await seen.press("colon", *"re")
        await seen.see_no("reboot")
        await seen.press(*"boot", "enter")
        await seen.see("reboot changes the cluster. You may not patch nodes.")


async def test_hostile_text_in_a_line_is_said_harmlessly() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "[red]x[/red]")
        await seen.see("There is no command '[red]x[/red]'.")


# Typing.


async def test_tab_goes_as_far_as_names_agree_and_then_from_one_to_the_next() -> None:
    async with console(*THREE) as seen:
        seen.burst(":", *"no", "tab", *"n", "tab")
        await seen.see("node node-", "node-1  node-2  node-3")
        await seen.press("tab")
        await seen.see("node node-1")
        await seen.press("tab")
        await seen.see("node node-2")
        await seen.press("enter")
        await seen.until(lambda: seen.selected == "node-2")


async def test_right_takes_what_is_suggested() -> None:
    async with console(*THREE) as seen:
        await seen.press("colon", *"filt")
        await seen.see(": filter")
        await seen.press("right", *" node-2", "enter")
        await seen.see("1 of 3")


async def test_earlier_commands_come_back() -> None:
    async with console(*THREE) as seen:
        await type_in(seen, "node node-2")
        await type_in(seen, "node node-3")
        await seen.press("colon", *"so", "up", "up")
        await seen.see("node node-2")
        await seen.press("down", "down")
        await seen.see_no("node node-2", "node node-3")
        await seen.press("up", "enter")
        await seen.until(lambda: seen.selected == "node-3")


async def test_escape_leaves_it_and_a_colon_in_it_is_a_letter() -> None:
    async with console(*THREE) as seen:
        await seen.press("colon", "q", "colon", "slash")
        await seen.see("q:/")
        seen.burst("escape", "j")
        await seen.until(lambda: seen.selected == "node-2")


async def test_of_many_nodes_a_few_are_shown_and_the_others_counted() -> None:
    async with console(*many_nodes(500), size=(80, 24)) as seen:
        await seen.press("colon", *"node aks")
        await seen.see("+49")


async def test_its_keys_can_be_others() -> None:
    async with console(*THREE, keys=read_key_map(["console.command=f4"])) as seen:
        seen.burst("f4", *"node node-3", "enter")
        await seen.until(lambda: seen.selected == "node-3")
