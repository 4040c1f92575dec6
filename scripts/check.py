"""Run everything that must be true of this repository, and say in numbers what was proved: `make check`.

    python -m scripts.check

Stops at the first step that fails. Each step's own output is shown as it comes; a step that is silent says every ten seconds that it is
still running.

Exit codes: 0 all steps passed; 1 one failed.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import selectors
import subprocess
import sys
import time
from typing import NamedTuple

PYTHON = (sys.executable, "-m")
SILENCE = 10  # seconds until a step that prints nothing is said to be running


class Step(NamedTuple):
    """One step of the check.

    Attributes:
        title: What it looks at.
        command: What is run.
        proved: How its result is said at the end; `{}` is the number that `number` finds in its output.
        number: A pattern with one group.
    """

    title: str
    command: tuple[str, ...]
    proved: str
    number: str = ""


STEPS = (
    Step(
        *("format", (*PYTHON, "ruff", "format", "--check", ".")),
        *("{} files formatted", r"(\d+) files? already formatted"),
    ),
    Step("lint", (*PYTHON, "ruff", "check", "."), "linted"),
    Step(
        *("types (a minute the first time)", (*PYTHON, "mypy")),
        *("{} modules typed", r"in (\d+) source files"),
    ),
    Step(
        *("generated code", (*PYTHON, "scripts.generate", "--check")),
        "generated code up to date",
    ),
    Step(
        *("contract", (*PYTHON, "scripts.accept", "--check")),
        "contract accepted",
    ),
    Step(
        *("tests", (*PYTHON, "pytest", "-n", "auto")),
        *("{} tests passed", r"(\d+) passed"),
    ),
)


def run(step: Step) -> str | None:
    """Run a step and show its output; returns what it proved, or None if it failed."""
    environment = {**os.environ}
    if sys.stdout.isatty():
        environment["FORCE_COLOR"] = "1"
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603
        step.command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = b""
    with process, selectors.DefaultSelector() as selector:
        assert process.stdout is not None
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(SILENCE):
                seconds = time.monotonic() - started
                print(f"... {step.title}: {seconds:.0f} s", flush=True)
                continue
            part = os.read(process.stdout.fileno(), 65536)
            if not part:
                break
            output += part
            sys.stdout.buffer.write(part)
            sys.stdout.flush()
    text = re.sub(r"\x1b\[[\d;]*m", "", output.decode("utf-8", "replace"))
    found = re.search(step.number, text)
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
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.monotonic() - started
    print(
        f"\ncheck: {', '.join(proved)}; {seconds:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of CPU"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
