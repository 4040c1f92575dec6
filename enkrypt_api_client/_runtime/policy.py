"""Decides what an attempt means: accept the response, try again, or fail. No input, no output, nothing is changed."""

from __future__ import annotations

import enum
import random
import re
import time
from typing import TypeAlias, TypeVar

from .. import exceptions as errors
from . import redact, service_words, values
from .attempt import Sent
from .importing import IMPORTING
from .response import Headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Final

    from .attempt import Attempt, Failure
    from .redact import Secrets
    from .request import Request
    from .response import Response
    from .service_words import Fault

T = TypeVar("T")
# Seconds; a service that asks for a longer pause is not tried again.
LONGEST_RETRY_AFTER = 60.0
# Seconds, a year: a message does not advise to wait for longer. A service may send any number of digits.
_LONGEST_ADVICE = 365 * 24 * 3600.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0
_MOST_DOUBLINGS = 10  # of the first pause, after which it is longer than the longest
# Bytes of an unusable body that say whether it is text, and characters of it that a message shows.
_MOST_LOOKED_AT = 2000
_LONGEST_BEGINNING = 80
# What is added at random to a pause that the service asks for, so that not all clients come back at once.
_JITTER = 0.1
_LONGEST_JITTER = 1.0
# Statuses of gateways that got no answer. They are retried for operations that only read (`_may_repeat`); those that are retried for
# every operation, such as 429, are in `Policy._repeat_after_status`.
_GATEWAY_STATUSES = (502, 503, 504)
# Redirects that ask for the request again, or say that nothing happened (RFC 9110, section 15.4).
_REFUSING_REDIRECTS = (304, 307, 308)
# What to do about a status, where nothing was changed. `Policy._advice` has what also depends on the request or the response.
_ADVICE = {
    401: "Check the API key: api_key=, or the environment variable ENKRYPTAI_API_KEY, else ENKRYPT_API_KEY.",
    403: "The API key may not do this.",
    429: "Send less, or later.",
}
# A page of HTML and the like may not be the service's.
_ADVICE_ON_UNKNOWN_403 = "The API key may not do this, or something between here and the service refuses, such as a proxy or a firewall."
# What a proxy or another web server answers with.
_MEDIA_TYPES_OF_PAGES = ("text/html", "application/xhtml+xml")
_REMARK_ON_PAGES = " The answer is a web page, which may come from a proxy or a gateway rather than from the service."
# Refusals whose answer often holds more than one sentence, such as the fields that are wrong.
_DETAILED_STATUSES = (400, 409, 422)
# How many of these fields a message names.
_MOST_FAULTS = 3
_MAY_HAVE_BEEN_APPLIED = (
    "The change may have been applied: check before you repeat the call."
)
_EARLIER_MAY_HAVE_BEEN_APPLIED = (
    "An earlier attempt may have been applied: check before you repeat the call."
)


class Accept:
    """The response is the documented success.

    Args:
        response: What came.
        attempts: How many attempts it took.
    """

    __slots__ = ("attempts", "response")

    def __init__(self, response: Response, attempts: int) -> None:
        self.response: Final = response
        self.attempts: Final = attempts


class Retry:
    """Send the request again.

    Args:
        after: Seconds to wait before.
    """

    __slots__ = __match_args__ = ("after",)

    def __init__(self, after: float) -> None:
        self.after: Final = after


class Renew:
    """Ask the caller for other credentials, and send the request again with them.

    Args:
        error: What to raise if there are none.
    """

    __slots__ = __match_args__ = ("error",)

    def __init__(self, error: errors.EnkryptError) -> None:
        self.error: Final = error


class Fail:
    """The call has failed.

    Args:
        error: What to raise.
    """

    __slots__ = __match_args__ = ("error",)

    def __init__(self, error: errors.EnkryptError) -> None:
        self.error: Final = error


Verdict: TypeAlias = Accept | Retry | Renew | Fail


class Repeat(enum.Enum):
    """Whether the policy repeats a request after an attempt."""

    ALWAYS = "always"
    IF_CALLER_ACCEPTS_DOUBT = "if the caller accepts doubt"
    NEVER = "never"


class Outcome:
    """How an attempt without the documented success ended.

    Args:
        error: The class of the error, should it be the last attempt.
        statement: What happened, as a sentence.
        repeat: Whether to try again.
        if_not_applied: What the message says after the statement where nothing can have been changed.
        if_applied: What it says where something may have been.
        report: What the response says, where that was needed for the statement.
    """

    __slots__ = (
        "error",
        "if_applied",
        "if_not_applied",
        "repeat",
        "report",
        "statement",
    )

    def __init__(
        self,
        error: type[errors.EnkryptError],
        statement: str,
        repeat: Repeat,
        if_not_applied: str = "Nothing was changed.",
        if_applied: str = _MAY_HAVE_BEEN_APPLIED,
        report: _StatusReport | None = None,
    ) -> None:
        self.error: Final = error
        self.statement: Final = statement
        self.repeat: Final = repeat
        self.if_not_applied: Final = if_not_applied
        self.if_applied: Final = if_applied
        self.report: Final = report


class Policy:
    """How often and how long a request is tried.

    Args:
        now: Returns the time of day, in seconds since 1970.
        random: Returns a number from 0 to 1.
    """

    __slots__ = ("now", "random")

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        random: Callable[[], float] = random.random,
    ) -> None:
        self.now: Final = now
        self.random: Final = random

    def judge(self, request: Request, attempts: Sequence[Attempt]) -> Verdict:
        """Return what to do after the last of the attempts.

        Args:
            request: What was sent.
            attempts: All of them, in order; the last has a response or a failure.
        """
        attempt = attempts[-1]
        outcome = self._assess(request, attempt)
        if outcome is None:
            assert attempt.response is not None
            return Accept(attempt.response, attempt.number)
        pause = self._pause(request, attempt, outcome)
        if pause is not None:
            return Retry(pause)
        error = self._error(request, attempts, outcome)
        if _asks_for_other_credentials(request, attempts):
            return Renew(error)
        return Fail(error)

    def _assess(self, request: Request, attempt: Attempt) -> Outcome | None:
        """Return how an attempt without the documented success ended; None for a success."""
        response = attempt.response
        if response is None:
            assert attempt.failure is not None
            return _without_response(request, attempt.failure, attempt.sent)
        if not request.operation.is_success(response.status_code):
            return self._refusal(request, response, attempt.failure)
        fault = content_fault(request, attempt)
        if attempt.failure is not None and attempt.failure.timed_out:
            return _lost(fault, timed_out=True)
        return unusable(request, response, fault) if fault else None

    def _refusal(
        self, request: Request, response: Response, failure: Failure | None
    ) -> Outcome:
        """Return the outcome of a status that is no documented success. Writes its message."""
        status = response.status_code
        report = _StatusReport(request, response, failure)
        statement = f"the service answered {status}"
        if request.subject and status in (404, 409):
            statement += f" for {request.subject}"
        if report.request_id:
            statement += f" (request id {report.request_id})"
        if report.words:
            statement += f': "{report.words}"'
        statement += "."
        redirect = _redirect(request, response)
        is_page = response.media_type in _MEDIA_TYPES_OF_PAGES
        if redirect:
            statement += redirect
        elif is_page and status != 403:  # the advice on 403 names proxies by itself
            statement += _REMARK_ON_PAGES
        kind = errors.STATUS_ERRORS.get(status, errors.APIStatusError)
        if 500 <= status <= 599:
            kind = errors.InternalServerError
        advice = self._advice(request, response, report)
        return Outcome(
            kind,
            statement,
            self._repeat_after_status(status, response.headers),
            f"Nothing was changed. {advice}".rstrip(),
            report=report,
        )

    def _advice(
        self, request: Request, response: Response, report: _StatusReport
    ) -> str:
        """Return what to do about a refusal, where nothing was changed; "" where nothing is known."""
        status = response.status_code
        if status == 404:
            return _advice_on_404(request)
        seconds = retry_after(response.headers, self.now)
        if status == 429 and seconds is not None and seconds <= _LONGEST_ADVICE:
            # Three digits, but no exponent.
            shown = f"{seconds:.3g}" if seconds < 100 else f"{seconds:.0f}"
            return f"Wait {shown} s (`.retry_after`), or send less."
        if status == 403 and not isinstance(report.body, dict | list):
            return f"{_ADVICE_ON_UNKNOWN_403}{_place_of_answer(report)}"
        if status in _DETAILED_STATUSES:
            return _place_of_answer(report).lstrip()
        return _ADVICE.get(status, "")

    def _repeat_after_status(self, status: int, headers: Mapping[str, str]) -> Repeat:
        """Return whether to repeat any request after a status. `_may_repeat` has what is repeated for operations that only read."""
        asks_for_pause = retry_after(headers, self.now) is not None
        if status == 429 or (status == 503 and asks_for_pause):
            return Repeat.ALWAYS
        if is_unclear(status) and status >= 400:
            return Repeat.IF_CALLER_ACCEPTS_DOUBT
        return Repeat.NEVER

    def _pause(
        self, request: Request, attempt: Attempt, outcome: Outcome
    ) -> float | None:
        """Return the seconds to wait before the next attempt; None if there must not be one."""
        if attempt.number > request.options.max_retries or not request.repeatable:
            return None
        if not _may_repeat(request, attempt, outcome):
            return None
        pause = None
        if attempt.response is not None:
            pause = retry_after(attempt.response.headers, self.now)
        if pause is None:
            doublings = min(attempt.number - 1, _MOST_DOUBLINGS)
            longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**doublings)
            # At least half of it, so that not all attempts are over within a moment.
            pause = longest * (1 + self.random()) / 2
        elif pause > LONGEST_RETRY_AFTER:
            return None
        else:
            pause += self.random() * min(_LONGEST_JITTER, _JITTER * pause)
        deadline = attempt.deadline
        if deadline.clock() + pause >= deadline.ends_at:
            return None
        return pause

    def _error(
        self, request: Request, attempts: Sequence[Attempt], outcome: Outcome
    ) -> errors.EnkryptError:
        """Return the error after the last attempt, given those before it."""
        attempt = attempts[-1]
        earlier_unclear = any(map(_may_have_been_applied, attempts[:-1]))
        kind = outcome.error
        # Errors that say of this attempt that nothing was changed, and nothing of an earlier one.
        certain: tuple[type[errors.EnkryptError], ...] = (errors.APIConnectionError,)
        if not request.operation.is_safe:
            # An earlier attempt may have made the change, such as a rename: then the resource is not found, or in conflict.
            certain += (errors.NotFoundError, errors.ConflictError)
        if earlier_unclear and issubclass(kind, certain):
            kind = errors.OutcomeUnknownError
        error = make_error(
            kind,
            request,
            outcome,
            attempt.number,
            unclear=_may_have_been_applied(attempt),
            earlier_unclear=earlier_unclear,
        )
        response = attempt.response
        if response is None:
            return error
        report = outcome.report
        if report is None:
            report = _StatusReport(request, response, attempt.failure)
        error.request_id = report.request_id
        if isinstance(error, errors.APIStatusError):
            error.status_code = response.status_code
            error.body = report.body
            error.headers = report.headers
            error.retry_after = retry_after(response.headers, self.now)
        if isinstance(error, errors.ResponseDecodeError):
            error.response = _masked_response(response, report.headers)
        return error


def content_fault(request: Request, attempt: Attempt) -> str:
    """Return why the content of a success can't be used, of which "it" is the subject; "" if nothing is known."""
    response = attempt.response
    assert response is not None
    if attempt.failure is not None:
        return f"it ends early: {attempt.failure.cause}"
    if response.fault:
        return response.fault
    is_empty = not response.content and response.stream is None
    if is_empty and request.operation.needs_json(response.status_code):
        return "it is empty"
    return ""


class _StatusReport:
    """The facts of a response for an error, without secrets.

    Args:
        request: What was sent.
        response: What came.
        failure: Why that is incomplete, if it is.
    """

    __slots__ = ("body", "headers", "request_id", "shown_values", "words")

    def __init__(
        self, request: Request, response: Response, failure: Failure | None
    ) -> None:
        secrets = request.secrets
        body = None
        is_whole = failure is None and not response.fault
        if is_whole and not request.operation.is_success(response.status_code):
            body = redact.masked_body(response.lenient_text(), secrets)
        self.body: Final = body
        self.headers: Final = _masked_headers(response.headers, secrets)
        self.request_id: Final = service_words.masked_id(
            response.headers, body, secrets
        )
        words = service_words.quoted(body, secrets)
        shown_values = 1 if words else 0
        if response.status_code in _DETAILED_STATUSES:
            faults = service_words.faults_of(body)[:_MOST_FAULTS]
            if faults:
                words, shown_values = _with_faults(words, faults, secrets)
        self.words: Final = words
        # How many values of the body the words are.
        self.shown_values: Final = shown_values


def _with_faults(
    words: str, faults: Sequence[Fault], secrets: Secrets
) -> tuple[str, int]:
    """Return what the service says, with the faults that it lists, and how many values of its answer that shows."""
    quotes = []
    shown_values = 0
    for fault in faults:
        quote = service_words.quoted(f"{fault.place}: {fault.words}", secrets)
        quotes.append(quote)
        is_whole = not quote.endswith("...")
        if is_whole:
            shown_values += fault.values
    listed = "; ".join(quotes)
    # Without words of its own, an answer is quoted by its first fault.
    is_heading = words != service_words.quoted(faults[0].words, secrets)
    if words and is_heading:
        return f"{words}: {listed}", shown_values + 1
    return listed, shown_values


def make_error(
    kind: type[errors.EnkryptError],
    request: Request,
    outcome: Outcome,
    attempts: int,
    *,
    unclear: bool,
    earlier_unclear: bool = False,
) -> errors.EnkryptError:
    """Return an error whose text and flag say the same.

    Args:
        kind: Its class.
        request: What was sent.
        outcome: How the last attempt ended.
        attempts: How many there were.
        unclear: Whether the service may have acted on the last.
        earlier_unclear: Whether it may have acted on one before.
    """
    may_have_been_applied = unclear or earlier_unclear
    if request.operation.is_safe:
        may_have_been_applied = False
    if not may_have_been_applied:
        conclusion = outcome.if_not_applied
    elif unclear:
        conclusion = outcome.if_applied
    else:
        conclusion = _EARLIER_MAY_HAVE_BEEN_APPLIED
    error = kind(f"{request.name}: {outcome.statement} {conclusion}".rstrip())
    error.may_have_been_applied = may_have_been_applied
    error.attempts = attempts
    return error


def _count_of_values(body: object) -> int:
    """Return how many texts, numbers and the like JSON data has, its request id apart."""
    match body:
        case dict():
            values = [value for name, value in body.items() if name != "request_id"]
            return sum(map(_count_of_values, values))
        case list():
            return sum(map(_count_of_values, body))
        case _:
            return 1


def _place_of_answer(report: _StatusReport) -> str:
    """Return a sentence that says where the answer is, if it holds more than the words that the message shows; else ""."""
    if not report.words and report.body:
        return " The answer is in `.body`."
    if _count_of_values(report.body) > max(report.shown_values, 1):
        return " More of the service's answer is in `.body`."
    return ""


def _redirect(request: Request, response: Response) -> str:
    """Return a sentence that says where a redirect leads to; "" where there is none, or it says nothing."""
    location = response.headers.get("location")
    if location is None or not 300 <= response.status_code <= 399:
        return ""
    from urllib.parse import urljoin, urlsplit

    target = request.unauthenticated.target.partition("?")[0]
    try:
        parts = urlsplit(urljoin(f"{request.origin}{target}", location))
    except ValueError:
        return ""
    # Query, fragment and user information may be secrets.
    host = parts.netloc.rpartition("@")[2]
    place = service_words.quoted(
        f"{parts.scheme}://{host}{parts.path}", request.secrets
    )
    setting = _address_setting(request) or "base_url"
    return f' It redirects to "{place}". Redirects are not followed: correct {setting}.'


def _address_setting(request: Request) -> str:
    """Return which setting the service's address comes from, and the address; "" for the document's."""
    settings = request.settings
    if not settings.has_own_base_url:
        return ""
    return f"{settings.base_url_source}, which is {settings.base_url}"


def _advice_on_404(request: Request) -> str:
    """Return what may be wrong if the service does not find something."""
    suspects = "the names in the call" if request.subject else "the path"
    setting = _address_setting(request)
    if setting:
        suspects += f", and {setting}"
    return f"Check {suspects}."


def _without_response(request: Request, failure: Failure, sent: Sent) -> Outcome:
    """Return the outcome of an attempt without a response: unknown, unless nothing was sent."""
    if sent is not Sent.NOTHING:
        return _lost(failure.cause, failure.timed_out)
    statement = f"{failure.peer} was not reached: {failure.cause}."
    conclusion = "Nothing was sent; it is safe to repeat."
    if failure.refused or failure.lasting:
        # Repeating is safe, and fails again.
        conclusion = "Nothing was sent."
    setting = _address_setting(request)
    if failure.refused:
        statement = f"{failure.cause}."
    elif setting and not failure.timed_out and failure.peer.startswith("the service"):
        conclusion += f" Check {setting}."
    conclusion = f"{conclusion} {failure.advice}".rstrip()
    return Outcome(
        errors.APIConnectionError,
        statement,
        repeat=Repeat.NEVER if failure.lasting else Repeat.ALWAYS,
        if_not_applied=conclusion,
    )


def _lost(cause: str, timed_out: bool) -> Outcome:
    """Return the outcome of a request without a complete response."""
    kind: type[errors.EnkryptError] = errors.OutcomeUnknownError
    statement = "the answer was lost"
    if timed_out:
        kind = errors.APITimeoutError
        statement = "no complete answer came in time"
    return Outcome(
        kind,
        f"{statement} ({cause}).",
        repeat=Repeat.IF_CALLER_ACCEPTS_DOUBT,
    )


def unusable(request: Request, response: Response, fault: str) -> Outcome:
    """Return the outcome of a success whose content can't be used."""
    statement = (
        f"the service answered {response.status_code} with a body that can't be used: "
        f"{fault}.{_received(request, response)}"
    )
    conclusion = "The change was probably applied."
    if response.media_type in _MEDIA_TYPES_OF_PAGES:
        suspects = "the proxy"
        setting = _address_setting(request)
        if setting:
            suspects += f", or {setting}"
        statement += f" It may not be the service's answer: check {suspects}."
        conclusion = _MAY_HAVE_BEEN_APPLIED
    return Outcome(
        errors.ResponseDecodeError,
        statement,
        repeat=Repeat.NEVER,
        if_not_applied="",
        if_applied=conclusion,
    )


def _received(request: Request, response: Response) -> str:
    """Return a sentence that says of which media type the content is and how it begins; "" where neither is known."""
    secrets = request.secrets
    media_type = response.headers.get("content-type", "").partition(";")[0].strip()
    parts = []
    if media_type:
        parts.append(f"is {service_words.quoted(media_type, secrets)}")
    beginning = response.content[:_MOST_LOOKED_AT].decode("utf-8", "replace")
    # What is no text helps nobody, and U+FFFD stands for every byte of it.
    if beginning.strip() and "\N{REPLACEMENT CHARACTER}" not in beginning[:-1]:
        text = response.content.decode("utf-8", "replace")
        masked = secrets.mask_beginning(text, _MOST_LOOKED_AT)
        line = redact.one_line(masked, secrets)
        shown = line[:_LONGEST_BEGINNING]
        parts.append(f'begins "{shown}"')
    if not parts:
        return ""
    return f" It {' and '.join(parts)}."


def decode_error(request: Request, accepted: Accept, fault: str) -> errors.EnkryptError:
    """Return the error for an accepted response whose content turns out to be unusable."""
    response = accepted.response
    # Names of fields in it are the service's, which may echo secrets.
    outcome = unusable(request, response, request.secrets.mask(fault))
    error = make_error(outcome.error, request, outcome, accepted.attempts, unclear=True)
    assert isinstance(error, errors.ResponseDecodeError)
    headers = _masked_headers(response.headers, request.secrets)
    error.response = _masked_response(response, headers)
    error.request_id = service_words.masked_id(response.headers, None, request.secrets)
    return error


def lost_error(
    request: Request, accepted: Accept, failure: Failure
) -> errors.EnkryptError:
    """Return the error for a stream that breaks off."""
    outcome = _lost(failure.cause, failure.timed_out)
    return make_error(outcome.error, request, outcome, accepted.attempts, unclear=True)


def _masked_headers(headers: Headers, secrets: Secrets) -> Headers:
    """Return the same headers without the secrets that they echo."""
    raw = []
    for raw_name, raw_value in headers.raw:
        name = secrets.mask(raw_name.decode("latin-1"))
        value = secrets.mask(raw_value.decode("latin-1"))
        raw.append((name.encode("latin-1"), value.encode("latin-1")))
    return Headers(raw)


def _masked_response(response: Response, headers: Headers) -> values.Response[Any]:
    status = values.named_status(response.status_code)
    return values.Response(status, response.content, headers, None)


def public_response(response: Response, parsed: T) -> values.DetailedResponse[T]:
    """Return a response as users get it."""
    status = values.named_status(response.status_code)
    return values.DetailedResponse(status, response.content, response.headers, parsed)


def _may_repeat(request: Request, attempt: Attempt, outcome: Outcome) -> bool:
    """Whether another attempt makes sense and is safe. `Policy._pause` decides whether there is one left, and time for it."""
    if outcome.repeat is Repeat.ALWAYS:
        return True
    if outcome.repeat is Repeat.IF_CALLER_ACCEPTS_DOUBT and request.retry_ambiguous:
        return True
    if not request.operation.is_repeated:
        return False
    if attempt.response is None:
        # Where nothing was sent, the outcome has decided: a failure that is not repeated is one that lasts.
        return attempt.sent is not Sent.NOTHING
    is_lost = attempt.failure is not None
    return is_lost or attempt.response.status_code in _GATEWAY_STATUSES


def _asks_for_other_credentials(request: Request, attempts: Sequence[Attempt]) -> bool:
    """Whether the last attempt is the first that was refused for its credentials, and others can be had."""
    if not request.has_renewable_credentials or not request.repeatable:
        return False
    refused = [
        attempt
        for attempt in attempts
        if attempt.response is not None and attempt.response.status_code == 401
    ]
    return len(refused) == 1 and refused[0] is attempts[-1]


def _may_have_been_applied(attempt: Attempt) -> bool:
    """Whether the service may have acted on an attempt."""
    if attempt.response is None:
        return attempt.sent is not Sent.NOTHING
    return is_unclear(attempt.response.status_code)


def is_unclear(status: int) -> bool:
    """Whether the change may have been applied after a status.

    Only some say that nothing was: refusals, but that the service gave up waiting (408), or saw us give up (499), and redirects that
    ask for the same request elsewhere. 303 is the answer after the change, and frameworks send 301 and 302 for it.
    """
    if status in _REFUSING_REDIRECTS:
        return False
    return not 400 <= status <= 499 or status in (408, 499)


def retry_after(headers: Mapping[str, str], now: Callable[[], float]) -> float | None:
    """Return the seconds that the service asks to wait (RFC 9110, section 10.2.3; `retry-after-ms` is finer), or None."""
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _is_number(milliseconds):
        return float(milliseconds) / 1000
    value = headers.get("retry-after", "").strip()
    if _is_number(value):
        return float(value)
    if not value:
        return None

    def read(text: str) -> float | None:
        try:
            with IMPORTING:
                from email.utils import parsedate_to_datetime

            return parsedate_to_datetime(text).timestamp()
        except (ValueError, OverflowError, TypeError, IndexError):
            return None
        except OSError:  # for want of file descriptors, the module can't be read
            return None

    moment = read(value)
    if moment is None:
        return None
    # The clock that the service knows is its own.
    service_now = read(headers.get("date", ""))
    if service_now is None:
        service_now = now()
    return max(0.0, moment - service_now)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(\.[0-9]*)?", text) is not None
