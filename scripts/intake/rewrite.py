"""Change the text of a YAML document where its data changes, and nowhere else: order, spelling and comments of the rest stay."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping

from scripts.common.errors import DocumentError
from scripts.intake.document import Json, Pointer, Source, parse, to_yaml

_Edit = tuple[int, int, list[str]]  # index of the first line, of the one after, new


def same(one: Json, other: Json) -> bool:
    """Whether data is equal, 1 and 1.0 and True being different."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def is_nested(place: Pointer) -> bool:
    """Whether what stands at a place is no part itself, but holds parts at the third level."""
    top = place[0] in ("paths", "components", "webhooks")
    return top and len(place) < 3 and not place[-1].startswith("x-")


def rewrite(old: Source, new: Json, spelling: Mapping[Pointer, Source]) -> str:
    """YAML text of `new`, made from that of `old` by replacing only the lines of what differs.

    `spelling`: which page spells out a new or changed part, by its place.
    """
    lines = [*old.lines]
    edits = [*_edits(old, old.document, new, (), spelling)]
    edits.sort(key=lambda edit: edit[:2])
    # From the end, so that the lines before stay where they are.
    for start, stop, replacement in reversed(edits):
        lines[start:stop] = replacement
    return "\n".join(lines)


def _edits(
    source: Source,
    old: Json,
    new: Json,
    place: Pointer,
    spelling: Mapping[Pointer, Source],
) -> Iterator[_Edit]:
    stop = column = 0
    for key in {**old, **new}:
        inner = (*place, key)
        start, stop, column = source.spans.get(inner, (stop, stop, column))
        if key not in new:
            yield start, stop, []
        elif key in old and same(old[key], new[key]):
            continue
        elif is_nested(inner) and old.get(key):
            yield from _edits(source, old[key], new[key], inner, spelling)
        else:
            yield start, stop, _block(inner, new[key], column, spelling)


def _block(
    place: Pointer, value: Json, column: int, spelling: Mapping[Pointer, Source]
) -> list[str]:
    """The lines of one part, as its page spells it if that can stand here."""
    whole = {place[-1]: value}
    lines = to_yaml(whole).rstrip("\n").split("\n")
    for page in [spelling[p] for p in spelling if p[: len(place)] == place][:1]:
        start, stop, indent = page.spans.get(place, (0, 0, 0))
        spelled = [line[indent:].rstrip("\r") for line in page.lines[start:stop]]
        with contextlib.suppress(DocumentError):
            lines = spelled if same(parse("\n".join(spelled)), whole) else lines
    return [" " * column + line if line else line for line in lines]
