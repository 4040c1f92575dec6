"""Run everything that must be true of this repository, and say in numbers what was proved: `make check`.

    python -m scripts.check

Stops at the first step that fails. Each step's own output is shown as it comes; a step that is silent says every ten seconds that it is
still running.

Exit codes: 0 all steps passed; 1 one failed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import resource
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.common import project, replace
from scripts.common.command import parser_of

SILENCE = 10  # seconds until a step that prints nothing is said to be running
_END = 5  # seconds that an interrupted step has to end
# A file system in memory, on Linux, and the bytes that must be free there: a run of the tests writes 320 MB.
_MEMORY = Path("/dev/shm")  # noqa: S108
_ROOM = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the check.

    Attributes:
        command: What Python runs.
        proof: What this proves, `{}` for a number.
        number: The pattern that finds the number in the step's output; empty where there is none.
    """

    command: str
    proof: str
    number: str = ""


STEPS = (
    Step("-m ruff format --check .", "{} files formatted", r"(\d+) files? already"),
    Step("-m ruff check .", "linted"),
    Step("-m mypy", "{} modules typed", r"in (\d+) source files"),
    Step("-m scripts.generate --check", "generated code up to date"),
    Step("-m scripts.accept --check", "contract accepted"),
    Step(
        "-m pytest -n auto --maxprocesses 4 --dist loadfile",
        "{} tests passed",
        r"(\d+) passed",
    ),
)


def run(command: str) -> str | None:
    """Run a step and show its output; returns it, or None if the step failed."""
    started = time.monotonic()
    output = b""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *shlex.split(command)],
        bufsize=0,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Byte code is kept, so that the next check need not compile again.
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        # Ctrl-C reaches this process alone, which ends the step: it would show a traceback for each of its own processes.
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            while True:
                if not select.select([process.stdout], [], [], SILENCE)[0]:
                    print(f"... {time.monotonic() - started:.0f} s", flush=True)
                    continue
                chunk = process.stdout.read(65536)
                if not chunk:
                    break
                output += chunk
                sys.stdout.buffer.write(chunk)
                sys.stdout.flush()
        except KeyboardInterrupt:
            _end(process)
            raise
    if process.returncode:
        return None
    return output.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a step and all its processes."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def temporary_files_in_memory() -> Iterator[None]:
    """Have the steps write their temporary files to memory, where there is room.

    To make and remove 40,000 files on a disk takes a sixth of the time of the check.
    """
    if not _is_usable(_MEMORY):
        yield
        return
    with replace.staging(_MEMORY) as folder:
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(folder)
        try:
            yield
        finally:
            del os.environ["TMPDIR"]
            if before is not None:
                os.environ["TMPDIR"] = before


def _is_usable(folder: Path) -> bool:
    """Whether the tests can write to a folder, run programs in it, and have room there."""
    if not os.access(folder, os.W_OK):
        return False
    if os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(folder).free >= _ROOM


def forget_stale_types(root: Path) -> None:
    """Remove mypy's cache if modules have come or gone since it was made.

    For `from package import module`, mypy remembers that there is no such module, and does not look again.
    """
    modules = sorted(
        path.relative_to(root).as_posix()
        for folder in (project.PACKAGE.name, "scripts", "tests")
        for path in (root / folder).rglob("*.py*")
        if path.suffix in (".py", ".pyi")
    )
    digest = hashlib.sha256("\n".join(modules).encode()).hexdigest()
    cache = root / ".mypy_cache"
    record = cache / "modules.sha256"
    if record.is_file() and record.read_text("utf-8") == digest:
        return
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir()
    record.write_text(digest, "utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser_of("check", __doc__).parse_args(arguments)
    started = time.monotonic()
    forget_stale_types(project.ROOT)
    proved = []
    with temporary_files_in_memory():
        for position, step in enumerate(STEPS, 1):
            print(f"\n{position} of {len(STEPS)}: python {step.command}", flush=True)
            output = run(step.command)
            match = None
            if output is not None:
                match = re.search(step.number, output)
            if match is None:
                print(f"\ncheck: failed at python {step.command}", file=sys.stderr)
                return 1
            proved.append(step.proof.format(*match.groups()))
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = usage.ru_utime + usage.ru_stime
    seconds = time.monotonic() - started
    print(f"\ncheck: {', '.join(proved)}; {seconds:.0f} s, {cpu:.0f} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
