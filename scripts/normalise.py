"""Rewrite a document so that the generator keeps its meaning. In memory only: `openapi.yaml` stays the vendor's words.

Every rewrite preserves what the schemas accept; each states the weakness of the generator that it answers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from scripts import document as oas
from scripts.document import Json


def normalise(document: Json) -> Json:
    """A copy of the document that means the same and generates completely."""
    result = copy.deepcopy(document)
    for pointer, schema in list(oas.schemas(result)):
        if "$ref" not in schema:
            demote_title(schema, pointer[-1])
            flatten_all_of(schema)
            keep_siblings_of_all_of(schema)
            spell_out_nullable_enum(schema)
            say_items_of_array(schema)
    for response in _answers(result):
        type_untyped_answer(response)
    return result


def demote_title(schema: Json, key: str) -> None:
    """Names of nested classes come from `title` where there is one, so a reworded title would rename them.

    Without it they come from component key and property path. The words stay, as the description where there is none and they say
    more than the key.
    """
    title = schema.pop("title", None)
    if title not in (None, key) and not schema.get("description"):
        schema["description"] = title


def keep_siblings_of_all_of(schema: Json) -> None:
    """`allOf` of one reference is generated as an alias, and what stands beside it vanishes with exit code 0.

    A second member that accepts everything makes the generator merge the siblings instead.
    """
    members = schema.get("allOf")
    if isinstance(members, list) and len(members) == 1 and set(schema) & _SIBLINGS:
        members.append({})


_SIBLINGS = {"properties", "required", "additionalProperties"}


def flatten_all_of(schema: Json) -> None:
    """What an inline member of `allOf` has in an `allOf` of its own vanishes. One flat list of members means the same."""
    members = schema.get("allOf")
    if not isinstance(members, list):
        return
    flat: list[Json] = []
    for member in members:
        if isinstance(member, dict) and isinstance(member.get("allOf"), list):
            flatten_all_of(member)
            flat += member.pop("allOf")
            if set(member) - {"description", "title", "example"}:
                flat.append(member)
        else:
            flat.append(member)
    schema["allOf"] = flat


def spell_out_nullable_enum(schema: Json) -> None:
    """A nullable enum loses its null, or is made three times. A union of the values and null means the same."""
    values, kinds = schema.get("enum"), schema.get("type")
    if not isinstance(values, list) or not values:
        return
    listed = kinds if isinstance(kinds, list) else [kinds]
    others = [kind for kind in listed if kind not in ("null", None)]
    nullable = schema.get("nullable") is True or "null" in listed or None in values
    left = [value for value in values if value is not None]
    if not nullable or len(others) > 1 or not left:
        return
    for key in ("enum", "type", "nullable"):
        schema.pop(key, None)
    plain: Json = {"enum": left} | ({"type": others[0]} if others else {})
    schema["oneOf"] = [plain, {"type": "null"}]


def say_items_of_array(schema: Json) -> None:
    """An array without `items` is refused; items of any kind are what it means."""
    if schema.get("type") == "array" and not {"items", "prefixItems"} & set(schema):
        schema["items"] = {}


def type_untyped_answer(response: Json) -> None:
    """A JSON answer without a type is never parsed. Anything at all, or null, means the same and has a type."""
    for content_type, media in response.get("content", {}).items():
        kind = content_type.split(";")[0].strip()
        schema = media.get("schema", {})
        if (kind == "application/json" or kind.endswith("+json")) and not set(
            schema
        ) - {"description", "example", "examples"}:
            media["schema"] = schema | {"anyOf": [{}, {"type": "null"}]}


def _answers(document: Json) -> Iterator[Json]:
    yield from document.get("components", {}).get("responses", {}).values()
    for *_place, operation in oas.operations(document):
        yield from operation.get("responses", {}).values()
