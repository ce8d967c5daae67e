"""Lines come out whole, whatever the pieces."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.kube.errors import Unreachable
from kuredtui.kube.lines import Lines


@given(
    lines=st.lists(st.binary(max_size=30).map(lambda text: text.replace(b"\n", b"."))),
    cuts=st.lists(st.integers(min_value=1, max_value=40)),
)
def test_any_cutting_gives_the_same_lines(lines: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    collector, out, start = Lines(), b"", 0
    for cut in [*cuts, len(stream) or 1]:
        whole = collector.feed(stream[start : start + cut])
        assert not whole or whole.endswith(b"\n")
        out += whole
        start += cut
    collector.end()
    assert out == stream


def test_a_stream_that_ends_within_a_line_says_so() -> None:
    lines = Lines()
    assert lines.feed(b'{"a":1}\n{"b"') == b'{"a":1}\n'
    with pytest.raises(Unreachable, match="cut in the middle"):
        lines.end()


def test_a_line_without_end_is_refused() -> None:
    lines = Lines()
    with pytest.raises(Unreachable, match="longer than any object"):
        for _ in range(40):
            lines.feed(b"x" * 1024 * 1024)


def test_a_long_line_in_small_pieces_costs_what_its_bytes_cost() -> None:
    def seconds(pieces: int) -> float:
        lines, piece = Lines(), b"x" * 256
        start = time.process_time()
        for _ in range(pieces):
            lines.feed(piece)
        lines.feed(b"\n")
        return time.process_time() - start

    seconds(1000)
    # Quadratic joining would make this 400 times slower, not 20 times; in between lies the limit.
    assert seconds(40_000) < 100 * max(seconds(2_000), 0.0005)
