"""Checks what an operation sends, and reads what it receives, by the schemas of the document."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, replace

from jsonschema_rs import Draft202012Validator as Validator
from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

from .body_secrets import secrets_of_body
from .faults import path_of
from .import_failures import IMPORT_FAILURES
from .importing import IMPORTING
from .plain_json import DATA_ERRORS, PlainCopier, is_file, to_json
from .redact import DEEPEST, is_deep
from .settings import OPTION_NAMES, VISIBLE
from .values import HALF_OF_A_PAIR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from .operation import Operation, RequestBody
    from .response import Headers, Response
    from .values import JsonValue

    # Messages by the path of the value that is wrong.
    Faults = dict[str, str]

# Keywords that allow an object to have names that are not listed under `properties`.
_OPEN_KEYWORDS = (
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
    "propertyNames",
)
# What joins the words of a name, for `str.translate`.
_JOINERS = dict.fromkeys(map(ord, "_- "))
# Similarity, from 0 to 1, from which on an unknown name counts as a misspelling of a known one.
_SIMILARITY = 0.75
# RFC 3339, section 5.6: the offset is required.
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
# Formats that are not checked. The exception is date-time: without an offset, services disagree about the moment.
_UNCHECKED_FORMATS = (
    "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname",
    "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template",
    "uuid", "json-pointer", "relative-json-pointer", "regex",
)  # fmt: skip
# Formats of text that a date or a datetime of Python stands for.
_FORMATS_OF_DATES = ("date", "date-time")
# The types of JSON values, by what the validator has read them as.
_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
_REQUIRED = "is required"
# The attribute of a model that holds what the document does not know. JSON has no such level.
_OPEN_PART = "additional_properties"
_SENDING_UNKNOWN_VALUES = (
    "with_options(check_body=False) sends values that are newer than this package."
)
# What is taken for a file. The name of a file as text would be sent as its content.
_FILE = "bytes, a binary file or a path (pathlib.Path)"
# Accepts any JSON. The library raises for values that are not JSON.
_PLAIN = Validator({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}})
_SURROGATE = re.compile("[\ud800-\udfff]")
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
    # The library releases the GIL while it holds locks of its own. A fork at that moment would leave them locked in the child.
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


def _expected_container(error: ValidationError) -> str:
    """Return what the schema of an answer expects. Null, which is read as an absent field, is not worth a word."""
    match error.kind:
        case Kind.Type(types=types):
            containers = [name for name in types if name != "null"]
            return f"expected {' or '.join(containers)}"
        case _:
            return _expected(error)


def _faults(
    schema: str,
    value: object,
    describe: Callable[[ValidationError], str] | None = None,
) -> Faults:
    """Return the first fault of each value that is wrong, by its path.

    Args:
        schema: Its text.
        value: JSON.
        describe: Says what an error expects. Default: `_expected`.
    """
    faults: Faults = {}
    places: list[list[str | int]] = []
    unevaluated: list[tuple[ValidationError, list[str]]] = []
    for error in _validator(schema).iter_errors(value):
        steps = list(error.instance_path)
        match error.kind:
            case Kind.UnevaluatedProperties(unexpected=names):
                unevaluated.append((error, names))
                continue
            case Kind.Required(property=name):
                places.append(steps)
                steps = [*steps, name]
            case _:
                places.append(steps)
        faults.setdefault(path_of(steps), (describe or _expected)(error))
    for error, names in unevaluated:
        place = list(error.instance_path)
        message = error.message
        if any(other[: len(place)] == place for other in places):
            message = _undeclared(names, schema, error.schema_path[:-1])
        if message:
            faults.setdefault(path_of(place), message)
    return faults


def _undeclared(names: list[str], schema: str, steps: list[str | int]) -> str:
    """Return the message of an `unevaluatedProperties` that stands beside other errors; "" if it only follows from them.

    A subschema that fails evaluates nothing (JSON Schema 2020-12, section 7.7.1.1), so its keyword then complains of declared fields, too.

    Args:
        names: The fields that it complains of.
        schema: The text of the whole schema.
        steps: Where in it the schema with the keyword is.
    """
    root = json.loads(schema)
    owner = root
    for step in steps:
        owner = owner[step]
    declared: set[str] = set()
    for member in _members(owner, root.get("$defs", {})):
        declared.update(member.get("properties", ()))
    unknown = [repr(name) for name in names if name not in declared]
    if not unknown:
        return ""
    verb = "were" if len(unknown) > 1 else "was"
    return f"Unevaluated properties are not allowed ({', '.join(unknown)} {verb} unexpected)"


def _faults_of_dates(
    schema: str, value: object, copier: PlainCopier, takes_files: bool = False
) -> Faults:
    """Return the faults of the dates and datetimes that stand where the schema wants text without a format.

    Their text would be valid there. But who leaves out the quotes in `model_version: 2024-01-01` of a YAML file has not meant a date.

    Args:
        schema: Its text.
        value: What the caller has given.
        copier: Has copied it.
        takes_files: Whether fields may be files.
    """
    if not copier.dates:
        return {}
    wire = PlainCopier(takes_files).copy(value)
    formatted = set()
    for part in _validator(schema).evaluate(wire).list()["details"]:
        if part.get("annotations") in _FORMATS_OF_DATES:
            formatted.add(_path_of_pointer(part["instanceLocation"], wire))
    misplaced = set(copier.dates) - formatted
    marked = PlainCopier(takes_files, misplaced).copy(value)
    faults = _faults(schema, marked, _expected_instead_of_date)
    return {path: faults[path] for path in misplaced if path in faults}


def _expected_instead_of_date(error: ValidationError) -> str:
    """Return what the schema expects where the caller has given a date, which `_faults_of_dates` has marked with another value."""
    match error.kind:
        case Kind.Type(types=types):
            return f"expected {' or '.join(types)}, not a date"
        case _:
            return _expected(error)


def _path_of_pointer(pointer: str, value: JsonValue) -> str:
    """Return the path that a JSON Pointer (RFC 6901) into a value leads along."""
    steps: list[str | int] = []
    for token in pointer.split("/")[1:]:
        if isinstance(value, list):
            index = int(token)
            steps.append(index)
            value = value[index]
        elif isinstance(value, dict):
            name = token.replace("~1", "/").replace("~0", "~")
            steps.append(name)
            value = value[name]
    return path_of(steps)


def _expected(error: ValidationError) -> str:
    """Return what the schema expects."""
    expected = error.message
    match error.kind:
        case Kind.Required():
            expected = _REQUIRED
        case Kind.Type(types=types):
            expected = (
                f"expected {' or '.join(types)}, not {_TYPES[type(error.instance)]}"
            )
        case Kind.Enum(options=["", None]):
            # Generated for a file, for which the copier of values puts an empty string.
            expected = f"expected {_FILE}"
        case Kind.Enum(options=options):
            expected = f"expected one of {', '.join(map(json.dumps, options))}"
            suggestion = _similar(error.instance, options)
            if suggestion:
                expected += f"; did you mean {json.dumps(suggestion)}?"
        case Kind.Pattern(pattern=pattern) if pattern == f"^{VISIBLE}$":
            expected = "expected visible ASCII without spaces around it, because it is sent in a header"
            if error.instance == "":
                expected = "must not be empty, because it is sent in a header"
        case Kind.Format(format="date-time"):
            expected = "expected a moment with its offset, such as 2026-12-01T12:00:00Z"
        case Kind.FalseSchema():
            expected = "is read-only"
    return expected


def _has(wire: object, place: Iterable[str], value: object) -> bool:
    """Whether a JSON value has this value at a place."""
    for name in place:
        if not isinstance(wire, dict) or name not in wire:
            return False
        wire = wire[name]
    return wire == value


def _similar(text: object, candidates: Iterable[object]) -> str:
    """Return the candidate that a text is probably a misspelling of; "" if there is none."""
    with IMPORT_FAILURES, IMPORTING:
        from difflib import get_close_matches

    if not isinstance(text, str):
        return ""
    texts = [candidate for candidate in candidates if isinstance(candidate, str)]
    for candidate in texts:
        if _letters(candidate) == _letters(text):
            return candidate
    matches = get_close_matches(text, texts, 1, _SIMILARITY)
    return matches[0] if matches else ""


def _letters(name: str) -> str:
    """Return what is the same in all ways to write a name: of `api_keys`, `API-KEYS` and `apiKeys`."""
    return name.casefold().translate(_JOINERS)


def _is_unknown_value(error: ValidationError) -> bool:
    """Whether a value is none of those that the document lists. An enum of "" and null stands for a file."""
    return isinstance(error.kind, Kind.Enum) and error.kind.options != ["", None]


def _close(
    schema: object, definitions: Mapping[str, object], *, is_object: bool = True
) -> object:
    """Return a schema that forbids undeclared names in objects that do not allow them.

    The rule stands where an object is used, not in the members of an `allOf` and the like, which know only some of its names.

    Args:
        schema: A schema, or any value inside of one.
        definitions: The schemas that references refer to, by name.
        is_object: Whether the schema describes a whole value, rather than being a member of `allOf`, a definition and the like.
    """
    if isinstance(schema, list):
        return [_close(member, definitions, is_object=False) for member in schema]
    if not isinstance(schema, dict):
        return schema
    closed: dict[str, object] = {}
    for key, value in schema.items():
        if key in ("properties", "$defs") and isinstance(value, dict):
            closed[key] = {
                name: _close(inner, definitions, is_object=key == "properties")
                for name, inner in value.items()
            }
        else:
            closed[key] = _close(value, definitions, is_object=key == "items")
    if not is_object:
        return closed
    members = list(_members(schema, definitions))
    names: set[str] = set()
    for member in members:
        names.update(member.get("properties", ()))
    if names and not any(map(_is_open, members)):
        closed["propertyNames"] = {"enum": sorted(names)}
    return closed


def _is_open(schema: Mapping[str, object]) -> bool:
    """Whether an object may have names that its schema does not list."""
    return any(schema.get(key, False) is not False for key in _OPEN_KEYWORDS)


def _members(
    schema: object, definitions: Mapping[str, object], *above: int
) -> Iterator[dict[str, Any]]:
    """Yield a schema, and every schema that it applies to the same object: by a reference, `allOf`, `anyOf`, `oneOf` or `else`.

    Args:
        schema: A schema.
        definitions: The schemas that references refer to, by name.
        above: The `id` of each schema that has led to this one.
    """
    if not isinstance(schema, dict) or id(schema) in above:
        return
    from urllib.parse import unquote

    yield schema
    members: list[object] = []
    reference = unquote(schema.get("$ref", "")).removeprefix("#/$defs/")
    if reference:
        name = reference.replace("~1", "/").replace("~0", "~")
        members.append(definitions[name])
    for key in ("allOf", "anyOf", "oneOf"):
        members += schema.get(key, ())
    members.append(schema.get("else"))
    for member in members:
        yield from _members(member, definitions, *above, id(schema))


# Requests and responses


@dataclass(frozen=True, slots=True, repr=False)
class Examination:
    """The result of examining parameters and body.

    Args:
        body: The body as plain JSON; a body of another kind as it is.
        faults: Messages by the path of the value that is wrong.
        hints: Warnings about names that are probably misspelt.
        advice: A sentence that says how to send the body all the same; "" where it can't be.
    """

    body: object
    faults: Mapping[str, str]
    hints: list[str]
    advice: str = ""


class Validation:
    """Checks the requests and responses of an operation. Each schema is compiled when it is first needed."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._parameters = _validator(operation.parameters_schema)
        self._closed_validator: Validator | None = None
        self._places: Mapping[str, list[str]] | None = None
        self._body_schema = "true"
        if operation.body is not None and operation.body.schema is not None:
            self._body_schema = operation.body.schema

    @classmethod
    @functools.cache
    def of(cls, operation: Operation) -> Validation:
        """Return the validation of an operation. There is one for each."""
        return cls(operation)

    def accepts(self, parameters: Mapping[str, object]) -> bool:
        """Whether the parameters, without `body`, are valid."""
        try:
            return bool(self._parameters.is_valid(parameters))
        except DATA_ERRORS:
            return False

    def write(self, wire: object) -> bytes | None:
        """Return a body as JSON if it is valid and has no undeclared field; else None. `examine` then says what is wrong."""
        try:
            content: bytes = to_json(wire).encode()
            is_shallow = content.count(b"{") + content.count(b"[") <= DEEPEST
            if is_shallow and _PLAIN.is_valid(wire) and self._closed().is_valid(wire):
                return content
        except DATA_ERRORS:
            # `examine` finds the fault by its path.
            pass
        return None

    def examine(
        self, parameters: Mapping[str, object], *, check_body: bool = True
    ) -> Examination:
        """Find every fault of parameters and body.

        Args:
            parameters: By their Python names, `body` among them.
            check_body: Whether the body must be what the document describes. If not, only what can't be sent is a fault.
        """
        without_body = {
            name: value for name, value in parameters.items() if name != "body"
        }
        copier = PlainCopier()
        schema = self._operation.parameters_schema
        faults = _faults(schema, copier.copy(without_body)) | copier.faults
        faults |= _faults_of_dates(schema, without_body, copier)
        declared_names = json.loads(schema)["properties"]
        for name in without_body:
            if name not in declared_names:
                faults[name] = self._unknown_parameter(name, declared_names)
        description = self._operation.body
        if description is None:
            if "body" in parameters:
                faults["body"] = "no such parameter"
            return Examination(None, faults, [])
        if "body" not in parameters:
            if description.required:
                faults["body"] = "is required"
            return Examination(None, faults, [])
        examination = self._examine_body(parameters["body"], description, check_body)
        for path, expected in examination.faults.items():
            faults.setdefault(path, expected)
        return replace(examination, faults=faults)

    def _unknown_parameter(self, name: str, declared_names: Iterable[str]) -> str:
        """Return the fault of a parameter that the operation does not have."""
        if name in OPTION_NAMES:
            return f"no such parameter; use with_options({name}=...)"
        known_names = [*declared_names, "retry_ambiguous"]
        if self._operation.body is not None:
            known_names.append("body")
        suggestion = _similar(name, known_names)
        if suggestion:
            return f"no such parameter; did you mean {suggestion}?"
        return "no such parameter"

    def _examine_body(
        self, body: object, description: RequestBody, check_body: bool
    ) -> Examination:
        match description.kind:
            case "bytes":
                fault = f"expected {_FILE}"
                is_right = is_file(body)
            case "text":
                fault = "expected a string"
                is_right = isinstance(body, str)
            case kind:
                return self._examine_json(body, kind == "multipart", check_body)
        faults = {}
        if not is_right:
            faults["body"] = f"{fault}, not {type(body).__name__}"
        elif isinstance(body, str) and _SURROGATE.search(body):
            faults["body"] = f"contains {HALF_OF_A_PAIR}"
        return Examination(body, faults, [])

    def _examine_json(
        self, body: object, takes_files: bool, check_body: bool
    ) -> Examination:
        copier = PlainCopier(takes_files)
        wire = copier.copy(body)
        if not check_body:
            return Examination(wire, copier.faults, [])
        # Where the copier has found a fault, its message takes precedence.
        faults = _faults(self._body_schema, wire) | copier.faults
        faults |= _faults_of_dates(self._body_schema, body, copier, takes_files)
        hints: list[str] = []
        for path, right_place in self._misspellings(wire):
            name = path[-1]
            if name == _OPEN_PART:
                hints.append(
                    f"{path_of(path)}: no such field in the document; did attrs.asdict write it, instead of to_dict()?"
                )
                continue
            right_path = path_of(right_place)
            if faults.get(right_path) == _REQUIRED:
                faults[right_path] = f"{_REQUIRED}; did you misspell it as {name}?"
                continue
            suggestion = right_path
            if right_place[:-1] == path[:-1]:
                suggestion = str(right_place[-1])
            elif len(right_place) == 1:
                suggestion = f"{right_path} at the top level"
            hints.append(
                f"{path_of(path)}: no such field in the document; did you mean {suggestion}?"
            )
        advice = ""
        errors = _validator(self._body_schema).iter_errors
        if faults and any(map(_is_unknown_value, errors(wire))):
            advice = _SENDING_UNKNOWN_VALUES
        return Examination(wire, faults, hints, advice)

    def _misspellings(
        self, wire: object
    ) -> Iterator[tuple[list[str | int], list[str | int]]]:
        """Yield the path of each undeclared field that is probably misspelt or misplaced, and that of the field that was meant."""
        for error in self._closed().iter_errors(wire):
            if not isinstance(error.kind, Kind.PropertyNames):
                continue
            name_error = error.kind.error
            name = name_error.instance
            if not isinstance(name_error.kind, Kind.Enum) or not isinstance(name, str):
                continue
            path = [*error.instance_path, name]
            suggestion = _similar(name, name_error.kind.options)
            if suggestion or name == _OPEN_PART:
                yield path, [*error.instance_path, suggestion]
                continue
            place = self._places_of_fields().get(_letters(name))
            fields = error.instance
            value = fields[name] if isinstance(fields, dict) else None
            # A service may know a field at both places; then both have its value.
            if place is not None and not _has(wire, place, value):
                yield path, [*place]

    def _places_of_fields(self) -> Mapping[str, list[str]]:
        """Return a path for the letters of each name of a field of the body, of several the shortest."""
        # Kept as `_closed` is: a body may have thousands of undeclared fields.
        if self._places is None:
            self._places = self._find_places()
        return self._places

    def _find_places(self) -> dict[str, list[str]]:
        schema = json.loads(self._body_schema)
        definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
        places: dict[str, list[str]] = {}
        waiting: list[tuple[object, list[str]]] = [(schema, [])]
        while waiting:
            outer, path = waiting.pop(0)
            for member in _members(outer, definitions):
                for name, inner in member.get("properties", {}).items():
                    if _letters(name) not in places:
                        place = [*path, name]
                        places[_letters(name)] = place
                        waiting.append((inner, place))
        return places

    def read_json(self, response: Response) -> object:
        """Return the JSON of a success, after a check that objects and arrays are where the document has them.

        Raises:
            NoContent: HTTP forbids content in this response.
            UnusableBody: An object or array is missing or in the wrong place.
            ValueError: It is not JSON.
        """
        if self._operation.has_no_content(response.status_code):
            raise NoContent
        text = response.json_text()
        data = _from_json(text) if text.strip() else None
        if is_deep(text, data):
            raise UnusableBody(f"it is nested more than {DEEPEST} deep")
        schema = self._operation.content_of(response.status_code).schema
        schema = schema or "true"
        faults: Faults = {}
        try:
            if not _validator(schema).is_valid(data):
                faults = _faults(schema, data, _expected_container)
        except UnicodeEncodeError:
            # The validator can't take half of a surrogate pair: validate the response with a space in its place.
            plain = _from_json(_HALF_PAIR.sub(r"\\u0020", text))
            faults = _faults(schema, plain, _expected_container)
        for path, expected in faults.items():
            raise UnusableBody(f"{path or 'the content'}: {expected}")
        return data

    def secrets(self, content: bytes | None, wire: object) -> list[str]:
        """Return the secrets of a body.

        Args:
            content: The body as it is sent.
            wire: The body in plain JSON.
        """
        body = self._operation.body
        if body is None:
            return secrets_of_body(wire, ())
        if content and body.kind == "json":
            # The caller may have changed the body since it was sent.
            wire = json.loads(content)
        try:
            models = body.models()
        except OSError:
            # For want of file descriptors, their modules can't be read: every string counts as a secret.
            return secrets_of_body(wire, ())
        return secrets_of_body(wire, models)

    def _closed(self) -> Validator:
        """Return the validator of a body that forbids undeclared fields."""
        # Not a `cached_property`: before Python 3.12 it has a lock, which a fork can leave locked in the child.
        validator = self._closed_validator
        if validator is None:
            schema = json.loads(self._body_schema)
            definitions = {}
            if isinstance(schema, dict):
                definitions = schema.get("$defs", {})
            validator = _validator(json.dumps(_close(schema, definitions)))
            self._closed_validator = validator
        return validator


class UnusableBody(Exception):
    """The content of a response is not what the document describes. The message says why."""


class NoContent(Exception):
    """HTTP forbids content in the response, even if the document describes some."""


class ReadableResponse:
    """A response in the form of one of httpx, which generated code reads.

    Args:
        response: The received response.
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
            return self._response.text()
        except LookupError:
            fault = "its charset is unknown"
        except UnicodeError:
            fault = "its bytes are not in its charset"
        raise UnusableBody(fault)

    def json(self) -> object:
        """Return the content as JSON. Raises NoContent, UnusableBody, ValueError."""
        return self._validation.read_json(self._response)
