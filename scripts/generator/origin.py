"""The document that a package says it was generated from."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

# The generated module that holds the digest of the document.
_ORIGIN = "_document.py"


def digest(package: Path) -> str:
    """Return the SHA-256 of the document that a package was generated from, in the quotes of Python; empty if the package does not say."""
    origin = package / _ORIGIN
    if not origin.is_file():
        return ""
    match = re.search(r"^SHA256 = (.+)$", origin.read_text("utf-8"), re.MULTILINE)
    if match is None:
        return ""
    return match[1]


def stale_notice(document: Path, package: Path) -> str:
    """Return a warning if a package was not generated from these very bytes of a document; empty if it was."""
    current = hashlib.sha256(document.read_bytes()).hexdigest()
    if current in digest(package):
        return ""
    return f"{package.name} was not generated from this {document.name}; run `make generate`"
