"""The strict writer and the tolerant reader: what may be sent, and what an answer says, by the document's own schemas."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Mapping
from importlib import import_module

import jsonschema_rs

from . import exceptions as errors
from ._policy import Answer, Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

Problems = dict[str, str]  # path: what is expected there

DEEPEST = 200
# The pattern that scripts/staging.py gives to header parameters.
HEADER_VALUE = "^[!-~]([ -~]*[!-~])?$"
_HEADER_RULE = "expected ASCII, not empty, without control characters and surrounding blanks, as it is sent in a header"
SHORTEST_SECRET = 4  # shorter ones would mask ordinary words
# Passes only what JSON can say; values that it does not know make it raise.
_PLAIN = jsonschema_rs.Draft202012Validator(
    {
        "type": ["object", "array", "string", "number", "boolean", "null"],
        "additionalProperties": {"$ref": "#"},
        "items": {"$ref": "#"},
    }
)
_encode = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode


def _refuse_constant(name: str) -> None:
    raise ValueError("not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


class Codec:
    """Checks what one operation sends and reads what it gets. Compiled at its first call."""

    def __init__(self, operation: Any) -> None:
        home = f"{__package__}.api."
        name = getattr(operation, "__name__", "")
        if not name.startswith(home):
            raise errors.InvalidRequestError(
                f"the operation must be a module below {home.rstrip('.')}, such as {home}endpoints.modify_model"
            )
        spec = import_module(f"{__package__}._operations.{name.removeprefix(home)}")
        self.operation = operation
        self.spec = spec
        self.name = f"{spec.METHOD} {spec.PATH}"
        self.body_schema = json.loads(spec.BODY or "true")
        parameters = json.loads(spec.PARAMETERS)
        self.parameter_names = frozenset(parameters["properties"])
        self._body = _validator(self.body_schema)
        self._parameters = _validator(parameters)
        self._answers = {
            status: _validator(json.loads(schema))
            for status, schema in spec.ANSWERS.items()
        }
        self._fields: dict[int, dict[str, Any]] = {}

    def call(
        self, parameters: dict[str, Any], problems: Problems, hints: list[str]
    ) -> Call:
        """What is to be sent. All that is wrong goes into `problems`, what is probably misspelt into `hints`."""
        given = {n: v for n, v in parameters.items() if n != "body"}
        self._check_parameters(given, problems)
        content = b""
        if "body" in parameters and self.spec.BODY is not None:
            content = self._encode(parameters["body"], problems, hints)
        elif "body" not in parameters and self.spec.BODY_REQUIRED:
            problems["body"] = "is required"
        call = Call(self.spec.METHOD, self.spec.PATH, content)
        call.authenticated = self.spec.AUTHENTICATED
        call.success = self.spec.SUCCESS or call.success
        call.find_secrets = lambda: self._secrets(content)
        return call

    def arguments(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """What generated code makes of the parameters. The body is encoded already and only passes through."""
        if "body" in parameters and self.spec.BODY is not None:
            parameters = {**parameters, "body": _Held(None)}
        arguments: dict[str, Any] = self.operation._get_kwargs(**parameters)
        return arguments

    def _encode(self, body: Any, problems: Problems, hints: list[str]) -> bytes:
        try:
            wire = body.to_dict() if hasattr(body, "to_dict") else body
            content = _encode(wire).encode()
            shallow = content.count(b"{") + content.count(b"[") <= DEEPEST
            if shallow and _PLAIN.is_valid(wire) and self._body.is_valid(wire):
                self._misspelt(self.body_schema, wire, "", hints)
                return content
        except Exception:  # noqa: S110  # whatever it was, it is found below, by its path
            pass
        wire = plain(body, "", problems, ())
        problems.update(
            (path, expected)
            for path, expected in _faults(self._body, wire).items()
            if path not in problems
        )
        self._misspelt(self.body_schema, wire, "", hints)
        return b"" if problems else _encode(wire).encode()

    def _check_parameters(self, given: dict[str, Any], problems: Problems) -> None:
        wire = plain(given, "", problems, ())
        for path, expected in _faults(self._parameters, wire).items():
            problems.setdefault(path, expected)
        for name in given.keys() - self.parameter_names:
            problems[name] = "no such parameter"

    def read(self, answer: Answer) -> tuple[Any, str]:
        """The typed result of a success, or why there is none."""
        try:
            return (None, answer.broken) if answer.broken else self._read(answer)
        except Exception as error:
            return None, f"it can't be read ({type(error).__name__})"

    def _read(self, answer: Answer) -> tuple[Any, str]:
        reader = _Reader(answer)
        status = answer.status
        for documented in (str(status), f"{status // 100}XX", "default"):
            if validator := self._answers.get(documented):
                if not answer.content:
                    return None, "it is empty"
                text = answer.content.decode("utf-8-sig")
                reader.data = _decode(text)
                for path, expected in _container_faults(validator, reader.data, text):
                    return None, f"{path or 'the whole'}: {expected}"
                break
        return self.operation._parse_response(client=reader, response=reader), ""

    def _secrets(self, content: bytes) -> list[str]:
        """Strings in the secret fields of a request that was sent, and in those that the document does not know."""
        from . import types

        def below(value: Any) -> Iterator[str]:
            for field in getattr(type(value), "__attrs_attrs__", ()):
                held = getattr(value, field.name)
                if field.repr in (types.masked, types.masked_values):
                    yield from leaves(held)
                else:
                    for item in held if isinstance(held, list) else [held]:
                        yield from below(item)

        if not content or self.spec.BODY is None:
            return []
        wire = json.loads(content)
        try:
            model = self.operation._get_kwargs.__annotations__["body"].from_dict(wire)
        except Exception:
            return list(leaves(wire))
        return list(below(model))

    def _misspelt(self, schema: Any, value: Any, path: str, hints: list[str]) -> None:
        """Find fields whose names the document does not know, but nearly."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                self._misspelt(schema, item, f"{path}[{index}]", hints)
        elif isinstance(value, dict) and (fields := self._known(schema)):
            for name, item in value.items():
                inner = fields.get(name)
                if inner is None:
                    hints.extend(_suggestion(_joined(path, name), name, list(fields)))
                elif isinstance(item, dict | list):
                    self._misspelt(inner, item, _joined(path, name), hints)

    def _known(self, schema: Any) -> dict[str, Any]:
        """Schemas of the fields of an object, or of the objects in an array, by name; empty where any name is right."""
        known = self._fields.get(id(schema))
        if known is None:
            known = {}
            parts = list(self._parts(schema, set()))
            for part in parts:
                for name, inner in part.get("properties", {}).items():
                    known[name] = (
                        {"allOf": [known[name], inner]} if name in known else inner
                    )
            if any(part.get("additionalProperties", False) for part in parts):
                known = {}
            self._fields[id(schema)] = known
        return known

    def _parts(self, schema: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
        """A schema and all that describe the same object, or the items of the same array."""
        if not isinstance(schema, dict) or id(schema) in seen:
            return
        seen.add(id(schema))
        yield schema
        if name := schema.get("$ref", "").removeprefix("#/$defs/"):
            yield from self._parts(self.body_schema["$defs"][name], seen)
        for key in ("allOf", "anyOf", "oneOf"):
            for member in schema.get(key, ()):
                yield from self._parts(member, seen)
        yield from self._parts(schema.get("items"), seen)


class _Reader:
    """What generated code asks of a client and of a response, without httpx."""

    raise_on_unexpected_status = False

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self.headers = answer.headers
        self.content = answer.content
        self.data: Any = None

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return self.data


def _validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema, mask="the value")


def _faults(validator: jsonschema_rs.Draft202012Validator, value: Any) -> Problems:
    """Every fault by its path, with what is expected there and never what is."""
    found: Problems = {}
    for error in validator.iter_errors(value):
        kind = error.kind.as_dict()
        path = ""
        for step in error.instance_path:
            path = _joined(path, step)
        if "property" in kind:
            found.setdefault(_joined(path, kind["property"]), "is required")
        elif "types" in kind:
            found.setdefault(path, f"expected {' or '.join(kind['types'])}")
        elif "options" in kind:
            values = ", ".join(map(json.dumps, kind["options"]))
            found.setdefault(path, f"expected one of {values}")
        elif kind.get("pattern") == HEADER_VALUE:
            found.setdefault(path, _HEADER_RULE)
        else:
            found.setdefault(path, error.message)
    return found


def _container_faults(
    validator: jsonschema_rs.Draft202012Validator, data: Any, text: str
) -> Iterator[tuple[str, str]]:
    try:
        if validator.is_valid(data):
            return
    except UnicodeEncodeError:
        # Half a surrogate pair, which the validator can't take: look at the same answer with blanks in such places.
        data = _decode(re.sub(r"(?i)\\ud[89a-f]..", r"\\u0020", text))
    yield from _faults(validator, data).items()


def leaves(value: Any) -> Iterator[str]:
    """Every string in a JSON value that is long enough to be a secret, and what a string of JSON holds itself."""
    if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value
        if value[0] in "{[":
            try:
                inner = json.loads(value)
            except (ValueError, RecursionError):
                return
            yield from leaves(inner)
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif hasattr(value, "to_dict"):
        yield from leaves(value.to_dict())


def _joined(path: str, step: object) -> str:
    if isinstance(step, int):
        return f"{path}[{step}]"
    name = str(step)
    shown = name if name.isprintable() and len(name) <= 80 else "(unprintable)"
    return f"{path}.{shown}" if path else shown


def _suggestion(path: str, name: str, known: list[str]) -> Iterator[str]:
    from difflib import get_close_matches

    for close in get_close_matches(name, known, 1, 0.75):
        yield f"{path}: the document knows no such field; did you mean {close}? It is sent as it is."


def plain(value: Any, path: str, problems: Problems, above: tuple[int, ...]) -> Any:
    """A copy that only JSON's own types make up. Faults go into `problems`, and null where they were."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | int | float):
        return _plain_scalar(value, path, problems)
    if id(value) in above:
        problems[path] = "holds itself"
    elif len(above) >= DEEPEST:
        problems[path] = f"is nested more than {DEEPEST} deep"
    elif hasattr(type(value), "__attrs_attrs__"):
        try:
            wire = _wire(value)
        except Exception:
            problems[path] = f"{type(value).__name__} can't be written as JSON"
        else:
            return plain(wire, path, problems, (*above, id(value)))
    elif isinstance(value, Mapping):
        return _plain_mapping(value, path, problems, (*above, id(value)))
    elif isinstance(value, list | tuple):
        inner = (*above, id(value))
        return [
            plain(v, _joined(path, i), problems, inner) for i, v in enumerate(value)
        ]
    else:
        from . import types

        written = types.write_date(types.write_uuid(value))
        if isinstance(written, str):
            return written
        problems[path] = f"expected a JSON value, not {type(value).__name__}"
    return None


def _plain_scalar(value: Any, path: str, problems: Problems) -> Any:
    """Subclasses become what they subclass."""
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        problems[path] = "expected a finite number"
        return None
    try:
        if isinstance(value, int):
            return int(str(int(value)))
        value.encode()
        return str.__str__(value)
    except UnicodeEncodeError:
        problems[path] = "holds half a surrogate pair, which UTF-8 can't say"
    except ValueError:
        problems[path] = "has too many digits"
    return None


def _plain_mapping(
    value: Mapping[Any, Any], path: str, problems: Problems, above: tuple[int, ...]
) -> dict[str, Any]:
    from . import types

    copied = {}
    for name, item in value.items():
        if not isinstance(name, str):
            problems[path] = (
                f"expected strings as field names, not {type(name).__name__}"
            )
        elif item is not types.UNSET:
            scalar = _plain_scalar(name, _joined(path, "(a field name)"), problems)
            copied[scalar or ""] = plain(item, _joined(path, name), problems, above)
    return copied


def _wire(model: Any) -> Any:
    """JSON form of a model, whatever its attributes hold: what is of the wrong type stays what it is, to be found by its path."""
    from .types import UNSET

    try:
        return model.to_dict()
    except Exception:
        held = copy.copy(model)
    for field in type(model).__attrs_attrs__:
        value = getattr(model, field.name)
        if field.name == "additional_properties":
            setattr(
                held, field.name, {name: _Held(item) for name, item in value.items()}
            )
        elif isinstance(value, list | tuple):
            setattr(held, field.name, _HeldList(map(_Held, value)))
        elif value is not UNSET:
            setattr(held, field.name, _Held(value))
    return _released(held.to_dict())


class _Held:
    """Passes through generated code as if it were the model, or the list of models, that belongs there."""

    def __init__(self, value: Any, is_list: bool = False) -> None:
        self.value = value
        self.is_list = is_list

    def to_dict(self) -> _Held:
        return self

    def __iter__(self) -> Iterator[_Held]:
        yield _Held(self.value, is_list=True)


class _HeldList(list):  # type: ignore[type-arg]
    def to_dict(self) -> _HeldList:
        return self


def _released(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _released(item) for name, item in value.items()}
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], _Held) and value[0].is_list:
            return value[0].value
        return [_released(item) for item in value]
    return value.value if isinstance(value, _Held) else value
