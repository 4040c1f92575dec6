"""Compare openapi.yaml with the accepted contract, and record it as accepted once version and changelog fit."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from scripts.common import replace
from scripts.common.errors import DocumentError, ReleaseError
from scripts.common.printer import Printer, show, show_error
from scripts.common.project import PACKAGE, ROOT
from scripts.contract import facade, lock
from scripts.contract.comparing.changes import Change, bump
from scripts.contract.comparing.operations import compare
from scripts.contract.model import Contract, Json
from scripts.contract.reporting.changelog import changelog as changelog_lines
from scripts.contract.reporting.decisions import (
    NO_DECISIONS,
    Decisions,
    read_decisions,
)
from scripts.contract.reporting.markdown import markdown
from scripts.contract.reporting.report import Report, report_on
from scripts.generator.configuration import facade_methods
from scripts.generator.current import current_contract
from scripts.intake import record
from scripts.publishing import changelog, tools, version

_PRINTER = Printer("accept")
_CONFIGURATION = "generator-config.yaml"


def against_accepted(document: Json) -> str:
    """Return a report, in Markdown, on what a document changes in the accepted contract. Raises DocumentError, GenerationError."""
    if not lock.PATH.exists():
        return "No contract has been accepted yet; `make accept` records this one."
    return markdown(drift_report(ROOT, document))


def drift_report(root: Path, document: Json = None) -> Report:
    """Return the report on the changes since the accepted contract. Raises as `current_contract` does."""
    accepted, _version = lock.read(root / lock.PATH.name)
    return _compared(accepted, current_contract(root, document))


def _compared(
    old: Contract, new: Contract, decisions: Decisions = NO_DECISIONS
) -> Report:
    return report_on(compare(old, new), old, new, decisions=decisions)


def facade_problems(root: Path, document: Json = None) -> list[str]:
    """Return what in facade.py does not fit a document, a sentence each. Raises as `current_contract` does."""
    return _facade_problems(root, current_contract(root, document))


def _facade_problems(root: Path, contract: Contract) -> list[str]:
    methods = facade_methods(root / _CONFIGURATION)
    return facade.problems(contract, methods, root / PACKAGE.name / "facade.py")


def next_version(released: str, changes: list[Change]) -> str:
    """Return the first version after the released one that says what the changes mean (semver.org).

    Breaking changes take a major step and others a minor one; before 1.0, both take a minor step. A pre-release counts as its release.

    Raises:
        ReleaseError: The released version is none that a package may have.
    """
    major, minor, patch = _numbers(released)
    if not changes:
        return f"{major}.{minor}.{patch}"
    if bump(changes) == "major" and major:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0"


def fits(released: str, number: str, changes: list[Change]) -> bool:
    """Return whether a version is at least `next_version`. Raises ReleaseError for what is no version."""
    needed = next_version(released, changes)
    return version.numbers(number, "pyproject.toml") >= _numbers(needed)


def released_version(root: Path, number: str) -> str:
    """Return the version that the changes are counted from: the last one that was released, as far as this checkout knows.

    That is the newest one that a tag names, or the version of the last acceptance if it is newer. A contract can be accepted several times
    before one release: while the version stays the one of the last acceptance, and no tag names it, the one before it counts. A released
    version that is not tagged here is refused by `make publish`, because the index holds it.

    Raises:
        DocumentError: The lock can't be read.
    """
    path = root / lock.PATH.name
    _contract, accepted_in = lock.read(path)
    tagged = _newest_tag(root)
    released = accepted_in
    if number == accepted_in != tagged:
        released = lock.released_version(path) or accepted_in
    if tagged and _numbers(tagged) > _numbers(released):
        released = tagged
    return released


def _newest_tag(root: Path) -> str:
    """Return the newest version that a tag of this commit, or of one before it, names as `make publish` suggests; empty if none does."""
    try:
        tags = tools.git(root, "tag", "--merged", "HEAD", "--list", "v*")
    except ReleaseError:  # no git here, or no commit
        return ""
    versions = []
    for tag in tags.split():
        with contextlib.suppress(InvalidVersion):
            versions.append(Version(tag.removeprefix("v")))
    return str(max(versions, default=""))


def _numbers(number: str) -> tuple[int, int, int]:
    return version.numbers(number, lock.PATH.name)


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What keeps a contract from being accepted.

    Attributes:
        problems: A sentence for every file that must change.
        changelog_lines: Lines that CHANGELOG.md lacks; empty if it lacks none. The last problem leads over to them.
    """

    problems: list[str]
    changelog_lines: list[str]


def find_obstacles(root: Path, released: str, report: Report) -> Obstacles:
    """Compare version and changelog with what the changes need.

    Args:
        root: The folder of the project.
        released: The version that the changes are counted from.
        report: On the changes since that version; since the last acceptance, if the contract of that version is not known.
    """
    changes = [*report.changes]
    is_breaking = bump(changes) == "major"
    versions = version.read(root)
    number = versions.project
    problems = []
    if not fits(released, number, changes):
        kind = "breaking" if is_breaking else "compatible"
        needed = next_version(released, changes)
        problems.append(
            f'these changes are {kind}: set the version in pyproject.toml to "{needed}"'
            f' (it is "{number}"; the last release is "{released}")'
        )
        number = needed
    if versions.package and versions.package != number:
        problems.append(
            f'set __version__ in {version.PACKAGE_VERSION} to "{number}",'
            f' as in pyproject.toml (it is "{versions.package}")'
        )
    suggested_lines = changelog_lines(report).splitlines()
    missing_lines: list[str] = []
    entry = changelog.entry(root, number)
    # Without a line, all that has changed since the last acceptance had come after the release.
    if not suggested_lines:
        return Obstacles(problems, [])
    if not re.search(r"^- ", entry, re.MULTILINE):
        missing_lines = suggested_lines
        problems.append(
            f"CHANGELOG.md has no entry under `## [{number}]`; for example:"
        )
    elif is_breaking and "breaking" not in entry.lower():
        missing_lines = changelog.unnamed(entry, suggested_lines)
        problems.append(
            f"CHANGELOG.md does not say under `## [{number}]` what is breaking; for example:"
        )
    else:
        missing_lines = changelog.unnamed(entry, suggested_lines)
        if missing_lines:
            problems.append(
                f"CHANGELOG.md does not name under `## [{number}]` all that has changed since {released},"
                " and what of it is breaking; for example:"
            )
    return Obstacles(problems, missing_lines)


def check(root: Path) -> int:
    """Print what has changed since the accepted contract, and return the exit code: 1 if anything has, or if the version is too low."""
    _warn_of_edits(root)
    report = drift_report(root)
    if not report.changes:
        _contract, accepted_in = lock.read(root / lock.PATH.name)
        problem = _too_low(version.read(root).project, accepted_in)
        if problem:
            _PRINTER.warn(problem)
        return 1 if problem else 0
    show(markdown(report))
    _PRINTER.warn(
        f"openapi.yaml is not the contract accepted in {lock.PATH.name}; `make accept` records it"
    )
    return 1


def _too_low(number: str, accepted_in: str) -> str:
    """Return that a version is lower than the one that its contract was accepted in, and may say too little; empty if it is not."""
    if version.numbers(number, "pyproject.toml") >= _numbers(accepted_in):
        return ""
    return (
        f'the version in pyproject.toml is "{number}", and this contract was accepted in "{accepted_in}", which says what its changes mean:'
        f' set it to "{accepted_in}" at least'
    )


def _released_contract(root: Path, released: str) -> Contract | None:
    """Return the contract that a version was released with, as its tag holds it; None if that is not known here."""
    try:
        text = tools.git(root, "show", f"refs/tags/v{released}:{lock.PATH.name}")
        contract, _accepted_in = lock.parse(text.encode())
    except (ReleaseError, DocumentError):
        return None
    return contract


def _warn_of_unknown_tags(root: Path) -> None:
    """Say that a version may be out without this checkout knowing it."""
    cause = tools.reason_for_missing_tags(root)
    if cause:
        _PRINTER.warn(f"warning: which versions are out is not known: {cause}")


def _refuse_lost_lock(root: Path) -> None:
    """Raise DocumentError where git knows a lock that is not there: a new one would hide what has changed since."""
    try:
        tracked = tools.git(root, "ls-files", "--", lock.PATH.name)
    except ReleaseError:  # no git here
        return
    if tracked.strip():
        lock.read(root / lock.PATH.name)


def _warn_of_edits(root: Path) -> None:
    notice = record.edit_notice(root / "openapi.yaml")
    if notice:
        _PRINTER.warn(f"warning: {notice}")


def _note_on_missing_tag(accepted_in: str, released: str) -> str:
    """Return that changes are counted from the last acceptance, because no tag says what the last release held."""
    return (
        f"no tag v{released} is here, so changes are counted from the last acceptance, that of {accepted_in};"
        f" if {released} is out, tag its commit: git tag v{released} COMMIT"
    )


def _refuse(problems: list[str], lines: list[str]) -> int:
    """Print why nothing is accepted, and the lines that the changelog lacks; returns the exit code."""
    for problem in problems:
        _PRINTER.warn(problem)
    if lines:
        show_error("\n" + "\n".join(lines) + "\n")
    _PRINTER.warn("nothing was accepted")
    return 1


def undecided(report: Report) -> list[str]:
    """Return which breaking changes a file of accepted changes lacks, and which of its entries no longer apply, a sentence each."""
    missing = [
        f"{change.identifier} breaks callers, and the file does not accept it: {change.where}"
        for change in report.changes
        if change.breaking and report.is_open(change)
    ]
    stale = [
        f"{identifier} no longer applies; remove it from the file"
        for identifier in report.decisions.without_change(report.changes)
    ]
    return [*missing, *stale]


def accept(root: Path, accepted_changes: Path | None = None) -> int:
    """Record the contract, or say what is missing; returns the exit code.

    Args:
        root: The folder of the project.
        accepted_changes: A file that accepts changes, each with a reason. Nothing is recorded while one that breaks callers is not in it.

    Raises:
        DocumentError, GenerationError: The document, the configuration or the file can't be read.
        ReleaseError: The version can't be read.
    """
    decisions = NO_DECISIONS
    if accepted_changes is not None:
        decisions = read_decisions(accepted_changes)
    _warn_of_edits(root)
    path = root / lock.PATH.name
    if not path.exists():
        _refuse_lost_lock(root)
    _warn_of_unknown_tags(root)
    contract = current_contract(root)
    number = version.read(root).project
    released = number
    if path.exists():
        accepted, accepted_in = lock.read(path)
        report = _compared(accepted, contract, decisions)
        released = released_version(root, number)
        if report.changes:
            before = _released_contract(root, released)
            since = report if before is None else _compared(before, contract)
            obstacles = find_obstacles(root, released, since)
            problems = undecided(report) if accepted_changes else []
            problems += _facade_problems(root, contract)
            problems += obstacles.problems
            if problems:
                if before is None and released != accepted_in:
                    problems.insert(0, _note_on_missing_tag(accepted_in, released))
                return _refuse(problems, obstacles.changelog_lines)
        else:
            problem = _too_low(number, accepted_in)
            if problem:
                _PRINTER.warn(problem)
                return 1
            number = accepted_in
            released = lock.released_version(path)
        show(markdown(report))
    text = lock.text(contract, number, released)
    if path.exists() and path.read_text("utf-8") == text:
        _PRINTER.tell(
            f"{path.name} holds this contract already, as that of {number}; nothing to do"
        )
        return 0
    replace.write_text(path, text)
    _PRINTER.tell(f"recorded in {path.name} as the contract of {number}")
    return 0
