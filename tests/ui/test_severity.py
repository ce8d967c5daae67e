"""How grave it is: by colour, and always by a sign and a word as well."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from kuredtui.kube.types import Node
from kuredtui.ui.theme import tones_of
from kuredtui.ui.tones import Tone
from tests.ui.clusters import a_node
from tests.ui.fake_session import Console, console

# From the least grave on; each has all that the ones before it have.
NODES = (
    a_node("a-fine", pending=False),
    a_node("b-pending", pending=True),
    a_node("c-cordoned", pending=True, cordoned=True),
    a_node("d-not-ready", pending=True, cordoned=True, ready="False"),
    a_node("e-lost", pending=True, cordoned=True, ready="Unknown"),
)
SAID = {
    "a-fine": (" ", "Ready", "-", "no"),
    "b-pending": ("●", "Ready", "-", "yes"),
    "c-cordoned": ("◆", "Ready", "cordoned", "yes"),
    "d-not-ready": ("■", "NotReady", "cordoned", "yes"),
    "e-lost": ("■", "Unknown", "cordoned", "yes"),
}
COLUMNS = ("status", "cordon", "pending")


def drawn(seen: Console, name: str) -> list[tuple[str, object]]:
    """The texts of a node's line, each with its colour as the terminal gets it."""
    table = seen.app.main.table
    position = table.rows.position(name)
    assert position is not None
    (strip,) = table.render_lines(Region(0, position + 1, table.size.width, 1))
    return [(segment.text, segment.style.color if segment.style else None) for segment in strip]


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.metadata.name)
@pytest.mark.parametrize("colours", ["all", "sixteen", "none"])
async def test_a_sign_and_words_say_it_whatever_colours_there_are(
    node: Node, colours: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if colours == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    elif colours == "sixteen":
        monkeypatch.setenv("TERM", "xterm-16color")
        monkeypatch.delenv("COLORTERM", raising=False)
    async with console(a_node("0-selected"), node, columns=COLUMNS, size=(80, 24)) as seen:
        name = node.metadata.name
        sign, *words = SAID[name]
        line = seen.line_with(name)
        assert line[0] == sign
        assert [word for word in words if word not in line.split()] == []


@pytest.mark.parametrize("colours", ["all", "sixteen"])
async def test_not_ready_outranks_cordoned_outranks_pending_in_colour(
    colours: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if colours == "sixteen":
        monkeypatch.setenv("TERM", "xterm-16color")
        monkeypatch.delenv("COLORTERM", raising=False)
    async with console(a_node("0-selected"), *NODES, columns=COLUMNS, size=(80, 24)) as seen:
        tones = tones_of(seen.app)
        expected = {
            "b-pending": Tone.WAIT,
            "c-cordoned": Tone.HELD,
            "d-not-ready": Tone.BAD,
            "e-lost": Tone.BAD,
        }
        signs = {name: drawn(seen, name)[0][1] for name in expected}
        assert signs == {name: tones[tone].color for name, tone in expected.items()}
        assert len({tones[tone].color for tone in expected.values()}) == 3


async def test_without_colours_no_cell_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with console(*NODES, columns=COLUMNS, size=(80, 24)) as seen:
        for name in SAID:
            assert {getattr(colour, "is_default", True) for _, colour in drawn(seen, name)} == {
                True
            }
