"""Refuse or publish a commit: check, build, upload, install."""

from __future__ import annotations

import textwrap
from pathlib import Path

from scripts.common.errors import ReleaseError
from scripts.common.printer import Printer
from scripts.publishing import version
from scripts.publishing.build import Artefacts, build, list_contents
from scripts.publishing.index import check_url, held, install, login, upload
from scripts.publishing.tools import PACKAGE, digest, git, tool

_PRINTER = Printer("release")


def check_commit(root: Path) -> None:
    """Refuse a checkout whose last commit is not ready to be released. Takes seconds. Raises ReleaseError."""
    status = git(root, "status", "--porcelain", "--untracked-files=all")
    if status:
        changed = ", ".join(line[3:] for line in status.splitlines())
        raise ReleaseError(
            f"there are uncommitted changes: {textwrap.shorten(changed, 200)}; commit or stash first"
        )
    release, own = version.versions(root)
    if own != release:
        raise ReleaseError(
            f"pyproject.toml says version {release}, {PACKAGE}.__version__ says {own or 'nothing'}; make them equal"
        )
    if not version.changelog_entry(root, release):
        raise ReleaseError(
            f"CHANGELOG.md says nothing about {release}; write its section"
        )
    for module, failure in (
        ("scripts.generate", "generated code is out of date"),
        ("scripts.accept", "the contract has changed and is not accepted"),
    ):
        tool(module, "--check", cwd=root, failure=failure)


def make(root: Path) -> Artefacts:
    """Build into dist/, list the contents, and print every file with its digest. Raises ReleaseError."""
    artefacts = build(root, root / "dist")
    for path in (*artefacts, list_contents(root, artefacts)):
        _PRINTER.tell(f"{digest(path)}  {path.relative_to(root)}")
    return artefacts


def publish(root: Path, url: str, simple_url: str) -> None:
    """Check, build, upload, install; prints each step. Raises ReleaseError, saying whether anything was uploaded."""
    for address in (url, simple_url):
        check_url(address)
    login()
    check_commit(root)
    release, _own = version.versions(root)
    if present := held(simple_url, release):
        raise ReleaseError(
            f"version {release} is on the index already ({', '.join(present)}); raise the version, releases are never replaced"
        )
    about = send(url, simple_url, make(root))
    commit = git(root, "rev-parse", "--short=12", "HEAD").strip()
    _PRINTER.tell(f"uploaded {release}, commit {commit}")
    _PRINTER.tell("installed from the index into a clean environment:")
    for line in about.splitlines():
        _PRINTER.tell(line)


def send(url: str, simple_url: str, artefacts: Artefacts) -> str:
    """Upload, and install from the index what was uploaded; returns what the installation says of itself.

    Raises:
        ReleaseError: It failed, and the index holds nothing of this version.
        HalfwayError: It failed, and the index holds something of it, or cannot be asked.
    """
    try:
        upload(url, artefacts)
        return install(simple_url, artefacts)
    except ReleaseError as error:
        try:
            present = ", ".join(held(simple_url, artefacts.version))
        except ReleaseError as unknown:
            present = f"unknown, {unknown}"
        if not present:
            raise
        held_now = f"the index holds now: {present}"
        raise HalfwayError(*error.problems, held_now) from None


class HalfwayError(ReleaseError):
    """The upload may be incomplete, or what was uploaded cannot be installed."""
