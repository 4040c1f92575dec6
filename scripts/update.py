"""Take in vendor pages: add or replace their operations in openapi.yaml, keep the others, and say what that changes for callers.

    python -m scripts.update PAGE... [--remove "METHOD /path"] [--start-over] [--keep-edits]

A page is Markdown with a fence of four or more backticks, opened by "yaml METHOD /path"; a bare YAML or JSON document is taken as it is.
openapi.yaml.sha256 records what was written, so that a later edit by hand is noticed: `sha256sum -c openapi.yaml.sha256`.

Exit codes: 0 written; 2 a page can't be used: file, line and cause on stderr, and nothing changed.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.common import child_process, limits, project
from scripts.common.command import parser_of
from scripts.common.errors import CommandError, DocumentError, GenerationError
from scripts.common.printer import Printer, show, visible
from scripts.intake import document as oas
from scripts.intake import record
from scripts.intake.document import Json, Source
from scripts.intake.merge import Merged, merge
from scripts.intake.pages import check, read_page
from scripts.intake.parts import doubled_ids, operation_keys, parts_of
from scripts.intake.standing import operations_with_parts, text_of
from scripts.publishing import acceptance

SECONDS = 60
_PRINTER = Printer("update")


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("update", __doc__)
    add = parser.add_argument
    add("pages", nargs="*", type=Path, metavar="PAGE")
    add("--remove", action="append", default=[], metavar="'METHOD /path'",
        help="drop this operation; may be repeated")  # fmt: skip
    add("--start-over", action="store_true",
        help="drop all operations that the pages do not have")  # fmt: skip
    add("--keep-edits", action="store_true",
        help="keep what was edited by hand in openapi.yaml")  # fmt: skip
    add("--output", type=Path, default=project.ROOT / "openapi.yaml",
        help="the document that takes the operations in; openapi.yaml")  # fmt: skip
    options = parser.parse_args(arguments)
    try:
        with limits.limited(SECONDS):  # few lines can take a reader forever
            current = oas.source(options.output) if options.output.exists() else None
            merged = _merged(options, current)
            consequences = _consequences(merged.source.document)
            lost = _lost_by_the_facade(merged.source.document)
        record.write(options.output, merged.source.text)
    except (CommandError, OSError) as error:
        _PRINTER.fail(error)
        return 2
    for message in _messages(options.output.name, current, merged):
        _PRINTER.tell(message)
    for sentence in lost:
        _PRINTER.warn(f"warning: {sentence}")
    show(consequences)
    return 0


def _merged(options: argparse.Namespace, current: Source | None) -> Merged:
    """The new content of openapi.yaml."""
    pages = [source for path in options.pages for source in read_page(path)]
    if not options.start_over and not options.keep_edits:
        record.refuse_edited(options.output)
    is_asked_for_nothing = not pages and not options.remove and not options.keep_edits
    if is_asked_for_nothing or (not pages and (current is None or options.start_over)):
        raise DocumentError('no page given: make update PAGES="page.md ..."')
    if current:
        check(current)
    merged = merge(pages, None if options.start_over else current, options.remove)
    if not operation_keys(merged.source.document):
        raise DocumentError("no operation would be left")
    check(dataclasses.replace(merged.source, name=str(options.output)))
    return merged


def _consequences(document: Json) -> str:
    """The report on the changes for callers."""
    try:
        return acceptance.against_accepted(document)
    except DocumentError as error:
        return visible(f"What this changes for callers is not known: {error}")


def _lost_by_the_facade(document: Json) -> list[str]:
    """The parts that the methods of the clients need and the document lacks, a sentence each."""
    try:
        return acceptance.facade_problems(project.ROOT, document)
    except (DocumentError, GenerationError):
        return []  # `_consequences` has said why


def _messages(name: str, current: Source | None, merged: Merged) -> Iterator[str]:
    """How many operations there are, what happened to each, and what else to know."""
    before = current.document if current else {}
    after = merged.source.document
    old_keys = operation_keys(before)
    new_keys = operation_keys(after)
    old_parts = dict(parts_of(before))
    new_parts = dict(parts_of(after))
    old_meanings = operations_with_parts(before)
    new_meanings = operations_with_parts(after)
    count = f"{len(new_keys)} operation{'s' * (len(new_keys) != 1)}"
    if current and current.text == merged.source.text:
        yield f"{name} is unchanged: {count}"
    else:
        yield f"wrote {name}: {count}"
    if current is None:
        yield f"note: there was no {name}, so it holds these pages alone"
    for key, place in {**old_keys, **new_keys}.items():
        if key not in new_keys:
            yield f"removed {key}"
        elif key not in old_keys:
            yield f"added {key}"
        elif old_parts[place] != new_parts[place]:
            yield f"replaced {key}"
        elif text_of(old_meanings[key]) != text_of(new_meanings[key]):
            yield f"changed {key}, in what it refers to"
    for note in [*merged.notes, *doubled_ids(before, after)]:
        yield f"note: {note}"


if __name__ == "__main__":
    child_process.supervise("update")
    sys.exit(main())
