"""The folder in which fetched pages stand: a file for each page, and `pages.json`, which says where each comes from, and what
earlier runs have seen that no page has any more, while openapi.yaml has it.

The folder is replaced as a whole, in one step. One that holds files of others is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
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


def seen_earlier(
    folder: Path, index_address: str, patterns: Sequence[str], site: Site
) -> set[str]:
    """The operations that earlier runs have seen on pages whose addresses fit the patterns.

    Without those of pages that the site lists but were not read, and of sites with another index.
    """
    not_read = {*site.missing, *site.disallowed}
    seen: set[str] = set()
    for entry in _entries(folder):
        if entry.address in not_read or entry.index != index_address:
            continue
        if not patterns or is_matching(entry.address, patterns):
            seen.update(entry.operations)
    return seen


def write_pages(
    folder: Path, site: Site, index_address: str, remembered: Collection[str] = ()
) -> None:
    """Replace the folder by one with the pages of a site.

    Args:
        folder: Holds the pages of earlier runs, or does not exist.
        site: The pages.
        index_address: Of the site.
        remembered: Operations of which later runs still have to know on what page earlier ones have seen them.

    Raises:
        OSError, FileError: The folder cannot be replaced.
    """
    with replace.staging(folder.absolute().parent) as staging:
        new_folder = staging / "pages"
        new_folder.mkdir()
        entries = []
        present: set[str] = set()
        for page in site.pages:
            path = new_folder / page.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(page.content)
            operations: dict[str, None] = {}
            for source in page.sources:
                operations |= dict.fromkeys(operation_keys(source.document))
            present |= operations.keys()
            entries.append(
                {
                    "address": page.address,
                    "file": page.name,
                    "sha256": hashlib.sha256(page.content).hexdigest(),
                    "operations": [*operations],
                }
            )
        earlier = []
        for entry in _entries(folder):
            absent = [
                key
                for key in entry.operations
                if key in remembered and key not in present
            ]
            if absent and entry.index == index_address:
                earlier.append({"address": entry.address, "operations": absent})
        listed = {"index": index_address, "pages": entries, "earlier": earlier}
        text = json.dumps(listed, indent=2, ensure_ascii=False)
        (new_folder / LIST).write_text(f"{text}\n", "utf-8")
        replace.swap(new_folder, folder.absolute())


@dataclass(frozen=True, slots=True)
class _Entry:
    """The entry of a page in the list."""

    index: str  # address of the index that lists the page
    address: str
    file: str  # empty for what only earlier runs have seen there
    operations: tuple[str, ...]


def _entries(folder: Path) -> list[_Entry]:
    """The list of a folder; empty where there is none, or it is not ours."""
    entries = []
    try:
        listed = json.loads((folder / LIST).read_text("utf-8"))
        index = str(listed["index"])
        for page in listed["pages"]:
            operations = tuple(map(str, page["operations"]))
            address = str(page["address"])
            entries.append(_Entry(index, address, str(page["file"]), operations))
        for page in listed.get("earlier", ()):
            operations = tuple(map(str, page["operations"]))
            entries.append(_Entry(index, str(page["address"]), "", operations))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return entries
