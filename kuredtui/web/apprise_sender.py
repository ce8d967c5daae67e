"""Sending by Apprise, which speaks the services that kured's library does.

Apprise blocks, takes a third of a second to load, and logs the URLs it was given. So it is imported when
the first text is sent, works in a thread of its own, and its log goes nowhere but for the one thing in it
that helps: the status the service answered with.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING

from kuredtui.web.sender import SendError
from kuredtui.web.threads import in_daemon_thread

if TYPE_CHECKING:
    import apprise

_TIMEOUT_SECONDS = 30.0
_STATUS = re.compile(r"\berror=(\d{3})\b")


class AppriseSender:
    """One service.

    Args:
        url: as Apprise writes it; a secret.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._scheme = url.partition(":")[0]
        self._service: apprise.Apprise | None = None

    async def send(self, text: str) -> None:
        """See `Sender`."""
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                await in_daemon_thread(lambda: self._send(text))
        except TimeoutError:
            raise SendError(
                f"{self._scheme} did not answer within {_TIMEOUT_SECONDS:g} s"
            ) from None
        except SendError:
            raise
        except Exception as error:  # noqa: BLE001  # 180 plugins raise what they like
            raise SendError(f"{self._scheme} failed ({type(error).__name__})") from None

    def _send(self, text: str) -> None:
        import apprise

        logger = logging.getLogger("apprise")
        logger.propagate = False  # it would write on the screen
        statuses = _Statuses()
        logger.addHandler(statuses)
        try:
            if self._service is None:
                asset = apprise.AppriseAsset(
                    app_id="kuredtui", app_desc="kuredtui", image_url_mask="", image_url_logo=""
                )
                self._service = apprise.Apprise(asset=asset)
                if not self._service.add(self._url):
                    self._service = None
                    raise SendError(f"Apprise does not take this {self._scheme}:// URL")
            if not self._service.notify(body=text):
                raise SendError(f"{self._scheme} did not take it{statuses.last}")
        finally:
            logger.removeHandler(statuses)


class _Statuses(logging.Handler):
    """Remembers the last HTTP status that was logged.

    Attributes:
        last: ` (HTTP status 404)`; "" for none.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        if match := _STATUS.search(record.getMessage()):
            self.last = f" (HTTP status {match[1]})"
