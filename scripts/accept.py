"""Accept the contract of openapi.yaml: record it in contract.lock, once version and changelog say what it means for callers.

    python -m scripts.accept            record the contract
    python -m scripts.accept --check    say whether the accepted contract is that of openapi.yaml, and change nothing

Exit codes: 0 done, or nothing to say; 1 the contract has drifted (--check), or version or changelog do not fit it; 2 could not compare.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from scripts import document as oas
from scripts import tree
from scripts.command import parser_of
from scripts.contract import lock
from scripts.contract.changes import Change, bump
from scripts.contract.compare import compare
from scripts.contract.model import Contract, Json
from scripts.contract.read import read
from scripts.contract.report import Report
from scripts.errors import DocumentError, GenerationError
from scripts.generate import configuration
from scripts.version import changelog_entry, versions


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


def obstacles(root: Path, accepted_in: str, changes: list[Change]) -> list[str]:
    """What keeps the changes from being accepted, a sentence each."""
    version, in_package = versions(root)
    found, needed = [], wanted(accepted_in, changes)
    if not fits(accepted_in, version, changes):
        kind = "breaking" if bump(changes) == "major" else "compatible"
        found.append(
            f'these changes are {kind}: set the version in pyproject.toml to "{needed}"'
            f' (it is "{version}"; the contract was accepted in "{accepted_in}")'
        )
        version = needed
    elif in_package and in_package != version:
        found.append(
            f'set __version__ in {tree.PACKAGE.name}/__init__.py to "{version}",'
            f' as in pyproject.toml (it is "{in_package}")'
        )
    entry = changelog_entry(root, version)
    lines = f"for example:\n\n{Report(changes).changelog()}\n"
    if not re.search(r"^- ", entry, re.MULTILINE):
        found.append(f"CHANGELOG.md has no entry under `## [{version}]`; {lines}")
    elif bump(changes) == "major" and "breaking" not in entry.lower():
        found.append(
            f"CHANGELOG.md does not say under `## [{version}]` what is breaking; {lines}"
        )
    return found


def check(root: Path) -> int:
    """Compare and report."""
    changes = drifted(root)
    if changes:
        print(Report(changes).markdown())
        print(
            f"\naccept: openapi.yaml is not the contract accepted in {lock.PATH.name}; `make accept` records it",
            file=sys.stderr,
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
        problems = obstacles(root, accepted_in, changes) if changes else []
        for problem in problems:
            print(f"accept: {problem}", file=sys.stderr)
        if problems:
            print("accept: nothing was accepted", file=sys.stderr)
            return 1
        print(Report(changes).markdown())
        version = version if changes else accepted_in
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(lock.text(contract, version), "utf-8")
    beside.replace(path)
    print(f"accept: recorded in {path.name} as the contract of {version}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("accept", __doc__)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--root", type=Path, default=tree.ROOT)
    options = parser.parse_args(arguments)
    try:
        return check(options.root) if options.check else accept(options.root)
    except (DocumentError, GenerationError, OSError) as error:
        print(f"accept: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
