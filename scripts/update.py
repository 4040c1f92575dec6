"""Take in vendor pages: read the OpenAPI document inside, check it, write openapi.yaml, say what that changes for callers.

    python -m scripts.update PAGE... [--output openapi.yaml]

A page is Markdown with a fence of four or more backticks, opened by "yaml METHOD /path"; a bare YAML or JSON document is taken as it is.

Exit codes: 0 written; 2 a page can't be used: file and cause on stderr, and nothing changed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from openapi_spec_validator import (
    OpenAPIV30SpecValidator,
    OpenAPIV31SpecValidator,
)

from scripts import document as oas
from scripts import drift, safety, tree
from scripts.document import DocumentError, Json
from scripts.merge import Source, merge, to_yaml
from scripts.own_modules import GenerationError

SECONDS = 60

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OPENS = re.compile(
    r"(?P<fence>`{4,})ya?ml(?:[ \t]+(?P<method>[A-Za-z]+)[ \t]+(?P<path>/\S*))?[^\n`]*\n"
)
_CLOSES = re.compile(r"(?P<fence>`{4,})[ \t]*\r?\n?")
# Keywords that hold data; `$ref` is a word like any other there.
_DATA = ("example", "examples", "default", "enum", "const")
_VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}


def read_page(path: Path) -> list[Source]:
    """The checked documents of a vendor page, or the one of a bare document. Raises DocumentError naming the file."""
    try:
        return [
            _source(str(path), text, announced)
            for text, announced in _texts(oas.decode(path.read_bytes()), path)
        ]
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from None


def _texts(content: str, path: Path) -> list[tuple[str, tuple[str, str] | None]]:
    """OpenAPI text with the operation that its fence announces."""
    if path.suffix.lower() in (".yaml", ".yml"):
        return [(content, None)]
    if path.suffix.lower() == ".json":
        # openapi.yaml is read in reviews, so JSON becomes YAML that says the same.
        return [(to_yaml(oas.parse(content)), None)]
    found = list(_fenced(content))
    if not found:
        raise DocumentError(
            "no OpenAPI document inside: no fence of four backticks opened by 'yaml METHOD /path'"
        )
    return found


def _fenced(content: str) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """What stands between fences, line by line: a page of openings alone costs no more than its length."""
    opened: re.Match[str] | None = None
    inside: list[str] = []
    for line in _LINE.findall(content):
        if opened is None:
            opened, inside = _OPENS.fullmatch(line), []
            continue
        closes = _CLOSES.fullmatch(line)
        if closes is None or len(closes["fence"]) < len(opened["fence"]):
            inside.append(line)
            continue
        method, path = opened["method"], opened["path"]
        yield "".join(inside), (method.lower(), path) if method else None
        opened = None


def _source(name: str, text: str, announced: tuple[str, str] | None) -> Source:
    document = oas.parse(text)
    check(document)
    if announced:
        method, path = announced
        if method not in document["paths"].get(path, {}):
            raise DocumentError(
                f"the fence announces {method.upper()} {path}, which the document inside does not have"
            )
    return Source(name, text, document)


def check(document: Json) -> None:
    """Refuse what is not an OpenAPI 3.0 or 3.1 document whose references all lead somewhere. Raises DocumentError."""
    if not isinstance(document, dict) or "openapi" not in document:
        raise DocumentError("not an OpenAPI document: no 'openapi' at the top")
    version = str(document["openapi"])
    validator = _VALIDATORS.get(".".join(version.split(".")[:2]))
    if validator is None:
        raise DocumentError(
            f"OpenAPI {version}; only 3.0 and 3.1 can be turned into this client"
        )
    for pointer, ref in references(document):
        try:
            oas.lookup(document, ref)
        except DocumentError as error:
            raise DocumentError(f"{oas.at(pointer)}: {error}") from None
    try:
        fault = next(iter(validator(document).iter_errors()), None)
    except GenerationError:
        raise
    except Exception as error:  # such as the validator's own, for "/a{" as a path
        raise DocumentError(
            f"not valid OpenAPI {version}: {' '.join(str(error).split())[:300]}"
        ) from None
    if fault is not None:
        place = oas.at(tuple(str(part) for part in fault.absolute_path))
        message = " ".join(fault.message.partition("Failed validating")[0].split())
        raise DocumentError(f"not valid OpenAPI {version}: {place}: {message[:300]}")


def references(value: Json, pointer: oas.Pointer = ()) -> list[tuple[oas.Pointer, str]]:
    """Every reference outside example data, with its place."""
    found = []
    if isinstance(value, dict):
        ref = value.get("$ref")
        if isinstance(ref, str) and pointer[-1:] != ("properties",):
            found.append((pointer, ref))
        for key, item in value.items():
            if key in _DATA and pointer[-1:] != ("properties",):
                continue
            found += references(item, (*pointer, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += references(item, (*pointer, str(index)))
    return found


def replace(path: Path, text: str) -> None:
    """Write a file in one step: readers find the old text or the new, never half."""
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.update",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE")
    parser.add_argument("--output", type=Path, default=tree.ROOT / "openapi.yaml")
    options = parser.parse_args(arguments)
    if not options.pages:
        print('update: no page given: make update PAGES="page.md ..."', file=sys.stderr)
        return 2
    try:
        with safety.limited(SECONDS):  # few lines can demand a validator's whole life
            pages = [source for page in options.pages for source in read_page(page)]
            text = merge(pages)
    except (DocumentError, GenerationError) as error:
        print(f"update: {error}", file=sys.stderr)
        return 2
    replace(options.output, text)
    count = sum(1 for _ in oas.operations(oas.parse(text)))
    print(f"update: wrote {options.output.name}: {count} operation(s)")
    try:
        print(drift.against_accepted(oas.parse(text)))
    except DocumentError as error:
        print(f"update: `make generate` will stop: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
