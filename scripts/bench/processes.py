"""Child processes and what they cost: one that runs and ends, or one that waits for its next batch."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from scripts import tree

T = TypeVar("T")


class BenchError(Exception):
    """Something to be measured does not run; its last words."""


class Cost(NamedTuple):
    """Seconds of a whole process, its start included."""

    cpu: float
    wall: float


def environment(*folders: Path, **extra: str) -> dict[str, str]:
    """Variables for a child that imports from some folders: ours without what would point Python or HTTP elsewhere."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") and not name.lower().endswith("_proxy")
    }
    path = os.pathsep.join(map(str, folders))
    return {**kept, **({"PYTHONPATH": path} if path else {}), **extra}


def run(command: Sequence[str | Path], variables: Mapping[str, str]) -> Cost:
    """Run to the end, with all that it starts in turn. Raises BenchError unless it exits with 0."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            list(map(str, command)),
            env=dict(variables),
            cwd=tree.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise BenchError(said.read().decode("utf-8", "replace").strip()[-2000:])
    return Cost(usage.ru_utime + usage.ru_stime, wall)


class Worker:
    """A waiting process that is told how many times to do its work and answers with figures."""

    def __init__(
        self, command: Sequence[str | Path], variables: Mapping[str, str]
    ) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            list(map(str, command)),
            env=dict(variables),
            cwd=tree.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def batch(self, times: int) -> Any:
        """Figures of one batch, each divided by its size."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{times}\n")
        self.process.stdin.flush()
        return {
            name: seconds / times for name, seconds in json.loads(self.line()).items()
        }

    def line(self) -> str:
        """The next line that the process prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise BenchError(f"{' '.join(map(str, self.process.args))} stopped")  # type: ignore[arg-type]
        return line

    def close(self) -> None:
        """End its input, so that it ends itself."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextlib.contextmanager
def workers(
    commands: Mapping[str, Sequence[str | Path]], variables: Mapping[str, str]
) -> Iterator[dict[str, Worker]]:
    """A waiting process for each contender; all are ended in the end."""
    started: dict[str, Worker] = {}
    try:
        for name, command in commands.items():
            started[name] = Worker(command, variables)
        yield started
    finally:
        for worker in started.values():
            worker.close()


def interleaved(
    runs: Mapping[str, Callable[[], T]], rounds: int, seldom: str = ""
) -> dict[str, list[T]]:
    """Results of each contender, all of them taking turns, every other round in the opposite order.

    Args:
        runs: By contender.
        rounds: How many.
        seldom: One that takes part in every fourth round only.
    """
    results: dict[str, list[T]] = {name: [] for name in runs}
    order = list(runs)
    for number in range(rounds):
        for name in order:
            if name != seldom or number % 4 == 0:
                results[name].append(runs[name]())
        order.reverse()
    return results
