"""What a release is refused for, and that a refusal says why, shows no secret and uploads nothing."""

from __future__ import annotations

import base64
import errno
import html
import json
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import starlette.applications
from packaging.version import Version
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from scripts import release
from scripts.common.errors import ReleaseError
from scripts.loopback.server import running
from scripts.publishing import (
    build,
    changelog,
    index,
    index_url,
    publish,
    tools,
    twine_log,
    version,
)
from scripts.publishing.build import Artefacts
from scripts.publishing.credentials import PASSWORD, USERNAME, masked
from scripts.publishing.publish import HalfwayError
from tests.conftest import ROOT
from tests.publishing.conftest import LOGIN, Served, commit_all, serve

PUBLIC = urlsplit(DEFAULT_REPOSITORY).hostname
NOBODY = "http://127.0.0.1:9/"
Output = pytest.CaptureFixture[str]
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
        ("CHANGELOG.md", r"^## \[\d.*?\]", "## [0.0.9]", r"no entry under `## \[\d"),
        ("CHANGELOG.md", r"^[^#\n].*$", "", "no entry under"),
        (
            "CHANGELOG.md",
            r"\] - \d{4}-.*$",
            "]",
            r"does not say when .* is released: write `## \[\d.*\] - 20\d\d-",
        ),
        (
            *("CHANGELOG.md", r"\] - \d{4}-.*$", "] - 2026-13-41"),
            "does not say when .* is released: write",
        ),
        ("CHANGELOG.md", r"(?s)\A.*", "", r"^CHANGELOG.md has no entry under `## \[\d"),
        pytest.param(
            *("enkrypt_api_client/errors.py", r"\Z", "\n# by hand\n"),
            r"generated code is out of date:\n(?s:.*)enkrypt_api_client/errors\.py",
            marks=proof,
        ),
        pytest.param(
            *("contract.lock", "^    id: modify_model", "    id: other"),
            r"the contract is not accepted in this version:\n(?s:.*)make accept",
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


def test_a_version_that_pip_writes_differently_is_refused(checkout: Path) -> None:
    number = version.read(checkout).project
    for name in ("pyproject.toml", version.PACKAGE_VERSION):
        text = (checkout / name).read_text("utf-8")
        text = text.replace(f'version = "{number}"', f'version = "v{number}"')
        text = text.replace(f'__version__ = "{number}"', f'__version__ = "v{number}"')
        (checkout / name).write_text(text, "utf-8")
    commit_all(checkout)
    said = f"write the version v{number} as pip does, {number}, in pyproject.toml and"
    with pytest.raises(ReleaseError, match=re.escape(said)):
        publish.check_commit(checkout)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("## [1.0.0] - 2026-01-02\n\n- New.\n\n## [0.9.0]\n\n- Old.\n", "- New."),
        ("## 1.0.0\n\n- New.\n\n[1.0.0]: somewhere\n", "- New."),
        ("## [Unreleased]\n\n- New.\n", ""),
        ("## [1.0.0]\n\n- A.\n\n## [2.0.0]\n\n## [1.0.0]\n\n- B.\n", "- A.\n\n- B."),
        ("## [11.0.0]\n\n- Other.\n\n## [1.0.0.1]\n\n- Other.\n", ""),
        ("## [1.0.0-rc1]\n\n- Other.\n\n## [1x0x0]\n\n- Other.\n", ""),
    ],
)
def test_a_changelog_entry_is_of_that_version(
    tmp_path: Path, text: str, entry: str
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{text}")
    assert changelog.entry(tmp_path, "1.0.0") == entry


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
        (DEFAULT_REPOSITORY, "never pypi.org"),
        (TEST_REPOSITORY, "never pypi.org"),
        (f"https://{PUBLIC}./".upper().replace("HTTPS", "https"), "never pypi.org"),
        # Twine and httpx read these as dots, too (RFC 3490, section 3.1).
        (
            DEFAULT_REPOSITORY.replace(".", "\N{IDEOGRAPHIC FULL STOP}"),
            "never pypi.org",
        ),
        ("https://packages..example/", "no https:// address"),
        # Twine decodes the host, ends it at a backslash, or can't send to it.
        (f"https://{PUBLIC}/".replace(".", "%2e"), "no https:// address"),
        (rf"https://{PUBLIC}\.packages.example/", "no https:// address"),
        (rf"https://{PUBLIC}:443\@packages.example/", "no https:// address"),
        ("https://packages.example:99999/", "no https:// address"),
        ("https://packages example/", "no https:// address"),
    ],
)
def test_an_address_is_refused_without_its_secrets(url: str, cause: str) -> None:
    for loopback in ("127.0.0.1:80", "localhost", "[::1]:80"):
        index_url.check(f"http://{loopback}/")
    for addresses in ((url, NOBODY), (NOBODY, url)):
        with pytest.raises(ReleaseError, match=cause) as caught:
            publish.publish(Path(), *addresses)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("missing", [USERNAME, PASSWORD])
def test_a_missing_credential_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(ReleaseError, match=f"^{missing} is not set"):
        publish.publish(Path(), NOBODY, NOBODY)


@pytest.mark.parametrize("name", [USERNAME, PASSWORD])
def test_a_credential_that_tools_encode_differently_is_refused_before_the_build(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "s€cret")
    with pytest.raises(ReleaseError, match=f"^{name} has characters other") as caught:
        publish.publish(Path(), NOBODY, NOBODY)
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        (USERNAME, "main:tainer", f"^{USERNAME} holds a colon, at which"),
        (
            USERNAME,
            "maintainer\n",
            f"^{USERNAME} holds a character that cannot be sent",
        ),
        (PASSWORD, "s3cret\n", f"^{PASSWORD} holds a character that cannot be sent"),
    ],
)
def test_a_credential_that_cannot_be_sent_is_refused_before_the_build(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, cause: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ReleaseError, match=cause) as caught:
        publish.publish(Path(), NOBODY, NOBODY)
    assert "s3cret" not in str(caught.value)


def test_a_wrong_password_is_refused_before_the_build_by_an_index_that_asks_for_it(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PASSWORD, "wrong-secret")
    monkeypatch.setattr(publish, "check_commit", lambda root: None)
    assert release.main(["publish", served.url]) == 1
    assert capsys.readouterr().err == (
        f"release: the index refuses {USERNAME} and {PASSWORD}: it answers HTTP 403"
        f" at {served.simple_url}enkrypt-api-client/\n"
        "release: refused; nothing was uploaded\n"
    )
    assert served.files() == {}


def test_an_index_that_all_may_read_cannot_tell_whether_the_password_is_right(
    tmp_path: Path,
    built: Artefacts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(PASSWORD, "wrong-secret")
    monkeypatch.setattr(publish, "check_commit", lambda root: None)
    monkeypatch.setattr(publish, "build_and_list", lambda root: built)
    with serve(tmp_path, "--authenticate=update", "--disable-fallback") as open_index:
        assert release.main(["publish", open_index.url]) == 1
        assert open_index.files() == {}
    output = capsys.readouterr()
    assert "answers without a password; whether yours is right shows only" in output.out
    refused = f"the index refuses {USERNAME} and {PASSWORD} for uploads: it answers"
    assert output.err.startswith(f"release: {refused} HTTP 403\n")


def test_a_tag_of_the_version_at_another_commit_stops_a_release(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "run_module", lambda *_arguments, **_options: "")
    number = version.read(checkout).project
    tools.git(checkout, "tag", f"v{number}")
    publish.check_commit(checkout)
    (checkout / "README.md").write_text("# Other\n", "utf-8")
    commit_all(checkout)
    with pytest.raises(ReleaseError, match=f"the tag v{number} is at another commit"):
        publish.check_commit(checkout)


@pytest.mark.usefixtures("ready")
def test_a_shallow_clone_says_that_tags_may_lack(
    served: Served, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        publish, "reason_for_missing_tags", lambda root: "it is shallow"
    )
    publish.publish(ROOT, served.url, served.simple_url)
    said = capsys.readouterr().out
    assert "is tagged at another commit is not known: it is shallow" in said


@pytest.mark.usefixtures("ready")
def test_a_commit_that_is_tagged_is_not_to_be_tagged_again(
    served: Served,
    built: Artefacts,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publish, "_tagged_commit", lambda root, number: "0123")
    publish.publish(ROOT, served.url, served.simple_url)
    said = capsys.readouterr().out
    assert said.endswith(f"not pushed yet: git push origin v{built.version}\n")


def test_a_folder_that_is_no_checkout_is_named_for_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(
        ReleaseError, match=r"fatal(?s:.*)is no git checkout that can be used, and"
    ):
        build.build(tmp_path, tmp_path / "dist")
    inside = ROOT / "tests"
    with pytest.raises(ReleaseError, match="tests is no git checkout"):
        build.build(inside, tmp_path / "dist")
    with pytest.raises(ReleaseError, match="is no git checkout that can be used"):
        publish.check_commit(tmp_path)


@pytest.mark.parametrize("written", ["## [Unreleased]", "## unreleased"])
def test_entries_under_unreleased_stop_a_release(checkout: Path, written: str) -> None:
    page = checkout / "CHANGELOG.md"
    heading = "## [Unreleased]\n"
    more = f"{written}\n\n### Removed\n\n- **Breaking:** a method.\n"
    page.write_text(page.read_text("utf-8").replace(heading, more), "utf-8")
    commit_all(checkout)
    said = r"CHANGELOG.md has entries under \[Unreleased\]; move them below the version"
    with pytest.raises(ReleaseError, match=said):
        publish.check_commit(checkout)


@pytest.mark.parametrize("password", ["p", "e", "1", "M"])
def test_a_password_of_one_letter_changes_nothing_that_is_compared(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv(PASSWORD, password)
    listed = tools.git(checkout, "ls-files")
    assert "pyproject.toml" in listed.split()
    (checkout / "scripts" / "more.py").touch()
    with pytest.raises(ReleaseError, match=r"changes: scripts/more\.py; commit"):
        publish.check_commit(checkout)


def test_a_version_is_on_the_index_however_its_files_are_called(served: Served) -> None:
    same = [
        "enkrypt-api-client-0.1.tar.gz",
        "enkrypt_api_client-0.1.0-py3-none-any.whl",
    ]
    others = [f"enkrypt_api_client-{n}.tar.gz" for n in ("0.1.1", "0.1.0rc1")]
    for name in (*same, *others):
        (served.folder / name).touch()
    present = index.files_of("0.1.0", served.simple_url)
    assert [file.name for file in present] == same
    assert [file.kind for file in present] == ["sdist", "wheel"]


def test_an_index_that_redirects_to_another_one_holds_nothing(tmp_path: Path) -> None:
    with serve(tmp_path, "--fallback-url", NOBODY) as redirecting:
        assert index.files_of("0.1.0", redirecting.simple_url) == []


SIGN_IN = "<title>Welcome</title><form action='/login?next=/simple/enkrypt-api-client/'><input type=password></form>"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (HTMLResponse(SIGN_IN), "may be a page to sign in; check INDEX_URL, and SIMPLE_URL"),
        (Response(b"\x89PNG\r\n\x00", media_type="image/png"), "cannot be read: it does not list"),
        (Response(status_code=302, headers={"Location": "?again"}), r"redirects to .*/simple/.*, which is no page of"),
        (
            Response(status_code=302, headers={"Location": "https://login.example/?user=secret"}),
            "redirects to https://login.example/, which is no page of enkrypt-api-client; check",
        ),
    ],
)  # fmt: skip
def test_what_is_no_page_of_an_index_does_not_count_as_an_empty_one(
    answer: Response, cause: str
) -> None:
    app = starlette.applications.Starlette()
    app.add_route("/simple/{project}/", lambda request: answer)
    with running(app) as url, pytest.raises(ReleaseError, match=cause) as caught:
        index.files_of("0.1.0", f"{url}/simple/")
    assert "secret" not in str(caught.value)


def test_a_page_of_the_index_without_a_file_is_an_empty_one() -> None:
    app = starlette.applications.Starlette()
    page = HTMLResponse("<title>Links for Enkrypt_API.client</title>")
    app.add_route("/simple/{project}/", lambda request: page)
    with running(app) as url:
        assert index.files_of("0.1.0", f"{url}/simple/") == []


def test_an_index_that_does_not_answer_is_named_by_host() -> None:
    with pytest.raises(ReleaseError, match=r"127\.0\.0\.1:9: .*Connection refused"):
        index.files_of("0.1.0", f"{NOBODY}simple/")


@pytest.mark.parametrize(
    ("proxy", "cause"),
    [
        ("http://u:s3cret@127.0.0.1:9", ".*Connection refused"),
        ("socks5://127.0.0.1:9", "not a proxy that publish can use"),
        ("foo://127.0.0.1:9", "not a proxy that publish can use"),
        ("http://u:s3cret/x@127.0.0.1:9", "not a proxy that publish can use"),
    ],
)
def test_a_proxy_on_the_way_to_an_index_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, proxy: str, cause: str
) -> None:
    monkeypatch.setenv("NO_PROXY", "elsewhere.example")
    monkeypatch.setenv("no_proxy", "elsewhere.example")
    monkeypatch.setenv("http_proxy", proxy)
    way = r"at 127\.0\.0\.1:9 through the proxy of http_proxy: "
    with pytest.raises(ReleaseError, match=way + cause) as caught:
        index.files_of("0.1.0", f"{NOBODY}simple/")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("command", [["build"], ["publish", NOBODY]])
def test_a_proxy_that_tools_would_quote_stops_a_release(
    monkeypatch: pytest.MonkeyPatch, capsys: Output, command: list[str]
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://u:s3cret/x@127.0.0.1:9")
    assert release.main(command) == 1
    said = capsys.readouterr().err
    assert "release: HTTPS_PROXY is not an address that tools can read: " in said
    assert "s3cret" not in said


def test_a_proxy_in_a_file_of_pip_that_it_would_quote_stops_a_release(
    monkeypatch: pytest.MonkeyPatch, capsys: Output, tmp_path: Path
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nproxy = http://u:s3cret/x@127.0.0.1:9\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    assert release.main(["build"]) == 1
    said = capsys.readouterr().err
    assert "release: global.proxy of pip (pip config list) is not an address" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("is_asked", [True, False], ids=["index", "no-index"])
def test_what_the_package_needs_is_asked_for_at_the_index_of_pip(
    is_asked: bool,
    served: Served,
    built: Artefacts,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    index.upload(served.url, built.files)
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.path_params["project"])
        return Response(status_code=404)

    app = starlette.applications.Starlette()
    app.add_route("/simple/{project}/", answer)
    file = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with running(app) as url:
        file.write_text(
            f"[install]\nindex-url = {url}/simple/\nextra-index-url = {url}/simple/\n"
            f"no-index = {not is_asked}\n"
        )
        with pytest.raises(ReleaseError, match="the package needs cannot be installed"):
            index.install(served.simple_url, built)
    assert ("attrs" in asked) == is_asked
    assert "enkrypt-api-client" not in asked


def test_the_password_of_a_proxy_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:p%2Fs3cret@127.0.0.1:9")
    said = masked("no answer from http://user:p%2Fs3cret@127.0.0.1:9 with p/s3cret")
    assert said == "no answer from http://***@127.0.0.1:9 with ***"
    said = masked(f"Proxy-Authorization: Basic {encoded('user:p/s3cret')}")
    assert said == "Proxy-Authorization: Basic dXNlcjp***=="
    assert (
        masked("url = 'http://a:b/c@d.example/e'") == "url = 'http://***@d.example/e'"
    )


@pytest.mark.parametrize("variable", ["TWINE_CERT", "SSL_CERT_FILE"])
def test_a_file_of_authorities_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    path = tmp_path / "authorities.pem"
    monkeypatch.setenv(variable, str(path))
    with pytest.raises(ReleaseError, match=f"{variable} names .*cannot be read: No su"):
        index.files_of("0.1.0", f"{NOBODY}simple/")
    path.write_text("nothing")
    with pytest.raises(ReleaseError, match=f"{variable} names .* holds no certificate"):
        index.files_of("0.1.0", f"{NOBODY}simple/")


def test_a_page_of_the_index_is_read_in_its_json_form_too() -> None:
    file = {
        "filename": "enkrypt_api_client-0.1.0.tar.gz",
        "url": "../../files/enkrypt_api_client-0.1.0.tar.gz",
        "hashes": {"sha256": "ab"},
    }
    name = "enkrypt-api-client"
    page = {"meta": {"api-version": "1.0"}, "name": name, "files": [file]}
    app = starlette.applications.Starlette()

    def answer(request: Request) -> JSONResponse:
        return JSONResponse(page, media_type="application/vnd.pypi.simple.v1+json")

    app.add_route("/simple/{project}/", answer)
    with running(app) as url:
        (found,) = index.files_of("0.1.0", f"{url}/simple/")
    assert found.sha256 == "ab"
    assert found.url == f"{url}/files/enkrypt_api_client-0.1.0.tar.gz"


def test_the_password_goes_to_no_other_host_that_a_page_of_the_index_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "enkrypt_api_client-0.1.0.tar.gz"
    path.write_bytes(b"content")
    credentials: list[str | None] = []
    elsewhere = starlette.applications.Starlette()

    def download(request: Request) -> Response:
        credentials.append(request.headers.get("authorization"))
        return Response(b"content")

    elsewhere.add_route("/{name}", download)
    with running(elsewhere) as other_url:
        link = f'<a href="{other_url}/{path.name}">{path.name}</a>'
        app = starlette.applications.Starlette()
        app.add_route("/simple/{project}/", lambda request: HTMLResponse(link))
        with running(app) as url:
            (listed,) = index.files_of("0.1.0", f"{url}/simple/")
        assert index.has_same_bytes(listed, path)
    assert credentials == [None]


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, built: Artefacts) -> None:
    """The commit is ready, and its build done."""
    monkeypatch.setattr(publish, "check_commit", lambda root: None)
    monkeypatch.setattr(publish, "build_and_list", lambda root: built)
    monkeypatch.setattr(publish, "_tagged_commit", lambda root, number: "")


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("first", ["sdist", "wheel"])
def test_a_release_that_was_cut_off_between_its_files_goes_on(
    served: Served,
    built: Artefacts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    first: str,
) -> None:
    uploaded: Path = getattr(built, first)
    shutil.copy(uploaded, served.folder)
    monkeypatch.setattr(index, "install", lambda simple_url, artefacts: "installed")
    publish.publish(ROOT, served.url, served.simple_url)
    output = capsys.readouterr().out
    assert f"holds a part of {built.version} already: {uploaded.name}" in output
    assert served.files() == {path.name: path.read_bytes() for path in built.files}
    tag = f"git tag -a v{built.version} -m 'Release {built.version}' "
    assert tag in output


@pytest.mark.usefixtures("ready")
def test_a_release_that_was_cut_off_after_its_uploads_is_installed_and_ready_for_its_tag(
    served: Served,
    built: Artefacts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for path in built.files:
        shutil.copy(path, served.folder)
    monkeypatch.setattr(index, "install", lambda simple_url, artefacts: "installed")
    # Nobody takes an upload here.
    publish.publish(ROOT, NOBODY, served.simple_url)
    output = capsys.readouterr().out
    assert "nothing is missing on the index; installing what was uploaded" in output
    assert f"{built.version} is on the index, commit " in output
    assert f"uploaded {built.version}" not in output
    assert f"git tag -a v{built.version} -m 'Release {built.version}' " in output


@pytest.mark.usefixtures("ready")
def test_a_whole_release_of_other_content_is_never_replaced(
    served: Served, built: Artefacts
) -> None:
    shutil.copy(built.sdist, served.folder)
    (served.folder / built.wheel.name).write_bytes(b"other")
    said = rf"{built.version} is on the index already, (?s:.*)raise the version"
    with pytest.raises(ReleaseError, match=said) as caught:
        publish.publish(ROOT, served.url, served.simple_url)
    assert not isinstance(caught.value, HalfwayError)
    assert served.files()[built.wheel.name] == b"other"


@pytest.mark.usefixtures("ready")
def test_a_file_that_the_page_of_the_index_lists_twice_counts_once(
    built: Artefacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdist = index.IndexFile(
        name=built.sdist.name,
        kind="sdist",
        url="",
        page="",
        sha256=tools.digest(built.sdist),
    )
    monkeypatch.setattr(index, "is_open", lambda simple_url: False)
    monkeypatch.setattr(index, "files_of", lambda version, simple_url: [sdist, sdist])
    monkeypatch.setattr(index, "versions", lambda simple_url: [])
    monkeypatch.setattr(index, "install", lambda simple_url, artefacts: "installed")
    uploads: list[list[Path]] = []
    monkeypatch.setattr(index, "upload", lambda url, files: uploads.append(files))
    publish.publish(ROOT, NOBODY, NOBODY)
    assert uploads == [[built.wheel]]


@pytest.mark.usefixtures("ready")
def test_a_version_that_pip_would_not_choose_is_named(
    served: Served, built: Artefacts, capsys: Output
) -> None:
    (served.folder / "enkrypt_api_client-7.1-py3-none-any.whl").touch()
    publish.publish(ROOT, served.url, served.simple_url)
    said = capsys.readouterr().out
    assert f"holds 7.1, which is newer: pip installs {built.version} only" in said


def test_a_pre_release_is_named() -> None:
    (note,) = publish._notes("1.0rc1", [])
    assert "1.0rc1 is a pre-release: pip installs it only" in note
    assert [*publish._notes("1.0", [Version("1.1rc1")])] == []
    assert [*publish._notes("1.0", [Version("0.9"), Version("1.0")])] == []


def test_a_version_that_is_yanked_is_named_and_is_none_that_pip_installs(
    capsys: Output,
) -> None:
    names = ["enkrypt_api_client-7.1.tar.gz", "enkrypt_api_client-0.9.tar.gz"]
    app = starlette.applications.Starlette()
    page = f"<a href={names[0]} data-yanked=broken>{names[0]}</a><a href={names[1]}>{names[1]}</a>"
    app.add_route("/simple/{project}/", lambda request: HTMLResponse(page))
    with running(app) as url:
        assert index.versions(f"{url}/simple/") == [Version("0.9")]
        (file,) = publish._present("7.1", f"{url}/simple/")
    assert file.is_yanked
    assert "7.1 is yanked on the index, and stays so" in capsys.readouterr().out


@pytest.mark.usefixtures("ready")
def test_a_release_never_goes_on_beside_a_file_of_other_content(
    served: Served, built: Artefacts
) -> None:
    (served.folder / built.sdist.name).write_bytes(b"other")
    with pytest.raises(
        ReleaseError,
        match=r"is on the index already, and .* not what this commit builds",
    ) as caught:
        publish.publish(ROOT, served.url, served.simple_url)
    assert not isinstance(caught.value, HalfwayError)
    assert served.files() == {built.sdist.name: b"other"}


def test_a_failed_upload_says_what_the_index_holds_now_and_what_to_do(
    served: Served, built: Artefacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (served.folder / built.wheel.name).touch()
    cause = r"HTTPError: 4(?s:.*)holds now: .*\.whl\nrun the same command again"
    with pytest.raises(HalfwayError, match=cause):
        publish.upload_and_install(
            served.url, served.simple_url, built, list(built.files)
        )
    assert served.files()[built.wheel.name] == b""


def test_an_index_that_refuses_after_an_upload_is_a_halfway_error(
    served: Served, built: Artefacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "wr@ng/secret")
    cause = "for uploads: it answers HTTP 403(?s:.*)holds now is not known(?s:.*)run the same command again"
    with pytest.raises(HalfwayError, match=cause) as caught:
        publish.upload_and_install(
            served.url, served.simple_url, built, list(built.files)
        )
    assert "wr@ng/secret" not in str(caught.value)


def test_an_index_that_never_answers_an_upload_holds_up_nobody_for_ever(
    built: Artefacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "LONGEST", 1.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ReleaseError, match=r"upload: no end after 1\.5 seconds"):
            index.upload(url, built.files)


def test_ctrl_c_during_an_upload_says_what_to_do_now(
    built: Artefacts, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    def interrupted(_url: str, _files: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(index, "upload", interrupted)
    with pytest.raises(KeyboardInterrupt):
        publish.upload_and_install(NOBODY, NOBODY, built, list(built.files))
    assert "not known; run the same command again" in capsys.readouterr().err


def test_of_the_tracebacks_of_a_tool_only_the_last_exception_is_shown() -> None:
    frames = ["Traceback (most recent call last):", '  File "a.py", line 1, in f']
    last = "ConnectionError: Connection reset by peer"
    lines = ["twine cannot upload:", *frames, "OSError: x", "", *frames, last]
    hint = "hint: the network"
    told = tools.without_tracebacks([*lines, hint])
    assert told == ["twine cannot upload:", last, hint]
    assert tools.without_tracebacks(lines[:1]) == lines[:1]


def test_an_upload_that_left_nothing_is_refused(
    served: Served, built: Artefacts
) -> None:
    with pytest.raises(ReleaseError, match="twine cannot upload") as caught:
        publish.upload_and_install(
            f"{NOBODY}nowhere/", served.simple_url, built, list(built.files)
        )
    assert not isinstance(caught.value, HalfwayError)


def test_an_upload_to_the_address_of_the_pages_says_what_is_needed(
    served: Served, built: Artefacts
) -> None:
    with pytest.raises(ReleaseError) as caught:
        publish.upload_and_install(
            served.simple_url, served.simple_url, built, list(built.files)
        )
    assert str(caught.value).startswith(
        f"{served.simple_url} does not take uploads; give their address"
    )


def test_files_that_were_uploaded_and_are_not_listed_are_no_refusal(
    served: Served,
    built: Artefacts,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    monkeypatch.setattr(publish, "check_commit", lambda root: None)
    monkeypatch.setattr(publish, "build_and_list", lambda root: built)
    nowhere = f"{served.url}nowhere/"
    assert release.main(["publish", served.url, f"--simple-url={nowhere}"]) == 3
    assert served.files().keys() == {path.name for path in built.files}
    said = capsys.readouterr().err
    assert (
        f"took the files, but {nowhere} does not list them. Some indexes need a minute"
        in said
    )
    assert "nothing was uploaded" not in said


@pytest.mark.parametrize("arguments", [["publish"], ["publish", NOBODY, "--wrong"]])
def test_arguments_that_cannot_be_read_do_not_end_as_half_a_release(
    arguments: list[str], capsys: Output
) -> None:
    with pytest.raises(SystemExit) as ended:
        release.main(arguments)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            HTMLResponse("<title>400</title><h1>No:</h1>\n we need\n a <b>licence</b>", 400),
            ["twine cannot upload:", "HTTPError: 400 Bad Request from URL", "Bad Request", "the index says: 400 No: we need a licence"],
        ),
        (
            Response("it is there\nERROR    HTTPError: 401 redirect", 409),
            [
                (
                    "the index has a file of this name already; if it does not list it yet, run the same command again in a minute;"
                    " if it never does, check SIMPLE_URL, where packages are read"
                ),
                "twine cannot upload:",
                "HTTPError: 409 Conflict from URL",
                "Conflict",
                "the index says: it is there ERROR HTTPError: 401 redirect",
            ],
        ),
        (
            HTMLResponse(f"your {LOGIN[1]}", 403),
            [
                f"the index refuses {USERNAME} and {PASSWORD} for uploads: it answers HTTP 403",
                "twine cannot upload:",
                "HTTPError: 403 Forbidden from URL",
                "Forbidden",
                "the index says: your ***",
            ],
        ),
        (
            Response("no\u2028ERROR    HTTPError: 401\x85INFO", 400),
            ["twine cannot upload:", "HTTPError: 400 Bad Request from URL", "Bad Request", "the index says: no ERROR HTTPError: 401 INFO"],
        ),
        (
            Response("Response from x\nINFO     y", 400),
            ["twine cannot upload:", "HTTPError: 400 Bad Request from URL", "Bad Request", "the index says: Response from x INFO y"],
        ),
        (
            HTMLResponse("<HEAD><STYLE>a<b></STYLE></HEAD><STYLE>.x{}</STYLE>size < 5 MB<Script>'<b>'</Script>", 400),
            ["twine cannot upload:", "HTTPError: 400 Bad Request from URL", "Bad Request", "the index says: size < 5 MB"],
        ),
        (
            Response("too large", 413),
            [
                "the index takes no files of this size; its limit for uploads must be raised",
                "twine cannot upload:",
                f"HTTPError: 413 {HTTPStatus(413).phrase} from URL",
                HTTPStatus(413).phrase,
                "the index says: too large",
            ],
        ),
        (
            Response("later", 503),
            [
                "the index fails: it answers HTTP 503; run the same command again later, or ask those who run it",
                "twine cannot upload:",
                "HTTPError: 503 Service Unavailable from URL",
                "Service Unavailable",
                "the index says: later",
            ],
        ),
        (
            Response(status_code=302, headers={"Location": "https://b.example/?t=s3cret"}),
            [
                "URL leads elsewhere; give the address that takes uploads: INDEX_URL=...",
                "twine cannot upload:",
                "RedirectDetected: URL attempted to redirect to https://b.example/",
            ],
        ),
    ],
)  # fmt: skip
def test_the_reason_that_an_index_gives_for_refusing_an_upload_is_shown(
    built: Artefacts, answer: Response, told: list[str]
) -> None:
    async def refuse(request: Request) -> Response:
        await request.body()
        return answer

    app = starlette.applications.Starlette()
    app.add_route("/", refuse, methods=["POST"])
    with running(app) as url, pytest.raises(ReleaseError) as caught:
        index.upload(f"{url}/", built.files)
    problems = [p.replace(f"{url}/", "URL") for p in caught.value.problems]
    assert problems == told


def test_an_upload_that_is_cut_off_says_so(built: Artefacts) -> None:
    def cut() -> None:
        for _file in built.files:
            accepted, _ = listener.accept()
            with accepted:
                accepted.recv(9999)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=cut, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(ReleaseError) as caught:
            index.upload(url, built.files)
    advice, failed, cause = caught.value.problems
    assert advice.startswith("the upload broke off; run the same command again")
    assert failed == "twine cannot upload:"
    assert cause.startswith("requests.exceptions.ConnectionError: ('Connection abor")


def test_a_build_that_cannot_be_written_is_refused_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    def fail(*_: object) -> Artefacts:
        raise OSError(errno.EROFS, "Read-only file system", "dist")

    monkeypatch.setattr(publish, "build", fail)
    assert release.main(["build"]) == 1
    assert capsys.readouterr().err == (
        "release: what is built can't be written: [Errno 30] Read-only file system: 'dist'\n"
        "release: refused; nothing was built\n"
    )


def test_a_long_page_of_an_index_that_refuses_an_upload_is_read_quickly() -> None:
    page = "<style " * 32_000
    lines = ["INFO     Response from x", f"INFO     {page}", "ERROR    HTTPError"]
    started = time.process_time()
    told = twine_log.problems(lines, NOBODY)
    assert (
        time.process_time() - started < 20
    )  # of a page that takes minutes if the time grows with its square
    assert told[0] == "HTTPError"


def test_settings_of_other_indexes_on_this_machine_do_not_redirect_an_upload(
    served: Served, built: Artefacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = f"[pypi]\nrepository = {NOBODY}\nusername = x\npassword = y\n"
    (tmp_path / ".pypirc").write_text(section)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TWINE_REPOSITORY_URL", NOBODY)
    monkeypatch.setenv("TWINE_REPOSITORY", "pypi")
    index.upload(served.url, built.files)
    assert served.files() == {path.name: path.read_bytes() for path in built.files}


def test_neither_the_password_nor_our_own_environment_reaches_a_tool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = (PASSWORD, "PYTHONPATH", "GIT_DIR", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")
    for name in names:
        monkeypatch.setenv(name, "anything")
    code = f"import os; print([name for name in {names} if name in os.environ])"
    assert tools.run(sys.executable, "-c", code, failure="it fails") == "[]\n"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda password: password,
    "in an address": lambda password: quote(password, safe=""),
    "in lower case": lambda password: re.sub(
        "%..", lambda match: str(match[0]).lower(), quote(password, safe="")
    ),
    "in JSON": lambda password: json.dumps({"password": password}),
    "in HTML": lambda password: f"<p>{html.escape(password)}</p>",
    "as Python": lambda password: repr({"password": password}),
    "of Basic": lambda password: base64.b64encode(
        f"{LOGIN[0]}:{password}".encode()
    ).decode(),
    "in hexadecimal": lambda password: password.encode().hex(),
    "in hexadecimal in upper case": lambda password: password.encode().hex().upper(),
    "of Basic for a": lambda password: encoded(f"a:{password}"),
    "of Basic for ab": lambda password: encoded(f"ab:{password}"),
    "of Basic for abc": lambda password: encoded(f"abc:{password}"),
    "in base64 amid others": lambda password: encoded(f"a: {password}, b"),
    "in base64": lambda password: base64.b64encode(password.encode()).decode(),
    "wrapped": lambda password: f"| {password[:9]} |\n| {password[9:]} |",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("password", ["sæcret-\"q'&<\\>/+ %s%41", LOGIN[1]])
def test_the_password_is_shown_in_no_form(
    monkeypatch: pytest.MonkeyPatch, password: str, form: str
) -> None:
    monkeypatch.setenv(PASSWORD, password)
    shown = FORMS[form](password)
    code = f"print({shown!r}); raise SystemExit(3)"
    with pytest.raises(ReleaseError, match="it fails:\n") as caught:
        tools.run(sys.executable, "-c", code, failure="it fails")
    said = str(caught.value)
    assert "***" in said
    for piece in (shown, shown.splitlines()[0], password[:9], password[-9:]):
        assert piece not in said


def test_a_short_password_is_masked_where_it_is_a_word_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(PASSWORD, "p")
    assert masked("password 'p' is not a proper one") == (
        "password '***' is not a proper one"
    )


def test_what_the_user_has_set_for_uv_chooses_no_index_of_a_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("INDEX", "EXTRA_INDEX_URL", "DEFAULT_INDEX", "EXCLUDE_NEWER"):
        monkeypatch.setenv(f"UV_{name}", NOBODY)
    monkeypatch.setenv("UV_CACHE_DIR", "cache")
    code = "import os; print(*sorted(n for n in os.environ if n.startswith('UV_')))"
    seen = tools.run(sys.executable, "-c", code, failure="it fails").split()
    assert {*seen} & {"UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX"} == set()
    assert "UV_EXCLUDE_NEWER" not in seen
    assert {"UV_CACHE_DIR", "UV_NO_CONFIG"} <= {*seen}


def test_the_tools_do_not_wrap_what_they_print(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LINES", raising=False)
    # As twine makes it.
    code = "from rich.console import Console; print(Console(force_terminal=True).width)"
    assert int(tools.run(sys.executable, "-c", code, failure="it fails")) > 1000
