"""The functions and values that the templates use. `render` adds those that belong to one generated class or function."""

from __future__ import annotations

import functools
import pprint
from urllib.parse import quote

from openapi_python_client.parser.responses import Response

from scripts.contract import model
from scripts.contract.model import Contract, Operation
from scripts.contract.schema import Schema, Union, target, type_name, walk
from scripts.contract.view import view
from scripts.generator import content_types, secret_fields
from scripts.generator.pages import NO_PAGED_LISTS, PagedLists
from scripts.generator.plan import (
    item_classes,
    stream_item,
    stream_kind,
    stream_media,
    successes,
)
from scripts.generator.property_code import PropertyCode


def description(contract: Contract, schema: Schema) -> str:
    """Return the description of a schema; it begins with "Deprecated:" if the document calls the schema deprecated."""
    text = schema.description or target(schema, contract.types)[0].description
    if view(schema, contract).notes.get("deprecated") is True:
        advice = text or "the document does not say what to use instead"
        return f"Deprecated: {advice}"
    return text


def _is_secret_field(class_name: str, wire_name: str, schema: Schema) -> bool:
    """Whether the value of a field is masked wherever a model is printed."""
    return schema.format == "password" or secret_fields.is_secret(class_name, wire_name)


def _example_text(example: object) -> str:
    """Return an example as Python writes it, on short lines."""
    if isinstance(example, str):
        return example
    return pprint.pformat(example, width=80, sort_dicts=False, compact=True)


def _item_type(contract: Contract, operation: Operation) -> str:
    """Return the annotation of what a stream yields; "" where it is no stream."""
    media = stream_media(operation)
    if media is None:
        return ""
    names = item_classes(contract, stream_item(contract, media))
    item = " | ".join(f"models.{name}" for name in names)
    match stream_kind(media):
        case "events":
            if not item:
                return "ServerSentEvent"
            return f"_events.ServerSentEvent[{item}]"
        case "lines":
            return item or "Any"
        case _:
            return "bytes"


def _page_item(paged: PagedLists, operation: Operation) -> str:
    """Return the annotation of an item of a list that comes in pages; "" where it is no such list."""
    if operation.at not in paged:
        return ""
    return paged[operation.at].item


def _answer_media(operation: Operation, response: Response) -> model.Media | None:
    """Return the content type that is read of a response, which the generator has parsed."""
    return model.answer_media(operation.responses[response.status_code.pattern])


def _is_text_schema(contract: Contract, schema: Schema) -> bool:
    return type_name(target(schema, contract.types)[0]) == "string"


def _path_text(text: str) -> str:
    """Return text of a path template as it stands in a URL."""
    return quote(text, safe="/?:@!$&'()*+,;=-._~%")


def _union_members(contract: Contract) -> set[str]:
    """Return the names of the classes that are variants of a union, or part of a variant."""
    variants: list[Schema] = []
    for schema in model.all_schemas(contract):
        if isinstance(schema, Union):
            variants.extend(schema.variants)
    members = walk(variants, contract.types, bases=False)
    return {contract.names.class_of(member) for member in members}


def template_globals(
    contract: Contract, paged: PagedLists = NO_PAGED_LISTS
) -> dict[str, object]:
    """Return the functions and values that templates use, by the names that they have there."""
    return {
        "accept_of": content_types.accept,
        "answer_of": _answer_media,
        "argument_of": contract.argument,
        "binary_types_of": content_types.binary_types,
        "code_with_models_in": functools.partial(PropertyCode, contract),
        "charset_of": content_types.charset,
        "content_type_of": content_types.content_type,
        "description_of": functools.partial(description, contract),
        "example_text": _example_text,
        "encodings_of": functools.partial(content_types.encodings, contract),
        "function_of": contract.function,
        "is_text_schema": functools.partial(_is_text_schema, contract),
        "is_secret_field": _is_secret_field,
        "media_type_of": content_types.media_type,
        "package_of": contract.package,
        "page_item_of": functools.partial(_page_item, paged),
        # JSON is what nested values of forms are anyway.
        "nested_values": contract.nested_values.removesuffix("json"),
        "path_text": _path_text,
        "literal": repr,
        "item_type_of": functools.partial(_item_type, contract),
        "successes": successes,
        "union_members": _union_members(contract),
    }
