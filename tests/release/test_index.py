"""Which addresses are trusted with a release, what an index holds, what an upload says."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from scripts.release import index, loopback
from scripts.release.build import Artefacts
from scripts.release.index import PASSWORD, USERNAME, Credentials
from scripts.release.process import ReleaseError
from tests.release.conftest import LOGIN, LoopbackIndex

WRONG = Credentials("maintainer", "wr@ng/secret")


@pytest.mark.parametrize(
    "url",
    [
        "https://packages.example.com/internal/",
        "https://packages.example.com:8443/internal",
        "http://127.0.0.1:8080/",
        "http://127.9.9.9/",
        "http://localhost:8080",
        "http://[::1]:8080/",
    ],
)
def test_an_internal_index_is_trusted(url: str) -> None:
    index.check_url(url)


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("", "no index given"),
        ("packages.example.com", "https://"),
        ("ftp://packages.example.com/", "https://"),
        ("https:///path", "https://"),
        ("http://packages.example.com/", "in the clear"),
        ("http://127.0.0.1.example.com/", "in the clear"),
        ("http://localhost.example.com/", "in the clear"),
        ("http://10.0.0.1/", "in the clear"),
        ("http://[::2]/", "in the clear"),
        ("http://0.0.0.0/", "in the clear"),
        ("https://user:secret@packages.example.com/", "TWINE_PASSWORD"),
        ("https://user@packages.example.com/", "TWINE_PASSWORD"),
        ("http://127.0.0.1:x/", "https://"),
        ("http://[::1/", "https://"),
        ("https://packages.example.com/?token=secret", "no query"),
        ("https://packages.example.com/#secret", "no query"),
        (DEFAULT_REPOSITORY, "never a public one"),
        (DEFAULT_REPOSITORY.upper().replace("HTTPS", "https"), "never a public one"),
        (TEST_REPOSITORY, "never a public one"),
        (f"https://{urlsplit(DEFAULT_REPOSITORY).hostname}./", "never a public one"),
    ],
)
def test_any_other_address_is_refused_without_its_secrets(url: str, cause: str) -> None:
    with pytest.raises(ReleaseError, match=cause) as caught:
        index.check_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("missing", [USERNAME, PASSWORD])
@pytest.mark.usefixtures("login")
def test_a_missing_credential_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(ReleaseError, match=f"^{missing} missing"):
        index.credentials()


def test_credentials_do_not_print() -> None:
    assert "secret" not in f"{LOGIN!r} {LOGIN}"


def test_an_index_that_never_heard_of_us_holds_nothing(served: LoopbackIndex) -> None:
    assert index.files(served.simple, LOGIN, "0.1.0") == []


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("enkrypt_api_client-0.1.0-py3-none-any.whl", True),
        ("enkrypt_api_client-0.1.0.tar.gz", True),
        ("enkrypt-api-client-0.1.tar.gz", True),
        ("enkrypt_api_client-0.1.1.tar.gz", False),
        ("enkrypt_api_client-0.1.0rc1.tar.gz", False),
        ("enkrypt_api_client_extras-0.1.0.tar.gz", False),
    ],
)
def test_a_version_is_found_however_its_file_is_called(
    served: LoopbackIndex, name: str, held: bool
) -> None:
    (served.folder / name).touch()
    assert index.files(served.simple, LOGIN, "0.1.0") == ([name] if held else [])


def test_an_index_that_sends_us_to_another_one_holds_nothing(tmp_path: Path) -> None:
    elsewhere = "http://127.0.0.1:9/"
    with loopback.running(tmp_path, LOGIN, passes_on=elsewhere) as url:
        assert index.files(f"{url}simple/", LOGIN, "0.1.0") == []


def test_a_wrong_password_is_a_clear_refusal(served: LoopbackIndex) -> None:
    with pytest.raises(ReleaseError, match="refuses TWINE_USERNAME") as caught:
        index.files(served.simple, WRONG, "0.1.0")
    assert WRONG.password not in str(caught.value)


def test_an_index_that_does_not_answer_is_named_by_host() -> None:
    with pytest.raises(ReleaseError, match=r"127\.0\.0\.1:9: ConnectError"):
        index.files("http://127.0.0.1:9/simple/", LOGIN, "0.1.0")


def test_an_upload_puts_these_very_bytes_on_the_index(
    served: LoopbackIndex, built: Artefacts
) -> None:
    index.upload(served.url, LOGIN, built)
    for path in built:
        assert (served.folder / path.name).read_bytes() == path.read_bytes()
    version = built.wheel.name.split("-")[1]
    assert index.files(served.simple, LOGIN, version) == sorted(p.name for p in built)


def test_settings_of_other_indexes_on_this_machine_do_not_redirect_an_upload(
    served: LoopbackIndex,
    built: Artefacts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = "http://127.0.0.1:9/"
    section = f"[pypi]\nrepository = {other}\nusername = x\npassword = y\n"
    (tmp_path / ".pypirc").write_text(section)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TWINE_REPOSITORY_URL", other)
    monkeypatch.setenv("TWINE_REPOSITORY", "pypi")
    index.upload(served.url, LOGIN, built)
    assert len(list(served.folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("login", "cause"), [(WRONG, "refuses TWINE_USERNAME"), (LOGIN, "HTTPError: 400")]
)
def test_a_refused_upload_gives_the_reason_and_changes_nothing(
    served: LoopbackIndex, built: Artefacts, login: Credentials, cause: str
) -> None:
    (served.folder / built.wheel.name).touch()
    with pytest.raises(ReleaseError, match=cause) as caught:
        index.upload(served.url, login, built)
    assert login.password not in str(caught.value)
    assert (served.folder / built.wheel.name).read_bytes() == b""
    assert len(list(served.folder.iterdir())) == 1
