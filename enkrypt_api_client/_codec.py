"""The strict writer and the tolerant reader: what may be sent, and what an answer says, by the document's own schemas."""

from __future__ import annotations

import contextlib
import json
import re
from importlib import import_module

from jsonschema_rs import Draft202012Validator as Validator

from . import exceptions as errors
from ._plain import DEEPEST, Stand, is_deep, joined, plain
from ._policy import Answer, Call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    Problems = dict[str, str]  # path: what is expected there

SHORTEST_SECRET = 4  # a shorter one would mask ordinary words
HEADER_VALUE = "^[!-~]([ -~]*[!-~])?$"  # what scripts/own_modules.py asks of them
# Passes only what JSON can say, or raises.
_PLAIN = Validator({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}})
_encode = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse).decode


class Codec:
    """Checks what one operation sends and reads what it gets. Compiled at its first call."""

    def __init__(self, operation: Any) -> None:
        home, name = f"{__package__}.api.", getattr(operation, "__name__", "")
        if not name.startswith(home):
            raise errors.InvalidRequestError(
                f"the operation must be a module below {home[:-1]}, such as {home}endpoints.modify_model"
            )
        self.operation = operation
        self.spec = import_module(name.replace(".api.", "._operations.", 1))
        self.name = f"{self.spec.METHOD} {self.spec.PATH}"
        self.has_body = self.spec.BODY is not None
        self._body_schema = json.loads(self.spec.BODY or "true")
        parameters = json.loads(self.spec.PARAMETERS)
        self._names = parameters["properties"].keys()
        self._body, self._parameters = map(_validator, (self._body_schema, parameters))
        self._answers = {
            status: _validator(json.loads(schema))
            for status, schema in self.spec.ANSWERS.items()
        }
        self._fields: dict[int, dict[str, Any]] = {}

    def call(self, given: dict[str, Any], problems: Problems, hints: list[str]) -> Call:
        """What is to be sent. All that is wrong goes into `problems`, what is probably misspelt into `hints`."""
        others = {name: value for name, value in given.items() if name != "body"}
        wire = plain(others, "", problems, ())
        _find_faults(self._parameters, wire, problems)
        for name in others.keys() - self._names:
            problems[name] = "no such parameter"
        if self.spec.BODY_REQUIRED and "body" not in given:
            problems["body"] = "is required"
        content = b""
        if "body" in given and self.has_body:
            content = self._write(given["body"], problems, hints)
        call = Call(self.spec.METHOD, self.spec.PATH, content, self._secrets)
        call.authenticated = self.spec.AUTHENTICATED
        call.success = self.spec.SUCCESS or call.success
        return call

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """What generated code makes of the parameters; a JSON body is encoded already and only passes through."""
        if "body" in given and self.has_body:
            given = {**given, "body": Stand()}
        arguments: dict[str, Any] = self.operation._get_kwargs(**given)
        return arguments

    def _write(self, body: Any, problems: Problems, hints: list[str]) -> bytes:
        try:
            wire = body.to_dict() if hasattr(body, "to_dict") else body
            content = _encode(wire).encode()
            shallow = content.count(b"{") + content.count(b"[") <= DEEPEST
            if shallow and _PLAIN.is_valid(wire) and self._body.is_valid(wire):
                self._find_misspelt(self._body_schema, wire, "", hints)
                return content
        except Exception:  # noqa: S110  # whatever it was, it is found below, by its path
            pass
        wire = plain(body, "", problems, ())
        _find_faults(self._body, wire, problems)
        self._find_misspelt(self._body_schema, wire, "", hints)
        return b"" if problems else _encode(wire).encode()

    def read(self, answer: Answer) -> tuple[Any, str]:
        """The typed result of a success, or why there is none."""
        reader = _Reader(answer)
        documented = str(answer.status), f"{answer.status // 100}XX", "default"
        try:
            for validator in filter(None, map(self._answers.get, documented)):
                text = answer.content.decode("utf-8-sig")
                reader.data = _decode(text) if text.strip() else None
                if is_deep(text, reader.data):
                    return None, f"it is nested more than {DEEPEST} deep"
                if fault := _container_fault(validator, reader.data, text):
                    return None, fault
                break
            return self.operation._parse_response(client=reader, response=reader), ""
        except Exception as error:
            return None, f"it can't be read ({type(error).__name__})"

    def _secrets(self, content: bytes) -> list[str]:
        """Strings in the secret fields of a body, and in those that the document does not know."""
        if not content or not self.has_body:
            return []
        wire = json.loads(content)
        try:
            kind = self.operation._get_kwargs.__annotations__["body"]
            return list(_secret_strings(kind.from_dict(wire)))
        except Exception:
            return list(strings(wire))

    def _find_misspelt(self, schema: Any, at: Any, path: str, hints: list[str]) -> None:
        """Find fields whose names the document does not know, but nearly."""
        for index, item in enumerate(at if isinstance(at, list) else ()):
            self._find_misspelt(schema, item, f"{path}[{index}]", hints)
        if not isinstance(at, dict) or not (fields := self._known(schema)):
            return
        for name, item in at.items():
            if name not in fields:
                from difflib import get_close_matches

                hints += [
                    f"{joined(path, name)}: no such field in the document; did you mean {close}? It is sent as it is."
                    for close in get_close_matches(name, fields, 1, 0.75)
                ]
            elif isinstance(item, dict | list):
                self._find_misspelt(fields[name], item, joined(path, name), hints)

    def _known(self, schema: Any) -> dict[str, Any]:
        """Schemas of the fields of an object, or of the objects in an array, by name; empty where any name is right."""
        known = self._fields.get(id(schema))
        if known is None:
            self._fields[id(schema)] = known = {}
            parts = list(self._parts(schema, set()))
            for part in parts if not any(map(_is_open, parts)) else ():
                for name, inner in part.get("properties", {}).items():
                    known[name] = {"allOf": [known.get(name, True), inner]}
        return known

    def _parts(self, schema: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
        """A schema and all that describe the same object, or the items of the same array."""
        if not isinstance(schema, dict) or id(schema) in seen:
            return
        seen.add(id(schema))
        yield schema
        reference = schema.get("$ref", "").removeprefix("#/$defs/")
        definition = self._body_schema["$defs"][reference] if reference else None
        unions = (schema.get(key, ()) for key in ("allOf", "anyOf", "oneOf"))
        for member in (
            definition,
            schema.get("items"),
            *(m for u in unions for m in u),
        ):
            yield from self._parts(member, seen)


class _Reader:
    """What generated code asks of a client and of a response, without httpx."""

    raise_on_unexpected_status = False

    def __init__(self, answer: Answer) -> None:
        self.status_code, self.content = answer.status, answer.content
        self.headers = answer.headers
        self.data: Any = None

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return self.data


def _is_open(schema: dict[str, Any]) -> bool:
    return schema.get("additionalProperties", False) is not False


def _validator(schema: Any) -> Validator:
    return Validator(schema, mask="the value")


def _find_faults(validator: Validator, value: Any, problems: Problems) -> None:
    """Add what is expected wherever something else stands. What is already known to be wrong there is said already."""
    found: Problems = {}
    for error in validator.iter_errors(value):
        kind, path = error.kind.as_dict(), ""
        for step in error.instance_path:
            path = joined(path, step)
        expected = error.message
        if "property" in kind:
            path, expected = joined(path, kind["property"]), "is required"
        elif "types" in kind:
            expected = f"expected {' or '.join(kind['types'])}"
        elif "options" in kind:
            expected = f"expected one of {', '.join(map(json.dumps, kind['options']))}"
        elif kind.get("pattern") == HEADER_VALUE:
            expected = "expected visible ASCII without surrounding blanks, to be sent in a header"
        found.setdefault(path, expected)
    problems.update({p: found[p] for p in found if p not in problems})


def _container_fault(validator: Validator, data: Any, text: str) -> str:
    problems: Problems = {}
    try:
        if not validator.is_valid(data):
            _find_faults(validator, data, problems)
    except (UnicodeEncodeError, SystemError):  # the latter from jsonschema-rs 0.42
        # Half a surrogate pair, which the validator can't take: look at the answer with a blank in its place.
        cleaned = _decode(re.sub(r"(?i)\\ud[89a-f]..", r"\\u0020", text))
        _find_faults(validator, cleaned, problems)
    for path, expected in problems.items():
        return f"{path or 'the whole'}: {expected}"
    return ""


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value that is long enough to be a secret, and those in strings that hold JSON themselves."""
    held: Iterable[Any] = ()
    if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value
        if value[0] in "{[":
            with contextlib.suppress(ValueError, RecursionError):
                inner = json.loads(value)
                held = () if is_deep(value, inner) else [inner]
    elif isinstance(value, dict | list):
        held = value.values() if isinstance(value, dict) else value
    elif hasattr(value, "to_dict"):
        held = [value.to_dict()]
    for item in held:
        yield from strings(item)


def _secret_strings(value: Any) -> Iterator[str]:
    from . import types

    for item in value if isinstance(value, list) else ():
        yield from _secret_strings(item)
    for field in getattr(type(value), "__attrs_attrs__", ()):
        secret = field.repr in (types.masked, types.masked_values)
        yield from (strings if secret else _secret_strings)(getattr(value, field.name))
