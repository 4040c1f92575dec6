"""What changed between two documents, and whom it breaks.

    python -m scripts.drift OLD NEW                    a report in Markdown
    python -m scripts.drift OLD NEW --json             the same for programs
    python -m scripts.drift OLD NEW --format github    annotations for a pull request
    python -m scripts.drift                            the accepted contract against openapi.yaml
    python -m scripts.drift --rules                    every rule, and whom it breaks

OLD and NEW are files, or REVISION:PATH in this git repository. Exit codes: 0 the same contract; 1 changed; 2 could not compare or write the
report, why on stderr. What was not understood is named on stderr, too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scripts.common import limits
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError, GenerationError
from scripts.common.printer import Printer, show
from scripts.common.project import ROOT
from scripts.contract import lock
from scripts.contract.comparing import report
from scripts.contract.comparing.operations import compare
from scripts.contract.comparing.report import Report, Side
from scripts.contract.model import Contract
from scripts.contract.reading.contract import read
from scripts.intake import document as oas
from scripts.publishing.acceptance import current

_PRINTER = Printer("drift")


def load(name: str) -> tuple[Contract, Side]:
    """The contract of the document with this name, and where its parts stand. Raises DocumentError."""
    try:
        revision, _colon, path = name.rpartition(":")
        if revision and not Path(name).exists():
            data = _committed(revision, path)
        else:
            path, data = name, Path(name).read_bytes()
        source = oas.from_text(oas.decode(data))
        contract = read(source.document)
    except OSError as error:
        raise DocumentError(f"{name}: cannot be read: {error.strerror}") from None
    except DocumentError as error:
        raise DocumentError(f"{name}: {error}") from None
    for warning in contract.warnings:
        _PRINTER.warn(f"{name}: {warning}")
    return contract, Side(path, source.positions)


def _committed(revision: str, path: str) -> bytes:
    command = ["git", "show", "--end-of-options", f"{revision}:{path}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # no shell
    except FileNotFoundError:
        raise DocumentError("no such file, and git is not installed") from None
    if done.returncode:
        cause = done.stderr.decode(errors="replace").strip().splitlines()
        raise DocumentError(f"no such file, and git says: {cause[-1] if cause else ''}")
    return done.stdout


def _sides(names: list[str]) -> tuple[tuple[Contract, Side], tuple[Contract, Side]]:
    if names:
        return load(names[0]), load(names[1])
    accepted, _version = lock.read()
    source = oas.source(ROOT / "openapi.yaml")
    new = current(ROOT, source.document), Side("openapi.yaml", source.positions)
    return (accepted, Side()), new


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("drift", __doc__)
    parser.add_argument("documents", nargs="*", metavar="OLD NEW", help="file or REVISION:PATH")  # fmt: skip
    parser.add_argument("--format", choices=report.FORMATS, default="markdown")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="--format json")  # fmt: skip
    parser.add_argument("--rules", action="store_true", help="list every rule, and whom it breaks")  # fmt: skip
    options = parser.parse_args(arguments)
    if len(options.documents) not in (0, 2):
        parser.error("give two documents, or none for the accepted contract")
    try:
        if options.rules:
            show(report.rules_table())
            return 0
        with limits.limited():
            (old, old_side), (new, new_side) = _sides(options.documents)
            changes = compare(old, new)
        text = report.FORMATS[options.format](Report(changes, old_side, new_side))
        if text:
            show(text)
    except BrokenPipeError:
        # The reader has left; not even the interpreter may write as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except (DocumentError, GenerationError) as error:
        _PRINTER.fail(error)
        return 2
    except Exception as error:  # a traceback would exit with 1, which means changed
        cause = f"{type(error).__name__}: {error}"
        _PRINTER.warn(f"cannot compare: {cause}")
        return 2
    return 1 if changes else 0


if __name__ == "__main__":
    limits.supervise("drift")
    sys.exit(main())
