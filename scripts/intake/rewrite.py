"""Change the text of a YAML document where its data changes, and nowhere else: order, spelling and comments of the rest stay."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.common.errors import DocumentError
from scripts.intake.difference import same
from scripts.intake.document import Pointer, Source, Span, parse, to_yaml
from scripts.intake.parts import is_nested


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    """Lines that take the place of others."""

    start: int  # index of the first line to replace
    stop: int  # and of the one after the last
    replacement: tuple[str, ...]


def rewrite(
    old: Source, new: Mapping[str, object], spelling: Mapping[Pointer, Source]
) -> str:
    """YAML text of a changed document, in which only the lines of what differs are new.

    Args:
        old: The document before.
        new: The data after.
        spelling: The page that spells out a new or changed part, by its place.
    """
    lines = [*old.lines]
    edits = [*_edits(old, old.document, new, (), spelling)]
    edits.sort(key=lambda edit: (edit.start, edit.stop))
    # From the end, so that the lines before stay where they are.
    for edit in reversed(edits):
        lines[edit.start : edit.stop] = edit.replacement
    return "\n".join(lines)


def _edits(
    source: Source,
    old: Mapping[str, object],
    new: Mapping[str, object],
    place: Pointer,
    spelling: Mapping[Pointer, Source],
) -> Iterator[_Edit]:
    """The edits below a place. What is new is added behind the part before it."""
    span = Span(0, 0, 0)
    for key in {**old, **new}:
        inner = (*place, key)
        behind = Span(span.stop, span.stop, span.column)
        span = source.spans.get(inner, behind)
        if key not in new:
            yield _Edit(span.start, span.stop, ())
        elif key in old and same(old[key], new[key]):
            continue
        else:
            old_value = old.get(key)
            new_value = new[key]
            match old_value, new_value:
                case dict(), dict() if old_value and is_nested(inner):
                    yield from _edits(source, old_value, new_value, inner, spelling)
                case _:
                    block = _block(inner, new_value, span.column, spelling)
                    yield _Edit(span.start, span.stop, block)


def _block(
    place: Pointer, value: object, column: int, spelling: Mapping[Pointer, Source]
) -> tuple[str, ...]:
    """The lines of one part, as its page spells it if that can stand here."""
    whole = {place[-1]: value}
    lines = to_yaml(whole).rstrip("\n").split("\n")
    page = _page_of(place, spelling)
    if page is not None:
        spelled = _spelled(page, place)
        with contextlib.suppress(DocumentError):
            if same(parse("\n".join(spelled)), whole):
                lines = spelled
    return tuple(" " * column + line if line else line for line in lines)


def _page_of(place: Pointer, spelling: Mapping[Pointer, Source]) -> Source | None:
    """The page that spells out a part, or the first of its parts."""
    for spelled_place, page in spelling.items():
        if spelled_place[: len(place)] == place:
            return page
    return None


def _spelled(page: Source, place: Pointer) -> list[str]:
    """The lines of a part in its page, without their indentation."""
    span = page.spans.get(place, Span(0, 0, 0))
    lines = page.lines[span.start : span.stop]
    return [line[span.column :].rstrip("\r") for line in lines]
