"""One generated function, called in every way that shows something."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

import httpx
from starlette.responses import Response

from scripts.conformance.addresses import is_loopback
from scripts.conformance.answers import Case
from scripts.conformance.arguments import (
    Annotations,
    model_of,
    takes_text_alone,
    typed,
)
from scripts.conformance.exchange import Given, Sent
from scripts.conformance.json_values import list_of, same_json
from scripts.conformance.judge import Judge
from scripts.conformance.media_types import Kind, essence_of, in_range, ranges_of
from scripts.conformance.operations import MediaType, Operation, Parameter
from scripts.conformance.other_values import OTHER, changed
from scripts.conformance.pairs import normalised
from scripts.conformance.results import plain
from scripts.conformance.scalars import TURNS, Use
from scripts.conformance.services import Elsewhere, LoopbackService
from scripts.conformance.styles import header_text
from scripts.contract import model

PACKAGE = "enkrypt_api_client"
MOST_OTHER_BODIES = 8
MOST_CALLS = 40  # of one function
NO_CONTENT = Case(200)


class NoBody(enum.Enum):
    """In place of a body where none is sent; null is one."""

    NO_BODY = "no body"


NO_BODY = NoBody.NO_BODY


class Fault(Exception):  # an operation's fault, no error of ours
    """A fault, by which an operation is wrong."""


class DoubtfulError(Exception):
    """The document may not allow what was drawn for it."""


class Client(Protocol):
    """A client of a generated package."""

    def call(self, operation: ModuleType, **arguments: object) -> object:
        """The result of an operation."""

    def stream(
        self, operation: ModuleType, **arguments: object
    ) -> AbstractContextManager[Iterable[object]]:
        """The items of an operation's stream."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The service, the clients and the judge that all trials of a document share.

    Attributes:
        client: Its base URL is the service's.
        host: Host and port of the service.
        credentials: What the clients hold, by security scheme.
        elsewhere: Where the client without a base URL sends.
        unaddressed: That client; None where the document does not say where to go.
    """

    contract: model.Contract
    judge: Judge
    service: LoopbackService
    client: Client
    host: str
    credentials: Mapping[str, str | tuple[str, str]]
    elsewhere: Elsewhere
    unaddressed: Client | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One call: the cases that the service may answer with, which of them it takes, and the body."""

    number: int
    cases: list[Case]
    case_number: int
    body: object


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The result of a call; of a stream, the list of its items."""

    result: object
    is_stream: bool


class Trial:
    """Calls one function and raises Fault where the judge finds one.

    Attributes:
        doing: What is under way, for the message of an unexpected error.
        doubts: Reasons why the operation cannot be called verified, each with its place.
        notes: Where openapi-core differs.
    """

    def __init__(
        self,
        operation: Operation,
        declared: model.Operation,
        call: model.Call,
        surroundings: Surroundings,
    ) -> None:
        contract = surroundings.contract
        package = contract.package(declared)
        name = f"{PACKAGE}.api.{package}.{contract.function(declared, call)}"
        self._module = importlib.import_module(name)
        self._annotations = Annotations(self._module)
        self._operation = operation
        self._declared = declared
        self._surroundings = surroundings
        self._judge = surroundings.judge
        self._python_names = {
            (parameter.where, parameter.name): contract.argument(declared, parameter)
            for parameter in declared.parameters
        }
        self._media_type: MediaType | None = None
        if call.media is not None:
            self._media_type = operation.media_type(call.media.content_type)
        self.doing = "preparing"
        self.doubts: list[str] = []
        self.notes: list[str] = []
        self._turn = Turn(0, [NO_CONTENT], 0, NO_BODY)
        self._requests: list[Sent] = []
        self._answered: Case | None = None

    def run(self) -> None:
        """Make all calls."""
        self._check_arguments()
        bodies = self._bodies()
        turns = self._turns(bodies)
        if not turns or self._cannot_be_called(bodies):
            self.doubts.append("it was not called: no valid arguments were found")
            return
        for turn in turns:
            self._exchange(turn)
        self._look_where_it_goes(bodies)
        self._refuse_alike(bodies)

    def _check_arguments(self) -> None:
        """The function takes the body and every parameter that the document describes, but for parts that are left out by name."""
        left_out = {part.name for part in self._declared.left_out_parts}
        for parameter in self._operation.parameters:
            location = parameter.location
            name = parameter.name
            if model.parameter_part(location, name) in left_out:
                continue
            if (location, name) not in self._python_names:
                raise Fault(f"it has no argument for the {location} parameter {name}")
        body = self._operation.body
        if body is not None and body.media_types and self._media_type is None:
            raise Fault("it has no argument for the body")

    def _turns(self, bodies: list[object]) -> list[Turn]:
        """A turn for each answer and each body, and at least one for each way to draw values; none where no answer could be drawn."""
        answers: list[tuple[list[Case], int]] = []
        for cases in self._judge.cases(self._operation):
            answers += [(cases, number) for number in range(len(cases))]
        undrawn = list(self._judge.answers.undrawn)
        self._judge.answers.undrawn.clear()
        self.doubts += [f"no valid value was found for {place}" for place in undrawn]
        if not answers and undrawn:
            return []
        if not answers:
            answers = [([NO_CONTENT], 0)]
        count = max(len(answers), len(bodies), TURNS)
        turns = []
        for number in range(min(count, MOST_CALLS)):
            cases, case_number = answers[number % len(answers)]
            body: object = NO_BODY
            if bodies:
                body = bodies[number % len(bodies)]
            turns.append(Turn(number, cases, case_number, body))
        return turns

    # Values

    def _cannot_be_called(self, bodies: list[object]) -> bool:
        """Whether no value was found for the body or a parameter that is required."""
        body = self._operation.body
        if body is not None and body.required and not bodies:
            return True
        values = self._values(0)
        return any(
            parameter.required and (parameter.location, parameter.name) not in values
            for parameter in self._operation.parameters
        )

    def _bodies(self) -> list[object]:
        if self._media_type is None:
            return []
        bodies = self._judge.body_values(self._media_type)
        if not bodies:
            place = self._media_type.node.text()
            self.doubts.append(f"no valid body was found: {place}")
        return bodies

    def _values(self, number: int) -> dict[tuple[str, str], object]:
        """Values of the parameters; in some turns, of the required ones alone."""
        values: dict[tuple[str, str], object] = {}
        for parameter in self._operation.parameters:
            key = parameter.location, parameter.name
            if key not in self._python_names:
                continue
            drawn = self._judge.parameter_values(parameter)
            if not drawn:
                place = parameter.node.text()
                self.doubts.append(f"no valid value was found: {place}")
            elif parameter.required or number % TURNS != 1:
                values[key] = drawn[number % len(drawn)]
        for location, name in self._python_names:
            # A variable of the path that nobody declares.
            if location == "path":
                values.setdefault((location, name), "text")
        return values

    def _arguments(
        self, values: dict[tuple[str, str], object], number: int
    ) -> dict[str, object]:
        """Arguments for values, typed in every second turn."""
        arguments: dict[str, object] = {}
        parameters = {(p.location, p.name): p for p in self._operation.parameters}
        for key, value in values.items():
            python_name = self._python_names[key]
            annotation = self._annotations.of(python_name)
            if takes_text_alone(annotation):
                arguments[python_name] = _as_text(parameters.get(key), value)
            elif number % 2 == 0:
                arguments[python_name] = typed(annotation, value)
            else:
                arguments[python_name] = value
        return arguments

    def _body_argument(self, body: object, number: int) -> object:
        """The argument for a body: a model where there is one and the turn is odd, else in wire form."""
        model_class = model_of(self._annotations.of("body"))
        if number % 2 == 0 or not isinstance(body, dict) or model_class is None:
            return body
        if any(_holds_bytes(item) for item in body.values()):
            return body
        instance = model_class.from_dict(body)
        if not same_json(plain(instance), body):
            raise Fault("a body does not survive from_dict and to_dict")
        return instance

    def _given(self, turn: Turn) -> tuple[Given, dict[str, object]]:
        """The call of a turn: its values, and the arguments that express them."""
        values = self._values(turn.number)
        arguments = self._arguments(values, turn.number)
        given = Given(
            parameters=values,
            credentials=self._surroundings.credentials,
            host=self._surroundings.host,
        )
        if self._media_type is None or turn.body is NO_BODY:
            return given, arguments
        arguments["body"] = self._body_argument(turn.body, turn.number)
        file_types = {}
        other_type = self._other_file_type()
        # Lines of JSON are bytes too, and have one type.
        if isinstance(turn.body, bytes) and other_type and turn.number % 2:
            file_types[""] = other_type
            types = importlib.import_module(f"{PACKAGE}.types")
            arguments["body"] = types.File(turn.body, mime_type=other_type)
        given_with_body = dataclasses.replace(
            given,
            media_type=self._media_type.name,
            body=turn.body,
            file_types=file_types,
        )
        return given_with_body, arguments

    def _other_file_type(self) -> str:
        """The last media type that a binary body may have, one of its range where it is a range; empty where no body is binary."""
        name = ""
        body = self._operation.body
        for media_type in body.media_types if body else ():
            if self._judge.is_bytes(media_type):
                name = media_type.essence
        return name.replace("*/*", "application/pdf").replace("/*", "/x-other")

    # One call

    def _exchange(self, turn: Turn) -> None:
        """Look at what one call sends, and at what its answer becomes."""
        given, arguments = self._given(turn)
        self._turn = turn
        status = turn.cases[0].status
        self.doing = f"calling, answered with {status}"
        try:
            outcome = self._outcome(arguments, status)
        except DoubtfulError as doubt:
            self.doubts.append(str(doubt))
            return
        sent = self._only_request()
        for fault in self._judge.request_faults(self._operation, given, sent):
            raise Fault(f"not sent as documented: {fault}")
        self.notes += self._surroundings.service.second_opinion()
        if outcome is None or self._answered is None:
            return
        if outcome.is_stream:
            items = list_of(outcome.result)
            faults = self._judge.stream_faults(self._answered, items)
        else:
            faults = self._judge.result_faults(self._answered, outcome.result)
        for fault in faults:
            raise Fault(fault)

    def _only_request(self) -> Sent:
        """The request of a call, which sends one and no more."""
        if not self._requests:
            raise Fault("nothing was sent")
        if len(self._requests) > 1:
            raise Fault(f"one call sends {len(self._requests)} requests")
        return self._requests[0]

    def _outcome(self, arguments: Mapping[str, object], status: int) -> _Outcome | None:
        """The result of a call; None where the answer is an error, as it should be."""
        errors = sys.modules[PACKAGE]
        try:
            outcome = self._call(arguments)
        except errors.APIStatusError as error:
            if error.status_code != status:
                raise Fault(f"{status} is read as {error.status_code}") from None
            if 200 <= status < 300:
                raise Fault(f"the success {status} is an error") from None
            for fault in self._error_faults(error.body):
                raise Fault(fault) from None
            return None
        except errors.InvalidRequestError as error:
            problems = [*error.problems][:3] or str(error)[:200]
            if self._is_doubtful():
                place = ""
                if self._media_type is not None:
                    place = self._media_type.node.text()
                raise DoubtfulError(
                    f"jsonschema and the client refuse what was drawn for {place}: {problems}"
                ) from None
            raise Fault(f"a valid request is refused: {problems}") from None
        if not 200 <= status < 300:
            raise Fault(f"the error {status} is not raised")
        return outcome

    def _error_faults(self, body: object) -> Iterator[str]:
        if self._answered is not None:
            yield from self._judge.error_faults(self._answered, body)

    def _is_doubtful(self) -> bool:
        """Whether the document may not allow the body that was drawn."""
        if self._media_type is None or self._media_type.schema is None:
            return False
        schema = self._media_type.schema
        sampler = self._judge.sampler
        return any(sampler.is_doubtful(schema, use) for use in (Use.BODY, Use.FORM))

    def _call(self, arguments: Mapping[str, object]) -> _Outcome:
        """Call the function; as a stream where it answers with events, and in every second turn where it answers with lines."""
        self._requests.clear()
        client = self._surroundings.client
        kinds = {
            case.kind
            for case in self._turn.cases
            if 200 <= case.status < 300 and case.kind
        }
        has_lines = kinds == {Kind.LINES} and self._turn.number % 2 == 1
        if kinds == {Kind.EVENTS} or has_lines:
            with client.stream(self._module, **arguments) as items:
                return _Outcome(list(items), is_stream=True)
        return _Outcome(client.call(self._module, **arguments), is_stream=False)

    def answer(self, sent: Sent) -> Response:
        """The answer of this turn, among those that the request accepts."""
        self._requests.append(sent)
        ranges = ranges_of(sent.header("accept") or "*/*")
        accepted = [case for case in self._turn.cases if _is_accepted(case, ranges)]
        cases = accepted or self._turn.cases
        case = cases[self._turn.case_number % len(cases)]
        self._answered = case
        headers = {}
        if case.content_type:
            headers["content-type"] = case.content_type
        return Response(case.content, case.status, headers)

    # Where it goes, and what is refused

    def _look_where_it_goes(self, bodies: list[object]) -> None:
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
        if Kind.EVENTS in {case.kind for case in self._turn.cases}:
            return
        with suppress(errors.APIStatusError, errors.ConfigurationError):
            client.call(self._module, **arguments)
        addresses = self._judge.addresses(self._operation)
        urls = self._judge.urls(self._operation, Given(parameters=values))
        for request in requests:
            url = str(request.url)
            if normalised(url.partition("?")[0]) not in urls:
                raise Fault(f"it is sent to {url[:200]}, not to {addresses}")
            self._check_encryption(request)
        if addresses and not requests:
            raise Fault(f"without a base URL it is not sent to {addresses[0]}")

    def _check_encryption(self, request: httpx.Request) -> None:
        """A credential goes encrypted to any host but this machine."""
        text = str(request.url) + str(request.headers.raw)
        for credential in self._surroundings.credentials.values():
            secret = credential
            if isinstance(credential, tuple):
                secret = credential[1]
            if str(secret) not in text or request.url.scheme == "https":
                continue
            if not is_loopback(request.url.host):
                raise Fault(f"a credential goes unencrypted to {request.url.host}")

    def _refuse_alike(self, bodies: list[object]) -> None:
        """Values with one place changed must be refused by the client where jsonschema refuses them, and nowhere else."""
        errors = sys.modules[PACKAGE]
        arguments = self._arguments(self._values(0), 1)
        for other in (*self._other_bodies(bodies), *self._other_parameters(bodies)):
            self.doing = f"calling with another value at {other.place}"
            refused = False
            try:
                self._call({**arguments, **other.arguments})
            except errors.InvalidRequestError:
                refused = True
            except errors.APIStatusError:
                pass
            if other.is_allowed is None or refused != other.is_allowed:
                continue
            done = "sent"
            if refused:
                done = "refused"
            raise Fault(f"another value at {other.place} is {done}; jsonschema differs")

    def _other_bodies(self, bodies: list[object]) -> Iterator[_OtherArguments]:
        """JSON bodies with one place changed."""
        media_type = self._media_type
        if not bodies or media_type is None or media_type.schema is None:
            return
        if not self._judge.is_json(media_type):
            return
        changes = list(changed(bodies[0]))
        step = len(changes) // MOST_OTHER_BODIES + 1
        for place, value in changes[::step]:
            is_allowed = self._judge.allows(media_type.schema, value)
            yield _OtherArguments(f"body{place}", is_allowed, {"body": value})

    def _other_parameters(self, bodies: list[object]) -> Iterator[_OtherArguments]:
        """Parameters with a value of another kind, where the document does not allow it."""
        body_arguments: dict[str, object] = {}
        if bodies:
            body_arguments["body"] = bodies[0]
        for parameter in self._operation.parameters:
            python_name = self._python_names.get((parameter.location, parameter.name))
            if python_name is None or parameter.schema is None:
                continue
            if self._judge.sampler.accepts(parameter.schema, OTHER, Use.QUERY) is False:
                arguments = {**body_arguments, python_name: OTHER}
                yield _OtherArguments(parameter.name, False, arguments)


@dataclass(frozen=True, slots=True)
class _OtherArguments:
    """Arguments that the document may forbid; `is_allowed` is None where that cannot be decided."""

    place: str
    is_allowed: bool | None
    arguments: Mapping[str, object]


def _is_accepted(case: Case, ranges: list[str]) -> bool:
    """Whether an Accept header with these media ranges asks for a case."""
    if not case.media_type:
        return True
    essence = essence_of(case.content_type)
    return any(
        in_range(essence, media_range) or in_range(media_range, case.media_type)
        for media_range in ranges
    )


def _as_text(parameter: Parameter | None, value: object) -> object:
    """A header or cookie that the caller has to write as text; the value itself where it makes several cookies."""
    if isinstance(value, str) or parameter is None:
        return value
    if isinstance(value, dict | list) and parameter.location == "cookie":
        return value
    return header_text(parameter, value)


def _holds_bytes(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_holds_bytes, value))
    return isinstance(value, bytes)
