"""sdist and wheel: the same bytes anywhere, and what they hold."""

from __future__ import annotations

import email
import os
import re
import shutil
import tarfile
import time
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from scripts.release import build, source
from scripts.release.build import Artefacts
from scripts.release.process import ReleaseError
from tests.conftest import ROOT


def test_another_folder_day_mask_and_time_zone_give_the_same_bytes(
    checkout: Path, built: Artefacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "else" / "where"
    shutil.copytree(checkout, elsewhere)
    for path in elsewhere.rglob("[!.]*"):
        os.utime(path, (10**9, 10**9))
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    mask = os.umask(0o077)
    try:
        again = build.build(elsewhere, tmp_path / "again")
    finally:
        os.umask(mask)
    assert [build.digest(p) for p in again] == [build.digest(p) for p in built]


def test_files_carry_the_time_of_the_last_commit(
    checkout: Path, built: Artefacts
) -> None:
    committed = source.epoch(checkout)
    with tarfile.open(built.sdist) as archive:
        assert {member.mtime for member in archive} == {committed}
    with zipfile.ZipFile(built.wheel) as wheel:
        stamps = {info.date_time for info in wheel.infolist()}
    # The format counts in steps of two seconds.
    assert stamps == {time.gmtime(committed - committed % 2)[:6]}


def test_the_unpacked_sdist_builds_the_same_wheel(
    built: Artefacts, tmp_path: Path
) -> None:
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    again = build.build(unpacked, tmp_path / "again")
    assert build.digest(again.wheel) == build.digest(built.wheel)


def test_an_sdist_unpacked_inside_another_checkout_is_not_taken_for_it(
    checkout: Path, built: Artefacts
) -> None:
    with tarfile.open(built.sdist) as archive:
        archive.extractall(checkout, filter="data")
    unpacked = checkout / built.sdist.name.removesuffix(".tar.gz")
    assert not source.is_checkout(unpacked)
    assert source.epoch(unpacked) == source.epoch(checkout)
    assert source.listed(unpacked) == source.listed(ROOT)


def test_the_wheel_holds_the_package_and_nothing_else(built: Artefacts) -> None:
    names = zipfile.ZipFile(built.wheel).namelist()
    assert "enkrypt_api_client/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {
        "enkrypt_api_client",
        f"enkrypt_api_client-{source.version(ROOT)}.dist-info",
    }
    assert not [name for name in names if re.search(r"__pycache__|\.pyc$|/test_", name)]


def test_what_git_does_not_list_goes_into_neither(
    checkout: Path, tmp_path: Path, built: Artefacts
) -> None:
    (checkout / "enkrypt_api_client" / "__pycache__").mkdir()
    (checkout / "enkrypt_api_client" / "__pycache__" / "stray.pyc").touch()
    (checkout / ".git" / "info" / "exclude").write_text("stray.py\n")
    (checkout / "enkrypt_api_client" / "stray.py").touch()
    again = build.build(checkout, tmp_path / "dist")
    assert [build.digest(p) for p in again] == [build.digest(p) for p in built]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"enkrypt_api_client/more.py"}, r"wheel .* missing .*more\.py"),
        ({"enkrypt_api_client/types.py"}, r"wheel .* too many .*types\.py"),
        ({"notes.md"}, r"sdist .* missing .*notes\.md"),
    ],
)
def test_files_too_many_or_too_few_are_refused(
    built: Artefacts, change: set[str], cause: str
) -> None:
    names = set(source.listed(ROOT)) ^ change
    with pytest.raises(ReleaseError, match=cause):
        build.check(ROOT, names, built)


def test_a_build_that_is_not_fit_for_release_replaces_nothing(checkout: Path) -> None:
    settings = checkout / "pyproject.toml"
    kept = settings.read_text("utf-8")
    wheel = '[tool.hatch.build.targets.wheel]\nexclude = ["py.typed"]'
    settings.write_text(kept.replace("[tool.hatch.build.targets.wheel]", wheel))
    with pytest.raises(ReleaseError, match=r"py\.typed"):
        build.build(checkout, checkout / "dist")
    assert not (checkout / "dist").exists()


def test_a_failed_build_leaves_the_output_folder_as_it_was(checkout: Path) -> None:
    output = checkout / "dist"
    output.mkdir()
    (output / "kept").touch()
    (checkout / "README.md").unlink()
    with pytest.raises(ReleaseError, match=r"README\.md"):
        build.build(checkout, output)
    assert [path.name for path in output.iterdir()] == ["kept"]
    assert not list(checkout.glob(".staging-*"))


@pytest.fixture(scope="module")
def metadata(built: Artefacts) -> Message:
    with zipfile.ZipFile(built.wheel) as wheel:
        (name,) = (n for n in wheel.namelist() if n.endswith("/METADATA"))
        return email.message_from_bytes(wheel.read(name))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Name", "enkrypt-api-client"),
        ("Version", source.version(ROOT)),
        ("Summary", "Typed sync and async client"),
        ("Requires-Python", ">=3.11"),
        ("Description-Content-Type", "text/markdown"),
        ("Classifier", "Private :: Do Not Upload"),
        ("Classifier", "Typing :: Typed"),
        ("Classifier", "Programming Language :: Python :: 3.11"),
        ("Classifier", "Programming Language :: Python :: 3.12"),
        ("Classifier", "Programming Language :: Python :: 3.13"),
        ("Project-URL", "API documentation"),
        ("Provides-Extra", "aiohttp"),
    ],
)
def test_the_metadata_is_complete(metadata: Message, field: str, value: str) -> None:
    assert any(entry.startswith(value) for entry in metadata.get_all(field, []))


def test_the_description_is_the_readme(metadata: Message) -> None:
    assert metadata.get_payload() == (ROOT / "README.md").read_text("utf-8")


def test_every_run_time_requirement_is_a_range_with_a_lower_bound(
    metadata: Message,
) -> None:
    requirements = metadata.get_all("Requires-Dist", [])
    assert requirements
    assert all(">=" in r and "==" not in r.partition(";")[0] for r in requirements)
