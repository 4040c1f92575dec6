"""Which keywords hold schemas, names, data or prose; and the text of a document without its prose."""

from __future__ import annotations

import functools
from collections.abc import Callable


def words(*texts: str) -> frozenset[str]:
    """The words of texts, which are separated by blanks."""
    return frozenset(" ".join(texts).split())


# Where schemas stand inside a schema: one, a list of them, a mapping to them.
SINGLE = words(
    "additionalProperties contains contentSchema else if items not propertyNames then",
    "unevaluatedItems unevaluatedProperties",
)
UNIONS = ("oneOf", "anyOf")
LISTS = frozenset(("allOf", "prefixItems", *UNIONS))
MAPS = words("$defs dependentSchemas patternProperties properties")
# Keywords, of OpenAPI as well, whose values have names as keys, or hold data.
NAMED = MAPS | words(
    "callbacks content dependentRequired encoding headers links mapping responses",
    "variables",
)
DATA = words("const default enum")
PROSE = words("$comment description example examples externalDocs summary title")


def without_prose(
    value: object,
    follow: Callable[[dict[str, object]], object] = lambda part: part,
    *,
    extensions: bool = True,
    keys_are_names: bool = False,
) -> object:
    """A part of a document without descriptions and examples, and on request without extensions.

    Args:
        value: Any part.
        follow: Returns what takes the place of a mapping, or the mapping itself if nothing does.
        extensions: Whether extensions (`x-...`) are kept.
        keys_are_names: Whether keys are names, not keywords.
    """
    again = functools.partial(without_prose, follow=follow, extensions=extensions)
    if isinstance(value, list):
        return [again(item) for item in value]
    if not isinstance(value, dict):
        return value
    if keys_are_names:
        return {name: again(item) for name, item in value.items()}
    replacement = follow(value)
    if replacement is not value:
        return replacement
    meaning = {}
    for keyword, item in value.items():
        if keyword in PROSE or (keyword.startswith("x-") and not extensions):
            continue
        if keyword in DATA:
            meaning[keyword] = item
        else:
            meaning[keyword] = again(item, keys_are_names=keyword in NAMED)
    return meaning
