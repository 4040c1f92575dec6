"""Run everything that must be true of this repository, and say in numbers what was proved: `make check`.

    python -m scripts.check

Stops at the first step that fails. Each step's own output is shown as it comes; a step that is silent says every ten seconds that it is
still running.

Exit codes: 0 all steps passed; 1 one failed.
"""

from __future__ import annotations

import argparse
import re
import resource
import select
import shlex
import subprocess
import sys
import time
from typing import NamedTuple

SILENCE = 10  # seconds until a step that prints nothing is said to be running


class Step(NamedTuple):
    """One step: what it looks at, the arguments of Python that run it, and how its result is said with the number that a pattern finds."""

    title: str
    command: str
    proved: str
    number: str = ""


FORMATTED = r"(\d+) files? already formatted"
STEPS = (
    Step("format", "-m ruff format --check .", "{} files formatted", FORMATTED),
    Step("lint", "-m ruff check .", "linted"),
    Step(
        "types (a minute the first time)",
        *("-m mypy", "{} modules typed", r"in (\d+) source files"),
    ),
    Step("generated code", "-m scripts.generate --check", "generated code up to date"),
    Step("contract", "-m scripts.accept --check", "contract accepted"),
    Step("tests", "-m pytest -n auto", "{} tests passed", r"(\d+) passed"),
)


def run(step: Step) -> str | None:
    """Run a step and show its output; returns what it proved, or None if it failed."""
    started = time.monotonic()
    output = b""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *shlex.split(step.command)],
        bufsize=0,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        while True:
            if not select.select([process.stdout], [], [], SILENCE)[0]:
                seconds = time.monotonic() - started
                print(f"... {step.title}: {seconds:.0f} s", flush=True)
            elif part := process.stdout.read(65536):
                output += part
                sys.stdout.buffer.write(part)
                sys.stdout.flush()
            else:
                break
    found = re.search(step.number, output.decode("utf-8", "replace"))
    if process.returncode or not found:
        return None
    return step.proved.format(*found.groups())


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(
        prog="python -m scripts.check", description=(__doc__ or "").partition("\n")[0]
    ).parse_args(arguments)
    started = time.monotonic()
    proved = []
    for number, step in enumerate(STEPS, 1):
        print(f"\n{number} of {len(STEPS)}: {step.title}", flush=True)
        result = run(step)
        if result is None:
            print(f"\ncheck: failed at {step.title}", file=sys.stderr)
            return 1
        proved.append(result)
    cpu = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    seconds = time.monotonic() - started
    print(f"\ncheck: {', '.join(proved)}; {seconds:.0f} s, {cpu:.0f} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
