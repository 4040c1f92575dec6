"""What a release is refused for before anything is built: each check gives the reasons that it finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scripts.release import source
from scripts.release.process import ReleaseError, run_module


def at_once(root: Path) -> list[str]:
    """What git, the version and the changelog say against a release; empty if nothing."""
    return [*_tree(root), *_version(root)]


def after_generating(root: Path) -> list[str]:
    """What the guards of the generated code, and of the contract that users have, say against it. Takes seconds."""
    return list(_commands(root))


def _tree(root: Path) -> Iterator[str]:
    if not source.is_checkout(root):
        yield f"{root} is no git checkout; a release is made from a commit"
        return
    changed = source.dirty(root)
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        yield f"the tree is dirty: {', '.join(changed[:3])}{more}; commit or stash first"


def _version(root: Path) -> Iterator[str]:
    try:
        version = source.version(root)
    except ReleaseError as error:
        yield str(error)
        return
    if not source.changelog_entry(root, version):
        yield f"CHANGELOG.md says nothing about {version}; write its section"


def _commands(root: Path) -> Iterator[str]:
    for module, failure in (
        ("scripts.generate", "generated code is stale"),
        ("scripts.accept", "the contract has changed, and nobody has accepted it"),
    ):
        try:
            run_module(module, "--check", cwd=root, failure=failure)
        except ReleaseError as error:
            yield f"{error}"
