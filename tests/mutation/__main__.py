"""Proof by mutation: every single-point change of a document, whether the comparison sees it, names it, places it and classes it as it
must, and says the reverse of the reverse change.

    python -m tests.mutation [DOCUMENT ...]    a table by kind; default: openapi.yaml and the documents of the tests

What is expected of a mutant stands beside the edit that makes it (table.py). Exit codes: 0 all as expected; 1 not all, each on
stderr; 2 a document can't be read; 130 interrupted.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from scripts.common.errors import DocumentError
from scripts.common.printer import Printer, show
from scripts.common.project import ROOT
from scripts.contract.comparing.changes import RULES, Change, canonical
from scripts.contract.comparing.operations import compare
from scripts.contract.model import at as written
from scripts.contract.reading.contract import read
from scripts.intake import document as oas
from scripts.intake.document import Json, Pointer
from tests.mutation import spots
from tests.mutation.spots import Spot
from tests.mutation.table import QUIET, Mutation, mutations

DOCUMENTS = (ROOT / "openapi.yaml", *sorted((ROOT / "tests" / "data").glob("*.yaml")))
WORKERS = os.cpu_count() or 1
# A class that no reference leads to, for references to be led to.
_OTHER = {"type": "object", "properties": {"brand_new": {"type": "string"}}}
_CONSEQUENCES = ("class-", "python-name-changed", "function-renamed", "operation-left")


def mutants(document: Json, worker: int = 0) -> Iterator[tuple[Spot, Mutation, Json]]:
    """Every mutant of a document, or a worker's share of them."""
    for spot in spots.find(document)[worker::WORKERS]:
        for mutation in mutations(spot):
            changed = copy.deepcopy(document)
            mutation.edit(oas.lookup(changed, written(spot.pointer)))
            yield spot, mutation, changed


def prepared(document: Json) -> Json:
    """A copy of the document with one component more, which nothing uses."""
    copied: Json = copy.deepcopy(document)
    schemas = copied.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault("BrandNew", _OTHER)
    return copied


def faults(
    spot: Spot, mutation: Mutation, changes: list[Change], back: list[Change]
) -> Iterator[str]:
    """What is wrong with the report on a mutant, and with that on the way back."""
    yield from unmirrored(changes, back)
    rows = [c for c in changes if not _consequence(c)]
    if mutation.rows.startswith(QUIET):
        wrong = changes if mutation.rows == QUIET else rows
        yield from (f"a row about nothing: {change}" for change in wrong)
        return
    stated, _blank, more = mutation.rows.partition(" ")
    rule, _colon, breaks = stated.partition(":")
    expected = [c for c in rows if c.rule == rule]
    if len(expected) != 1 or (len(rows) > 1 and not more):
        yield f"not one row {rule}: {rows or 'nothing'}"
        return
    (row,) = expected
    if row.breaks_by_itself is not (breaks == "always" or breaks in spot.ways):
        yield f"breaking is wrong: {row}"
    if not (_near(spot.pointer, row.old_at) or _near(spot.pointer, row.new_at)):
        yield f"the place is wrong: {row}"


def _consequence(change: Change) -> bool:
    """Whether a row tells of names, or of a field that only `required` names once its declaration is gone."""
    named = {*change.old_at[-2:-1], *change.new_at[-2:-1]}
    return change.rule.startswith(_CONSEQUENCES) or "required" in named


def _near(spot_at: Pointer, row_at: Pointer) -> bool:
    """Whether one place is in the other, or both are members of the same part. Steps into compositions do not count."""
    spot_steps = _without_compositions(spot_at)
    row_steps = _without_compositions(row_at)
    shorter = min(len(spot_steps), len(row_steps))
    is_inside = spot_steps[:shorter] == row_steps[:shorter]
    return is_inside or spot_steps[:-2] == row_steps[:-2]


def _without_compositions(pointer: Pointer) -> Pointer:
    """A place without the steps into members of `allOf`, `anyOf` and `oneOf`."""
    steps: list[str] = []
    is_index = False
    for step in pointer:
        if is_index:
            is_index = False
        elif step in ("allOf", "anyOf", "oneOf"):
            is_index = True
        else:
            steps.append(step)
    return tuple(steps)


def unmirrored(there: list[Change], back: list[Change]) -> Iterator[str]:
    """Rows of one direction that have no mirror image in the other."""
    unmatched = _flat(back)
    for change in _flat(there):
        image = next((row for row in unmatched if _mirrored(change, row)), None)
        if image is None:
            yield f"no mirror image: {change}"
        else:
            unmatched.remove(image)
    yield from (f"no mirror image: {change}" for change in unmatched)


def _flat(changes: list[Change]) -> list[Change]:
    """Rows, and those that only follow from them."""
    return [row for change in changes for row in (change, *change.consequences)]


def _mirrored(change: Change, image: Change) -> bool:
    """Whether a row of the way back is the mirror image of a row of the way there."""
    if image.rule not in RULES[change.rule].mirrors:
        return False
    if (change.old_at, change.new_at) != (image.new_at, image.old_at):
        return False
    sides = canonical([change.before, change.after])
    return sides == canonical([image.after, image.before])


def judge(document: Json, worker: int) -> list[tuple[str, list[str]]]:
    """The kind of each mutant of a worker's share, and its faults."""
    document = prepared(document)
    old = read(document)
    judged = []
    for spot, mutation, changed in mutants(document, worker):
        new = read(changed)
        changes = compare(old, new)
        back = compare(new, old) if changes else []
        place = f"{mutation.kind}, {spot.sort} {written(spot.pointer)}"
        messages = [
            f"{place}: {fault}" for fault in faults(spot, mutation, changes, back)
        ]
        judged.append((mutation.kind, messages))
    return judged


def _leave_ctrl_c() -> None:
    """Have a worker ignore Ctrl-C, which a terminal sends to all processes: the command ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def main(arguments: list[str] | None = None) -> int:
    description = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("python -m tests.mutation", None, description)
    parser.add_argument("documents", type=Path, nargs="*", default=DOCUMENTS)
    options = parser.parse_args(arguments)
    printer = Printer("mutants")
    try:
        documents = [oas.read(path) for path in options.documents]
    except DocumentError as error:
        printer.fail(error)
        return 2
    whole_documents = [document for document in documents if "openapi" in document]
    judged: list[tuple[str, list[str]]] = []
    shares = [(d, worker) for d in whole_documents for worker in range(WORKERS)]
    with ProcessPoolExecutor(WORKERS, initializer=_leave_ctrl_c) as pool:
        try:
            for share in pool.map(judge, *zip(*shares, strict=True)):
                judged += share
        except KeyboardInterrupt:
            for worker in multiprocessing.active_children():
                worker.terminate()
            printer.warn("interrupted")
            return 130
    counted = Counter(kind for kind, _messages in judged)
    good = Counter(kind for kind, messages in judged if not messages)
    show("| Kind | Mutants | As expected |\n| --- | ---: | ---: |")
    for kind in sorted(counted):
        show(f"| {kind} | {counted[kind]} | {good[kind]} |")
    show(f"| all | {counted.total()} | {good.total()} |")
    for _kind, messages in judged:
        for message in messages:
            printer.warn(message)
    return int(good != counted)


if __name__ == "__main__":
    sys.exit(main())
