"""A command in a container of a pod, over a WebSocket (remotecommand's protocols v5 and v4).

Each message begins with its channel's number; the last word is a Status on channel 3. It is the only
thing that tells how the command ended, so a connection that breaks off before says nothing: the
command may have run, or not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from kuredtui.kube.client import Client
from kuredtui.kube.errors import NotStarted, Silenced
from kuredtui.kube.resources import PODS
from kuredtui.kube.types import Status

_PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_STDOUT, _STDERR, _ERROR = 1, 2, 3
_MOST_BYTES = 256 * 1024
"""Of each output; the rest is read and thrown away."""
_STATUS = msgspec.json.Decoder(Status)


@dataclass(frozen=True, kw_only=True)
class Executed:
    """How a command ended.

    Attributes:
        exit_code: 0 for a success.
        stdout, stderr: what it said, cut off; what is no UTF-8 is replaced.
    """

    exit_code: int
    stdout: str
    stderr: str


async def execute(
    client: Client,
    command: Sequence[str],
    *,
    namespace: str,
    pod: str,
    container: str,
    seconds: float = 30.0,
) -> Executed:
    """Run a command in a container, without a terminal and without input.

    It must be safe to repeat: where a connection that was kept open breaks off without an answer, the
    HTTP library sends a GET, which this is, once more over a new one.

    Args:
        client: the API server; not one that is read-only, for a command can change anything.
        command: the program and its arguments; no shell looks at them.
        namespace: of the pod.
        pod: its name.
        container: which of its containers.
        seconds: how long all of it may take.

    Raises:
        ReadOnlyError: the gate refused.
        ApiError: the server or the kubelet refused, so it did not run; of a 502 or 504, from
            something on the way, that is not certain.
        NotStarted: it did not run.
        NotSent: nobody was reached, so it did not run.
        Unreachable: no answer, or no end of it (Silenced): it may have run.
    """
    options = [("command", word) for word in command]
    options += [("container", container), ("stdout", "true"), ("stderr", "true")]
    path = PODS.path(namespace=namespace, name=pod, subresource="exec")
    outputs = {_STDOUT: bytearray(), _STDERR: bytearray()}
    async with client.requests.socket(
        path, query=urlencode(options), protocols=_PROTOCOLS, seconds=seconds
    ) as messages:
        try:
            async with asyncio.timeout(seconds):
                async for message in messages:
                    channel, text = (message[0], message[1:]) if message else (-1, b"")
                    if channel == _ERROR:
                        return _executed(text, outputs)
                    if (kept := outputs.get(channel)) is not None:
                        kept += text[: _MOST_BYTES - len(kept)]
        except TimeoutError:
            raise Silenced(
                f"The command in {namespace}/{pod} did not end in {seconds:g} s."
            ) from None
    raise Silenced(f"The connection to {namespace}/{pod} broke off before the command had ended.")


def _executed(text: bytes, outputs: dict[int, bytearray]) -> Executed:
    try:
        status = _STATUS.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Silenced("How the command ended was said in no way that is known here.") from None
    code = 0
    if status.status != "Success":
        if status.reason != "NonZeroExitCode":
            raise NotStarted(status.message)
        code = _exit_code(status)
    return Executed(
        exit_code=code,
        stdout=outputs[_STDOUT].decode(errors="replace"),
        stderr=outputs[_STDERR].decode(errors="replace"),
    )


def _exit_code(status: Status) -> int:
    """In the cause `ExitCode`; 1 where it says nothing that is a number."""
    for cause in status.details.causes:
        if cause.reason == "ExitCode" and cause.message.isdigit():
            return int(cause.message)
    return 1
