"""What ends the daemon: kured's `log.Fatal`, and Go's panics."""

from __future__ import annotations


class Fatal(Exception):
    """The daemon ends; the kubelet will start it again.

    Attributes:
        exit_code: 1 for `log.Fatal`, 2 for a panic and for flags it does not accept.
    """

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
