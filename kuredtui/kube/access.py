"""Which rights we have, asked of the API server itself (SelfSubjectAccessReview).

A session whose user may not do what it offers starts read-only and says why, instead of failing
half way through a drain. Which rights those are is the caller's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kuredtui.kube.client import Client
from kuredtui.kube.errors import Forbidden, NotFound
from kuredtui.kube.resources import Resource


@dataclass(frozen=True, kw_only=True)
class Right:
    """Something one may or may not do.

    Attributes:
        verb: `patch`, `create`, ...
        resource: on what.
        purpose: what it is needed for, to follow "to": `cordon`, `drain`.
        subresource: such as `eviction`.
        namespace: where; "" for all namespaces.
        name: on which one; "" for any.
    """

    verb: str
    resource: Resource[object]
    purpose: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        """As a person says it: `create pods/eviction in all namespaces (to drain)`."""
        what = self.resource.plural + (f"/{self.subresource}" if self.subresource else "")
        where = ""
        if self.resource.namespaced:
            where = f" in {self.namespace}" if self.namespace else " in all namespaces"
        return f"{self.verb} {what}{where} (to {self.purpose})"


async def missing_rights(client: Client, rights: Iterable[Right]) -> list[Right]:
    """Those of the rights that the server denies us, asked all at once.

    Where the server does not answer such questions, the right is not counted as missing: then only
    trying tells.

    Raises:
        Unreachable: no answer.
        ApiError: another refusal than that of the question itself.
    """
    asked = list(rights)
    try:
        async with asyncio.TaskGroup() as tasks:
            answers = [tasks.create_task(_denied(client, right)) for right in asked]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None  # one reason is enough
    return [right for right, answer in zip(asked, answers, strict=True) if answer.result()]


def read_only_reason(missing: Sequence[Right], *, user: str = "") -> str:
    """Why a session is read-only, as one sentence; "" if nothing is missing."""
    if not missing:
        return ""
    who = f"user {user}" if user else "this user"
    what = ", nor ".join(str(right) for right in missing)
    return f"Read-only, because {who} may not {what}. Ask a cluster administrator for the rights."


async def _denied(client: Client, right: Right) -> bool:
    try:
        return not await client.may(
            right.verb,
            right.resource,
            subresource=right.subresource,
            namespace=right.namespace,
            name=right.name,
        )
    except (Forbidden, NotFound):
        return False
