"""Take in vendor pages: add or replace their operations in openapi.yaml, keep the others, and say what that changes for callers.

    python -m scripts.update PAGE... [--remove "METHOD /path"] [--start-over] [--keep-edits]

A page is Markdown with a fence of four or more backticks, opened by "yaml METHOD /path"; a bare YAML or JSON document is taken as it is.
openapi.yaml.sha256 records what was written, so that a later edit by hand is noticed: `sha256sum -c openapi.yaml.sha256`.

Exit codes: 0 written; 2 a page can't be used: file, line and cause on stderr, and nothing changed.
"""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from openapi_spec_validator.schemas import schema_v30, schema_v31
from openapi_spec_validator.schemas.backend.jsonschema import create_validator

from scripts import document as oas
from scripts import drift, merge, safety, tree
from scripts.command import parser_of
from scripts.document import Json, Pointer, Source
from scripts.errors import DocumentError, GenerationError
from scripts.plain_data import at

SECONDS = 60
_SCHEMA = {
    "$dynamicAnchor": "meta",
    "$ref": "https://json-schema.org/draft/2020-12/schema",
}


def _validators() -> dict[str, Any]:
    """By OpenAPI version. That of 3.1 leaves open what schemas inside the document look like."""
    definitions = schema_v31["$defs"] | {"schema": _SCHEMA}
    schemas = {"3.0": {**schema_v30}, "3.1": {**schema_v31, "$defs": definitions}}
    return {version: create_validator(s) for version, s in schemas.items()}


def read_page(path: Path) -> list[Source]:
    """The checked documents of a page, as YAML text. Raises DocumentError with file and line."""
    pages = oas.sources(path)
    for page in pages:
        check(page)
        if page.announced:
            method, route = page.announced
            if f"{method.upper()} {route}" not in merge.keys(page.document):
                _refuse(page, (), f"no {method.upper()} {route}, which the fence names")
    # openapi.yaml is read in reviews, so JSON becomes YAML that says the same.
    return [
        oas.from_text(oas.to_yaml(page.document), page.name)
        if page.text.lstrip().startswith("{")
        else page
        for page in pages
    ]


def _refuse(source: Source, place: Pointer, message: str) -> NoReturn:
    where = f" {at(place)}:" if place else ""
    line, _column = source.positions[place]
    raise DocumentError(f"{source.name}: line {line}:{where} {message}")


def check(source: Source) -> None:
    """Refuse what is not an OpenAPI 3.0 or 3.1 document whose references all lead somewhere. Raises DocumentError with file and line."""
    document = source.document
    version = document.get("openapi") if isinstance(document, dict) else None
    if version is None:
        _refuse(source, (), "not an OpenAPI document: no 'openapi' at the top")
    validator = _validators().get(str(version)[:3])
    if validator is None:
        raise DocumentError(f"{source.name}: OpenAPI {version}, not 3.0 or 3.1")
    for place, ref in references(document, ()):
        try:
            oas.lookup(document, ref)
        except DocumentError as error:
            _refuse(source, place, str(error))
    # The first in the text, since the validator's own order changes from run to run; what it left unevaluated may only follow from another.
    faults = [
        (fault.validator == "unevaluatedProperties", *_in_words(fault))
        for fault in validator.iter_errors(document)
    ]
    if faults:
        _, place, message = min(faults, key=lambda f: (f[0], source.positions[f[1]]))
        _refuse(source, place, f"not valid OpenAPI {version}: {message}")


def _in_words(fault: Any) -> tuple[Pointer, str]:
    """Place and message of the innermost fault, with the value that was probably meant."""
    faults = [fault]
    for each in faults:  # grows
        faults += each.context or ()
    leaves = [each for each in faults if not each.context]
    deepest = max(len(leaf.absolute_path) for leaf in leaves)
    leaves = [leaf for leaf in leaves if len(leaf.absolute_path) == deepest]
    telling = [f for f in leaves if f.validator in ("enum", "required", "type")]
    first = (telling or leaves)[0]
    place, message = first.absolute_path, first.message
    if first.validator == "enum":
        enums = [f.validator_value for f in telling if f.validator == "enum"]
        allowed = [value for enum in enums for value in enum]
        near = difflib.get_close_matches(str(first.instance), map(str, allowed), 1)
        meant = f"did you mean {near[0]!r}?" if near else f"use one of {allowed}"
        message = f"{first.instance!r} is not allowed here; {meant}"
    return tuple(map(str, place)), message[:300]


def references(value: Json, place: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Every reference outside example data, with its place."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, (*place, str(index)))
    elif isinstance(value, dict):
        names = place[-1:] == ("properties",)
        if isinstance(value.get("$ref"), str) and not names:
            yield place, value["$ref"]
        for key, item in value.items():
            if names or key not in ("example", "examples", "default", "enum", "const"):
                yield from references(item, (*place, key))


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
    hashed = _hash_line(path.name, text.encode())
    for target, content in ((path, text), (record(path), hashed)):
        beside = target.with_name(f".{target.name}.new")
        beside.write_bytes(content.encode())
        beside.replace(target)


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
    add("--output", type=Path, default=tree.ROOT / "openapi.yaml")
    options = parser.parse_args(arguments)
    try:
        with safety.limited(SECONDS):  # few lines can take a reader forever
            before, merged = _merged(options)
            consequences = _consequences(merged.source.document)
        write(options.output, merged.source.text)
    except (DocumentError, GenerationError, OSError) as error:
        print(f"update: {error}", file=sys.stderr)
        return 2
    _report(options.output.name, before, merged)
    print(consequences)
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
    if not merge.keys(merged.source.document):
        raise DocumentError("no operation would be left")
    check(dataclasses.replace(merged.source, name=str(output)))
    return (current.document if current else {}), merged


def _consequences(document: Json) -> str:
    """What the document changes for callers."""
    try:
        return drift.against_accepted(document)
    except DocumentError as error:
        return f"update: what this changes for callers is not known: {error}"


def _report(name: str, before: Json, merged: merge.Merged) -> None:
    """How many operations there are, what happened to each, and what else to know."""
    after = merged.source.document
    old, new = merge.keys(before), merge.keys(after)
    was, now = dict(merge.parts_of(before)), dict(merge.parts_of(after))
    print(f"update: wrote {name}: {len(new)} operation{'s' * (len(new) != 1)}")
    for key, place in {**old, **new}.items():
        if key not in new:
            print(f"update: removed {key}")
        elif key not in old:
            print(f"update: added {key}")
        elif was[place] != now[place]:
            print(f"update: replaced {key}")
    for note in merged.notes:
        print(f"update: note: {note}")


if __name__ == "__main__":
    sys.exit(main())
