"""Compare openapi.yaml with the accepted contract, and record it as accepted once version and changelog fit."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.common import project, replace
from scripts.common.printer import Printer, show, show_error
from scripts.common.project import ROOT
from scripts.contract import lock
from scripts.contract.comparing.changes import Change, bump
from scripts.contract.comparing.operations import compare
from scripts.contract.comparing.report import Report
from scripts.contract.model import Contract, Json
from scripts.contract.reading.contract import read
from scripts.generator.configuration import configuration
from scripts.intake import document as oas
from scripts.publishing.version import changelog_entry, versions

_PRINTER = Printer("accept")


def against_accepted(document: Json) -> str:
    """A report on what a document changes in the accepted contract. Raises DocumentError, GenerationError."""
    if not lock.PATH.exists():
        return "No contract has been accepted yet; `make accept` records this one."
    return Report(drifted(ROOT, document)).markdown()


def current(root: Path, document: Json = None) -> Contract:
    """The contract of a document, or of openapi.yaml, with the names and without the operations that generator-config.yaml says.

    Raises:
        DocumentError, GenerationError: The document or the configuration can't be read.
    """
    configured = configuration(root / "generator-config.yaml")
    held = oas.read(root / "openapi.yaml") if document is None else document
    return read(held, configured.overrides, configured.leave_out)


def drifted(root: Path, document: Json = None) -> list[Change]:
    """What has changed since the accepted contract. Raises as `current` does."""
    accepted, _version = lock.read(root / lock.PATH.name)
    return compare(accepted, current(root, document))


def wanted(accepted_in: str, changes: list[Change]) -> str:
    """The first version that says what the changes mean (semver.org): breaking major, additive minor; before 1.0 minor for both."""
    major, minor, patch = _numbers(accepted_in)
    if not changes:
        return f"{major}.{minor}.{patch}"
    if bump(changes) == "major" and major:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0"


def fits(accepted_in: str, version: str, changes: list[Change]) -> bool:
    """Whether a version is at least the wanted one."""
    return _numbers(version) >= _numbers(wanted(accepted_in, changes))


def _numbers(version: str) -> tuple[int, int, int]:
    found = [int(part) for part in re.findall(r"\d+", version)[:3]]
    major, minor, patch = (*found, 0, 0, 0)[:3]
    return major, minor, patch


def version_obstacle(root: Path, accepted_in: str, changes: list[Change]) -> str:
    """What keeps the version from fitting the changes, as a sentence; empty where it fits."""
    version, in_package = versions(root)
    if not fits(accepted_in, version, changes):
        kind = "breaking" if bump(changes) == "major" else "compatible"
        needed = wanted(accepted_in, changes)
        return (
            f'these changes are {kind}: set the version in pyproject.toml to "{needed}"'
            f' (it is "{version}"; the contract was accepted in "{accepted_in}")'
        )
    if in_package and in_package != version:
        return (
            f'set __version__ in {project.PACKAGE.name}/_runtime/version.py to "{version}",'
            f' as in pyproject.toml (it is "{in_package}")'
        )
    return ""


def changelog_obstacle(root: Path, accepted_in: str, changes: list[Change]) -> str:
    """What CHANGELOG.md does not say about the changes, as a sentence; empty where it says enough."""
    version, _in_package = versions(root)
    if not fits(accepted_in, version, changes):
        version = wanted(accepted_in, changes)
    entry = changelog_entry(root, version)
    if not re.search(r"^- ", entry, re.MULTILINE):
        return f"CHANGELOG.md has no entry under `## [{version}]`; for example:"
    if bump(changes) == "major" and "breaking" not in entry.lower():
        return f"CHANGELOG.md does not say under `## [{version}]` what is breaking; for example:"
    return ""


def check(root: Path) -> int:
    """Compare and report."""
    changes = drifted(root)
    if changes:
        show(Report(changes).markdown())
        _PRINTER.warn(
            f"openapi.yaml is not the contract accepted in {lock.PATH.name}; `make accept` records it"
        )
    return 1 if changes else 0


def accept(root: Path) -> int:
    """Record the contract, or say what is missing."""
    path = root / lock.PATH.name
    contract = current(root)
    version, _in_package = versions(root)
    if path.exists():
        accepted, accepted_in = lock.read(path)
        changes = compare(accepted, contract)
        if changes and not _may_be_accepted(root, accepted_in, changes):
            _PRINTER.warn("nothing was accepted")
            return 1
        show(Report(changes).markdown())
        version = version if changes else accepted_in
    replace.write_text(path, lock.text(contract, version))
    _PRINTER.tell(f"recorded in {path.name} as the contract of {version}")
    return 0


def _may_be_accepted(root: Path, accepted_in: str, changes: list[Change]) -> bool:
    """Whether version and changelog fit the changes; says what does not."""
    version_problem = version_obstacle(root, accepted_in, changes)
    if version_problem:
        _PRINTER.warn(version_problem)
    changelog_problem = changelog_obstacle(root, accepted_in, changes)
    if changelog_problem:
        _PRINTER.warn(changelog_problem)
        show_error(f"\n{Report(changes).changelog()}\n")
    return not (version_problem or changelog_problem)
