"""What a release is refused for: a commit, an address, credentials; and that a refusal says why and uploads nothing."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from scripts import release, version
from scripts.errors import ReleaseError
from scripts.release import PASSWORD, USERNAME
from tests.release.conftest import Served, commit_all

PUBLIC = urlsplit(DEFAULT_REPOSITORY).hostname
NOBODY = "http://127.0.0.1:9/"


def test_changed_and_new_files_make_the_tree_dirty(checkout: Path) -> None:
    (checkout / "README.md").write_text("changed")
    (checkout / "scripts" / "new").mkdir()
    for name in "abc":
        (checkout / "scripts" / "new" / f"{name}.py").touch()
    said = "README.md, scripts/new/a.py, scripts/new/b.py and 1 more; commit or stash"
    with pytest.raises(
        ReleaseError, match=re.escape(f"there are uncommitted changes: {said}")
    ):
        release.check_commit(checkout)


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
        pytest.param(
            *("enkrypt_api_client/errors.py", r"\Z", "\n# by hand\n"),
            r"generated code is out of date:\n(?s:.*)enkrypt_api_client/errors\.py",
            marks=pytest.mark.proof,
        ),
        pytest.param(
            *("contract.lock", "^    id: modify_model", "    id: other"),
            r"the contract has changed and is not accepted:\n(?s:.*)make accept",
            marks=pytest.mark.proof,
        ),
    ],
)
def test_a_commit_that_is_not_ready_is_refused(
    checkout: Path, path: str, pattern: str, replacement: str, cause: str
) -> None:
    file = checkout / path
    text, count = re.subn(pattern, replacement, file.read_text("utf-8"), flags=re.M)
    assert count
    file.write_text(text, "utf-8")
    commit_all(checkout)
    with pytest.raises(ReleaseError, match=cause):
        release.check_commit(checkout)


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


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost", "[::1]:80"])
def test_http_is_for_loopback(host: str) -> None:
    release.check_url(f"http://{host}/")


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("", "INDEX_URL=https://"),
        ("packages.example.com", "https://"),
        ("ftp://packages.example.com/", "https://"),
        ("https:///path", "https://"),
        ("http://127.0.0.1:x/", "https://"),
        ("http://packages.example.com/", "unencrypted"),
        ("http://127.0.0.1.example.com/", "unencrypted"),
        ("http://0.0.0.0/", "unencrypted"),
        ("https://user:secret@packages.example.com/", "TWINE_PASSWORD"),
        ("https://packages.example.com/?token=secret", "not hold .*query"),
        (DEFAULT_REPOSITORY, "never a public one"),
        (TEST_REPOSITORY, "never a public one"),
        (f"https://{PUBLIC}./".upper().replace("HTTPS", "https"), "never a public"),
    ],
)
def test_any_other_address_is_refused_without_its_secrets(url: str, cause: str) -> None:
    with pytest.raises(ReleaseError, match=cause) as caught:
        release.check_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("missing", [USERNAME, PASSWORD])
def test_a_missing_credential_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(ReleaseError, match=f"^{missing} not set"):
        release.index(NOBODY, NOBODY)


def test_the_command_says_why_it_refuses_names_no_secret_and_uploads_nothing(
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(PASSWORD, "wrong-secret")
    monkeypatch.setattr(release, "check_commit", lambda root: None)
    assert release.main(["publish", served.url]) == 1
    assert capsys.readouterr().err == (
        f"release: the index refuses {USERNAME} and {PASSWORD} (HTTP 403)\n"
        "release: refused; nothing was uploaded\n"
    )
    assert served.files() == {}
