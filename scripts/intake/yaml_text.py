"""Plain data of YAML and JSON text, within limits, and the place of each part; and places as text: JSON pointers.

JSON is read as JSON, everything else as YAML with the core schema of YAML 1.2: keys are text, `no` and dates are strings. Both become one
stream of events, from which data and places are built in one pass.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn
from urllib.parse import quote, unquote

import yaml

from scripts.common.errors import DocumentError

MAX_DEPTH = 100
MAX_NODES = 2_000_000  # after aliases are expanded

Json = Any
Pointer = tuple[str, ...]  # a place in a document: ("components", "schemas", "Pet")
Position = tuple[int, int]  # line and column, both from 1

CORE = "tag:yaml.org,2002:"
_KINDS = ("map", "seq", "str", "int", "float", "bool", "null")
_TAGS = {None, "!", *(CORE + kind for kind in _KINDS)}
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")


def at(place: Pointer) -> str:
    """A place as people and JSON tools write it: `#/components/schemas/Pet`."""
    steps = (step.replace("~", "~0").replace("/", "~1") for step in place)
    return "".join(["#", *(f"/{step}" for step in steps)])


def reference(place: Pointer) -> str:
    """A place as the value of `$ref`."""
    return "#" + quote(at(place)[1:], safe="/~$")


def pointer(text: str) -> Pointer:
    """The place that `at` has written."""
    steps = text.removeprefix("#").split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def referred(ref: str) -> Pointer:
    """The place that a local `$ref` names."""
    return pointer(unquote(ref))


class Positions(dict[Pointer, Position]):
    """Line and column of each part of a text, by its pointer.

    A member is where its key is. What is not written out, such as what an alias stands for, is where the part is that holds it.
    """

    def __missing__(self, place: Pointer) -> Position:
        return self[place[:-1]]


class Builder:
    """Makes plain data of the events of one document, and remembers where its parts begin."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text, self.events = text, _events(text)
        self.first_line = first_line
        self.positions = Positions()
        self.anchors: dict[str, Json] = {}
        self.nodes = 0

    def whole(self) -> Json:
        try:
            event = next(self.events, None)
            if event is None:
                raise DocumentError("nothing inside")
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
            mark: Any = error.problem_mark
            place = f"line {self.first_line + mark.line}, column {mark.column + 1}"
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
            self.refuse(event, f"more than {MAX_NODES} values, with aliases expanded")
        if depth > MAX_DEPTH:
            self.refuse(event, f"nested deeper than {MAX_DEPTH} levels")

    def value(self, event: yaml.Event, pointer: Pointer, depth: int) -> Json:
        self.positions.setdefault(pointer, self.position(event))
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
            items.append(self.value(event, (*pointer, str(len(items))), depth + 1))
        return items

    def mapping(self, pointer: Pointer, depth: int) -> dict[str, Json]:
        found: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.refuse(event, "a key that is not text")
            key, place = event.value, (*pointer, event.value)
            if key in found:
                self.refuse(event, f"the key {key!r} is repeated in one mapping")
            if key == "<<" and event.implicit[0]:
                held = self.value(next(self.events), pointer, depth + 1)
                for one in reversed(held if isinstance(held, list) else [held]):
                    if not isinstance(one, dict):
                        self.refuse(event, "'<<' can only merge mappings")
                    merged |= one
            else:
                self.positions[place] = self.position(event)
                found[key] = self.value(next(self.events), place, depth + 1)
        return merged | found

    def scalar(self, event: yaml.ScalarEvent) -> Json:
        text = event.value
        quoted = event.tag is None and not event.implicit[0]
        if quoted or event.tag in ("!", CORE + "str"):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if INTEGER.match(text) and len(text) < 3500:
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if not FLOAT.match(text):
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
            value = _SURROGATE.sub("\ufffd", json.loads(part)) if quoted else part
            yield yaml.ScalarEvent(None, None, (not quoted, quoted), value, mark, mark)
