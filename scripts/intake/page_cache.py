"""Copies of pages that were downloaded before, so that a later run downloads only what has changed.

Each page is one file: a line of JSON with its address and validators, and then its content. A file is written in one step. One that was cut
off or changed is not believed, and the page is downloaded again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from scripts.common import replace
from scripts.common.errors import SiteError
from scripts.intake.site_client import Validators


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page as it was downloaded."""

    content: bytes
    validators: Validators


class PageCache:
    """A folder with copies of pages.

    Raises:
        SiteError: The folder is a symbolic link, or cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if folder.is_symlink():
            raise SiteError(f"{folder} is a symbolic link; remove it")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SiteError(f"{folder} cannot be made: {error.strerror}") from None

    def read(self, address: str) -> CachedPage | None:
        """The copy of a page; None if there is no whole one."""
        try:
            head, _, content = self._file(address).read_bytes().partition(b"\n")
            fields = json.loads(head)
            if fields["address"] != address or fields["sha256"] != _digest(content):
                return None
            validators = Validators(str(fields["etag"]), str(fields["last_modified"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return CachedPage(content, validators)

    def write(self, address: str, page: CachedPage) -> None:
        """Keep a copy of a page."""
        fields = {
            "address": address,
            "etag": page.validators.etag,
            "last_modified": page.validators.last_modified,
            "sha256": _digest(page.content),
        }
        head = json.dumps(fields).encode("ascii")
        replace.write_file(self._file(address), head + b"\n" + page.content)

    def keep_only(self, addresses: set[str]) -> None:
        """Remove the copies of all other pages."""
        names = {self._file(address).name for address in addresses}
        for path in self._folder.glob("*.page"):
            if path.name not in names and path.is_file():
                path.unlink(missing_ok=True)

    def _file(self, address: str) -> Path:
        return self._folder / f"{_digest(address.encode())[:40]}.page"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
