"""Judges requests and answers by the specifications alone.

The judge reads the document as it is written (`raw`, `operations`), draws values from it (`drawing`), knows how OpenAPI writes them
(`styles`, `forms`, `multipart`) and what answers must become (`results`, `classes`). It shares no code with the client, the generator or
the contract: a request is compared with what the document asks for, not with what the generator understood.

Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0; RFC 3986, sections 5.2 and 6.2.2; RFC 9110, section 12.5.1; RFC 6265 (cookies).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from scripts.conformance.addresses import addresses_of, with_plain_host
from scripts.conformance.answers import EVENT_FIELDS, AnswerMaker, Case
from scripts.conformance.bodies import BodyJudge, BodyMaker, without_nulls
from scripts.conformance.classes import ClassReader
from scripts.conformance.credentials import (
    Placed,
    credential_faults,
    placed_credentials,
)
from scripts.conformance.drawing import Sampler
from scripts.conformance.exchange import Given, Sent
from scripts.conformance.forms import form_pairs
from scripts.conformance.json_values import mapping_of
from scripts.conformance.media_types import (
    FORM_TYPE,
    Kind,
    in_range,
    kind_of,
    ranges_of,
)
from scripts.conformance.operations import (
    Answer,
    MediaType,
    Operation,
    OperationReader,
    Parameter,
)
from scripts.conformance.pairs import Pair, normalised, query_faults, split_query
from scripts.conformance.raw import Node, RawDocument
from scripts.conformance.results import (
    Event,
    difference,
    plain,
    same_answer,
    same_error,
)
from scripts.conformance.scalars import Use
from scripts.conformance.styles import (
    Cookie,
    Nesting,
    UndefinedError,
    compact_json,
    cookies_of,
    header_text,
    path_text,
    query_pairs,
)

# What a client adds to any request (RFC 9110); everything else must be asked for.
USUAL_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
    }
)
USES = {
    "path": Use.PATH,
    "query": Use.QUERY,
    "querystring": Use.QUERY,
    "header": Use.HEADER,
    "cookie": Use.COOKIE,
}
_VARIABLE = re.compile(r"\{([^{}]*)\}")


class Judge:
    """Judges the requests and results of any client of one document.

    Attributes:
        operations: The operations of the document.
        sampler: Draws the values to call with.
        answers: Makes the answers of the service.
    """

    def __init__(self, document: object, nesting: Nesting | None = None) -> None:
        """`nesting`: how nested values are written, where the maintainer decided it."""
        self._document = RawDocument(document)
        self.operations = OperationReader(self._document)
        self.sampler = Sampler(self._document)
        self.answers = AnswerMaker(self._document, self.sampler)
        self._classes = ClassReader(self._document, self.sampler)
        self._body_maker = BodyMaker(self._document, self.sampler)
        self._body_judge = BodyJudge(self._document, nesting)
        self._nesting = nesting

    # Values to call with

    def parameter_values(self, parameter: Parameter) -> list[object]:
        """Valid values of a parameter whose presence shows in the request."""
        schema = parameter.schema
        use = USES.get(parameter.location, Use.QUERY)
        if parameter.content is not None:
            schema = parameter.content.schema
            if parameter.location == "query":
                use = Use.BODY
        if schema is None:
            return ["text"]
        values = self.sampler.values(schema, use)
        if parameter.content is None:
            values = [without_nulls(value) for value in values]
        visible_values = [value for value in values if value not in (None, "", [], {})]
        if not visible_values and parameter.required and parameter.location == "query":
            # A list that must be empty: nothing of it is sent.
            visible_values = [value for value in values if value in ([], {})]
        return visible_values

    def body_values(self, media_type: MediaType) -> list[object]:
        """Valid values of a body: JSON; for forms and multipart, fields, with bytes for files; text; bytes."""
        return self._body_maker.values(media_type)

    def is_json(self, media_type: MediaType) -> bool:
        """Whether a media type is JSON on the wire."""
        return kind_of(self._document, media_type) is Kind.JSON

    def is_bytes(self, media_type: MediaType) -> bool:
        """Whether a media type is bytes on the wire."""
        return kind_of(self._document, media_type) is Kind.BYTES

    def allows(self, schema: Node, value: object) -> bool | None:
        """Whether a document allows a body. None where that depends on how its discriminators are read."""
        verdict = self.sampler.accepts(schema, value, Use.BODY)
        if verdict and self._classes.contradicts_tag(schema, value):
            return None
        return verdict

    # Requests

    def request_faults(
        self, operation: Operation, given: Given, sent: Sent
    ) -> Iterator[str]:
        """The faults of a request. Raises UndefinedError where OpenAPI does not say how it is to be written."""
        if sent.method != operation.method:
            yield f"the method is {sent.method} instead of {operation.method}"
        placed = placed_credentials(operation, given, sent)
        yield from credential_faults(placed, given, sent)
        placed = placed or Placed()
        yield from _path_faults(operation, given, sent)
        yield from self._query_faults(operation, given, sent, placed)
        yield from _header_faults(operation, given, sent, placed)
        yield from _repetition_faults(sent)
        yield from _cookie_faults(operation, given, sent, placed)
        yield from _accept_faults(operation, sent)
        media_type = None
        if given.media_type:
            media_type = operation.media_type(given.media_type)
        yield from self._body_judge.faults(media_type, given, sent)

    def _query_faults(
        self, operation: Operation, given: Given, sent: Sent, placed: Placed
    ) -> Iterator[str]:
        fixed = operation.path.partition("#")[0].partition("?")[2]
        expected = [Pair(name, text) for name, text in split_query(fixed)]
        for parameter in operation.parameters:
            value = given.parameters.get((parameter.location, parameter.name))
            if value is None:
                continue
            if parameter.location == "query":
                expected += query_pairs(parameter, value, self._nesting)
            elif parameter.location == "querystring":
                expected += self._whole_query(parameter, value)
        expected += placed.query
        yield from query_faults(expected, split_query(sent.query))

    def _whole_query(self, parameter: Parameter, value: object) -> list[Pair]:
        """The query that `in: querystring` makes (OpenAPI 3.2): a form, or the text of its media type."""
        if parameter.content is None:
            raise UndefinedError("a querystring parameter has no content")
        if parameter.content.essence == FORM_TYPE:
            return form_pairs(parameter.content, mapping_of(value), self._nesting)
        return [Pair(quote(compact_json(value), safe=""), "")]

    # Where a request goes

    def addresses(self, operation: Operation) -> list[str]:
        """The addresses of an operation without a base URL; none where the document leaves them open."""
        return addresses_of(self._document, operation)

    def urls(self, operation: Operation, given: Given) -> list[str]:
        """Where a call without a base URL may go: its addresses, each with the path, without the query."""
        path = _expected_path(operation, given)
        return [
            normalised(with_plain_host(address) + path)
            for address in self.addresses(operation)
        ]

    # Answers

    def cases(self, operation: Operation) -> list[list[Case]]:
        """The answers to try: for each documented status, those of each media type and value."""
        return self.answers.cases(operation)

    def result_faults(self, case: Case, result: object) -> Iterator[str]:
        """The faults of the result of a call."""
        where = f"the answer {case.status}"
        if case.kind is None:
            if result is not None:
                yield f"{where} has no content but was read as {type(result).__name__}"
            return
        match case.kind:
            case Kind.TEXT:
                if result != case.value:
                    yield f"{where} as {case.content_type}: text was not read as it was sent"
            case Kind.JSON:
                for fault in self._value_faults(case.schema, case.value, result):
                    yield f"{where}: {fault}"
            case _:
                if result != case.value:
                    yield f"{where} as {case.content_type}: not read as it was sent"

    def error_faults(self, case: Case, body: object) -> Iterator[str]:
        """The faults of the body of an error that was raised. It is parsed JSON or text, in no class of its own."""
        is_readable = case.kind in (Kind.JSON, Kind.TEXT)
        if is_readable and not same_error(case.value, body):
            yield f"the content of the error {case.status} was not read as it was sent"

    def stream_faults(self, case: Case, items: list[object]) -> Iterator[str]:
        """The faults of the items of a stream."""
        where = f"the stream {case.status}"
        if len(items) != len(case.items):
            yield f"{where} has {len(items)} items instead of {len(case.items)}"
            return
        for expected, item in zip(case.items, items, strict=True):
            if case.describes_events:
                faults = _event_faults(mapping_of(expected), item)
            elif isinstance(item, Event):
                faults = self._value_faults(case.schema, expected, item.json())
            else:
                faults = self._value_faults(case.schema, expected, item)
            for fault in faults:
                yield f"{where}: {fault}"

    def _value_faults(
        self, schema: Node | None, expected: object, result: object
    ) -> Iterator[str]:
        """Where a value was read as another one, or in another class than the document names."""
        if not same_answer(expected, plain(result)):
            yield difference(expected, plain(result))
        elif schema is not None:
            yield from self._classes.faults(schema, expected, result)


def _event_faults(expected: dict[str, object], event: object) -> Iterator[str]:
    """Where a server-sent event differs from what was sent; one without a type is a message."""
    fields = {"event": "message", **expected}
    for name in EVENT_FIELDS:
        actual = getattr(event, name, None)
        if name in fields and actual != fields[name]:
            yield f"the event's {name} is {actual!r:.100} instead of {fields[name]!r:.100}"


def _path_faults(operation: Operation, given: Given, sent: Sent) -> Iterator[str]:
    expected = _expected_path(operation, given)
    if normalised(sent.path) != normalised(expected):
        yield f"the path is {sent.path[:200]} instead of {expected[:200]}"


def _expected_path(operation: Operation, given: Given) -> str:
    """The path of a call, percent-encoded."""
    template = re.split(r"[?#]", operation.path, maxsplit=1)[0]
    declared = {p.name: p for p in operation.parameters if p.location == "path"}
    expected = given.base_path.rstrip("/")
    for index, piece in enumerate(_VARIABLE.split(template)):
        is_variable = index % 2 == 1
        if not is_variable:
            expected += quote(piece, safe="/:@!$&'()*+,;=-._~%")
        elif piece in declared:
            value = given.parameters.get(("path", piece))
            expected += path_text(declared[piece], value)
        else:
            value = given.parameters.get(("path", piece), "")
            expected += quote(str(value), safe="")
    return expected


def _header_faults(
    operation: Operation, given: Given, sent: Sent, placed: Placed
) -> Iterator[str]:
    expected: dict[str, str] = {}
    for parameter in operation.parameters:
        value = given.parameters.get((parameter.location, parameter.name))
        if parameter.location == "header" and value is not None:
            expected[parameter.name.lower()] = header_text(parameter, value)
    for name, text in expected.items():
        values = [value for key, value in sent.headers if key == name]
        if name in placed.headers and placed.headers[name] in values:
            continue
        decoded = [_decoded(value) for value in values]
        if decoded != [text]:
            yield f"the header {name} is {decoded!r:.200} instead of {text!r:.200}"
    allowed = USUAL_HEADERS | expected.keys() | placed.headers.keys() | {"cookie"}
    for name, _value in sent.headers:
        if name not in allowed:
            yield f"the header {name} was added"
    host = sent.header("host")
    if given.host and "host" not in expected and host != given.host:
        yield f"the header host is {host!r:.200} instead of {given.host}"


def _repetition_faults(sent: Sent) -> Iterator[str]:
    """Headers that stand twice: a client that writes lists with commas has no reason to repeat one (RFC 9110, section 5.3).

    The server of the loopback service joins equal Content-Length headers before they come here.
    """
    counts = Counter(name for name, _value in sent.headers)
    for name, count in counts.items():
        if count > 1:
            yield f"the header {name} stands {count} times"


def _cookie_faults(
    operation: Operation, given: Given, sent: Sent, placed: Placed
) -> Iterator[str]:
    expected = [Cookie(name, value) for name, value in placed.cookies]
    for parameter in operation.parameters:
        value = given.parameters.get((parameter.location, parameter.name))
        if value is None:
            continue
        if (parameter.location, parameter.name.lower()) == ("header", "cookie"):
            return  # it was judged as a header
        if parameter.location == "cookie":
            expected += cookies_of(parameter, value)
    header = sent.header("cookie") or ""
    unmatched = []
    for piece in header.split(";"):
        if piece.strip():
            name, _, text = piece.strip().partition("=")
            unmatched.append((name, text))
    missing = []
    for cookie in expected:
        matching = [pair for pair in unmatched if cookie.matches(*pair)]
        if matching:
            unmatched.remove(matching[0])
        else:
            missing.append(cookie)
    if missing or unmatched:
        pairs = [(cookie.name, cookie.value) for cookie in expected]
        yield f"the cookies are {header!r:.200} instead of {pairs!r:.200}"


def _accept_faults(operation: Operation, sent: Sent) -> Iterator[str]:
    """Whether a documented success is asked for, and nothing that is not documented.

    A request without Accept takes any answer (RFC 9110, section 12.5.1).
    """
    successes = [a for a in operation.answers if a.status.startswith("2")]
    successes = successes or [a for a in operation.answers if a.status == "default"]
    wanted = _media_types_of(successes)
    accept = sent.header("accept")
    if accept is None:
        return
    ranges = ranges_of(accept)
    if wanted and not any(_overlaps(media_range, wanted) for media_range in ranges):
        yield f"Accept is {accept!r:.200}, none of which is documented"
    documented = _media_types_of(operation.answers)
    if not documented:
        return
    for media_range in ranges:
        if not _overlaps(media_range, documented):
            yield f"Accept has {media_range}, which is not documented"


def _media_types_of(answers: Iterable[Answer]) -> list[str]:
    media_types = []
    for answer in answers:
        media_types += [media_type.essence for media_type in answer.media_types]
    return media_types


def _overlaps(media_range: str, media_types: list[str]) -> bool:
    """Whether a range and one of several media types, or ranges, have something in common."""
    return any(
        in_range(essence, media_range) or in_range(media_range, essence)
        for essence in media_types
    )


def _decoded(value: str) -> str:
    """A header's value, which came as Latin-1, read as UTF-8 where it is that."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
