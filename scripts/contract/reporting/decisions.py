"""A file of accepted changes: each by the identifier of its row, with a reason.

accepted:
  - id: enum-value-removed-3f2a91c04b7d
    reason: nobody has sent Internal since May
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.common.errors import DocumentError
from scripts.contract.comparing.changes import Change
from scripts.intake import document as oas


@dataclass(frozen=True)
class Decisions:
    """Reasons by the identifier of the row that is accepted."""

    reasons: Mapping[str, str]

    def without_change(self, changes: Iterable[Change]) -> list[str]:
        """The identifiers that no row has any more."""
        present = {change.identifier for change in changes}
        return [name for name in self.reasons if name not in present]


NO_DECISIONS = Decisions({})


def read_decisions(path: Path) -> Decisions:
    """The decisions in a file.

    Raises:
        DocumentError: It cannot be read, or an entry has no identifier, that of another entry, or no reason.
    """
    stated = oas.read(path)
    entries = stated.get("accepted") if isinstance(stated, dict) else None
    if not isinstance(entries, list):
        raise DocumentError(
            f"{path}: `accepted` must be a list of entries with `id` and `reason`"
        )
    reasons: dict[str, str] = {}
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise DocumentError(f"{path}: entry {number} must have `id` and `reason`")
        identifier = entry.get("id")
        reason = entry.get("reason")
        if not isinstance(identifier, str) or not identifier:
            raise DocumentError(f"{path}: entry {number} has no `id`")
        if not isinstance(reason, str) or not reason.strip():
            raise DocumentError(f"{path}: {identifier} has no `reason`; say why")
        if identifier in reasons:
            raise DocumentError(f"{path}: {identifier} is there twice")
        reasons[identifier] = reason.strip()
    return Decisions(reasons)
