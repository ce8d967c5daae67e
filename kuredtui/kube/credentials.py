"""Who we say we are, request by request, and what to do when the server stops believing it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeAlias
from urllib.parse import quote

from kuredtui.kube.errors import ConfigError
from kuredtui.kube.kubeconfig import User

Headers: TypeAlias = Sequence[tuple[str, str]]


class Credentials(Protocol):
    """The identity a client sends along."""

    async def headers(self) -> Headers:
        """The headers of the next request; renews first what is about to expire."""
        ...

    async def renew(self) -> bool:
        """After a 401: whether there is something new to try."""
        ...


class FixedCredentials:
    """Headers that never change: a token, a password, or nothing."""

    def __init__(self, headers: Headers) -> None:
        self._headers = tuple(headers)

    async def headers(self) -> Headers:
        """The same headers each time."""
        return self._headers

    async def renew(self) -> bool:
        """There is never anything new."""
        return False


class TokenFileCredentials:
    """A token in a file that somebody else rotates, as the kubelet does in pods.

    Args:
        path: the file.
        fallback: the token to use while the file cannot be read; "" for none (client-go's rule: the
            last token that was read counts, then the one in the kubeconfig).
        extra: headers beside the token.
    """

    _MAX_AGE = 60.0  # seconds; client-go reads again as often (CachedFileTokenSource)

    def __init__(self, path: Path, *, fallback: str = "", extra: Headers = ()) -> None:
        self._path = path
        self._token = fallback
        self._extra = tuple(extra)
        self._read_at = float("-inf")

    async def headers(self) -> Headers:
        """The token of the file, read again when it is a minute old."""
        if time.monotonic() - self._read_at >= self._MAX_AGE:
            await self._read()
        return (bearer(self._token), *self._extra)

    async def renew(self) -> bool:
        """Read the file now: was it rotated?"""
        before = self._token
        await self._read()
        return self._token != before

    async def _read(self) -> None:
        try:
            token = (await asyncio.to_thread(self._path.read_text)).strip()
        except (OSError, UnicodeDecodeError) as error:
            if not self._token:
                raise ConfigError(
                    f"The token file {self._path} cannot be read: {error}. "
                    "Check tokenFile in the kubeconfig."
                ) from error
            return
        if not token and not self._token:
            raise ConfigError(
                f"The token file {self._path} is empty. Check tokenFile in the kubeconfig."
            )
        self._token = token or self._token
        self._read_at = time.monotonic()


def bearer(token: str) -> tuple[str, str]:
    """The header for a token."""
    return ("Authorization", f"Bearer {token}")


def impersonation(user: User) -> Headers:
    """The headers that make us act as somebody else (`as` in a kubeconfig), which the library
    lacks.

    Raises:
        ConfigError: groups or other attributes without a user, which the API server refuses.
    """
    others = user.impersonate_uid or user.impersonate_groups or user.impersonate_extra
    if not user.impersonate:
        if others:
            raise ConfigError(
                "The kubeconfig's user has as-groups, as-uid or as-user-extra but no `as`. Add it."
            )
        return ()
    headers = [("Impersonate-User", user.impersonate)]
    if user.impersonate_uid:
        headers.append(("Impersonate-Uid", user.impersonate_uid))
    headers += [("Impersonate-Group", group) for group in user.impersonate_groups]
    headers += [
        (f"Impersonate-Extra-{quote(key.lower(), safe='')}", value)
        for key, values in user.impersonate_extra.items()
        for value in values
    ]
    return tuple(headers)
