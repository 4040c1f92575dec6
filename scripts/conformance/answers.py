"""Answers that a document describes, and what must become of them: the same value after decoding and encoding, in the class that the
document names.

Sources: OpenAPI 3.0.4 and 3.1.1, Responses Object, Media Type Object, Discriminator Object; RFC 9110, section 8.3; RFC 2046, section
4.1.2 (charset); RFC 3339, section 5.6; HTML, section 9.2 (server-sent events).
"""

from __future__ import annotations

import datetime
import enum
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.conformance.drawing import Sampler, Use
from scripts.conformance.raw import (
    Answer,
    Json,
    MediaType,
    Node,
    Operation,
    RawDocument,
    UnresolvableError,
)
from scripts.conformance.wire_rules import is_json_type, parameter_of

NO_CONTENT = (204, 205, 304)
BINARY = b"\x00\xff\x89PNG\r\n"
CHARSETS = ("utf-8", "iso-8859-1", "utf-16", "")
TEXTS = ("text, naïve", "naïve café", "žluťoučký", "plain")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)"
)


class Kind(enum.Enum):
    """What a media type is on the wire."""

    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"
    TEXT = "text"
    BYTES = "bytes"
    EVENTS = "events"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Case:
    """One answer that the service may give.

    Attributes:
        status: Its number; `key` is the key of the Responses Object that describes it.
        media_type: As the document spells it; empty for an answer without content.
        value: What the content says: JSON, text or bytes; for events, a list of their data. None without content.
        schema: The schema of the value; None where there is none.
    """

    status: int
    key: str
    media_type: str
    content_type: str
    content: bytes
    kind: Kind | None
    value: Json
    schema: Node | None


def kind_of(document: RawDocument, media_type: MediaType) -> Kind:
    """What a media type is on the wire; where its name does not say, its schema does."""
    essence = media_type.essence
    subtype_words = re.split(r"[/.+-]", essence)
    binary = is_binary(document, media_type.schema)
    if essence == "application/x-www-form-urlencoded":
        return Kind.FORM
    if essence.startswith("multipart/"):
        return Kind.MULTIPART
    if essence == "text/event-stream":
        return Kind.EVENTS
    if {"ndjson", "jsonl", "jsonlines", "seq"} & {*subtype_words} or (
        media_type.item_schema is not None
    ):
        return Kind.LINES
    if is_json_type(essence) or "json" in subtype_words:
        return Kind.JSON
    if essence == "*/*":
        types = types_of(document, media_type.schema)
        return Kind.JSON if types and "string" not in types else Kind.BYTES
    textual = essence.startswith("text/") or essence.endswith(("/xml", "+xml"))
    if textual and not binary:
        return Kind.TEXT
    return Kind.BYTES


def types_of(document: RawDocument, schema: Node | None) -> set[str]:
    """The types that a schema allows at its top, unions and `allOf` followed; empty where it says nothing."""
    found: set[str] = set()
    waiting = [schema] if schema is not None else []
    visited: set[tuple[str, ...]] = set()
    while waiting:
        try:
            node = document.follow(waiting.pop())
        except UnresolvableError:
            continue
        if node.pointer in visited or not isinstance(node.value, dict):
            continue
        visited.add(node.pointer)
        kinds = node.value.get("type")
        if isinstance(kinds, str):
            found.add(kinds)
        elif isinstance(kinds, list):
            found |= set(kinds) - {"null"}
        elif "properties" in node.value or "additionalProperties" in node.value:
            found.add("object")
        elif "items" in node.value:
            found.add("array")
        for keyword in ("allOf", "oneOf", "anyOf"):
            for index in range(len(node.value.get(keyword) or ())):
                members = document.child(node, keyword)
                waiting.append(document.child(members, str(index)))
    return found


def is_binary(document: RawDocument, schema: Node | None) -> bool:
    """Whether a schema is that of bytes (OpenAPI, "Working with Binary Data")."""
    if schema is None:
        return False
    try:
        value = document.follow(schema).value
    except UnresolvableError:
        return False
    if not isinstance(value, dict):
        return False
    opaque = "contentMediaType" in value and "contentEncoding" not in value
    return value.get("format") == "binary" or opaque


class AnswerMaker:
    """Makes the answers of a document's operations."""

    def __init__(self, document: RawDocument, sampler: Sampler) -> None:
        self._document = document
        self._sampler = sampler
        self.undrawn: list[str] = []  # schemas without a valid value

    def cases(self, operation: Operation) -> list[list[Case]]:
        """For each documented answer its cases, one for each media type and value."""
        statuses = {int(a.status) for a in operation.answers if a.status.isdecimal()}
        succeeds = any(answer.status.startswith("2") for answer in operation.answers)
        found = []
        for answer in operation.answers:
            status = _number(answer, statuses, succeeds)
            if status >= 200:
                cases = list(self._cases_of(operation, answer, status))
                found.append(cases)
        return found

    def _cases_of(
        self, operation: Operation, answer: Answer, status: int
    ) -> Iterator[Case]:
        bare = operation.method == "HEAD" or status in NO_CONTENT
        if bare or not answer.media_types:
            yield Case(status, answer.status, "", "", b"", None, None, None)
            return
        for media_type in answer.media_types:
            yield from self._cases_as(answer, status, media_type)

    def _cases_as(
        self, answer: Answer, status: int, media_type: MediaType
    ) -> Iterator[Case]:
        kind = kind_of(self._document, media_type)
        schema = media_type.item_schema or media_type.schema
        name = media_type.name

        def case(content_type: str, content: bytes, value: Json) -> Case:
            key = answer.status
            return Case(status, key, name, content_type, content, kind, value, schema)

        concrete = name
        if "*" in name:
            concrete = _CONCRETE[kind]
        match kind:
            case Kind.JSON:
                for value in self._values(schema):
                    yield case(concrete, json.dumps(value).encode(), value)
            case Kind.TEXT:
                for charset, text in zip(CHARSETS, TEXTS, strict=True):
                    declared = parameter_of(name, "charset")
                    if declared:
                        yield case(name, text.encode(declared, "replace"), text)
                        break
                    typed = f"{concrete}; charset={charset}" if charset else concrete
                    yield case(typed, text.encode(charset or "utf-8"), text)
            case Kind.EVENTS:
                for value in self._values(schema):
                    data = json.dumps(value).encode()
                    yield case(name, b"data: %b\n\n" % data, [value])
            case Kind.LINES:
                for value in self._values(schema):
                    line = json.dumps(value).encode() + b"\n"
                    yield case(name, line, line)
            case _:
                if name.startswith("*/*"):
                    yield case("application/pdf", BINARY, BINARY)
                    if not is_binary(self._document, media_type.schema):
                        yield case("text/plain; charset=utf-8", b"hello", "hello")
                        yield case("application/json", b'"hi"', "hi")
                else:
                    yield case(concrete, BINARY, BINARY)

    def _values(self, schema: Node | None) -> list[Json]:
        if schema is None:
            return [{"a": [1]}]
        values = self._sampler.values(schema, Use.RECEIVED)
        if not values:
            self.undrawn.append(schema.text())
        return values


_CONCRETE = {
    Kind.JSON: "application/json",
    Kind.TEXT: "text/plain",
    Kind.BYTES: "image/png",
    Kind.FORM: "application/x-www-form-urlencoded",
    Kind.MULTIPART: "multipart/mixed",
    Kind.EVENTS: "text/event-stream",
    Kind.LINES: "application/jsonl",
}


def _number(answer: Answer, statuses: set[int], succeeds: bool) -> int:
    """A status that an answer describes and no other one does."""
    if answer.status.isdecimal():
        return int(answer.status)
    start = 418 if succeeds else 200
    if answer.status != "default":
        start = int(answer.status[0]) * 100
    return next(number for number in range(start, 600) if number not in statuses)


# What became of an answer


def plain(result: Any) -> Json:
    """A result in JSON's own types, as it would be sent again. Dates outside of models stay what they are."""
    if hasattr(result, "to_dict"):
        return plain(result.to_dict())
    if isinstance(result, enum.Enum):
        return result.value
    if isinstance(result, Mapping):
        return {key: plain(item) for key, item in result.items()}
    if isinstance(result, list | tuple):
        return [plain(item) for item in result]
    if isinstance(result, uuid.UUID):
        return str(result)
    return result


def same_answer(sent: Json, read: Json) -> bool:
    """Whether JSON was read as it was sent. A moment outside of a model has lost its spelling, but no digit."""
    if isinstance(sent, dict) and isinstance(read, dict):
        if sent.keys() != read.keys():
            return False
        return all(same_answer(sent[key], read[key]) for key in sent)
    if isinstance(sent, list) and isinstance(read, list):
        if len(sent) != len(read):
            return False
        return all(map(same_answer, sent, read))
    if isinstance(sent, bool) != isinstance(read, bool):
        return False
    if isinstance(sent, str) and isinstance(read, datetime.datetime):
        return _moment(sent) == _moment(read.isoformat())
    if isinstance(sent, str) and isinstance(read, datetime.date):
        return sent == read.isoformat()
    return bool(sent == read)


def difference(expected: Json, found: Json, place: str = "") -> str:
    """The first place where two JSON values differ, in words."""
    here = place or "the whole"
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in [*expected, *found]:
            step = f"{place}.{name}" if place else str(name)
            if name not in found:
                return f"{step} is missing"
            if name not in expected:
                return f"{step} was added"
            if not same_answer(expected[name], found[name]):
                return difference(expected[name], found[name], step)
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return f"{here} has {len(found)} items instead of {len(expected)}"
        for index, (wanted, item) in enumerate(zip(expected, found, strict=True)):
            if not same_answer(wanted, item):
                return difference(wanted, item, f"{place}[{index}]")
    return f"{here} is {found!r:.100} instead of {expected!r:.100}"


def _moment(text: str) -> tuple[str, ...] | None:
    """Date, time, fraction and offset of an RFC 3339 timestamp."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    date, time, fraction, offset = match.groups()
    if offset in ("Z", "z"):
        offset = "+00:00"
    return date, time, (fraction or "").rstrip("0"), offset


class ClassReader:
    """Says which class the document names for a value, and whether a result has it."""

    def __init__(self, document: RawDocument, sampler: Sampler) -> None:
        self._document = document
        self._sampler = sampler

    def faults(
        self, schema: Node, value: Json, result: Any, place: str = ""
    ) -> Iterator[str]:
        """Where a result is of another class than the document names."""
        if isinstance(value, list) and isinstance(result, list):
            for index, item in enumerate(value[: len(result)]):
                for inner in self._items(schema, value, index):
                    step = f"{place}[{index}]"
                    yield from self.faults(inner, item, result[index], step)
        if not isinstance(value, dict):
            return
        candidates = self._candidates(schema, value, set())
        named = [c for c in candidates if c.component and self._has_fields(c)]
        if isinstance(result, dict):
            if named and len(named) == len(candidates):
                names = " or ".join(sorted({c.component for c in named}))
                yield f"{place or 'the answer'} stays a dictionary, not {names}"
            return
        if not hasattr(result, "to_dict"):
            return
        class_name = type(result).__name__
        matching = [c for c in candidates if _same_name(c.component, class_name)]
        if candidates and len(named) == len(candidates) and not matching:
            names = " or ".join(sorted({c.component for c in named}))
            yield f"{place or 'the answer'} is a {class_name}, not {names}"
            return
        for candidate in (matching or candidates)[:1]:
            for name, item in value.items():
                member = attribute(result, name, item)
                for inner in self._properties(candidate, name):
                    step = f"{place}.{name}" if place else name
                    yield from self.faults(inner, item, member, step)

    def _items(self, schema: Node, value: Json, index: int) -> Iterator[Node]:
        for candidate in self._candidates(schema, value, set()):
            prefix = self._document.optional(candidate, "prefixItems")
            if prefix is not None and index < len(prefix.value):
                yield self._document.child(prefix, str(index))
                return
            items = self._document.optional(candidate, "items")
            if items is not None and isinstance(items.value, dict):
                yield items
                return

    def _has_fields(self, schema: Node) -> bool:
        """Whether a component declares fields, itself or by what it includes."""
        return self._any_fields(schema, set())

    def _any_fields(self, schema: Node, visited: set[tuple[str, ...]]) -> bool:
        node = self._follow(schema)
        if node is None or node.pointer in visited:
            return False
        visited.add(node.pointer)
        if node.value.get("properties"):
            return True
        return any(self._any_fields(m, visited) for m in self._members(node, "allOf"))

    def _follow(self, schema: Node) -> Node | None:
        try:
            node = self._document.follow(schema)
        except UnresolvableError:
            return None
        if not isinstance(node.value, dict):
            return None
        return Node(node.pointer, node.value, node.component or schema.component)

    def _members(self, node: Node, keyword: str) -> list[Node]:
        members = self._document.optional(node, keyword)
        if members is None or not isinstance(members.value, list):
            return []
        count = len(members.value)
        return [self._document.child(members, str(index)) for index in range(count)]

    def _candidates(
        self, schema: Node, value: Json, visited: set[tuple[str, ...]]
    ) -> list[Node]:
        """The schemas of which the value is one: the variants that the document means, or the schema itself."""
        node = self._follow(schema)
        if node is None or node.pointer in visited:
            return []
        visited = {*visited, node.pointer}
        variants = self._members(node, "oneOf") + self._members(node, "anyOf")
        structured = [variant for variant in variants if self._is_structured(variant)]
        if structured:
            return self._variants(node, structured, value, visited)
        subtypes = self._sampler.subtypes(node)
        if subtypes and isinstance(value, dict):
            tag = value.get(node.value["discriminator"]["propertyName"])
            for name, child in subtypes:
                if name == tag:
                    return self._candidates(child, value, visited)
        members = self._members(node, "allOf")
        if len(members) == 1 and "properties" not in node.value:
            # It only gives another name, or none, to what it includes.
            included = self._candidates(members[0], value, visited)
            return [node, *included] if node.component else included
        return [node]

    def _is_structured(self, variant: Node) -> bool:
        """Whether a variant makes a type, rather than adding a rule such as `required`."""
        node = self._follow(variant)
        if node is None:
            return False
        return bool(node.component) or bool(node.value.keys() - {"required", "not"})

    def _variants(
        self,
        union: Node,
        variants: list[Node],
        value: Json,
        visited: set[tuple[str, ...]],
    ) -> list[Node]:
        valid = [v for v in variants if self._sampler.is_valid(v, value)]
        if not valid:
            valid = [v for v in variants if self._accepts(v, value)]
        if not valid:
            return []
        chosen = [v for v in valid if self._is_tagged(union, v, value)]
        found = []
        for variant in chosen or valid:
            found += self._candidates(variant, value, visited)
        return found

    def _accepts(self, variant: Node, value: Json) -> bool:
        return self._sampler.accepts(variant, value, Use.RECEIVED) is not False

    def contradicts_tag(self, schema: Node, value: Json) -> bool:
        """Whether a discriminator names a variant that does not allow the value: JSON Schema looks at the others, a client need not."""
        node = self._follow(schema)
        if node is None:
            return False
        variants = self._members(node, "oneOf") + self._members(node, "anyOf")
        named = [v for v in variants if self._is_tagged(node, v, value)]
        if isinstance(value, dict):
            for tag, child in self._sampler.subtypes(node):
                if value.get(node.value["discriminator"]["propertyName"]) == tag:
                    named.append(child)
        if named and not any(self._accepts(variant, value) for variant in named):
            return True
        if isinstance(value, list):
            for index, item in enumerate(value):
                for inner in self._items(schema, value, index):
                    if self.contradicts_tag(inner, item):
                        return True
        if isinstance(value, dict):
            for candidate in [node, *variants]:
                for name, item in value.items():
                    for inner in self._properties(candidate, name):
                        if isinstance(item, dict | list) and self.contradicts_tag(
                            inner, item
                        ):
                            return True
        return False

    def _is_tagged(self, union: Node, variant: Node, value: Json) -> bool:
        """Whether the discriminator of a union names a variant for a value."""
        discriminator = union.value.get("discriminator")
        if not isinstance(discriminator, dict) or not isinstance(value, dict):
            return False
        tag = value.get(discriminator.get("propertyName"))
        component = self._document.follow(variant).component
        target = (discriminator.get("mapping") or {}).get(tag)
        if target is not None:
            return str(target).rpartition("/")[2] == component
        return tag == component

    def _properties(self, schema: Node, name: str) -> Iterator[Node]:
        """The schema that a field has; none where several apply together, which have no name in common."""
        found: dict[tuple[str, ...], Node] = {}
        waiting = [schema]
        visited: set[tuple[str, ...]] = set()
        while waiting:
            node = self._follow(waiting.pop())
            if node is None or node.pointer in visited:
                continue
            visited.add(node.pointer)
            properties = self._document.optional(node, "properties")
            if properties is not None and name in properties.value:
                member = self._document.child(properties, name)
                found[member.pointer] = member
            waiting += self._members(node, "allOf")
        if len(found) == 1:
            yield from found.values()


def _same_name(component: str, class_name: str) -> bool:
    """Whether a class is named after a component; a number told it apart from others of the same spelling."""
    plain_component = re.sub(r"[^a-z0-9]", "", component.lower())
    plain_class = re.sub(r"[^a-z0-9]", "", class_name.lower())
    if plain_component[:1].isdigit():
        plain_class = plain_class.lstrip("abcdefghijklmnopqrstuvwxyz")
    return (
        re.fullmatch(re.escape(plain_component) + r"(\d*|model|type\d+)", plain_class)
        is not None
    )


def attribute(result: Any, name: str, value: Json) -> Any:
    """The attribute of a model that holds a field, by the field's name on the wire; None where it is not found."""
    wanted = re.sub(r"[^a-z0-9]", "", name.lower())
    found = []
    for declared in getattr(type(result), "__attrs_attrs__", ()):
        spelled = re.sub(r"[^a-z0-9]", "", declared.name.lower())
        if spelled in (wanted, f"field{wanted}"):
            found.append(declared.name)
    if len(found) == 1:
        return getattr(result, found[0])
    additional = getattr(result, "additional_properties", None)
    if isinstance(additional, dict) and name in additional:
        return additional[name]
    return None
