"""The sources of a release: what git lists, when they were committed, which version they are."""

from __future__ import annotations

import ast
import os
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

from scripts.release.process import ReleaseError, run

PACKAGE = "enkrypt_api_client"
DISTRIBUTION = "enkrypt-api-client"


def git(root: Path, *arguments: str) -> str:
    """What a git command prints. Raises ReleaseError with what it says against it."""
    return run(
        *("git", "-C", str(root), *arguments),
        # A hook that we run in points git at its own repository.
        environment={k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        failure=f"git {arguments[0]} failed",
    )


def is_checkout(root: Path) -> bool:
    """Whether the folder is the top of a git work tree, not merely inside one, as an unpacked sdist may be."""
    try:
        top = git(root, "rev-parse", "--show-toplevel").strip()
    except ReleaseError:
        return False
    return Path(top).resolve() == root.resolve()


def dirty(root: Path) -> list[str]:
    """Paths that are changed, new and not ignored, or that git was told not to look at."""
    lines = git(root, "status", "--porcelain", "--untracked-files=all").splitlines()
    # Lower-case tags are assumed unchanged, S is left out of the work tree.
    tagged = git(root, "ls-files", "-v").splitlines()
    overlooked = [line for line in tagged if line[0].islower() or line[0] == "S"]
    return [line[3:] for line in lines] + [line[2:] for line in overlooked]


def listed(root: Path) -> list[str]:
    """Paths of the files that belong to the project; an unpacked sdist holds nothing else but its PKG-INFO."""
    if is_checkout(root):
        names = git(
            root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"
        )
        found = sorted(name for name in names.split("\0") if name)
        return [name for name in found if (root / name).is_file()]
    if not (root / "PKG-INFO").is_file():
        raise ReleaseError(f"{root} is neither a git checkout nor an unpacked sdist")
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not _left_behind(path.relative_to(root))
    )


def _left_behind(path: Path) -> bool:
    """Whether work in an unpacked sdist made this: environments, caches, results."""
    made = re.compile(r"\.venv|\.staging-.*|dist|build|site|bench|\..*_cache")
    return (
        made.fullmatch(path.parts[0]) is not None
        or path.parts[0] in (".git", ".hypothesis", "PKG-INFO")
        or "__pycache__" in path.parts
    )


def copy(root: Path, names: list[str], target: Path) -> Path:
    """Copy these files alone to a new folder; gives the folder."""
    for name in names:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, place)
    return target


def epoch(root: Path) -> int:
    """Seconds since 1970 of the last commit; in an unpacked sdist, the time that the build gave its files."""
    if is_checkout(root):
        return int(git(root, "log", "-1", "--format=%ct"))
    try:
        return int((root / "PKG-INFO").stat().st_mtime)
    except FileNotFoundError:
        raise ReleaseError(
            f"{root} is neither a git checkout nor an unpacked sdist, so nothing says how old it is"
        ) from None


def project(root: Path) -> dict[str, Any]:
    """The `project` table of pyproject.toml."""
    with (root / "pyproject.toml").open("rb") as stream:
        table: dict[str, Any] = tomllib.load(stream)["project"]
    return table


def version(root: Path) -> str:
    """The version that pyproject.toml and the package agree on. Raises ReleaseError if they don't."""
    declared = str(project(root)["version"])
    code = (root / PACKAGE / "__init__.py").read_text("utf-8")
    for node in ast.parse(code).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == (
            "__version__"
        ):
            own = ast.literal_eval(node.value)
            break
    else:
        own = None
    if own != declared:
        raise ReleaseError(
            f"pyproject.toml says version {declared}, {PACKAGE}.__version__ says {own}; make them equal"
        )
    return declared


def changelog_entry(root: Path, release: str) -> str:
    """What CHANGELOG.md says about a version; empty if it says nothing."""
    path = root / "CHANGELOG.md"
    text = path.read_text("utf-8") if path.is_file() else ""
    head = rf"^## \[?{re.escape(release)}\]?(?:[ \t][^\n]*)?$"
    match = re.search(
        rf"{head}\n(?P<entry>.*?)(?=^## |^\[[^\]\n]+\]: |\Z)", text, re.M | re.S
    )
    return match["entry"].strip() if match else ""


def commit(root: Path) -> str:
    """The commit that is checked out, shortened."""
    return git(root, "rev-parse", "--short=12", "HEAD").strip()
