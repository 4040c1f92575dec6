"""The answers that a document describes, made for a service that stands in for the vendor's.

Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0, Responses Object, Media Type Object; RFC 9110, section 8.3; RFC 2046, section 4.1.2 (charset);
RFC 7464 (JSON text sequences); HTML, section 9.2 (server-sent events).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.conformance.drawing import Sampler
from scripts.conformance.json_values import mapping_of
from scripts.conformance.media_types import Kind, is_binary, kind_of, parameter_of
from scripts.conformance.operations import Answer, MediaType, Operation
from scripts.conformance.raw import Node, RawDocument
from scripts.conformance.scalars import Use

EVENT_FIELDS = ("event", "id", "retry", "data")
NO_CONTENT = (204, 205, 304)
BINARY = b"\x00\xff\x89PNG\r\n"
CHARSETS = ("utf-8", "iso-8859-1", "utf-16", "")
TEXTS = ("text, naïve", "naïve café", "žluťoučký", "plain")
# A media type for a range.
_CONCRETE = {
    Kind.JSON: "application/json",
    Kind.TEXT: "text/plain",
    Kind.BYTES: "image/png",
    Kind.FORM: "application/x-www-form-urlencoded",
    Kind.MULTIPART: "multipart/mixed",
    Kind.EVENTS: "text/event-stream",
    Kind.LINES: "application/jsonl",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One answer that the service may give.

    Attributes:
        status: Its number.
        media_type: As the document spells it; empty for an answer without content.
        value: What the content says: JSON, text or bytes. None without content.
        schema: The schema of the value, of a stream that of its items; None where there is none.
        items: What a stream consists of: the JSON of its lines, or of the data of its events.
        describes_events: Whether an item is a whole event, with its type and its data as text, rather than the JSON of its data.
    """

    status: int
    media_type: str = ""
    content_type: str = ""
    content: bytes = b""
    kind: Kind | None = None
    value: object = None
    schema: Node | None = None
    items: tuple[object, ...] = ()
    describes_events: bool = False


@dataclass(frozen=True, slots=True)
class _Content:
    """The content of a case."""

    content_type: str
    content: bytes
    value: object
    items: tuple[object, ...] = ()
    describes_events: bool = False


class AnswerMaker:
    """Makes the answers of a document's operations.

    Attributes:
        undrawn: Schemas without a valid value, met since the list was last emptied.
    """

    def __init__(self, document: RawDocument, sampler: Sampler) -> None:
        self._document = document
        self._sampler = sampler
        self.undrawn: list[str] = []

    def cases(self, operation: Operation) -> list[list[Case]]:
        """For each documented answer its cases, one for each media type and value."""
        statuses = {int(a.status) for a in operation.answers if a.status.isdecimal()}
        succeeds = any(answer.status.startswith("2") for answer in operation.answers)
        cases = []
        for answer in operation.answers:
            status = _number(answer, statuses, succeeds=succeeds)
            if status >= 200:
                cases.append(list(self._cases_of(operation, answer, status)))
        return cases

    def _cases_of(
        self, operation: Operation, answer: Answer, status: int
    ) -> Iterator[Case]:
        has_no_content = operation.method == "HEAD" or status in NO_CONTENT
        if has_no_content or not answer.media_types:
            yield Case(status)
            return
        for media_type in answer.media_types:
            kind = kind_of(self._document, media_type)
            for content in self._contents(media_type, kind):
                yield Case(
                    status=status,
                    media_type=media_type.name,
                    content_type=content.content_type,
                    content=content.content,
                    kind=kind,
                    value=content.value,
                    schema=media_type.item_schema or media_type.schema,
                    items=content.items,
                    describes_events=content.describes_events,
                )

    def _contents(self, media_type: MediaType, kind: Kind) -> Iterator[_Content]:
        name = media_type.name
        concrete = name
        if "*" in name:
            concrete = _CONCRETE[kind]
        match kind:
            case Kind.JSON:
                for value in self._values(media_type):
                    yield _Content(concrete, json.dumps(value).encode(), value)
            case Kind.TEXT:
                yield from _texts(name, concrete)
            case Kind.EVENTS:
                yield from self._streams_of_events(media_type)
            case Kind.LINES:
                for value in self._values(media_type):
                    line = _line(media_type, value)
                    yield _Content(name, line, line, (value,))
            case _ if name.startswith("*/*"):
                yield from self._contents_of_any_type(media_type)
            case _:
                yield _Content(concrete, BINARY, BINARY)

    def _streams_of_events(self, media_type: MediaType) -> Iterator[_Content]:
        """Streams of one event. `itemSchema` may describe the event as an object (OpenAPI 3.2, section 4.14.3)."""
        name = media_type.name
        describes_events = self._describes_events(media_type)
        for value in self._values(media_type):
            fields: dict[str, object] = {"data": json.dumps(value)}
            if describes_events:
                fields = mapping_of(value)
            if _makes_an_event(fields):
                yield _Content(name, _event(fields), None, (value,), describes_events)

    def _describes_events(self, media_type: MediaType) -> bool:
        if media_type.item_schema is None:
            return False
        node = self._document.follow_if_possible(media_type.item_schema)
        return node is not None and "data" in mapping_of(
            node.keywords.get("properties")
        )

    def _contents_of_any_type(self, media_type: MediaType) -> Iterator[_Content]:
        yield _Content("application/pdf", BINARY, BINARY)
        if not is_binary(self._document, media_type.schema):
            yield _Content("text/plain; charset=utf-8", b"hello", "hello")
            yield _Content("application/json", b'"hi"', "hi")

    def _values(self, media_type: MediaType) -> list[object]:
        schema = media_type.item_schema or media_type.schema
        if schema is None:
            return [{"a": [1]}]
        values = self._sampler.values(schema, Use.RECEIVED)
        if not values:
            self.undrawn.append(schema.text())
        return values


def _line(media_type: MediaType, value: object) -> bytes:
    """A JSON text of a sequence, on a line of its own; before each of application/json-seq stands a separator (RFC 7464)."""
    line = json.dumps(value).encode() + b"\n"
    if "seq" in re.split(r"[/.+-]", media_type.essence):
        return b"\x1e" + line
    return line


def _makes_an_event(fields: dict[str, object]) -> bool:
    """Whether fields are read as an event: without data they are none, and only data has several lines."""
    single_lines = [str(fields.get(name, "")) for name in ("event", "id", "retry")]
    return bool(fields.get("data")) and "\n" not in "".join(single_lines)


def _event(fields: dict[str, object]) -> bytes:
    """A server-sent event; a text of several lines has a field for each."""
    lines = []
    for name in EVENT_FIELDS:
        if name in fields:
            lines += [f"{name}: {line}\n" for line in str(fields[name]).split("\n")]
    return ("".join(lines) + "\n").encode()


def _texts(name: str, concrete: str) -> Iterator[_Content]:
    """Texts in the charset that a media type declares, or in several."""
    declared = parameter_of(name, "charset")
    if declared:
        yield _Content(name, TEXTS[0].encode(declared, "replace"), TEXTS[0])
        return
    for charset, text in zip(CHARSETS, TEXTS, strict=True):
        content_type = concrete
        if charset:
            content_type = f"{concrete}; charset={charset}"
        yield _Content(content_type, text.encode(charset or "utf-8"), text)


def _number(answer: Answer, statuses: set[int], *, succeeds: bool) -> int:
    """A status that an answer describes and no other one does."""
    if answer.status.isdecimal():
        return int(answer.status)
    if answer.status != "default":
        start = int(answer.status[0]) * 100
    elif succeeds:
        start = 418
    else:
        start = 200
    return next(number for number in range(start, 600) if number not in statuses)
