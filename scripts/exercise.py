"""A generated package tried against its document, operation by operation: what is sent, what is refused, what each answer becomes.

Requests and answers are drawn from the document's own schemas. jsonschema says which of them are right, and openapi-core, on a loopback
server, whether what the client sends is what the document describes.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import importlib
import inspect
import io
import json
import pkgutil
import re
import sys
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openapi_core.validation.request.exceptions import SecurityValidationError
from openapi_schema_validator import (
    OAS30ReadValidator,
    OAS30WriteValidator,
    OAS31Validator,
)
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from scripts.contract import model
from scripts.contract.model import (
    Call,
    Contract,
    Json,
    Media,
    Operation,
    Parameter,
    Schema,
)
from scripts.loopback import Reply, Request, Service, described, running
from scripts.plain_data import referred
from scripts.samples import TURNS, NoSampleError, Sampler

PACKAGE = "enkrypt_api_client"
KEY = "key-of-the-corpus"
WRONG = 8  # wrong bodies that each call is tried with


class Fault(Exception):  # an operation's fault, no error of ours
    """What shows that an operation is not carried."""


class _Loopback(Service):
    """Keeps each request, and answers what it is told."""

    came: Request | None = None
    prepare: Callable[[Request], Reply]

    def reply(self, key: str, request: Request) -> Reply:
        self.came = request
        return self.prepare(request)


def run(
    document: Json, contract: Contract, folder: Path
) -> tuple[dict[str, str], dict[str, str]]:
    """Try the package in a folder: what shows that an operation is not carried, and what could not be judged, both by key."""
    faults: dict[str, str] = {}
    notes: dict[str, str] = {}
    sys.path.insert(0, str(folder))
    try:
        package = import_whole()
    except Exception as error:
        reason = f"the package does not import: {type(error).__name__}: {error}"
        return dict.fromkeys(contract.operations, reason), notes
    service = _Loopback(document, contract.operations)
    judge, sampler = Judge(document), Sampler(document)
    keys = {
        name: ("name", KEY) if scheme.kind == "basic" else KEY
        for name, scheme in contract.schemes.items()
    }
    with (
        running(service) as url,
        package.EnkryptClient(keys or KEY, base_url=url, max_retries=0) as client,
    ):
        for key, operation in contract.operations.items():
            trial = _Trial(contract, operation, client, service, judge, sampler)
            try:
                for call in operation.calls:
                    trial.run(call)
            except Fault as fault:
                faults[key] = str(fault)
            except Exception as error:  # whatever else a package may do
                text = str(error).partition("\n")[0][:200]
                faults[key] = f"{trial.doing}: {type(error).__name__}: {text}"
            if trial.notes:
                notes[key] = "; ".join(dict.fromkeys(trial.notes))
    return faults, notes


def import_whole() -> Any:
    """The package on the path, every module of it imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)
        package = importlib.import_module(PACKAGE)
        for module in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return package


class Judge:
    """jsonschema's opinion of values, by the schemas as they stand in the document."""

    def __init__(self, document: Json) -> None:
        resource = DRAFT202012.create_resource(document)
        self._registry = Registry().with_resource("urn:document", resource)
        old = str(document["openapi"]).startswith("3.0")
        self._sent = OAS30WriteValidator if old else OAS31Validator
        self._received = OAS30ReadValidator if old else OAS31Validator

    def accepts(
        self, place: model.Pointer, value: Json, sent: bool = True
    ) -> bool | None:
        """Whether the schema at a place allows a value. None: it fits several variants of which one is to fit, or jsonschema fails."""
        schema = {"$ref": "urn:document" + quote(model.at(place), safe="#/~")}
        kind = self._sent if sent else self._received
        try:
            errors = [*kind(schema, registry=self._registry).iter_errors(value)]
        except (
            Exception
        ):  # a pattern that isn't Python's, a discriminator that is a list
            return None
        if errors and all(map(_fits_several, errors)):
            return None
        return not errors


def _fits_several(error: Any) -> bool:
    if error.validator == "oneOf" and not error.context:
        return True
    return any(map(_fits_several, error.context or ()))


@dataclass
class _Trial:
    """One operation, called in every way that shows something."""

    _contract: Contract
    _operation: Operation
    _client: Any
    _service: _Loopback
    _judge: Judge
    _sampler: Sampler
    notes: list[str] = field(default_factory=list)
    doing: str = "preparing"
    _doubtful: bool = False  # whether a right request is not at hand
    _ready: dict[model.Pointer, list[Json]] = field(default_factory=dict)

    def run(self, call: Call) -> None:
        name = f"{PACKAGE}.api.{self._operation.package}.{call.module}"
        module = importlib.import_module(name)
        bodies = self._drawn(call.media, sent=True)
        statuses = [*self._statuses()] or [(200, "")]
        for turn in range(max(len(bodies), len(statuses), 2)):
            body = bodies[turn % len(bodies)] if bodies else None
            self._exchange(module, call, turn, body, statuses[turn % len(statuses)])
        kinds = self._kinds()
        if model.EVENTS_KIND in kinds and len(kinds) > 1:
            first = bodies[0] if bodies else None
            self._exchange(module, call, 0, first, statuses[0], stream=True)
        self._refuse_alike(module, call, bodies, statuses[0])

    # Values

    def _place(self, *parts: str) -> tuple[model.Pointer, Json]:
        """Where a place is, references on the way followed, and what stands there."""
        node = self._service.document
        place: model.Pointer = ()
        for part in parts:
            while isinstance(node, dict) and part not in node:
                place = referred(node["$ref"])
                node = self._sampler.at(place)
            place = (*place, part)
            node = node[int(part)] if isinstance(node, list) else node[part]
        return place, node

    def _parameter(self, parameter: Parameter) -> tuple[model.Pointer, Json]:
        """The same for the schema of a parameter; no place where a variable of the path stands nowhere else."""
        inner = ("content", parameter.media) if parameter.media else ()
        try:
            return self._place(*parameter.at, *inner, "schema")
        except (LookupError, ValueError):
            return (), {"type": "string"}

    def _drawn(self, media: Media | None, *, sent: bool) -> list[Json]:
        """Right values of a body, no two alike; one as good as any where the document has no schema."""
        if media is None:
            return []
        if media.schema is None or media.kind not in _STRUCTURED:
            return [{"a": [1]} if media.kind in _STRUCTURED else "text"]
        place, schema = self._place(*media.at, "schema")
        if place not in self._ready:
            values: list[Json] = []
            for turn in range(TURNS):
                with contextlib.suppress(NoSampleError):
                    value = self._sampler.draw(schema, turn, sent=sent)
                    if media.kind in _FIELDS:
                        value = _without_nulls(value)
                    if value not in values:
                        values.append(value)
            verdicts = [self._judge.accepts(place, v, sent) for v in values]
            best = True if True in verdicts else None  # as right as they come
            right = [
                v for v, said in zip(values, verdicts, strict=True) if said is best
            ]
            if not right:
                self.notes.append(f"no valid value found: {model.at(place)}")
                self._doubtful |= sent
            self._ready[place] = right or values[:1]
        return self._ready[place]

    def _values(self, turn: int) -> dict[tuple[str, str], Json]:
        """Right values of the parameters, by place and wire name; in some turns, of the required ones alone."""
        values = {}
        for parameter in self._operation.parameters:
            if turn % TURNS == 1 and not parameter.required:
                continue
            place, schema = self._parameter(parameter)
            for step in (turn, *range(TURNS)):
                with contextlib.suppress(NoSampleError):
                    value = _without_nulls(self._sampler.draw(schema, step))
                    empty = value is None or value in ("", [], {})
                    wrong = place and self._judge.accepts(place, value) is False
                    if not empty and not wrong:
                        values[parameter.where, parameter.name] = value
                        break
            else:
                self.notes.append(f"no valid value found: {model.at(place)}")
                self._doubtful |= parameter.required
        return values

    def _statuses(self) -> Iterator[tuple[int, str]]:
        """Each documented answer, as a status that has it."""
        responses = self._operation.responses
        listed = {int(key) for key in responses if key.isdecimal()}
        succeeds = any(key.startswith("2") for key in responses)
        for key in responses:
            start = int(key[0]) * 100 if key[0].isdecimal() else 200 + 218 * succeeds
            spare = next(n for n in range(start, 600) if n not in listed)
            status = int(key) if key.isdecimal() else spare
            if status >= 200:
                yield status, key

    def _schema(self, schema: Schema) -> Schema:
        while schema.ref:
            schema = self._contract.types[schema.ref]
        return schema

    def _class(self, schema: Schema) -> Any:
        name = f"{PACKAGE}.models.{schema.module_name}"
        return getattr(importlib.import_module(name), schema.class_name)

    # One call

    def _exchange(
        self,
        module: Any,
        call: Call,
        turn: int,
        body: Json,
        status: tuple[int, str],
        stream: bool = False,
    ) -> None:
        """What one call sends, and what its answer becomes."""
        errors = sys.modules[PACKAGE]
        values = self._values(turn)
        prepared: list[Any] = []
        self._prepare(status, turn, prepared)
        self.doing = f"calling, answered with {status[0]}"
        given = {**self._typed(module, values), **self._body(call, body, turn)}
        try:
            result = self._call(module, given, stream)
        except errors.APIStatusError as error:
            if error.status_code != status[0]:
                raise Fault(f"{status[0]} is read as {error.status_code}") from None
            if 200 <= status[0] < 300:
                raise Fault(f"the success {status[0]} is an error") from None
            prepared = []
        except errors.InvalidRequestError as error:
            faults = [*error.problems][:3]
            if self._doubtful:
                self.notes.append(f"and the client refuses what is drawn: {faults}")
                return
            raise Fault(f"a valid request is refused: {faults}") from None
        if self._service.came is None:
            raise Fault("the request came under another path or method")
        self._check_sent(self._service.came, call, values, body)
        if prepared and not _same(_wire(result), prepared[0]):
            raise Fault(f"the answer {status[0]} is not read as it was sent")

    def _kinds(self) -> set[str]:
        """In which forms a success comes."""
        responses = self._operation.responses
        successes = [responses[key] for key in responses if key.startswith("2")]
        return {media.kind for response in successes for media in response.media}

    def _call(self, module: Any, given: Mapping[str, Any], stream: bool = False) -> Any:
        if not stream and self._kinds() != {model.EVENTS_KIND}:
            return self._client.call(module, **given)
        with self._client.stream(module, **given) as events:
            return [json.loads(event.data) for event in events]

    def _prepare(self, status: tuple[int, str], turn: int, prepared: list[Any]) -> None:
        """Have the service answer with a status, and say what a success holds."""
        code, key = status

        def answer(request: Request) -> Reply:
            response = self._operation.responses.get(key)
            accept = request.parameters.header.get("accept", "")
            documented = response.media if response else ()
            wanted = [m for m in documented if m.content_type in accept]
            media = next(iter(wanted or documented), None)
            if media is None or request.method == "head" or code in (204, 205, 304):
                prepared.append(None)
                return Reply(code)
            values = self._drawn(media, sent=False)
            value: Any = values[turn % len(values)] if values else {}
            content = value.encode() if isinstance(value, str) else b""
            if media.kind in (model.JSON_KIND, model.EVENTS_KIND):
                content = json.dumps(value).encode()
            if media.kind == model.EVENTS_KIND:
                value, content = [value], b"data: %b\n\n" % content
            elif media.kind not in (model.JSON_KIND, model.TEXT_KIND):
                value = content = b"\x00\xff"
            prepared.append(value)
            content_type = media.content_type
            if "*" in content_type:
                json_like = media.kind == model.JSON_KIND
                content_type = "application/json" if json_like else "image/png"
            return Reply(code, content, content_type)

        self._service.came, self._service.prepare = None, answer

    def _typed(self, module: Any, values: Mapping[Any, Json]) -> dict[str, Any]:
        """The arguments for values, in the types that the operation is annotated with."""
        hints = inspect.signature(module._get_kwargs).parameters
        given = {}
        for parameter in self._operation.parameters:
            if (parameter.where, parameter.name) in values:
                value = values[parameter.where, parameter.name]
                schema = self._schema(parameter.schema)
                hint = str(hints[parameter.python_name].annotation)
                if not isinstance(value, str) and hint.startswith("str"):
                    value = _written(parameter, value)[0][1]
                elif schema.class_name and isinstance(value, dict):
                    value = self._class(schema).from_dict(value)
                given[parameter.python_name] = _typed(value, hint)
        return given

    def _body(self, call: Call, body: Json, turn: int) -> dict[str, Any]:
        """The argument for a body: a model where there is one and the turn is odd, else in wire form."""
        if call.media is None or (body is None and call.media.kind != model.JSON_KIND):
            return {}
        if call.media.kind == model.BYTES_KIND:
            return {"body": str(body).encode()}
        schema = self._schema(call.media.schema) if call.media.schema else None
        if schema is None or not isinstance(body, dict):
            return {"body": body}
        if call.media.kind == model.MULTIPART_KIND:
            files = {n for n, field in schema.fields.items() if self._is_file(field)}
            return {
                "body": {n: _bytes(v) if n in files else v for n, v in body.items()}
            }
        if turn % 2 and schema.class_name:
            instance = self._class(schema).from_dict(body)
            if not _same(_wire(instance), body):
                raise Fault("a body does not survive from_dict and to_dict")
            return {"body": instance}
        return {"body": body}

    def _is_file(self, schema: Schema) -> bool:
        schema = self._schema(schema)
        items = self._schema(schema.items) if schema.items else schema
        return "binary" in (schema.format, items.format)

    # What came, and what is refused

    def _check_sent(
        self, came: Request, call: Call, values: Mapping[Any, Json], body: Json
    ) -> None:
        """openapi-core must read the values that were given. Where it can't, that is noted, and what came must be as OpenAPI writes it."""
        media = call.media if came.content_type else None
        seen, wanted = self._seen(came, media), self._wanted(came, media, values, body)
        faults, understood = self._judged(came, values)
        for part, expected in wanted.items():
            if seen[part] != expected and not (understood and part in _PLACES):
                said = f"{str(seen[part])[:200]} instead of {str(expected)[:200]}"
                raise Fault(f"not sent as documented, {part}: {said}")
        if faults:
            self.notes.append(f"openapi-core can't judge: {faults}")

    def _judged(self, came: Request, values: Mapping[Any, Json]) -> tuple[str, bool]:
        """What openapi-core has against a request, and whether it has nothing and reads the values from it."""
        try:
            errors = self._service.checker.errors(came)
            found = vars(self._service.checker.read(came).parameters)
        except Exception as error:
            return f"{type(error).__name__} in openapi-core", False
        if any(isinstance(error, SecurityValidationError) for error in errors):
            raise Fault("openapi-core misses the credentials")
        if faults := [fault for error in errors for fault in described(error)]:
            return ", ".join(f"{f['path']} {f['message']}" for f in faults[:3]), False
        return "", all(found[where].get(n) == v for (where, n), v in values.items())

    def _seen(self, came: Request, media: Media | None) -> dict[str, Any]:
        """What came, part by part: of the headers, those that the document names."""
        given = came.parameters
        named = [p.name for p in self._operation.parameters if p.where == "header"]
        named += [name for where, name, _ in self._credentials() if where == "header"]
        return {
            "method": came.method,
            "path": _filled(came.path_pattern, given.path),
            "query": _pairs(given.query),
            "header": {n: given.header[n] for n in named if n in given.header},
            "cookie": _pairs(given.cookie),
            "body": _content(came, media.kind) if media else None,
        }

    def _wanted(
        self,
        came: Request,
        media: Media | None,
        values: Mapping[tuple[str, str], Json],
        body: Json,
    ) -> dict[str, Any]:
        """The same as the document describes it, from the values alone."""
        texts = [*self._credentials()]
        for parameter in self._operation.parameters:
            where, name = parameter.where, parameter.name
            if (where, name) in values:
                pairs = _written(parameter, values[where, name])
                texts += [(where, called, text) for called, text in pairs]
        part = {w: [(n, t) for at, n, t in texts if at == w] for w in _PLACES}
        path = {n: t for at, n, t in texts if at == "path"}
        if media and media.kind in _FIELDS:
            body = sorted(_fields(body))
        elif media and media.kind not in _STRUCTURED:
            body = came.body
        return {
            "method": self._operation.method,
            "path": _filled(self._operation.path, path),
            "query": sorted(part["query"]),
            "header": dict(part["header"]),
            "cookie": sorted(part["cookie"]),
            "body": body if media else None,
        }

    def _credentials(self) -> Iterator[tuple[str, str, str]]:
        """Place, name and text of what proves who calls."""
        for name in next(iter(self._operation.security), ()):
            scheme = self._contract.schemes[name]
            pair = base64.b64encode(f"name:{KEY}".encode()).decode()
            said = {"apiKey": KEY, "basic": f"Basic {pair}"}
            text = said.get(scheme.kind, f"Bearer {KEY}")
            yield scheme.where, scheme.wire_name, text

    def _refuse_alike(
        self, module: Any, call: Call, bodies: list[Json], status: tuple[int, str]
    ) -> None:
        """Values with one place changed must be refused by the client where jsonschema refuses them, and nowhere else."""
        errors = sys.modules[PACKAGE]
        values = self._values(0)
        given = self._typed(module, values)
        first = {"body": bodies[0]} if bodies else {}
        tries: list[tuple[str, bool | None, dict[str, Any]]] = []
        if call.media and call.media.kind == model.JSON_KIND and call.media.schema:
            place, _ = self._place(*call.media.at, "schema")
            for body in bodies[:1]:
                changes = [*_changed(body)]
                for where, value in changes[:: len(changes) // WRONG + 1]:
                    right = self._judge.accepts(place, value)
                    tries.append((f"body{where}", right, {**given, "body": value}))
        for parameter in self._operation.parameters:
            place, _ = self._parameter(parameter)
            if place and self._judge.accepts(place, _OTHER) is False:
                changed = {**given, **first, parameter.python_name: _OTHER}
                tries.append((parameter.name, False, changed))
        for where, right, arguments in tries:
            self.doing = f"calling with another value at {where}"
            self._prepare(status, 0, [])
            try:
                self._call(module, arguments)
                refused = False
            except errors.InvalidRequestError:
                refused = True
            except errors.APIStatusError:
                refused = False
            if right is not None and refused == right:
                said = "refused" if refused else "sent"
                raise Fault(f"another value at {where} is {said}; jsonschema differs")


_FIELDS = (model.FORM_KIND, model.MULTIPART_KIND)
_STRUCTURED = (model.JSON_KIND, model.EVENTS_KIND, *_FIELDS)
_PLACES = ("query", "header", "cookie")
_OTHER = {"other": [1]}


def _changed(value: Json, where: str = "") -> Iterator[tuple[str, Json]]:
    """The value with one place of another kind, or gone."""
    yield where, _OTHER if isinstance(value, str) else "other"
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{where}.{name}", {n: v for n, v in value.items() if n != name}
            for place, changed in _changed(inner, f"{where}.{name}"):
                yield place, {**value, name: changed}
    elif isinstance(value, list) and value:
        for place, changed in _changed(value[0], f"{where}.0"):
            yield place, [changed, *value[1:]]


def _without_nulls(value: Json) -> Json:
    """Fields of a form and values of parameters, where null cannot be written."""
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _written(parameter: Parameter, value: Json) -> list[tuple[str, str]]:
    """A parameter as OpenAPI writes it, by its style."""
    where, name = parameter.where, parameter.name
    if parameter.media:
        return [(name, json.dumps(value))]
    spread = parameter.explode and where in ("query", "cookie")
    separator = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(parameter.style, ",")
    if isinstance(value, list):
        if spread and parameter.style == "form":
            return [(name, _text(item)) for item in value]
        return [(name, separator.join(map(_text, value)))]
    if isinstance(value, dict):
        pairs = [(key, _text(item)) for key, item in value.items()]
        if parameter.style == "deepObject":
            return [(f"{name}[{key}]", text) for key, text in pairs]
        if spread:
            return pairs
        middle = "=" if parameter.explode else separator
        return [(name, separator.join(key + middle + text for key, text in pairs))]
    return [(name, _text(value))]


def _fields(body: Json) -> Iterator[tuple[str, str]]:
    """The fields of a form."""
    for name, value in body.items():
        for item in value if isinstance(value, list) else [value]:
            yield name, _loose(_text(item))


def _pairs(values: Any) -> list[tuple[str, str]]:
    return sorted(values.items(multi=True))


def _filled(path: str, values: Mapping[str, str]) -> str:
    """A path with its variables filled in; those of another spelling take what is left, in order."""
    spare = iter([v for n, v in values.items() if f"{{{n}}}" not in path])
    return re.sub(
        r"\{(.+?)\}",
        lambda m: values[m[1]] if m[1] in values else next(spare, ""),
        path,
    )


def _content(request: Request, kind: str) -> Any:
    """What a body says, however it is written."""
    if kind not in _FIELDS:
        return json.loads(request.body) if kind in _STRUCTURED else request.body
    stream, length = io.BytesIO(request.body), len(request.body)
    media_type, options = parse_options_header(request.content_type)
    _, form, files = FormDataParser().parse(stream, media_type, length, options)
    held = [(name, file.read().decode()) for name, file in files.items(multi=True)]
    parts = [*_pairs(form), *held]
    return sorted((name, _loose(text)) for name, text in parts)


def _loose(text: str) -> str:
    """The text of a field; JSON without regard to blanks and order."""
    if text[:1] not in ("{", "["):
        return text
    return json.dumps(json.loads(text), sort_keys=True)


def _typed(value: Any, hint: str) -> Any:
    """A value in the types that an annotation names."""
    if isinstance(value, list):
        return [_typed(item, hint) for item in value]
    if isinstance(value, str):
        for name, length, kind in _KINDS:
            if name in hint and len(value) in length:
                with contextlib.suppress(ValueError):
                    return kind(value)
    return value


_KINDS: tuple[tuple[str, range, Callable[[str], Any]], ...] = (
    ("datetime.datetime", range(11, 40), datetime.datetime.fromisoformat),
    ("datetime.date", range(10, 11), datetime.date.fromisoformat),
    ("UUID", range(36, 37), uuid.UUID),
)


def _wire(value: Any) -> Any:
    """What a result is on the wire."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [_wire(item) for item in value]
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    value = getattr(value, "payload", value)
    if isinstance(value, io.IOBase):
        return value.read()
    return str(value) if isinstance(value, uuid.UUID) else value


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON; moments in time may be written differently."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, str) and isinstance(other, str) and one != other:
        with contextlib.suppress(ValueError):
            moment = datetime.datetime.fromisoformat
            return moment(one) == moment(other)
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _bytes(value: Json) -> Any:
    return [*map(_bytes, value)] if isinstance(value, list) else _text(value).encode()
