"""The plan: what drains would do, pod by pod, and the options of the run, before anything is touched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static
from textual.worker import Worker

from kuredtui.engine.errors import FAILURES, sentence
from kuredtui.ui.actions import BY_ID, Action, Place, bindings_of
from kuredtui.ui.form_fields import FormField
from kuredtui.ui.plan_text import EMPTY, Foreseen, plan_lines
from kuredtui.ui.run_choice import RunChoice
from kuredtui.ui.run_fields import run_choice
from kuredtui.ui.screens.acting import ActingScreen
from kuredtui.ui.screens.form import FormScreen, Values
from kuredtui.ui.theme import tones_of
from kuredtui.ui.toned_content import content_of
from kuredtui.ui.tones import Line, Piece, Tone
from kuredtui.ui.widgets.line_pane import LinePane
from kuredtui.ui.working import begin

if TYPE_CHECKING:
    from kuredtui.ui.commands.typed import TypedCommands


# What leads elsewhere.
_GO_ON = (Place.SCREENS, Place.COMMAND)


class PlanAnswer(NamedTuple):
    """How the plan was left: with which options, and the id of the action to go on with, if any."""

    run: RunChoice
    action_id: str = ""


Look = Callable[[RunChoice], AsyncIterator[Foreseen]]


class PlanScreen(ActingScreen[PlanAnswer]):
    """Shows the plans of some nodes.

    Args:
        nodes: their names.
        run: the options so far.
        look: makes the plans with options, one node after the other.
        fields: the options as fields of a form.
        in_question: whether escape goes back to a question; otherwise keys and commands go on from here.
        commands: what can be typed.
        now: the clock.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Place.PLAN)
    PLACES = (
        Place.PLAN,
        Place.PANE,
    )
    AUTO_FOCUS = "#plan-lines"

    def __init__(
        self,
        nodes: Sequence[str],
        *,
        run: RunChoice,
        look: Look,
        fields: Callable[[RunChoice], list[FormField]],
        in_question: bool,
        commands: TypedCommands,
        now: Callable[[], float],
    ) -> None:
        self._lines = LinePane(id="plan-lines")
        super().__init__(commands, first=self._lines)
        self._names = nodes
        self._run = run
        self._look = look
        self._fields = fields
        self._in_question = in_question
        self._now = now
        self._found: list[Foreseen] = []
        self._failure = ""
        self._looking: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """What is planned, the plans, the keys."""
        yield Static("", id="plan-head", markup=False)
        yield self.command_bar
        yield self._lines
        yield self.key_hints

    def on_mount(self) -> None:
        """Look at once."""
        self.show_hints()
        self.action_look()

    @property
    def meant(self) -> list[str]:
        """The nodes of the plan."""
        return list(self._names)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Inside a question the question goes on."""
        if action == "act":
            return self.offers(BY_ID[f"plan.{str(parameters[0]).removeprefix('node.')}"])
        if self._in_question and action in ("command", "palette", "want"):
            return False
        return super().check_action(action, parameters)

    def offers(self, action: Action) -> bool:
        """Nothing that goes on from here, where escape goes back to a question."""
        if self.commands.is_forbidden(action):
            return False
        return not (self._in_question and (action.writes or action.place in _GO_ON))

    def want(self, action_id: str, nodes: Sequence[str] = (), *, argument: str = "") -> None:
        """What is asked about these nodes has the options of the plan; another plan takes its place."""
        its_own = not nodes or list(nodes) == self.meant
        if its_own and action_id in ("node.reboot", "node.drain"):
            self.action_act(action_id)
            return
        if action_id == "node.plan":
            self.action_leave()
        super().want(action_id, nodes, argument=argument)

    def action_leave(self) -> None:
        """Back, with the options as they are now."""
        self.dismiss(PlanAnswer(self._run))

    def action_act(self, action_id: str) -> None:
        """Go on to the question of an action, with these options."""
        self.dismiss(PlanAnswer(self._run, action_id))

    def action_options(self) -> None:
        """Change the options of this run, and look what they come to."""

        def taken(values: Values | None) -> None:
            if values is not None:
                self._run = run_choice(values)
                self.action_look()

        form = FormScreen(title="Options of this run alone", fields=self._fields(self._run))
        self.app.push_screen(form, taken)

    def action_look(self) -> None:
        """Make the plans anew."""
        if self._looking is not None:
            self._looking.cancel()
        self._looking = begin(self, self._see)

    async def _see(self) -> None:
        self._found, self._failure = [], ""
        self._show()
        try:
            async for found in self._look(self._run):
                self._found.append(found)
                self._show()
        except FAILURES as error:
            self._failure = sentence(error)
            self._show()

    def _show(self) -> None:
        lines: list[Line] = []
        for found in self._found:
            lines += [*plan_lines(found, override=self._run.override), EMPTY]
        if self._failure:
            lines.append(((self._failure, Tone.BAD),))
        self._lines.replace(lines)
        for head in self.query("#plan-head").results(Static):
            head.update(content_of(self._head(), tones_of(self.app)))

    def _head(self) -> list[Line]:
        count, seen = len(self._names), len(self._found)
        what = f"the drain of {self._names[0]}" if count == 1 else f"the drains of {count} nodes"
        moment = datetime.fromtimestamp(self._now()).strftime("%H:%M:%S")
        state: Piece = (f"as of {moment}", Tone.DIM)
        if seen < count and not self._failure:
            state = (f"looking ... {seen} of {count}", Tone.BUSY)
        lines: list[Line] = [
            ((" Plan of ", Tone.DIM), (f"{what}  ", Tone.STRONG), state),
            ((" Nothing is touched. Each node is seen by itself, as things are now.", Tone.DIM),),
        ]
        if chosen := self._run.lines():
            lines.append(
                ((" In this run:", Tone.WAIT), *(piece for line in chosen for piece in line))
            )
        return lines
