"""Decides what a call may do and what its outcome means, without input or output, for the sync and the async client."""

from __future__ import annotations

import json
import math
import random
import re
import time
import zlib
from collections.abc import MutableMapping
from typing import NamedTuple, TypeVar

from . import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from ._settings import Options

DEEPEST = 200  # levels of nested JSON that everything which reads it can bear
LARGEST_BODY = 8 * 1024 * 1024
LONGEST_RETRY_AFTER = 60.0
LONGEST_QUOTE = 200  # characters of the service's own words in a message
_ADVICE = {
    401: "Check the API key: api_key= or the environment variable ENKRYPTAI_API_KEY.",
    403: "The API key may not do this.",
    404: "Check the names in the call.",
    429: "Send less, or later (`.retry_after`).",
}
_LOOK = "The change may have been applied: check before you repeat the call."
_REQUEST_IDS = "x-enkrypt-correlation-id", "x-request-id"
_WORDS = "message", "detail", "error_description", "error", "title", "errors"


class Headers(MutableMapping[str, str]):
    """Headers of an answer: any case finds them, those sent more than once are joined by commas."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.raw, self._values = list(raw), dict[str, str]()
        for key, value in self.raw:
            name, text = key.decode("latin-1").lower(), value.decode("latin-1")
            known = self._values.get(name)
            self._values[name] = text if known is None else f"{known}, {text}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        self._values[name.lower()] = value

    def __delitem__(self, name: str) -> None:
        del self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({list(self._values)})"


class UnusableBody(Exception):
    """Why the content of an answer is not what the document says."""


class NoContent(Exception):
    """An answer that by its status has no content, whatever the document says."""


class Answer:
    """An answer of the service, whole or not; what generated code takes for a response of httpx."""

    broken = ""  # why the content is not what the service meant to send
    timed_out = False
    content = b""
    rest: Any = None  # of a stream: what is yet to come

    def __init__(
        self, status: int, headers: Headers, read: Callable[[Answer], Any] | None = None
    ) -> None:
        self.status_code, self.headers, self._read = status, headers, read

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return self._read(self) if self._read else json.loads(self.content)


class Failure(NamedTuple):
    """An attempt without an answer."""

    cause: str
    sent: bool  # False only if the service can't have acted
    timed_out: bool
    lasting: bool  # it would happen again


class Call:
    """One request, the same bytes on every attempt, and what may be done with it."""

    origin = ""  # scheme, host and port
    target = b""  # path and query
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content: Any = b""  # bytes, or an iterable that starts again each time
    repeatable = True  # False where the content can be read only once
    success: tuple[str, ...] = ("2XX",)
    streaming = False
    retry_ambiguous = False
    subject = ""  # what it is about, for the message of a 404
    read: Callable[[Answer], Any] | None = None
    needs_content: Callable[[int], bool] | None = None  # of a success
    secrets: Callable[[], list[str]]  # what is masked where the service repeats it
    deadline = math.inf
    gap = 0.0  # seconds between two pieces of a stream; 0 before the first
    attempt = 0
    ambiguous = False  # whether an earlier attempt may have been applied
    sent = False  # whether the present attempt has begun to send
    peer = "the service"
    proxy = "the proxy's address"  # or the variable that holds it
    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self, method: str, path: str, options: Options) -> None:
        self.method, self.name, self.options = method, f"{method} {path}", options
        self.safe = method in ("GET", "HEAD", "OPTIONS", "TRACE")

    def left(self, limit: float | None) -> float:
        """Seconds that something may take: its own limit, and not beyond the deadline."""
        left = self.deadline - self.clock()
        if left <= 0:
            raise TimeoutError
        return left if limit is None or left < limit else limit


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
        body = None if answer.broken else masked_body(answer.content, secrets)
        identifier = masked_id(answer.headers, body, secrets)
        kind = errors.STATUS_ERRORS.get(status, errors.APIStatusError)
        if 500 <= status <= 599:
            kind = errors.InternalServerError
        may, words = is_unclear(status), quoted(body)
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
    error.request_id = masked_id(answer.headers, None, call.secrets())
    return error


def response(answer: Answer, parsed: Any) -> Any:
    """The answer as generated code has it."""
    from .types import Response, named_status

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


def masked_body(content: bytes, secrets: list[str]) -> Any:
    """Parsed JSON, else text, without the secrets; None where there is no content."""
    text = content.decode("utf-8", "replace")
    try:
        # Written again, so that every string has a form that is searched for.
        parsed = json.loads(text)
        if is_deep(text, parsed):
            return masked(text, secrets)
        canonical = json.dumps(parsed, ensure_ascii=False)
        return json.loads(masked(canonical, secrets))
    except (ValueError, RecursionError):
        return masked(text, secrets) or None


def masked(text: str, secrets: list[str]) -> str:
    """Text without the secrets, plain or escaped as in JSON, also as JSON within a string of JSON."""
    forms = {*secrets}
    for _ in range(2):
        forms |= {
            json.dumps(f, ensure_ascii=a)[1:-1] for f in forms for a in (True, False)
        }
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def quoted(body: Any) -> str:
    """What the service says about an error in its own words, on one line."""
    words: Any = body
    for _ in range(4):
        if isinstance(words, dict):
            words = next((words[f] for f in _WORDS if words.get(f)), None)
        elif isinstance(words, list):
            words = words[0] if words else None
    if not isinstance(words, str):
        return ""
    if words.lstrip().startswith("<"):
        title = re.search(r"(?is)<title>(.*?)</title>", words[:10_000])
        words = title[1] if title else ""
    line = "".join(c for c in " ".join(words[:2000].split()) if c.isprintable())
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 3]}..."


def masked_id(headers: Mapping[str, str], body: Any, secrets: list[str]) -> str | None:
    """The service's id of the request: from a header, else the body's field `request_id`."""
    found = next(filter(None, map(headers.get, _REQUEST_IDS)), None)
    if not found and isinstance(body, dict):
        found = body.get("request_id")
    if not isinstance(found, str) or not found:
        return None
    return "".join(c for c in masked(found, secrets) if c.isprintable())[:200]


def request_id(headers: Mapping[str, str], content: bytes) -> str | None:
    """The same of an answer that is not parsed yet."""
    has_field = b'"request_id"' in content
    return masked_id(headers, masked_body(content, []) if has_field else None, [])


def is_deep(text: str, value: Any) -> bool:
    """Whether parsed JSON is nested deeper than what reads it further can bear, whatever the interpreter's own limit."""
    if text.count("{") + text.count("[") <= DEEPEST:
        return False
    level = [value]
    for _ in range(DEEPEST + 1):
        held = [item for item in level if isinstance(item, dict | list)]
        level = [x for v in held for x in (v.values() if isinstance(v, dict) else v)]
    return bool(level)


class Inflater:
    """Collects the body of an answer up to the size cap, decompressed."""

    def __init__(self, answer: Answer, decoded: bool = False) -> None:
        self.answer = answer
        self.parts: list[bytes] = []
        self.room = LARGEST_BODY
        self.zlib, self.started = None, False
        coding = answer.headers.get("content-encoding", "").strip().lower()
        if coding in ("gzip", "x-gzip", "deflate") and not decoded:
            self.zlib = zlib.decompressobj(47)  # either header, found by itself
        elif coding not in ("", "identity") and not decoded:
            answer.broken = "its content encoding was not asked for"

    def add(self, chunk: bytes) -> bool:
        """Whether more is wanted."""
        if self.zlib is not None and chunk:
            self.started, ended = True, self.zlib.eof
            try:
                chunk = self.zlib.decompress(chunk, self.room + 1)
            except zlib.error:
                ended = True
            if ended or self.zlib.unused_data:
                self.answer.broken = "its compressed data is damaged"
        self.room -= len(chunk)
        if self.room < 0:
            self.answer.broken = f"it is larger than {LARGEST_BODY} bytes"
        self.parts.append(chunk)
        return not self.answer.broken

    def finish(self, failure: Failure | None = None) -> Answer:
        if failure is not None:
            self.answer.broken = f"it ends early: {failure.cause}"
            self.answer.timed_out = failure.timed_out
        elif self.zlib and self.started and not self.zlib.eof:
            self.answer.broken = self.answer.broken or "its compressed data ends early"
        self.answer.content = b"".join(self.parts)[:LARGEST_BODY]
        return self.answer
