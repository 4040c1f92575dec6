"""What the installed package says about itself."""

from __future__ import annotations

import hashlib
import importlib.metadata
import subprocess
import sys

from scripts import document as oas
from scripts import version
from tests.conftest import ROOT


def python(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_module_run_as_a_command_prints_version_information_and_nothing_more() -> (
    None
):
    document = oas.read(ROOT / "openapi.yaml")
    digest = hashlib.sha256((ROOT / "openapi.yaml").read_bytes()).hexdigest()
    generator = importlib.metadata.version("openapi-python-client")
    assert python("-m", "enkrypt_api_client").splitlines() == [
        f"enkrypt-api-client {version.versions(ROOT)[0]}",
        f"document: {document['info']['title']} {document['info']['version']}",
        f"document SHA-256: {digest}",
        f"generator: openapi-python-client {generator}",
    ]


def test_provenance_is_read_without_loading_anything_else() -> None:
    names = "__version__, _document; _document.VERSION, _document.SHA256"
    code = (
        f"import sys; before = set(sys.modules); from enkrypt_api_client import {names}"
    )
    loaded = python("-S", "-c", f"{code}; print(sorted(set(sys.modules) - before))")
    assert loaded.strip() == "['enkrypt_api_client', 'enkrypt_api_client._document']"


def test_version_information_is_printed_without_loading_httpx() -> None:
    run = "runpy.run_module('enkrypt_api_client', run_name='__main__')"
    said = python("-c", f"import runpy, sys; {run}; print('httpx' in sys.modules)")
    assert said.splitlines()[-1] == "False"
