"""Values with one place changed, which the client must refuse where the document does."""

from __future__ import annotations

from collections.abc import Iterator

OTHER = {"other": [1]}  # a value of another kind than a text


def changed(value: object, place: str = "") -> Iterator[tuple[str, object]]:
    """The value with one place of another kind, or without it, and the place."""
    if isinstance(value, str):
        yield place, OTHER
    else:
        yield place, "other"
    if isinstance(value, dict):
        for name, member in value.items():
            rest = {key: item for key, item in value.items() if key != name}
            yield f"{place}.{name}", rest
            for inner_place, other in changed(member, f"{place}.{name}"):
                yield inner_place, {**value, name: other}
    elif isinstance(value, list) and value:
        for inner_place, other in changed(value[0], f"{place}.0"):
            yield inner_place, [other, *value[1:]]
