"""What a release is refused for before anything is built."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.release import refusals, source
from tests.conftest import ROOT


def edit(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text("utf-8"), flags=re.M)
    assert count
    path.write_text(text, "utf-8")


def against(checkout: Path) -> list[str]:
    return refusals.at_once(checkout) or refusals.after_generating(checkout)


def test_a_clean_and_current_checkout_has_nothing_against_it(checkout: Path) -> None:
    assert against(checkout) == []


def test_a_changed_contract_that_nobody_accepted_is_refused(
    checkout: Path, commit: Callable[[], None]
) -> None:
    edit(checkout / "contract.lock", "^    patch:", "    put:")
    commit()
    (reason,) = against(checkout)
    assert reason.startswith("the contract has changed, and nobody has accepted it:")
    assert "make accept" in reason


def test_a_changed_file_makes_the_tree_dirty(checkout: Path) -> None:
    (checkout / "README.md").write_text("changed")
    (reason,) = against(checkout)
    assert reason == "the tree is dirty: README.md; commit or stash first"


def test_new_files_make_the_tree_dirty_even_in_new_folders(checkout: Path) -> None:
    (checkout / "scripts" / "new").mkdir()
    for name in "abcde":
        (checkout / "scripts" / "new" / f"{name}.py").touch()
    (reason,) = against(checkout)
    assert "scripts/new/a.py" in reason
    assert "and 2 more" in reason


def test_a_changed_file_that_git_was_told_to_overlook_makes_the_tree_dirty(
    checkout: Path,
) -> None:
    source.git(checkout, "update-index", "--assume-unchanged", "README.md")
    (checkout / "README.md").write_text("changed")
    (reason,) = against(checkout)
    assert "README.md" in reason


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    source.copy(ROOT, source.listed(ROOT), tmp_path / "copy")
    assert "no git checkout" in refusals.at_once(tmp_path / "copy")[0]


@pytest.mark.parametrize(
    ("path", "pattern", "replacement", "cause"),
    [
        (
            "pyproject.toml",
            '^version = ".*"',
            'version = "9.0.0"',
            r"pyproject\.toml says version 9\.0\.0, .*__version__ says \d",
        ),
        (
            "enkrypt_api_client/__init__.py",
            '^__version__ = ".*"',
            '__version__ = "9.0.0"',
            r"__version__ says 9\.0\.0",
        ),
        (
            "enkrypt_api_client/__init__.py",
            '^__version__ = ".*"',
            "",
            "__version__ says None",
        ),
        ("CHANGELOG.md", r"^## \[0\.1\.0\]", "## [0.0.9]", "says nothing about"),
        (
            "enkrypt_api_client/errors.py",
            r"\Z",
            "\n# by hand\n",
            r"not what openapi\.yaml generates: enkrypt_api_client/errors\.py",
        ),
        (
            "openapi.yaml",
            r"\Z",
            "# more\n",
            r"not what openapi\.yaml generates",
        ),
    ],
)
def test_what_is_committed_but_not_fit_for_release_is_refused(
    checkout: Path,
    commit: Callable[[], None],
    path: str,
    pattern: str,
    replacement: str,
    cause: str,
) -> None:
    edit(checkout / path, pattern, replacement)
    commit()
    (reason,) = against(checkout)
    assert re.search(cause, reason)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("## [1.0.0] - 2026-01-02\n\n- New.\n\n## [0.9.0]\n\n- Old.\n", "- New."),
        ("## 1.0.0\n\n- New.\n", "- New."),
        ("## [1.0.0]\n\n- New.\n\n[1.0.0]: somewhere\n", "- New."),
        ("## [Unreleased]\n\n- New.\n", ""),
        ("## [1.0.0]\n\n## [0.9.0]\n\n- Old.\n", ""),
        ("## [11.0.0]\n\n- Other.\n\n## [1.0.0.1]\n\n- Other.\n", ""),
        ("## [1.0.0-rc1]\n\n- Other.\n\n## [1x0x0]\n\n- Other.\n", ""),
    ],
)
def test_the_changelog_entry_is_the_text_of_that_very_version(
    tmp_path: Path, text: str, entry: str
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{text}")
    assert source.changelog_entry(tmp_path, "1.0.0") == entry
