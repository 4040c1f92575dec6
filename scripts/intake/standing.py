"""Compares the operations of a documentation site with those of openapi.yaml: new, changed, gone or unchanged."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from scripts.intake.difference import same
from scripts.intake.document import Json, Source
from scripts.intake.merge import Merged, merge
from scripts.intake.parts import GENERAL, operation_keys, parts_of, users_of
from scripts.intake.prose import without_prose
from scripts.intake.site import Site


@dataclass(frozen=True, slots=True)
class Standing:
    """Operations as "METHOD /path", and the document that says what the site says."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    reworded: tuple[str, ...]  # of those that changed: only descriptions and examples
    gone: tuple[str, ...]
    unchanged: tuple[str, ...]
    unseen: tuple[str, ...]  # not on the pages that were read; others may have them
    pages: Mapping[str, str]  # names of the pages, by operation
    merged: Merged
    is_same_document: bool  # whether openapi.yaml says all of it already


def standing(
    site: Site, current: Source | None, earlier: Collection[str] = ()
) -> Standing:
    """Compare a site with the current document.

    Args:
        site: What the site publishes.
        current: openapi.yaml; None if there is none.
        earlier: Operations that an earlier run has seen on the pages that were read now. Where not all pages were read, only these can be
            known to be gone.

    Raises:
        DocumentError: Two pages contradict each other.
    """
    pages: dict[str, str] = {}
    for page in site.pages:
        for source in page.sources:
            for key in operation_keys(source.document):
                pages.setdefault(key, page.name)
    current_keys = operation_keys(current.document) if current else {}
    absent = [key for key in current_keys if key not in pages]
    gone_keys = [key for key in absent if site.is_complete or key in earlier]
    merged = merge(site.sources, current, gone_keys)
    new = []
    changed = []
    reworded = []
    unchanged = []
    before = current.document if current else {}
    after = merged.source.document
    old_meanings = operations_with_parts(before)
    new_meanings = operations_with_parts(after)
    for key in pages:
        if key not in current_keys:
            new.append(key)
        elif text_of(old_meanings[key]) == text_of(new_meanings[key]):
            unchanged.append(key)
        else:
            changed.append(key)
            if _meaning(old_meanings[key]) == _meaning(new_meanings[key]):
                reworded.append(key)
    return Standing(
        new=tuple(new),
        changed=tuple(changed),
        reworded=tuple(reworded),
        gone=tuple(gone_keys),
        unchanged=tuple(unchanged),
        unseen=tuple(key for key in absent if key not in gone_keys),
        pages=pages,
        merged=merged,
        is_same_document=current is not None and same(before, after),
    )


def operations_with_parts(document: Json) -> dict[str, list[object]]:
    """Each operation with all parts of the document that concern it, in an order that does not depend on that of the document."""
    if not document:
        return {}
    parts = dict(parts_of(document))
    concerning: dict[str, list[object]] = {}
    for key, place in operation_keys(document).items():
        concerning[key] = [parts.get(general) for general in GENERAL]
        for name in _security_schemes(document, parts[place]):
            scheme = parts.get(("components", "securitySchemes", name))
            concerning[key].append(scheme)
    for place, keys in sorted(users_of(parts).items()):
        for key in keys:
            concerning[key] += [list(place), parts[place]]
    return concerning


def _security_schemes(document: Json, operation: Json) -> list[str]:
    """The names of the security schemes of an operation, which are no references."""
    names: dict[str, None] = {}
    for requirement in operation.get("security", document.get("security")) or ():
        names |= dict.fromkeys(requirement)
    return sorted(names)


def text_of(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _meaning(value: object) -> str:
    return text_of(without_prose(value, extensions=False))
