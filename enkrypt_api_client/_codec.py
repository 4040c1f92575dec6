"""Checks what an operation sends and reads what it gets, by the document's own schemas."""

from __future__ import annotations

import copy
import functools
import json
import math
import re
from collections.abc import Mapping
from importlib import import_module

from jsonschema_rs import Draft202012Validator as Validator

from . import exceptions as errors
from ._policy import DEEPEST, Answer, NoContent, Unusable, is_deep
from ._settings import VISIBLE
from .types import UNSET, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Problems = dict[str, str]  # path: what is expected there

SHORTEST_SECRET = 4  # a shorter one would mask ordinary words
NO_CONTENT = 204, 205, 304
# Passes only what JSON can say, or raises.
_PLAIN = Validator({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}})
encode = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


class Codec:
    """The schemas of one operation, compiled when they are first needed."""

    def __init__(self, operation: Any) -> None:
        home, name = f"{__package__}.api.", getattr(operation, "__name__", "")
        if not name.startswith(home) or not hasattr(operation, "sync_detailed"):
            raise errors.InvalidRequestError(
                f"the operation must be a module below {home[:-1]}, such as {home}endpoints.modify_model"
            )
        self.operation = operation
        self.spec = import_module(name.replace(".api.", "._operations.", 1))
        self.name = f"{self.spec.METHOD} {self.spec.PATH}"
        self._body, parameters = map(
            json.loads, (self.spec.BODY or "true", self.spec.PARAMETERS)
        )
        self._names = parameters["properties"].keys()
        self._parameters = _validator(parameters)
        self._closed_body: Any = None
        self._validators: dict[str, Validator] = {}

    def accepts(self, parameters: dict[str, Any]) -> bool:
        """Whether the parameters, `body` not among them, are as the document wants them."""
        try:
            return bool(self._parameters.is_valid(parameters))
        except Exception:
            return False

    def write(self, wire: Any) -> bytes | None:
        """A body as JSON, if the document wants it as it is and knows every field of it."""
        try:
            content: bytes = encode(wire).encode()
            shallow = content.count(b"{") + content.count(b"[") <= DEEPEST
            if shallow and _PLAIN.is_valid(wire) and self._closed.is_valid(wire):
                return content
        except Exception:  # noqa: S110  # whatever it was, it is found by its path
            pass
        return None

    def examine(
        self, given: dict[str, Any], problems: Problems, hints: list[str]
    ) -> Any:
        """The body in plain JSON. All that is wrong goes into `problems`, what is probably misspelt into `hints`."""
        others = {name: value for name, value in given.items() if name != "body"}
        _find_faults(self._parameters, plain(others, "", problems), problems)
        for name in others.keys() - self._names:
            problems[name] = "no such parameter"
        kind, body = self.spec.BODY_KIND, given.get("body")
        if "body" not in given or kind is None:
            if self.spec.BODY_REQUIRED:
                problems["body"] = "is required"
            elif "body" in given:
                problems["body"] = "no such parameter"
            return None
        if kind == "text" and not isinstance(body, str):
            problems["body"] = f"expected a string, not {type(body).__name__}"
        if kind == "bytes" and not _is_file(body):
            expected = "bytes, a path or a binary file"
            problems["body"] = f"expected {expected}, not {type(body).__name__}"
        if kind in ("bytes", "text"):
            return body
        wire = plain(body, "", problems, files=kind == "multipart")
        _find_faults(self._validator("body", lambda: self._body), wire, problems)
        for error in self._closed.iter_errors(wire):
            unknown = error.kind.as_dict().get("unexpected", ())
            known = self._names_at(error.schema_path[:-1]) if unknown else set()
            for name in set(unknown) - known:
                from difflib import get_close_matches

                path = _path([*error.instance_path, name])
                for close in get_close_matches(name, known, 1, 0.75):
                    hints.append(
                        f"{path}: no such field in the document; did you mean {close}? It is sent as it is."
                    )
        return wire

    def documented(self, status: int) -> tuple[str, str | None]:
        """Kind and schema of what the document says about a status: the exact one, else its class, else default."""
        answers: dict[str, tuple[str, str | None]] = self.spec.ANSWERS
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in answers:
                return answers[name]
        return "none", None

    def has_json(self, status: int) -> bool:
        """Whether the document says that there is JSON with a status, and there may be."""
        return self.documented(status)[0] == "json" and status not in NO_CONTENT

    def read_json(self, answer: Answer) -> Any:
        """The JSON of a success, if objects and arrays stand where the document has them."""
        if answer.status_code in NO_CONTENT:
            raise NoContent
        _, schema = self.documented(answer.status_code)
        text = answer.content.decode("utf-8-sig")
        data = _decode(text) if text.strip() else None
        if is_deep(text, data):
            raise Unusable(f"it is nested more than {DEEPEST} deep")
        rule = schema or "true"
        validator = self._validator(rule, lambda: json.loads(rule))
        problems: Problems = {}
        try:
            if not validator.is_valid(data):
                _find_faults(validator, data, problems)
        except UnicodeEncodeError:
            # Half a surrogate pair, which the validator can't take: look at the answer with a blank in its place.
            cleaned = _decode(re.sub(r"(?i)\\ud[89a-f]..", r"\\u0020", text))
            _find_faults(validator, cleaned, problems)
        for path, expected in problems.items():
            raise Unusable(f"{path or 'the whole'}: {expected}")
        return data

    def secrets(self, content: Any, wire: Any) -> list[str]:
        """Strings in the secret fields of a body, and in those that the document does not know."""
        if content and self.spec.BODY_KIND == "json":
            wire = json.loads(content)  # as it was sent, whatever the caller did since
        if not isinstance(wire, dict | list):
            return list(strings(wire))
        held = wire if isinstance(wire, list) else [wire]
        annotation = str(self.operation.sync_detailed.__annotations__.get("body", ""))
        from . import models

        for name in re.findall(r"\w+", annotation):
            try:
                kind = getattr(models, name)
                return [s for v in held for s in _secret_strings(kind.from_dict(v))]
            except Exception:  # noqa: S112  # the next name, or all strings
                continue
        return list(strings(wire))

    def _validator(self, name: str, schema: Callable[[], Any]) -> Validator:
        known = self._validators.get(name)
        if known is None:
            self._validators[name] = known = _validator(schema())
        return known

    @property
    def _closed(self) -> Validator:
        """The check of a body, without fields that the document does not know: what it passes needs no closer look."""
        if self._closed_body is None:
            self._closed_body = self._close(self._body)
        return self._validator("closed", lambda: self._closed_body)

    def _close(self, schema: Any, whole: bool = True) -> Any:
        if isinstance(schema, list):
            return [self._close(member, whole=False) for member in schema]
        if not isinstance(schema, dict):
            return schema
        closed: dict[str, Any] = {}
        for key, value in schema.items():
            if key in ("properties", "$defs") and isinstance(value, dict):
                fields = key == "properties"
                closed[key] = {n: self._close(v, fields) for n, v in value.items()}
            else:
                closed[key] = self._close(value, whole=key == "items")
        parts = list(self._parts(schema)) if whole else []
        has_fields = any("properties" in part for part in parts)
        if has_fields and not any(map(_is_open, parts)):
            closed["unevaluatedProperties"] = False
        return closed

    def _parts(self, schema: Any, *above: int) -> Iterator[dict[str, Any]]:
        """A schema and all that describe the same object."""
        if not isinstance(schema, dict) or id(schema) in above:
            return
        yield schema
        reference = schema.get("$ref", "").removeprefix("#/$defs/")
        members = [self._body["$defs"][reference]] if reference else []
        for key in ("allOf", "anyOf", "oneOf"):
            members += schema.get(key, ())
        for member in members:
            yield from self._parts(member, *above, id(schema))

    def _names_at(self, place: list[Any]) -> set[str]:
        schema = self._closed_body
        for step in place:
            schema = schema[step]
        return {
            name for part in self._parts(schema) for name in part.get("properties", ())
        }


def _is_open(schema: dict[str, Any]) -> bool:
    more = "additionalProperties", "unevaluatedProperties", "patternProperties"
    return any(schema.get(name, False) is not False for name in more)


def _validator(schema: Any) -> Validator:
    return Validator(schema, mask="the value")


def _is_file(value: Any) -> bool:
    """Whether a value is bytes, or something to read them from."""
    kinds = bytes, bytearray, memoryview, tuple
    return isinstance(value, kinds) or any(
        hasattr(value, n) for n in ("read", "payload", "__fspath__")
    )


def _find_faults(validator: Validator, value: Any, problems: Problems) -> None:
    """Add what is expected wherever something else stands. What is already known to be wrong there is said already."""
    found: Problems = {}
    for error in validator.iter_errors(value):
        kind, path, expected = (
            error.kind.as_dict(),
            _path(error.instance_path),
            error.message,
        )
        if "property" in kind:
            path, expected = (
                _path([*error.instance_path, kind["property"]]),
                "is required",
            )
        elif "types" in kind:
            expected = f"expected {' or '.join(kind['types'])}"
        elif "options" in kind:
            expected = f"expected one of {', '.join(map(json.dumps, kind['options']))}"
        elif kind.get("pattern") == f"^{VISIBLE}$":
            expected = "expected visible ASCII without surrounding blanks, to be sent in a header"
        elif expected.startswith("False schema"):
            expected = "is read-only"
        found.setdefault(path, expected)
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
    from .types import masked, masked_values

    for item in value if isinstance(value, list) else ():
        yield from _secret_strings(item)
    for field in getattr(type(value), "__attrs_attrs__", ()):
        secret = field.repr in (masked, masked_values)
        yield from (strings if secret else _secret_strings)(getattr(value, field.name))


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

    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | int | float):
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
                problems[path] = f"expected strings as names, not {type(name).__name__}"
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
        except Exception:
            problems[path] = f"{type(value).__name__} can't be written as JSON"
        if isinstance(value, str | Mapping):
            return plain(value, path, problems, *above, files=files)
        problems.setdefault(path, f"expected JSON, not {type(value).__name__}")
    return None


def _plain_scalar(value: Any, path: str, problems: Problems) -> Any:
    """Subclasses become what they are a subclass of."""
    try:
        if isinstance(value, str):
            value.encode()
            return str.__str__(value)
        if isinstance(value, int):
            return int(str(int(value)))
        if math.isfinite(value):
            return float(value)
        problems[path] = "expected a finite number"
    except UnicodeEncodeError:
        problems[path] = "holds half a surrogate pair, which UTF-8 can't say"
    except ValueError:
        problems[path] = "has too many digits"
    return None


class _Stand:
    """Stands where a model, or a list of models, belongs, to learn the wire name of a field."""

    def to_dict(self) -> None:
        return None

    def __iter__(self) -> Iterator[None]:
        return iter(())


def _fields(model: Any) -> dict[str, Any]:
    """JSON form of a model; its attributes as they are where one is of a wrong type, for that to be found by its path."""
    try:
        wire: dict[str, Any] = model.to_dict()
        return wire
    except Exception:
        blank, wire = (
            copy.copy(model),
            dict(getattr(model, "additional_properties", {})),
        )
    names = [field.name for field in type(model).__attrs_attrs__ if field.init]
    if hasattr(model, "additional_properties"):
        blank.additional_properties = {}
    for name in names:
        setattr(blank, name, UNSET)
    for name in names:
        setattr(blank, name, _Stand())
        (wire_name,) = blank.to_dict()
        setattr(blank, name, UNSET)
        wire[wire_name] = getattr(model, name)
    return wire
