"""Read an OpenAPI document, from bytes to plain data, with limits; and say where each part of it stands.

A document comes from outside and is not trusted. `parse` turns text into plain JSON data (dict, list, str, int, float, bool, None). JSON is
read as JSON, everything else as YAML with the core schema of YAML 1.2. Anchors, aliases and merge keys are expanded. Duplicate keys, tags
other than the core schema's, several documents in one text, and sizes beyond any real document are refused.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import unquote

import yaml

from scripts.errors import DocumentError

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 2_000_000  # after aliases are expanded
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Json = Any
Pointer = tuple[str, ...]
Position = tuple[int, int]  # line and column, both from 1
_Text = tuple[str, int, tuple[str, str] | None]  # the first fields of a Source


class Source(NamedTuple):
    """A document and where it stands: a file of its own, or a fence of a Markdown page."""

    name: str  # of the file
    text: str
    line: int  # of the file on which the text begins
    announced: tuple[str, str] | None  # method and path, in the opening of a fence
    document: Json


def read(path: Path) -> Json:
    """The one document in a YAML or JSON file or Markdown page. Raises DocumentError, its message opening with the file's name."""
    found = sources(path)
    if len(found) > 1:
        raise DocumentError(f"{path}: holds {len(found)} documents instead of one")
    return found[0].document


def sources(path: Path) -> list[Source]:
    """Every document in a file, at least one. Raises DocumentError, its message opening with the file's name."""
    try:
        return sources_in(path.read_bytes(), str(path))
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None


def sources_in(data: bytes, name: str) -> list[Source]:
    """The same for the bytes of a file, whose ending tells a page from a bare document."""
    try:
        content = decode(data)
        texts: list[_Text] = [(content, 1, None)]
        if not name.lower().endswith((".yaml", ".yml", ".json")):
            texts = [*_fenced(content)] or texts
        return [
            Source(name, text, line, announced, parse(text, first_line=line))
            for text, line, announced in texts
        ]
    except DocumentError as error:
        raise DocumentError(f"{name}: {error}") from None


_FOREIGN = (
    (b"%PDF", "a PDF file; save the page as Markdown instead"),
    (b"PK\x03\x04", "a ZIP archive or an office file; save the page as Markdown"),
    (b"\xff\xfe", "UTF-16; save the file as UTF-8"),
    (b"\xfe\xff", "UTF-16; save the file as UTF-8"),
)
_HTML = re.compile(r"\s*<(?:!doctype|!--|\?xml|html|head|body)", re.IGNORECASE)


def decode(data: bytes) -> str:
    """Text of a file, without a byte order mark. Raises DocumentError if too large, not UTF-8, HTML or PDF."""
    if len(data) > MAX_BYTES:
        raise DocumentError(f"larger than {MAX_BYTES} bytes")
    for magic, kind in _FOREIGN:
        if data.startswith(magic):
            raise DocumentError(f"this is {kind}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(f"line {line}: not UTF-8") from None
    if _HTML.match(text):
        raise DocumentError("this is HTML or XML; save the page as Markdown instead")
    return text


_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OPENS = re.compile(
    r"(?P<fence>`{3,})(?:ya?ml|json)(?:[ \t]+(?P<method>[A-Za-z]+)[ \t]+(?P<path>/\S*))?[^\n`]*\n"
)
_CLOSES = re.compile(r"(?P<fence>`{3,})[ \t]*\r?\n?")


def _fenced(content: str) -> Iterator[_Text]:
    """What stands between fences of four or more backticks, the line on which it begins, and the operation that the fence announces.

    Line by line: a page that consists of openings costs no more than its length. Text without any fence, but with `openapi` at the start of
    a line, is left to the caller.
    """
    opened: re.Match[str] | None = None
    inside: list[str] = []
    short = found = first = 0
    for number, line in enumerate(_LINE.findall(content), 1):
        if opened is None:
            opened, inside, first = _OPENS.fullmatch(line), [], number + 1
            continue
        closes = _CLOSES.fullmatch(line)
        if closes is None or len(closes["fence"]) < len(opened["fence"]):
            inside.append(line)
            continue
        method, path = opened["method"], opened["path"]
        if len(opened["fence"]) > 3:
            found += 1
            yield "".join(inside), first, (method.lower(), path) if method else None
        elif method or re.match(r"\s*[{\"]*openapi\b", "".join(inside)):
            short = short or first - 1
        opened = None
    if opened is not None and (not found or len(opened["fence"]) > 3):
        raise DocumentError(
            f"line {first - 1}: the fence that opens here is never closed by a line of {len(opened['fence'])} backticks"
        )
    if not found and short:
        raise DocumentError(
            f"line {short}: this fence has three backticks, which a description inside could close; open and close it with four"
        )
    if not found and not re.search(r"^[{\"]*openapi\b", content, re.MULTILINE):
        raise DocumentError(
            "no OpenAPI document inside: no fence of four backticks opened by 'yaml METHOD /path'"
        )


def parse(text: str, *, first_line: int = 1) -> Json:
    """Plain data of YAML or JSON text. Raises DocumentError with the line, counted from `first_line`."""
    return _Builder(text, first_line).whole()


class Positions(Mapping[Pointer, Position]):
    """Line and column of each part of YAML or JSON text, by its pointer; built when first asked.

    A member is where its key is. What is not written out, such as what an alias stands for, is where the part is that holds it.
    """

    def __init__(self, text: str, *, first_line: int = 1) -> None:
        self._text, self._first_line = text, first_line

    @cached_property
    def _places(self) -> dict[Pointer, Position]:
        builder = _Builder(self._text, self._first_line)
        builder.whole()
        return builder.places

    def __getitem__(self, pointer: Pointer) -> Position:
        while pointer and pointer not in self._places:
            pointer = pointer[:-1]
        return self._places[pointer]

    def __iter__(self) -> Iterator[Pointer]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


positions = Positions

_CORE = "tag:yaml.org,2002:"
_KINDS = ("map", "seq", "str", "int", "float", "bool", "null")
_TAGS = {None, "!", *(_CORE + kind for kind in _KINDS)}
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")


class _Builder:
    """Makes plain data of the events of one document, and remembers where its parts begin."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text, self.events = text, _events(text)
        self.first_line = first_line
        self.places: dict[Pointer, Position] = {}
        self.anchors: dict[str, Json] = {}
        self.nodes = 0

    def whole(self) -> Json:
        try:
            event = next(self.events, None)
            if event is None:
                raise DocumentError("nothing inside")
            self.places[()] = self.position(event)
            value = self.value(event, (), 0)
            for event in self.events:
                self.refuse(event, "a second document in one text")
        except RecursionError:
            raise DocumentError(f"nested deeper than {MAX_DEPTH} levels") from None
        except json.JSONDecodeError as error:
            line = self.first_line + error.lineno - 1
            place = f"line {line}, column {error.colno}"
            raise DocumentError(f"not JSON: {place}: {error.msg}") from None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            place = f"line {self.first_line + line}, column {column + 1}"
            raise DocumentError(f"not YAML: {place}: {error.problem}") from None
        except yaml.reader.ReaderError as error:
            line = self.text.encode().count(b"\n", 0, error.position) + self.first_line
            character = f"the character U+{error.character:04X}"
            raise DocumentError(f"not YAML: line {line}: {character}") from None
        return value

    def position(self, event: yaml.Event) -> Position:
        mark: Any = event.start_mark
        return self.first_line + mark.line, mark.column + 1

    def refuse(self, event: yaml.Event, why: str) -> NoReturn:
        line, column = self.position(event)
        raise DocumentError(f"line {line}, column {column}: {why}")

    def count(self, event: yaml.Event, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.refuse(event, f"more than {MAX_NODES} values, aliases expanded")
        if depth > MAX_DEPTH:
            self.refuse(event, f"nested deeper than {MAX_DEPTH} levels")

    def value(self, event: yaml.Event, pointer: Pointer, depth: int) -> Json:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                self.refuse(event, f"the alias *{event.anchor} has no anchor before it")
            return self.copied(self.anchors[event.anchor], event, depth)
        self.count(event, depth)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.tag not in _TAGS:
            self.refuse(event, f"the YAML tag {event.tag!r} is not supported")
        value: Json
        if isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self.sequence(pointer, depth)
        else:
            value = self.mapping(pointer, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        return value

    def copied(self, value: Json, event: yaml.Event, depth: int) -> Json:
        self.count(event, depth)
        if isinstance(value, dict):
            return {k: self.copied(v, event, depth + 1) for k, v in value.items()}
        if isinstance(value, list):
            return [self.copied(item, event, depth + 1) for item in value]
        return value

    def sequence(self, pointer: Pointer, depth: int) -> list[Json]:
        items: list[Json] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            place = (*pointer, str(len(items)))
            self.places[place] = self.position(event)
            items.append(self.value(event, place, depth + 1))
        return items

    def mapping(self, pointer: Pointer, depth: int) -> dict[str, Json]:
        found: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.refuse(event, "a key that is not text")
            key = _SURROGATE.sub("\ufffd", event.value)
            place = (*pointer, key)
            if key in found:
                self.refuse(event, f"the key {key!r} is repeated in one mapping")
            if key == "<<" and event.implicit[0]:
                held = self.value(next(self.events), pointer, depth + 1)
                for one in reversed(held if isinstance(held, list) else [held]):
                    if not isinstance(one, dict):
                        self.refuse(event, "'<<' can only merge mappings")
                    merged |= one
            else:
                self.places[place] = self.position(event)
                found[key] = self.value(next(self.events), place, depth + 1)
        return merged | found

    def scalar(self, event: yaml.ScalarEvent) -> Json:
        text = event.value
        quoted = event.tag is None and not event.implicit[0]
        if quoted or event.tag in ("!", _CORE + "str"):
            return _SURROGATE.sub("\ufffd", text)
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.match(text) and len(text) < 4000:
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if not _FLOAT.match(text):
            return text
        if math.isinf(float(text)):
            self.refuse(event, "a number that is too large")
        return float(text)


def _events(text: str) -> Iterator[yaml.Event]:
    """What the text says, piece by piece. Braces open JSON and YAML alike; a quote after them is JSON's."""
    if re.match(r'\s*[\[{]\s*["{\[]', text):
        json.loads(text, parse_int=len)  # a long number is refused where it stands
        yield from _json_events(text)
        return
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
            yield event


# Half of a surrogate pair, as a cut-off emoji leaves it; no file can hold it.
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\]\[{}]|[^\]\[{}\s:,"]+')


def _json_events(text: str) -> Iterator[yaml.Event]:
    """The same for JSON, which is known to be well-formed."""
    line = start = 0
    for match in _TOKEN.finditer(text):
        breaks = text.count("\n", start, match.start())
        if breaks:
            line, start = line + breaks, text.rindex("\n", 0, match.start()) + 1
        part, column = match[0], match.start() - start
        mark = yaml.Mark("", 0, line, column, None, 0)
        if part == "{":
            yield yaml.MappingStartEvent(None, None, True, mark, mark)
        elif part == "[":
            yield yaml.SequenceStartEvent(None, None, True, mark, mark)
        elif part in "]}":
            end = yaml.SequenceEndEvent if part == "]" else yaml.MappingEndEvent
            yield end(mark, mark)
        else:
            quoted = part[0] == '"'
            value = json.loads(part) if quoted else part
            yield yaml.ScalarEvent(None, None, (not quoted, quoted), value, mark, mark)


def to_yaml(document: Json) -> str:
    """YAML text of plain data, keys in their order, every part written out."""
    return yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


# Text that only the core schema of YAML 1.2 reads as a number is quoted, too.
_Dumper.add_implicit_resolver(_CORE + "int", _INTEGER, list("-+0123456789"))
_Dumper.add_implicit_resolver(_CORE + "float", _FLOAT, list("-+.0123456789"))


def lookup(document: Json, ref: str) -> Json:
    """What a local reference names. Raises DocumentError for a remote or dangling one."""
    if ref != "#" and not ref.startswith("#/"):
        raise DocumentError(
            f"the reference {ref!r} leads out of the document; only '#/...' is accepted"
        )
    target = document
    for raw in ref.split("/")[1:]:
        part = raw.replace("~1", "/").replace("~0", "~")
        if not (isinstance(target, dict) and part in target):
            part = unquote(part)
        if isinstance(target, dict) and part in target:
            target = target[part]
        elif isinstance(target, list) and part.isdecimal() and int(part) < len(target):
            target = target[int(part)]
        else:
            raise DocumentError(f"the reference {ref!r} points at nothing")
    return target


def resolved(document: Json, value: Json) -> Json:
    """A value itself, or what its chain of references ends at."""
    seen: set[str] = set()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        ref = value["$ref"]
        if ref in seen:
            raise DocumentError(f"the reference {ref!r} leads back to itself")
        seen.add(ref)
        value = lookup(document, ref)
    return value


def operations(document: Json) -> Iterator[tuple[str, str, Json, Json]]:
    """Path, method, path item and operation of everything callable."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item, item[method]
