"""What a drain says: each step once, a refusal that repeats itself only when it changes."""

from __future__ import annotations

from kuredtui.engine.drain_state import Standing, Targets
from kuredtui.engine.plan import PlannedPod
from kuredtui.engine.progress import Field, Level
from kuredtui.engine.recorder import Recorder


class DrainVoice:
    """Speaks for one drain.

    Args:
        recorder: takes the records.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._counted = ""
        self._last: dict[str, str] = {}  # by UID, and "" for what concerns all pods

    def of_pod(
        self, pod: PlannedPod, words: str, *, level: Level = "info", **fields: Field
    ) -> None:
        """Words about one pod, that follow its name."""
        if self._last.get(pod.uid) != words:
            self._last[pod.uid] = words
            self._record(pod, words, level, fields)

    def of_all(self, pod: PlannedPod, words: str) -> None:
        """Words about a trouble that all pods have, said of the first one that meets it."""
        if self._last.get("") != words:
            self._last[""] = words
            self._record(pod, words, "warning", {})

    def trouble_is_over(self) -> None:
        """Something worked again: the next trouble is news, even if it is the same."""
        self._last.pop("", None)

    def say(self, message: str, *, level: Level = "info", **fields: Field) -> None:
        """A sentence about the drain."""
        self._recorder.say(message, level=level, **fields)

    def count(self, targets: Targets) -> None:
        """How many pods are gone of those that have to go; only a new number is a record.

        The operation's detail also tells whether nothing but budgets holds the others up.
        """
        words = f"{targets.gone}/{targets.total} pods gone"
        if self._counted != words:
            self._counted = words
            self._recorder.say(f"{words}.", gone=targets.gone, pods=targets.total)
        if targets.blocked_seconds is not None:
            waiting = sum(pod.standing is Standing.WAITING for pod in targets.left())
            words += f", {waiting} held by budgets"
        self._recorder.detail = words

    def _record(self, pod: PlannedPod, words: str, level: Level, fields: dict[str, Field]) -> None:
        message = f"{pod.full_name} {words}{'' if words.endswith('.') else '.'}"
        self._recorder.say(message, level=level, pod=pod.full_name, uid=pod.uid, **fields)
