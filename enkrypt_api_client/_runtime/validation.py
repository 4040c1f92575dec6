"""Checks what an operation sends and reads what it gets, by the document's own schemas."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass

from jsonschema_rs import Draft202012Validator as Validator

from .body_secrets import secrets_of_body
from .importing import IMPORTING
from .plain_json import DATA_ERRORS, PlainCopier, is_file, path_of, to_json
from .redact import DEEPEST, is_deep
from .settings import VISIBLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from .operation import Operation, RequestBody
    from .response import Headers, Response

    # What is expected, by the path of the place where something else stands.
    Faults = dict[str, str]

# Keywords by which an object may have names of its own.
_OPEN_KEYWORDS = (
    *("additionalProperties", "unevaluatedProperties"),
    *("patternProperties", "propertyNames"),
)
# How alike a name must be to a known one to be called a misspelling of it, from 0 to 1.
_ALIKE = 0.75
# RFC 3339, section 5.6: the offset is required.
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
# Formats are notes, but for date-time: services read a moment without its offset as they please.
_UNCHECKED_FORMATS = (
    *("date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname"),
    *("ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template"),
    *("uuid", "json-pointer", "relative-json-pointer", "regex"),
)
# Passes only what JSON can say, or raises.
_PLAIN = Validator({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}})
# Half of a surrogate pair, as JSON escapes it.
_HALF_PAIR = re.compile(r"\\ud[89a-f]..", re.IGNORECASE)


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_from_json = json.JSONDecoder(parse_constant=_refuse_constant).decode


# Schemas


def _is_anything(_: str) -> bool:
    return True


def _is_date_time(text: str) -> bool:
    return _DATE_TIME.fullmatch(text) is not None


@functools.cache
def _validator(schema: str) -> Validator:
    """Compile a schema."""
    # The library lets other threads run meanwhile, while it holds locks of its own: a fork would leave them locked in the child.
    with IMPORTING:
        validator = _compile(schema)
        validator.is_valid(None)
    return validator


def _compile(schema: str) -> Validator:
    rule = json.loads(schema)
    if '"date-time"' not in schema:
        return Validator(rule, mask="the value")
    formats: dict[str, Callable[[str], bool]]
    formats = dict.fromkeys(_UNCHECKED_FORMATS, _is_anything)
    formats["date-time"] = _is_date_time
    return Validator(rule, mask="the value", validate_formats=True, formats=formats)


def _faults(validator: Validator, value: Any) -> Faults:
    """Return what is expected wherever something else stands, the first for each place."""
    faults: Faults = {}
    for error in validator.iter_errors(value):
        details = error.kind.as_dict()
        steps = list(error.instance_path)
        if "property" in details:
            steps.append(details["property"])
        faults.setdefault(path_of(steps), _expected(details, error.message))
    return faults


def _expected(details: Mapping[str, Any], message: str) -> str:
    """Return what a schema expects, in our words.

    Args:
        details: Of an error of the validator.
        message: Its own words.
    """
    if "property" in details:
        return "is required"
    if "types" in details:
        return f"expected {' or '.join(details['types'])}"
    if "options" in details:
        return f"expected one of {', '.join(map(json.dumps, details['options']))}"
    if details.get("pattern") == f"^{VISIBLE}$":
        return "expected visible ASCII without spaces around it, because it is sent in a header"
    if details.get("format") == "date-time":
        return "expected a moment with its offset, such as 2026-12-01T12:00:00Z"
    if message.startswith("False schema"):
        return "is read-only"
    return message


def _close(schema: Any, whole: Any, *, is_used: bool = True) -> Any:
    """Return a schema that refuses unknown names of an object, where the object is used: its parts know only some of the names.

    Args:
        schema: A schema, or a part of one.
        whole: What its references refer to.
        is_used: Whether an object stands here, rather than a part of one by `allOf` and the like.
    """
    if isinstance(schema, list):
        return [_close(member, whole, is_used=False) for member in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {}
    for key, value in schema.items():
        if key in ("properties", "$defs") and isinstance(value, dict):
            closed[key] = {
                name: _close(inner, whole, is_used=key == "properties")
                for name, inner in value.items()
            }
        else:
            closed[key] = _close(value, whole, is_used=key == "items")
    if not is_used:
        return closed
    parts = list(_parts(schema, whole))
    names: set[str] = set()
    for part in parts:
        names.update(part.get("properties", ()))
    if names and not any(map(_is_open, parts)):
        closed["propertyNames"] = {"enum": sorted(names)}
    return closed


def _is_open(schema: Mapping[str, Any]) -> bool:
    """Whether an object may have names that its schema does not list."""
    return any(schema.get(key, False) is not False for key in _OPEN_KEYWORDS)


def _parts(schema: Any, whole: Any, *above: int) -> Iterator[dict[str, Any]]:
    """Yield a schema and all that describe the same object."""
    if not isinstance(schema, dict) or id(schema) in above:
        return
    from urllib.parse import unquote

    yield schema
    members = []
    reference = unquote(schema.get("$ref", "")).removeprefix("#/$defs/")
    if reference:
        name = reference.replace("~1", "/").replace("~0", "~")
        members.append(whole["$defs"][name])
    for key in ("allOf", "anyOf", "oneOf"):
        members += schema.get(key, ())
    for member in members:
        yield from _parts(member, whole, *above, id(schema))


# Requests and responses


@dataclass(frozen=True, slots=True, repr=False)
class Examination:
    """What a close look at parameters and body found.

    Args:
        body: The body in plain JSON, or as it is where it is no JSON.
        faults: What is expected, by the path of the place where something else stands.
        hints: What is probably misspelt.
    """

    body: Any
    faults: Mapping[str, str]
    hints: list[str]


class Validation:
    """Checks what is sent to an operation and what it answers. The schemas are compiled when they are first needed."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._parameters = _validator(operation.parameters_schema)
        self._closed_validator: Validator | None = None
        self._body_schema = "true"
        if operation.body is not None and operation.body.schema is not None:
            self._body_schema = operation.body.schema

    @classmethod
    @functools.cache
    def of(cls, operation: Operation) -> Validation:
        """Return the one of an operation."""
        return cls(operation)

    def accepts(self, parameters: Mapping[str, Any]) -> bool:
        """Whether the parameters, `body` not among them, are as the document wants them."""
        try:
            return bool(self._parameters.is_valid(parameters))
        except DATA_ERRORS:
            return False

    def write(self, wire: Any) -> bytes | None:
        """Return a body as JSON, if the document wants it as it is and knows every field of it."""
        try:
            content: bytes = to_json(wire).encode()
            is_shallow = content.count(b"{") + content.count(b"[") <= DEEPEST
            if is_shallow and _PLAIN.is_valid(wire) and self._closed().is_valid(wire):
                return content
        except DATA_ERRORS:
            # Whatever it was, the closer look finds it by its path.
            pass
        return None

    def examine(self, parameters: Mapping[str, Any]) -> Examination:
        """Look closely at parameters and body.

        Args:
            parameters: By their Python names, `body` among them.
        """
        others = {name: value for name, value in parameters.items() if name != "body"}
        copier = PlainCopier()
        faults = _faults(self._parameters, copier.copy(others)) | copier.faults
        schema = json.loads(self._operation.parameters_schema)
        for name in others.keys() - schema["properties"].keys():
            faults[name] = "no such parameter"
        description = self._operation.body
        if description is None:
            if "body" in parameters:
                faults["body"] = "no such parameter"
            return Examination(None, faults, [])
        if "body" not in parameters:
            if description.required:
                faults["body"] = "is required"
            return Examination(None, faults, [])
        examination = self._examine_body(parameters["body"], description)
        for path, expected in examination.faults.items():
            faults.setdefault(path, expected)
        return Examination(examination.body, faults, examination.hints)

    def _examine_body(self, body: Any, description: RequestBody) -> Examination:
        match description.kind:
            case "bytes":
                fault = "expected bytes, a path or a binary file"
                is_right = is_file(body)
            case "text":
                fault = "expected a string"
                is_right = isinstance(body, str)
            case kind:
                return self._examine_json(body, takes_files=kind == "multipart")
        faults = {}
        if not is_right:
            faults["body"] = f"{fault}, not {type(body).__name__}"
        return Examination(body, faults, [])

    def _examine_json(self, body: Any, takes_files: bool) -> Examination:
        copier = PlainCopier(takes_files)
        wire = copier.copy(body)
        # What is known to be wrong in a place is said already.
        faults = _faults(_validator(self._body_schema), wire) | copier.faults
        hints: list[str] = []
        for error in self._closed().iter_errors(wire):
            name_error = error.kind.as_dict().get("error")
            if name_error is not None:
                hints += _hints(error.instance_path, name_error)
        return Examination(wire, faults, hints)

    def read_json(self, response: Response) -> Any:
        """Return the JSON of a success, if objects and arrays stand where the document has them.

        Raises:
            NoContent: By its status, the response has none.
            UnusableBody: They stand elsewhere.
            ValueError: It is no JSON.
        """
        if self._operation.has_no_content(response.status_code):
            raise NoContent
        text = response.json_text()
        data = _from_json(text) if text.strip() else None
        if is_deep(text, data):
            raise UnusableBody(f"it is nested more than {DEEPEST} deep")
        schema = self._operation.content_of(response.status_code).schema
        validator = _validator(schema or "true")
        faults: Faults = {}
        try:
            if not validator.is_valid(data):
                faults = _faults(validator, data)
        except UnicodeEncodeError:
            # Half of a surrogate pair, which the validator can't take: look at the answer with a space in its place.
            faults = _faults(validator, _from_json(_HALF_PAIR.sub(r"\\u0020", text)))
        for path, expected in faults.items():
            raise UnusableBody(f"{path or 'the whole'}: {expected}")
        return data

    def secrets(self, content: bytes | None, wire: Any) -> list[str]:
        """Return the secrets of a body.

        Args:
            content: The body as it is sent.
            wire: The body in plain JSON.
        """
        body = self._operation.body
        if body is None:
            return secrets_of_body(wire, ())
        if content and body.kind == "json":
            # As it was sent, whatever the caller did since.
            wire = json.loads(content)
        return secrets_of_body(wire, body.models())

    def _closed(self) -> Validator:
        """Return the check of a body, without fields that the document does not know: what it passes needs no closer look."""
        # Not a `cached_property`: until Python 3.12 it has a lock, which a fork can leave locked in the child.
        validator = self._closed_validator
        if validator is None:
            schema = json.loads(self._body_schema)
            validator = _validator(json.dumps(_close(schema, schema)))
            self._closed_validator = validator
        return validator


def _hints(place: list[Any], error: Any) -> list[str]:
    """Return what a name that the document does not know is probably meant to be.

    Args:
        place: The steps to the object that has the name.
        error: What the validator says of the name.
    """
    from difflib import get_close_matches

    name = error.instance
    known_names = error.kind.as_dict().get("options", ())
    path = path_of([*place, name])
    hints = []
    for close in get_close_matches(name, known_names, 1, _ALIKE):
        hints.append(
            f"{path}: no such field in the document; did you mean {close}? It is sent as it is."
        )
    return hints


class UnusableBody(Exception):
    """Why the content of a response is not what the document says."""


class NoContent(Exception):
    """A response that by its status has no content, whatever the document says."""


class ReadableResponse:
    """What generated code takes for a response of httpx.

    Args:
        response: What came.
        validation: Reads JSON.
    """

    def __init__(self, response: Response, validation: Validation) -> None:
        self._response = response
        self._validation = validation

    @property
    def status_code(self) -> int:
        """Return the status."""
        return self._response.status_code

    @property
    def headers(self) -> Headers:
        """Return the headers."""
        return self._response.headers

    @property
    def content(self) -> bytes:
        """Return the content, decompressed."""
        return self._response.content

    @property
    def text(self) -> str:
        """Return the content as text, by the charset of its Content-Type, else UTF-8 (RFC 9110, section 8.3.2).

        Raises:
            UnusableBody: The charset is unknown, or the content is not in it.
        """
        try:
            return self._response.content.decode(self._response.charset or "utf-8")
        except LookupError:
            fault = "its charset is unknown"
        except UnicodeError:
            fault = "its bytes are not in its charset"
        raise UnusableBody(fault)

    def json(self) -> Any:
        """Return the content as JSON. Raises NoContent, UnusableBody, ValueError."""
        return self._validation.read_json(self._response)
