"""Generate and try clients for any OpenAPI documents, in temporary folders, and list which operations work.

    python -m scripts.corpus PATH... [--json] [--keep FOLDER] [--counts FILE] [--limit SECONDS] [--nested-values WORD]

A PATH is a document (YAML, JSON, or a page with one in a fence) or a folder of them (its own files, not what lies below). Each package is
generated, imported whole, and every operation of it is called on a loopback service (`scripts/conformance/exercise.py`). An operation is

    verified     every request and every answer that was tried was right, judged by the specifications alone
    wrong        some request or answer was not
    unverified   something could not be judged; the reason says what and where
    left out     it was not generated; the reason says why

A parameter that HTTP cannot carry is left out alone and named; the rest of its operation is called and judged like any other.

Progress, and where openapi-core differs from the judge, on stderr; a table, or with --json `{"documents": [...]}`, on stdout.

Exit codes: 0 every document was looked at; 1 fewer operations are verified, or more are wrong, than the counts say; 2 a path can't be
read, or a document was stopped by a limit of time or memory.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

from scripts.common.command import parser_of
from scripts.common.printer import Printer, show, show_json, visible
from scripts.conformance.workers import Outcome, documents_in, guarded
from scripts.contract.reading.operations import NESTED_VALUES

LIMIT = 300.0
PACKAGE = "enkrypt_api_client"
_PRINTER = Printer("corpus")


# The columns of the table, and what an outcome shows in each.
_COLUMNS: Mapping[str, Callable[[Outcome], float]] = {
    "operations": lambda outcome: outcome.operations,
    "verified": lambda outcome: outcome.verified,
    "wrong": lambda outcome: outcome.wrong,
    "unverified": lambda outcome: outcome.unverified,
    "left out": lambda outcome: len(outcome.left_out),
    "seconds": lambda outcome: outcome.seconds,
}


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """Lines for a person."""
    names = [Path(outcome.document).name for outcome in outcomes]
    width = max(map(len, names), default=0) + 2
    headings = "".join(f"{heading:>12}" for heading in _COLUMNS)
    yield f"{'document':{width}}{headings}"
    for outcome in outcomes:
        cells = "".join(f"{value_of(outcome):>12}" for value_of in _COLUMNS.values())
        yield f"{Path(outcome.document).name:{width}}{cells}"
        if outcome.refused is not None:
            yield f"    refused: {outcome.refused}"
        for key, reason in outcome.reasons.items():
            yield f"    {key}: {reason}"
        for key, reason in outcome.left_out.items():
            yield f"    left out: {key}: {reason}"
        for part, reason in outcome.left_out_parts.items():
            yield f"    left out in part: {part}: {reason}"
    yield summary(outcomes)


def summary(outcomes: list[Outcome]) -> str:
    """The totals of all documents. No two of them are added up."""
    operations = sum(outcome.operations for outcome in outcomes)
    verified = sum(outcome.verified for outcome in outcomes)
    share = ""
    if operations:
        share = f": {100 * verified / operations:.2f} %"
    refused = sum(outcome.refused is not None for outcome in outcomes)
    wrong = sum(outcome.wrong for outcome in outcomes)
    unverified = sum(outcome.unverified for outcome in outcomes)
    left_out = sum(len(outcome.left_out) for outcome in outcomes)
    return (
        f"{len(outcomes)} documents, {refused} refused; {verified} of {operations} operations verified{share}; "
        f"{wrong} wrong, {unverified} unverified, {left_out} left out"
    )


def counts_of(outcome: Outcome) -> dict[str, int]:
    """The counts of a document, for `--counts`."""
    return {
        "verified": outcome.verified,
        "wrong": outcome.wrong,
        "unverified": outcome.unverified,
        "left_out": len(outcome.left_out),
    }


def regressions(outcomes: list[Outcome], counts: Path) -> list[str]:
    """Where fewer operations are verified, or more are wrong, than a file of counts says; the file is written if it is missing."""
    current = {Path(outcome.document).name: counts_of(outcome) for outcome in outcomes}
    if not counts.exists():
        counts.write_text(json.dumps(current, indent=2, sort_keys=True) + "\n")
    messages = []
    for name, before in json.loads(counts.read_text()).items():
        counted = current.get(name, {})
        verified = counted.get("verified", 0)
        wrong = counted.get("wrong", 0)
        if verified < before["verified"]:
            was = before["verified"]
            messages.append(f"{name}: {verified} operations are verified, {was} were")
        if wrong > before["wrong"]:
            was = before["wrong"]
            messages.append(f"{name}: {wrong} operations are wrong, {was} were")
    return messages


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("corpus", __doc__)
    add = parser.add_argument
    add("paths", nargs="+", type=Path, metavar="PATH")
    add("--json", action="store_true", help="for programs")
    add("--keep", type=Path, metavar="FOLDER", help="keep packages")
    counts_help = (
        "fail where fewer are verified than it says; written where it is missing"
    )
    add("--counts", type=Path, metavar="FILE", help=counts_help)
    limit_help = "for one document, default: %(default)g"
    add("--limit", type=float, default=LIMIT, metavar="SECONDS", help=limit_help)
    nested_help = "how values nested in queries and forms are written, as in generator-config.yaml"
    add("--nested-values", choices=NESTED_VALUES, default="", help=nested_help)
    options = parser.parse_args(arguments)
    for path in options.paths:
        if not path.exists():
            _PRINTER.warn(f"{path}: no such file or folder")
            return 2
    documents = list(documents_in(options.paths))
    outcomes = _all(documents, options.keep, options.limit, options.nested_values)
    if options.json:
        show_json({"documents": list(map(_as_json, outcomes))})
    else:
        show("\n".join(map(visible, table(outcomes))))
    messages = []
    if options.counts is not None:
        messages = regressions(outcomes, options.counts)
    for message in messages:
        _PRINTER.warn(message)
    if any(outcome.stopped for outcome in outcomes):
        return 2
    return int(bool(messages))


def _as_json(outcome: Outcome) -> dict[str, object]:
    """An outcome for programs; notes are for people, and what was stopped says so where it is refused."""
    fields = dataclasses.asdict(outcome)
    del fields["notes"]
    del fields["stopped"]
    return fields


def _all(
    documents: list[Path], keep: Path | None, limit: float, nested_values: str
) -> list[Outcome]:
    """The result for each document, in order; progress on stderr."""
    names = _folder_names(documents)
    outcomes = []
    with (
        tempfile.TemporaryDirectory() as root,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        folders = [Path(root, name) for name in names]
        tries = pool.map(
            guarded, documents, folders, repeat(limit), repeat(nested_values)
        )
        for folder, outcome in zip(folders, tries, strict=True):
            outcomes.append(outcome)
            _report(outcome, f"[{len(outcomes)}/{len(documents)}]")
            package = folder / PACKAGE
            if keep is not None and package.is_dir():
                target = keep / folder.name / PACKAGE
                shutil.rmtree(target, ignore_errors=True)
                shutil.move(package, target)
            shutil.rmtree(folder, ignore_errors=True)
    return outcomes


def _folder_names(documents: list[Path]) -> list[str]:
    """A folder for each document, named after it; where two have one name, with a number."""
    names: list[str] = []
    for path in documents:
        name = path.stem
        number = 2
        while name in names:
            name = f"{path.stem}-{number}"
            number += 1
        names.append(name)
    return names


def _report(outcome: Outcome, count: str) -> None:
    done = f"{outcome.verified} of {outcome.operations} operations verified"
    result = f"{outcome.refused or done}, {outcome.seconds} s"
    _PRINTER.warn(f"{count} {Path(outcome.document).name}: {result}")
    for key, note in outcome.notes.items():
        _PRINTER.warn(f"{key}: openapi-core differs: {note}")


if __name__ == "__main__":
    sys.exit(main())
