"""Take in vendor pages: add or replace their operations in openapi.yaml, keep the others, and say what that changes for callers.

    python -m scripts.update PAGE... [--remove "METHOD /path"] [--start-over] [--keep-edits]

A page is Markdown with a fence of four or more backticks, opened by "yaml METHOD /path"; a bare YAML or JSON document is taken as it is.
openapi.yaml.sha256 records what was written, so that a later edit by hand is noticed: `sha256sum -c openapi.yaml.sha256`.

Exit codes: 0 written; 2 a page can't be used: file, line and cause on stderr, and nothing changed.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.schemas import schema_v30, schema_v31
from openapi_spec_validator.schemas.backend.jsonschema import create_validator

from scripts import document as oas
from scripts import drift, merge, safety, tree
from scripts.contract.model import at
from scripts.document import Json, Pointer, Source
from scripts.errors import DocumentError, GenerationError
from scripts.rewrite import part

SECONDS = 60


class _Validator30(OpenAPIV30SpecValidator):
    """On jsonschema, which says what is wrong deep inside; the default, jsonschema-rs, only says in which outer part."""

    schema_validator = create_validator(schema_v30)


class _Validator31(OpenAPIV31SpecValidator):
    schema_validator = create_validator(schema_v31)


_VALIDATORS = {"3.0": _Validator30, "3.1": _Validator31}


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
        page._replace(text=oas.to_yaml(page.document))
        if page.text.lstrip().startswith("{")
        else page
        for page in pages
    ]


def _refuse(source: Source, place: Pointer, message: str) -> None:
    line, _column = oas.positions(source.text, first_line=source.line)[place]
    where = f" {at(place)}:" if place else ""
    raise DocumentError(f"{source.name}: line {line}:{where} {message}")


def check(source: Source) -> None:
    """Refuse what is not an OpenAPI 3.0 or 3.1 document whose references all lead somewhere. Raises DocumentError with file and line."""
    document = source.document
    version = document.get("openapi") if isinstance(document, dict) else None
    if version is None:
        _refuse(source, (), "not an OpenAPI document: no 'openapi' at the top")
    validator = _VALIDATORS.get(".".join(str(version).split(".")[:2]))
    if validator is None:
        raise DocumentError(f"{source.name}: OpenAPI {version}, not 3.0 or 3.1")
    for place, ref in references(document, ()):
        try:
            oas.lookup(document, ref)
        except DocumentError as error:
            _refuse(source, place, str(error))
    try:
        for fault in validator(document).iter_errors():
            place, message = _in_words(fault, source)
            # Without a place: defaults that do not fit their schema, and repeated operation ids. Generated code stands both.
            if place or fault.instance is document:
                _refuse(source, place, f"not valid OpenAPI {version}: {message}")
    except DocumentError:
        raise
    except Exception as error:  # such as the validator's own, for "/a{" as a path
        message = " ".join(str(error).split())[:300]
        message = f"not valid OpenAPI {version}: {message}"
        raise DocumentError(f"{source.name}: {message}") from None


def _in_words(fault: Any, source: Source) -> tuple[Pointer, str]:
    """Place and message of the innermost fault, with the value that was probably meant."""
    leaves = [*_leaves(fault)]
    deepest = max(len(leaf.absolute_path) for leaf in leaves)
    leaves = [leaf for leaf in leaves if len(leaf.absolute_path) == deepest]
    leaves.sort(key=lambda leaf: leaf.validator not in ("enum", "required", "type"))
    first, message = leaves[0], leaves[0].message
    if first.validator == "enum":
        allowed = [v for leaf in leaves for v in leaf.validator_value or ()]
        near = difflib.get_close_matches(str(first.instance), map(str, allowed), 1)
        meant = f"did you mean {near[0]!r}?" if near else f"use one of {allowed}"
        message = f"{first.instance!r} is not possible here; {meant}"
    end = tuple(str(part) for part in first.absolute_path)
    # A fault inside a schema of OpenAPI 3.1 has its place in the schema only.
    places = [p for p in oas.positions(source.text) if end and p[-len(end) :] == end]
    exact = [p for p in places if oas.lookup(source.document, at(p)) == first.instance]
    return (end if end in places else (exact or [end])[0]), message[:300]


def _leaves(fault: Any) -> Iterator[Any]:
    if not fault.context:
        yield fault
    for inner in fault.context or ():
        yield from _leaves(inner)


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
    if not record(path).exists():
        return False
    return record(path).read_text("utf-8") != _hash_line(path.name, path.read_bytes())


def _hash_line(name: str, data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()}  {name}\n"


def write(path: Path, text: str) -> None:
    """Write a file in one step, and its hash beside: readers find the old text or the new, never half."""
    for target, content in (
        (path, text),
        (record(path), _hash_line(path.name, text.encode())),
    ):
        descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
                stream.write(content)
            Path(beside).chmod(0o644)
            Path(beside).replace(target)
        finally:
            Path(beside).unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.update",
        description=(__doc__ or "").partition("\n")[0],
    )
    add = parser.add_argument
    add("pages", nargs="*", type=Path, metavar="PAGE")
    add("--remove", action="append", default=[], metavar="'METHOD /path'",
        help="drop this operation; may be repeated")  # fmt: skip
    add("--start-over", action="store_true",
        help="drop all operations that the pages do not have")  # fmt: skip
    add("--keep-edits", action="store_true",
        help="go on although openapi.yaml was edited by hand")  # fmt: skip
    add("--output", type=Path, default=tree.ROOT / "openapi.yaml")
    options = parser.parse_args(arguments)
    if not options.pages and not options.remove:
        print('update: no page given: make update PAGES="page.md ..."', file=sys.stderr)
        return 2
    try:
        with safety.limited(SECONDS):  # few lines can demand a validator's whole life
            before, merged = _merged(options)
    except (DocumentError, GenerationError) as error:
        print(f"update: {error}", file=sys.stderr)
        return 2
    write(options.output, merged.text)
    _report(options.output.name, before, merged)
    try:
        print(drift.against_accepted(merged.document))
    except DocumentError as error:
        print(f"update: `make generate` will stop: {error}", file=sys.stderr)
    return 0


def _merged(options: argparse.Namespace) -> tuple[Json, merge.Merged]:
    """What stood there before, and what shall stand there now."""
    output = options.output
    pages = [source for page in options.pages for source in read_page(page)]
    current = oas.sources(output)[0] if output.exists() else None
    if not options.start_over and not options.keep_edits and is_edited(output):
        raise DocumentError(
            f"{output} was edited by hand since the last update; restore it, or keep the edits with --keep-edits"
        )
    if not pages and (current is None or options.start_over):
        raise DocumentError("no page given, and nothing to remove from")
    merged = merge.merge(pages, None if options.start_over else current, options.remove)
    if not merge.keys(merged.document):
        raise DocumentError("no operation would be left")
    check(Source(str(output), merged.text, 1, None, merged.document))
    return (current.document if current else {}), merged


def _report(name: str, before: Json, merged: merge.Merged) -> None:
    """How many operations there are, what happened to each, and what else to know."""
    old, new = merge.keys(before), merge.keys(merged.document)
    print(f"update: wrote {name}: {len(new)} operation(s)")
    for key, place in {**old, **new}.items():
        if key not in new:
            print(f"update: removed {key}")
        elif key not in old:
            print(f"update: added {key}")
        elif part(before, place) != part(merged.document, place):
            print(f"update: replaced {key}")
    for note in merged.notes:
        print(f"update: note: {note}")


if __name__ == "__main__":
    sys.exit(main())
