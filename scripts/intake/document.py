"""Read an OpenAPI document, from bytes to plain data, with limits; and say where each part of it stands.

A document comes from outside and is not trusted. `parse` turns text into plain JSON data: dict, list, str, int, float, bool, None.
Anchors, aliases and merge keys are expanded. Duplicate keys, tags other than the core schema's, several documents in one text, and
sizes beyond any real document are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import yaml

from scripts.common.errors import DocumentError
from scripts.intake.yaml_text import (
    CORE,
    FLOAT,
    INTEGER,
    Builder,
    Positions,
    json_data,
)
from scripts.intake.yaml_text import Json as Json
from scripts.intake.yaml_text import Pointer as Pointer

if TYPE_CHECKING:
    from scripts.intake.markdown import Announcement

MAX_BYTES = 16 * 1024 * 1024
DOCUMENT_ENDINGS = (".yaml", ".yml", ".json")
METHODS = (
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
    "query",  # OpenAPI 3.2
)
VERSIONS = ("3.0", "3.1", "3.2")
_SPAN_LEVELS = 4
_LONGEST_INDEX = 10  # digits


@dataclass(frozen=True, slots=True)
class Span:
    """The lines of a part of a document."""

    start: int  # index of the first line, in the text of the document
    stop: int  # and of the one after the last
    column: int  # of its key, from 0


@dataclass(frozen=True)
class Source:
    """A document and where it stands: a file of its own, or a fence of a Markdown page."""

    name: str  # of the file
    text: str
    line: int  # of the file on which the text begins
    announcement: Announcement | None
    document: Json
    # Set where reading has found them; where not, `positions` reads the text once more.
    known_positions: Positions | None = field(default=None, repr=False)

    @cached_property
    def positions(self) -> Positions:
        """Line and column of each part, in the file."""
        if self.known_positions is not None:
            return self.known_positions
        builder = Builder(self.text, self.line)
        builder.whole()
        return builder.positions

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def spans(self) -> dict[Pointer, Span]:
        """The lines of each part in the upper four levels. Blank lines and comments at the end belong to what follows."""
        spans: dict[Pointer, Span] = {}
        # By level, the line on which the next part of this level begins; from the end of the text to its start.
        next_starts = [len(self.lines)] * (_SPAN_LEVELS + 1)
        for place, (line, column) in reversed(self.positions.items()):
            level = len(place)
            if not 0 < level <= _SPAN_LEVELS:
                continue
            start = line - self.line
            stop = next_starts[level]
            while stop > start + 1 and _is_apart(self.lines[stop - 1], column):
                stop -= 1
            spans[place] = Span(start, stop, column - 1)
            for deeper in range(level, _SPAN_LEVELS + 1):
                next_starts[deeper] = start
        return spans


def _is_apart(line: str, column: int) -> bool:
    """Whether a line is blank, or a comment that is not indented below a key in this column."""
    comment = line.lstrip()
    return not comment or (comment[0] == "#" and len(line) - len(comment) < column)


def from_text(
    text: str,
    name: str = "",
    line: int = 1,
    announcement: Announcement | None = None,
) -> Source:
    """YAML or JSON text, read. Raises DocumentError with the line, counted from `line`."""
    data = json_data(text)
    if data is not None:
        return Source(name, text, line, announcement, data)
    builder = Builder(text, line)
    document = builder.whole()
    return Source(name, text, line, announcement, document, builder.positions)


def parse(text: str) -> Json:
    """Plain data of YAML or JSON text. Raises DocumentError with the line."""
    return from_text(text).document


_NO_FENCE = "no fence of four backticks opened by 'yaml METHOD /path'"


def sources(path: Path) -> list[Source]:
    """Every document in a file, at least one. Raises DocumentError, its message opening with the file's name."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        return documents(decode(content), str(path))
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from None


def documents(content: str, name: str) -> list[Source]:
    """Every document in the text of a file, at least one.

    Args:
        content: The text, of Markdown or of a document.
        name: Of the file. Its ending tells the two apart.

    Raises:
        DocumentError: There is none, or one cannot be read. The message has the line.
    """
    if name.lower().endswith(DOCUMENT_ENDINGS):
        return [from_text(content, name)]
    # Few documents are Markdown; without this import the others are read sooner.
    from scripts.intake import markdown

    fences = markdown.fences(content)
    if fences:
        return [from_text(f.text, name, f.line, f.announcement) for f in fences]
    if not markdown.is_bare(content):
        raise DocumentError(f"no OpenAPI document inside: {_NO_FENCE}")
    try:
        return [from_text(content, name)]
    except DocumentError as error:
        raise DocumentError(f"{_NO_FENCE}; taken as a whole, {error}") from None


def source(path: Path) -> Source:
    """The one document in a YAML or JSON file or Markdown page. Raises DocumentError, its message opening with the file's name."""
    in_file = sources(path)
    if len(in_file) > 1:
        raise DocumentError(f"{path}: holds {len(in_file)} documents instead of one")
    return in_file[0]


def read(path: Path) -> Json:
    """The plain data of `source`."""
    return source(path).document


_FOREIGN = (
    (b"%PDF", "a PDF file; save the page as Markdown instead"),
    (b"PK\x03\x04", "a ZIP archive or an office file; save the page as Markdown"),
    (b"\xff\xfe", "UTF-16; save the file as UTF-8"),
    (b"\xfe\xff", "UTF-16; save the file as UTF-8"),
)
# A comment may stand before Markdown as well as before HTML.
_HTML = re.compile(
    r"(?:\s+|<!--.*?-->)*+<(?:!doctype|\?xml|html|head|body)", re.IGNORECASE | re.DOTALL
)


class MarkupError(DocumentError):
    """HTML or XML stands in the place of a page or document."""


def decode(data: bytes) -> str:
    r"""Text of a file, without a byte order mark, with \n at the end of each line.

    What is kept of it is the same whether a page was saved on Windows or not. Git stores \n alone.

    Raises:
        DocumentError: It is too large, not UTF-8, HTML or PDF.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(f"larger than {MAX_BYTES} bytes")
    for magic, kind in _FOREIGN:
        if data.startswith(magic):
            raise DocumentError(f"this is {kind}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(f"line {line}: not UTF-8; save the file as UTF-8") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _HTML.match(text):
        raise MarkupError("this is HTML or XML; save the page as Markdown instead")
    return text


def to_yaml(document: object) -> str:
    """YAML text of plain data, keys in their order, every part written out."""
    return yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


# Text that only the core schema of YAML 1.2 reads as a number is quoted, too.
_Dumper.add_implicit_resolver(CORE + "int", INTEGER, list("-+0123456789"))
_Dumper.add_implicit_resolver(CORE + "float", FLOAT, list("-+.0123456789"))


def locate(document: object, ref: str) -> tuple[Pointer, Json]:
    """The place that a local reference names, and what stands there. Raises DocumentError for a remote or dangling one."""
    if ref != "#" and not ref.startswith("#/"):
        raise DocumentError(
            f"the reference {ref!r} points outside the document; only '#/...' is accepted"
        )
    target: Json = document
    place = []
    for step in ref.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if not (isinstance(target, dict) and key in target):
            key = unquote(key)
        if isinstance(target, dict) and key in target:
            target = target[key]
        elif isinstance(target, list) and _is_index(key, target):
            target = target[int(key)]
        else:
            raise DocumentError(f"the reference {ref!r} points to nothing")
        place.append(key)
    return tuple(place), target


def _is_index(key: str, items: list[object]) -> bool:
    """Whether a step of a reference is the index of an item of a list."""
    if not key.isdecimal() or len(key) > _LONGEST_INDEX:
        return False
    return int(key) < len(items)


def lookup(document: object, ref: str) -> Json:
    """The target of a local reference. Raises DocumentError for a remote or dangling one."""
    return locate(document, ref)[1]


def resolved(document: object, value: Json) -> Json:
    """A value itself, or what its chain of references ends at."""
    seen: set[str] = set()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        ref = value["$ref"]
        if ref in seen:
            raise DocumentError(f"the reference {ref!r} refers to itself")
        seen.add(ref)
        value = lookup(document, ref)
    return value


class VersionError(DocumentError):
    """A document is not of a version of OpenAPI that can be read. `place` is where it says so."""

    def __init__(self, message: str, place: Pointer = ()) -> None:
        super().__init__(message)
        self.place = place


def openapi_version(document: object) -> str:
    """The version of OpenAPI that a document names. Raises VersionError if it is none that can be read."""
    stated: dict[str, object] = {}
    if isinstance(document, dict):
        stated = document
    if "openapi" not in stated and "swagger" in stated:
        version = stated["swagger"]
        raise VersionError(
            f"not an OpenAPI document: this is Swagger {version}; convert it to OpenAPI 3.0 or 3.1",
            ("swagger",),
        )
    if "openapi" not in stated:
        raise VersionError("not an OpenAPI document: no 'openapi' at the top")
    version = stated["openapi"]
    if isinstance(version, float):
        raise VersionError(
            f"YAML reads {version} as a number; write the version in quotes: openapi: '{version}.0'",
            ("openapi",),
        )
    if not isinstance(version, str) or version[:3] not in VERSIONS:
        shown = str(version)[:20]
        raise VersionError(f"OpenAPI {shown}, not 3.0, 3.1 or 3.2", ("openapi",))
    return version


def operations(document: Json) -> Iterator[tuple[str, str, Json, Json]]:
    """Path, method, path item and operation of each operation but those with additional methods (OpenAPI 3.2)."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if path.startswith("/") and method in item:
                yield path, method, item, item[method]
