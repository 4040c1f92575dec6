"""The logger `enkrypt_api_client`: one record for each attempt, and what `ENKRYPTAI_LOG` switches on.

Records never hold a credential or a secret of a model: headers are listed by name, and bodies are masked.
"""

from __future__ import annotations

import logging
import os

from .. import exceptions as errors
from . import redact, service_words
from .policy import Accept, Renew, Retry, content_fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attempt import Attempt
    from .policy import Verdict
    from .request import Request
    from .response import Response

LOGGER = logging.getLogger("enkrypt_api_client")
# Without a handler of its own, warnings of an application that configures no logging would go to stderr.
LOGGER.addHandler(logging.NullHandler())
VARIABLE = "ENKRYPTAI_LOG"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO}
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Characters of a body in a record.
_LONGEST_BODY = 4000
# Bytes of a body that is shown at all: of a larger upload, what is masked is not known whole.
_LARGEST_SHOWN = 64 * 1024


class _EnvironmentHandler(logging.StreamHandler):  # type: ignore[type-arg]  # generic for type checkers alone
    """Writes to stderr what no handler of the application gets. Its class tells it from those."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, unless the application has configured logging, now or meanwhile: it would show each record twice."""
        if not _application_has_handler():
            super().emit(record)


def _application_has_handler() -> bool:
    for handler in LOGGER.handlers:
        if not isinstance(handler, logging.NullHandler | _EnvironmentHandler):
            return True
    return LOGGER.propagate and bool(logging.getLogger().handlers)


def level_from_environment() -> int | None:
    """Return the level that `ENKRYPTAI_LOG` asks for; None if it asks for none.

    Raises:
        ConfigurationError: The variable is neither `info` nor `debug`.
    """
    value = os.environ.get(VARIABLE, "").strip().lower()
    if not value:
        return None
    if value not in _LEVELS:
        raise errors.ConfigurationError(
            f"the environment variable {VARIABLE} must be info or debug"
        )
    return _LEVELS[value]


def configure_from_environment() -> None:
    """Write the records of this package to stderr if `ENKRYPTAI_LOG` is `info` or `debug`.

    Raises:
        ConfigurationError: The variable has another value.
    """
    level = level_from_environment()
    if level is None:
        return
    LOGGER.setLevel(level)
    for handler in LOGGER.handlers:
        if isinstance(handler, _EnvironmentHandler):
            return
    handler = _EnvironmentHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    LOGGER.addHandler(handler)


def log_request(request: Request, attempt: Attempt) -> None:
    """Log what is about to be sent, at level DEBUG."""
    if not LOGGER.isEnabledFor(logging.DEBUG):
        return
    content = "content that is read while it is sent"
    if isinstance(request.content, bytes):
        content = _masked_text(request.content, request)
    names = ", ".join(name.decode("latin-1") for name, _ in request.headers)
    LOGGER.debug(
        "sending %s, attempt %d: headers %s; body: %s",
        request.name,
        attempt.number,
        names,
        content,
        extra=_fields(request, attempt.number, None),
    )


def log_attempt(
    request: Request, attempt: Attempt, seconds: float, verdict: Verdict | None
) -> None:
    """Log how an attempt ended: at level INFO if it is the success, else at WARNING.

    Args:
        request: What was sent.
        attempt: How it ended.
        seconds: How long it took.
        verdict: What the policy has decided; None where it is not asked, because an exception ends the call.
    """
    level = logging.INFO if isinstance(verdict, Accept) else logging.WARNING
    if not LOGGER.isEnabledFor(level):
        return
    fields = _fields(request, attempt.number, attempt.response)
    fields["seconds"] = seconds
    request_id = fields["request_id"]
    remarks = []
    if request.subject:
        remarks.append(request.subject)
    if isinstance(verdict, Retry):
        fields["retry_after"] = verdict.after
        remarks.append(f"trying again in {verdict.after:.3g} s")
    elif isinstance(verdict, Renew):
        remarks.append("asking for another key")
    LOGGER.log(
        level,
        "%s: %s, attempt %d, %.3f s%s%s",
        request.name,
        _result(request, attempt),
        attempt.number,
        seconds,
        f", request id {request_id}" if request_id else "",
        f" ({'; '.join(remarks)})" if remarks else "",
        extra=fields,
    )
    response = attempt.response
    if response is not None and LOGGER.isEnabledFor(logging.DEBUG):
        LOGGER.debug(
            "received for %s, attempt %d: headers %s; body: %s",
            request.name,
            attempt.number,
            request.secrets.mask(", ".join(response.headers)),
            _masked_text(response.content, request),
            extra=_fields(request, attempt.number, response),
        )


def log_unusable(request: Request, accepted: Accept, fault: str) -> None:
    """Log that the content of an accepted response can't be used after all, at level WARNING.

    Args:
        request: What was sent.
        accepted: The response, of which `log_attempt` has told as a success.
        fault: Why its content can't be used. Names of fields in it are the service's, and are masked.
    """
    if not LOGGER.isEnabledFor(logging.WARNING):
        return
    LOGGER.warning(
        "%s: %d, attempt %d, with a body that can't be used: %s",
        request.name,
        accepted.response.status_code,
        accepted.attempts,
        request.secrets.mask(fault),
        extra=_fields(request, accepted.attempts, accepted.response),
    )


def _result(request: Request, attempt: Attempt) -> str:
    """Return the status of an attempt, and why there is no usable answer if there is none."""
    response = attempt.response
    if response is None:
        assert attempt.failure is not None
        return f"no answer: {attempt.failure.cause}"
    status = response.status_code
    if not request.operation.is_success(status):
        return str(status)
    fault = content_fault(request, attempt)
    if not fault:
        return str(status)
    return f"{status} with a body that can't be used: {fault}"


def _fields(
    request: Request, attempt_number: int, response: Response | None
) -> dict[str, object]:
    """Return the attributes of a record, for handlers that write structured logs. Every record has the same; the README names them."""
    status = None
    request_id = None
    if response is not None:
        status = response.status_code
        request_id = service_words.masked_id(response.headers, None, request.secrets)
    return {
        "http_method": request.method,
        "http_path": request.operation.path,
        "http_status": status,
        "attempt": attempt_number,
        "seconds": None,
        "request_id": request_id,
        "addressed": request.subject,
        "retry_after": None,
    }


def _masked_text(content: bytes, request: Request) -> str:
    if not content:
        return "none"
    if len(content) > _LARGEST_SHOWN:
        return f"{len(content)} bytes"
    text = content.decode("utf-8", "backslashreplace")
    text = redact.visible(request.secrets.mask_cut(text))
    if len(text) > _LONGEST_BODY:
        return f"{text[:_LONGEST_BODY]}... ({len(content)} bytes)"
    return text
