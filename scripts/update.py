"""Take in vendor pages: add or replace their operations in openapi.yaml, keep the others, and say what that changes for callers.

    python -m scripts.update PAGE... [--remove "METHOD /path"] [--start-over] [--keep-edits]

A page is Markdown with a fence of four or more backticks, opened by "yaml METHOD /path"; a bare YAML or JSON document is taken as it is.
openapi.yaml.sha256 records what was written, so that a later edit by hand is noticed: `sha256sum -c openapi.yaml.sha256`.

Exit codes: 0 written; 2 a page can't be used: file, line and cause on stderr, and nothing changed.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import sys
from pathlib import Path

from scripts.common import limits, project, replace
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError, GenerationError
from scripts.common.printer import Printer, show, visible
from scripts.intake import document as oas
from scripts.intake import merge
from scripts.intake.document import Json
from scripts.intake.pages import check, read_page
from scripts.intake.parts import operation_keys, parts_of
from scripts.publishing import acceptance

SECONDS = 60
_PRINTER = Printer("update")


def record(path: Path) -> Path:
    """The file beside openapi.yaml that has its hash, in the format of sha256sum."""
    return path.with_name(path.name + ".sha256")


def is_edited(path: Path) -> bool:
    """Whether the file differs from what was last written here; False where that is not recorded."""
    if not (path.exists() and record(path).exists()):
        return False
    return record(path).read_text("utf-8") != _hash_line(path.name, path.read_bytes())


def _hash_line(name: str, data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()}  {name}\n"


def write(path: Path, text: str) -> None:
    """Write a file in one step, and its hash beside: readers find the old text or the new, never half."""
    content = text.encode()
    replace.refuse_links(path, record(path))
    replace.write_file(path, content)
    replace.write_file(record(path), _hash_line(path.name, content).encode())


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
    add("--output", type=Path, default=project.ROOT / "openapi.yaml")
    options = parser.parse_args(arguments)
    try:
        with limits.limited(SECONDS):  # few lines can take a reader forever
            before, merged = _merged(options)
            consequences = _consequences(merged.source.document)
        write(options.output, merged.source.text)
    except (DocumentError, GenerationError, OSError) as error:
        _PRINTER.fail(error)
        return 2
    _report(options.output.name, before, merged)
    show(consequences)
    return 0


def _merged(options: argparse.Namespace) -> tuple[Json, merge.Merged]:
    """What stood there before, and what shall stand there now."""
    output = options.output
    pages = [page for path in options.pages for page in read_page(path)]
    current = oas.source(output) if output.exists() else None
    if not options.start_over and not options.keep_edits and is_edited(output):
        raise DocumentError(
            f"{output} was edited by hand since the last update; restore it, or keep the edits with --keep-edits"
        )
    if not pages and (not options.remove or current is None or options.start_over):
        raise DocumentError('no page given: make update PAGES="page.md ..."')
    if current:
        check(current)
    merged = merge.merge(pages, None if options.start_over else current, options.remove)
    if not operation_keys(merged.source.document):
        raise DocumentError("no operation would be left")
    check(dataclasses.replace(merged.source, name=str(output)))
    return (current.document if current else {}), merged


def _consequences(document: Json) -> str:
    """What the document changes for callers."""
    try:
        return acceptance.against_accepted(document)
    except DocumentError as error:
        return visible(f"What this changes for callers is not known: {error}")


def _report(name: str, before: Json, merged: merge.Merged) -> None:
    """How many operations there are, what happened to each, and what else to know."""
    after = merged.source.document
    old, new = operation_keys(before), operation_keys(after)
    was, now = dict(parts_of(before)), dict(parts_of(after))
    _PRINTER.tell(f"wrote {name}: {len(new)} operation{'s' * (len(new) != 1)}")
    for key, place in {**old, **new}.items():
        if key not in new:
            _PRINTER.tell(f"removed {key}")
        elif key not in old:
            _PRINTER.tell(f"added {key}")
        elif was[place] != now[place]:
            _PRINTER.tell(f"replaced {key}")
    for note in merged.notes:
        _PRINTER.tell(f"note: {note}")


if __name__ == "__main__":
    limits.supervise("update")
    sys.exit(main())
