"""What `y` in the detail hands to the terminal for its clipboard, byte for byte."""

from __future__ import annotations

from kuredtui.kube.resources import NODES
from tests.support.clusters import TestCluster
from tests.terminal.emulator import Terminal
from tests.terminal.program import program

# Ends the sequence in which it is carried, clears the screen, runs a command, turns the text around.
HOSTILE = "a\x07b\x1b[2J\x1b]52;c;ZXZpbA==\x07c\nrm -rf ~\r\u202ed\u009d52"


async def test_the_clipboard_gets_the_tab_and_nothing_that_a_terminal_obeys(
    cluster: TestCluster,
) -> None:
    node = cluster.node_names[0]
    note = {"metadata": {"annotations": {"example.com/note": HOSTILE}}}
    await cluster.client.patch(NODES, node, note)
    arguments = ["--kubeconfig", str(cluster.kubeconfig), "--read-only"]
    async with Terminal([program(), *arguments]) as terminal:
        await terminal.see("● live")
        terminal.send(f":detail {node}\r5Y")
        await terminal.see("Copied all of Labels")
        (copied,) = terminal.copied
        text = copied.decode()
        assert text.startswith(f"{node}\nLabels\n")
        assert all(character.isprintable() for character in text.replace("\n", ""))
        (line,) = [line for line in text.split("\n") if "example.com/note" in line]
        assert "rm -rf ~ \ufffdd" in line
        terminal.send("q")
        assert await terminal.exit(timeout=20)
