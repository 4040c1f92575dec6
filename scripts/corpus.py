"""Generate and try clients for any OpenAPI documents, in temporary folders, and list which operations work.

    python -m scripts.corpus PATH... [--json] [--keep FOLDER] [--counts FILE] [--limit SECONDS]

A PATH is a document (YAML, JSON, or a page with one in a fence) or a folder of them (its own files, not what lies below). Each package is
generated, imported whole, and tried on a loopback server (`scripts/exercise.py`). What fails there counts as not carried. Progress, and
what could not be judged, on stderr; a table, or with --json `{"documents": [...]}`, on stdout.

Exit codes: 0 every document was looked at; 1 a document carries less than the counts say; 2 a path can't be read.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from scripts import document as oas
from scripts.errors import DocumentError, GenerationError

LIMIT = 300.0
_BARE = (".yaml", ".yml", ".json")


@dataclass
class Outcome:
    """What became of one document."""

    document: str
    operations: int = 0
    carried: int = 0
    left_out: dict[str, str] = field(default_factory=dict)
    refused: str | None = None
    seconds: float = 0.0


def gathered(paths: list[Path]) -> Iterator[Path]:
    """The documents that paths name; of the pages in a folder, those with a document."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.iterdir()):
            ending = file.suffix.lower()
            if ending in _BARE or (ending == ".md" and _holds_a_document(file)):
                yield file


def _holds_a_document(page: Path) -> bool:
    try:
        return any(isinstance(s.document, dict) for s in oas.sources(page))
    except DocumentError:
        return False


def attempt(path: Path, folder: Path) -> tuple[Outcome, dict[str, str]]:
    """The whole way for one document, in a folder; and what could not be judged, by operation."""
    from scripts import exercise, generate  # heavy, and only workers need them

    outcome = Outcome(str(path))
    try:
        document = oas.read(path)
        contract, _, package = generate.build(path, folder)
        faults, notes = exercise.run(document, contract, package.parent)
    except (DocumentError, GenerationError) as error:
        outcome.refused = str(error)
        return outcome, {}
    left = {key: out.reason for key, out in contract.left_out.items()} | faults
    outcome.operations = len(contract.operations) + len(contract.left_out)
    outcome.carried = outcome.operations - len(left)
    outcome.left_out = left
    return outcome, notes


def _work(path: Path, folder: Path, answer: Connection) -> None:
    """A worker's life: one document, silently."""
    folder.mkdir(parents=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        answer.send(attempt(path, folder))
    except BaseException as error:  # any failure here is of this document alone
        words = str(error).partition("\n")[0]
        refused = f"{type(error).__name__}: {words}"
        answer.send((Outcome(str(path), refused=refused), {}))
    answer.close()
    os._exit(0)


def guarded(path: Path, folder: Path, limit: float) -> tuple[Outcome, dict[str, str]]:
    """The same in a process of its own, which is ended when its time is up."""
    started = time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["scripts.exercise", "scripts.generate"])
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(path, folder, sender))
    worker.start()
    sender.close()
    result: tuple[Outcome, dict[str, str]]
    try:
        if receiver.poll(limit):
            result = receiver.recv()
        else:
            reason = f"not done within {limit:g} seconds"
            result = Outcome(str(path), refused=reason), {}
    except EOFError:
        result = Outcome(str(path), refused="the process that generated it crashed"), {}
    worker.kill()
    worker.join()
    result[0].seconds = round(time.monotonic() - started, 2)
    return result


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


def losses(outcomes: list[Outcome], counts: Path) -> list[str]:
    """Where less is carried than a file of counts says; the file is written where it is missing."""
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
    parser = argparse.ArgumentParser(
        prog="python -m scripts.corpus",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep packages")
    parser.add_argument(
        "--counts",
        type=Path,
        metavar="FILE",
        help="fail where less is carried than it says; written where it is missing",
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=LIMIT,
        metavar="SECONDS",
        help=f"for one document, default: {LIMIT:g}",
    )
    options = parser.parse_args(arguments)
    for path in options.paths:
        if not path.exists():
            print(f"corpus: {path}: no such file or folder", file=sys.stderr)
            return 2
    documents = [*gathered(options.paths)]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = _all(documents, Path(folder), options.keep, options.limit)
    if options.json:
        print(json.dumps({"documents": [*map(dataclasses.asdict, outcomes)]}, indent=2))
    else:
        print(*table(outcomes), sep="\n")
    lost = losses(outcomes, options.counts) if options.counts else []
    for line in lost:
        print(f"corpus: {line}", file=sys.stderr)
    return 1 if lost else 0


def _all(
    documents: list[Path], folder: Path, keep: Path | None, limit: float
) -> list[Outcome]:
    names: dict[str, Path] = {}
    for path in documents:
        number, name = 2, path.stem
        while name in names:
            number, name = number + 1, f"{path.stem}-{number}"
        names[name] = path
    outcomes = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tries = [
            pool.submit(guarded, path, folder / name, limit)
            for name, path in names.items()
        ]
        for done, (name, each) in enumerate(zip(names, tries, strict=True), 1):
            outcome, notes = each.result()
            outcomes.append(outcome)
            _tell(f"{done}/{len(tries)}", outcome, notes)
            made = folder / name / "enkrypt_api_client"
            if keep is not None and made.is_dir():
                kept = keep / name / made.name
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(made, kept)
            shutil.rmtree(folder / name, ignore_errors=True)
    return outcomes


def _tell(count: str, outcome: Outcome, notes: dict[str, str]) -> None:
    said = f"{outcome.carried} of {outcome.operations} operations"
    name = Path(outcome.document).name
    line = f"[{count}] {name}: {outcome.refused or said}, {outcome.seconds} s"
    print(line, file=sys.stderr)
    for key, note in notes.items():
        print(f"    {key}: not judged: {note}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
