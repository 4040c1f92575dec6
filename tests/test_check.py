"""The last line of `make check` says what was proved, and only what was."""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import check, install
from scripts.common import project, replace
from tests.conftest import ROOT

Run = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def step(code: str, number: str = "") -> check.Step:
    proof = "{} proved" if number else "linted"
    return check.Step(f"-c {shlex.quote(code)}", proof, number)


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: Patch) -> Path:
    """A folder whose type-checker cache the check may remove."""
    monkeypatch.setattr(project, "ROOT", tmp_path)
    return tmp_path


def test_the_last_line_says_in_numbers_what_was_proved(
    capfd: Run, monkeypatch: Patch
) -> None:
    counted = step("print('17 passed in 2 s')", r"(\d+) passed")
    monkeypatch.setattr(check, "STEPS", (counted, step("print(1)")))
    assert check.main([]) == 0
    output = capfd.readouterr().out
    assert "17 passed in 2 s\n" in output
    assert output.splitlines()[-1].startswith("check: 17 proved, linted; ")


@pytest.mark.parametrize("room", [0, 2**62], ids=["room", "no room"])
def test_temporary_files_are_in_memory_where_there_is_room_and_go_with_the_check(
    capfd: Run, tmp_path: Path, monkeypatch: Patch, room: int
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "of the caller"))
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(check, "_MEMORY", memory)
    monkeypatch.setattr(check, "_ROOM", room)
    monkeypatch.setattr(
        check, "STEPS", (step("import os; print(os.environ['TMPDIR'])"),)
    )
    assert check.main([]) == 0
    assert (str(memory) in capfd.readouterr().out) == (room == 0)
    assert not [*memory.iterdir()]
    assert os.environ["TMPDIR"] == str(tmp_path / "of the caller")


@pytest.mark.parametrize(("code", "pattern"), [("exit(3)", ""), ("print(1)", "(no)")])
def test_a_step_that_fails_or_proves_no_number_stops_the_check(
    capfd: Run, monkeypatch: Patch, code: str, pattern: str
) -> None:
    monkeypatch.setattr(check, "STEPS", (step(code, pattern), step("print('never')")))
    assert check.main([]) == 1
    output, errors = capfd.readouterr()
    assert errors.startswith("\ncheck: failed at python -c ")
    assert "never\n" not in output
    assert "check:" not in output


def test_a_silent_step_says_that_it_is_still_running(
    capfd: Run, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(check, "STEPS", (step("print('done')"),))
    silences: Iterator[Any] = iter([([], [], [])])
    wait = select.select

    def silent_at_first(*arguments: Any) -> Any:
        assert arguments[-1] == check.SILENCE
        return next(silences, None) or wait(*arguments)

    monkeypatch.setattr(select, "select", silent_at_first)
    assert check.main([]) == 0
    assert re.search(r"\.\.\. \d+ s\ndone\n", capfd.readouterr().out)


def test_the_type_checker_forgets_what_it_knew_when_a_module_comes_or_goes(
    root: Path,
) -> None:
    package = root / project.PACKAGE.name
    package.mkdir()
    check.forget_stale_types(root)
    known = root / ".mypy_cache" / "3.11"
    known.mkdir()
    check.forget_stale_types(root)
    assert known.exists()
    (package / "new.py").touch()
    check.forget_stale_types(root)
    assert not known.exists()


@pytest.mark.parametrize(
    ("command", "moment", "exit_code"),
    [
        ("-m scripts.check", "1 of 6", -signal.SIGINT),
        ("-m scripts.mock_service --port 0", "export ENKRYPTAI_BASE_URL", 0),
        # While it is still being imported. Exit code 1 would mean that something has changed.
        (
            "-X importtime -m scripts.generate",
            "| scripts.common.project",
            -signal.SIGINT,
        ),
        ("-X importtime -m scripts.drift", "| scripts.common", -signal.SIGINT),
    ],
)
def test_ctrl_c_ends_a_command_without_a_traceback(
    command: str, moment: str, exit_code: int
) -> None:
    with subprocess.Popen(
        [sys.executable, *command.split()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if moment in line.replace(" " * 4, ""):
                break
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == exit_code
    assert "Traceback" not in rest
    assert "KeyboardInterrupt" not in rest


def test_an_interrupted_command_says_its_name_and_whether_nothing_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(module: str, option: str = "-m") -> str:
        monkeypatch.setattr(sys, "orig_argv", ["python", option, module])
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
        return capsys.readouterr().err

    ended_by: list[int] = []
    monkeypatch.setattr(replace, "has_replaced", lambda: False)
    assert said("scripts.generate") == "generate: interrupted; nothing was changed\n"
    assert said("scripts.fetch") == "fetch: interrupted\n"
    assert said("elsewhere") == "interrupted\n"
    wrapped = RuntimeError("Error calling __set_name__")
    wrapped.__cause__ = KeyboardInterrupt()
    with monkeypatch.context() as patch:
        patch.setattr(signal, "signal", lambda *_: None)
        patch.setattr(signal, "raise_signal", ended_by.append)
        sys.excepthook(RuntimeError, wrapped, None)
    assert capsys.readouterr().err == "interrupted\n"
    assert ended_by == [signal.SIGINT]
    worker = "from multiprocessing.forkserver import main; main(4, 5)"
    assert said(worker, "-c") == ""
    monkeypatch.undo()
    replace.write_text(tmp_path / "file", "written")
    assert said("scripts.generate") == "generate: interrupted\n"


def make(
    folder: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What `make setup` needs, with a lock that holds nothing."""
    (tmp_path / "scripts" / "common").mkdir(parents=True)
    for name in (
        *("Makefile", "scripts/python_version.py", "scripts/install.py"),
        *("scripts/__init__.py", "scripts/common/__init__.py"),
        *("scripts/common/addresses.py", "scripts/common/pip_settings.py"),
    ):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "requirements.lock").write_text("")
    return tmp_path


def interpreter(folder: Path, name: str, version: str) -> None:
    """Put a Python on a path that says it is of another version."""
    script = folder / name
    script.write_text(
        "#!/bin/sh\n"
        '[ "$1" = -c ] && { echo 7; exit; }\n'
        f"exec {sys.executable} -c '\n"
        "import runpy, sys\n"
        f"sys.version_info = {version}\n"
        "sys.argv = sys.argv[1:]\n"
        'runpy.run_path(sys.argv[0], run_name="__main__")\' "$@"\n'
    )
    script.chmod(0o755)


def test_an_interpreter_that_is_too_old_is_refused_in_one_line(copy: Path) -> None:
    interpreter(copy, "python3.10", "(3, 10, 13)")
    done = make(copy, "setup", f"PYTHON={copy}/python3.10")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if "***" not in line]
    assert said == [
        "setup: Python 3.11 or later is needed, and this one is 3.10.13; name another one: make setup PYTHON=python3.13"
    ]
    assert not (copy / ".venv").exists()


@pytest.mark.parametrize("name", ["python3.99", "shim", "true"])
def test_an_interpreter_that_is_not_there_or_does_not_run_is_named(
    copy: Path, name: str
) -> None:
    shim = copy / "shim"
    shim.write_text("#!/bin/sh\necho 'shim: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    done = make(copy, "setup", f"PYTHON={name}", PATH=f"{copy}:{os.environ['PATH']}")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if "***" not in line]
    assert said == [
        f"setup: there is no {name} here that runs; name another one: make setup PYTHON=python3.13"
    ]


def test_an_environment_that_cannot_be_made_is_named_in_one_line(copy: Path) -> None:
    (copy / ".venv").touch()  # no folder
    (copy / ".venv").chmod(0)
    done = make(copy, "setup", f"PYTHON={sys.executable}")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if "***" not in line]
    assert len(said) == 1
    assert said[0].startswith("setup: .venv can't be made: ")


@pytest.mark.parametrize("variable", ["https_proxy", "PIP_INDEX_URL"])
def test_an_address_that_pip_would_quote_is_refused_without_it(
    copy: Path, variable: str
) -> None:
    address = "http://user:s3cret/x@127.0.0.1:3128"
    done = make(copy, "setup", f"PYTHON={sys.executable}", **{variable: address})
    assert done.returncode != 0
    assert f"setup: {variable} is not an address that tools can read: " in done.stderr
    assert "s3cret" not in f"{done.stdout}{done.stderr}"
    assert not (copy / ".venv").exists()


def test_an_address_in_a_file_of_pip_is_refused_as_well(copy: Path) -> None:
    file = copy / "pip.conf"
    file.write_text("[install]\nindex-url = http://user:s3cret/x@127.0.0.1:3128/s\n")
    done = make(copy, "setup", f"PYTHON={sys.executable}", PIP_CONFIG_FILE=str(file))
    assert done.returncode != 0
    assert "setup: install.index-url of pip (pip config list) is not" in done.stderr
    assert "s3cret" not in f"{done.stdout}{done.stderr}"
    assert not (copy / ".venv" / "installed-by-python3").exists()


def test_a_setup_that_has_waited_for_another_does_not_install_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.lock").write_text("not a lock file")
    stamp = tmp_path / ".venv" / "installed-by-python3"
    (stamp.parent / "bin").mkdir(parents=True)
    (stamp.parent / "bin" / "python").touch()
    stamp.touch()
    assert install.main("requirements.lock", str(stamp)) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.proof
def test_without_python_the_environment_is_made_with_the_python_outside_it(
    copy: Path,
) -> None:
    """Also where it was made with another one before, and where a shell has activated it."""
    outside = copy / "outside"
    outside.mkdir()
    (outside / "python3").symlink_to(sys._base_executable)  # type: ignore[attr-defined]
    path = f"{copy}/.venv/bin:{outside}:{os.environ['PATH']}"
    another = copy / "python of another name"
    another.symlink_to(sys._base_executable)  # type: ignore[attr-defined]
    names = {path.name for path in copy.iterdir()}
    for arguments in (["setup", f"PYTHON={another}"], ["setup"], ["setup"]):
        done = make(copy, *arguments, PATH=path)
        assert done.returncode == 0, done.stderr
    assert (copy / ".venv" / "bin" / "python").exists()
    assert (copy / ".venv" / "installed-by-python3").exists()
    assert {path.name for path in copy.iterdir()} == names | {".venv"}
    assert "setup:" not in done.stdout
    another.unlink()
    python = copy / ".venv" / "bin" / "python"
    for name in ("python", "python3"):
        (python.parent / name).unlink(missing_ok=True)
        (python.parent / name).symlink_to(another)
    done = make(copy, "setup", PATH=path)
    assert done.returncode == 0, done.stderr
    assert "setup: making .venv" in done.stdout
    assert python.exists()
