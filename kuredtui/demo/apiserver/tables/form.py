"""Answers as tables: a row is made once per version of an object; its ages are written anew."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from kuredtui.demo.apiserver.forms import ObjectForm, bookmark_line, list_pieces, partial_object
from kuredtui.demo.apiserver.history import Entry
from kuredtui.demo.apiserver.resources import Resource
from kuredtui.demo.apiserver.tables.age import Age
from kuredtui.demo.apiserver.tables.cells import Cells
from kuredtui.demo.apiserver.tables.columns import ROWS, column_definitions
from kuredtui.kube.json import JsonObject

_API = "meta.k8s.io/v1"


@dataclass(slots=True)
class _Row:
    """The cells as JSON around their ages, and the object's metadata."""

    pieces: list[bytes | Age]
    partial: bytes

    def cells(self, now: float) -> bytes:
        """The array of cells at a time."""
        return b"".join(
            piece if isinstance(piece, bytes) else msgspec.json.encode(piece.render(now))
            for piece in self.pieces
        )


class TableForm:
    """Objects as rows. One instance answers one request: a watch says its columns once."""

    def __init__(self, resource: Resource, *, include: str) -> None:
        """`include` is the query parameter includeObject: None, Object, or else the metadata."""
        self._resource = resource
        self._include = include
        self._make_cells = ROWS[resource.plural]
        self._columns: list[JsonObject] | None = column_definitions(resource.plural)

    def pages(self, entries: Iterable[Entry], metadata: JsonObject) -> Iterator[bytes]:
        """See `Form`."""
        head = {
            "kind": "Table",
            "apiVersion": _API,
            "metadata": metadata,
            "columnDefinitions": self._columns,
        }
        now = time.time()
        yield from list_pieces(head, "rows", (self._row(entry, now) for entry in entries))

    def one(self, entry: Entry) -> bytes:
        """See `Form`."""
        metadata = {"resourceVersion": str(entry.version)}
        return b"".join(self.pages((entry,), metadata))

    def event(self, kind: str, entry: Entry) -> bytes:
        """See `Form`."""
        table: JsonObject = {
            "kind": "Table",
            "apiVersion": _API,
            "metadata": {"resourceVersion": str(entry.version)},
            "columnDefinitions": self._columns,
        }
        self._columns = None
        row = self._row(entry, time.time())
        return b"".join(
            (
                b'{"type":"%s","object":' % kind.encode(),
                *list_pieces(table, "rows", (row,)),
                b"}\n",
            )
        )

    def bookmark(self, metadata: JsonObject) -> bytes:
        """See `Form`."""
        return bookmark_line(self._resource.kind, self._resource.api_version, metadata)

    def _row(self, entry: Entry, now: float) -> bytes:
        row = entry.row
        if row is None:
            row = entry.row = _Row(_pieces(self._make_cells(entry.decode())), partial_object(entry))
        if not isinstance(row, _Row):
            raise TypeError("a row made by another table")
        cells = row.cells(now)
        if self._include == "None":
            return b'{"cells":%s,"object":null}' % cells
        if self._include == "Object":
            return b'{"cells":%s,"object":%s}' % (cells, ObjectForm(self._resource).one(entry))
        return b'{"cells":%s,"object":%s}' % (cells, row.partial)


def _pieces(cells: Cells) -> list[bytes | Age]:
    """An encoded array, broken where an age stands."""
    pieces: list[bytes | Age] = []
    text = b"["
    for at, cell in enumerate(cells):
        text += b"," if at else b""
        if isinstance(cell, Age):
            pieces += [text, cell]
            text = b""
        else:
            text += msgspec.json.encode(cell)
    return [*pieces, text + b"]"]
