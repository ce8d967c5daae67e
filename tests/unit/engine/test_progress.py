"""Records as lines of JSON, and the ring that keeps the newest of them."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kuredtui.engine.progress import Progress, ProgressLog

fields = st.dictionaries(
    st.text(), st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(), max_size=4
)
records = st.builds(
    Progress,
    message=st.text(),
    level=st.sampled_from(["debug", "info", "warning", "error"]),
    node=st.text(),
    operation=st.text(),
    phase=st.text(),
    fields=fields,
)


@given(records)
def test_a_record_is_one_line_with_all_its_parts_whatever_they_hold(record: Progress) -> None:
    line = record.json_line()
    assert line.endswith(b"\n")
    assert len(line.splitlines()) == 1
    assert set(msgspec.json.decode(line)) == {
        "message", "level", "node", "operation", "phase", "fields", "time"
    }  # fmt: skip
    assert msgspec.json.decode(line, type=Progress) == record


def test_only_the_newest_records_are_kept() -> None:
    log = ProgressLog(size=2)
    for number in range(5):
        log.publish(Progress(message=str(number)))
    assert [record.message for record in log.records()] == ["3", "4"]
    assert log.published == 5
