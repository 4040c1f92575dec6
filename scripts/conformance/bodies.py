"""Request bodies: values to call with, and what is wrong with the bytes that came of them.

Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0, Request Body Object, Media Type Object, Encoding Object; RFC 9110, section 8.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scripts.conformance.drawing import Sampler
from scripts.conformance.exchange import Given, Sent
from scripts.conformance.forms import form_pairs, read_form
from scripts.conformance.json_values import mapping_of, read_json, same_json
from scripts.conformance.media_types import (
    Kind,
    essence_of,
    in_range,
    is_binary,
    kind_of,
    parameter_of,
    types_of,
)
from scripts.conformance.multipart import (
    FORM_DATA,
    Alternatives,
    MalformedError,
    Part,
    expected_parts,
    read_multipart,
)
from scripts.conformance.operations import MediaType
from scripts.conformance.pairs import form_faults
from scripts.conformance.pointers import Pointer
from scripts.conformance.raw import Node, RawDocument
from scripts.conformance.results import difference
from scripts.conformance.scalars import Use
from scripts.conformance.styles import Nesting

BINARY = b"\x00\xffbytes"
TEXTS = ("text", "# žluťoučký")
# Where the document says nothing of a body but its media type.
_WITHOUT_SCHEMA: dict[Kind, Sequence[object]] = {
    Kind.JSON: [{"a": [1]}],
    Kind.FORM: [{"a": "text"}],
    Kind.MULTIPART: [{"a": "text"}],
    Kind.TEXT: TEXTS,
}


def body_kind(document: RawDocument, media_type: MediaType) -> Kind:
    """The kind of a body. One of any type is JSON, unless it is bytes."""
    if media_type.essence == "*/*" and not is_binary(document, media_type.schema):
        return Kind.JSON
    return kind_of(document, media_type)


def without_nulls(value: object) -> object:
    """A value outside JSON, where null cannot be written."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value


class BodyMaker:
    """Makes the bodies that a document describes."""

    def __init__(self, document: RawDocument, sampler: Sampler) -> None:
        self._document = document
        self._sampler = sampler
        self._properties = PropertyReader(document)

    def values(self, media_type: MediaType) -> list[object]:
        """Valid values of a body: JSON; for forms and multipart, fields, with bytes for files; text; bytes."""
        schema = media_type.schema
        kind = body_kind(self._document, media_type)
        if schema is None:
            return list(_WITHOUT_SCHEMA.get(kind, [BINARY]))
        match kind:
            case Kind.JSON:
                return list(self._sampler.values(schema, Use.BODY))
            case Kind.FORM:
                return list(self._field_values(schema))
            case Kind.MULTIPART:
                values = self._field_values(schema)
                return [self._with_files(schema, fields) for fields in values]
            case Kind.TEXT:
                charset = parameter_of(media_type.name, "charset") or "utf-8"
                return [text for text in TEXTS if _can_hold(charset, text)]
            case _:
                return [BINARY]

    def _field_values(self, schema: Node) -> Iterator[dict[str, object]]:
        for value in self._sampler.values(schema, Use.FORM):
            if not isinstance(value, dict):
                continue
            fields = mapping_of(without_nulls(value))
            # A form cannot say that a required field is null.
            if self._sampler.accepts(schema, fields, Use.FORM) is not False:
                yield fields

    def _with_files(self, schema: Node, fields: dict[str, object]) -> dict[str, object]:
        """The fields, with bytes where the document describes files."""
        files = {
            name: _as_bytes(value)
            for name, value in fields.items()
            if self._properties.kind(schema, name) == "binary"
        }
        return fields | files


class PropertyReader:
    """Reads what the properties of multipart bodies are."""

    def __init__(self, document: RawDocument) -> None:
        self._document = document

    def kind(self, body_schema: Node | None, name: str) -> str:
        """ "binary", "encoded", "any" or the type of a property; of an array, that of its items."""
        schema = self._schema(body_schema, name)
        if schema is None:
            return "any"
        node = self._document.follow(schema)
        if "array" in types_of(self._document, schema) and "items" in node.keywords:
            schema = self._document.child(node, "items")
            node = self._document.follow(schema)
        if is_binary(self._document, schema):
            return "binary"
        if "contentEncoding" in node.keywords:
            return "encoded"
        types = types_of(self._document, schema)
        if not types:
            return "any"
        return sorted(types)[0]

    def _schema(self, body_schema: Node | None, name: str) -> Node | None:
        """The schema of a property of a body, wherever it is declared."""
        waiting = []
        if body_schema is not None:
            waiting.append(body_schema)
        visited: set[Pointer] = set()
        while waiting:
            node = self._document.follow(waiting.pop())
            if node.pointer in visited or not isinstance(node.value, dict):
                continue
            visited.add(node.pointer)
            properties = self._document.optional(node, "properties")
            if properties is not None and name in properties.keywords:
                return self._document.child(properties, name)
            for keyword in ("allOf", "oneOf", "anyOf"):
                waiting += self._document.members(node, keyword)
            if isinstance(node.keywords.get("additionalProperties"), dict):
                return self._document.child(node, "additionalProperties")
        return None


class BodyJudge:
    """Judges the bodies of requests."""

    def __init__(self, document: RawDocument, nesting: Nesting | None) -> None:
        self._document = document
        self._properties = PropertyReader(document)
        self._nesting = nesting

    def faults(
        self, media_type: MediaType | None, given: Given, sent: Sent
    ) -> Iterator[str]:
        """The faults of a request's body and of its Content-Type."""
        if media_type is None:
            yield from _faults_without_body(sent)
            return
        content_type = sent.header("content-type") or ""
        essence = essence_of(content_type)
        expected = given.file_types.get("", media_type.essence)
        # Bytes of an unknown type in a range are application/octet-stream (RFC 9110, section 8.3).
        unknown = "*" in expected and essence == "application/octet-stream"
        if not in_range(essence, expected) and not unknown:
            yield f"the Content-Type is {content_type!r:.200} instead of {expected}"
            return
        charset = parameter_of(given.media_type, "charset").lower()
        sent_charset = parameter_of(content_type, "charset").lower()
        if charset and sent_charset != charset:
            yield f"the charset is {sent_charset or 'missing'} instead of {charset}"
        match body_kind(self._document, media_type):
            case Kind.JSON:
                yield from _json_faults(given.body, sent.body, sent_charset)
            case Kind.FORM:
                yield from self._form_faults(media_type, given, sent)
            case Kind.MULTIPART:
                yield from self._multipart_faults(media_type, given, sent)
            case _:
                content = given.body
                if isinstance(content, str):
                    content = content.encode(sent_charset or charset or "utf-8")
                if sent.body != content:
                    yield "the body is not what was given"

    def _form_faults(
        self, media_type: MediaType, given: Given, sent: Sent
    ) -> Iterator[str]:
        try:
            received = read_form(sent.body)
        except UnicodeDecodeError:
            yield "the form is not ASCII"
            return
        fields = mapping_of(given.body)
        expected = form_pairs(media_type, fields, self._nesting)
        yield from form_faults(expected, received)

    def _multipart_faults(
        self, media_type: MediaType, given: Given, sent: Sent
    ) -> Iterator[str]:
        try:
            parts = read_multipart(sent.header("content-type") or "", sent.body)
        except (MalformedError, UnicodeDecodeError) as error:
            yield f"the multipart body is malformed: {error}"
            return
        by_name: dict[str, list[Part]] = {}
        for part in parts:
            by_name.setdefault(part.name, []).append(part)
            if media_type.essence == FORM_DATA:
                yield from _faults_of_headers(part, media_type)
        properties = expected_parts(
            media_type,
            mapping_of(given.body),
            lambda name: self._properties.kind(media_type.schema, name),
            self._document.version,
            given.file_types,
        )
        for alternatives in properties:
            yield from _faults_of_property(alternatives, by_name)
            for name in _names_of(alternatives):
                by_name.pop(name, None)
        for name in by_name:
            yield f"the part {name!r} was added"


def _faults_without_body(sent: Sent) -> Iterator[str]:
    if sent.body:
        yield "a body was sent, though none was given"
    elif sent.header("content-type") is not None:
        yield "a Content-Type was sent without a body"


def _faults_of_headers(part: Part, media_type: MediaType) -> Iterator[str]:
    """The faults of the headers of a part of a form, which has those of RFC 7578 and of its Encoding Object alone (section 4.8)."""
    if part.disposition != "form-data":
        yield f"the disposition of the part {part.name!r} is {part.disposition!r:.100}"
    declared = mapping_of(media_type.encoding_of(part.name).get("headers"))
    allowed = {"content-disposition", "content-type", *map(str.lower, declared)}
    for name in sorted(part.headers - allowed):
        yield f"the header {name} of the part {part.name!r} was added"


def _names_of(alternatives: Alternatives) -> set[str]:
    """The names of the parts of a property, which has several where it is styled."""
    names = set()
    for expected in alternatives:
        names |= {part.name for part in expected}
    return names


def _faults_of_property(
    alternatives: Alternatives, by_name: dict[str, list[Part]]
) -> Iterator[str]:
    """The first fault of the first alternative, where none of them came."""
    names = _names_of(alternatives)
    received: list[Part] = []
    for name in names:
        received += by_name.get(name, [])
    faults: list[str] = []
    for expected in alternatives:
        if len(received) != len(expected):
            parts = f"{len(received)} parts {sorted(names)}"
            faults.append(f"{parts} instead of {len(expected)}")
            continue
        pairs = zip(expected, received, strict=True)
        part_faults = [wished.fault(received_part) for wished, received_part in pairs]
        part_faults = [fault for fault in part_faults if fault]
        if not part_faults:
            return
        faults += part_faults
    yield from faults[:1]


def _can_hold(charset: str, text: str) -> bool:
    """Whether a charset has all characters of a text; one that Python does not know has none."""
    try:
        text.encode(charset)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _json_faults(value: object, body: bytes, charset: str) -> Iterator[str]:
    try:
        decoded = read_json(body.decode(charset or "utf-8"))
    except (LookupError, ValueError) as error:
        yield f"the body is not JSON: {error}"
        return
    if not same_json(decoded, value):
        yield f"the body: {difference(value, decoded)}"


def _as_bytes(value: object) -> object:
    if isinstance(value, list):
        return [_as_bytes(item) for item in value]
    return str(value).encode()
