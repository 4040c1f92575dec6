"""The headings of a report in words: what each group of rows is about, and which operations it reaches."""

from __future__ import annotations

from scripts.common.printer import listing
from scripts.contract.reporting.attention import attention
from scripts.contract.reporting.owners import Kind, Owner
from scripts.contract.reporting.report import Report, Section
from scripts.contract.reporting.rows import Row
from scripts.contract.reporting.summary import Summary
from scripts.contract.reporting.values import Mark, place

# So many operations are named of those that a part reaches.
FEW_OPERATIONS = 3
# So many are named of those whose calls break.
_MOST_BROKEN = 10


def title(report: Report, mark: Mark, arrow: str) -> str:
    """The title of the new document, with both versions where they differ. `contract.lock` keeps none."""
    old_version = report.old_contract.version
    new_version = report.new_contract.version
    name = mark(report.new_contract.title)
    if old_version in ("", new_version):
        return f"{name} {mark(new_version)}"
    return f"{name} {mark(old_version)} {arrow} {mark(new_version)}"


def broken_calls(summary: Summary, mark: Mark) -> str:
    """The operations whose calls break; empty where none does."""
    count = len(summary.broken)
    if not count:
        return ""
    if count == 1:
        return f"Calls of one operation break: {mark(summary.broken[0])}."
    if count >= summary.old_operations:
        return f"Calls of all {count} operations break."
    names = listing([mark(key) for key in summary.broken], _MOST_BROKEN)
    return f"Calls of {count} operations of {summary.old_operations} break: {names}."


def unreached(report: Report, mark: Mark) -> str:
    """The changed schemas that no row is about; empty where there are none."""
    count = len(report.unreached)
    if not count:
        return ""
    schemas = "one changed schema"
    if count > 1:
        schemas = f"{count} changed schemas"
    names = listing([mark(name) for name in report.unreached])
    return f"Not compared: {schemas} that no operation of the client reaches: {names}."


def reasons_to_look(section: Section) -> list[str]:
    """Why the changes of a section are worth a look: what changed, and the reason; each once. Empty for other sections."""
    reasons: dict[str, None] = {}
    for group in section.groups:
        for row in group.rows:
            reason = attention(row.change)
            if reason and section.kind == "look":
                reasons[f"{row.change.what}: {reason}"] = None
    return sorted(reasons)


def heading(owner: Owner, mark: Mark, plain: Mark) -> str:
    """The title of a group, with the id of an operation."""
    if owner.kind in (Kind.SERVICE, Kind.TYPES):
        return plain(owner.title)
    if owner.kind is Kind.OPERATIONS:
        if len(owner.reaches) > FEW_OPERATIONS:
            return plain(owner.title)
        return ", ".join(map(mark, owner.reaches))
    if owner.name:
        return f"{mark(owner.title)} ({mark(owner.name)})"
    return mark(owner.title)


class Reached:
    """Says what shared parts reach. The operations that an earlier part of the same report reaches are not named again."""

    def __init__(self, mark: Mark, most_together: int | None = None) -> None:
        """
        Args:
            mark: Marks the name of an operation.
            most_together: How many operations are named of those that have a change in common; all by default.
        """
        self._mark = mark
        self._most_together = most_together
        self._first: dict[tuple[str, ...], str] = {}

    def in_words(self, owner: Owner) -> str:
        """The operations that a shared part reaches; empty where there are none, or the heading names them."""
        keys = owner.reaches
        names = [self._mark(key) for key in keys]
        if owner.kind is Kind.OPERATIONS:
            if len(keys) <= FEW_OPERATIONS:
                return ""
            # All of them, because this is where their change is told.
            return listing(names, self._most_together or len(names))
        if not keys:
            return ""
        if len(keys) == 1:
            return f"Reaches {names[0]}"
        first = owner.title
        if owner.kind is Kind.SHARED:
            first = self._first.setdefault(keys, owner.title)
        if first != owner.title and len(keys) > FEW_OPERATIONS:
            return f"Reaches the same {len(keys)} operations as {self._mark(first)}"
        verb = "Reach" if owner.kind is Kind.TYPES else "Reaches"
        return f"{verb} {len(keys)} operations: {listing(names, FEW_OPERATIONS)}"


def where(row: Row, mark: Mark) -> str:
    """What a row is about."""
    if not row.places:
        return with_fields(place(row.part), row.fields, mark)
    if row.is_spread:
        names = [with_fields(each.name, each.fields, mark) for each in row.places]
        return "; ".join(names)
    names = []
    for each in row.places:
        name = mark(each.name)
        if each.declared:
            name += f" ({mark(each.declared)})"
        names.append(name)
    return ", ".join(names)


def with_fields(name: str, fields: tuple[str, ...], mark: Mark) -> str:
    """A part and fields of it: `Box.size` for one, `Box`: `size`, `colour` for several."""
    if not fields:
        return mark(place(name))
    if len(fields) == 1:
        return mark(place(f"{name}.{fields[0]}"))
    return f"{mark(place(name))}: {', '.join(map(mark, fields))}"
