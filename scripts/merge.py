"""Join the documents of several vendor pages into the text of one."""

from __future__ import annotations

from typing import NamedTuple

from scripts.document import DocumentError, Json


class Source(NamedTuple):
    """One page's document."""

    name: str
    text: str
    document: Json


def merge(sources: list[Source]) -> str:
    """Text of one document that says all of them; a single source's own text, byte for byte."""
    if len(sources) == 1:
        return sources[0].text
    raise DocumentError("several pages at once can't be merged yet; give one")
