"""Request bodies: decoded from what the Content-Type says, or refused as a real server does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from kuredtui.demo.apiserver.failures import Failure, unsupported_media_type
from kuredtui.demo.apiserver.protobuf import MEDIA_TYPE, decode_protobuf
from kuredtui.demo.apiserver.resources import Resource
from kuredtui.kube.json import JsonObject


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body, not yet decoded."""

    raw: bytes
    media_type: str

    def json(self) -> JsonObject:
        """What was sent, empty for an empty body; 400 or 415 `Failure` for what is no object."""
        if not self.raw:
            return {}
        if self.media_type == MEDIA_TYPE:
            return decode_protobuf(self.raw)
        if self.media_type != "application/json" and not self.media_type.endswith("-patch+json"):
            raise unsupported_media_type()
        sent = self.any_json()
        if not isinstance(sent, dict):
            raise Failure(
                400, "json: cannot unmarshal into Go value of type map[string]interface {}"
            )
        return sent

    def any_json(self) -> object:
        """Any JSON value; a JSON patch is an array."""
        try:
            found: object = msgspec.json.decode(self.raw)
        except msgspec.DecodeError as error:
            raise Failure(400, f"invalid character in body: {error}") from error
        return found

    def object_of(self, resource: Resource) -> JsonObject:
        """An object of this resource; another kind is a 400 `Failure`."""
        sent = self.json()
        kind = sent.get("kind", resource.kind)
        version = sent.get("apiVersion", resource.api_version)
        if (version, kind) != (resource.api_version, resource.kind):
            raise Failure(
                400,
                f"the API version in the data ({version}, Kind={kind}) does not match the expected "
                f"one ({resource.api_version}, Kind={resource.kind})",
            )
        return sent


def read_content_type(headers: Mapping[str, str]) -> str:
    """The media type without parameters; JSON where none is named."""
    return headers.get("Content-Type", "").partition(";")[0].strip() or "application/json"
