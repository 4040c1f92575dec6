"""Files and folders are replaced in one step, and never through a link."""

from __future__ import annotations

import os
import py_compile
import shutil
import sys
from pathlib import Path

import pytest

from scripts import accept, generate, update
from scripts.common import project, replace
from scripts.common.errors import FileError
from scripts.reference.__main__ import main as reference
from tests.conftest import PAGE, ROOT


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that no command may change."""
    path = tmp_path / "outside" / "file"
    path.parent.mkdir()
    path.write_text("untouched")
    return path


def a_process_that_has_ended() -> int:
    process = os.fork()
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)
    return process


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o640)
    replace.write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_no_regular_file_is_refused_and_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="pipe is no regular file"):
        replace.write_text(tmp_path / "pipe", "new")
    assert (tmp_path / "pipe").is_fifo()
    assert [*tmp_path.iterdir()] == [tmp_path / "pipe"]


def test_a_new_file_gets_the_permissions_that_others_get(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    replace.write_file(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == ordinary.stat().st_mode


def test_a_link_is_refused_and_what_it_points_to_stays(
    tmp_path: Path, outside: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(outside)
    with pytest.raises(FileError, match="is a symbolic link"):
        replace.write_file(link, b"new")
    assert outside.read_text() == "untouched"


@pytest.mark.parametrize("name", ["openapi.yaml", "openapi.yaml.sha256"])
def test_update_refuses_a_planted_link(
    tmp_path: Path, outside: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "openapi.yaml"
    update.main([str(PAGE), "--output", str(output)])
    before = output.read_bytes()
    (tmp_path / name).rename(tmp_path / "moved")
    shutil.copy(tmp_path / "moved", outside)
    kept = outside.read_bytes()
    (tmp_path / name).symlink_to(outside)
    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text("utf-8").replace("2.0.0", "2.0.1"), "utf-8")
    capsys.readouterr()
    assert update.main([str(page), "--output", str(output)]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert f"{name} is a symbolic link" in message
    assert outside.read_bytes() == kept
    if name != "openapi.yaml":
        assert output.read_bytes() == before


@pytest.mark.parametrize("name", [".openapi.yaml.new", ".openapi.yaml.sha256.new"])
def test_update_does_not_write_through_a_link_with_a_likely_temporary_name(
    tmp_path: Path, outside: Path, name: str
) -> None:
    (tmp_path / name).symlink_to(outside)
    output = tmp_path / "openapi.yaml"
    assert update.main([str(PAGE), "--output", str(output)]) == 0
    assert outside.read_text() == "untouched"
    assert (tmp_path / name).is_symlink()


@pytest.mark.parametrize("name", [".contract.lock.new", "contract.lock"])
def test_accept_does_not_write_through_a_link(
    tmp_path: Path, outside: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for file in ("openapi.yaml", "generator-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / file, root / file)
    shutil.copytree(project.PACKAGE, root / project.PACKAGE.name)
    monkeypatch.setattr(accept, "package_problems", lambda root: [])
    (root / name).symlink_to(outside)
    accept.main(["--root", str(root)])
    assert outside.read_text() == "untouched"


def test_generate_refuses_a_link_in_the_package(
    tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / project.PACKAGE.name
    shutil.copytree(project.PACKAGE, package)
    shutil.rmtree(package / "models")
    (package / "models").symlink_to(outside.parent, target_is_directory=True)
    assert generate.main([f"--package={package}"]) == 2
    assert "models is a symbolic link" in capsys.readouterr().err
    assert [*outside.parent.iterdir()] == [outside]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_hand_written_modules_bring_their_bytecode_unless_it_is_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    monkeypatch.setattr(
        sys, "pycache_prefix", str(tmp_path / "cache") if elsewhere else None
    )
    source = tmp_path / "source"
    source.mkdir()
    (source / "facade.py").write_text("VALUE = 1\n")
    bytecode = Path(py_compile.compile(str(source / "facade.py"), doraise=True) or "")
    target = tmp_path / "staging" / "target"
    target.mkdir(parents=True)
    replace.copy_hand_written(source, target)
    assert bytecode.is_file()
    assert (target / "__pycache__").exists() != elsewhere


def test_the_reference_is_not_written_through_a_link(
    tmp_path: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site").symlink_to(outside.parent, target_is_directory=True)
    assert reference([f"--output={tmp_path / 'site'}"]) == 2
    assert "site is a symbolic link" in capsys.readouterr().err
    assert [*outside.parent.iterdir()] == [outside]


@pytest.mark.parametrize("end", ["x", "", "12", f"{2**70}-abc", "{ended}-abcdefgh"])
def test_staging_leaves_foreign_folders_alone(tmp_path: Path, end: str) -> None:
    ended = a_process_that_has_ended()
    foreign = tmp_path / f".staging-{end.format(ended=ended)}"
    foreign.mkdir()
    (foreign / "file").touch()
    with replace.staging(tmp_path):
        pass
    assert (foreign / "file").exists()


def test_staging_removes_what_a_killed_run_left(tmp_path: Path) -> None:
    with replace.staging(tmp_path) as folder:
        left = tmp_path / f".staging-{a_process_that_has_ended()}-abcdefgh"
        shutil.copytree(folder, left)
    with replace.staging(tmp_path) as folder:
        assert [*tmp_path.iterdir()] == [folder]
