"""openapi.yaml as it was last written here, and its hash beside it, by which a later edit by hand is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from scripts.common import files, replace
from scripts.common.errors import DocumentError
from scripts.common.project import ROOT


def hash_file(document: Path) -> Path:
    """The file beside a document that has its hash, in the format of sha256sum."""
    return document.with_name(document.name + ".sha256")


def is_edited(document: Path) -> bool:
    """Whether the document differs from what was last written here; False where that is not recorded. Raises FileError."""
    if not (document.exists() and hash_file(document).exists()):
        return False
    recorded = files.read_bytes(hash_file(document))
    return recorded != _hash_line(document.name, files.read_bytes(document)).encode()


def refuse_edited(document: Path) -> None:
    """Raise DocumentError if the document was edited by hand, FileError if it or its hash can't be read."""
    if is_edited(document):
        raise DocumentError(
            f"{document} was edited by hand since the last update; restore it, or keep the edits: make update FLAGS=--keep-edits"
        )


def edit_notice(document: Path) -> str:
    """Return what to say of a document that was edited by hand, or whose edits could not be noticed; empty otherwise. Raises FileError."""
    is_own = document == ROOT / "openapi.yaml" and document.exists()
    if is_own and not hash_file(document).exists():
        name = hash_file(document).name
        return f"there is no {name}, by which edits by hand are noticed; take it from git again: git checkout -- {name}"
    if not is_edited(document):
        return ""
    return (
        f"{document.name} was edited by hand since the last update, `git diff {document.name}` shows how; restore it,"
        " or keep the edits: make update FLAGS=--keep-edits"
    )


def write(document: Path, text: str) -> None:
    """Write a document in one step, and its hash beside. Raises FileError, OSError."""
    content = text.encode()
    replace.refuse_links(document, hash_file(document))
    replace.write_file(document, content)
    replace.write_text(hash_file(document), _hash_line(document.name, content))


def _hash_line(name: str, content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n"
