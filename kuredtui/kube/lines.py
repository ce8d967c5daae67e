"""Lines out of pieces of a stream, in time proportional to the bytes, however long a line is."""

from __future__ import annotations

from kuredtui.kube.errors import Unreachable

_LONGEST = 32 * 1024 * 1024
"""Bytes in one line before we stop believing in it: etcd refuses objects beyond 1.5 MiB."""


class Lines:
    """Collects pieces and hands out whole lines; the incomplete rest waits for its end."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._waiting = 0

    def feed(self, piece: bytes) -> bytes:
        """Take a piece; return all lines that are whole now, newlines included (b"" if none is).

        Raises:
            Unreachable: a line grows beyond any object's size.
        """
        end = piece.rfind(b"\n") + 1
        if not end:
            self._keep(piece)
            return b""
        whole = b"".join([*self._pieces, piece[:end]]) if self._pieces else piece[:end]
        self._pieces.clear()
        self._waiting = 0
        if end < len(piece):
            self._keep(piece[end:])
        return whole

    def end(self) -> None:
        """The stream has ended.

        Raises:
            Unreachable: in the middle of a line; what there was of it is not to be used.
        """
        if self._waiting:
            raise Unreachable("The stream from the API server was cut in the middle of an object.")

    def _keep(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._waiting += len(piece)
        if self._waiting > _LONGEST:
            raise Unreachable("The API server sends a line that is longer than any object can be.")
