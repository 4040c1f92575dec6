"""The errors of this package, all below `EnkryptError`. Each says whether the change may have been applied.

All pickle. None holds a credential: what the server echoes is masked, and no error of another library is chained, because those hold
requests and bodies.
"""

from __future__ import annotations

from types import MappingProxyType

# Without the annotation, Jedi takes the value literally, sees none of the imports below, and completes nothing of their types.
TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ._runtime.values import Response


class EnkryptError(Exception):
    """Any failure of a client or of a call."""

    may_have_been_applied: bool = False
    """Whether the service may have carried out the change."""

    attempts: int = 0
    """The number of attempts; 0 if nothing was sent."""

    request_id: str | None = None
    """The service's id of the request, to quote to its support: from a response header, else from the body."""


class ConfigurationError(EnkryptError, ValueError):
    """A client argument, or the environment variable that stands for it, can't be used.

    Raised by the constructor. A call raises it, before anything is sent, for what is known only then, such as a function's key.
    """


class InvalidRequestError(EnkryptError, ValueError):
    """The arguments of a call can't be used, or the client is closed. Nothing was sent."""

    problems: list[tuple[str, str]]
    """Every fault found: the path to it, such as `model_config.endpoint.port`, and what is expected there; never the value given.

    A fault of the call as a whole, such as a closed client, has an empty path.
    """

    def __init__(self, message: str, problems: list[tuple[str, str]] | None = None):
        super().__init__(message)
        self.problems = problems or [("", message)]


class APIConnectionError(EnkryptError):
    """The request never reached the service. It is safe to repeat."""


class OutcomeUnknownError(EnkryptError):
    """The request was sent, or possibly sent, and no usable answer came. Look at the service's state before repeating it."""

    may_have_been_applied = True


class APITimeoutError(OutcomeUnknownError):
    """The time to read, to write, or for the whole call ran out after the request was sent, or possibly sent."""


class APIStatusError(EnkryptError):
    """The service answered, and not with the documented success."""

    may_have_been_applied = True

    status_code: int = 0
    """The status, any integer that the service sent."""

    body: Any = None
    """The answer: parsed JSON, else text; None if it could not be read. Secrets of the request that it echoes are masked."""

    headers: Mapping[str, str] = MappingProxyType({})
    """The headers of the answer, found in any case of letters. Secrets of the request that they echo are masked."""

    retry_after: float | None = None
    """Seconds that the service asks to wait before the next attempt."""


class _Refused(APIStatusError):
    may_have_been_applied = False


class BadRequestError(_Refused):
    """400: the service cannot make sense of the request."""

    status_code = 400


class AuthenticationError(_Refused):
    """401: the API key is missing or wrong."""

    status_code = 401


class PermissionDeniedError(_Refused):
    """403: the API key may not do this; or a proxy or firewall refuses, where the body is not JSON."""

    status_code = 403


class NotFoundError(_Refused):
    """404: there is no such model, or no such version of it."""

    status_code = 404


class ConflictError(_Refused):
    """409: the request is at odds with what is there, such as a new name that is taken."""

    status_code = 409


class UnprocessableEntityError(_Refused):
    """422: the service refuses the content of the request."""

    status_code = 422


class RateLimitError(_Refused):
    """429: too many requests. Raised after all retries, or at once where the service asks to wait for more than 60 s, or for longer
    than `total_timeout` leaves. `.retry_after` holds the seconds, if the service names any."""

    status_code = 429


class InternalServerError(APIStatusError):
    """500 to 599"""

    status_code = 500


class ResponseDecodeError(EnkryptError):
    """Success status, unusable body: the change was probably applied."""

    may_have_been_applied = True

    response: Response[Any] | None = None
    """What came: status, headers, and the content as far as it could be read. None only in an error that no call raised, such as that
    of a test. Its `repr` shows neither headers nor content."""


class MisspeltFieldWarning(UserWarning):
    """A request contains a field that is not in the document and whose name resembles one that is."""


class UnaddressableNameWarning(UserWarning):
    """A request gives a model a name or version that can't be sent in a header, so that no later call can address the model."""


STATUS_ERRORS = {kind.status_code: kind for kind in _Refused.__subclasses__()}
