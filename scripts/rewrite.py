"""Change the text of a YAML document where its data changes, and nowhere else: order, spelling and comments of the rest stay."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from types import MappingProxyType

from scripts.document import Json, Pointer, Positions, Source, parse, to_yaml
from scripts.errors import DocumentError

_NOTHING: Mapping[Pointer, Source] = MappingProxyType({})


def part(document: Json, place: Pointer) -> Json:
    """What stands at a place, None if nothing."""
    for key in place:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def same(one: Json, other: Json) -> bool:
    """Whether data is equal, 1 and 1.0 and True being different."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def rewrite(
    text: str, old: Json, new: Json, spelling: Mapping[Pointer, Source] = _NOTHING
) -> str:
    """YAML text of `new`, made from that of `old` by replacing only the lines of what differs.

    `spelling`: which page spells out a new or changed part, by its place.
    """
    rewriter = _Rewriter(_Lines(text, old), spelling)
    rewriter.compare(old, new, ())
    lines = rewriter.there.lines
    edits = sorted(rewriter.edits, key=lambda edit: edit[:2], reverse=True)
    for start, stop, replacement in edits:
        lines[start:stop] = replacement
    return "\n".join(lines)


class _Rewriter:
    """Finds the lines to replace, and what with."""

    def __init__(self, there: _Lines, spelling: Mapping[Pointer, Source]) -> None:
        self.there, self.spelling = there, spelling
        self.pages: dict[int, _Lines] = {}
        self.edits: list[tuple[int, int, list[str]]] = []

    def compare(self, old: Json, new: Json, place: Pointer) -> None:
        stop = column = 0
        for key in old:
            inner = (*place, key)
            start, stop, column = self.there.span(inner)
            if key not in new:
                self.edits.append((start, stop, []))
            elif same(old[key], new[key]):
                continue
            elif inner[0] in ("paths", "components") and len(inner) < 3 and old[key]:
                self.compare(old[key], new[key], inner)
            else:
                block = self.block(inner, new[key], column)
                self.edits.append((start, stop, block))
        added: list[str] = []
        for key in new:
            if key not in old:
                added += self.block((*place, key), new[key], column)
        self.edits.append((stop, stop, added))

    def block(self, place: Pointer, value: Json, column: int) -> list[str]:
        """The lines of one part, as its page spells it if that can stand here."""
        whole = {place[-1]: value}
        lines = to_yaml(whole).rstrip("\n").split("\n")
        spelling = self.spelling
        source = next((spelling[p] for p in spelling if p[: len(place)] == place), None)
        if source is not None:
            new = _Lines(source.text, source.document)
            spelled = self.pages.setdefault(id(source), new).block(place)
            with contextlib.suppress(DocumentError):
                lines = spelled if same(parse("\n".join(spelled)), whole) else lines
        return [" " * column + line if line else line for line in lines]


class _Lines:
    """The lines of a text, and which of them a part takes up."""

    def __init__(self, text: str, document: Json) -> None:
        self.lines, self.places = text.split("\n"), Positions(text)
        self.document = document

    def span(self, place: Pointer) -> tuple[int, int, int]:
        """Index of the first line and of the one after the last, and the column of the key.

        Blank lines and comments at the end belong to what follows.
        """
        if not place:
            return 0, len(self.lines), 0
        line, column = self.places[place]
        names = [*part(self.document, place[:-1])]
        following = names[names.index(place[-1]) + 1 :]
        stop = self.span(place[:-1])[1]
        if following:
            stop = self.places[(*place[:-1], following[0])][0] - 1
        while stop > line:
            last = self.lines[stop - 1]
            indent = len(last) - len(last.lstrip())
            if last.strip() and (last[indent] != "#" or indent >= column):
                break
            stop -= 1
        return line - 1, stop, column - 1

    def block(self, place: Pointer) -> list[str]:
        """The lines of a part, its key at the left edge."""
        start, stop, column = self.span(place)
        return [line[column:].rstrip("\r") for line in self.lines[start:stop]]
