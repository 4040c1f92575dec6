"""A call of an operation: checks the parameters, sends the request, returns the typed result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from .. import exceptions as errors
from . import log, plain_json, policy, values
from .body_secrets import strings
from .caller import warn_caller
from .import_failures import IMPORT_FAILURES
from .importing import IMPORTING
from .model_base import Model
from .redact import visible
from .request import Request, is_secret_name, secrets_of, secrets_of_parameters
from .validation import NoContent, ReadableResponse, UnusableBody, Validation
from .values import UNSET, UnusableParameter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from .operation import Operation, OperationModule, RequestArguments
    from .policy import Accept
    from .runner import Runner
    from .settings import Options, Settings
    from .values import DetailedResponse

T = TypeVar("T")
# Characters of a parameter in a message.
_LONGEST_VALUE = 100


def _described(module: OperationModule) -> Operation:
    """Return the description of an operation. The first call imports it.

    Raises:
        APIConnectionError: The import failed for want of resources, such as file descriptors.
    """
    with IMPORT_FAILURES, IMPORTING:
        return module._operation()


class _Reader:
    """Stands for the client when generated code reads a response."""

    raise_on_unexpected_status = False


class Call(Generic[T]):
    """One call of an operation.

    Args:
        settings: Servers and credentials.
        runner: Sends the request.
        options: Time limits, retries, headers.
        module: The generated module of the operation.
        parameters: By their Python names, `body` among them.
        retry_ambiguous: Whether to repeat the request even if it may have been applied.
        subject: The resource, for messages and log records. Default: the parameters that identify it.
        argument_names: Names for messages by parameter, where the caller knows it by another name.
        copied_fields: Fields of the body by parameter, for parameters that the caller did not give and that have the value of a field.
        unchanged: Fields of the body that must have these values. If they do not, `retry_ambiguous` is refused as a rename.

    Raises:
        InvalidRequestError: The module is not that of an operation, or the client is closed.
    """

    def __init__(
        self,
        settings: Settings,
        runner: Runner,
        options: Options,
        module: OperationModule,
        parameters: Mapping[str, object],
        *,
        retry_ambiguous: bool = False,
        subject: str = "",
        argument_names: Mapping[str, str] | None = None,
        copied_fields: Mapping[str, str] | None = None,
        unchanged: Mapping[str, object] | None = None,
    ) -> None:
        runner.check_open()
        _check_module(module, settings.package)
        self._settings = settings
        self._runner = runner
        self._options = options
        self._module = module
        self.operation: Operation = _described(module)
        self._validation = Validation.of(self.operation)
        self._parameters = {
            name: value for name, value in parameters.items() if value is not UNSET
        }
        self._retry_ambiguous = retry_ambiguous
        self._subject = subject or _subject_of(self.operation, self._parameters)
        self._argument_names = argument_names or {}
        self._copied_fields = copied_fields or {}
        self._unchanged = unchanged or {}

    async def parsed(self) -> T:
        """Send the request, and return the result of the operation.

        Raises:
            EnkryptError: The call has failed.
        """
        response = await self.detailed()
        return response.parsed

    async def detailed(self) -> DetailedResponse[T]:
        """Send the request, and return the result with status, headers and content.

        Raises:
            EnkryptError: The call has failed.
        """
        request, accepted = await self.received()
        return self.read(request, accepted)

    def check(self) -> None:
        """Check what would be sent, as `parsed` does before it sends it. Asks for no credentials.

        Raises:
            InvalidRequestError: Lists every fault.
        """
        self._request(streaming=False)

    async def received(self, target: str = "") -> tuple[Request, Accept]:
        """Send the request, and return it with the response, which is still to be read.

        Args:
            target: Path and query of the same service to send it to instead of the operation's own.

        Raises:
            EnkryptError: The call has failed.
        """
        await self._load_credentials()
        request = self._request(streaming=False)
        if target:
            request = request.for_target(target)
        return request, await self._runner.run(request)

    @property
    def base(self) -> str:
        """Return the address of the service that the operation is at."""
        return self._settings.server_for(self.operation.server)

    async def open(self) -> tuple[Request, Accept]:
        """Send the request, and return it with a response whose content has not been read.

        Raises:
            EnkryptError: The call has failed.
        """
        await self._load_credentials()
        request = self._request(streaming=True)
        return request, await self._runner.run(request)

    async def _load_credentials(self) -> None:
        if self.operation.security:
            await self._settings.credentials.load(self._runner.asynchronous)

    def _request(self, streaming: bool) -> Request:
        try:
            arguments = self._module._get_kwargs(**self._sendable_parameters())
        except plain_json.DATA_ERRORS as error:
            fault = type(error).__name__
            if isinstance(error, UnusableParameter):
                fault = str(error)
        else:
            return self._build(arguments, streaming)
        self._check()
        raise errors.InvalidRequestError(
            f"{self.operation.name}: the parameters can't be sent: {fault}."
        )

    def _sendable_parameters(self) -> dict[str, object]:
        """Return the parameters for generated code. A body that is a model is replaced by its JSON form."""
        body = self._parameters.get("body")
        description = self.operation.body
        if description is None or description.kind not in ("json", "form"):
            return self._parameters
        if not isinstance(body, Model):
            return self._parameters
        try:
            return {**self._parameters, "body": body.to_dict()}
        except plain_json.DATA_ERRORS:
            # The check finds the fault by its path.
            return {**self._parameters, "body": self._check()}

    def _build(self, arguments: RequestArguments, streaming: bool) -> Request:
        wire = arguments.get("json")
        content = self._checked_content(arguments)
        if content is None:
            wire = self._check()
            if "json" in arguments:
                content = plain_json.to_json(wire).encode()
        self._refuse_repeated_rename(wire)
        # The function below outlives this call in an error, and must not hold the parameters.
        validation = self._validation
        return Request.build(
            self.operation,
            self._settings,
            self._options,
            arguments,
            base=self.base,
            content=content,
            secrets=secrets_of(
                self._settings,
                self._options,
                lambda: validation.secrets(content, wire),
                self._secret_parameters,
            ),
            streaming=streaming,
            retry_ambiguous=self._retry_ambiguous,
            subject=self._subject,
        )

    def _refuse_repeated_rename(self, wire: object) -> None:
        """Refuse `retry_ambiguous` for a body that changes a field by which the resource is found: a repeated rename finds nothing."""
        fields = wire if isinstance(wire, dict) else {}
        for name, value in self._unchanged.items():
            if fields.get(name) != values.written(value):
                self._refuse({"retry_ambiguous": "is not allowed when renaming"})

    def _secret_parameters(self) -> list[str]:
        """Return the parameters whose names or values suggest a secret, except for those that messages show anyway."""
        parameters = (
            (name, text)
            for name, value in self._parameters.items()
            if name != "body"
            for text in strings(value)
            if f'"{text}"' not in self._subject
        )
        return list(secrets_of_parameters(parameters))

    def _checked_content(self, arguments: RequestArguments) -> bytes | None:
        """Return the encoded body if parameters and body pass the quick checks; None if `_check` must find out what is wrong."""
        parameters = {
            name: value for name, value in self._parameters.items() if name != "body"
        }
        if not self._validation.accepts(parameters):
            return None
        if "json" in arguments and self._options.check_body:
            return self._validation.write(arguments["json"])
        body = self.operation.body
        if "body" not in self._parameters and not (body and body.required):
            return b""
        return None

    def _check(self) -> object:
        """Return the body as plain JSON. Warn of names that are probably misspelt.

        Raises:
            InvalidRequestError: Lists every fault.
        """
        examination = self._validation.examine(
            self._parameters, check_body=self._options.check_body
        )
        outcome = "If not, it is sent as it is, for"
        if examination.faults:
            outcome = "Nothing was sent for"
        for hint in sorted(examination.hints):
            subject = self._subject or self.operation.name
            message = f"{hint} {outcome} {subject}."
            warn_caller(visible(message), errors.MisspeltFieldWarning)
        if examination.faults:
            self._refuse(examination.faults, examination.advice)
        return examination.body

    def _refuse(self, faults: Mapping[str, str], advice: str = "") -> NoReturn:
        """Raise the error for faults of parameters and of the body, under the names that the caller knows."""
        problems: dict[str, str] = {}
        # What the body says of a field is said after its parameter, and replaces it.
        for path, fault in faults.items():
            field = self._copied_fields.get(path)
            # The message may quote the document, which is not trusted.
            if field is None:
                problems[self._argument_names.get(path, path)] = visible(fault)
            elif "" not in faults:
                problems.setdefault(field, visible(fault))
        body_name = self._argument_names.get("body", "body")
        listed = "; ".join(
            f"{path or body_name}: {problem}" for path, problem in problems.items()
        )
        if not listed.endswith("?"):
            listed += "."
        message = f"{self.operation.name}: {listed} Nothing was sent. {advice}"
        raise errors.InvalidRequestError(message.rstrip(), [*problems.items()])

    def _is_another_type(self, accepted: Accept) -> bool:
        """Whether the caller asked for another documented media type than the operation returns, and the response is of that type."""
        if "accept" not in self._options.headers:
            return False
        content = self.operation.content_of(accepted.response.status_code)
        kind = content.alternatives.get(accepted.response.media_type, content.kind)
        return kind != content.kind

    def read(self, request: Request, accepted: Accept) -> DetailedResponse[T]:
        """Return the typed result of an accepted response."""
        readable = ReadableResponse(accepted.response, self._validation)
        # None only where the document describes no content, and then T allows None.
        parsed: Any = None
        try:
            if self._is_another_type(accepted):
                parsed = values.read_any(readable)
            else:
                reader = _Reader()
                built = self._module._build_response(client=reader, response=readable)
                parsed = built.parsed
            return policy.public_response(accepted.response, parsed)
        except NoContent:
            return policy.public_response(accepted.response, parsed)
        except UnusableBody as error:
            fault = str(error)
        except plain_json.DATA_ERRORS as error:
            fault = f"it can't be read ({type(error).__name__})"
        except OSError as error:  # a module of a model can't be
            fault = f"it can't be read ({error.strerror})"
        log.log_unusable(request, accepted, fault)
        raise policy.decode_error(request, accepted, fault)


def _subject_of(operation: Operation, parameters: Mapping[str, object]) -> str:
    """Return the resource that a call addresses, such as 'model_id "7"'."""
    parts = []
    for name in operation.addressed_by:
        is_given = parameters.get(name) is not None
        if is_given and not is_secret_name(name):
            text = str(parameters[name])
            shown = "".join(c for c in text if c.isprintable())[:_LONGEST_VALUE]
            parts.append(f'{name} "{shown}"')
    return ", ".join(parts)


def _check_module(module: OperationModule, package: str) -> None:
    """Check that a module is the generated one of an operation of this package."""
    home = f"{package}.api."
    name = getattr(module, "__name__", "")
    if name.startswith(home) and hasattr(module, "_operation"):
        return
    raise errors.InvalidRequestError(
        f"the operation must be a module below {home[:-1]}, such as {home}endpoints.modify_model"
    )
