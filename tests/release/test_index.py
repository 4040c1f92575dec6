"""Which addresses are trusted with a release, what an index holds, what an upload reports."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from scripts import release
from scripts.errors import ReleaseError
from scripts.release import PASSWORD, USERNAME, Artefacts, HalfwayError, Index
from tests.release.conftest import LOGIN, Served, serve

WRONG = ("maintainer", "wr@ng/secret")
NOBODY = "http://127.0.0.1:9/"
PUBLIC = urlsplit(DEFAULT_REPOSITORY).hostname


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost", "[::1]:80"])
def test_http_is_for_loopback(host: str) -> None:
    release.check_url(f"http://{host}/")


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("", "no index given"),
        ("packages.example.com", "https://"),
        ("ftp://packages.example.com/", "https://"),
        ("https:///path", "https://"),
        ("http://127.0.0.1:x/", "https://"),
        ("http://packages.example.com/", "unencrypted"),
        ("http://127.0.0.1.example.com/", "unencrypted"),
        ("http://0.0.0.0/", "unencrypted"),
        ("https://user:secret@packages.example.com/", "TWINE_PASSWORD"),
        ("https://packages.example.com/?token=secret", "no query"),
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
@pytest.mark.usefixtures("login")
def test_a_missing_credential_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(ReleaseError, match=f"^{missing} not set"):
        release.index(NOBODY, NOBODY)


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("enkrypt_api_client-0.1.0-py3-none-any.whl", True),
        ("enkrypt-api-client-0.1.tar.gz", True),
        ("enkrypt_api_client-0.1.1.tar.gz", False),
        ("enkrypt_api_client-0.1.0rc1.tar.gz", False),
        ("enkrypt_api_client_extras-0.1.0.tar.gz", False),
    ],
)
def test_a_version_is_found_however_its_file_is_called(
    served: Served, name: str, held: bool
) -> None:
    (served.folder / name).touch()
    assert release.held(served, "0.1.0") == ([name] if held else [])


def test_an_index_that_redirects_to_another_one_holds_nothing(tmp_path: Path) -> None:
    with serve(tmp_path, "--fallback-url", NOBODY) as index:
        assert release.held(index, "0.1.0") == []


def test_an_index_that_does_not_answer_is_named_by_host() -> None:
    with pytest.raises(ReleaseError, match=r"127\.0\.0\.1:9: ConnectError"):
        release.held(Index(NOBODY, f"{NOBODY}simple/", LOGIN), "0.1.0")


def test_settings_of_other_indexes_on_this_machine_do_not_redirect_an_upload(
    served: Served,
    built: Artefacts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    section = f"[pypi]\nrepository = {NOBODY}\nusername = x\npassword = y\n"
    (tmp_path / ".pypirc").write_text(section)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TWINE_REPOSITORY_URL", NOBODY)
    monkeypatch.setenv("TWINE_REPOSITORY", "pypi")
    release.upload(served, built)
    assert served.files() == {path.name: path.read_bytes() for path in built}
    assert release.held(served, built.version) == sorted(served.files())


@pytest.mark.parametrize(
    ("login", "cause"), [(WRONG, "refuses TWINE_USERNAME"), (LOGIN, "HTTPError: 4")]
)
def test_a_refused_upload_gives_the_reason_and_changes_nothing(
    served: Served, built: Artefacts, login: tuple[str, str], cause: str
) -> None:
    (served.folder / built.wheel.name).touch()
    with pytest.raises(ReleaseError, match=cause) as caught:
        release.upload(served._replace(login=login), built)
    assert login[1] not in str(caught.value)
    assert served.files() == {built.wheel.name: b""}


def test_a_failed_upload_that_left_nothing_is_a_refusal(
    served: Served, built: Artefacts
) -> None:
    with pytest.raises(ReleaseError, match="twine could not upload") as caught:
        release.send(served._replace(url=f"{served.url}nowhere/"), built)
    assert not isinstance(caught.value, HalfwayError)


def test_a_failed_upload_that_left_something_names_it(
    served: Served, built: Artefacts
) -> None:
    (served.folder / built.sdist.name).touch()
    with pytest.raises(HalfwayError, match=r"the index holds now: .*whl"):
        release.send(served, built)


def test_a_failed_upload_to_an_index_that_cannot_be_asked_is_no_refusal(
    served: Served, built: Artefacts
) -> None:
    with pytest.raises(HalfwayError, match="what was uploaded is unknown"):
        release.send(served._replace(login=WRONG), built)


def test_neither_the_password_nor_our_own_environment_reaches_a_tool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = (PASSWORD, "PYTHONPATH", "GIT_DIR", "VIRTUAL_ENV", "TWINE_REPOSITORY")
    for name in names:
        monkeypatch.setenv(name, "anything")
    code = f"import os; print([name for name in {names} if name in os.environ])"
    assert release.run(sys.executable, "-c", code, failure="it fails") == "[]\n"


def test_the_password_is_masked_in_what_a_tool_prints_plain_or_quoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(PASSWORD, LOGIN[1])
    code = f"print('{LOGIN[1]} p%40ss%2Fw%3Ard%25-secret'); raise SystemExit(3)"
    with pytest.raises(ReleaseError, match=re.escape("it fails:\n*** ***")):
        release.run(sys.executable, "-c", code, failure="it fails")
