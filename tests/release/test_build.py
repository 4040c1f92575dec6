"""sdist and wheel: the same bytes anywhere, and what they hold."""

from __future__ import annotations

import email
import os
import re
import shutil
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from scripts import release, version
from scripts.errors import ReleaseError
from scripts.release import Artefacts
from tests.conftest import ROOT
from tests.release.conftest import commit_all


def test_another_folder_day_umask_and_time_zone_give_the_same_bytes(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = release.build(checkout, tmp_path / "first")
    elsewhere = tmp_path / "else where"
    shutil.copytree(checkout, elsewhere)
    for path in elsewhere.rglob("[!.]*"):
        os.utime(path, (10**9, 10**9))
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    umask = os.umask(0o077)
    try:
        second = release.build(elsewhere, tmp_path / "second")
    finally:
        os.umask(umask)
    assert [*map(release.digest, first)] == [*map(release.digest, second)]


def test_what_is_not_committed_goes_into_neither(
    checkout: Path, tmp_path: Path
) -> None:
    before = release.build(checkout, tmp_path / "before")
    for name in ("README.md", "enkrypt_api_client/types.py"):
        (checkout / name).write_text("changed")
    (checkout / "enkrypt_api_client" / "stray.py").touch()
    after = release.build(checkout, tmp_path / "after")
    assert [*map(release.digest, before)] == [*map(release.digest, after)]


@pytest.mark.parametrize(
    ("target", "setting", "cause"),
    [
        ("wheel", 'exclude = ["py.typed"]', r"check-wheel-contents(?s:.*)py\.typed"),
        ("wheel", 'force-include = {Makefile = "x.py"}', "check-wheel-contents"),
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


@pytest.fixture(scope="module")
def metadata(built: Artefacts) -> Message:
    with zipfile.ZipFile(built.wheel) as wheel:
        (name,) = (n for n in wheel.namelist() if n.endswith("/METADATA"))
        return email.message_from_bytes(wheel.read(name))


def test_the_metadata_is_complete(metadata: Message) -> None:
    assert metadata["Version"] == version.versions(ROOT)[0]
    assert metadata["License"].startswith("No licence is stated")
    assert {"Private :: Do Not Upload", "Typing :: Typed"} <= {
        *metadata.get_all("Classifier", [])
    }
    assert all(">=" in entry for entry in metadata.get_all("Requires-Dist", [""]))


def test_the_page_of_the_package_opens_with_install_and_use_and_links_to_no_file(
    metadata: Message,
) -> None:
    text = str(metadata.get_payload())
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "Install and use"
    assert headings[-1] == "Changes"
    assert version.changelog_entry(ROOT, version.versions(ROOT)[0]) in text
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert [link for link in links if not link.startswith("https://")] == []
