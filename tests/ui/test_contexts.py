"""Going to another cluster: with the care of a start, and without anything of the old one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from kuredtui.engine.phases import Phase
from kuredtui.engine.rollout_options import RolloutOptions
from kuredtui.kube.connection import Target
from kuredtui.kube.contexts import ContextEntry
from kuredtui.kube.errors import ConfigError
from kuredtui.kube.kubeconfig import ExecPlugin, User
from kuredtui.ui.app import KuredTuiApp
from tests.support.eventually import eventually
from tests.ui.clusters import NOW, a_node
from tests.ui.fake_session import FakeSession, console
from tests.ui.screen_reader import Reader

HOSTILE = "evil\x1b[31m\u202e[red]"


@dataclass
class FakeContexts:
    """Two clusters, and a context that names none."""

    clusters: dict[str, Callable[[], FakeSession]]
    present: str
    sessions: list[FakeSession] = field(default_factory=list)
    user: User = field(default_factory=User)
    closed: list[str] = field(default_factory=list)
    hang: asyncio.Event | None = None

    async def entries(self) -> Sequence[ContextEntry]:
        return [
            ContextEntry(name=name, cluster="k", server=f"https://{number}:6443", user="jane")
            for number, name in enumerate([*self.clusters, "broken", HOSTILE])
        ]

    async def resolve(self, name: str) -> Target:
        if name not in [entry.name for entry in await self.entries()]:
            raise ConfigError(f"The context {name!r} is in no kubeconfig.")
        return Target(
            context=name, cluster="k", server="", user="", namespace="", user_entry=self.user
        )

    def use(self, target: Target) -> None:
        self.present = target.context

    def is_production(self, name: str) -> bool:
        return "prod" in name

    async def connect(self) -> FakeSession:
        if self.hang is not None and self.present == "broken":
            await self.hang.wait()
        if self.present not in self.clusters:
            raise ConfigError("Nobody answers at https://broken:6443.")
        self.sessions.append(self.clusters[self.present]())
        return self.sessions[-1]

    async def close(self) -> None:
        self.closed.append(self.present)


@dataclass
class Two(Reader):
    """A console that can go from one cluster to another."""

    contexts: FakeContexts

    @property
    def old(self) -> FakeSession:
        return self.contexts.sessions[0]


@asynccontextmanager
async def two(size: tuple[int, int] = (120, 40), **changes: object) -> AsyncIterator[Two]:
    """The contexts test-a, which is shown, and prod-b; a node of one name is in both."""
    contexts = FakeContexts(
        {
            "test-a": lambda: FakeSession([a_node("both", pending=True), a_node("only-a")]),
            "prod-b": lambda: FakeSession([a_node("both"), a_node("only-b")], **changes),  # type: ignore[arg-type]  # a test names them
        },
        present="test-a",
    )
    app = KuredTuiApp(
        contexts.connect,  # type: ignore[arg-type]  # a fake session
        close=contexts.close,
        target_label="test-a",
        contexts=contexts,
        clock=NOW.timestamp,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        reader = Two(app, pilot, contexts)
        await reader.see("only-a", "2 nodes")
        yield reader


def go(seen: Two, line: str) -> None:
    seen.burst(":", *line, "enter")


# Going there.


async def test_a_context_is_gone_to_by_its_name() -> None:
    async with two() as seen:
        go(seen, "ctx prod-b")
        await seen.see("only-b", "prod-b", "PRODUCTION")
        assert "only-a" not in seen.text
        await seen.see("From here on this is the context prod-b; before it was test-a.")


async def test_production_is_said_in_questions_too_and_not_any_more_after_going_back() -> None:
    async with two() as seen:
        go(seen, "ctx prod-b")
        await seen.see("only-b")
        await seen.press("r")
        await seen.see("prod-b (PRODUCTION)")
        await seen.press("escape")
        go(seen, "ctx test-a")
        await seen.see("only-a")
        await seen.see_no("PRODUCTION")


async def test_nothing_of_the_old_cluster_is_left() -> None:
    async with two() as seen:
        await seen.press("space", "enter")
        await seen.see("1 marked", "Conditions")
        await seen.press("tab", "tab", "n", "tab")
        go(seen, "filter both")
        await seen.see("1 of 2")
        go(seen, "ctx prod-b")
        await seen.see("only-b", "2 nodes")
        assert seen.node_names == ["both", "only-b"]
        await seen.see_no("marked")
        await seen.see_no("Conditions")
        assert seen.app.main.log_pane.view.node == ""


async def test_the_rights_there_count() -> None:
    async with two(read_only=True, read_only_reason="You may not patch nodes.") as seen:
        go(seen, "ctx prod-b")
        await seen.see("READ-ONLY", "You may not patch nodes.")
        go(seen, "ctx test-a")
        await seen.see("only-a")
        await seen.see_no("READ-ONLY")


async def test_the_old_session_has_ended_before_the_new_one_begins() -> None:
    async with two() as seen:
        go(seen, "ctx prod-b")
        await seen.see("only-b")
        assert len(seen.contexts.closed) == 1
        names = [task.get_name() for task in asyncio.all_tasks()]
        assert [names.count(name) for name in ("session", "feed", "feed the log")] == [1, 1, 1]
        assert "connecting" not in names


async def test_one_of_a_list_is_picked_and_the_present_one_is_where_it_begins() -> None:
    async with two() as seen:
        go(seen, "ctx")
        await seen.see("Contexts", "▶ test-a", "PRODUCTION", "https://1:6443", "the present one")
        await seen.press("j", "enter")
        await seen.see("only-b")


async def test_hostile_names_are_listed_harmlessly_and_can_be_picked() -> None:
    async with two() as seen:
        await seen.press("ctrl+t")
        await seen.see("evil")
        assert "\x1b" not in seen.text
        assert "\u202e" not in seen.text
        await seen.press("G", "s")  # the last one
        await seen.see("Nobody answers")
        assert seen.contexts.present == HOSTILE


async def test_names_are_completed() -> None:
    async with two() as seen:
        await seen.press("colon", *"ctx pr", "tab")
        await seen.see("ctx prod-b")
        await seen.press("enter")
        await seen.see("only-b")


# Not going there.


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ctx nowhere", "The context 'nowhere' is in no kubeconfig."),
        ("ctx test-a", "test-a is the present context."),
    ],
)
async def test_what_cannot_be_is_said_and_all_stays_as_it_is(line: str, said: str) -> None:
    async with two() as seen:
        go(seen, line)
        await seen.see(said, "only-a", "live")
        assert seen.contexts.closed == []


async def test_an_operation_is_not_left_behind() -> None:
    async with two() as seen:
        seen.old.move("both", Phase.DRAINING)
        go(seen, "ctx prod-b")
        await seen.see("An operation is at work on both", "only-a")
        assert seen.contexts.present == "test-a"


async def test_a_rollout_is_not_left_behind() -> None:
    async with two() as seen:
        seen.old.start_rollout(["both"], options=RolloutOptions())
        go(seen, "ctx")
        await seen.see("A rollout is under way")


async def test_a_context_that_fails_says_why_and_one_can_go_back() -> None:
    async with two() as seen:
        go(seen, "ctx broken")
        await seen.see("Nobody answers at https://broken:6443.", ":ctx test-a goes back")
        await seen.see_no("only-a")
        go(seen, "ctx test-a")
        await seen.see("only-a", "live")


async def test_a_context_that_does_not_answer_can_be_left() -> None:
    async with two() as seen:
        seen.contexts.hang = asyncio.Event()
        go(seen, "ctx broken")
        await seen.see("connecting to broken")
        go(seen, "ctx test-a")
        await seen.see("only-a", "live")


async def test_a_yes_to_a_question_about_the_old_cluster_does_nothing_in_the_new_one() -> None:
    async with two() as seen:
        await seen.press("r")
        await seen.see("Reboot both?")
        seen.contexts.present = "prod-b"
        seen.app.show_context("prod-b", production=True)
        await seen.see("only-b")
        await seen.press("y")
        await seen.see_no("Reboot both?")
        assert [session.calls for session in seen.contexts.sessions] == [[], []]


async def test_a_login_that_fails_leaves_all_as_it_is() -> None:
    async with two() as seen:
        seen.contexts.user = User(exec=ExecPlugin(command="no-such-login", api_version="v1"))
        go(seen, "ctx prod-b")
        await seen.see("no-such-login", "only-a", "live")
        assert seen.contexts.closed == []


async def test_the_demo_says_that_it_is_the_only_one() -> None:
    async with console(a_node(), demo=True) as seen:
        seen.burst(":", *"ctx", "enter")
        await seen.see("The demo's cluster is the only one here")
        await eventually(lambda: seen.app.main.table.rows.total == 1)
