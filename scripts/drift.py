"""What changed between two documents, and whom it breaks.

    python -m scripts.drift OLD NEW            a report in Markdown
    python -m scripts.drift OLD NEW --json     the same for programs
    python -m scripts.drift                    the accepted contract against openapi.yaml

Exit codes: 0 the same contract; 1 changed; 2 could not compare or say so, why on stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from scripts import document as oas
from scripts.contract import compare, from_document, lock, report
from scripts.contract.changes import Change
from scripts.contract.model import Contract, Json
from scripts.document import DocumentError
from scripts.tree import ROOT


def between(old: Json, new: Json) -> list[Change]:
    """Changes of the contract from one parsed document to another. Raises DocumentError."""
    return compare.compare(from_document.read(old), from_document.read(new))


def against_accepted(document: Json) -> str:
    """A report on what a document changes in the accepted contract. Raises DocumentError."""
    if not lock.PATH.exists():
        return "No contract has been accepted yet; `make accept` records this one."
    accepted, _version = lock.read()
    return report.as_markdown(compare.compare(accepted, from_document.read(document)))


def _read(path: Path) -> Contract:
    document = oas.read(path)
    try:
        return from_document.read(document)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.drift",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("documents", type=Path, nargs="*", metavar="OLD NEW")
    parser.add_argument("--json", action="store_true", help="JSON instead of Markdown")
    options = parser.parse_args(arguments)
    if len(options.documents) not in (0, 2):
        parser.error("two documents are compared, or none: the accepted contract")
    try:
        if options.documents:
            old, new = map(_read, options.documents)
        else:
            (old, _version), new = lock.read(), _read(ROOT / "openapi.yaml")
        changes = compare.compare(old, new)
        said = (report.as_json if options.json else report.as_markdown)(changes)
        print(said, flush=True)
    except BrokenPipeError:
        # Whoever read it has seen enough; nothing more can be said, not even by the interpreter as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except DocumentError as error:
        print(f"drift: {error}", file=sys.stderr)
        return 2
    except Exception as error:  # a traceback would exit with 1, which means changed
        print(
            f"drift: cannot compare: {type(error).__name__}: {error}", file=sys.stderr
        )
        return 2
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
