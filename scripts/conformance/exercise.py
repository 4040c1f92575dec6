"""A generated package, called operation by operation: what it sends, what it refuses, and what each answer becomes.

The contract says which functions there are and what their parameters are called, and nothing more. Values come from the document as it
is written, and `judge` decides by the specifications alone. openapi-core, on the same loopback service, gives a second opinion.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import starlette.requests
from starlette.responses import Response

from scripts.conformance.answers import Case, Kind, kind_of, plain
from scripts.conformance.arguments import (
    Annotations,
    model_of,
    takes_text_alone,
    typed,
)
from scripts.conformance.drawing import TURNS, Use
from scripts.conformance.judge import Given, Judge, Sent
from scripts.conformance.raw import (
    Json,
    MediaType,
    Operation,
    Parameter,
    UnresolvableError,
)
from scripts.conformance.wire_rules import (
    Nesting,
    UndefinedError,
    header_text,
    in_range,
    same_json,
)
from scripts.contract import model
from scripts.loopback.server import Request, Service, described, running

PACKAGE = "enkrypt_api_client"
MOST_WRONG_BODIES = 8
MOST_CALLS = 40  # of one function
MOST_SECONDS_ASKED = 10.0  # of processor time, of openapi-core for one document
OTHER = {"other": [1]}


class Fault(Exception):  # an operation's fault, no error of ours
    """What shows that an operation is wrong."""


@dataclass
class Verdicts:
    """What is known of each operation that was called, by key: one of the three, and notes that decide nothing."""

    verified: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    unverified: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


class _Loopback(Service):
    """Keeps each request as it came and answers as the trial under way says."""

    trial: _Trial
    seconds_asked = 0.0
    """Processor time that openapi-core has taken."""

    def answer(self, request: starlette.requests.Request, body: bytes) -> Response:
        scope = request.scope
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        headers = [
            (n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]
        ]
        sent = Sent(request.method, target, tuple(headers), body)
        super().answer(request, body)
        return self.trial.answer(sent)

    def reply(self, key: str, request: Request) -> Response:
        self.trial.understood = request
        return Response()


class _Elsewhere:
    """Stands in for the network where the client has no base URL: records where a request goes."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.client = httpx.Client(transport=httpx.MockTransport(self._record))

    def _record(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(418)


def run(document: Json, contract: model.Contract, folder: Path) -> Verdicts:
    """Call every operation of the package in a folder and judge it."""
    verdicts = Verdicts()
    sys.path.insert(0, str(folder))
    try:
        package = import_whole()
    except Exception as error:
        reason = f"the package does not import: {type(error).__name__}: {error}"
        verdicts.wrong = dict.fromkeys(contract.operations, reason)
        return verdicts
    judge = Judge(document, _nesting(contract.nested_values))
    service = _Loopback(document, ())
    credentials = _credentials(contract)
    elsewhere = _Elsewhere()
    keys = credentials or "key-of-nobody"
    with (
        running(service) as url,
        package.EnkryptClient(keys, base_url=url, max_retries=0) as client,
    ):
        surroundings = _Surroundings(
            contract=contract,
            judge=judge,
            service=service,
            client=client,
            credentials=credentials,
            elsewhere=elsewhere,
            unaddressed=_client_without_address(package, keys, elsewhere),
        )
        for key, declared in contract.operations.items():
            service.offer([key])
            _try_operation(key, declared, surroundings, verdicts)
    return verdicts


def _nesting(nested_values: str) -> Nesting | None:
    """How nested values are written, as the judge calls it; None where the maintainer leaves that to the document."""
    names = {"brackets": "brackets", "indices": "indices", "repeated": "repeat"}
    return Nesting(names[nested_values]) if nested_values in names else None


def _credentials(contract: model.Contract) -> dict[str, Any]:
    """A key for each security scheme, no two alike."""
    credentials: dict[str, Any] = {}
    for number, (name, scheme) in enumerate(contract.schemes.items()):
        key = f"key-{number}-of-the-corpus"
        credentials[name] = ("name", key) if scheme.kind == "basic" else key
    return credentials


def _client_without_address(package: Any, keys: Any, elsewhere: _Elsewhere) -> Any:
    """A client that goes where the document says; None where the document does not say enough."""
    try:
        return package.EnkryptClient(keys, http_client=elsewhere.client, max_retries=0)
    except package.ConfigurationError:
        return None


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What all trials of a document share."""

    contract: model.Contract
    judge: Judge
    service: _Loopback
    client: Any
    credentials: Mapping[str, Any]
    elsewhere: _Elsewhere
    unaddressed: Any


def _try_operation(
    key: str,
    declared: model.Operation,
    surroundings: _Surroundings,
    verdicts: Verdicts,
) -> None:
    """Call one operation in every way that shows something, and record the verdict."""
    doing = "reading the document"
    doubts: list[str] = []
    try:
        operation = surroundings.judge.document.operation(key)
        for call in declared.calls:
            trial = _Trial(operation, declared, call, surroundings)
            surroundings.service.trial = trial
            try:
                trial.run()
            finally:
                doing = trial.doing
                doubts += trial.doubts
                if trial.notes:
                    verdicts.notes[key] = "; ".join(dict.fromkeys(trial.notes))
    except Fault as fault:
        verdicts.wrong[key] = str(fault)
    except UndefinedError as error:
        verdicts.unverified[key] = str(error)
    except UnresolvableError as error:
        verdicts.unverified[key] = f"the judge cannot read it: {error}"
    except Exception as error:  # whatever else a package may do
        text = str(error).partition("\n")[0][:200]
        verdicts.wrong[key] = f"{doing}: {type(error).__name__}: {text}"
    else:
        if doubts:
            verdicts.unverified[key] = "; ".join(dict.fromkeys(doubts))
        else:
            verdicts.verified.append(key)


def import_whole() -> Any:
    """The package on the path, every module of it imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)
        package = importlib.import_module(PACKAGE)
        for module in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return package


class _Trial:
    """One function of an operation, called in every way that shows something.

    Attributes:
        doing: What is under way, for the message of an unexpected error.
        doubts: Reasons why the operation cannot be called verified, each with its place.
        notes: Where openapi-core differs.
        understood: The last request as openapi-core takes it.
    """

    def __init__(
        self,
        operation: Operation,
        declared: model.Operation,
        call: model.Call,
        surroundings: _Surroundings,
    ) -> None:
        contract = surroundings.contract
        package = contract.package(declared)
        name = f"{PACKAGE}.api.{package}.{contract.function(declared, call)}"
        self._module = importlib.import_module(name)
        self._annotations = Annotations(self._module)
        self._operation = operation
        self._surroundings = surroundings
        self._judge = surroundings.judge
        self._python_names = {
            (parameter.where, parameter.name): contract.argument(declared, parameter)
            for parameter in declared.parameters
        }
        self._media_type: MediaType | None = None
        if call.media is not None:
            content_type = call.media.content_type
            self._media_type = self._judge.media_type(operation, content_type)
        self.doing = "preparing"
        self.doubts: list[str] = []
        self.notes: list[str] = []
        self.understood: Request | None = None
        self._sent: Sent | None = None
        self._cases: list[Case] = []
        self._turn = 0
        self._answered: Case | None = None
        self._streaming = False

    def run(self) -> None:
        bodies = self._bodies()
        answers = self._judge.cases(self._operation)
        for place in self._judge.answers.undrawn:
            self.doubts.append(f"no valid value was found for {place}")
        self._judge.answers.undrawn.clear()
        calls = [(cases, turn) for cases in answers for turn in range(len(cases))]
        if not calls:
            calls = [([_EMPTY], 0)]
        if self._cannot_be_called(bodies):
            return
        while len(calls) < max(len(bodies), TURNS):
            calls.append(calls[len(calls) % len(calls)])
        for number, (cases, turn) in enumerate(calls[:MOST_CALLS]):
            body = bodies[number % len(bodies)] if bodies else None
            self._exchange(number, cases, turn, body)
        self._look_where_it_goes(bodies)
        self._refuse_alike(bodies)

    # Values

    def _cannot_be_called(self, bodies: list[Any]) -> bool:
        """Whether something that must be sent could not be drawn."""
        body = self._operation.body
        if body is not None and body.required and not bodies:
            return True
        values = self._values(0)
        return any(
            parameter.required and (parameter.location, parameter.name) not in values
            for parameter in self._operation.parameters
        )

    def _bodies(self) -> list[Any]:
        if self._media_type is None:
            return []
        bodies = self._judge.body_values(self._media_type)
        if not bodies:
            self.doubts.append(
                f"no valid body was found: {self._media_type.node.text()}"
            )
        return bodies

    def _values(self, turn: int) -> dict[tuple[str, str], Json]:
        """Values of the parameters; in some turns, of the required ones alone."""
        values: dict[tuple[str, str], Json] = {}
        for parameter in self._operation.parameters:
            key = parameter.location, parameter.name
            if key not in self._python_names:
                continue
            drawn = self._judge.parameter_values(parameter)
            if not drawn:
                self.doubts.append(f"no valid value was found: {parameter.node.text()}")
            elif parameter.required or turn % TURNS != 1:
                values[key] = drawn[turn % len(drawn)]
        for location, name in self._python_names:
            # A variable of the path that nobody declares.
            if location == "path":
                values.setdefault((location, name), "text")
        return values

    def _arguments(
        self, values: dict[tuple[str, str], Json], turn: int
    ) -> dict[str, Any]:
        """Arguments for values, typed in every second turn."""
        arguments = {}
        parameters = {(p.location, p.name): p for p in self._operation.parameters}
        for key, value in values.items():
            python_name = self._python_names[key]
            annotation = self._annotations.of(python_name)
            if takes_text_alone(annotation):
                arguments[python_name] = _written(parameters.get(key), value)
            elif turn % 2 == 0:
                arguments[python_name] = typed(annotation, value)
            else:
                arguments[python_name] = value
        return arguments

    def _body_argument(self, body: Any, turn: int) -> Any:
        """The argument for a body: a model where there is one and the turn is odd, else in wire form."""
        annotation = self._annotations.of("body")
        model_class = model_of(annotation)
        if turn % 2 == 0 or not isinstance(body, dict) or model_class is None:
            return body
        if any(_holds_bytes(item) for item in body.values()):
            return body
        instance = model_class.from_dict(body)
        if not same_json(plain(instance), body):
            raise Fault("a body does not survive from_dict and to_dict")
        return instance

    def _other_type(self) -> str:
        """The last media type that a binary body may have; one of its range where it is a range."""
        name = ""
        body = self._operation.body
        for media_type in body.media_types if body else ():
            if kind_of(self._judge.document, media_type) is Kind.BYTES:
                name = media_type.essence
        return name.replace("*/*", "application/pdf").replace("/*", "/x-other")

    def _package_types(self) -> Any:
        return importlib.import_module(f"{PACKAGE}.types")

    def _is_doubtful(self) -> bool:
        """Whether the document may not allow the body that was drawn."""
        if self._media_type is None or self._media_type.schema is None:
            return False
        schema = self._media_type.schema
        sampler = self._judge.sampler
        return any(sampler.is_doubtful(schema, use) for use in (Use.BODY, Use.FORM))

    # One call

    def _exchange(
        self, turn: int, cases: list[Case], case_turn: int, body: Any
    ) -> None:
        """What one call sends, and what its answer becomes."""
        errors = sys.modules[PACKAGE]
        values = self._values(turn)
        arguments = self._arguments(values, turn)
        media_type = self._media_type
        given = Given(parameters=values, credentials=self._surroundings.credentials)
        if media_type is not None and body is not None:
            arguments["body"] = self._body_argument(body, turn)
            file_types = {}
            if isinstance(body, bytes) and turn % 2:
                file_types[""] = self._other_type()
                file = self._package_types().File
                arguments["body"] = file(body, mime_type=file_types[""])
            given = Given(
                parameters=values,
                media_type=media_type.name,
                body=body,
                file_types=file_types,
                credentials=self._surroundings.credentials,
            )
        self._cases = cases
        self._turn = case_turn
        status = cases[0].status
        self.doing = f"calling, answered with {status}"
        succeeds = True
        result = None
        try:
            result = self._call(arguments)
        except errors.APIStatusError as error:
            if error.status_code != status:
                raise Fault(f"{status} is read as {error.status_code}") from None
            if 200 <= status < 300:
                raise Fault(f"the success {status} is an error") from None
            succeeds = False
        except errors.InvalidRequestError as error:
            problems = [*error.problems][:3] or str(error)[:200]
            if self._is_doubtful():
                place = self._media_type.node.text() if self._media_type else ""
                self.doubts.append(
                    f"jsonschema and the client refuse what was drawn for {place}: {problems}"
                )
                return
            raise Fault(f"a valid request is refused: {problems}") from None
        if self._sent is None:
            raise Fault("nothing was sent")
        for fault in self._judge.request_faults(self._operation, given, self._sent):
            raise Fault(f"not sent as documented: {fault}")
        self._ask_openapi_core()
        if succeeds and self._answered is not None:
            for fault in self._judge.result_faults(self._answered, result):
                raise Fault(fault)

    def _call(self, arguments: Mapping[str, Any]) -> Any:
        self._sent = None
        client = self._surroundings.client
        kinds = {
            case.kind for case in self._cases if 200 <= case.status < 300 and case.kind
        }
        if kinds != {Kind.EVENTS}:
            return client.call(self._module, **arguments)
        import json

        with client.stream(self._module, **arguments) as events:
            return [json.loads(event.data) for event in events]

    def answer(self, sent: Sent) -> Response:
        """The answer of this turn, among those that the request accepts."""
        self._sent = sent
        accept = sent.header("accept") or "*/*"
        ranges = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
        accepted = [
            case
            for case in self._cases
            if not case.media_type
            or any(
                in_range(case.content_type.partition(";")[0].lower(), wanted)
                or in_range(wanted, case.media_type)
                for wanted in ranges
            )
        ]
        case = (accepted or self._cases)[self._turn % len(accepted or self._cases)]
        self._answered = case
        headers = {"content-type": case.content_type} if case.content_type else {}
        return Response(case.content, case.status, headers)

    def _ask_openapi_core(self) -> None:
        """Note where openapi-core finds fault with a request that the judge takes."""
        service = self._surroundings.service
        if self.understood is None or service.seconds_asked > MOST_SECONDS_ASKED:
            return
        started = time.process_time()
        try:
            errors = service.checker.errors(self.understood)
        except Exception as error:
            self.notes.append(f"openapi-core fails: {type(error).__name__}")
            return
        finally:
            service.seconds_asked += time.process_time() - started
        for finding in errors[:3]:
            for fault in described(finding):
                self.notes.append(f"openapi-core: {fault['path']} {fault['message']}")

    # Where it goes, and what is refused

    def _look_where_it_goes(self, bodies: list[Any]) -> None:
        """Without a base URL, a request goes to a server that the document names for the operation, and to no other."""
        client = self._surroundings.unaddressed
        if client is None:
            return
        errors = sys.modules[PACKAGE]
        self.doing = "calling without a base URL"
        requests = self._surroundings.elsewhere.requests
        requests.clear()
        values = self._values(1)
        arguments = self._arguments(values, 1)
        if bodies:
            arguments["body"] = bodies[0]
        try:
            if Kind.EVENTS in {case.kind for case in self._cases}:
                return
            client.call(self._module, **arguments)
        except (errors.APIStatusError, errors.ConfigurationError):
            pass
        addresses = self._judge.addresses(self._operation)
        for request in requests:
            url = str(request.url)
            # httpx writes host names in lower case (RFC 3986, section 6.2.2.1).
            known = map(_with_lower_host, addresses)
            if not any(url.startswith(address) for address in known):
                raise Fault(f"it is sent to {url[:200]}, not to {addresses}")
            self._check_origin(request, addresses)
        if addresses and not requests:
            raise Fault(f"without a base URL it is not sent to {addresses[0]}")

    def _check_origin(self, request: httpx.Request, addresses: list[str]) -> None:
        """A credential goes to the service's own origin, or encrypted to one that the document declares for the operation."""
        text = str(request.url) + str(request.headers.raw)
        secrets = [
            value[1] if isinstance(value, tuple) else value
            for value in self._surroundings.credentials.values()
        ]
        if not any(secret in text for secret in secrets):
            return
        if request.url.scheme != "https" and not _is_loopback(request.url.host):
            raise Fault(f"a credential goes unencrypted to {request.url.host}")

    def _refuse_alike(self, bodies: list[Any]) -> None:
        """Values with one place changed must be refused by the client where jsonschema refuses them, and nowhere else."""
        errors = sys.modules[PACKAGE]
        given = self._arguments(self._values(0), 1)
        tries: list[tuple[str, bool | None, dict[str, Any]]] = []
        for where, right, value in self._wrong_bodies(bodies):
            tries.append((where, right, {**given, "body": value}))
        first = {"body": bodies[0]} if bodies else {}
        for parameter in self._operation.parameters:
            python_name = self._python_names.get((parameter.location, parameter.name))
            if python_name is None or parameter.schema is None:
                continue
            if self._judge.sampler.accepts(parameter.schema, OTHER, Use.QUERY) is False:
                other = {**given, **first, python_name: OTHER}
                tries.append((parameter.name, False, other))
        for where, right, arguments in tries:
            self.doing = f"calling with another value at {where}"
            refused = False
            try:
                self._call(arguments)
            except errors.InvalidRequestError:
                refused = True
            except errors.APIStatusError:
                pass
            if right is not None and refused == right:
                done = "refused" if refused else "sent"
                raise Fault(f"another value at {where} is {done}; jsonschema differs")

    def _wrong_bodies(
        self, bodies: list[Any]
    ) -> Iterator[tuple[str, bool | None, Json]]:
        """JSON bodies with one place changed: which place, and whether the document allows them all the same."""
        media_type = self._media_type
        if not bodies or media_type is None or media_type.schema is None:
            return
        if kind_of(self._judge.document, media_type) is not Kind.JSON:
            return
        changes = list(changed(bodies[0]))
        step = len(changes) // MOST_WRONG_BODIES + 1
        for where, value in changes[::step]:
            right = self._judge.allows(media_type.schema, value)
            yield f"body{where}", right, value


_EMPTY = Case(200, "", "", "", b"", None, None, None)


def _written(parameter: Parameter | None, value: Json) -> Json:
    """A header or cookie that the caller has to write as text; the value itself where it makes several cookies."""
    if isinstance(value, str) or parameter is None:
        return value
    if isinstance(value, dict | list) and parameter.location == "cookie":
        return value
    return header_text(parameter, value)


def _holds_bytes(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_bytes, value))
    return isinstance(value, bytes)


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def changed(value: Json, where: str = "") -> Iterator[tuple[str, Json]]:
    """The value with one place of another kind, or gone."""
    yield where, OTHER if isinstance(value, str) else "other"
    if isinstance(value, dict):
        for name, inner in value.items():
            rest = {key: item for key, item in value.items() if key != name}
            yield f"{where}.{name}", rest
            for place, inside in changed(inner, f"{where}.{name}"):
                yield place, {**value, name: inside}
    elif isinstance(value, list) and value:
        for place, inside in changed(value[0], f"{where}.0"):
            yield place, [inside, *value[1:]]


def _with_lower_host(address: str) -> str:
    """An address with its scheme and host in lower case."""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}"
