"""What changed between two documents, and whom it breaks.

    python -m scripts.drift OLD NEW            a report in Markdown
    python -m scripts.drift OLD NEW --json     the same for programs
    python -m scripts.drift                    the accepted contract against openapi.yaml

Exit codes: 0 the same contract; 1 changed; 2 could not compare, why on stderr.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts import document as oas
from scripts.contract import compare, from_document, report
from scripts.contract.changes import Change
from scripts.contract.model import Contract, Json
from scripts.document import DocumentError


def between(old: Json, new: Json) -> list[Change]:
    """Changes of the contract from one parsed document to another. Raises DocumentError."""
    return compare.compare(from_document.read(old), from_document.read(new))


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
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--json", action="store_true", help="JSON instead of Markdown")
    options = parser.parse_args(arguments)
    try:
        changes = compare.compare(_read(options.old), _read(options.new))
    except DocumentError as error:
        print(f"drift: {error}", file=sys.stderr)
        return 2
    print(report.as_json(changes) if options.json else report.as_markdown(changes))
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
