"""Beginning a worker so that nothing is left over when it ends before it has begun."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker


def begin(
    of: DOMNode,
    work: Callable[[], Coroutine[Any, Any, None]],  # as async functions are typed
    *,
    group: str = "default",
    exclusive: bool = False,
) -> Worker[None]:
    """Run an async function as a worker of a widget, a screen or the app.

    The function itself, and not its coroutine: of a worker that is cancelled before it begins, that would
    be left unawaited.

    Args:
        of: with whom the worker ends.
        work: the function.
        group: the name of the workers it belongs to.
        exclusive: cancels the others of its group.
    """
    worker: Worker[None] = of.run_worker(work, group=group, exclusive=exclusive)
    return worker
