"""sdist and wheel: the same bytes anywhere, what they hold, and what the installed package says about itself."""

from __future__ import annotations

import email
import hashlib
import importlib.metadata
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import document as oas
from scripts import release, version
from scripts.errors import ReleaseError
from scripts.release import Artefacts
from tests.conftest import ROOT
from tests.release.conftest import commit_all


def test_the_bytes_depend_on_the_commit_alone(
    built: Artefacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, first = tmp_path / "else where", built.sdist.parents[1] / "checkout"
    release.git(first, "clone", "--quiet", ".", f"{elsewhere}")
    for path in elsewhere.rglob("[!.]*"):
        os.utime(path, (10**9, 10**9))
    for name in ("README.md", "enkrypt_api_client/types.py"):
        (elsewhere / name).write_text("not committed")
    (elsewhere / "enkrypt_api_client" / "stray.py").touch()
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    umask = os.umask(0o077)
    try:
        second = release.build(elsewhere, tmp_path / "second")
    finally:
        os.umask(umask)
    assert [*map(release.digest, second)] == [*map(release.digest, built)]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("target", "setting", "cause"),
    [
        ("wheel", 'exclude = ["py.typed"]', r"check_wheel_contents(?s:.*)py\.typed"),
        ("wheel", 'force-include = {Makefile = "x.py"}', "check_wheel_contents"),
        ("sdist", 'exclude = ["Makefile"]', "the sdist does not hold .*: Makefile$"),
    ],
)
def test_a_build_with_files_too_many_or_too_few_is_refused_and_replaces_nothing(
    checkout: Path, target: str, setting: str, cause: str
) -> None:
    settings = checkout / "pyproject.toml"
    table = f"[tool.hatch.build.targets.{target}]\n"
    settings.write_text(settings.read_text().replace(table, f"{table}{setting}\n"))
    commit_all(checkout)
    (checkout / "dist").mkdir()
    (checkout / "dist" / "kept").touch()
    with pytest.raises(ReleaseError, match=cause):
        release.build(checkout, checkout / "dist")
    assert [path.name for path in (checkout / "dist").iterdir()] == ["kept"]
    assert not list(checkout.glob(".staging-*"))


def test_what_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="git clone failed"):
        release.build(tmp_path, tmp_path / "dist")


def test_the_metadata_is_complete_and_the_page_opens_with_install_and_use(
    built: Artefacts,
) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        (name,) = (n for n in wheel.namelist() if n.endswith("/METADATA"))
        metadata = email.message_from_bytes(wheel.read(name))
    own, _ = version.versions(ROOT)
    assert metadata["Version"] == own
    assert metadata["License"].startswith("No licence is stated")
    classifiers = metadata.get_all("Classifier", [])
    assert {"Private :: Do Not Upload", "Typing :: Typed"} <= {*classifiers}
    assert all(">=" in entry for entry in metadata.get_all("Requires-Dist", [""]))
    text = str(metadata.get_payload())
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert (headings[0], headings[-1]) == ("Install and use", "Changes")
    assert version.changelog_entry(ROOT, own) in text
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert [link for link in links if not link.startswith("https://")] == []


def test_the_module_run_as_a_command_says_what_it_is_without_loading_httpx() -> None:
    document = oas.read(ROOT / "openapi.yaml")
    digest = hashlib.sha256((ROOT / "openapi.yaml").read_bytes()).hexdigest()
    generator = importlib.metadata.version("openapi-python-client")
    run = "runpy.run_module('enkrypt_api_client', run_name='__main__')"
    code = f"import runpy, sys; {run}; print('httpx' in sys.modules)"
    said = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert said.splitlines() == [
        f"enkrypt-api-client {version.versions(ROOT)[0]}",
        f"document: {document['info']['title']} {document['info']['version']}",
        f"document SHA-256: {digest}",
        f"generator: openapi-python-client {generator}",
        "False",
    ]
