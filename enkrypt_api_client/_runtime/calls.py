"""Makes a call of what generated code sends, and the result, whole or as it comes, of what it reads."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Mapping
from typing import Generic, TypeVar

from .. import exceptions as errors
from . import policy
from .request import Call, complete
from .response import Answer, NoContent, UnusableBody
from .validation import Codec, encode
from .values import UNSET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, Self

    from .runner import Connection
    from .settings import Options
    from .values import Response

T = TypeVar("T")
_PACKAGE = __name__.rpartition("._runtime")[0]


class Exchange(Generic[T]):
    """One call of an operation: what generated code takes for its client, and for that client's client of httpx."""

    raise_on_unexpected_status = False
    call: Call
    answer: Answer | None = None

    def __init__(
        self,
        connection: Connection,
        options: Options,
        operation: Any,
        given: dict[str, Any],
        retry_ambiguous: bool,
    ) -> None:
        connection.check_open()
        name, codecs = getattr(operation, "__name__", ""), connection.codecs
        if name not in codecs:
            package = connection.settings.package
            codecs[name] = Codec(operation, package)
        self.connection, self.options, self.codec = connection, options, codecs[name]
        self.given = {name: given[name] for name in given if given[name] is not UNSET}
        self.retry_ambiguous, self.begun, self.subject = retry_ambiguous, False, ""
        self.names: Mapping[str, str | None] = {}  # what the caller calls parameters
        # Fields of a body for which repeating the call after an ambiguous attempt is safe.
        self.same: Mapping[str, Any] = {}

    def get_async_httpx_client(self) -> Self:
        return self

    async def request(self, **arguments: Any) -> Answer:
        """What generated code asks of httpx, by the policy."""
        return await self._run(arguments, streaming=False)

    async def detailed(self) -> Response[T]:
        """The typed answer. The generated coroutine serves both clients: what it waits for with the sync one is there at once."""
        answer: Response[T]
        try:
            function = self.codec.operation.asyncio_detailed
            answer = await function(client=self, **self._given())
            return answer
        except Exception as error:
            problem = error
        try:
            answer = self._resolve(problem)
            return answer
        finally:
            del problem

    async def parsed(self) -> T:
        answer: Any = await self.detailed()
        parsed: T = answer.parsed
        return parsed

    async def open(self) -> Answer:
        """An answer that is read as it comes."""
        try:
            arguments = self.codec.operation._get_kwargs(**self._given())
        except Exception as error:
            problem = error
        else:
            return await self._run(arguments, streaming=True)
        raise self._resolve(problem)

    def _given(self) -> dict[str, Any]:
        """The parameters for generated code; a body that holds mappings where models belong in plain JSON."""
        body: Any = self.given.get("body")
        if self.codec.spec.BODY_KIND in ("json", "form") and hasattr(body, "to_dict"):
            with contextlib.suppress(Exception):
                return {**self.given, "body": body.to_dict()}
            return {**self.given, "body": self.check()}
        return self.given

    async def _run(self, arguments: dict[str, Any], streaming: bool) -> Answer:
        codec, spec, given = self.codec, self.codec.spec, self.given
        wire, content = arguments.get("json"), None
        if codec.accepts({name: given[name] for name in given if name != "body"}):
            if "json" in arguments:
                content = codec.write(wire)
            elif "body" not in given and not spec.BODY_REQUIRED:
                content = b""
        if content is None:
            wire = self.check()
            content = encode(wire).encode() if "json" in arguments else None
        held = wire if isinstance(wire, dict) else {}
        if any(held.get(field) != value for field, value in self.same.items()):
            self.refuse({"retry_ambiguous": "is not allowed when renaming"})
        settings = self.connection.settings
        call = self.call = Call(spec.METHOD, spec.PATH, self.options)
        call.secrets = lambda: codec.secrets(content, wire)
        call.success, call.subject = spec.SUCCESS, self.subject
        call.retry_ambiguous, call.streaming = self.retry_ambiguous, streaming
        call.content, call.read = content, codec.read_json
        call.needs_content = codec.has_json
        accept = spec.STREAM if streaming and spec.STREAM else spec.ACCEPT
        base = settings.server(spec.SERVER)
        complete(call, settings, base, arguments, accept, spec.SECURITY)
        self.begun = True
        self.answer = await self.connection.run(call)
        return self.answer

    def check(self) -> Any:
        """The body in plain JSON, or an InvalidRequestError that names all that is wrong."""
        problems: dict[str, str] = {}
        hints: list[str] = []
        wire = self.codec.examine(self.given, problems, hints)
        for hint in sorted(hints):
            _warn(hint)
        if problems:
            self.refuse(problems)
        return wire

    def refuse(self, problems: dict[str, str]) -> NoReturn:
        names = {path: self.names.get(path, path) for path in problems}
        named = [(name, problems[p]) for p, name in names.items() if name is not None]
        body = self.names.get("body", "body")
        message = "; ".join(f"{path or body}: {fault}" for path, fault in named)
        raise errors.InvalidRequestError(
            f"{self.codec.name}: {message}. Nothing was sent.", named
        )

    def _resolve(self, error: Exception) -> Any:
        """What becomes of an exception that generated code has raised or let pass."""
        if isinstance(error, errors.EnkryptError):
            # The frames below hold the request, and some tools show local variables.
            raise error.with_traceback(None)
        if not self.begun:
            self.check()
            fault = getattr(error, "strerror", None) or type(error).__name__
            raise errors.InvalidRequestError(
                f"{self.codec.name}: the parameters can't be sent: {fault}."
            )
        if (answer := self.answer) is None:
            raise error  # from a caller's own client
        if isinstance(error, NoContent):
            return policy.response(answer, None)
        fault = str(error) if isinstance(error, UnusableBody) else ""
        fault = fault or f"it can't be read ({type(error).__name__})"
        raise policy.decode_error(self.call, answer, fault)


def _warn(hint: str) -> None:
    """Warn in the name of the line that called this package."""
    frame, level = inspect.currentframe(), 1
    while frame and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(hint, errors.MisspeltFieldWarning, stacklevel=level)
