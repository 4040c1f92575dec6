"""Bring openapi.yaml and the client to what the vendor's site says, and describe that for a pull request."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.common import limits, replace
from scripts.common.printer import LONGEST_MESSAGE
from scripts.common.project import PACKAGE
from scripts.contract import lock
from scripts.contract.comparing.operations import compare
from scripts.contract.reporting.markdown import markdown
from scripts.contract.reporting.report import Report, report_on
from scripts.contract.reporting.side import NO_SIDE, Side
from scripts.contract.reporting.values import code
from scripts.generator.current import current_contract
from scripts.generator.regenerate import Regeneration, regeneration
from scripts.intake import record
from scripts.intake.document import Source
from scripts.intake.fetching import Fetched, notes
from scripts.intake.pages import check
from scripts.publishing import acceptance, version

DOCUMENT = "openapi.yaml"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The changes of a refresh."""

    changed: bool  # whether a file changed, or the contract is not the accepted one
    description: str  # of the change, in Markdown


def refresh(root: Path, fetched: Fetched, index_address: str) -> Refreshed:
    """Take in what was fetched, generate the client, and compare the contract with the accepted one.

    openapi.yaml and the package change together, at the end, or not at all. Nothing is committed or accepted.

    Args:
        root: The checkout.
        fetched: What the site says.
        index_address: Of the site, for the description.

    Raises:
        DocumentError: openapi.yaml was edited by hand, or would not be valid.
        GenerationError: The client cannot be generated as generator-config.yaml says.
        FileError, OSError: A file cannot be replaced.
    """
    document = root / DOCUMENT
    record.refuse_edited(document)
    source = dataclasses.replace(fetched.standing.merged.source, name=DOCUMENT)
    check(source)
    with replace.staging(root) as folder:
        staged = folder / DOCUMENT
        staged.write_bytes(source.text.encode())
        with regeneration(
            staged,
            root / "generator-config.yaml",
            root / PACKAGE.name,
            drop_overrides=True,
        ) as made:
            report = _report(root, source, fetched.current)
            is_same = fetched.current is not None and (
                fetched.current.text == source.text
            )
            changed = not is_same or bool(made.differences)
            if changed:
                made.refuse_losses()  # before anything is written
                record.write(document, source.text)
                made.install()
    lines = [*_description(root, fetched, index_address, made, report)]
    drifted = report is None or bool(report.changes)
    return Refreshed(changed or drifted, "\n".join(lines))


def _report(root: Path, source: Source, current: Source | None) -> Report | None:
    """The report on the new document against the accepted contract; None if none was accepted yet."""
    path = root / lock.PATH.name
    if not path.exists():
        return None
    with limits.limited():
        accepted, _version = lock.read(path)
        new = current_contract(root, source.document)
        old_side = NO_SIDE
        # Where the old document is the accepted one, it has lines to show.
        if current and not compare(accepted, current_contract(root, current.document)):
            old_side = Side(DOCUMENT, current.positions)
        new_side = Side(DOCUMENT, source.positions)
        return report_on(compare(accepted, new), accepted, new, old_side, new_side)


def _description(
    root: Path,
    fetched: Fetched,
    index_address: str,
    made: Regeneration,
    report: Report | None,
) -> Iterator[str]:
    """The lines of the description."""
    compared = fetched.standing
    yield "# Refresh from the vendor's documentation"
    yield ""
    number_unchanged = len(compared.unchanged)
    operations = "operation" if number_unchanged == 1 else "operations"
    yield f"{code(index_address)}: {number_unchanged} {operations} unchanged."
    rows = [
        *[(key, "new") for key in compared.new],
        *[(key, "changed") for key in compared.changed if key not in compared.reworded],
        *[(key, "only reworded") for key in compared.reworded],
        *[(key, "gone") for key in compared.gone],
    ]
    if rows:
        yield ""
        yield "| Operation | is | Page |"
        yield "| --- | --- | --- |"
    for key, state in rows:
        page = code(compared.pages[key]) if key in compared.pages else ""
        yield f"| {_cell(code(key))} | {state} | {_cell(page)} |"
    remarks = [*notes(fetched), *made.messages()]
    remarks += [f"warning: {problem}" for problem in made.facade_problems]
    remarks += [f"warning: {warning}" for warning in made.contract.warnings]
    remarks += [f"warning: {field}" for field in made.undecided_fields()]
    yield ""
    for remark in remarks:
        yield f"- {_plain(remark)}"
    yield ""
    if report is None:
        yield "No contract has been accepted yet; `make accept` records this one."
        return
    yield markdown(report)
    if report.changes:
        number = version.read(root).project
        released = acceptance.released_version(root, number)
        needed = acceptance.next_version(released, [*report.changes])
        yield ""
        yield f"The last release is {released}; these changes ask for {needed}. `make accept` says what else is missing."


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _plain(text: str) -> str:
    """A message in a line of Markdown, as code, so that nothing in it is live. It is as long as on the terminal."""
    return code(text, LONGEST_MESSAGE)
