"""What a release is refused for; that a refusal says why and uploads nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import release, version
from scripts.release import PASSWORD, USERNAME
from tests.release.conftest import LOGIN, Served, publish

REFUSED = "release: refused; nothing was uploaded\n"


def edit(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text("utf-8"), flags=re.M)
    assert count
    path.write_text(text, "utf-8")


def test_a_clean_checkout_has_nothing_against_it(checkout: Path) -> None:
    assert list(release.objections(checkout)) == []


def test_changed_and_new_files_make_the_tree_dirty(checkout: Path) -> None:
    (checkout / "README.md").write_text("changed")
    (checkout / "scripts" / "new").mkdir()
    for name in "abc":
        (checkout / "scripts" / "new" / f"{name}.py").touch()
    (reason,) = release.objections(checkout)
    assert reason == (
        "the tree is dirty: README.md, scripts/new/a.py, scripts/new/b.py and 1 more; commit or stash first"
    )


@pytest.mark.parametrize(
    ("path", "pattern", "replacement", "cause"),
    [
        (
            *("pyproject.toml", '^version = ".*"', 'version = "9.9.9"'),
            r"pyproject\.toml says version 9\.9\.9, .*__version__ says \d",
        ),
        (
            *("enkrypt_api_client/__init__.py", '^__version__ = ".*"', ""),
            "__version__ says nothing; make them equal",
        ),
        ("CHANGELOG.md", r"^## \[\d.*?\]", "## [0.0.9]", r"says nothing about \d"),
    ],
)
def test_a_version_that_is_not_ready_is_refused(
    checkout: Path, path: str, pattern: str, replacement: str, cause: str
) -> None:
    edit(checkout / path, pattern, replacement)
    assert any(re.search(cause, reason) for reason in release.objections(checkout))


@pytest.mark.parametrize(
    ("path", "pattern", "replacement", "cause"),
    [
        (
            *("enkrypt_api_client/errors.py", r"\Z", "\n# by hand\n"),
            r"generated code is stale:\n(?s:.*)enkrypt_api_client/errors\.py",
        ),
        (
            *("contract.lock", "^    id: modify_model", "    id: other"),
            r"the contract has changed and is not accepted:\n(?s:.*)make accept",
        ),
    ],
)
def test_stale_code_and_a_contract_that_is_not_accepted_are_refused(
    checkout: Path, path: str, pattern: str, replacement: str, cause: str
) -> None:
    edit(checkout / path, pattern, replacement)
    assert re.search(cause, "\n".join(release.objections_of_commands(checkout)))


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("## [1.0.0] - 2026-01-02\n\n- New.\n\n## [0.9.0]\n\n- Old.\n", "- New."),
        ("## 1.0.0\n\n- New.\n\n[1.0.0]: somewhere\n", "- New."),
        ("## [Unreleased]\n\n- New.\n", ""),
        ("## [11.0.0]\n\n- Other.\n\n## [1.0.0.1]\n\n- Other.\n", ""),
        ("## [1.0.0-rc1]\n\n- Other.\n\n## [1x0x0]\n\n- Other.\n", ""),
    ],
)
def test_the_changelog_entry_is_the_text_of_exactly_that_version(
    tmp_path: Path, text: str, entry: str
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{text}")
    assert version.changelog_entry(tmp_path, "1.0.0") == entry


def test_a_refusal_says_why_names_no_secret_and_uploads_nothing(
    served: Served, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USERNAME, LOGIN[0])
    monkeypatch.setenv(PASSWORD, "wrong-secret")
    assert publish(checkout, served.url) == (
        1,
        f"release: the index refuses {USERNAME} and {PASSWORD} (HTTP 403)\n{REFUSED}",
    )
    assert served.files() == {}
