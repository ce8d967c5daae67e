"""What is tried again, and how soon."""

from __future__ import annotations

import pytest

from kuredtui.engine import retry
from kuredtui.kube.errors import Unauthorized, error_from_answer


async def test_a_retry_after_of_nothing_is_no_reason_to_hurry() -> None:
    said: list[str] = []
    answers = [error_from_answer(429, b"", retry_after=0.0), None]

    async def ask() -> str:
        if (error := answers.pop(0)) is not None:
            raise error
        return "done"

    assert await retry.persist(ask, what="to ask", say=said.append) == "done"
    assert not any("in 0.0 s" in text for text in said)


async def test_a_server_that_stays_with_not_knowing_us_is_believed_at_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry, "_UNKNOWN_SECONDS", 0.1)

    async def ask() -> None:
        raise error_from_answer(401, b"")

    with pytest.raises(Unauthorized):
        await retry.persist(ask, what="to ask", say=lambda _: None)
