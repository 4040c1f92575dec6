"""Judges requests and answers by the specifications alone.

The judge reads the document as it is written (`raw`), draws values from it (`drawing`), knows how OpenAPI writes them (`wire_rules`)
and what answers must become (`answers`). It shares no code with the client, the generator or the contract: a request is compared with
what the document asks for, not with what the generator understood.

Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0; RFC 3986, sections 5.2 and 6.2.2; RFC 6570; RFC 7578; RFC 9110, sections 8.3, 11 and 12.5.1;
RFC 7617 and 6750 (credentials); RFC 6265 (cookies).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from scripts.conformance.answers import (
    AnswerMaker,
    Case,
    ClassReader,
    Kind,
    difference,
    is_binary,
    kind_of,
    plain,
    same_answer,
    types_of,
)
from scripts.conformance.drawing import Sampler, Use
from scripts.conformance.raw import (
    Json,
    MediaType,
    Node,
    Operation,
    Parameter,
    RawDocument,
)
from scripts.conformance.wire_rules import (
    MalformedError,
    Nesting,
    Pair,
    UndefinedError,
    cookie_pairs,
    expected_parts,
    form_pairs,
    header_text,
    in_range,
    normalised,
    parameter_of,
    path_text,
    query_pairs,
    read_form,
    read_multipart,
    same_json,
)

# What a client adds to any request (RFC 9110); everything else must be asked for.
USUAL_HEADERS = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-length", "content-type"),
        *("host", "transfer-encoding", "user-agent"),
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


@dataclass(frozen=True, slots=True)
class Given:
    """What a caller asked an operation for.

    Attributes:
        parameters: Values by location and name.
        media_type: The body's media type as the document spells it, empty without a body.
        body: Its value: JSON, text, bytes; for multipart, a mapping with bytes for files.
        file_types: Media types that the caller gave with files; under "" that of the whole body.
        credentials: What the client holds, by scheme: a key, or user and password.
        base_path: Path of the address that the client was given.
    """

    parameters: Mapping[tuple[str, str], Json] = field(default_factory=dict)
    media_type: str = ""
    body: Any = None
    file_types: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    base_path: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came: `target` is path and query, percent-encoded; names of headers are in lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        for key, value in self.headers:
            if key == name:
                return value
        return None


class Judge:
    """Judges the requests and results of any client of one document."""

    def __init__(self, document: Json, nesting: Nesting | None = None) -> None:
        """`nesting`: how nested values are written, where the maintainer decided it."""
        self.document = RawDocument(document)
        self.sampler = Sampler(self.document)
        self.answers = AnswerMaker(self.document, self.sampler)
        self._classes = ClassReader(self.document, self.sampler)
        self._nesting = nesting

    # Values to call with

    def parameter_values(self, parameter: Parameter) -> list[Json]:
        """Valid values of a parameter that can be told from no value at all."""
        schema = parameter.schema
        if parameter.content is not None:
            schema = parameter.content.schema
        if schema is None:
            return ["text"]
        use = USES.get(parameter.location, Use.QUERY)
        if parameter.content is not None:
            use = Use.BODY if parameter.location == "query" else use
        values = self.sampler.values(schema, use)
        if parameter.content is None:
            values = [_without_nulls(value) for value in values]
        telling = [value for value in values if value not in (None, "", [], {})]
        if not telling and parameter.required and parameter.location == "query":
            # A list that must be empty: nothing of it is sent.
            telling = [value for value in values if value in ([], {})]
        return telling

    def body_values(self, media_type: MediaType) -> list[Any]:
        """Valid values of a body: JSON; for forms and multipart, fields, with bytes for files; text; bytes."""
        match self.body_kind(media_type):
            case Kind.JSON:
                if media_type.schema is None:
                    return [{"a": [1]}]
                return list(self.sampler.values(media_type.schema, Use.BODY))
            case Kind.FORM | Kind.MULTIPART:
                return self._field_values(media_type)
            case Kind.TEXT:
                return ["text", "# žluťoučký"]
            case _:
                return [b"\x00\xffbytes"]

    def body_kind(self, media_type: MediaType) -> Kind:
        """What a body is on the wire. One of any type is JSON, unless it is bytes."""
        if media_type.essence == "*/*" and not is_binary(
            self.document, media_type.schema
        ):
            return Kind.JSON
        return kind_of(self.document, media_type)

    def allows(self, schema: Node, value: Json) -> bool | None:
        """Whether a document allows a body. None where that depends on how its discriminators are read."""
        verdict = self.sampler.accepts(schema, value, Use.BODY)
        if verdict and self._classes.contradicts_tag(schema, value):
            return None
        return verdict

    def _field_values(self, media_type: MediaType) -> list[Any]:
        if media_type.schema is None:
            return [{"a": "text"}]
        values = []
        for value in self.sampler.values(media_type.schema, Use.FORM):
            if not isinstance(value, dict):
                continue
            fields = _without_nulls(value)
            allowed = self.sampler.accepts(media_type.schema, fields, Use.FORM)
            if allowed is False:
                continue  # a required field is null, which a form cannot say
            if self.body_kind(media_type) is Kind.MULTIPART:
                for name in fields:
                    if self._part_kind(media_type, name) == "binary":
                        fields[name] = _as_bytes(fields[name])
            values.append(fields)
        return values

    def _part_kind(self, media_type: MediaType, name: str) -> str:
        """The kind of a part by its schema; of an array, that of its items."""
        schema = self._property(media_type.schema, name)
        if schema is None:
            return "any"
        types = types_of(self.document, schema)
        node = self.document.follow(schema)
        if "array" in types and isinstance(node.value, dict) and "items" in node.value:
            schema = self.document.child(node, "items")
            types = types_of(self.document, schema)
            node = self.document.follow(schema)
        if is_binary(self.document, schema):
            return "binary"
        if isinstance(node.value, dict) and "contentEncoding" in node.value:
            return "encoded"
        if not types:
            return "any"
        return sorted(types)[0]

    def _property(self, schema: Node | None, name: str) -> Node | None:
        if schema is None:
            return None
        waiting = [schema]
        visited: set[tuple[str, ...]] = set()
        while waiting:
            node = self.document.follow(waiting.pop())
            if node.pointer in visited or not isinstance(node.value, dict):
                continue
            visited.add(node.pointer)
            properties = self.document.optional(node, "properties")
            if properties is not None and name in properties.value:
                return self.document.child(properties, name)
            for keyword in ("allOf", "oneOf", "anyOf"):
                for index in range(len(node.value.get(keyword) or ())):
                    members = self.document.child(node, keyword)
                    waiting.append(self.document.child(members, str(index)))
            additional = node.value.get("additionalProperties")
            if isinstance(additional, dict):
                return self.document.child(node, "additionalProperties")
        return None

    # Requests

    def request_faults(
        self, operation: Operation, given: Given, sent: Sent
    ) -> Iterator[str]:
        """What is wrong with a request. Raises UndefinedError where OpenAPI does not say how it is to be written."""
        if sent.method != operation.method:
            yield f"the method is {sent.method} instead of {operation.method}"
        path, _, query = sent.target.partition("?")
        credentials = _Credentials(operation, given, sent)
        yield from credentials.faults()
        yield from self._path_faults(operation, given, path)
        yield from self._query_faults(operation, given, query, credentials)
        yield from self._header_faults(operation, given, sent, credentials)
        yield from self._cookie_faults(operation, given, sent, credentials)
        yield from self._accept_faults(operation, sent)
        yield from self._body_faults(operation, given, sent)

    def _path_faults(
        self, operation: Operation, given: Given, path: str
    ) -> Iterator[str]:
        template = re.split(r"[?#]", operation.path, maxsplit=1)[0]
        pieces = _VARIABLE.split(template)
        declared = {p.name: p for p in operation.parameters if p.location == "path"}
        expected = given.base_path.rstrip("/")
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                expected += quote(piece, safe="/:@!$&'()*+,;=-._~%")
            elif piece in declared:
                value = given.parameters.get(("path", piece))
                expected += path_text(declared[piece], value)
            else:
                value = given.parameters.get(("path", piece), "")
                expected += quote(str(value), safe="")
        if normalised(path) != normalised(expected):
            yield f"the path is {path[:200]} instead of {expected[:200]}"

    def _query_faults(
        self,
        operation: Operation,
        given: Given,
        query: str,
        credentials: _Credentials,
    ) -> Iterator[str]:
        expected: list[Pair] = []
        fixed = operation.path.partition("#")[0].partition("?")[2]
        for piece in filter(None, fixed.split("&")):
            name, _, text = piece.partition("=")
            expected.append(Pair(name, text))
        for parameter in operation.parameters:
            value = given.parameters.get((parameter.location, parameter.name))
            if value is None:
                continue
            if parameter.location == "query":
                expected += query_pairs(parameter, value, self._nesting)
            elif parameter.location == "querystring":
                expected += self._whole_query(parameter, value)
        expected += credentials.query
        pieces = []
        for piece in filter(None, query.split("&")):
            name, _, text = piece.partition("=")
            pieces.append((name, text))
        yield from _pair_faults("query", expected, pieces)

    def _whole_query(self, parameter: Parameter, value: Json) -> list[Pair]:
        """The query that `in: querystring` makes (OpenAPI 3.2): a form, or the text of its media type."""
        if parameter.content is None:
            raise UndefinedError("a querystring parameter has no content")
        if parameter.content.essence == "application/x-www-form-urlencoded":
            return form_pairs(parameter.content, value, self._nesting)
        text = json.dumps(value, separators=(",", ":"))
        return [Pair(quote(text, safe=""), "")]

    def _header_faults(
        self,
        operation: Operation,
        given: Given,
        sent: Sent,
        credentials: _Credentials,
    ) -> Iterator[str]:
        expected: dict[str, str] = {}
        for parameter in operation.parameters:
            value = given.parameters.get((parameter.location, parameter.name))
            if parameter.location == "header" and value is not None:
                expected[parameter.name.lower()] = header_text(parameter, value)
        for name, text in expected.items():
            values = [value for key, value in sent.headers if key == name]
            if name in credentials.headers and credentials.headers[name] in values:
                continue
            if [_decoded(value) for value in values] != [text]:
                shown = [_decoded(value) for value in values]
                yield f"the header {name} is {shown!r:.200} instead of {text!r:.200}"
        known = (
            USUAL_HEADERS | expected.keys() | credentials.headers.keys() | {"cookie"}
        )
        for name, _value in sent.headers:
            if name not in known:
                yield f"the header {name} was added"

    def _cookie_faults(
        self,
        operation: Operation,
        given: Given,
        sent: Sent,
        credentials: _Credentials,
    ) -> Iterator[str]:
        expected: list[tuple[str, str]] = []
        for parameter in operation.parameters:
            value = given.parameters.get((parameter.location, parameter.name))
            whole = (parameter.location, parameter.name.lower()) == ("header", "cookie")
            if whole and value is not None:
                return  # it was judged as a header
            if parameter.location == "cookie" and value is not None:
                expected += cookie_pairs(parameter, value)
        expected += credentials.cookies
        pairs = []
        for piece in (sent.header("cookie") or "").split(";"):
            if piece.strip():
                name, _, value = piece.strip().partition("=")
                pairs.append((unquote(name), unquote(value)))
        if sorted(pairs) != sorted(expected):
            yield f"the cookies are {pairs!r:.200} instead of {expected!r:.200}"

    def _accept_faults(self, operation: Operation, sent: Sent) -> Iterator[str]:
        """Whether some documented success is asked for, and nothing that no answer is (RFC 9110, section 12.5.1)."""
        successes = [a for a in operation.answers if a.status.startswith("2")]
        successes = successes or [a for a in operation.answers if a.status == "default"]
        documented = [m.essence for a in successes for m in a.media_types]
        accept = sent.header("accept")
        if not documented or accept is None:
            return
        ranges = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
        for essence in documented:
            if any(in_range(essence, r) or in_range(r, essence) for r in ranges):
                return
        yield f"Accept is {accept!r:.200}, none of which is documented"

    # Bodies

    def _body_faults(
        self, operation: Operation, given: Given, sent: Sent
    ) -> Iterator[str]:
        content_type = sent.header("content-type") or ""
        if not given.media_type:
            if sent.body:
                yield "a body was sent, though none was given"
            return
        media_type = self.media_type(operation, given.media_type)
        essence = content_type.partition(";")[0].strip().lower()
        wanted = given.file_types.get("", media_type.essence)
        # Bytes of an unknown type in a range are application/octet-stream (RFC 9110, section 8.3).
        unknown = "*" in wanted and essence == "application/octet-stream"
        if not in_range(essence, wanted) and not unknown:
            yield f"the Content-Type is {content_type!r:.200} instead of {wanted}"
            return
        charset = parameter_of(given.media_type, "charset").lower()
        sent_charset = parameter_of(content_type, "charset").lower()
        if charset and sent_charset != charset:
            yield f"the charset is {sent_charset or 'missing'} instead of {charset}"
        match self.body_kind(media_type):
            case Kind.JSON:
                yield from self._json_faults(given.body, sent.body, charset)
            case Kind.FORM:
                try:
                    pieces = read_form(sent.body)
                except UnicodeDecodeError:
                    yield "the form is not ASCII"
                    return
                expected = form_pairs(media_type, given.body, self._nesting)
                yield from _pair_faults("form", expected, pieces, decoded=True)
            case Kind.MULTIPART:
                yield from self._multipart_faults(media_type, given, sent)
            case _:
                content = given.body
                if isinstance(content, str):
                    content = content.encode(sent_charset or charset or "utf-8")
                if sent.body != content:
                    yield "the body is not what was given"

    def media_type(self, operation: Operation, name: str) -> MediaType:
        """The body's Media Type Object of an operation by its key."""
        for media_type in operation.body.media_types if operation.body else ():
            if media_type.name == name:
                return media_type
        raise KeyError(name)

    def _json_faults(self, value: Json, body: bytes, charset: str) -> Iterator[str]:
        try:
            decoded = json.loads(body.decode(charset or "utf-8"))
        except ValueError:
            yield "the body is not JSON"
            return
        if not same_json(decoded, value):
            yield f"the body: {difference(value, decoded)}"

    def _multipart_faults(
        self, media_type: MediaType, given: Given, sent: Sent
    ) -> Iterator[str]:
        try:
            parts = read_multipart(sent.header("content-type") or "", sent.body)
        except (MalformedError, UnicodeDecodeError) as error:
            yield f"the multipart body is malformed: {error}"
            return
        by_name: dict[str, list[Any]] = {}
        for part in parts:
            by_name.setdefault(part.name, []).append(part)
        alternatives = expected_parts(
            media_type,
            given.body,
            lambda name: self._part_kind(media_type, name),
            self.document.version,
            given.file_types,
        )
        for lists in alternatives:
            names = {part.name for parts in lists for part in parts}
            faults = []
            for wanted in lists:
                came = [part for name in names for part in by_name.get(name, [])]
                if len(came) != len(wanted):
                    faults.append(
                        f"{len(came)} parts {sorted(names)} instead of {len(wanted)}"
                    )
                    continue
                found = [
                    f for w, c in zip(wanted, came, strict=True) if (f := w.fault(c))
                ]
                if not found:
                    faults = []
                    break
                faults += found
            yield from faults[:1]
            for name in names:
                by_name.pop(name, None)
        for name in by_name:
            yield f"the part {name!r} was added"

    # Where a request goes

    def addresses(self, operation: Operation) -> list[str]:
        """The servers that an operation may be called at without a base URL, resolved; none where the document leaves that open."""
        root = self.document.root.get("servers")
        own_root = root if isinstance(root, list) else []
        base = ""
        if own_root and not operation_variables_missing(own_root[0]):
            base = _filled(own_root[0])
        found = []
        for server in operation.servers:
            if server.missing:
                continue
            try:
                url = urljoin(base, server.url)
                parts = urlsplit(url)
            except ValueError:
                continue
            usable = parts.scheme in ("http", "https") and parts.hostname
            if usable and not (parts.query or parts.fragment or "@" in parts.netloc):
                found.append(url.rstrip("/"))
        return found

    # Answers

    def cases(self, operation: Operation) -> list[list[Case]]:
        """The answers to try: for each documented status, those of each media type and value."""
        return self.answers.cases(operation)

    def result_faults(self, case: Case, result: Any) -> Iterator[str]:
        """What is wrong with what an answer became."""
        where = f"the answer {case.status}"
        if case.kind is None:
            if result is not None:
                yield f"{where} has no content but was read as {type(result).__name__}"
            return
        match case.kind:
            case Kind.TEXT:
                if result != case.value:
                    yield f"{where} as {case.content_type}: text was not read as it was sent"
            case Kind.JSON | Kind.EVENTS:
                if not same_answer(case.value, plain(result)):
                    yield f"{where}: {difference(case.value, plain(result))}"
                elif case.schema is not None and case.kind is Kind.JSON:
                    for fault in self._classes.faults(case.schema, case.value, result):
                        yield f"{where}: {fault}"
            case _:
                if result != case.value:
                    yield f"{where} as {case.content_type}: not read as it was sent"


def operation_variables_missing(server: Mapping[str, Json]) -> bool:
    """Whether a server has a variable without a default."""
    variables = server.get("variables") or {}
    names = _VARIABLE.findall(str(server.get("url", "/")))
    return any((variables.get(name) or {}).get("default") is None for name in names)


def _filled(server: Mapping[str, Json]) -> str:
    url = str(server.get("url", "/"))
    for name, variable in (server.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default")))
    return url


class _Credentials:
    """The credentials that a request has to carry, found in it; whatever else repeats one is a fault."""

    def __init__(self, operation: Operation, given: Given, sent: Sent) -> None:
        self._operation = operation
        self._given = given
        self._sent = sent
        self.query: list[Pair] = []
        self.headers: dict[str, str] = {}
        self.cookies: list[tuple[str, str]] = []
        self._satisfied = not operation.security
        for alternative in operation.security:
            if not self._satisfied and self._is_there(alternative):
                self._satisfied = True

    def _is_there(self, alternative: Mapping[str, Mapping[str, Json] | None]) -> bool:
        """Whether the request has the credentials of an alternative. Of two that take the same place, it can have one."""
        places: dict[tuple[str, str], list[str]] = {}
        for name, scheme in alternative.items():
            if scheme is None or name not in self._given.credentials:
                return False
            location, key, value = _credential(scheme, self._given.credentials[name])
            if location == "header":
                key = key.lower()
            places.setdefault((location, key), []).append(value)
        query: list[Pair] = []
        headers: dict[str, str] = {}
        cookies: list[tuple[str, str]] = []
        for (location, key), values in places.items():
            is_parameter = (location, key) in self._given.parameters
            sent = [value for value in values if self._has(location, key, value)]
            if not sent and not is_parameter:
                return False
            value = (sent or values)[0]
            if location == "header":
                headers[key] = value
            elif is_parameter:
                continue  # the parameter's value is what stands there
            elif location == "query":
                query.append(Pair(quote(key, safe=""), quote(value, safe="")))
            else:
                cookies.append((key, value))
        self.query, self.headers, self.cookies = query, headers, cookies
        return True

    def _has(self, location: str, key: str, value: str) -> bool:
        """Whether a credential stands at its place."""
        if location == "header":
            return self._sent.header(key) == value
        if location == "cookie":
            cookies = re.split(r";\s*", self._sent.header("cookie") or "")
            return f"{key}={value}" in cookies
        pair = Pair(quote(key, safe=""), quote(value, safe=""))
        pieces = self._sent.target.partition("?")[2].split("&")
        return any(pair.matches(*piece.partition("=")[::2]) for piece in pieces)

    def faults(self) -> Iterator[str]:
        if not self._satisfied:
            yield "the credentials are missing or stand in the wrong place"
        allowed = {*self.headers}
        for name, value in self._sent.headers:
            if name not in allowed and name != "cookie" and self._shows_key(value):
                yield f"a credential stands in the header {name}"
        query = [f"{pair.name}={pair.value}" for pair in self.query]
        for piece in self._sent.target.partition("?")[2].split("&"):
            if self._shows_key(piece) and piece not in query:
                yield "a credential stands in the query, where none belongs"
        if self._shows_key(self._sent.target.partition("?")[0]):
            yield "a credential stands in the path"

    def _shows_key(self, text: str) -> bool:
        for value in self._given.credentials.values():
            secrets = [value]
            if isinstance(value, tuple):
                secrets = [value[1], _basic(value)]
            if any(str(secret) in text for secret in secrets):
                return True
        return False


def _credential(
    scheme: Mapping[str, Json], value: str | tuple[str, str]
) -> tuple[str, str, str]:
    """Location, name and text of a credential."""
    kind = str(scheme.get("type"))
    if kind == "apiKey":
        return str(scheme.get("in")), str(scheme.get("name")), str(value)
    # Names of HTTP authentication schemes are case-insensitive (RFC 9110, 11.1).
    if kind == "http" and str(scheme.get("scheme")).lower() == "basic":
        pair = value if isinstance(value, tuple) else tuple(value.split(":", 1))
        return "header", "Authorization", f"Basic {_basic(pair)}"
    return "header", "Authorization", f"Bearer {value}"


def _basic(pair: tuple[str, ...]) -> str:
    return base64.b64encode(":".join(pair).encode()).decode()


def _pair_faults(
    what: str,
    expected: list[Pair],
    pieces: list[tuple[str, str]],
    decoded: bool = False,
) -> Iterator[str]:
    """Where names and values differ from those expected. The order counts among pairs of one name alone.

    `decoded`: reserved characters may be encoded or not, as in a form.
    """
    left = list(pieces)
    for pair in expected:
        if decoded:
            pair = Pair(pair.name, pair.value, pair.reserved, pair.is_json)
        found = None
        for index, (name, _value) in enumerate(left):
            same_name = normalised(name) == normalised(pair.name)
            if decoded:
                same_name = unquote(name) == unquote(pair.name)
            if same_name:
                found = index
                break
        if found is None:
            yield f"{what} {unquote(pair.name)}: missing"
            continue
        name, value = left.pop(found)
        right = pair.matches(name, value)
        if decoded and not pair.is_json:
            right = unquote(value) == unquote(pair.value)
        elif decoded:
            right = pair.matches(pair.name, value)
        if not right:
            yield (
                f"{what} {unquote(pair.name)}: {value[:200]} instead of {pair.value[:200]}"
            )
    for name, value in left:
        yield f"{what} {unquote(name)}: {value[:200]} was added"


def _decoded(value: str) -> str:
    """A header's value, which came as Latin-1, read as UTF-8 where it is that."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _without_nulls(value: Json) -> Json:
    """Values outside JSON, where null cannot be written."""
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value


def _as_bytes(value: Json) -> Any:
    if isinstance(value, list):
        return [_as_bytes(item) for item in value]
    return str(value).encode()
