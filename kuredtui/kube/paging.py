"""A whole list at once, read in pages."""

from __future__ import annotations

from typing import TypeVar

from kuredtui.kube.client import Client
from kuredtui.kube.errors import Expired
from kuredtui.kube.resources import Resource

T = TypeVar("T")

_PAGE_SIZE = 500


async def list_all(
    client: Client,
    resource: Resource[T],
    *,
    namespace: str = "",
    label_selector: str = "",
    field_selector: str = "",
) -> list[T]:
    """All objects of one and the same version.

    Args:
        client: whom to ask.
        resource: which kind.
        namespace: "" for all namespaces.
        label_selector: as kubectl's `-l`.
        field_selector: as kubectl's `--field-selector`.

    Raises:
        ApiError, Unreachable: the server refuses, or no usable answer comes.
    """

    async def listed(page_size: int) -> list[T]:
        items: list[T] = []
        token = ""
        while True:
            page = await client.list(
                resource,
                namespace=namespace,
                label_selector=label_selector,
                field_selector=field_selector,
                limit=page_size,
                continue_token=token,
            )
            items += page.items
            token = page.continue_token
            if not token:
                return items

    try:
        return await listed(_PAGE_SIZE)
    except (
        Expired
    ):  # the server forgot the first page's version: in one piece, as client-go's pager
        return await listed(0)
