"""Decides what a call may do and what its outcome means, without input or output, for the sync and the async client."""

from __future__ import annotations

import random
import re
import time
from typing import TypeVar

from .. import exceptions as errors
from . import redact
from .response import Answer, Failure
from .values import Response, named_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .request import Call

LONGEST_RETRY_AFTER = 60.0
_ADVICE = {
    401: "Check the API key: api_key= or the environment variable ENKRYPTAI_API_KEY.",
    403: "The API key may not do this.",
    404: "Check the names in the call.",
    429: "Send less, or later (`.retry_after`).",
}
_LOOK = "The change may have been applied: check before you repeat the call."


class Policy:
    """How often and how long a call is tried. Clock and random numbers are attributes, so that tests can replace them."""

    def __init__(self) -> None:
        self.monotonic, self.now = time.monotonic, time.time
        self.random = random.random

    def judge(
        self, call: Call, outcome: Answer | Failure
    ) -> Answer | errors.EnkryptError | float:
        """The answer, the error to raise, or the seconds to wait before the next attempt."""
        error = self.classify(call, outcome)
        if isinstance(error, Answer):
            return error
        pause = self.pause(call, outcome, error)
        last = call.attempt > call.options.max_retries or not call.repeatable
        if last or pause is None or self.monotonic() + pause >= call.deadline:
            return _final(call, error)
        call.ambiguous = call.ambiguous or error.may_have_been_applied
        return pause

    def classify(
        self, call: Call, outcome: Answer | Failure
    ) -> Answer | errors.EnkryptError:
        """The documented success, or the error for any other outcome."""
        if isinstance(outcome, Answer):
            if not matches(outcome.status_code, call.success):
                return self.status_error(call, outcome)
            empty = not (outcome.broken or outcome.content or outcome.rest)
            if empty and call.needs_content and call.needs_content(outcome.status_code):
                outcome.broken = "it is empty"
            if not outcome.broken:
                return outcome
            if not outcome.timed_out:
                return decode_error(call, outcome, outcome.broken)
            return lost(call, outcome.broken, timed_out=True)
        if outcome.sent:
            return lost(call, outcome.cause, outcome.timed_out)
        told = f"{call.peer} was not reached: {outcome.cause}."
        advice = "Nothing was sent; it is safe to repeat."
        return _error(errors.APIConnectionError, call, told, advice, may=False)

    def status_error(self, call: Call, answer: Answer) -> errors.APIStatusError:
        status, secrets = answer.status_code, call.secrets()
        body = None if answer.broken else redact.masked_body(answer.content, secrets)
        identifier = redact.masked_id(answer.headers, body, secrets)
        kind = errors.STATUS_ERRORS.get(status, errors.APIStatusError)
        if 500 <= status <= 599:
            kind = errors.InternalServerError
        may, words = is_unclear(status), redact.quoted(body)
        about = f" for {call.subject}" if call.subject and status == 404 else ""
        named = f" (request id {identifier})" if identifier else ""
        said = f': "{words}"' if words else ""
        advice = f"Nothing was changed. {_ADVICE.get(status, '')}".rstrip()
        error = _error(
            kind,
            call,
            f"the service answered {status}{about}{named}{said}.",
            _LOOK if may and not call.safe else advice,
            may,
        )
        error.status_code, error.body, error.request_id = status, body, identifier
        error.retry_after = retry_after(answer.headers, self.now)
        return error

    def pause(
        self, call: Call, outcome: Answer | Failure, error: errors.EnkryptError
    ) -> float | None:
        """Seconds to wait before the next attempt; None if there must not be one."""
        asked = None
        if isinstance(error, errors.APIStatusError):
            asked, status = error.retry_after, error.status_code
            harmless = status == 429 or (status == 503 and asked is not None)
            unclear = is_unclear(status) and status >= 400
        else:
            unclear = isinstance(error, errors.OutcomeUnknownError)
            harmless = not (unclear or isinstance(outcome, Answer) or outcome.lasting)
        if not harmless and not (unclear and call.retry_ambiguous):
            return None
        if asked is not None:
            return asked if asked <= LONGEST_RETRY_AFTER else None
        return self.random() * min(8.0, 0.5 * 2.0 ** (call.attempt - 1))


E = TypeVar("E", bound=errors.EnkryptError)


def _error(kind: type[E], call: Call, said: str, advice: str, may: bool = True) -> E:
    """An error of a call, which may have changed something if it is not one that only reads."""
    error = kind(f"{call.name}: {said} {advice}".rstrip())
    error.may_have_been_applied = may and not call.safe
    error.attempts = call.attempt
    return error


def lost(call: Call, cause: str, timed_out: bool) -> errors.OutcomeUnknownError:
    """The error for a request without a complete answer."""
    kind = errors.APITimeoutError if timed_out else errors.OutcomeUnknownError
    message = "no complete answer came in time" if timed_out else "the answer was lost"
    advice = "Nothing was changed." if call.safe else _LOOK
    return _error(kind, call, f"{message} ({cause}).", advice)


def decode_error(call: Call, answer: Answer, fault: str) -> errors.ResponseDecodeError:
    """The error for a success with an unusable body."""
    told = f"the service answered {answer.status_code} with a body that can't be used: {fault}."
    advice = "" if call.safe else "The change was probably applied."
    error = _error(errors.ResponseDecodeError, call, told, advice)
    error.response = response(answer, None)
    error.request_id = redact.masked_id(answer.headers, None, call.secrets())
    return error


def response(answer: Answer, parsed: Any) -> Any:
    """The answer as generated code has it."""
    status = named_status(answer.status_code)
    return Response(status, answer.content, answer.headers, parsed)


def _final(call: Call, error: errors.EnkryptError) -> errors.EnkryptError:
    """The error of the last attempt, given those before it."""
    refused = errors.APIConnectionError, errors.NotFoundError, errors.ConflictError
    if call.ambiguous and isinstance(error, refused):
        # An earlier attempt may have renamed or changed the model: this is no proof that nothing happened.
        identifier, message = error.request_id, f"{error} An earlier attempt may"
        error = errors.OutcomeUnknownError(
            f"{message} have been applied: check before you repeat the call."
        )
        error.request_id, error.attempts = identifier, call.attempt
    error.may_have_been_applied = error.may_have_been_applied or call.ambiguous
    return error


def is_unclear(status: int) -> bool:
    """Whether the change may have been applied. Of refusals only two leave that open: the service gave up waiting, or saw us give up."""
    return not 300 <= status <= 499 or status in (408, 499)


def matches(status: int, documented: tuple[str, ...]) -> bool:
    """Whether a status is among those of the document, such as 200, 2XX or default."""
    known = str(status) in documented or f"{status // 100}XX" in documented
    return known or ("default" in documented and 200 <= status <= 299)


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
