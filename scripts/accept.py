"""Accept the contract of openapi.yaml: record it in contract.lock, once version and changelog say what it means for callers.

    python -m scripts.accept            record the contract
    python -m scripts.accept --check    say whether the accepted contract is that of openapi.yaml, and change nothing

Exit codes: 0 done, or nothing to say; 1 the contract has drifted (--check), or version or changelog do not fit it; 2 could not compare.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from scripts import document as oas
from scripts import gates, staging, tree
from scripts.contract import compare, conform, from_code, lock, report
from scripts.contract.changes import Change, bump
from scripts.contract.hints import CodeError
from scripts.contract.model import Contract
from scripts.document import DocumentError
from scripts.own_modules import GenerationError
from scripts.version import changelog_entry, versions


def current(root: Path) -> Contract:
    """The contract of the document and, for its Python names, of the package generated from it.

    Raises:
        DocumentError, GenerationError, CodeError: They can't be read, or are not one.
    """
    contract = gates.admit(oas.read(root / "openapi.yaml"))
    overrides = staging.overridden(root / "generator-config.yaml")
    with gates.imported(root / tree.PACKAGE.name) as package:
        code = from_code.read(package)
        problems = conform.problems(contract, code, overrides)
    if problems:
        raise GenerationError(
            "the package is not what openapi.yaml says; run `make generate` first:\n"
            + "\n".join(problems)
        )
    return contract


def fits(old: str, new: str, changes: list[Change]) -> bool:
    """Whether a version step says what the changes mean (semver.org): breaking major, additive minor; before 1.0 minor for both."""
    before, after = _numbers(old), _numbers(new)
    if bump(changes) == "none":
        return after >= before
    wanted = 1 if bump(changes) == "minor" or before[0] == 0 else 0
    return after[: wanted + 1] > before[: wanted + 1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def wanting(root: Path, accepted_in: str, changes: list[Change]) -> list[str]:
    """What keeps the changes from being accepted, a sentence each."""
    version, in_package = versions(root)
    found = []
    if not fits(accepted_in, version, changes):
        step = "major" if bump(changes) == "major" and _numbers(version)[0] else "minor"
        found.append(
            f"the version in pyproject.toml is {version}; a {step} step from {accepted_in} is needed"
        )
    if in_package and in_package != version:
        found.append(
            f"__version__ in {tree.PACKAGE.name}/__init__.py is {in_package}; pyproject.toml says {version}"
        )
    entry = changelog_entry(root, version)
    if not re.search(r"^- ", entry, re.MULTILINE):
        found.append(
            f"CHANGELOG.md has no entry under `## [{version}]`; these lines would do:\n\n{report.as_changelog(changes)}\n"
        )
    elif bump(changes) == "major" and "breaking" not in entry.lower():
        found.append(
            f"CHANGELOG.md does not say under `## [{version}]` what is breaking; these lines would do:\n\n{report.as_changelog(changes)}\n"
        )
    return found


def check(root: Path) -> int:
    """Compare and report."""
    path = root / lock.PATH.name
    accepted, _version = lock.read(path)
    changes = compare.compare(accepted, current(root))
    if changes:
        print(report.as_markdown(changes))
        print(
            f"\naccept: openapi.yaml is not the contract accepted in {path.name}; `make accept` records it",
            file=sys.stderr,
        )
    return 1 if changes else 0


def accept(root: Path) -> int:
    """Record the contract, or say what is wanting."""
    path = root / lock.PATH.name
    contract = current(root)
    version, _in_package = versions(root)
    if path.exists():
        accepted, accepted_in = lock.read(path)
        changes = compare.compare(accepted, contract)
        problems = wanting(root, accepted_in, changes) if changes else []
        for problem in problems:
            print(f"accept: {problem}", file=sys.stderr)
        if problems:
            print("accept: nothing was accepted", file=sys.stderr)
            return 1
        print(report.as_markdown(changes))
        version = version if changes else accepted_in
    new = lock.text(oas.read(root / "openapi.yaml"), contract.names, version)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(new, "utf-8")
    beside.replace(path)
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.accept", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--root", type=Path, default=tree.ROOT)
    options = parser.parse_args(arguments)
    try:
        return check(options.root) if options.check else accept(options.root)
    except (DocumentError, GenerationError, CodeError) as error:
        print(f"accept: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
