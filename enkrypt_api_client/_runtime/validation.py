"""Checks what an operation sends and reads what it gets, by the document's own schemas."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping

from jsonschema_rs import Draft202012Validator as Validator

from .importing import IMPORTING
from .model_base import masked, masked_values
from .redact import DEEPEST, SHORTEST_SECRET, is_deep
from .settings import VISIBLE
from .values import UNSET, LocalTime, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .operation import Operation
    from .response import Headers, Response

    Problems = dict[str, str]  # path: what is expected there

# Bytes of an upload that are looked for in what the service says.
_LARGEST_SECRET = 64 * 1024
# Keywords of an object that may have names of its own.
_OPEN = (
    *("additionalProperties", "unevaluatedProperties"),
    *("patternProperties", "propertyNames"),
)
# Passes only what JSON can say, or raises.
_PLAIN = Validator({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}})
# What our own code, and the library that checks JSON, say of data that is not as it should be. Anything else is not about data.
DATA_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
to_json = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


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


def _anything(_: str) -> bool:
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
    formats = dict.fromkeys(_UNCHECKED_FORMATS, _anything)
    formats["date-time"] = _is_date_time
    return Validator(rule, mask="the value", validate_formats=True, formats=formats)


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
        return self._response.status_code

    @property
    def headers(self) -> Headers:
        return self._response.headers

    @property
    def content(self) -> bytes:
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
        """A body as JSON, if the document wants it as it is and knows every field of it."""
        try:
            content: bytes = to_json(wire).encode()
            shallow = content.count(b"{") + content.count(b"[") <= DEEPEST
            if shallow and _PLAIN.is_valid(wire) and self._closed().is_valid(wire):
                return content
        except DATA_ERRORS:
            # Whatever it was, the closer look finds it by its path.
            pass
        return None

    def examine(
        self, given: dict[str, Any], problems: Problems, hints: list[str]
    ) -> Any:
        """The body in plain JSON. All that is wrong goes into `problems`, what is probably misspelt into `hints`."""
        others = {name: value for name, value in given.items() if name != "body"}
        _find_faults(self._parameters, plain(others, "", problems), problems)
        known = json.loads(self._operation.parameters_schema)["properties"].keys()
        problems |= dict.fromkeys(others.keys() - known, "no such parameter")
        description, body = self._operation.body, given.get("body")
        kind = description.kind if description else None
        if "body" not in given or kind is None:
            if description is not None and description.required:
                problems["body"] = "is required"
            elif "body" in given:
                problems["body"] = "no such parameter"
            return None
        if kind in ("bytes", "text"):
            if not (_is_file(body) if kind == "bytes" else isinstance(body, str)):
                what = (
                    "a string" if kind == "text" else "bytes, a path or a binary file"
                )
                problems["body"] = f"expected {what}, not {type(body).__name__}"
            return body
        wire = plain(body, "", problems, files=kind == "multipart")
        _find_faults(_validator(self._body_schema), wire, problems)
        for error in self._closed().iter_errors(wire):
            inner = error.kind.as_dict().get("error")
            if inner is not None:
                hints += _hints(error.instance_path, inner)
        return wire

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
        data = _decode(text) if text.strip() else None
        if is_deep(text, data):
            raise UnusableBody(f"it is nested more than {DEEPEST} deep")
        schema = self._operation.content_of(response.status_code).schema
        validator = _validator(schema or "true")
        problems: Problems = {}
        try:
            if not validator.is_valid(data):
                _find_faults(validator, data, problems)
        except UnicodeEncodeError:
            # Half of a surrogate pair, which the validator can't take: look at the answer with a space in its place.
            cleaned = _decode(re.sub(r"(?i)\\ud[89a-f]..", r"\\u0020", text))
            _find_faults(validator, cleaned, problems)
        for path, expected in problems.items():
            raise UnusableBody(f"{path or 'the whole'}: {expected}")
        return data

    def secrets(self, content: bytes | None, wire: Any) -> list[str]:
        """Return the strings in the secret fields of a body, and in those that the document does not know.

        Args:
            content: The body as it is sent.
            wire: The body in plain JSON.
        """
        body = self._operation.body
        if content and body is not None and body.kind == "json":
            wire = json.loads(content)  # as it was sent, whatever the caller did since
        if isinstance(wire, bytes | bytearray | memoryview):
            wire = bytes(wire[:_LARGEST_SECRET]).decode("utf-8", "replace")
        if isinstance(wire, str):
            # What is echoed of a text is a line of it, or all.
            return [text for text in (wire, *wire.splitlines()) if text]
        if not isinstance(wire, dict | list) or body is None:
            return list(strings(wire))
        items = wire if isinstance(wire, list) else [wire]
        for model_class in body.models():
            try:
                return _secrets_of_models(model_class, items)
            except DATA_ERRORS:
                # The next class, or all strings.
                continue
        return list(strings(wire))

    def _closed(self) -> Validator:
        """The check of a body, without fields that the document does not know: what it passes needs no closer look."""
        # Not a `cached_property`: until Python 3.12 it has a lock, which a fork can leave locked in the child.
        validator = self._closed_validator
        if validator is None:
            schema = json.loads(self._body_schema)
            validator = _validator(json.dumps(_close(schema, schema)))
            self._closed_validator = validator
        return validator


def _close(schema: Any, whole: Any, site: bool = True) -> Any:
    """A schema that refuses unknown names of an object, where the object is used: its parts know only some of the names."""
    if isinstance(schema, list):
        return [_close(member, whole, False) for member in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {
        key: {n: _close(v, whole, key == "properties") for n, v in value.items()}
        if key in ("properties", "$defs") and isinstance(value, dict)
        else _close(value, whole, key == "items")
        for key, value in schema.items()
    }
    parts = list(_parts(schema, whole)) if site else []
    names = {name for part in parts for name in part.get("properties", ())}
    if names and all(part.get(k, False) is False for part in parts for k in _OPEN):
        closed["propertyNames"] = {"enum": sorted(names)}
    return closed


def _parts(schema: Any, whole: Any, *above: int) -> Iterator[dict[str, Any]]:
    """A schema and all that describe the same object."""
    if isinstance(schema, dict) and id(schema) not in above:
        from urllib.parse import unquote

        yield schema
        name = unquote(schema.get("$ref", "")).removeprefix("#/$defs/")
        name = name.replace("~1", "/").replace("~0", "~")
        members = [whole["$defs"][name]] if name else []
        for key in ("allOf", "anyOf", "oneOf"):
            members += schema.get(key, ())
        for member in members:
            yield from _parts(member, whole, *above, id(schema))


def _hints(place: list[Any], error: Any) -> list[str]:
    """What a name that the document does not know is probably meant to be."""
    from difflib import get_close_matches

    name, known = error.instance, error.kind.as_dict().get("options", ())
    path = _path([*place, name])
    return [
        f"{path}: no such field in the document; did you mean {close}? It is sent as it is."
        for close in get_close_matches(name, known, 1, 0.75)
    ]


def _is_file(value: Any) -> bool:
    """Whether a value is bytes, or something to read them from: no text file, which has an encoding."""
    kinds = bytes, bytearray, memoryview, tuple
    names = "read", "payload", "__fspath__"
    found = isinstance(value, kinds) or any(hasattr(value, name) for name in names)
    return found and not hasattr(getattr(value, "payload", value), "encoding")


def _find_faults(validator: Validator, value: Any, problems: Problems) -> None:
    """Add what is expected wherever something else stands. What is already known to be wrong there is said already."""
    found: Problems = {}
    for error in validator.iter_errors(value):
        kind, steps, expected = error.kind.as_dict(), error.instance_path, error.message
        if "property" in kind:
            steps, expected = [*steps, kind["property"]], "is required"
        elif "types" in kind:
            expected = f"expected {' or '.join(kind['types'])}"
        elif "options" in kind:
            expected = f"expected one of {', '.join(map(json.dumps, kind['options']))}"
        elif kind.get("pattern") == f"^{VISIBLE}$":
            expected = "expected visible ASCII without spaces around it, because it is sent in a header"
        elif kind.get("format") == "date-time":
            expected = "expected a moment with its offset, such as 2026-12-01T12:00:00Z"
        elif expected.startswith("False schema"):
            expected = "is read-only"
        found.setdefault(_path(steps), expected)
    problems.update({p: found[p] for p in found if p not in problems})


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value that is long enough to be a secret, and those in strings that hold JSON themselves."""
    held: Any = ()
    if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value
        if value[0] in "{[":
            try:
                inner = json.loads(value)
                held = () if is_deep(value, inner) else [inner]
            except (ValueError, RecursionError):
                pass
    elif isinstance(value, dict | list):
        held = value.values() if isinstance(value, dict) else value
    elif hasattr(value, "to_dict"):
        held = [value.to_dict()]
    for item in held:
        yield from strings(item)


def _secret_strings(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else ():
        yield from _secret_strings(item)
    for field in getattr(type(value), "__attrs_attrs__", ()):
        secret = field.repr in (masked, masked_values)
        yield from (strings if secret else _secret_strings)(getattr(value, field.name))


def _secrets_of_models(model_class: Any, items: list[Any]) -> list[str]:
    """Return the secrets of JSON values that are models of a class."""
    secrets: list[str] = []
    for item in items:
        secrets += _secret_strings(model_class.from_dict(item))
    return secrets


def _joined(path: str, step: Any) -> str:
    if isinstance(step, int):
        return f"{path}[{step}]"
    shown = step if step.isprintable() and len(step) <= 80 else "(unprintable)"
    return f"{path}.{shown}" if path else shown


def _path(steps: list[Any]) -> str:
    return functools.reduce(_joined, steps, "")


def plain(
    value: Any, path: str, problems: Problems, *above: int, files: bool = False
) -> Any:
    """A copy made of JSON's own types alone. Faults go into `problems`, and null where they were. Files become empty strings."""

    def within(item: Any, step: Any) -> Any:
        inside = _joined(path, step)
        return plain(item, inside, problems, *above, id(value), files=files)

    if value is None or isinstance(value, str | int | float):
        return _plain_scalar(value, path, problems)
    if files and path and _is_file(value):
        return ""
    if id(value) in above:
        problems[path] = "holds itself"
    elif len(above) >= DEEPEST:
        problems[path] = f"is nested more than {DEEPEST} deep"
    elif isinstance(value, Mapping):
        copied = {}
        for name, item in value.items():
            if not isinstance(name, str):
                problems[path] = f"expected strings as keys, not {type(name).__name__}"
            elif item is not UNSET:
                key = _plain_scalar(name, _joined(path, "(a field name)"), problems)
                copied[key or ""] = within(item, name)
        return copied
    elif isinstance(value, list | tuple):
        return [within(item, index) for index, item in enumerate(value)]
    else:
        try:
            model = hasattr(type(value), "__attrs_attrs__")
            value = _fields(value) if model else written(value)
        except DATA_ERRORS:
            problems[path] = f"{type(value).__name__} can't be written as JSON"
        if isinstance(value, str | Mapping):
            return plain(value, path, problems, *above, files=files)
        wanted = f"{'a binary file or ' * files}JSON"
        problems.setdefault(path, f"expected {wanted}, not {type(value).__name__}")
    return None


def _plain_scalar(value: Any, path: str, problems: Problems) -> Any:
    """Subclasses become what they are a subclass of."""
    if isinstance(value, LocalTime):
        problems[path] = "a datetime needs an offset: give it a tzinfo"
        return None
    try:
        copied = json.loads(to_json(value))
        str(copied).encode()
        return copied
    except UnicodeEncodeError:
        problems[path] = "contains half of a surrogate pair, which UTF-8 can't encode"
    except ValueError:
        problems[path] = "expected a finite number, of at most 4,300 digits"
    return None


def _fields(model: Any) -> dict[str, Any]:
    """Return the JSON form of a model; its attributes as they are where one is of a wrong type, for that to be found by its path."""
    try:
        wire: dict[str, Any] = model.to_dict()
        return wire
    except DATA_ERRORS:
        wire = dict(getattr(model, "additional_properties", {}))
    for python_name, wire_name in model._wire_names_.items():
        wire[wire_name] = getattr(model, python_name, UNSET)
    return wire
