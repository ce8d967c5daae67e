"""What an action is, and where its keys work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where a key works; the value is the heading in the help."""

    NODES = "Nodes"
    CURSOR = "Moving"
    SORT = "Sorting"
    FILTER = "Filter"
    COMMAND = "Command line"
    PANE = "Reading"
    DETAIL = "Detail"
    SEARCH = "Finding in the detail"
    LOG = "Log"
    PICTURE = "Picture"
    PLAN = "Plan"
    ROLLOUT = "Rollout"
    PICK = "Picking one of several"
    FORM = "Form"
    FORM_WORDS = "A field with a few words to choose from"
    QUESTION = "Question"
    ANSWER = "Answers"
    HELP = "This help"
    CONSOLE = "Console"
    SCREENS = "From every screen"
    EVERYWHERE = "Everywhere"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing a person can do.

    Attributes:
        id: stable name; what a key map in the settings refers to.
        keys: Textual key names, separated by commas; the first is the one that is shown. A person may have
            others instead (`KeyMap`).
        method: the Textual action it runs (`action_<method>` of whoever binds the place); "" for an answer,
            which the screen that asks takes from the key itself: pressed twice, it never reaches another one.
        label: one or two words for the footer, or empty to keep it out of there.
        help: one line for the help screen.
        writes: changes the cluster; read-only hides it.
        needs_node: makes sense only while a node is selected.
        at_once: carried out as soon as the key is read, before the next key is looked at. Textual hands
            keys that have arrived together to whoever had the focus before the first of them.
        command: the words, the first of which is its name, by which it can be typed after a colon.
    """

    id: str
    keys: str
    method: str
    place: Place
    help: str
    label: str = ""
    writes: bool = False
    needs_node: bool = False
    at_once: bool = False
    command: str = ""

    @property
    def wanted(self) -> str:
        """The id by which the app carries it out, from whatever screen; "" for what is done in its place."""
        return self.method.partition("want('")[2].removesuffix("')")
