"""A generated package tried against its document, operation by operation: what is sent, what is refused, what each answer becomes.

Requests and answers are drawn from the contract. jsonschema says which of them are right by the document's own schemas, and openapi-core,
on a loopback server, whether what the client sends is what the document describes.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_core.validation.request.exceptions import SecurityValidationError
from starlette.responses import Response

from scripts.conformance import wire
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
from scripts.generator import plan
from scripts.loopback.samples import TURNS, NoSampleError, Sampler
from scripts.loopback.server import Request, Service, described, running

PACKAGE = "enkrypt_api_client"
KEY = "key-of-the-corpus"
WRONG = 8  # wrong bodies that each call is tried with

Values = list[tuple[Parameter, Json]]


class Fault(Exception):  # an operation's fault, no error of ours
    """What shows that an operation is not carried."""


class _Loopback(Service):
    """Answers as the trial under way says."""

    trial: _Trial

    def reply(self, key: str, request: Request) -> Response:
        return self.trial.answer(request)


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
    service = _Loopback(document, ())
    drawn = _Drawn(document, contract)
    keys = {
        name: ("name", KEY) if scheme.kind == "basic" else KEY
        for name, scheme in contract.schemes.items()
    }
    with (
        running(service) as url,
        package.EnkryptClient(keys or KEY, base_url=url, max_retries=0) as client,
    ):
        for key, operation in contract.operations.items():
            service.offer([key])
            trial = service.trial = _Trial(operation, drawn, client, service)
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


class _Drawn:
    """Values for the schemas of a contract, judged by jsonschema."""

    def __init__(self, document: Json, contract: Contract) -> None:
        self.contract, self.judge = contract, wire.Judge(document)
        self._sampler = Sampler(contract)
        self._ready: dict[tuple[model.Pointer, bool], tuple[list[Json], bool]] = {}

    def values(
        self, place: model.Pointer, schema: Schema, *, sent: bool, nulls: bool
    ) -> tuple[list[Json], bool]:
        """Values of the schema at a place, no two alike, and whether they are right; else it is one that is wrong, or none."""
        if (place, sent) not in self._ready:
            judged: dict[bool | None, list[Json]] = {True: [], None: [], False: []}
            for turn in range(TURNS):
                with contextlib.suppress(NoSampleError):
                    value = self._sampler.draw(schema, turn, sent=sent)
                    value = value if nulls else wire.without_nulls(value)
                    verdict = self.judge.accepts(place, value, sent)
                    if value not in judged[verdict]:
                        judged[verdict].append(value)
            right = judged[True] or judged[None]
            self._ready[place, sent] = right or judged[False][:1], bool(right)
        return self._ready[place, sent]


@dataclass
class _Trial:
    """One operation, called in every way that shows something."""

    _operation: Operation
    _drawn: _Drawn
    _client: Any
    _service: Service
    notes: list[str] = field(default_factory=list)
    doing: str = "preparing"
    _doubtful: bool = False  # whether a right request is not at hand
    # What the service is to answer, and what came:
    _turn: int = 0
    _status: tuple[int, str] = (200, "")  # and its key in the document
    _came: Request | None = None
    _answered: Json = None

    def run(self, call: Call) -> None:
        name = f"{PACKAGE}.api.{self._operation.package}.{call.module}"
        module = importlib.import_module(name)
        bodies = self._bodies(call.media, sent=True) if call.media else []
        statuses = [*self._statuses()] or [(200, "")]
        for turn in range(max(len(bodies), len(statuses), 2)):
            body = bodies[turn % len(bodies)] if bodies else None
            self._turn, self._status = turn, statuses[turn % len(statuses)]
            self._exchange(module, call, body)
        self._turn, self._status = 0, statuses[0]
        kinds = self._kinds()
        if model.EVENTS_KIND in kinds and len(kinds) > 1:
            self._exchange(module, call, bodies[0] if bodies else None, stream=True)
        self._refuse_alike(module, call, bodies)

    def _bodies(self, media: Media, *, sent: bool) -> list[Json]:
        """Values of a body; one as good as any where the document has no schema."""
        if media.schema is None or media.kind not in wire.STRUCTURED:
            return [{"a": [1]} if media.kind in wire.STRUCTURED else "text"]
        place, nulls = (*media.at, "schema"), media.kind not in wire.FIELDS
        values, right = self._drawn.values(place, media.schema, sent=sent, nulls=nulls)
        if not right:
            self.notes.append(f"no valid value found: {model.at(place)}")
            self._doubtful |= sent
        return values

    def _values(self) -> Values:
        """Right values of the parameters; in some turns, of the required ones alone."""
        found = []
        for parameter in self._operation.parameters:
            place, schema = _place(parameter), parameter.schema
            values, right = self._drawn.values(place, schema, sent=True, nulls=False)
            values = [v for v in values if v is not None and v not in ("", [], {})]
            if not (right and values):
                self.notes.append(f"no valid value found: {model.at(place)}")
                self._doubtful |= parameter.required
            elif parameter.required or self._turn % TURNS != 1:
                found.append((parameter, values[self._turn % len(values)]))
        return found

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

    # One call

    def _exchange(
        self, module: Any, call: Call, body: Json, *, stream: bool = False
    ) -> None:
        """What one call sends, and what its answer becomes."""
        errors = sys.modules[PACKAGE]
        values, status = self._values(), self._status[0]
        self.doing = f"calling, answered with {status}"
        given = {**self._arguments(values), **self._body(call.media, body)}
        succeeds = True
        try:
            result = self._call(module, given, stream)
        except errors.APIStatusError as error:
            if error.status_code != status:
                raise Fault(f"{status} is read as {error.status_code}") from None
            if 200 <= status < 300:
                raise Fault(f"the success {status} is an error") from None
            succeeds = False
        except errors.InvalidRequestError as error:
            faults = [*error.problems][:3]
            if self._doubtful:
                self.notes.append(f"and the client refuses what is drawn: {faults}")
                return
            raise Fault(f"a valid request is refused: {faults}") from None
        self._check_sent(call, values, body)
        if succeeds and not wire.same(wire.of_result(result), self._answered):
            raise Fault(f"the answer {status} is not read as it was sent")

    def _kinds(self) -> set[str]:
        """In which forms a success comes."""
        responses = self._operation.responses
        successes = [responses[key] for key in responses if key.startswith("2")]
        return {media.kind for response in successes for media in response.media}

    def _call(self, module: Any, given: Mapping[str, Any], stream: bool = False) -> Any:
        self._came = None
        if not stream and self._kinds() != {model.EVENTS_KIND}:
            return self._client.call(module, **given)
        with self._client.stream(module, **given) as events:
            return [json.loads(event.data) for event in events]

    def answer(self, request: Request) -> Response:
        """The documented answer with the status of this turn, in a form that the request accepts."""
        self._came, self._answered = request, None
        code, status = self._status
        response = self._operation.responses.get(status)
        documented = response.media if response else ()
        accept = request.parameters.header.get("accept", "")
        wanted = [m for m in documented if m.content_type in accept]
        media = next(iter(wanted or documented), None)
        if media is None or request.method == "head" or code in (204, 205, 304):
            return Response(status_code=code)
        values = self._bodies(media, sent=False)
        value: Any = values[self._turn % len(values)] if values else {}
        content_type = media.content_type
        if media.kind == model.JSON_KIND:
            content = json.dumps(value).encode()
            content_type = content_type.replace("*/*", "application/json")
        elif media.kind == model.EVENTS_KIND:
            value, content = [value], b"data: %b\n\n" % json.dumps(value).encode()
        elif media.kind == model.TEXT_KIND:
            content = value.encode()
        else:
            value = content = b"\x00\xff"
            content_type = "image/png" if "*" in content_type else content_type
        self._answered = value
        return Response(content, code, {"content-type": content_type})

    def _arguments(self, values: Values) -> dict[str, Any]:
        """The arguments for values of parameters, in the types that the operation takes; text cannot say several cookies."""
        given = {}
        for parameter, value in values:
            if not plan.is_text(self._drawn.contract, parameter):
                value = self._typed(parameter.schema, value)
            elif not isinstance(value, str):
                written = wire.parameter(parameter, value)
                if [name for name, _text in written] == [parameter.name]:
                    value = written[0][1]
            given[parameter.python_name] = value
        return given

    def _typed(self, schema: Schema, value: Json) -> Any:
        schema = self._target(schema)
        if isinstance(value, list) and schema.items:
            return [self._typed(schema.items, item) for item in value]
        if isinstance(value, dict) and schema.class_name:
            return _class(schema).from_dict(value)
        if isinstance(value, str) and schema.values is None:
            return wire.TYPES.get(schema.format, str)(value)
        return value

    def _target(self, schema: Schema) -> Schema:
        return plan.target(self._drawn.contract, schema)[0]

    def _body(self, media: Media | None, body: Json) -> dict[str, Any]:
        """The argument for a body: a model where there is one and the turn is odd, else in wire form."""
        if media is None or (body is None and media.kind != model.JSON_KIND):
            return {}
        if media.kind == model.BYTES_KIND:
            body = body.encode()
        elif media.schema and isinstance(body, dict):
            schema = self._target(media.schema)
            if media.kind == model.MULTIPART_KIND:
                files = {n for n, held in schema.fields.items() if self._is_file(held)}
                sent = {n: wire.as_bytes(body[n]) for n in files & body.keys()}
                body = {**body, **sent}
            elif self._turn % 2 and schema.class_name:
                instance = _class(schema).from_dict(body)
                if not wire.same(wire.of_result(instance), body):
                    raise Fault("a body does not survive from_dict and to_dict")
                body = instance
        return {"body": body}

    def _is_file(self, schema: Schema) -> bool:
        schema = self._target(schema)
        return plan.is_file(self._target(schema.items) if schema.items else schema)

    # What came, and what is refused

    def _check_sent(self, call: Call, values: Values, body: Json) -> None:
        """openapi-core must read the values that were given. Where it can't, that is noted, and what came must be as OpenAPI writes it."""
        came = self._came
        if came is None:
            raise Fault("the request came under another path or method")
        read: Mapping[str, Mapping[str, Json]] = {}
        try:
            errors = self._service.checker.errors(came)
            read = vars(self._service.checker.read(came).parameters)
            faults = [
                f"{f['path']} {f['message']}" for e in errors for f in described(e)
            ]
        except Exception as error:
            errors, faults = [], [f"{type(error).__name__} in openapi-core"]
        if any(isinstance(error, SecurityValidationError) for error in errors):
            raise Fault("openapi-core misses the credentials")
        if faults:
            self.notes.append(f"openapi-core can't judge: {', '.join(faults[:3])}")
        for parameter, value in values:
            where = parameter.where
            if read.get(where, {}).get(parameter.name) == value:
                continue
            for called, text in wire.parameter(parameter, value):
                texts = getattr(came.parameters, where).getlist(called)
                if text not in texts:
                    _compare(f"{where} {called}", texts, [text])
        if call.media and came.content_type:
            kind = call.media.kind
            _compare("body", wire.received(kind, came), wire.body(kind, body))

    def _refuse_alike(self, module: Any, call: Call, bodies: list[Json]) -> None:
        """Values with one place changed must be refused by the client where jsonschema refuses them, and nowhere else."""
        errors = sys.modules[PACKAGE]
        given = self._arguments(self._values())
        tries: list[tuple[str, bool | None, dict[str, Any]]] = []
        media = call.media
        if bodies and media and media.kind == model.JSON_KIND and media.schema:
            changes = [*wire.changed(bodies[0])]
            for where, value in changes[:: len(changes) // WRONG + 1]:
                right = self._drawn.judge.accepts((*media.at, "schema"), value)
                tries.append((f"body{where}", right, {**given, "body": value}))
        first = {"body": bodies[0]} if bodies else {}
        for parameter in self._operation.parameters:
            if self._drawn.judge.accepts(_place(parameter), wire.OTHER) is False:
                other = {**given, **first, parameter.python_name: wire.OTHER}
                tries.append((parameter.name, False, other))
        for where, right, arguments in tries:
            self.doing = f"calling with another value at {where}"
            refused = False
            try:
                self._call(module, arguments)
            except errors.InvalidRequestError:
                refused = True
            except errors.APIStatusError:
                pass
            if right is not None and refused == right:
                done = "refused" if refused else "sent"
                raise Fault(f"another value at {where} is {done}; jsonschema differs")


def _place(parameter: Parameter) -> model.Pointer:
    inner = ("content", parameter.media) if parameter.media else ()
    return (*parameter.at, *inner, "schema")


def _class(schema: Schema) -> Any:
    module = importlib.import_module(f"{PACKAGE}.models.{schema.module_name}")
    return getattr(module, schema.class_name)


def _compare(what: str, found: Json, wanted: Json) -> None:
    if found != wanted:
        both = f"{str(found)[:200]} instead of {str(wanted)[:200]}"
        raise Fault(f"not sent as documented, {what}: {both}")
