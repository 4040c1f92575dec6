"""Read request bodies and responses, and choose the content types in which bodies are sent."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from scripts.common.text import text_fault
from scripts.contract import model
from scripts.contract.reading.content import ContentReader
from scripts.contract.reading.media_types import KINDS, essence, kind_of
from scripts.contract.reading.parts import Parts, leave_out
from scripts.contract.reading.schemas import SchemaReader
from scripts.contract.reading.shapes import (
    form_fields,
    has_files,
    is_structured,
    nested_part,
)
from scripts.contract.reading.untyped import mapping, mapping_or_empty
from scripts.contract.schema import Reference, Schema
from scripts.intake.yaml_text import Pointer, at

_STATUS = re.compile(r"[1-5](?:\d\d|XX)|default")


class BodyReader:
    """Reads request bodies and responses. One for each document."""

    def __init__(
        self,
        parts: Parts,
        schemas: SchemaReader,
        content: ContentReader,
        *,
        nested_values: str,
    ) -> None:
        """`nested_values`: how values nested in forms are written; empty where that is not decided."""
        self._parts = parts
        self._schemas = schemas
        self._content = content
        self._nested_values = nested_values

    def body(self, stated: object, place: Pointer) -> model.Body | None:
        """The request body that stands at a place; None where the document states none."""
        if stated is None:
            return None
        part = self._parts.follow(stated, place)
        media = []
        for media_type in self._content.media(part.content, part.place):
            if media_type.kind == model.ANY_KIND:  # it is sent as JSON
                media.append(replace(media_type, kind=model.JSON_KIND))
            else:
                media.append(media_type)
        return model.Body(
            at=part.place,
            required=part.content.get("required") is True,
            media=tuple(media),
            component=part.component,
            notes=self._parts.notes(part.content),
            description=part.description,
        )

    def calls(self, body: model.Body | None) -> tuple[model.Call, ...]:
        """A function for JSON, else for the first kind that is there; more where another kind carries something of its own.

        The order of the document decides neither what is sent nor the names of functions.

        Raises:
            DocumentError: The body cannot be sent in any of its content types.
        """
        if body is None or not body.media:
            return (model.Call(None),)
        usable = []
        faults = []
        for media in body.media:
            fault = self._fault(media)
            if fault:
                faults.append(fault)
            else:
                usable.append(media)
        if not usable:
            leave_out(f"{at(body.media[0].at)}: {faults[0]}")
        sent: list[model.Media] = []
        for media in self._preferred_first(usable):
            is_new_kind = all(media.kind != earlier.kind for earlier in sent)
            is_json = media.kind == model.JSON_KIND
            adds_nothing = any(self._adds_nothing(media, earlier) for earlier in sent)
            if (is_new_kind or is_json) and not adds_nothing:
                sent.append(media)
        return tuple(model.Call(media) for media in sent)

    def _adds_nothing(self, media: model.Media, earlier: model.Media) -> bool:
        """Whether an earlier content type carries all that this one does."""
        if self._has_files(media) and not self._has_files(earlier):
            return False
        return _carry_the_same(media, earlier)

    def _has_files(self, media: model.Media) -> bool:
        """Whether a content type has parts that are files, which JSON and forms cannot carry."""
        if media.kind != model.MULTIPART_KIND or media.schema is None:
            return False
        return has_files(media.schema, self._schemas.types, self._schemas.broken)

    def _preferred_first(self, media: list[model.Media]) -> list[model.Media]:
        """Content types in the order in which they are preferred: application/json, other JSON, multipart with files, then the other kinds.

        Among content types of one kind, the first is the one that is sent.
        """
        as_json = [each for each in media if each.kind == model.JSON_KIND]
        as_json.sort(key=lambda json_type: not _is_plain_json(json_type))
        if not all(_carry_the_same(json_type, as_json[0]) for json_type in as_json):
            # Each that carries something else has a function of its own. The order of the document must not decide their names.
            start = int(_is_plain_json(as_json[0]))  # application/json stays first
            as_json[start:] = sorted(
                as_json[start:], key=lambda json_type: essence(json_type.content_type)
            )
        not_json = [each for each in media if each.kind != model.JSON_KIND]
        not_json.sort(key=lambda media_type: KINDS.index(media_type.kind))
        not_json.sort(key=self._has_files, reverse=True)
        return [*as_json, *not_json]

    def _fault(self, media: model.Media) -> str:
        """Why a body cannot be sent as a content type; empty where it can."""
        fault = text_fault("content type", media.content_type)
        if fault:
            return (
                f"{fault}; write it as type/subtype, with parameters after a semicolon"
            )
        if media.kind != model.FORM_KIND or media.schema is None or self._nested_values:
            return ""
        types = self._schemas.types
        for name, field in form_fields(media.schema, types, self._schemas.broken):
            if self._is_nested_field(media, name, field):
                return (
                    f"the form field {name!r} has nested values, which OpenAPI has no form for, or one that few services read; give the"
                    " field an Encoding Object, or say in generator-config.yaml how the service wants them, such as nested_values: brackets"
                )
        return ""

    def _is_nested_field(self, media: model.Media, name: str, field: Schema) -> bool:
        """Whether the document does not say how the values of a form's field are written."""
        encodings = mapping_or_empty(media.notes.get("encoding"))
        encoding = mapping_or_empty(encodings.get(name))
        types = self._schemas.types
        broken = self._schemas.broken
        if {"style", "explode", "allowReserved"} & encoding.keys():
            lists = encoding.get("style") == "deepObject"
            return bool(nested_part(field, types, broken, lists=lists))
        if kind_of(str(encoding.get("contentType") or "")) == model.JSON_KIND:
            return False
        return is_structured(field, types, broken)

    def responses(
        self, stated: object, place: Pointer, left_out_parts: Container[str] = ()
    ) -> dict[str, model.Response]:
        """The responses of an operation by status, but for those that are left out."""
        responses = {}
        for key, value in mapping(stated, place).items():
            if key.startswith("x-"):
                continue
            status = status_of(key)
            if model.response_part(status) in left_out_parts:
                continue
            if not _STATUS.fullmatch(status):
                problem = f"{key!r} is not an HTTP status"
                self._schemas.nodes.warn((*place, key), problem)
                continue
            responses[status] = self._response(status, value, (*place, key))
        return responses

    def _response(self, status: str, stated: object, place: Pointer) -> model.Response:
        part = self._parts.follow(stated, place)
        notes = self._parts.notes(part.content)
        headers: dict[str, Schema] = {}
        header_notes: dict[str, object] = {}
        headers_place = (*part.place, "headers")
        stated_headers = mapping(part.content.get("headers"), headers_place)
        for name, header in stated_headers.items():
            header_part = self._parts.follow(header, (*headers_place, name))
            schema, _content_type = self._content.schema_and_content_type(
                header_part.content, header_part.place
            )
            headers[name.lower()] = schema
            notes_of_header = self._parts.notes(header_part.content)
            notes_of_header["required"] = header_part.content.get("required")
            stated_notes = {key: note for key, note in notes_of_header.items() if note}
            if stated_notes:
                header_notes[name.lower()] = stated_notes
        if header_notes:
            notes["headers"] = header_notes
        return model.Response(
            at=part.place,
            status=status,
            media=self._content.media(part.content, part.place),
            headers=headers,
            component=part.component,
            notes=notes,
            description=part.description,
        )


def status_of(key: str) -> str:
    """The status of a response as it is written by convention: 2XX, default."""
    return key.upper().replace("DEFAULT", "default")


def _is_plain_json(media: model.Media) -> bool:
    return essence(media.content_type) == "application/json"


def _carry_the_same(media: model.Media, other_media: model.Media) -> bool:
    """Whether two content types carry the same values."""
    schema = media.schema
    other_schema = other_media.schema
    if schema is None or other_schema is None:
        return schema is other_schema
    if isinstance(schema, Reference):
        return isinstance(other_schema, Reference) and schema.key == other_schema.key
    return bool(schema.rule == other_schema.rule)
