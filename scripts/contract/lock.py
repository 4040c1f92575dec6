"""The accepted contract as a committed file: everything that callers rely on, in a fixed order and without prose, so that a review
shows a change of contract as a change of a line or two.
"""

from __future__ import annotations

import re
from pathlib import Path

from scripts.common.errors import DocumentError
from scripts.common.project import ROOT
from scripts.contract.lock_reader import Entry, Reader
from scripts.contract.lock_writer import Writer
from scripts.contract.model import Contract
from scripts.intake import document as oas

PATH = ROOT / "contract.lock"
_VERSION = "accepted_in_version"
# The last release before that version, if there is one: what several acceptances before one release are counted from.
_RELEASED = "released_version"
_HEADER = """\
# The accepted contract: what callers of the client rely on. Written by `make accept`, never by hand; `make drift` says what differs
# from openapi.yaml. `at` is the place in openapi.yaml, where it does not follow from the place here.
"""


def text(contract: Contract, version: str, released: str = "") -> str:
    """The lock file for a contract, with the version of the package that it is accepted in, and the last release before it."""
    written: dict[str, object] = {_VERSION: version}
    if released not in ("", version):
        written[_RELEASED] = released
    written |= Writer(contract).contract()
    return f"{_HEADER}{oas.to_yaml(written)}"


def read(path: Path = PATH) -> tuple[Contract, str]:
    """The accepted contract and the version it was accepted in. Raises DocumentError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}") from None
    return parse(content, path)


def parse(content: bytes, path: Path = PATH) -> tuple[Contract, str]:
    """As `read`, of the content of a lock file; `path` is for messages."""
    try:
        stated = oas.parse(oas.decode(content))
    except DocumentError as error:
        raise _unusable(path, str(error)) from None
    if not isinstance(stated, dict) or _VERSION not in stated:
        raise _unusable(path, "not a contract that `make accept` recorded")
    try:
        entry = Entry(stated)
        entry.require("servers", "security", "schemes")
        contract = Reader().contract(entry)
        _refuse_without_calls(contract)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _unusable(path, "damaged") from None
    return contract, str(stated[_VERSION])


def _refuse_without_calls(contract: Contract) -> None:
    """Raise ValueError for an operation without calls. Only one that the service asks of a client has none."""
    for key, operation in contract.operations.items():
        if not operation.calls:
            raise ValueError(f"{key} has no calls")


def _unusable(path: Path, problem: str) -> DocumentError:
    return DocumentError(
        f"{path}: {problem}; take it from git again: git checkout -- {path.name}"
        f" (during a merge: git checkout --ours {path.name})"
    )


def released_version(path: Path = PATH) -> str:
    """The last release before the version in which the contract was accepted; empty where the lock states none."""
    line = re.search(
        rf"^{_RELEASED}: '?([\w.+-]+)'?$", path.read_text("utf-8"), re.MULTILINE
    )
    if line is None:
        return ""
    return line[1]
