"""Proof by mutation: every single-point change of a document, whether the comparison sees it, names it and classes it as it must.

    python -m scripts.mutants [DOCUMENT] [--sample N]    a table by kind; --sample: every Nth through the full path of generation, too

What is expected of a mutant stands beside the edit that makes it (mutations.py), and is worked out from the document alone, not by the
comparison. Exit codes: 0 all as expected; 1 not all, each on stderr; 2 the document can't be read.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from scripts import document as oas
from scripts import gates, generate, mutations, staging, tree
from scripts.contract import (
    compare,
    conform,
    from_code,
    from_document,
    inexpressible,
)
from scripts.contract.changes import Change
from scripts.contract.model import Json
from scripts.document import DocumentError
from scripts.mutations import Mutant
from scripts.own_modules import GenerationError

# Generated code holds no limits and no formats but those that are Python types: the request check holds them. Which operations take part in
# authentication stands in our own modules. A module keeps its name without an operation id; JSON is decoded alike under any name of it.
UNSEEN_IN_CODE = (
    "limit",
    "format added (email)",
    "auth",
    "server added",
    "operation id dropped",
    "content type changed",
)


def faults(mutant: Mutant, changes: list[Change]) -> list[str]:
    """What is wrong with a report on a mutant: unseen, unnamed, misclassed, said twice, or an alarm about nothing."""
    if mutant.rows == 0:
        return [f"an alarm about nothing: {change}" for change in changes]
    found = []
    if not changes:
        return ["unseen"]
    if len(changes) != mutant.rows:
        found.append(f"{len(changes)} rows instead of {mutant.rows}: {changes}")
    if any(change.breaking for change in changes) is not mutant.breaking:
        found.append(f"breaking is not {mutant.breaking}: {changes}")
    said = " ".join(f"{c.where} {c.before} {c.after}" for c in changes)
    if mutant.names not in said:
        found.append(f"{mutant.names!r} is not named: {changes}")
    return found


def judge(document: Json, mutants: Iterable[Mutant]) -> dict[str, list[list[str]]]:
    """The faults of each mutant, by kind."""
    old = from_document.read(document)
    judged: dict[str, list[list[str]]] = {}
    for mutant in mutants:
        try:
            changes = compare.compare(old, from_document.read(mutant.document))
            found = faults(mutant, changes)
        except DocumentError as error:
            found = [f"not read: {error}"]
        judged.setdefault(mutant.kind, []).append(
            [f"{mutant.kind} {mutant.place}: {fault}" for fault in found]
        )
    return judged


def unseen_by_gate(mutants: Iterable[Mutant]) -> list[str]:
    """Mutants that the gate would let pass with the package as it stands."""
    overrides = staging.overridden(tree.ROOT / "generator-config.yaml")
    with gates.imported(tree.PACKAGE) as package:
        code = from_code.read(package)
    unseen = []
    for mutant in mutants:
        if mutant.rows and not mutant.kind.startswith(UNSEEN_IN_CODE):
            contract = from_document.read(mutant.document)
            expressible = not inexpressible.find(contract)
            if expressible and not conform.problems(contract, code, overrides):
                unseen.append(f"{mutant.kind} {mutant.place}: passes the gate")
    return unseen


def regenerate(mutants: Iterable[Mutant]) -> Counter[str]:
    """Take mutants through the whole of `make generate`, into a folder of their own: generated with all of its contract, or refused."""
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        package = folder / tree.PACKAGE.name
        package.mkdir()
        (package / "__init__.py").touch()
        config = folder / "config.yaml"
        config.write_text("literal_enums: true\npost_hooks: []\n", "utf-8")
        for number, mutant in enumerate(mutants):
            path = folder / f"{number}.yaml"
            path.write_text(mutations.to_text(mutant.document), "utf-8")
            place = folder / f"built-{number}"
            place.mkdir()
            try:
                generate.build(path, config, package, place)
                outcomes["generated whole"] += 1
            except (GenerationError, DocumentError):
                outcomes["refused"] += 1
    return outcomes


def table(judged: dict[str, list[list[str]]]) -> str:
    lines = ["| Kind | Mutants | As expected |", "| --- | ---: | ---: |"]
    for kind, results in sorted(judged.items()):
        lines.append(
            f"| {kind} | {len(results)} | {sum(not found for found in results)} |"
        )
    everything = [found for results in judged.values() for found in results]
    right = sum(not found for found in everything)
    lines.append(f"| all | {len(everything)} | {right} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.mutants", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "document", type=Path, nargs="?", default=tree.ROOT / "openapi.yaml"
    )
    parser.add_argument("--sample", type=int, default=40, help="0: none")
    options = parser.parse_args(arguments)
    try:
        document = oas.read(options.document)
        mutants = list(mutations.derive(document))
        judged = judge(document, mutants)
    except DocumentError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    print(table(judged))
    found = [fault for results in judged.values() for each in results for fault in each]
    if options.document == tree.ROOT / "openapi.yaml":
        found += unseen_by_gate(mutants)
    if options.sample:
        outcomes = regenerate(mutants[:: options.sample])
        said = ", ".join(f"{count} {what}" for what, count in outcomes.items())
        print(f"\nThrough the whole of generation: {said}")
    for fault in found:
        print(f"mutants: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
