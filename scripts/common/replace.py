"""How files and folders of the project are replaced: in one step, and never through a symbolic link.

A link may have been planted by whatever else writes to the folder. What is replaced is refused if it is one. Temporary files and folders
get unique names and are created exclusively.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.common.errors import FileError
from scripts.common.project import HAND_WRITTEN, IMPORTED_BY_GENERATED, PACKAGE, files

_CACHES = shutil.ignore_patterns("__pycache__", "*.pyc")
_STAGING = re.compile(r"\.staging-([0-9]+)-\w+")
# Stands in each staging folder of ours, so that no other folder of such a name is taken for one.
_MARK = ".made-by-scripts"

# Arguments of renameat2(2) and renamex_np(2).
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


@dataclass(slots=True)
class _Progress:
    """Whether this process may have changed the project. `note_change` writes it."""

    has_replaced: bool = False


_progress = _Progress()


def has_replaced() -> bool:
    """Return whether this process may have changed a file of the project by now."""
    return _progress.has_replaced


def note_change() -> None:
    """Note that a file of the project is about to be changed."""
    _progress.has_replaced = True


def refuse_links(*paths: Path) -> None:
    """Raise FileError if one of the paths is a symbolic link, or is a folder that holds one."""
    for path in paths:
        link = _first_link(path)
        if link is not None:
            raise FileError(
                f"{link} is a symbolic link, and what it points to would be changed; remove it"
            )


def _first_link(path: Path) -> Path | None:
    """The path itself, or what it holds at any depth, if that is a symbolic link."""
    if path.is_symlink():
        return path
    if path.is_dir():
        for inner in path.rglob("*"):
            if inner.is_symlink():
                return inner
    return None


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 in one step; see `write_file`."""
    write_file(path, text.encode())


def write_file(path: Path, content: bytes) -> None:
    """Write a file in one step: readers find the old content or the new, never half.

    A file that is replaced keeps its permissions. Owner and group become those of the process.

    Raises:
        FileError: The path is a symbolic link, or no regular file, such as a device.
        OSError: The file cannot be written.
    """
    refuse_links(path)
    permissions = 0o666 & ~_umask()
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise FileError(f"{path} is no regular file; name another one")
        permissions = mode & 0o777
    # Created exclusively, under a name that did not exist.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(permissions)
        note_change()
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The permissions that new files don't get. They can only be read by setting them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@dataclass(frozen=True, slots=True)
class Differences:
    """The files, hand-written ones apart, in which a package folder differs from a newly generated one; each as `package/path`."""

    added: tuple[str, ...]  # only in the new one
    changed: tuple[str, ...]
    removed: tuple[str, ...]  # only in the old one

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)


def differences(package: Path, staged: Path) -> Differences:
    """Compare a package folder with a newly generated one."""
    have = files(package)
    want = files(staged)
    added = []
    changed = []
    removed = []
    for name in sorted({*have, *want}):
        shown = f"{package.name}/{name}"
        if name.partition("/")[0] in HAND_WRITTEN:
            continue
        if name not in want:
            removed.append(shown)
        elif name not in have:
            added.append(shown)
        elif have[name] != want[name]:
            changed.append(shown)
    return Differences(tuple(added), tuple(changed), tuple(removed))


@contextlib.contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """A fresh folder on the same file system, removed afterwards, as are those that killed runs left."""
    beside.mkdir(parents=True, exist_ok=True)
    for folder in beside.glob(".staging-*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".staging-{os.getpid()}-", dir=beside))
    try:
        (folder / _MARK).touch()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Whether a folder was made by `staging`, in a process that has ended."""
    name = _STAGING.fullmatch(folder.name)
    if name is None or folder.is_symlink() or not folder.is_dir():
        return False
    if _is_alive(int(name[1])):
        return False
    return (folder / _MARK).is_file() or not any(folder.iterdir())


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (OSError, OverflowError) as error:
        return isinstance(error, PermissionError)
    return True


def copy_hand_written(source: Path, target: Path) -> None:
    """Copy what a package folder has of the hand-written files and folders into another one."""
    for name in HAND_WRITTEN:
        if (source / name).is_dir():
            shutil.copytree(
                source / name,
                target / name,
                ignore=_CACHES,
                copy_function=_copy_with_bytecode,
            )
        elif (source / name).is_file():
            _copy_with_bytecode(source / name, target / name)


def copy_imported_by_generated(target: Path) -> None:
    """Copy the hand-written modules that generated code imports into a folder."""
    (target / "_runtime").mkdir()
    for name in IMPORTED_BY_GENERATED:
        _copy_with_bytecode(PACKAGE / name, target / name)


def _copy_with_bytecode(source: str | Path, target: str | Path) -> None:
    """Copy a file, and the bytecode that Python has kept of it: a new package is imported, and compiling takes longer than the rest of it.

    Python uses the bytecode only for a file of the same size and time, which the copy has. Where Python keeps it elsewhere, none is copied.
    """
    shutil.copy2(source, target)
    if Path(source).suffix != ".py" or sys.pycache_prefix is not None:
        return
    bytecode = Path(importlib.util.cache_from_source(source))
    if bytecode.is_file():
        copied_bytecode = Path(importlib.util.cache_from_source(target))
        copied_bytecode.parent.mkdir(exist_ok=True)
        shutil.copy2(bytecode, copied_bytecode)


def assemble(package: Path, generated: Path, target: Path) -> None:
    """Make a whole new package of the folder of generated files, which is moved, and copies of the hand-written files.

    Args:
        package: The old package, whose hand-written files are copied; where there is none, those of this project are.
        generated: The generated files.
        target: Where the new package is made. Must not exist.
    """
    generated.rename(target)
    source = package if package.exists() else PACKAGE
    copy_hand_written(source, target)


def swap(new: Path, old: Path) -> None:
    """Exchange two folders in one step: a reader, or the next run after this one was killed, finds the old or the new, and finds it whole.

    Raises:
        FileError: The old folder is a symbolic link or holds one.
    """
    refuse_links(old)
    note_change()
    if not old.exists():
        new.rename(old)
        return
    if _exchange(new, old):
        return
    # No exchange on this file system: two steps, the old folder kept beside until the second is done.
    aside = old.rename(new.with_name(new.name + ".old"))
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)


def _exchange(new: Path, old: Path) -> bool:
    """Exchange two folders by one system call. Returns False where there is none."""
    libc = ctypes.CDLL(None, use_errno=True)
    new_name = os.fsencode(new)
    old_name = os.fsencode(old)
    failed = True
    if sys.platform == "darwin":
        failed = libc.renamex_np(new_name, old_name, _RENAME_SWAP)
    elif sys.platform == "linux":
        failed = libc.renameat2(
            _AT_FDCWD, new_name, _AT_FDCWD, old_name, _RENAME_EXCHANGE
        )
    return not failed
