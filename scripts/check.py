"""Run everything that must be true of this repository, and say in numbers what was proved: `make check`.

    python -m scripts.check

Stops at the first step that fails. Each step's own output is shown as it comes; a step that is silent says every ten seconds that it is
still running.

Exit codes: 0 all steps passed; 1 one failed.
"""

from __future__ import annotations

import re
import resource
import select
import shlex
import subprocess
import sys
import time

from scripts.common.command import parser_of

SILENCE = 10  # seconds until a step that prints nothing is said to be running

# What Python runs, what this proves, and the pattern that finds the number in its output.
Step = tuple[str, str, str]
STEPS: tuple[Step, ...] = (
    ("-m ruff format --check .", "{} files formatted", r"(\d+) files? already"),
    ("-m ruff check .", "linted", ""),
    ("-m mypy", "{} modules typed", r"in (\d+) source files"),
    ("-m scripts.generate --check", "generated code up to date", ""),
    ("-m scripts.accept --check", "contract accepted", ""),
    ("-m pytest -n auto", "{} tests passed", r"(\d+) passed"),
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
    ) as process:
        assert process.stdout is not None
        while True:
            if not select.select([process.stdout], [], [], SILENCE)[0]:
                print(f"... {time.monotonic() - started:.0f} s", flush=True)
            elif part := process.stdout.read(65536):
                output += part
                sys.stdout.buffer.write(part)
                sys.stdout.flush()
            else:
                break
    return None if process.returncode else output.decode("utf-8", "replace")


def main(arguments: list[str] | None = None) -> int:
    parser_of("check", __doc__).parse_args(arguments)
    started = time.monotonic()
    proved = []
    for number, (command, proof, pattern) in enumerate(STEPS, 1):
        print(f"\n{number} of {len(STEPS)}: python {command}", flush=True)
        output = run(command)
        found = None if output is None else re.search(pattern, output)
        if not found:
            print(f"\ncheck: failed at python {command}", file=sys.stderr)
            return 1
        proved.append(proof.format(*found.groups()))
    cpu = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    seconds = time.monotonic() - started
    print(f"\ncheck: {', '.join(proved)}; {seconds:.0f} s, {cpu:.0f} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
