"""sdist and wheel: the same bytes anywhere, what they hold, and what the installed package says about itself."""

from __future__ import annotations

import email
import hashlib
import importlib.metadata
import os
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from scripts.common.errors import ReleaseError
from scripts.intake import document as oas
from scripts.publishing import build, changelog, tools, version
from scripts.publishing.build import Artefacts
from tests.conftest import ROOT
from tests.publishing.conftest import commit_all


@pytest.mark.proof
def test_the_bytes_depend_on_the_commit_alone(
    built: Artefacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, first = tmp_path / "else where", built.sdist.parents[1] / "checkout"
    tools.git(first, "clone", "--quiet", ".", f"{elsewhere}")
    for path in elsewhere.rglob("[!.]*"):
        os.utime(path, (10**9, 10**9))
    for name in ("README.md", "enkrypt_api_client/types.py"):
        (elsewhere / name).write_text("not committed")
    (elsewhere / "enkrypt_api_client" / "stray.py").touch()
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    umask = os.umask(0o077)
    try:
        second = build.build(elsewhere, tmp_path / "second")
    finally:
        os.umask(umask)
    assert [*map(tools.digest, second.files)] == [*map(tools.digest, built.files)]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("target", "setting", "cause"),
    [
        ("wheel", 'exclude = ["py.typed"]', r"check_wheel_contents(?s:.*)py\.typed"),
        ("sdist", 'exclude = ["Makefile"]', "the sdist does not hold .*: Makefile$"),
    ],
)
def test_a_build_with_files_too_few_is_refused_and_replaces_nothing(
    checkout: Path, target: str, setting: str, cause: str
) -> None:
    settings = checkout / "pyproject.toml"
    table = f"[tool.hatch.build.targets.{target}]\n"
    settings.write_text(settings.read_text().replace(table, f"{table}{setting}\n"))
    commit_all(checkout)
    kept = checkout / "dist" / "kept"
    kept.parent.mkdir()
    kept.touch()
    with pytest.raises(ReleaseError, match=cause):
        build.build(checkout, kept.parent)
    assert [*kept.parent.iterdir()] == [kept]
    assert not list(checkout.glob(".staging-*"))


def test_a_build_into_what_is_no_folder_is_refused_before_it_begins(
    tmp_path: Path,
) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    file = tmp_path / "file"
    file.touch()
    for output in (link, file):
        with pytest.raises(ReleaseError, match=f"{output} is a symbolic link or a f"):
            build.build(ROOT, output)


@pytest.mark.proof
def test_the_page_of_the_package_ends_with_the_changes(built: Artefacts) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        (name,) = (n for n in wheel.namelist() if n.endswith("/METADATA"))
        metadata = email.message_from_bytes(wheel.read(name))
    assert metadata["License"].startswith("No licence is stated")
    assert "Private :: Do Not Upload" in metadata.get_all("Classifier", [])
    text = str(metadata.get_payload())
    assert text.lstrip().startswith("# enkrypt-api-client\n\nA typed Python client")
    assert metadata["Summary"].startswith("Typed sync and async client")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert (headings[0], headings[-1]) == ("Install and use", "Changes")
    entry = changelog.entry(built.sdist.parents[1] / "checkout", built.version)
    assert entry
    assert entry in text
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert [link for link in links if not link.startswith("https://")] == []


@pytest.mark.proof
def test_a_wheel_that_pip_builds_from_the_sdist_is_the_released_one(
    built: Artefacts, tmp_path: Path
) -> None:
    tools.run_module(
        *("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", tmp_path, built.sdist),
    )
    assert tools.digest(tmp_path / built.wheel.name) == tools.digest(built.wheel)


def test_the_classifiers_claim_what_the_proofs_try() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    claimed = [c for c in settings["project"]["classifiers"] if " :: 3." in c]
    assert [c.rpartition(".")[2] for c in claimed] == ["11", "12", "13"]
    systems = [c for c in settings["project"]["classifiers"] if c.startswith("Op")]
    assert systems == ["Operating System :: POSIX :: Linux"]


def test_the_module_run_as_a_command_says_what_it_is() -> None:
    document = oas.read(ROOT / "openapi.yaml")["info"]
    digest = hashlib.sha256((ROOT / "openapi.yaml").read_bytes()).hexdigest()
    generator = importlib.metadata.version("openapi-python-client")
    said = tools.run_module("enkrypt_api_client", cwd=ROOT)
    assert said.splitlines() == [
        f"enkrypt-api-client {version.read(ROOT).project}",
        f"document: {document['title']} {document['version']}",
        f"document SHA-256: {digest}",
        f"generator: openapi-python-client {generator}",
    ]
