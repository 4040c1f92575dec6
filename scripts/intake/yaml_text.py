"""Plain data of YAML and JSON text, within limits, and the place of each part; and places as text: JSON pointers.

JSON is read as JSON, everything else as YAML with the core schema of YAML 1.2: keys are text, `no` and dates are strings. Both become a
stream of events, from which `Builder` makes data and places in one pass. `json_data` reads JSON in a tenth of the time, without places.
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
MAX_COPIED = 64 * 1024**2  # characters of text and keys that aliases stand for
_LONGEST_INTEGER = 3_500  # digits; Python refuses to read more than 4,300

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
# As git marks where two branches differ.
_CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)


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
    """Makes plain data of the events of one document, and remembers where its parts begin.

    Args:
        text: YAML or JSON.
        first_line: Number of its first line in the file.
    """

    def __init__(self, text: str, first_line: int) -> None:
        self.positions = Positions()
        self._text = text
        self._first_line = first_line
        self._events = _events(text)
        self._anchors: dict[str, object] = {}
        self._nodes = 0
        self._copied_characters = 0

    def whole(self) -> Json:
        """The data of the document. Raises DocumentError with the line."""
        try:
            return self._whole()
        except RecursionError:
            raise DocumentError(f"nested deeper than {MAX_DEPTH} levels") from None
        except json.JSONDecodeError as error:
            line = self._first_line + error.lineno - 1
            place = f"line {line}, column {error.colno}"
            raise DocumentError(f"not JSON: {place}: {error.msg}") from None
        except yaml.MarkedYAMLError as error:
            raise DocumentError(f"not YAML: {self._fault_of_yaml(error)}") from None
        except yaml.reader.ReaderError as error:
            lines_before = self._text.encode().count(b"\n", 0, error.position)
            line = self._first_line + lines_before
            character = f"the character U+{error.character:04X}"
            raise DocumentError(f"not YAML: line {line}: {character}") from None

    def _fault_of_yaml(self, error: yaml.MarkedYAMLError) -> str:
        """Where the text is no YAML, and why."""
        conflict = _CONFLICT.search(self._text)
        if conflict is not None:
            lines_before = self._text.count("\n", 0, conflict.start())
            line = self._first_line + lines_before
            return f"line {line}: the conflict of a merge, which must be resolved first"
        mark = error.problem_mark
        assert mark is not None
        place = f"line {self._first_line + mark.line}, column {mark.column + 1}"
        return f"{place}: {error.problem}"

    def _whole(self) -> object:
        event = next(self._events, None)
        if event is None:
            raise DocumentError(f"line {self._first_line}: nothing inside")
        value = self._value(event, (), 0)
        for event in self._events:
            self._refuse(event, "a second document in one text")
        return value

    def _position(self, event: yaml.Event) -> Position:
        mark = event.start_mark
        assert mark is not None
        return self._first_line + mark.line, mark.column + 1

    def _refuse(self, event: yaml.Event, why: str) -> NoReturn:
        line, column = self._position(event)
        raise DocumentError(f"line {line}, column {column}: {why}")

    def _count(self, event: yaml.Event, depth: int) -> None:
        """Count a value, and refuse one too many or too deep."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(event, f"more than {MAX_NODES} values, with aliases expanded")
        if depth > MAX_DEPTH:
            self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")

    def _value(self, event: yaml.Event, pointer: Pointer, depth: int) -> object:
        """The value that begins with an event."""
        if pointer not in self.positions:  # of a member, its key is the place
            self.positions[pointer] = self._position(event)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                self._refuse(
                    event, f"the alias *{event.anchor} has no anchor before it"
                )
            return self._copied(self._anchors[event.anchor], event, depth)
        self._count(event, depth)
        assert isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent))
        if event.tag not in _TAGS:
            self._refuse(event, f"the YAML tag {event.tag!r} is not supported")
        value: object
        match event:
            case yaml.ScalarEvent():
                value = self._scalar(event)
            case yaml.SequenceStartEvent():
                value = self._sequence(pointer, depth)
            case _:
                value = self._mapping(pointer, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _copied(self, value: object, event: yaml.Event, depth: int) -> object:
        """A copy of what an alias stands for, each value and its text counted."""
        self._count(event, depth)
        match value:
            case dict():
                for key in value:
                    self._count_copied(key, event)
                return {
                    key: self._copied(item, event, depth + 1)
                    for key, item in value.items()
                }
            case list():
                return [self._copied(item, event, depth + 1) for item in value]
            case str():
                self._count_copied(value, event)
        return value

    def _count_copied(self, text: str, event: yaml.Event) -> None:
        """Count a text that an alias stands for. Memory holds it once, but the text of the document spells it out each time."""
        self._copied_characters += len(text)
        if self._copied_characters > MAX_COPIED:
            self._refuse(event, f"aliases stand for more than {MAX_COPIED} characters")

    def _sequence(self, pointer: Pointer, depth: int) -> list[object]:
        items: list[object] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            place = (*pointer, str(len(items)))
            items.append(self._value(event, place, depth + 1))
        return items

    def _mapping(self, pointer: Pointer, depth: int) -> dict[str, object]:
        members: dict[str, object] = {}
        merged: dict[str, object] = {}  # by "<<", from mappings elsewhere
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a key that is not text")
            key = event.value
            if key in members:
                self._refuse(event, f"the key {key!r} is repeated in one mapping")
            if key == "<<" and event.implicit[0]:
                merged |= self._merged(event, pointer, depth)
                continue
            place = (*pointer, key)
            self.positions[place] = self._position(event)
            members[key] = self._value(next(self._events), place, depth + 1)
        return merged | members

    def _merged(
        self, key_event: yaml.Event, pointer: Pointer, depth: int
    ) -> dict[str, object]:
        """The members that the merge key adds; of several mappings, the first takes precedence."""
        value = self._value(next(self._events), pointer, depth + 1)
        mappings = value if isinstance(value, list) else [value]
        merged: dict[str, object] = {}
        for mapping in reversed(mappings):
            if not isinstance(mapping, dict):
                self._refuse(key_event, "'<<' can only merge mappings")
            merged |= mapping
        return merged

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        text = event.value
        is_quoted = event.tag is None and not event.implicit[0]
        if is_quoted or event.tag in ("!", CORE + "str"):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if INTEGER.match(text) and len(text) < _LONGEST_INTEGER:
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if not FLOAT.match(text):
            return text
        if math.isinf(float(text)):
            self._refuse(event, "a number that is too large")
        return float(text)


# Braces open JSON and YAML alike; a quote after them is JSON's.
_JSON_BEGINNING = re.compile(r'\s*[\[{]\s*["{\[]')
# An escaped half of a surrogate pair, in a pair or alone.
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def json_data(text: str) -> dict[str, object] | list[object] | None:
    """The data of a JSON text without places; None where only `Builder` can read the text, or say where it is wrong."""
    if not _JSON_BEGINNING.match(text) or _ESCAPED_SURROGATE.search(text):
        return None
    try:
        data: dict[str, object] | list[object] = json.loads(
            text,
            object_pairs_hook=_members,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError):
        return None
    return data if _is_within_limits(data) else None


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key is repeated")
    return members


def _integer(digits: str) -> int:
    if len(digits) >= _LONGEST_INTEGER:
        raise ValueError("a number that is too long")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number that is too large")
    return number


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _is_within_limits(data: object) -> bool:
    """Whether data has no more values and levels than `Builder` allows."""
    number_of_values = 0
    level = [data]
    for _depth in range(MAX_DEPTH + 1):
        number_of_values += len(level)
        next_level: list[object] = []
        for value in level:
            if isinstance(value, dict):
                next_level.extend(value.values())
            elif isinstance(value, list):
                next_level.extend(value)
        if not next_level:
            return number_of_values <= MAX_NODES
        level = next_level
    return False


def _events(text: str) -> Iterator[yaml.Event]:
    """The parse events of a text."""
    if _JSON_BEGINNING.match(text):
        json.loads(text, parse_int=len)  # a long number is refused where it stands
        yield from _json_events(text)
        return
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        # A tuple: a union would be made anew for each of thousands of events.
        if isinstance(event, (yaml.NodeEvent, yaml.CollectionEndEvent)):
            yield event


# Half of a surrogate pair, as a cut-off emoji leaves it; no file can hold it.
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\]\[{}]|[^\]\[{}\s:,"]+')


def _json_events(text: str) -> Iterator[yaml.Event]:
    """The same for JSON, which is known to be well-formed."""
    line = 0
    line_start = 0
    counted = 0  # where the search for line breaks goes on: a whole document may stand on one line
    for match in _TOKEN.finditer(text):
        breaks = text.count("\n", counted, match.start())
        counted = match.start()
        if breaks:
            line += breaks
            line_start = text.rindex("\n", 0, match.start()) + 1
        mark = yaml.Mark("", 0, line, match.start() - line_start, None, 0)
        yield _json_event(match[0], mark)


def _json_event(token: str, mark: yaml.Mark) -> yaml.Event:
    match token[0]:
        case "{":
            return yaml.MappingStartEvent(None, None, True, mark, mark)
        case "[":
            return yaml.SequenceStartEvent(None, None, True, mark, mark)
        case "}":
            return yaml.MappingEndEvent(mark, mark)
        case "]":
            return yaml.SequenceEndEvent(mark, mark)
        case '"':
            value = _SURROGATE.sub("\ufffd", json.loads(token))
            return yaml.ScalarEvent(None, None, (False, True), value, mark, mark)
    return yaml.ScalarEvent(None, None, (True, False), token, mark, mark)
