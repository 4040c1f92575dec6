"""What is read from a package index, and that the password goes nowhere else."""

from __future__ import annotations

import contextlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import starlette.applications
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scripts.common.errors import ReleaseError
from scripts.loopback.server import running
from scripts.publishing import index, index_url
from scripts.publishing.build import Artefacts
from scripts.publishing.index import IndexFile
from tests.publishing.conftest import Served

NAME = "enkrypt_api_client-0.1.0.tar.gz"
JSON_PAGE = "application/vnd.pypi.simple.v1+json"


@contextlib.contextmanager
def page_of_index(page: Response) -> Iterator[str]:
    """Serve a page of the project; yields the address of the index."""
    app = starlette.applications.Starlette()
    app.add_route("/simple/{project}/", lambda request: page)
    with running(app) as url:
        yield f"{url}/simple/"


def listing(*names: str) -> str:
    return " ".join(f'<a href="/{name}">{name}</a>' for name in names)


def json_page(project: str, *names: str) -> str:
    files = [{"filename": name, "url": name, "hashes": {}} for name in names]
    meta = {"api-version": "1.0"}
    return json.dumps({"meta": meta, "name": project, "files": files})


PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_proxies")
@pytest.mark.parametrize(
    ("variables", "cause"),
    [
        ({"HTTP_PROXY": "http://p:1"}, "proxy of HTTP_PROXY; add localhost to NO_PROXY"),
        ({"all_proxy": "http://p:1"}, "proxy of all_proxy; add localhost to NO_PROXY"),
        # httpx reads this as all hosts below localhost.
        ({"http_proxy": "http://p:1", "no_proxy": ".localhost"}, "http_proxy; add localhost to no_proxy"),
        # uv prefers the one, and twine the other.
        ({"http_proxy": "http://p:1", "no_proxy": "localhost", "NO_PROXY": "a"}, "add localhost to NO_PROXY"),
    ],
)  # fmt: skip
def test_http_to_loopback_is_refused_where_a_proxy_would_see_the_password(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], cause: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    index_url.check("https://packages.example/")
    with pytest.raises(ReleaseError, match=f"{cause}$"):
        index_url.check("http://localhost:7777/")


@pytest.mark.usefixtures("no_proxies")
@pytest.mark.parametrize("exempt", ["a.example, localhost", "*"])
def test_http_to_loopback_is_taken_where_no_proxy_is_asked(
    monkeypatch: pytest.MonkeyPatch, exempt: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://p:1")
    monkeypatch.setenv("NO_PROXY", exempt)
    index_url.check("http://localhost:7777/")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://u:s3cret@127.0.0.1:9/x.whl", "not answer at 127.0.0.1:9: "),
        ("http://u:s3cret@[::1]:9/x.whl", "not answer at [::1]:9: "),
        ("http://u:s3cret@[bad/x.whl", "not answer at "),
        ("http://u:s3cret@127.0.0.1:x/", "it names: not an address that publish can"),
    ],
)
def test_a_link_of_the_index_that_does_not_answer_is_named_without_its_secrets(
    url: str, said: str, tmp_path: Path
) -> None:
    file = IndexFile(NAME, "sdist", url, page="http://127.0.0.1:9/", sha256="")
    with pytest.raises(ReleaseError) as caught:
        index.has_same_bytes(file, tmp_path / NAME)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "page",
    [
        HTMLResponse(listing(NAME, "other-0.1.0.tar.gz")),
        Response(json_page("enkrypt_api.client", NAME, "other-0.1.0.tar.gz"), media_type=JSON_PAGE),
    ],
)  # fmt: skip
def test_a_file_of_another_project_on_the_page_does_not_count(page: Response) -> None:
    with page_of_index(page) as url:
        (file,) = index.files_of("0.1.0", url)
    assert file.name == NAME


@pytest.mark.parametrize(
    "page",
    [
        HTMLResponse(listing("other-0.1.0.tar.gz")),
        Response(json_page("other", "other-0.1.0.tar.gz"), media_type=JSON_PAGE),
    ],
)
def test_the_page_of_another_project_is_no_empty_page_of_ours(page: Response) -> None:
    with (
        page_of_index(page) as url,
        pytest.raises(
            ReleaseError, match="it does not list files of enkrypt-api-clien"
        ),
    ):
        index.files_of("0.1.0", url)


def test_json_that_is_nested_too_deep_is_no_page() -> None:
    page = Response("[" * 100_000, media_type=JSON_PAGE)
    with (
        page_of_index(page) as url,
        pytest.raises(ReleaseError, match="cannot be read: RecursionError"),
    ):
        index.files_of("0.1.0", url)


def test_a_download_is_followed_to_a_store_on_another_host_without_the_password(
    tmp_path: Path,
) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"content")
    credentials: dict[str, str | None] = {}
    store = starlette.applications.Starlette()

    def stored(request: Request) -> Response:
        credentials["store"] = request.headers.get("authorization")
        return Response(b"content")

    store.add_route("/stored", stored)
    app = starlette.applications.Starlette()
    app.add_route("/simple/{project}/", lambda request: HTMLResponse(listing(NAME)))
    with running(store) as store_url, running(app) as url:

        def download(request: Request) -> Response:
            credentials["index"] = request.headers.get("authorization")
            return RedirectResponse(f"{store_url}/stored?signature=1")

        app.add_route("/{name}", download)
        (file,) = index.files_of("0.1.0", f"{url}/simple/")
        assert index.has_same_bytes(file, path)
        path.write_bytes(b"other")
        assert not index.has_same_bytes(file, path)
    assert credentials["store"] is None
    assert str(credentials["index"]).startswith("Basic ")


def test_the_metadata_of_a_package_inside_of_the_wheel_is_not_that_of_the_wheel(
    served: Served, built: Artefacts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = served.folder / built.wheel.name
    shutil.copy(built.wheel, wheel)
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("enkrypt_api_client/inner-1.0.dist-info/METADATA", "")
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nindex-url = {served.url}nowhere/\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    with pytest.raises(ReleaseError, match="what the package needs cannot be install"):
        index.install(served.simple_url, Artefacts(built.sdist, wheel))
