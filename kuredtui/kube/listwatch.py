"""The list-watch: everything of one kind, and then every change to it, for ever.

The shape is an informer's (client-go's reflector): list in pages, hand the whole over at once,
watch from the version of the list, go on from the last version heard when the watch ends, and list
again when the server has forgotten that version. kubernetes-asyncio's own Watch retries a forgotten
version for ever, does not pause between tries and misses most errors, so it is not used.

Four generators, each with one duty, from the outside in:

- `events`: for ever; turns every failure into a `Lost`, waits, and goes on;
- `_stretch`: from one list to the moment when its version is forgotten;
- `_listed`: one list, from `_pages`;
- `_watched`: one watch, from its request to its end.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from kuredtui.kube.backoff import Backoff, BackoffRange
from kuredtui.kube.decode import WatchEvent, resource_version
from kuredtui.kube.errors import (
    ApiError,
    ConfigError,
    Expired,
    Forbidden,
    Unauthorized,
    Unreachable,
)

if TYPE_CHECKING:
    from kuredtui.kube.client import Client, Page
    from kuredtui.kube.resources import Resource

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loading(Generic[T]):
    """A page of the very first list, so that rows can be shown before all of them are there.

    Attributes:
        items: the objects of this page.
        remaining: how many are still to come, where the server says so.
    """

    items: list[T]
    remaining: int | None


@dataclass(frozen=True, slots=True)
class Replaced(Generic[T]):
    """Exactly these objects exist; whatever else was known is gone."""

    items: list[T]
    version: str


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """An object as it is now, or as it last was when it is `deleted`."""

    object: T
    deleted: bool


@dataclass(frozen=True, slots=True)
class Changed(Generic[T]):
    """Changes in the order in which they happened, as many as came in one piece off the network."""

    changes: list[Change[T]]


@dataclass(frozen=True, slots=True)
class Live:
    """The watch is up (or a bookmark was heard): what is known is what is true now."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing is heard any more; what is known grows old.

    Attributes:
        error: why.
        retry_in: seconds until the next try.
    """

    error: Exception
    retry_in: float


ListWatchEvent: TypeAlias = Loading[T] | Replaced[T] | Changed[T] | Live | Lost
Events: TypeAlias = AsyncGenerator[ListWatchEvent[T]]


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """How a list-watch paces itself; all in seconds.

    Attributes:
        stretch: how long the server keeps one watch open, drawn anew from this range for each
            (client-go's
            reflector: 5 to 10 minutes), so that many watches do not end together.
        silence: how long a watch may say nothing. The server sends a bookmark about once a minute,
            so longer than that means a dead line.
        backoff: the pauses after failures.
        refused: the pause after 401 or 403, which seldom heal by themselves.
        longest_wait: the most that a Retry-After is obeyed.
        hasty: a watch that ended sooner than this gave no sign of health.
    """

    stretch: tuple[float, float] = (300.0, 600.0)
    silence: float = 90.0
    backoff: BackoffRange = field(default_factory=BackoffRange)
    refused: float = 30.0
    longest_wait: float = 300.0
    hasty: float = 1.0


class ListWatch(Generic[T]):
    """The objects of one resource and their changes.

    Args:
        client: whom to ask.
        resource: which kind.
        namespace: "" for all namespaces.
        label_selector: as kubectl's `-l`.
        field_selector: as kubectl's `--field-selector`.
        page_size: objects in one page of a list, but for a smaller first one.
        settings: how to pace.
    """

    _FIRST_PAGE = 100
    """Objects in the first page: a screen full, so that it is there when the rest is asked for."""

    _MUTE_WATCHES = 2
    """After so many watches without a word we list: a server restored from a backup accepts a
    version that it has not reached yet, and would keep silent until it gets there."""

    _STUBBORN_ERRORS = 3
    """After so many errors in a row we list: perhaps our version is what the server chokes on."""

    def __init__(
        self,
        client: Client,
        resource: Resource[T],
        *,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
        page_size: int = 500,
        settings: WatchSettings | None = None,
    ) -> None:
        self._client = client
        self._resource = resource
        self._namespace = namespace
        self._label_selector = label_selector
        self._field_selector = field_selector
        self._page_size = page_size
        self._settings = settings or WatchSettings()
        self._backoff = Backoff(self._settings.backoff)
        self._version = ""  # where to go on from; "" when everything has to be listed
        self._complete = False  # whether there was a complete list already
        self._in_pages = True
        self._mute = 0  # watches in a row that said nothing
        self._forgotten = False  # whether our version was, since the last sign of health
        self._accepted_at: float | None = None  # when the server accepted the present watch

    async def events(self) -> Events[T]:
        """Everything, and then every change. Ends only by being closed; use it within `aclosing`.

        Yields:
            `Loading` for the pages of the first list but the last; `Replaced` after every list;
            `Live` whenever a watch is accepted or a bookmark is heard; `Changed` for changes;
            `Lost` when the connection is down, before each pause.
        """
        while True:
            try:
                async with aclosing(self._stretch()) as stretch:
                    async for event in stretch:
                        yield event
            except (ApiError, Unreachable, ConfigError) as error:
                pause, loud = self._judge(error)
                if loud:
                    yield Lost(error, pause)
                await asyncio.sleep(pause)

    async def _stretch(self) -> Events[T]:
        """From one list, or from the version at hand, until everything has to be listed again."""
        if not self._version:
            async with aclosing(self._listed()) as pages:
                async for page in pages:
                    yield page
            del page  # its objects would live on here, beside those that replace them
        while self._version:
            async with aclosing(self._watched()) as changes:
                async for change in changes:
                    yield change

    async def _listed(self) -> Events[T]:
        """One list, in pages of one and the same version."""
        self._accepted_at = None
        items: list[T] = []
        async with aclosing(self._pages()) as pages:
            async for page in pages:
                items += page.items
                if page.continue_token and not self._complete:
                    yield Loading(page.items, page.remaining)
        self._version = page.version
        self._complete = self._in_pages = True
        self._mute = 0
        yield Replaced(items, page.version)

    async def _pages(self) -> AsyncGenerator[Page[T]]:
        """The pages of one list, each asked for while the one before it is being worked on."""
        page = await self._page("")
        while page.continue_token:
            following = asyncio.create_task(self._page(page.continue_token))
            try:
                yield page
                page = await following
            finally:
                following.cancel()
                await asyncio.wait([following])
        yield page

    async def _page(self, token: str) -> Page[T]:
        size = self._page_size if token else min(self._FIRST_PAGE, self._page_size)
        try:
            return await self._client.list(
                self._resource,
                namespace=self._namespace,
                label_selector=self._label_selector,
                field_selector=self._field_selector,
                limit=size if self._in_pages else 0,
                continue_token=token,
            )
        except Expired:
            # The server forgot the first page's version before we had the last page. If that
            # happens, the next list comes in one piece, as in client-go's pager.
            self._in_pages = not token
            raise

    async def _watched(self) -> Events[T]:
        """One watch, until the server ends it."""
        heard = False
        self._accepted_at = None
        try:
            async with aclosing(self._open_watch()) as batches:
                async for batch in batches:
                    self._accepted_at = self._accepted_at or time.monotonic()
                    heard = heard or bool(batch)
                    changes = self._taken(batch)
                    yield Changed(changes) if changes else Live()
        finally:
            if self._accepted_at is not None:
                self._mute = 0 if heard else self._mute + 1
            if heard or self._lasted() >= self._settings.hasty:
                self._backoff.reset()
                self._forgotten = False
            if self._mute >= self._MUTE_WATCHES:
                self._version = ""
        if self._lasted() < self._settings.hasty:
            if not heard:
                raise Unreachable("The API server closes each watch as soon as it is opened.")
            await asyncio.sleep(self._settings.hasty - self._lasted())

    def _open_watch(self) -> AsyncGenerator[list[WatchEvent[T]]]:
        return self._client.watch(
            self._resource,
            version=self._version,
            namespace=self._namespace,
            label_selector=self._label_selector,
            field_selector=self._field_selector,
            timeout_seconds=round(random.uniform(*self._settings.stretch)),
            inactivity_seconds=self._settings.silence,
        )

    def _taken(self, batch: list[WatchEvent[T]]) -> list[Change[T]]:
        """The changes among some events; the last one's version is where the next watch goes on."""
        changes: list[Change[T]] = []
        for event in batch:
            version = resource_version(event.object)
            if not is_newer(version, self._version):
                continue  # heard before: a repetition, or a bookmark that tells nothing new
            self._version = version
            if event.type in _CHANGES:
                changes.append(Change(event.object, _CHANGES[event.type]))
        return changes

    def _lasted(self) -> float:
        """Seconds since the server accepted the present watch; 0 if it did not."""
        return time.monotonic() - self._accepted_at if self._accepted_at is not None else 0.0

    def _judge(self, error: Exception) -> tuple[float, bool]:
        """After a failure: how long to wait, and whether it is worth telling.

        The first failure after good health is not: a watch that breaks off is resumed at once, and
        a forgotten version is listed at once. Only if that fails too something is wrong.
        """
        first = self._backoff.failures == 0
        pause = self._backoff.delay()
        match error:
            case Expired():
                again, self._forgotten, self._version = self._forgotten, True, ""
                return (pause, True) if again else (0.0, False)
            case Unauthorized() | Forbidden() | ConfigError():
                return max(pause, self._settings.refused), True
            case ApiError(retry_after=float(told)):
                least, most = self._settings.backoff.first, self._settings.longest_wait
                return min(max(told, least), most), True
            case ApiError():
                if self._backoff.failures >= self._STUBBORN_ERRORS:
                    self._version = ""
                return pause, True
            case _ if first and self._accepted_at is not None:
                return (0.0 if self._lasted() >= self._settings.hasty else pause), False
            case _:
                return pause, True


_CHANGES = {"ADDED": False, "MODIFIED": False, "DELETED": True}  # the value: is it deleted


def is_newer(version: str, known: str) -> bool:
    """Whether a version comes after another.

    Kubernetes lets clients compare resourceVersions of one resource as numbers (KEP-5504); where
    they are none, every version that differs counts as new.
    """
    if version.isdecimal() and known.isdecimal():
        return int(version) > int(known)
    return version not in ("", known)
