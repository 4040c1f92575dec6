"""Functions of the caller that see each attempt before and after it: for traces, metrics, and headers of their own."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from dataclasses import dataclass, field

from .. import exceptions as errors
from . import service_words
from .attempt import Failure
from .caller import warn_caller
from .policy import Retry
from .settings import header_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .attempt import Attempt
    from .policy import Verdict
    from .request import Request


@dataclass(frozen=True, slots=True, eq=False)
class RequestEvent:
    """An attempt that is about to be sent. Events can be keys of a dictionary: each equals itself alone."""

    method: str
    """The HTTP method"""
    path: str
    """The path as the document writes it, with its placeholders: the same for all calls of an operation"""
    url: str
    """The address, without the query"""
    attempt: int
    """1 for the first"""
    addressed: str
    """What the call is about, such as `model "a", version "1"`; empty where that is not known"""
    headers: dict[str, str] = field(default_factory=dict)
    """Empty. What the function puts here is sent with this attempt"""


@dataclass(frozen=True, slots=True)
class ResponseEvent:
    """An attempt that is over."""

    request: RequestEvent
    """The event that came before it"""
    status_code: int | None
    """None where no answer came"""
    request_id: str | None
    """The service's id of the request"""
    seconds: float
    """How long the attempt took; until the head of the answer for a stream"""
    failure: str
    """Why there is no whole answer; empty where there is one"""
    retry_after: float | None
    """Seconds until the next attempt; None where this was the last"""


class Hooks:
    """The hooks of a client. What they raise ends the call and passes through unchanged, whatever became of the attempt.

    Args:
        on_request: Is called with a `RequestEvent` before each attempt.
        on_response: Is called with a `ResponseEvent` after each attempt.
        may_wait: Whether they may be coroutine functions.

    Raises:
        ConfigurationError: One of them can't be called, or can't be waited for.
    """

    def __init__(
        self,
        on_request: Callable[[RequestEvent], object] | None = None,
        on_response: Callable[[ResponseEvent], object] | None = None,
        *,
        may_wait: bool,
    ) -> None:
        _check_hook("on_request", on_request, may_wait)
        _check_hook("on_response", on_response, may_wait)
        self._on_request = on_request
        self._on_response = on_response
        self._may_wait = may_wait

    async def before(
        self, request: Request, attempt: Attempt
    ) -> tuple[Request, RequestEvent]:
        """Tell the caller of an attempt. Return the request with the headers that the caller adds, and the event.

        Raises:
            ConfigurationError: A header can't be used, or the hook would have to be waited for.
        """
        target = request.target.decode("ascii")
        event = RequestEvent(
            request.method,
            request.operation.path,
            request.origin + target.partition("?")[0],
            attempt.number,
            request.subject,
        )
        if self._on_request is not None:
            result = self._on_request(event)
            if isinstance(result, Awaitable):
                if not self._may_wait:
                    _discard(result)
                    raise errors.ConfigurationError(_not_waited_for("on_request"))
                await result
        if not event.headers:
            return request, event
        added = header_fields(
            event.headers, request.operation.security, "headers of on_request"
        )
        return request.with_headers(added), event

    def failure(self, attempt: Attempt) -> Failure | None:
        """Return the failure of an attempt for which `before` has left no time; None if it may begin."""
        deadline = attempt.deadline
        if not deadline.has_passed():
            return None
        cause = f"on_request took all that was left of the total timeout of {deadline.seconds:g} s"
        return Failure(cause, "on_request", timed_out=True, refused=True)

    async def after(
        self,
        event: RequestEvent,
        request: Request,
        attempt: Attempt,
        seconds: float,
        verdict: Verdict | None,
    ) -> None:
        """Tell the caller how an attempt ended. What would have to be awaited is a warning: the result of the call must not be lost.

        The policy gives no verdict on an attempt that an exception has ended.
        """
        if self._on_response is None:
            return
        status = None
        request_id = None
        response = attempt.response
        if response is not None:
            status = response.status_code
            request_id = service_words.masked_id(
                response.headers, None, request.secrets
            )
        failure = attempt.failure.cause if attempt.failure is not None else ""
        pause = verdict.after if isinstance(verdict, Retry) else None
        result = self._on_response(
            ResponseEvent(event, status, request_id, seconds, failure, pause)
        )
        if isinstance(result, Awaitable):
            if self._may_wait:
                await result
                return
            _discard(result)
            warn_caller(_not_waited_for("on_response"), RuntimeWarning)


def _check_hook(argument: str, hook: object, may_wait: bool) -> None:
    if hook is None:
        return
    if not callable(hook):
        raise errors.ConfigurationError(f"{argument} must be a function")
    # An object is called by the method of its class.
    functions = (hook, type(hook).__call__)
    if not may_wait and any(map(inspect.iscoroutinefunction, functions)):
        raise errors.ConfigurationError(
            f"{argument} must be no coroutine function; AsyncEnkryptClient takes one"
        )


def _not_waited_for(argument: str) -> str:
    return f"what {argument} returns is not awaited: it must be no coroutine; AsyncEnkryptClient takes one"


def _discard(result: Awaitable[object]) -> None:
    """Close a coroutine, so that Python does not say once more that nobody awaits it."""
    if inspect.iscoroutine(result):
        result.close()
