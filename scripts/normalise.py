"""Rewrite a document so that the generator keeps its meaning. In memory only: `openapi.yaml` stays the vendor's words.

Every rewrite preserves what the schemas accept; each states the weakness of the generator that it answers.
"""

from __future__ import annotations

import copy

from scripts import document as oas
from scripts.document import Json


def normalise(document: Json) -> Json:
    """A copy of the document that means the same and generates completely."""
    result = copy.deepcopy(document)
    for pointer, schema in list(oas.schemas(result)):
        if "$ref" not in schema:
            demote_title(schema, pointer[-1])
            keep_siblings_of_all_of(schema)
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
