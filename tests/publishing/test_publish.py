"""What a release is refused for, and that a refusal says why, shows no secret and uploads nothing."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from scripts import release
from scripts.common.errors import ReleaseError
from scripts.publishing import publish, tools, version
from scripts.publishing.build import Artefacts
from scripts.publishing.index import check_url, held, upload
from scripts.publishing.publish import HalfwayError
from scripts.publishing.tools import PASSWORD, USERNAME
from tests.publishing.conftest import LOGIN, Served, commit_all, serve

PUBLIC = urlsplit(DEFAULT_REPOSITORY).hostname
NOBODY = "http://127.0.0.1:9/"
proof = pytest.mark.proof


def test_changed_and_new_files_are_named_before_anything_else(checkout: Path) -> None:
    (checkout / "README.md").write_text("changed")
    (checkout / "scripts" / "new").mkdir()
    (checkout / "scripts" / "new" / "a.py").touch()
    said = "there are uncommitted changes: README.md, scripts/new/a.py; commit or stash"
    with pytest.raises(ReleaseError, match=re.escape(said)):
        publish.check_commit(checkout)


@pytest.mark.parametrize(
    ("path", "pattern", "replacement", "cause"),
    [
        (
            *("pyproject.toml", '^version = ".*"', 'version = "9.9.9"'),
            r"pyproject\.toml says version 9\.9\.9, .*__version__ says \d",
        ),
        (
            *("enkrypt_api_client/_runtime/version.py", '^__version__ = ".*"', ""),
            "__version__ says nothing; make them equal",
        ),
        ("CHANGELOG.md", r"^## \[\d.*?\]", "## [0.0.9]", r"says nothing about \d"),
        ("CHANGELOG.md", r"(?s)\A.*", "", r"^CHANGELOG.md says nothing about \d"),
        pytest.param(
            *("enkrypt_api_client/errors.py", r"\Z", "\n# by hand\n"),
            r"generated code is out of date:\n(?s:.*)enkrypt_api_client/errors\.py",
            marks=proof,
        ),
        pytest.param(
            *("contract.lock", "^    id: modify_model", "    id: other"),
            r"the contract has changed and is not accepted:\n(?s:.*)make accept",
            marks=proof,
        ),
    ],
)
def test_a_commit_that_is_not_ready_is_refused(
    checkout: Path, path: str, pattern: str, replacement: str, cause: str
) -> None:
    file = checkout / path
    text, count = re.subn(pattern, replacement, file.read_text("utf-8"), flags=re.M)
    assert count
    if text:
        file.write_text(text, "utf-8")
    else:
        file.unlink()
    commit_all(checkout)
    with pytest.raises(ReleaseError, match=cause):
        publish.check_commit(checkout)


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
def test_a_changelog_entry_is_of_that_version(
    tmp_path: Path, text: str, entry: str
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{text}")
    assert version.changelog_entry(tmp_path, "1.0.0") == entry


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("", "INDEX_URL=https://"),
        ("packages.example.com", "https://"),
        ("ftp://packages.example.com/", "https://"),
        ("https:///path", "https://"),
        ("http://127.0.0.1:x/", "https://"),
        ("http://127.0.0.1.example.com/", "unencrypted"),
        ("http://0.0.0.0/", "unencrypted"),
        ("https://user:secret@packages.example.com/", "TWINE_PASSWORD"),
        ("https://packages.example.com/?token=secret", "not hold .*query"),
        (DEFAULT_REPOSITORY, "never a public one"),
        (TEST_REPOSITORY, "never a public one"),
        (f"https://{PUBLIC}./".upper().replace("HTTPS", "https"), "never a public"),
    ],
)
def test_an_address_is_refused_without_its_secrets(url: str, cause: str) -> None:
    for loopback in ("127.0.0.1:80", "localhost", "[::1]:80"):
        check_url(f"http://{loopback}/")
    for addresses in ((url, NOBODY), (NOBODY, url)):
        with pytest.raises(ReleaseError, match=cause) as caught:
            publish.publish(Path(), *addresses)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("missing", [USERNAME, PASSWORD])
def test_a_missing_credential_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(ReleaseError, match=f"^{missing} not set"):
        publish.publish(Path(), NOBODY, NOBODY)


def test_the_command_says_why_it_refuses_names_no_secret_and_uploads_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PASSWORD, "wrong-secret")
    monkeypatch.setattr(publish, "check_commit", lambda root: None)
    assert release.main(["publish", served.url]) == 1
    assert capsys.readouterr().err == (
        f"release: the index answers HTTP 403 to {USERNAME} and {PASSWORD}"
        f" at {served.simple_url}enkrypt-api-client/\n"
        "release: refused; nothing was uploaded\n"
    )
    assert served.files() == {}


def test_a_version_is_on_the_index_however_its_files_are_called(served: Served) -> None:
    same = [
        "enkrypt-api-client-0.1.tar.gz",
        "enkrypt_api_client-0.1.0-py3-none-any.whl",
    ]
    others = [f"enkrypt_api_client-{n}.tar.gz" for n in ("0.1.1", "0.1.0rc1")]
    for name in (*same, *others):
        (served.folder / name).touch()
    assert held(served.simple_url, "0.1.0") == same


def test_an_index_that_redirects_to_another_one_holds_nothing(tmp_path: Path) -> None:
    with serve(tmp_path, "--fallback-url", NOBODY) as index:
        assert held(index.simple_url, "0.1.0") == []


def test_an_index_that_does_not_answer_is_named_by_host() -> None:
    with pytest.raises(ReleaseError, match=r"127\.0\.0\.1:9: ConnectError"):
        held(f"{NOBODY}simple/", "0.1.0")


@pytest.mark.parametrize(
    ("password", "there", "cause"),
    [
        ("wr@ng/secret", False, "403(?s:.*)now: unknown, the index answers"),
        (LOGIN[1], True, r"HTTPError: 4(?s:.*)holds now: .*\.whl$"),
    ],
)
def test_a_failed_upload_gives_the_reason_and_what_the_index_holds_now(
    served: Served,
    built: Artefacts,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    there: bool,
    cause: str,
) -> None:
    monkeypatch.setenv(PASSWORD, password)
    if there:
        (served.folder / built.wheel.name).touch()
    with pytest.raises(HalfwayError, match=cause) as caught:
        publish.send(served.url, served.simple_url, built)
    assert password not in str(caught.value)
    assert not there or served.files()[built.wheel.name] == b""


def test_an_upload_that_left_nothing_is_refused(
    served: Served, built: Artefacts
) -> None:
    with pytest.raises(ReleaseError, match="twine failed") as caught:
        publish.send(f"{NOBODY}nowhere/", served.simple_url, built)
    assert not isinstance(caught.value, HalfwayError)


def test_settings_of_other_indexes_on_this_machine_do_not_redirect_an_upload(
    served: Served, built: Artefacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = f"[pypi]\nrepository = {NOBODY}\nusername = x\npassword = y\n"
    (tmp_path / ".pypirc").write_text(section)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TWINE_REPOSITORY_URL", NOBODY)
    monkeypatch.setenv("TWINE_REPOSITORY", "pypi")
    upload(served.url, built)
    assert served.files() == {path.name: path.read_bytes() for path in built}


def test_neither_the_password_nor_our_own_environment_reaches_a_tool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = (PASSWORD, "PYTHONPATH", "GIT_DIR", "VIRTUAL_ENV")
    for name in names:
        monkeypatch.setenv(name, "anything")
    code = f"import os; print([name for name in {names} if name in os.environ])"
    assert tools.run(sys.executable, "-c", code, failure="it fails") == "[]\n"


def test_the_password_is_masked_in_what_a_tool_prints_plain_or_quoted() -> None:
    code = f"print('{LOGIN[1]} p%40ss%2Fw%3Ard%25-secret'); raise SystemExit(3)"
    with pytest.raises(ReleaseError, match=re.escape("it fails:\n*** ***")):
        tools.run(sys.executable, "-c", code, failure="it fails")
