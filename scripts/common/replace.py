"""How a new package takes the place of the old one in one step."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.common.project import HAND_WRITTEN, IMPORTED_BY_GENERATED, PACKAGE, files

_CACHES = shutil.ignore_patterns("__pycache__", "*.pyc")


def differences(package: Path, generated: Path) -> list[str]:
    """What keeps a package folder from being the generated tree beside the known hand-written files; empty if nothing does."""
    have, want = files(package), files(generated)
    found = []
    for name in sorted({*have, *want}):
        if name not in want:
            if name.partition("/")[0] not in HAND_WRITTEN:
                found.append(f"unknown file: {package.name}/{name}")
        elif name not in have:
            found.append(f"missing: {package.name}/{name}")
        elif have[name] != want[name]:
            found.append(f"not what openapi.yaml generates: {package.name}/{name}")
    return found


@contextlib.contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """A fresh folder on the same file system, removed afterwards, as are those that killed runs left."""
    beside.mkdir(parents=True, exist_ok=True)
    for left in beside.glob(".staging-*"):
        if not _alive(int(left.name.split("-")[1])):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".staging-{os.getpid()}-", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


def copy_hand_written(source: Path, target: Path) -> None:
    """Copy what a package folder has of the hand-written files and folders into another one."""
    for name in HAND_WRITTEN:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=_CACHES)
        elif (source / name).is_file():
            shutil.copy2(source / name, target / name)


def copy_imported_by_generated(target: Path) -> None:
    """Copy the hand-written modules that generated code imports into a folder."""
    (target / "_runtime").mkdir()
    for name in IMPORTED_BY_GENERATED:
        shutil.copy2(PACKAGE / name, target / name)


def assemble(package: Path, generated: Path, target: Path) -> None:
    """A whole new package: the hand-written files of the old one, or of ours where there is none, beside the new generated ones."""
    target.mkdir()
    source = package if package.exists() else PACKAGE
    copy_hand_written(source, target)
    shutil.copytree(generated, target, dirs_exist_ok=True, ignore=_CACHES)


def swap(new: Path, old: Path) -> None:
    """Exchange two folders in one step, so that whoever looks, or kills us, finds the one or the other, whole."""
    if not old.exists():
        new.rename(old)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(new), os.fsencode(old)
    if sys.platform == "darwin" and libc.renamex_np(*paths, 2) == 0:
        return
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if sys.platform == "linux" and (
        libc.renameat2(here, paths[0], here, paths[1], exchange) == 0
    ):
        return
    # No exchange on this file system: two steps, the old folder kept beside until the second is done.
    aside = old.rename(new.with_name(new.name + ".old"))
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)
