"""What a call may do and what its outcome means: decisions only, no input or output, shared by the sync and the async client."""

from __future__ import annotations

import json
import math
import random
import re
import time

from . import exceptions as errors
from ._plain import is_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from typing import Any

    from ._settings import Secret

LONGEST_RETRY_AFTER = 60.0
LARGEST_BODY = 8 * 1024 * 1024
_ADVICE = {
    401: "Check the API key: api_key= or the environment variable ENKRYPTAI_API_KEY.",
    403: "Nothing was changed; the API key may not do this.",
    404: "Nothing was changed; check the name and version that the call is about.",
    429: "Nothing was changed; send less, or later (`.retry_after`).",
}
_REQUEST_IDS = "x-enkrypt-correlation-id", "x-request-id"


class Answer:
    """An answer of the service, whole or not."""

    broken = ""  # why the content is not what the service meant to send
    timed_out = False

    def __init__(self, status: int, headers: Any, content: bytes = b"") -> None:
        self.status, self.headers, self.content = status, headers, content


class Failure:
    """A try without an answer. `sent` is False only where the service can't have acted; what is `lasting` would fail again."""

    def __init__(self, cause: str, sent: bool, timed_out: bool, lasting: bool) -> None:
        self.cause, self.sent = cause, sent
        self.timed_out, self.lasting = timed_out, lasting


class Call:
    """One request, the same bytes on every try, and what may be done with it."""

    url = ""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    authenticated = True
    success: tuple[str, ...] = ("2XX",)
    max_retries: int | None = None
    retry_ambiguous = False
    key: Secret | None = None
    deadline = math.inf
    attempt = 0

    def __init__(
        self,
        method: str,
        path: str,
        content: bytes,
        find_secrets: Callable[[bytes], list[str]],
    ) -> None:
        self.method, self.path, self.content = method, path, content
        self.name = f"{method} {path}"
        self.find_secrets = find_secrets

    def secrets(self) -> list[str]:
        """What must be masked in anything that the service says."""
        own = [self.key.reveal()] if self.key else []
        return own + self.find_secrets(self.content)


class Policy:
    """How often and how long a call is tried. Clock and chance are attributes, to be replaced by what is predictable."""

    def __init__(self, max_retries: int, total_timeout: float) -> None:
        self.max_retries, self.total_timeout = max_retries, total_timeout
        self.monotonic, self.now = time.monotonic, time.time
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
            if isinstance(error, Answer):
                return error
            pause = self.pause(call, outcome, error)
            late = pause is None or self.monotonic() + pause >= call.deadline
            if late or call.attempt > most:
                return _final(call, error, ambiguous)
            ambiguous = ambiguous or error.may_have_been_applied
            yield pause

    def judge(
        self, call: Call, outcome: Answer | Failure
    ) -> Answer | errors.EnkryptError:
        """The documented success, or the error that an outcome is."""
        look = "The change may have been applied: look before repeating."
        if isinstance(outcome, Answer):
            if not matches(outcome.status, call.success):
                return self.status_error(call, outcome)
            if not outcome.broken:
                return outcome
            if not outcome.timed_out:
                return decode_error(call, outcome, outcome.broken)
            cause, sent = outcome.broken, True
        else:
            cause, sent = outcome.cause, outcome.sent
        if not sent:
            return errors.APIConnectionError(
                f"{call.name}: the service was not reached ({cause}). Nothing was changed; it is safe to repeat."
            )
        if outcome.timed_out:
            told = f"{call.name}: no whole answer came in time ({cause}). {look}"
            return errors.APITimeoutError(told)
        told = f"{call.name}: the answer was lost ({cause}). {look}"
        return errors.OutcomeUnknownError(told)

    def status_error(self, call: Call, answer: Answer) -> errors.APIStatusError:
        status = answer.status
        body = None if answer.broken else masked_body(answer.content, call.secrets())
        identifier = request_id(answer.headers, body, call.secrets)
        kind = errors.STATUS_ERRORS.get(status, errors.APIStatusError)
        if 500 <= status <= 599:
            kind = errors.InternalServerError
        named = f" (request id {identifier})" if identifier else ""
        told = f"{call.name}: the service answered {status}{named}."
        error = kind(f"{told} {_advice(status)}")
        error.status_code, error.body, error.request_id = status, body, identifier
        error.retry_after = retry_after(answer.headers, self.now)
        # A redirect or a client error is a refusal, but for two: the service gave up waiting, or saw the client give up.
        error.may_have_been_applied = not 300 <= status <= 499 or status in (408, 499)
        return error

    def pause(
        self, call: Call, outcome: Answer | Failure, error: errors.EnkryptError
    ) -> float | None:
        """Seconds to wait before the next try, or None where there must be none."""
        asked = None
        if isinstance(error, errors.APIStatusError):
            asked, status = error.retry_after, error.status_code
            harmless = status == 429 or (status == 503 and asked is not None)
            unclear = error.may_have_been_applied and status >= 400
        else:
            unclear = isinstance(error, errors.OutcomeUnknownError)
            harmless = isinstance(outcome, Failure) and not outcome.sent
            harmless = harmless and not outcome.lasting  # type: ignore[union-attr]
        if not harmless and not (unclear and call.retry_ambiguous):
            return None
        if asked is not None:
            return asked if asked <= LONGEST_RETRY_AFTER else None
        return self.random() * min(8.0, 0.5 * 2.0 ** (call.attempt - 1))


def _advice(status: int) -> str:
    """What to do about a status, in one sentence."""
    if not 300 <= status <= 499 or status in (408, 499):
        return "The change may have been applied: look before repeating."
    return _ADVICE.get(status, "Nothing was changed; `.body` holds what it says.")


def decode_error(call: Call, answer: Answer, fault: str) -> errors.ResponseDecodeError:
    """The error that a success with an unusable body is."""
    error = errors.ResponseDecodeError(
        f"{call.name}: the service answered {answer.status} with a body that can't be used: {fault}. The change was probably applied."
    )
    error.response = response(answer, None)
    error.request_id = request_id(answer.headers, None, call.secrets)
    error.attempts = call.attempt
    return error


def response(answer: Answer, parsed: Any) -> Any:
    """The answer as generated code has it. A status without a name stays a number."""
    from http import HTTPStatus

    from .types import Response

    named = answer.status in HTTPStatus._value2member_map_
    status: Any = HTTPStatus(answer.status) if named else answer.status
    return Response(
        status_code=status,
        content=answer.content,
        headers=answer.headers,
        parsed=parsed,
    )


def _final(
    call: Call, error: errors.EnkryptError, ambiguous: bool
) -> errors.EnkryptError:
    """The error of the last try, in the light of those before."""
    refused = errors.APIConnectionError, errors.NotFoundError, errors.ConflictError
    if ambiguous and isinstance(error, refused):
        # An earlier try may have renamed or changed the model: this is no proof that nothing happened.
        told = f"{error} An earlier try may have been applied: look before repeating."
        identifier, error = error.request_id, errors.OutcomeUnknownError(told)
        error.request_id = identifier
    error.may_have_been_applied = error.may_have_been_applied or ambiguous
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
    if value:
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
        # Written anew, so that every string stands there in a form that is looked for.
        parsed = json.loads(text)
        if is_deep(text, parsed):
            return masked(text, secrets)
        canonical = json.dumps(parsed, ensure_ascii=False)
        return json.loads(masked(canonical, secrets))
    except (ValueError, RecursionError):
        return masked(text, secrets) or None


def masked(text: str, secrets: list[str]) -> str:
    """Text without the secrets, plain or escaped as in JSON, twice over, or as in HTML and URLs."""
    from html import escape
    from urllib.parse import quote

    forms: set[str] = set()
    for secret in secrets:
        found = {secret}
        for _ in range(2):
            for form in list(found):
                found |= {json.dumps(form, ensure_ascii=a)[1:-1] for a in (True, False)}
        forms |= found | {escape(secret), quote(secret, "", errors="replace")}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def request_id(
    headers: Mapping[str, str], body: Any, secrets: Callable[[], list[str]]
) -> str | None:
    """The service's name for the request: a header, else the body's field `request_id`."""
    found = next(filter(None, map(headers.get, _REQUEST_IDS)), None)
    if not found and isinstance(body, dict):
        found = body.get("request_id")
    if not isinstance(found, str) or not found:
        return None
    return "".join(c for c in masked(found, secrets()) if c.isprintable())[:200]
