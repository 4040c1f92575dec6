"""A generated package tried against its document, operation by operation: what is sent, what is refused, what each answer becomes.

Requests and answers are drawn from the document's own schemas. jsonschema says which of them are right, and openapi-core, on a loopback
server, whether what the client sends is what the document describes.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_core.validation.request.exceptions import SecurityValidationError

from scripts import wire
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
    judge, sampler = wire.Judge(document), Sampler(document)
    keys = {
        name: ("name", wire.KEY) if scheme.kind == "basic" else wire.KEY
        for name, scheme in contract.schemes.items()
    }
    with (
        running(service) as url,
        package.EnkryptClient(keys or wire.KEY, base_url=url, max_retries=0) as client,
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


@dataclass
class _Trial:
    """One operation, called in every way that shows something."""

    _contract: Contract
    _operation: Operation
    _client: Any
    _service: _Loopback
    _judge: wire.Judge
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
        if media.schema is None or media.kind not in wire.STRUCTURED:
            return [{"a": [1]} if media.kind in wire.STRUCTURED else "text"]
        place, schema = self._place(*media.at, "schema")
        if place not in self._ready:
            values: list[Json] = []
            for turn in range(TURNS):
                with contextlib.suppress(NoSampleError):
                    value = self._sampler.draw(schema, turn, sent=sent)
                    if media.kind in wire.FIELDS:
                        value = wire.without_nulls(value)
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
                    value = wire.without_nulls(self._sampler.draw(schema, step))
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
        if prepared and not wire.same(wire.of_result(result), prepared[0]):
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
                    value = wire.written(parameter, value)[0][1]
                elif schema.class_name and isinstance(value, dict):
                    value = self._class(schema).from_dict(value)
                given[parameter.python_name] = wire.as_annotated(value, hint)
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
                "body": {
                    n: wire.as_bytes(v) if n in files else v for n, v in body.items()
                }
            }
        if turn % 2 and schema.class_name:
            instance = self._class(schema).from_dict(body)
            if not wire.same(wire.of_result(instance), body):
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
        schemes, operation = self._contract.schemes, self._operation
        seen = wire.seen(operation, schemes, came, media)
        wanted = wire.wanted(operation, schemes, came, media, values, body)
        faults, understood = self._judged(came, values)
        for part, expected in wanted.items():
            if seen[part] != expected and not (understood and part in wire.PLACES):
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
                changes = [*wire.changed(body)]
                for where, value in changes[:: len(changes) // WRONG + 1]:
                    right = self._judge.accepts(place, value)
                    tries.append((f"body{where}", right, {**given, "body": value}))
        for parameter in self._operation.parameters:
            place, _ = self._parameter(parameter)
            if place and self._judge.accepts(place, wire.OTHER) is False:
                changed = {**given, **first, parameter.python_name: wire.OTHER}
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
