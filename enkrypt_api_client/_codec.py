"""Checks what an operation sends and reads what it gets, by the document's own schemas; makes calls of operations."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from importlib import import_module
from os import PathLike

from jsonschema_rs import Draft202012Validator as Validator

from . import DOCUMENT_SHA256, DOCUMENT_VERSION, GENERATOR, __version__
from . import exceptions as errors
from ._policy import (
    DEEPEST,
    Answer,
    Call,
    NoContent,
    Unusable,
    decode_error,
    is_deep,
    response,
)
from ._settings import RESERVED, wanted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, NoReturn

    from ._settings import Options, Settings

    Problems = dict[str, str]  # path: what is expected there

SHORTEST_SECRET = 4  # a shorter one would mask ordinary words
HEADER_VALUE = "^[!-~]([ -~]*[!-~])?$"  # what the generated schemas ask of them
NO_CONTENT = 204, 205, 304
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
        if not name.startswith(home) or not hasattr(operation, "sync_detailed"):
            raise errors.InvalidRequestError(
                f"the operation must be a module below {home[:-1]}, such as {home}endpoints.modify_model"
            )
        self.operation = operation
        self.spec = import_module(name.replace(".api.", "._operations.", 1))
        self.name = f"{self.spec.METHOD} {self.spec.PATH}"
        parameters = json.loads(self.spec.PARAMETERS)
        self._names = parameters["properties"].keys()
        self._parameters = _validator(parameters)
        self._body_schema = json.loads(self.spec.BODY or "true")
        self._fields: dict[int, dict[str, Any]] = {}
        self._validators: dict[str, Validator] = {}

    def _compiled(self, name: str, make: Callable[[], Any]) -> Validator:
        known = self._validators.get(name)
        if known is None:
            self._validators[name] = known = _validator(make())
        return known

    @property
    def _body(self) -> Validator:
        return self._compiled("body", lambda: self._body_schema)

    def accepts(self, parameters: dict[str, Any]) -> bool:
        """Whether the parameters, `body` not among them, are as the document wants them."""
        try:
            return bool(self._parameters.is_valid(parameters))
        except Exception:
            return False

    def write(self, wire: Any) -> bytes | None:
        """A body as JSON, if the document wants it as it is and knows every field of it."""
        try:
            content: bytes = _encode(wire).encode()
            shallow = content.count(b"{") + content.count(b"[") <= DEEPEST
            if shallow and _PLAIN.is_valid(wire) and self._closed.is_valid(wire):
                return content
        except Exception:  # noqa: S110  # whatever it was, it is found by its path
            pass
        return None

    @property
    def _closed(self) -> Validator:
        return self._compiled("closed", lambda: self._close(self._body_schema))

    def examine(
        self, given: dict[str, Any], body: Any, problems: Problems, hints: list[str]
    ) -> Any:
        """The body in plain JSON. All that is wrong goes into `problems`, what is probably misspelt into `hints`."""
        others = {name: value for name, value in given.items() if name != "body"}
        _find_faults(self._parameters, plain(others, "", problems, ()), problems)
        for name in others.keys() - self._names:
            problems[name] = "no such parameter"
        kind = self.spec.BODY_KIND
        if "body" not in given or kind is None:
            if self.spec.BODY_REQUIRED:
                problems["body"] = "is required"
            elif "body" in given:
                problems["body"] = "no such parameter"
            return None
        if kind in ("bytes", "text"):
            if not isinstance(body, str) if kind == "text" else not _is_file(body):
                wants = "a string" if kind == "text" else "bytes, a path or a file"
                problems["body"] = f"expected {wants}, not {type(body).__name__}"
            return body
        wire = plain(body, "", problems, (), files=kind == "multipart")
        if self.spec.BODY is not None:
            _find_faults(self._body, wire, problems)
            self._find_misspelt(self._body_schema, wire, "", hints)
        return wire

    def read_json(self, answer: Answer) -> Any:
        """The JSON of a success, if objects and arrays stand where the document has them. Raises Unusable."""
        if answer.status_code in NO_CONTENT:
            raise NoContent
        _, schema = self.documented(answer.status_code)
        text = answer.content.decode("utf-8-sig")
        data = _decode(text) if text.strip() else None
        if is_deep(text, data):
            raise Unusable(f"it is nested more than {DEEPEST} deep")
        if schema is not None:
            validator = self._compiled(schema, lambda: json.loads(schema))
            if fault := _container_fault(validator, data, text):
                raise Unusable(fault)
        elif not text.strip():
            raise Unusable("it is empty")
        return data

    def documented(self, status: int) -> tuple[str, str | None]:
        """Kind and schema of what the document says about a status: the exact one, else its class, else default."""
        answers: dict[str, tuple[str, str | None]] = self.spec.ANSWERS
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in answers:
                return answers[name]
        return "none", None

    def secrets(self, content: bytes | None, wire: Any) -> list[str]:
        """Strings in the secret fields of a body, and in those that the document does not know."""
        if content and self.spec.BODY_KIND == "json":
            wire = json.loads(content)  # as it was sent, whatever the caller did since
        if not isinstance(wire, dict | list):
            return list(strings(wire))
        from . import models

        annotation = self.operation.sync_detailed.__annotations__.get("body", "")
        for name in re.findall(r"\w+", str(annotation)):
            try:
                kind = getattr(models, name)
                held = wire if isinstance(wire, list) else [wire]
                return [s for v in held for s in _secret_strings(kind.from_dict(v))]
            except Exception:  # noqa: S112  # the next name, or all strings
                continue
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

    def _close(self, schema: Any) -> Any:
        """The schema of a body, without fields that the document does not know: what it passes needs no closer look."""
        if not isinstance(schema, dict):
            return schema
        closed = {
            key: [self._close_inside(member) for member in value]
            if key in ("allOf", "anyOf", "oneOf")
            else self._close_parts(key, value)
            for key, value in schema.items()
        }
        return (
            {**closed, "unevaluatedProperties": False} if self._shut(schema) else closed
        )

    def _shut(self, schema: dict[str, Any]) -> bool:
        """Whether a schema describes an object whose names are all known."""
        parts = list(self._parts({**schema, "items": None}, set()))
        has_fields = any("properties" in part for part in parts)
        return has_fields and not any(map(_is_open, parts))

    def _close_inside(self, schema: Any) -> Any:
        """The same of a part of an object, which does not know the names of its other parts."""
        if not isinstance(schema, dict):
            return schema
        return {key: self._close_parts(key, value) for key, value in schema.items()}

    def _close_parts(self, key: str, value: Any) -> Any:
        if key == "properties":
            return {name: self._close(inner) for name, inner in value.items()}
        if key == "$defs":
            return {name: self._close_inside(inner) for name, inner in value.items()}
        if key in ("allOf", "anyOf", "oneOf"):
            return [self._close_inside(member) for member in value]
        return self._close(value) if key == "items" else value


class Exchange:
    """One call of an operation: what generated code takes for its client, and for that client's client of httpx."""

    raise_on_unexpected_status = False
    call: Call

    def __init__(
        self,
        connection: Any,
        options: Options,
        operation: Any,
        given: dict[str, Any],
        retry_ambiguous: bool,
    ) -> None:
        connection.check_open()
        name = getattr(operation, "__name__", "")
        codec = connection.codecs.get(name)
        if codec is None:
            connection.codecs[name] = codec = Codec(operation)
        self.connection, self.options, self.codec = connection, options, codec
        self.given, self.retry_ambiguous = given, retry_ambiguous
        self.begun = False
        self.names: Mapping[str, str | None] = {}  # what the caller calls parameters
        self.subject = ""
        self.rule: Callable[[Any], Problems] | None = None

    def get_httpx_client(self) -> Exchange:
        return self

    get_async_httpx_client = get_httpx_client

    async def request(self, **arguments: Any) -> Answer:
        return await self._sent(arguments)

    async def open(self) -> Answer:
        """An answer that is read as it comes."""
        try:
            arguments = self.codec.operation._get_kwargs(**self.given)
        except Exception:
            arguments = {}
        return await self._sent(arguments, streaming=True)

    async def _sent(self, arguments: dict[str, Any], streaming: bool = False) -> Answer:
        codec, spec, given = self.codec, self.codec.spec, self.given
        wire, content = arguments.get("json"), None
        if codec.accepts({name: given[name] for name in given if name != "body"}):
            if "json" in arguments:
                content = codec.write(wire)
            elif "body" not in given and not spec.BODY_REQUIRED:
                content = b""
        if content is None:
            wire = self.check()
            if spec.BODY_KIND == "json" or "body" not in given:
                content = _encode(wire).encode() if "body" in given else b""
        if self.rule and (problems := self.rule(wire)):
            self.refuse(problems)
        settings = self.connection.settings
        credentials = settings.credentials
        call = Call(
            spec.METHOD,
            spec.PATH,
            self.options,
            lambda: [*credentials.secrets(), *codec.secrets(content, wire)],
        )
        call.success, call.subject = spec.SUCCESS or call.success, self.subject
        call.retry_ambiguous, call.streaming = self.retry_ambiguous, streaming
        call.read, call.content = codec.read_json, content
        wants = spec.STREAM if streaming and spec.STREAM else spec.ACCEPT
        base = settings.base_url if settings.chosen or not spec.SERVER else spec.SERVER
        complete(call, settings, base, {"accept": wants, **arguments}, spec.SECURITY)
        self.call, self.begun = call, True
        answer: Answer = await self.connection.run(call)
        return answer

    def check(self) -> Any:
        """The body in plain JSON, or an InvalidRequestError that names all that is wrong."""
        problems: Problems = {}
        hints: list[str] = []
        body = self.given.get("body")
        wire = self.codec.examine(self.given, body, problems, hints)
        for hint in hints:
            _warn(hint)
        if problems:
            self.refuse(problems)
        return wire

    def refuse(self, problems: Problems) -> NoReturn:
        names = {path: self.names.get(path, path) for path in problems}
        named = [(name, problems[p]) for p, name in names.items() if name is not None]
        body = self.names.get("body", "body")
        told = "; ".join(f"{path or body}: {fault}" for path, fault in named)
        raise errors.InvalidRequestError(
            f"{self.codec.name}: {told}. Nothing was sent.", named
        )

    def mended(self, error: Exception) -> bool:
        """Whether it is worth trying again: a model that holds mappings where models belong is sent in plain JSON."""
        if self.begun or isinstance(error, errors.EnkryptError):
            return False
        wire, body = self.check(), self.given.get("body")
        if hasattr(body, "to_dict") and self.codec.spec.BODY_KIND in ("json", "form"):
            self.given = {**self.given, "body": wire}
            return True
        fault = f"the parameters can't be sent ({type(error).__name__})"
        raise errors.InvalidRequestError(f"{self.codec.name}: {fault}.")

    def resolve(self, error: Exception) -> Any:
        """What becomes of an exception that generated code has raised or let pass."""
        if isinstance(error, errors.EnkryptError):
            raise error
        answer = self.call.answer
        if answer is None:  # raised by a caller's own client
            raise error
        if isinstance(error, NoContent):
            return response(answer, None)
        fault = str(error) if isinstance(error, Unusable) else ""
        fault = fault or f"it can't be read ({type(error).__name__})"
        raise decode_error(self.call, answer, fault)


def _warn(hint: str) -> None:
    """Warn in the name of the line that called this package."""
    import inspect
    import warnings

    frame, level = inspect.currentframe(), 1
    while frame and frame.f_globals.get("__name__", "").startswith(__package__):
        frame, level = frame.f_back, level + 1
    warnings.warn(hint, errors.MisspeltFieldWarning, stacklevel=level)


_AGENT = (
    f"enkrypt-api-client/{__version__} "
    f"(document {DOCUMENT_VERSION}, sha256 {DOCUMENT_SHA256[:12]}; {GENERATOR})"
).encode()


def complete(
    call: Call,
    settings: Settings,
    base: str,
    arguments: Mapping[str, Any],
    security: Any,
) -> None:
    """Give a call its address, headers and content, out of what generated code gives to httpx."""
    credentials = settings.credentials.choose(security)
    if credentials is None:
        raise errors.InvalidRequestError(
            f"{call.name}: api_key must be {wanted(security)} for this operation. Nothing was sent."
        )
    accept = arguments.get("accept") or "application/json"
    headers = {
        "accept": (b"Accept", accept.encode()),
        "user-agent": (b"User-Agent", _AGENT),
        **call.options.headers,
    }
    for name, value in (arguments.get("headers") or {}).items():
        if (key := name.lower()) not in _SET_HERE:
            headers[key] = name.encode(), value.encode()
    if call.content is None:
        from ._httpx import encoded

        call.content, call.repeatable, more = encoded(arguments)
        headers.update(more)
    scheme, _, rest = base.partition("://")
    host, slash, prefix = rest.partition("/")
    target = f"{slash}{prefix}{arguments.get('url', '')}" or "/"
    for place, name, secret in credentials:
        value = secret.reveal()
        if place == "query":
            from urllib.parse import quote

            mark = "&" if "?" in target else "?"
            target += f"{mark}{quote(name, safe='')}={quote(value, safe='')}"
            continue
        if place == "cookie":
            known = headers.get("cookie", (b"", b""))[1].decode()
            value = f"{known}; {name}={value}" if known else f"{name}={value}"
            name = "Cookie"
        headers[name.lower()] = name.encode(), value.encode()
    call.origin, call.target = f"{scheme}://{host}", target.encode("ascii")
    listed = [(b"Host", host.encode()), *headers.values()]
    coding = b"identity" if call.streaming else b"gzip"
    listed.append((b"Accept-Encoding", coding))
    if isinstance(call.content, bytes) and (
        call.content or call.method in ("POST", "PUT", "PATCH")
    ):
        listed.append((b"Content-Length", b"%d" % len(call.content)))
    call.headers = tuple(listed)


_SET_HERE = RESERVED - {"content-type"}


def _is_open(schema: dict[str, Any]) -> bool:
    more = "additionalProperties", "unevaluatedProperties", "patternProperties"
    return any(schema.get(name, False) is not False for name in more)


def _validator(schema: Any) -> Validator:
    return Validator(schema, mask="the value")


def _is_file(value: Any) -> bool:
    """Whether a value is bytes or can be read for bytes."""
    from .types import File

    return isinstance(value, bytes | bytearray | memoryview | File | PathLike) or (
        hasattr(value, "read")
    )


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
    except UnicodeEncodeError:
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
    from . import types

    for item in value if isinstance(value, list) else ():
        yield from _secret_strings(item)
    for field in getattr(type(value), "__attrs_attrs__", ()):
        secret = field.repr in (types.masked, types.masked_values)
        yield from (strings if secret else _secret_strings)(getattr(value, field.name))


def joined(path: str, step: object) -> str:
    if isinstance(step, int):
        return f"{path}[{step}]"
    name = str(step)
    shown = name if name.isprintable() and len(name) <= 80 else "(unprintable)"
    return f"{path}.{shown}" if path else shown


def plain(
    value: Any,
    path: str,
    problems: Problems,
    above: tuple[int, ...],
    files: bool = False,
) -> Any:
    """A copy made of JSON's own types alone. Faults go into `problems`, and null where they were. Files stand as empty strings."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | int | float):
        return _plain_scalar(value, path, problems)
    inside = (*above, id(value))
    if id(value) in above:
        problems[path] = "holds itself"
    elif len(above) >= DEEPEST:
        problems[path] = f"is nested more than {DEEPEST} deep"
    elif isinstance(value, Mapping):
        return _plain_mapping(value, path, problems, inside, files)
    elif files and (_is_file(value) or (isinstance(value, tuple) and path)):
        return ""
    elif isinstance(value, list | tuple):
        items = enumerate(value)
        return [plain(v, joined(path, i), problems, inside, files) for i, v in items]
    else:
        from . import types

        try:
            model = hasattr(type(value), "__attrs_attrs__")
            value = (
                _fields(value) if model else types.write_date(types.write_uuid(value))
            )
        except Exception:
            problems[path] = f"{type(value).__name__} can't be written as JSON"
        if isinstance(value, str | Mapping):
            return plain(value, path, problems, inside, files)
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


def _plain_mapping(
    value: Mapping[Any, Any],
    path: str,
    problems: Problems,
    above: tuple[int, ...],
    files: bool,
) -> dict[str, Any]:
    from .types import UNSET

    copied = {}
    for name, item in value.items():
        if not isinstance(name, str):
            problems[path] = f"expected strings as names, not {type(name).__name__}"
        elif item is not UNSET:
            key = _plain_scalar(name, joined(path, "(a field name)"), problems)
            copied[key or ""] = plain(item, joined(path, name), problems, above, files)
    return copied


class _Stand:
    """Stands where a model, or a list of models, belongs, to learn the wire name of a field."""

    def to_dict(self) -> None:
        return None

    def __iter__(self) -> Iterator[None]:
        return iter(())


def _fields(model: Any) -> dict[str, Any]:
    """JSON form of a model; its attributes as they are where one is of a wrong type, for that to be found by its path."""
    import copy

    from .types import UNSET

    try:
        wire: dict[str, Any] = model.to_dict()
        return wire
    except Exception:
        blank, wire = copy.copy(model), dict(model.additional_properties)
    blank.additional_properties = {}
    names = [field.name for field in type(model).__attrs_attrs__]
    names.remove("additional_properties")
    for name in names:
        setattr(blank, name, UNSET)
    for name in names:
        setattr(blank, name, _Stand())
        (wire_name,) = blank.to_dict()
        setattr(blank, name, UNSET)
        wire[wire_name] = getattr(model, name)
    return wire
