"""The folder in which fetched pages stand: a file for each page, and `pages.json`, which says where each comes from.

The folder is replaced as a whole, in one step. One that holds files of others is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.common import replace
from scripts.common.errors import FileError, SiteError
from scripts.intake.parts import operation_keys
from scripts.intake.site import Site
from scripts.intake.site_index import is_matching

LIST = "pages.json"


def check_folder(folder: Path) -> None:
    """Raise SiteError if a folder cannot take the pages: it holds files that are not in its list."""
    try:
        replace.refuse_links(folder)
    except FileError as error:
        raise SiteError(str(error)) from None
    if folder.exists() and not folder.is_dir():
        raise SiteError(f"{folder} is a file; name a folder with --into")
    listed = {entry.file for entry in _entries(folder)} | {LIST}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in listed:
            raise SiteError(
                f"{folder} holds {name}, which is not a fetched page, and would be replaced whole; name another folder with --into"
            )


def seen_earlier(folder: Path, patterns: Sequence[str], site: Site) -> set[str]:
    """The operations of the pages in the folder whose addresses fit the patterns, without pages that the site lists but were not read."""
    not_read = {*site.missing, *site.disallowed}
    seen: set[str] = set()
    for entry in _entries(folder):
        if entry.address in not_read:
            continue
        if not patterns or is_matching(entry.address, patterns):
            seen.update(entry.operations)
    return seen


def write_pages(folder: Path, site: Site, index_address: str) -> None:
    """Replace the folder by one with the pages of a site. Raises OSError, FileError."""
    with replace.staging(folder.absolute().parent) as staging:
        new_folder = staging / "pages"
        new_folder.mkdir()
        entries = []
        for page in site.pages:
            path = new_folder / page.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(page.content)
            operations: dict[str, None] = {}
            for source in page.sources:
                operations |= dict.fromkeys(operation_keys(source.document))
            entries.append(
                {
                    "address": page.address,
                    "file": page.name,
                    "sha256": hashlib.sha256(page.content).hexdigest(),
                    "operations": [*operations],
                }
            )
        listed = {"index": index_address, "pages": entries}
        text = json.dumps(listed, indent=2, ensure_ascii=False)
        (new_folder / LIST).write_text(f"{text}\n", "utf-8")
        replace.swap(new_folder, folder.absolute())


@dataclass(frozen=True, slots=True)
class _Entry:
    """The entry of a page in the list."""

    address: str
    file: str
    operations: tuple[str, ...]


def _entries(folder: Path) -> list[_Entry]:
    """The list of a folder; empty where there is none, or it is not ours."""
    entries = []
    try:
        listed = json.loads((folder / LIST).read_text("utf-8"))
        for page in listed["pages"]:
            operations = tuple(map(str, page["operations"]))
            entries.append(_Entry(str(page["address"]), str(page["file"]), operations))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return entries
