"""Keys that a person chose: what may be asked for, and that all of the console knows of them."""

from __future__ import annotations

import pytest

from kuredtui.cluster.journal_view import OPERATION_ANNOTATION
from kuredtui.engine.phases import Phase
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.kube.errors import ConfigError
from kuredtui.ui.actions import ACTIONS
from kuredtui.ui.actions.key_map import DEFAULT_KEYS, read_key_map
from kuredtui.ui.actions.key_names import canonical
from tests.ui.clusters import a_node
from tests.ui.fake_session import FakeSession, console

TWO = (a_node("node-1", pending=True), a_node("node-2"))


# What may be asked for.


def test_the_registry_names_its_keys_as_they_arrive() -> None:
    for action in ACTIONS:
        assert [canonical(key) for key in action.keys.split(",")] == action.keys.split(",")


def test_the_keys_of_the_registry_have_no_faults() -> None:
    assert list(DEFAULT_KEYS.faults()) == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("R", "R"),
        ("shift+r", "R"),
        ("Ctrl+R", "ctrl+r"),
        ("shift+ctrl+f5", "ctrl+shift+f5"),
        ("/", "slash"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("F5", "f5"),
        (" x ", "x"),
    ],
)
def test_a_key_may_be_written_as_people_do(text: str, key: str) -> None:
    assert canonical(text) == key


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("node.rebot=x", "there is no action 'node.rebot'"),
        ("node.reboot", "the keys of node.reboot: a key is missing"),
        ("node.reboot=r,", "the keys of node.reboot: a key is missing"),
        ("node.reboot=esc", "there is no key 'esc'"),
        ("node.reboot=control+r", "there is no key 'control+r'"),
        ("node.reboot=return", "there is no key 'return'"),
        ("node.reboot=ctrl+i", "ctrl+i cannot be told from tab"),
        ("node.reboot=j", "j cannot be both node.reboot and cursor.down"),
        ("node.reboot=d", "d cannot be both node.reboot and node.drain"),
        ("node.reboot=?", "question_mark cannot be both node.reboot and console.help"),
        ("plan.drain=r", "r cannot be both plan.reboot and plan.drain"),
        ("log.level=G", "G cannot be both pane.last and log.level"),
        ("filter.clear=x", "x cannot be filter.clear: there it is a letter of the filter"),
        ("dialog.next=m", "m cannot be dialog.next: there it is a letter of what is typed"),
        ("answer.plan=y", "y cannot be both answer.yes and answer.plan"),
        ("pick.back=r", "r cannot be both pick.resume and pick.back"),
    ],
)
def test_what_cannot_be_had_is_refused_in_one_sentence(setting: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*\.$") as error:
        read_key_map([setting])
    assert said in str(error.value)


def test_two_actions_may_change_places() -> None:
    keys = read_key_map(["node.reboot=d", "node.drain=r"])
    assert keys.for_textual() == {"node.reboot": "d", "node.drain": "r"}


# What becomes of it.


async def test_a_new_key_does_it_and_the_old_one_does_nothing() -> None:
    async with console(*TWO, keys=read_key_map(["node.reboot=f5,ctrl+x"])) as seen:
        assert "f5 Reboot" in seen.screen[-1]
        await seen.press("r")
        await seen.press("ctrl+x")
        await seen.see("Reboot node-1?")
        await seen.press("escape")
        await seen.see_no("Reboot node-1?")


async def test_keys_that_changed_places_do_what_they_say() -> None:
    async with console(*TWO, keys=read_key_map(["node.reboot=d", "node.drain=r"])) as seen:
        await seen.press("r")
        await seen.see("Drain node-1?")


async def test_a_key_that_acts_at_once_still_does() -> None:
    async with console(*TWO, keys=read_key_map(["table.filter=f3"])) as seen:
        await seen.press("f3", *"node-2")
        await seen.see("1 of 2")


async def test_the_help_and_the_palette_show_the_keys_as_they_are() -> None:
    keys = read_key_map(["node.drain=f8", "help.close=f2", "console.palette=f9"])
    async with console(*TWO, keys=keys) as seen:
        await seen.press("question_mark")
        await seen.see("  f8   ", "f2 closes")
        await seen.press("f2", "f9")
        await seen.see("Drain  (f8)")


async def test_other_screens_follow() -> None:
    async with console(*TWO, keys=read_key_map(["plan.look=f5", "plan.back=f10"])) as seen:
        await seen.press("p")
        await seen.see("f5 Look again", "f10 Back")
        await seen.press("f10")
        await seen.see_no("Look again")


async def test_the_answers_to_a_question_have_the_keys_that_were_chosen() -> None:
    keys = read_key_map(["answer.no=x", "answer.yes=f2", "answer.plan=f3"])
    async with console(*TWO, keys=keys) as seen:
        await seen.press("d")
        await seen.see("Cancel (x)", "Plan (f3)", "Drain (f2)")
        await seen.press("y", "n")
        await seen.see("Drain node-1?")
        await seen.press("f3")
        await seen.see("Plan of the drain of node-1")
        await seen.press("escape")
        await seen.see("Drain node-1?")
        await seen.press("f2")
        await seen.until(lambda: seen.session.calls == [("drain", "node-1")])


async def test_what_leaving_can_come_to_is_told_with_the_keys_of_its_answers() -> None:
    async with console(*TWO, keys=read_key_map(["answer.wait=f7"])) as seen:
        seen.session.move("node-2", Phase.DRAINING)
        await seen.press("q")
        await seen.see("f7 Wait: the program ends", "Wait (f7)", "c Cancel first: ")


async def test_where_a_number_is_typed_an_answer_has_the_first_of_its_keys_that_is_no_letter() -> (
    None
):
    async with console(*TWO, keys=read_key_map(["answer.plan=p,f3"])) as seen:
        await seen.press("space", "j", "space", "d")
        await seen.see("Drain 2 nodes?", "Plan (f3)")
        await seen.press("p", "f3")
        await seen.see("Plan of the drains of 2 nodes")


async def test_what_has_to_be_typed_is_not_answered_by_a_key() -> None:
    async with console(*TWO, keys=read_key_map(["answer.yes=f2"])) as seen:
        await seen.press("space", "j", "space", "d")
        await seen.see("Drain 2 nodes?")
        await seen.press("f2", "tab", "y")
        await seen.see("Drain 2 nodes?")
        assert seen.session.calls == []


async def test_a_list_to_pick_from_tells_its_keys_in_its_line_and_in_the_help() -> None:
    async with console(*TWO, keys=read_key_map(["pick.resume=f2", "cluster.orphans=f9"])) as seen:
        journal = '{"id":"1","owner":"jane@bastion","phase":"draining","goal":"reboot"}'
        seen.session.put(a_node("node-2", annotations={OPERATION_ANNOTATION: journal}))
        seen.session.abandoned = ["node-2"]
        seen.session.changed.set()
        await seen.see("abandoned (f9)")
        await seen.press("f9")
        await seen.see("f2 Resume", "b Roll back")
        assert "Unlock" not in seen.text
        await seen.press("question_mark")
        await seen.see("Resume the operation")
        assert "Take the dead owner" not in seen.text
        await seen.press("escape", "f2")
        await seen.see("Resume the reboot of node-2?")


async def test_sentences_name_the_keys_as_they_are() -> None:
    keys = read_key_map(["console.retry=f5", "console.quit=f10", "rollout.pause=f7"])
    async with console(*TWO, keys=keys) as seen:
        seen.session.end.set_exception(ConfigError("The token expired."))
        await seen.see("The token expired.", "f5 connects anew · f10 quits")


async def test_the_way_back_to_the_end_of_the_log_is_told_by_its_key() -> None:
    session = FakeSession(TWO)
    for number in range(50):
        session.say(f"line {number}")
    async with console(session=session, keys=read_key_map(["pane.last=f6"])) as seen:
        await seen.see("line 49")
        await seen.press("tab", "g")
        await seen.see("f6 follows again")


def test_a_command_is_named_with_the_key_that_begins_it() -> None:
    assert DEFAULT_KEYS.command_line("ctx prod") == ":ctx prod"
    assert read_key_map(["console.command=f4"]).command_line("ctx prod") == "f4 ctx prod"


async def test_whoever_waits_for_a_paused_rollout_is_told_its_key() -> None:
    async with console(*TWO, keys=read_key_map(["rollout.pause=f7"])) as seen:
        rollout = seen.session.start_rollout(["node-1"], options=RolloutOptions())
        rollout.pause()
        seen.session.move("node-2", Phase.DRAINING)
        await seen.press("ctrl+q")
        await seen.see("A rollout is under way")
        await seen.press("w")
        await seen.see("f7 lets it go on")
