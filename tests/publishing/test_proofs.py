"""Slow: a whole release to an index on loopback, and installations with every supported Python that this machine has."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import socketserver
import ssl
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import trustme
from packaging.utils import canonicalize_name

from scripts.common.errors import ReleaseError
from scripts.intake import document as oas
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, MockService
from scripts.publishing import tools
from scripts.publishing.build import Artefacts
from scripts.publishing.index import install, upload
from scripts.publishing.tools import DISTRIBUTION
from tests.conftest import ROOT
from tests.publishing.conftest import LOGIN, Served, commit_all, publish, serve

pytestmark = pytest.mark.proof
SMOKE = Path(__file__).with_name("smoke.py")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if " :: 3." in c]


def test_a_release_is_published_once_as_built_and_never_replaced(
    served: Served, checkout: Path
) -> None:
    status, output = publish(checkout, served.url)
    assert status == 0, output
    assert LOGIN[1] not in output
    assert "into a clean environment:\nrelease: enkrypt-api-client " in output
    uploaded = served.files()
    kept = {path.name: path.read_bytes() for path in (checkout / "dist").iterdir()}
    (contents,) = kept.keys() - uploaded.keys()
    check_contents(kept.pop(contents).decode(), checkout)
    assert uploaded == kept

    (checkout / "enkrypt_api_client" / "py.typed").write_text("# other bytes\n")
    commit_all(checkout)
    status, output = publish(checkout, served.url)
    assert status == 1
    assert "is on the index already" in output
    assert served.files() == uploaded


def check_contents(text: str, checkout: Path) -> None:
    """The list names what an installation brings, each with its hash, and no machine."""
    assert json.loads(text)["bomFormat"] == "CycloneDX"
    components = json.loads(text)["components"]
    found = {canonicalize_name(c["name"]): c["version"] for c in components}
    assert {"attrs", "httpx", "jsonschema-rs"} <= found.keys()
    assert not {"pytest", "pip", "uv"} & found.keys()
    for component in components:
        (hashed,) = component["hashes"]
        assert hashed["alg"] == "SHA-256"
        assert re.fullmatch("[0-9a-f]{64}", hashed["content"])
    assert "file:" not in text
    assert str(checkout) not in text


def test_another_wheel_of_the_same_name_is_refused(
    served: Served, built: Artefacts
) -> None:
    wheel = shutil.copy(built.wheel, served.folder)
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.comment = b"other bytes"
    with pytest.raises(ReleaseError, match=r"cannot be installed(?s:.*)[Hh]ash"):
        install(served.simple_url, built)


@pytest.fixture(scope="module")
def index(
    built: Artefacts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """An index that holds this release."""
    with serve(tmp_path_factory.mktemp("index")) as index:
        upload(index.url, built.files)
        yield index


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with running(MockService(oas.read(ROOT / "openapi.yaml"))) as url:
        yield url


def interpreter(version: str) -> str:
    """An interpreter of that version; skips the test where this machine has none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [*map(str, pyenv.glob("versions/*/bin")), os.environ["PATH"]]
    try:
        return tools.run_module(
            *("uv", "python", "find", "--system", "--no-project", version),
            failure="not found",
            variables={
                "PATH": os.pathsep.join(folders),
                "UV_PYTHON_DOWNLOADS": "never",
            },
        ).strip()
    except ReleaseError:
        pytest.skip(f"this machine has no Python {version}")


class Door(socketserver.ThreadingTCPServer):
    """Speaks TLS in front of a server that does not."""

    daemon_threads = True

    def __init__(self, behind: int, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.behind = behind
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that don't trust the certificate."""


class Passage(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        door: Any = self.server
        with socket.create_connection(("127.0.0.1", door.behind)) as inside:
            inwards = threading.Thread(target=pass_on, args=(self.request, inside))
            inwards.start()
            pass_on(inside, self.request)
            inwards.join()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def with_tls(index: Served, authority: trustme.CA) -> Iterator[str]:
    """The address at which an index speaks TLS, with a certificate of this authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    port = urlsplit(index.url).port
    assert port is not None
    with Door(port, context) as door:
        thread = threading.Thread(target=door.serve_forever, daemon=True)
        thread.start()
        yield f"https://localhost:{door.server_address[1]}/"
        door.shutdown()
        thread.join()


def test_a_release_goes_to_an_index_that_a_private_authority_vouches_for(
    served: Served, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    with with_tls(served, authority) as url:
        status, output = publish(checkout, url)
        assert status == 1, output
        assert "; TWINE_CERT names the file of a private certificate" in output
        monkeypatch.setenv("TWINE_CERT", str(path))
        _status, output = publish(checkout, url)
        assert f"TWINE_CERT names {path}, which cannot be read: No such" in output
        path.write_text("nothing")
        _status, output = publish(checkout, url)
        assert f"TWINE_CERT names {path}, which holds no certificate" in output
        authority.cert_pem.write_to_path(str(path))
        status, output = publish(checkout, url)
        assert status == 0, output
        assert "into a clean environment:\nrelease: enkrypt-api-client " in output
        assert len(served.files()) == 2
        monkeypatch.delenv("TWINE_CERT")
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        for file in served.folder.iterdir():
            file.unlink()
        status, output = publish(checkout, url)
    assert status == 0, output


@pytest.mark.parametrize("way", ["pip", "uv", "uv-lowest"])
@pytest.mark.parametrize("python", PYTHONS)
def test_the_release_installs_and_calls(
    index: Served,
    service: str,
    built: Artefacts,
    request_example: Any,
    python: str,
    way: str,
    tmp_path: Path,
) -> None:
    made = tools.make_environment(tmp_path / "environment", interpreter(python))
    installer = ("pip",) if way == "pip" else ("uv", "pip")

    def pip(*arguments: str | Path, **variables: str) -> None:
        variables |= {"PIP_PYTHON": f"{made}", "UV_PYTHON": f"{made}"}
        tools.run_module(*installer, *arguments, cwd=tmp_path, variables=variables)

    # From our index our wheel, byte for byte; the rest from where this machine takes packages.
    wanted = f"{DISTRIBUTION}=={built.version}"
    ours = tmp_path / "ours.txt"
    ours.write_text(f"{wanted} --hash=sha256:{tools.digest(built.wheel)}\n")
    user, password = (quote(part, safe="") for part in LOGIN)
    address = index.simple_url.replace("://", f"://{user}:{password}@")
    only_ours = ("--no-deps", "--require-hashes", "-r", ours)
    pip("install", *only_ours, PIP_INDEX_URL=address, UV_DEFAULT_INDEX=address)
    lowest = ("--resolution=lowest-direct", "-r", ROOT / "pyproject.toml")
    pip("install", *(lowest if way == "uv-lowest" else (wanted,)))
    pip("check")
    arguments = (service, API_KEY, json.dumps(request_example))
    calls = (made, "-I", "-W", "error", SMOKE, *arguments)
    tools.run(*calls, failure="the first calls")
