"""What `make setup` runs to install a lock file, what it tells uv, and what it says where something is missing."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest

from scripts import install
from tests.conftest import ROOT

Output = pytest.CaptureFixture[str]
PIN = "uv==0.1 \\\n    --hash=sha256:00\n"


@dataclass(frozen=True)
class Interpreter:
    """A program in the place of Python, which writes down how it is run."""

    path: Path
    log: Path

    def commands(self) -> list[str]:
        """What it ran, without what asks for the settings of pip."""
        lines = self.log.read_text("utf-8").splitlines()
        return [line for line in lines if " config " not in line]


def interpreter(folder: Path, exit_codes: str = "", settings: str = "") -> Interpreter:
    """Make an interpreter.

    Args:
        folder: Where.
        exit_codes: Cases of the shell for its arguments.
        settings: What pip lists as its settings.
    """
    made = Interpreter(folder / "python", folder / "log")
    (folder / "settings").write_text(settings)
    made.path.write_text(
        f'#!/bin/sh\necho "$*" >> {made.log}\n'
        f'case "$*" in *" config list"*) cat {folder}/settings;;\n'
        f'*"-m uv"*) env > {folder}/environment; cp "$SSL_CERT_FILE" {folder}/authorities;; esac\n'
        f'case "$*" in {exit_codes} *) exit 0;; esac\n'
    )
    made.path.chmod(0o755)
    return made


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lock file of a project without .venv."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "requirements.lock"
    path.write_text(f"{PIN}attrs==1.0 \\\n    --hash=sha256:11\n")
    return path


def test_pip_installs_uv_and_uv_the_rest(lock: Path, capfd: Output) -> None:
    python = interpreter(lock.parent)
    assert install.install(str(python.path), lock, PIN) == 0
    by_pip, by_uv = python.commands()
    assert by_pip.startswith("-m pip ")
    assert str(lock) not in by_pip
    assert by_uv.startswith("-m uv pip install ")
    assert by_uv.endswith(f"--require-hashes --requirement {lock}")
    assert capfd.readouterr().out == ""


def test_where_pip_cannot_get_uv_its_exit_code_counts_and_nothing_is_tried_again(
    lock: Path, capfd: Output
) -> None:
    python = interpreter(lock.parent, exit_codes='*"pip "*" install "*) exit 7;;')
    assert install.install(str(python.path), lock, PIN) == 7
    assert len(python.commands()) == 1
    assert capfd.readouterr().out == ""


def test_where_uv_cannot_install_pip_does(lock: Path, capfd: Output) -> None:
    python = interpreter(lock.parent, exit_codes='*"-m uv"*) exit 1;;')
    assert install.install(str(python.path), lock, PIN) == 0
    assert len(python.commands()) == 3
    assert python.commands()[-1].endswith(f"--requirement {lock}")
    assert "setup: uv cannot install here; pip installs" in capfd.readouterr().out


def test_a_lock_without_uv_is_installed_by_pip_without_a_word(
    lock: Path, capfd: Output
) -> None:
    python = interpreter(lock.parent)
    assert install.install(str(python.path), lock, pin_of_uv="") == 0
    assert len(python.commands()) == 1
    assert capfd.readouterr().out == ""


def test_the_pin_of_uv_is_its_version_with_all_hashes(lock: Path) -> None:
    assert install.read_pin_of_uv(lock) == PIN.rstrip("\n")
    lock.write_text("attrs==1.0 \\\n    --hash=sha256:11\n")
    assert install.read_pin_of_uv(lock) == ""


def test_uv_is_told_where_pip_takes_packages_and_whom_it_trusts(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lock.parent
    (folder / "of_pip.pem").write_text("of pip")
    (folder / "of_system.pem").write_text("of the system")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "of_system.pem"))
    python = interpreter(
        folder,
        settings=f":env:.no-index='1'\nglobal.find-links='{folder}'\nglobal.cert='{folder}/of_pip.pem'\n",
    )
    assert install.install(str(python.path), lock, PIN) == 0
    assert " --no-index " in python.commands()[-1]
    environment = (folder / "environment").read_text("utf-8").splitlines()
    assert f"UV_FIND_LINKS={folder.as_uri()}" in environment
    assert (folder / "authorities").read_text("utf-8") == "of pip\nof the system\n"


def test_an_index_that_the_user_has_named_for_uv_counts(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://user.example/s")
    python = interpreter(
        lock.parent, settings="global.index-url='https://pip.example/s'\n"
    )
    assert install.install(str(python.path), lock, PIN) == 0
    environment = (lock.parent / "environment").read_text("utf-8").splitlines()
    assert "UV_DEFAULT_INDEX=https://user.example/s" in environment


def test_a_python_without_ensurepip_is_told_what_to_install(
    lock: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    def create(*_arguments: object, **_options: object) -> None:
        raise subprocess.CalledProcessError(1, "python -m ensurepip")

    monkeypatch.setattr(venv, "create", create)
    assert install.main(str(lock), "stamp") == 1
    assert capsys.readouterr().err == (
        "setup: this Python cannot put pip into .venv; install its package python3-venv (Debian, Ubuntu),"
        " or name another one: make setup PYTHON=python3.13\n"
    )


def test_what_keeps_pip_out_of_the_environment_is_said(
    lock: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    def create(*_arguments: object, **_options: object) -> None:
        output = b"Traceback\nOSError: [Errno 28] No space left on device\n"
        raise subprocess.CalledProcessError(1, "python -m ensurepip", output)

    monkeypatch.setattr(venv, "create", create)
    assert install.main(str(lock), "stamp") == 1
    assert capsys.readouterr().err == (
        "setup: pip cannot be put into .venv: OSError: [Errno 28] No space left on device\n"
    )


def test_a_checkout_in_a_folder_that_no_path_can_name_is_refused(
    lock: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    folder = lock.parent / "a:b"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert install.main(str(lock), "stamp") == 1
    said = capsys.readouterr().err
    assert "a:b" in said
    assert said.endswith("; move the checkout elsewhere\n")


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_lock_that_cannot_be_read_is_named(
    lock: Path, capsys: Output, content: bytes | None
) -> None:
    if content is None:
        lock.unlink()
    else:
        lock.write_bytes(content)
    assert install.main("requirements.lock", "stamp") == 1
    said = capsys.readouterr().err
    assert said.startswith("setup: requirements.lock can't be read: ")
    assert said.count("\n") == 1


def test_wrong_arguments_are_answered_with_the_right_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.install"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m scripts.install ")
    assert "Traceback" not in done.stderr


def test_the_lock_file_is_opened_as_nfs_wants_it(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It emulates an exclusive lock by one that needs a file open for writing (flock(2))."""
    locked: list[int] = []

    def flock_on_nfs(file: BinaryIO, operation: int) -> None:
        if fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        locked.append(operation)

    monkeypatch.setattr(fcntl, "flock", flock_on_nfs)
    with install.one_at_a_time(lock):
        assert locked
