"""Generate and try clients for any OpenAPI documents, in temporary folders, and list which operations work.

    python -m scripts.corpus PATH... [--json] [--keep FOLDER] [--counts FILE] [--limit SECONDS]

A PATH is a document (YAML, JSON, or a page with one in a fence) or a folder of them (its own files, not what lies below). Each package is
generated, imported whole, and tried on a loopback server (`scripts/conformance/exercise.py`). What fails there counts as not carried.
Progress, and what could not be judged, on stderr; a table, or with --json `{"documents": [...]}`, on stdout.

Exit codes: 0 every document was looked at; 1 a document carries less than the counts say; 2 a path can't be read.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

from scripts.common.command import parser_of
from scripts.common.printer import Printer, show, show_json, visible
from scripts.conformance.workers import Outcome, documents_in, guarded

LIMIT = 300.0
PACKAGE = "enkrypt_api_client"
_PRINTER = Printer("corpus")


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """Lines for a person."""
    wide = max([len(Path(o.document).name) for o in outcomes], default=0) + 2
    yield f"{'document':{wide}}{'operations':>10}{'carried':>9}{'seconds':>9}"
    for o in outcomes:
        name = Path(o.document).name
        yield f"{name:{wide}}{o.operations:>10}{o.carried:>9}{o.seconds:>9}"
        if o.refused is not None:
            yield f"    refused: {o.refused}"
        for key, reason in o.left_out.items():
            yield f"    left out: {key}: {reason}"
    operations = sum(o.operations for o in outcomes)
    carried = sum(o.carried for o in outcomes)
    share = 100 * carried / operations if operations else 100.0
    refused = sum(o.refused is not None for o in outcomes)
    yield f"{len(outcomes)} documents, {refused} refused; {carried} of {operations} operations carried: {share:.1f} %"


def regressions(outcomes: list[Outcome], counts: Path) -> list[str]:
    """Where less is carried than a file of counts says; the file is written if it is missing."""
    now = {Path(o.document).name: o.carried for o in outcomes}
    if not counts.exists():
        counts.write_text(json.dumps(now, indent=2, sort_keys=True) + "\n")
    before = json.loads(counts.read_text())
    return [
        f"{name}: {now.get(name, 0)} operations are carried, {carried} were"
        for name, carried in before.items()
        if now.get(name, 0) < carried
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("corpus", __doc__)
    add = parser.add_argument
    add("paths", nargs="+", type=Path, metavar="PATH")
    add("--json", action="store_true", help="for programs")
    add("--keep", type=Path, metavar="FOLDER", help="keep packages")
    less = "fail where less is carried than it says; written where it is missing"
    add("--counts", type=Path, metavar="FILE", help=less)
    each = "for one document, default: %(default)g"
    add("--limit", type=float, default=LIMIT, metavar="SECONDS", help=each)
    options = parser.parse_args(arguments)
    for path in options.paths:
        if not path.exists():
            _PRINTER.warn(f"{path}: no such file or folder")
            return 2
    outcomes = _all([*documents_in(options.paths)], options.keep, options.limit)
    if options.json:
        documents = [dataclasses.asdict(outcome) for outcome in outcomes]
        for document in documents:
            del document["notes"]
        show_json({"documents": documents})
    else:
        show("\n".join(map(visible, table(outcomes))))
    lost = regressions(outcomes, options.counts) if options.counts else []
    for line in lost:
        _PRINTER.warn(line)
    return 1 if lost else 0


def _all(documents: list[Path], keep: Path | None, limit: float) -> list[Outcome]:
    """The result for each document, in order; progress on stderr."""
    names: dict[str, Path] = {}
    for path in documents:
        number, name = 2, path.stem
        while name in names:
            number, name = number + 1, f"{path.stem}-{number}"
        names[name] = path
    outcomes = []
    with (
        tempfile.TemporaryDirectory() as root,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        folders = [Path(root, name) for name in names]
        tries = pool.map(guarded, documents, folders, repeat(limit))
        for folder, outcome in zip(folders, tries, strict=True):
            outcomes.append(outcome)
            _report(outcome, f"[{len(outcomes)}/{len(documents)}]")
            made = folder / PACKAGE
            if keep is not None and made.is_dir():
                kept = keep / folder.name / PACKAGE
                shutil.rmtree(kept, ignore_errors=True)
                shutil.move(made, kept)
            shutil.rmtree(folder, ignore_errors=True)
    return outcomes


def _report(outcome: Outcome, count: str) -> None:
    done = f"{outcome.carried} of {outcome.operations} operations"
    result = f"{outcome.refused or done}, {outcome.seconds} s"
    _PRINTER.warn(f"{count} {Path(outcome.document).name}: {result}")
    for key, note in outcome.notes.items():
        _PRINTER.warn(f"{key}: not judged: {note}")


if __name__ == "__main__":
    sys.exit(main())
