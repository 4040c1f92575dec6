"""Read what a `content` map describes: the content types of bodies and responses, and the schemas of parameters and headers."""

from __future__ import annotations

from scripts.contract import model
from scripts.contract.reading.media_types import kind_of
from scripts.contract.reading.parts import Parts
from scripts.contract.reading.schemas import SchemaReader
from scripts.contract.reading.untyped import mapping
from scripts.contract.schema import Schema
from scripts.intake.yaml_text import Pointer


class ContentReader:
    """Reads content types and their schemas. One for each document."""

    def __init__(self, parts: Parts, schemas: SchemaReader) -> None:
        self._parts = parts
        self._schemas = schemas

    def media(
        self, holder: dict[str, object], place: Pointer
    ) -> tuple[model.Media, ...]:
        """The content types of a body or a response."""
        media = []
        by_type = self._parts.follow(holder.get("content"), (*place, "content"))
        for content_type, stated in by_type.content.items():
            media_type = self._parts.follow(stated, (*by_type.place, content_type))
            raw = media_type.content
            schema = None
            if "schema" in raw:
                schema_place = (*media_type.place, "schema")
                schema = self._schemas.read(raw["schema"], schema_place)
            item_schema = None
            if "itemSchema" in raw:
                schema_place = (*media_type.place, "itemSchema")
                item_schema = self._schemas.read(raw["itemSchema"], schema_place)
            media.append(
                model.Media(
                    at=media_type.place,
                    content_type=content_type,
                    kind=kind_of(content_type, schema, self._schemas.types),
                    schema=schema,
                    notes=self._parts.notes(raw),
                    item_schema=item_schema,
                )
            )
        return tuple(media)

    def schema_and_content_type(
        self, raw: dict[str, object], place: Pointer
    ) -> tuple[Schema, str]:
        """The schema of a parameter or header, and the content type under `content`; empty where `schema` stands there instead."""
        content_type = ""
        if "schema" not in raw:
            content = mapping(raw.get("content"), (*place, "content"))
            content_type = next(iter(content), "")
        if content_type:
            place = (*place, "content", content_type)
            raw = mapping(content[content_type], place)
        schema = self._schemas.read(raw.get("schema", {}), (*place, "schema"))
        return schema, content_type
