"""Who reads a session's records beside its front end: events on nodes, notifications, a log file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from kuredtui.cluster.store import NodeStore
from kuredtui.engine.log_file import log_file
from kuredtui.engine.node_events import NodeEvents
from kuredtui.engine.notifications.reader import Notifications
from kuredtui.engine.notifications.services import Services
from kuredtui.engine.progress import Progress, ProgressLog
from kuredtui.engine.readers import Reader, reading
from kuredtui.kube.client import Client


@asynccontextmanager
async def session_readers(
    log: ProgressLog,
    client: Client,
    *,
    owner: str,
    store: NodeStore,
    publish: Callable[[Progress], None],
    notify: Services,
    log_path: Path | None,
) -> AsyncIterator[None]:
    """Have all records read by whoever is wanted.

    Args:
        log: the stream.
        client: the API, for the events.
        owner: who acts; the events name them.
        store: the nodes.
        publish: told of what cannot be written or sent.
        notify: which services are told, if any.
        log_path: the file that gets every record; None for none.

    Raises:
        OSError: the file cannot be opened.
        ExceptionGroup: of a reader's failure, such as a file that cannot be written any more.
    """
    async with AsyncExitStack() as stack:
        readers: list[Reader] = [NodeEvents(client, owner=owner, find=store.get, publish=publish)]
        readers.append(Notifications(notify, publish=publish))
        if log_path is not None:
            readers.append(await stack.enter_async_context(log_file(log_path)))
        await stack.enter_async_context(reading(log, readers))
        yield
