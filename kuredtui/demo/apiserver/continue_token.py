"""Continue tokens: where the next page of a list starts, and in which version of the world.

The form is a real server's (k8s.io/apiserver/pkg/storage/continue.go): base64url of a small JSON.
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from kuredtui.demo.apiserver.failures import Failure

LATEST = -1
"""The version of a token that gave up consistency: whatever is there now."""


class _Token(msgspec.Struct):
    v: str
    rv: int
    start: str


def encode_continue(version: int, last_key: str) -> str:
    """A token for the objects after `last_key`, as they were at `version`."""
    raw = msgspec.json.encode(_Token("meta.k8s.io/v1", version, last_key + "\0"))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_continue(token: str) -> tuple[int, str]:
    """The version and the first key of the page; a 400 `Failure` for what is no token."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        found = msgspec.json.decode(raw, type=_Token)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Failure(400, f"invalid continue token: continue key is not valid: {error}") from error
    if found.v != "meta.k8s.io/v1":
        raise Failure(400, f"invalid continue token: unrecognized version {found.v!r}")
    if not found.start:
        raise Failure(400, "invalid continue token: continue key is not valid: no start")
    return found.rv, found.start
