"""The parameter whose value is the whole query: `in: querystring` (OpenAPI 3.2, Parameter Object)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from scripts.contract import model
from scripts.contract.reading.media_types import kind_of
from scripts.contract.reading.shapes import form_fields, is_structured
from scripts.contract.schema import Schema, Types


def fault_of_content(
    parameter: Mapping[str, object],
    schema: Schema,
    types: Types,
    broken: Mapping[str, str],
    *,
    has_brackets: bool,
) -> str:
    """Return why a parameter can't be sent as the whole query; empty where it can.

    Args:
        parameter: The Parameter Object.
        schema: The schema of its content.
        types: The types of the document, by key.
        broken: Why types cannot be read, by key.
        has_brackets: Whether `nested_values` in generator-config.yaml writes nested values in brackets.

    Raises:
        DocumentError: A type cannot be read.
    """
    content = parameter.get("content")
    if not isinstance(content, Mapping) or len(content) != 1 or "schema" in parameter:
        return "it must be described by `content` with one media type"
    media_type, description = next(iter(content.items()))
    kind = kind_of(media_type)
    if kind == model.JSON_KIND:
        return ""
    if kind != model.FORM_KIND:
        return f"it is described as {media_type!r:.60}; only JSON and application/x-www-form-urlencoded can be sent there"
    if isinstance(description, Mapping) and description.get("encoding"):
        return "it has Encoding Objects, which are not read there; describe its fields as query parameters"
    for name, field in form_fields(schema, types, broken):
        if not has_brackets and is_structured(field, types, broken):
            return (
                f"its field {name!r} has nested values, for which OpenAPI defines no form; say in generator-config.yaml how the service"
                " wants them, such as nested_values: brackets"
            )
    return ""


def fault_of_places(places: Collection[str]) -> str:
    """Return why the parameters of an operation can't be sent together, from the place of each; empty if they can."""
    count = sum(place == "querystring" for place in places)
    if count > 1:
        return "it has more than one parameter in the querystring"
    if count and "query" in places:
        return "it has a parameter in the querystring, which is the whole query, and others in the query"
    return ""
