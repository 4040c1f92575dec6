"""What a call may do and what its outcome means: decisions only, no input or output, shared by the sync and the async client."""

from __future__ import annotations

import json
import math
import random
import re
import time

from . import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from http import HTTPStatus
    from typing import Any

TIMEOUTS = {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 5.0}
LONGEST_RETRY_AFTER = 60.0
LARGEST_BODY = 8 * 1024 * 1024
_REQUEST_ID_HEADERS = ("x-enkrypt-correlation-id", "x-request-id")
_MASK = "***"


class Secret:
    """A string that does not show itself."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return repr(_MASK)


class Answer:
    """An answer of the service, whole or not."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.status = status
        self.headers = headers
        self.content = content
        self.broken = ""  # why the content is not what the service meant to send
        self.timed_out = False


class Failure:
    """A try without an answer; `sent` is False only where it is certain that the service can't have acted on it."""

    def __init__(self, cause: str, sent: bool, timed_out: bool, lasting: bool) -> None:
        self.cause = cause
        self.sent = sent
        self.timed_out = timed_out
        self.lasting = lasting  # another try would fail in the same way


class Call:
    """One request, the same bytes on every try, and what may be done with it."""

    def __init__(self, method: str, path: str, content: bytes) -> None:
        self.method = method
        self.path = path
        self.url = ""
        self.content = content
        self.headers: list[tuple[bytes, bytes]] = []
        self.authenticated = True
        self.success: tuple[str, ...] = ("2XX",)
        self.max_retries: int | None = None
        self.retry_ambiguous = False
        self.key: Secret | None = None
        self.find_secrets: Callable[[], list[str]] = list
        self.deadline = math.inf
        self.attempt = 0

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def secrets(self) -> list[str]:
        """What must be masked in anything that the service says."""
        return [*([self.key.reveal()] if self.key else []), *self.find_secrets()]


class Policy:
    """How often and how long a call is tried. Clock and chance are attributes, to be replaced by what is predictable."""

    def __init__(self, max_retries: int, total_timeout: float) -> None:
        if fault := retries_fault(max_retries):
            raise errors.ConfigurationError(f"max_retries {fault}")
        self.max_retries = max_retries
        self.total_timeout = seconds(total_timeout, "total_timeout")
        self.monotonic = time.monotonic
        self.now = time.time
        self.random = random.random

    def attempts(
        self, call: Call
    ) -> Generator[float | None, Answer | Failure | None, Answer | errors.EnkryptError]:
        """Yield None to send the call, or seconds to sleep; return the answer, or the error to raise."""
        most = self.max_retries if call.max_retries is None else call.max_retries
        call.deadline = self.monotonic() + self.total_timeout
        ambiguous = False
        while True:
            call.attempt += 1
            outcome = yield None
            assert outcome is not None
            error = self.judge(call, outcome)
            if error is None:
                assert isinstance(outcome, Answer)
                return outcome
            pause = self.pause(call, outcome, error)
            if (
                pause is None
                or call.attempt > most
                or self.monotonic() + pause >= call.deadline
            ):
                return _final(call, error, ambiguous)
            ambiguous = ambiguous or error.may_have_been_applied
            yield pause

    def judge(
        self, call: Call, outcome: Answer | Failure
    ) -> errors.EnkryptError | None:
        """The error that an outcome is, or None for the documented success."""
        if isinstance(outcome, Failure):
            if not outcome.sent:
                return errors.APIConnectionError(
                    f"{call.name}: could not reach the service ({outcome.cause}). Nothing was changed; it is safe to repeat."
                )
            if outcome.timed_out:
                return _timed_out(call, outcome.cause)
            return errors.OutcomeUnknownError(
                f"{call.name}: the connection failed after sending ({outcome.cause}). The change may have been applied; look first."
            )
        if not matches(outcome.status, call.success):
            return self.status_error(call, outcome)
        if outcome.timed_out:
            return _timed_out(call, outcome.broken)
        if outcome.broken:
            return decode_error(call, outcome, outcome.broken)
        return None

    def status_error(self, call: Call, answer: Answer) -> errors.APIStatusError:
        status = answer.status
        body = None if answer.broken else masked_body(answer.content, call.secrets())
        identifier = request_id(answer.headers, body, call.secrets)
        named = f" (request id {identifier})" if identifier else ""
        kind = errors.STATUS_ERRORS.get(status, errors.APIStatusError)
        if 500 <= status <= 599:
            kind = errors.InternalServerError
        error = kind(f"{call.name}: the service answered {status}{named}")
        error.status_code = status
        error.body = body
        error.request_id = identifier
        error.retry_after = retry_after(answer.headers, self.now)
        # A client error or a redirect is a refusal, but for two: the service gave up waiting, or saw the client give up.
        error.may_have_been_applied = not 300 <= status <= 499 or status in (408, 499)
        return error

    def pause(
        self, call: Call, outcome: Answer | Failure, error: errors.EnkryptError
    ) -> float | None:
        """Seconds to wait before the next try, or None where there must be none."""
        asked = None
        if isinstance(error, errors.APIStatusError):
            asked = error.retry_after
            told = error.status_code == 429 or (
                error.status_code == 503 and asked is not None
            )
            unclear = error.may_have_been_applied and error.status_code >= 400
        else:
            told = (
                isinstance(outcome, Failure)
                and not outcome.sent
                and not outcome.lasting
            )
            unclear = isinstance(error, errors.OutcomeUnknownError)
        if not (told or (unclear and call.retry_ambiguous)):
            return None
        if asked is not None:
            return asked if asked <= LONGEST_RETRY_AFTER else None
        return self.random() * min(8.0, 0.5 * 2.0 ** (call.attempt - 1))


def _timed_out(call: Call, cause: str) -> errors.APITimeoutError:
    return errors.APITimeoutError(
        f"{call.name}: no complete answer in time ({cause}). The change may have been applied; look first."
    )


def decode_error(call: Call, answer: Answer, fault: str) -> errors.ResponseDecodeError:
    """The error that a success with an unusable body is."""
    from .types import Response

    error = errors.ResponseDecodeError(
        f"{call.name}: the service answered {answer.status}, but with a body that can't be used: {fault}. The change was probably applied."
    )
    error.response = Response(
        status_code=http_status(answer.status),
        content=answer.content,
        headers=dict(answer.headers),
        parsed=None,
    )
    error.request_id = request_id(answer.headers, None, call.secrets)
    error.attempts = call.attempt
    return error


def http_status(status: int) -> HTTPStatus:
    """The status as generated code types it; one that has no name stays a number."""
    from http import HTTPStatus

    try:
        return HTTPStatus(status)
    except ValueError:
        return status  # type: ignore[return-value]  # the generator types it so


def _final(
    call: Call, error: errors.EnkryptError, ambiguous: bool
) -> errors.EnkryptError:
    """The error of the last try, in the light of those before."""
    if ambiguous and not error.may_have_been_applied:
        if isinstance(
            error,
            errors.APIConnectionError | errors.NotFoundError | errors.ConflictError,
        ):
            # An earlier try may have renamed or changed the model: this is no proof that nothing happened.
            error, last = errors.OutcomeUnknownError(""), error
            error.args = (
                f"{last} An earlier try may have been applied: look before repeating.",
            )
            error.request_id = last.request_id
        error.may_have_been_applied = True
    error.attempts = call.attempt
    return error


def matches(status: int, documented: tuple[str, ...]) -> bool:
    """Whether a status is among those of the document, such as 200 or 2XX."""
    return str(status) in documented or f"{status // 100}XX" in documented


def retry_after(headers: Mapping[str, str], now: Callable[[], float]) -> float | None:
    """Seconds that the service asks to wait (RFC 9110, section 10.2.3; `retry-after-ms` is finer), or None."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"[0-9]+(\.[0-9]*)?", value):
            return float(value) / scale
        if name == "retry-after" and value:
            from email.utils import parsedate_to_datetime

            try:
                return max(0.0, parsedate_to_datetime(value).timestamp() - now())
            except (ValueError, OverflowError, TypeError, IndexError):
                return None
    return None


def masked_body(content: bytes, secrets: list[str]) -> Any:
    """Parsed JSON, else text, without the secrets; None where there is no content."""
    text = content.decode("utf-8", "replace")
    try:
        # Written anew, so that every string stands there in the one form that is looked for.
        canonical = json.dumps(json.loads(text), ensure_ascii=False)
        return json.loads(_masked(canonical, secrets))
    except (ValueError, RecursionError):
        return _masked(text, secrets) or None


def _masked(text: str, secrets: list[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        for ascii_only in (False, True):
            escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
            twice = json.dumps(escaped)[1:-1]
            for form in (secret, twice, escaped):
                text = text.replace(form, _MASK)
    return text


def request_id(
    headers: Mapping[str, str], body: Any, secrets: Callable[[], list[str]] = list
) -> str | None:
    """The service's name for the request: a header, else the body's field `request_id`."""
    found: Any = None
    for name in _REQUEST_ID_HEADERS:
        found = found or headers.get(name)
    if not found and isinstance(body, dict):
        found = body.get("request_id")
    if not isinstance(found, str) or not found:
        return None
    return "".join(c for c in _masked(found, secrets()) if c.isprintable())[:200]


def seconds(value: object, name: str) -> float:
    """A duration that a caller gave, or a ConfigurationError."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 < value < math.inf:  # type: ignore[operator]
        return float(value)  # type: ignore[arg-type]
    raise errors.ConfigurationError(
        f"{name} must be a finite number of seconds above 0"
    )


def retries_fault(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return ""
    return "must be a whole number, 0 or more"


def api_key(value: object, name: str) -> Secret:
    """The key without surrounding blanks, if it can stand in a header."""
    key = value.strip() if isinstance(value, str) else ""
    if not key:
        raise errors.ConfigurationError(f"{name} is empty or not a string")
    if not re.fullmatch(r"[!-~]+", key):
        raise errors.ConfigurationError(
            f"{name} holds blanks, control characters or characters outside ASCII"
        )
    return Secret(key)


def base_url(value: object, name: str, allow_insecure_http: bool) -> str:
    """The address of the service without a trailing slash, if the key may be sent there."""
    fault = _url_fault(value, allow_insecure_http)
    if fault:
        raise errors.ConfigurationError(f"{name} {fault}")
    return str(value).rstrip("/")


def _url_fault(value: object, allow_insecure_http: bool) -> str:
    from urllib.parse import urlsplit

    if not isinstance(value, str) or not re.fullmatch(r"[^\s\x00-\x20\x7f\\]+", value):
        return "must be a URL without blanks, control characters and backslashes"
    try:
        parts = urlsplit(value)
        host = parts.hostname
        parts.port  # noqa: B018  # raises for a port that is none
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not host:
        return "must start with https:// and a host"
    if "@" in parts.netloc or "?" in value or "#" in value:
        return "must have no user information, query or fragment"
    if parts.scheme == "http" and not allow_insecure_http and not _is_loopback(host):
        return "would send the API key unencrypted; use https://, or say allow_insecure_http=True"
    return ""


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
