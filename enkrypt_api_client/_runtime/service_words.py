"""What the service says about a failed call: its words, the faults that it lists, and its id of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .redact import NO_SECRETS, masked_body, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .redact import Secrets

# Characters of the service's own words in a message, and of its id of a request.
_LONGEST_QUOTE = 200
_MOST_LOOKED_AT = 100_000  # of these words, before invisible characters are left out
_LONGEST_ID = 200
_REQUEST_IDS = ("x-enkrypt-correlation-id", "x-request-id")
# Fields of an answer in which services say what is wrong, the best first.
_WORDS = ("message", "detail", "error_description", "error", "title", "errors")

# Fields in which services list faults, and in which an item of the list says where the fault is and what it is.
_LISTS = ("errors", "detail", "details")
_PLACES = ("path", "loc", "field", "pointer", "param")
_FAULTS = ("message", "msg", "detail")


def quoted(body: object, secrets: Secrets) -> str:
    """Return what the service says about an error in its own words, on one line; "" if it says nothing.

    Args:
        body: Parsed JSON, or text.
        secrets: What must not show.
    """
    words = body
    for _ in range(4):
        match words:
            case dict():
                words = _first_words(words)
            case [first, *_]:
                words = first
            case _:
                break
    if not isinstance(words, str):
        return ""
    # It may be very long. No more than its beginning is shown.
    words = words[:_MOST_LOOKED_AT]
    if words.lstrip().startswith("<"):
        title = re.search(r"(?is)<title>(.*?)</title>", words[:10_000])
        words = title[1] if title else ""
    line = one_line(words, secrets)
    if len(line) <= _LONGEST_QUOTE:
        return line
    return f"{line[: _LONGEST_QUOTE - 3]}..."


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a request that the service lists.

    Attributes:
        place: Where it is.
        words: What it is.
        values: How many values of the answer's JSON this shows.
    """

    place: str
    words: str
    values: int


def faults_of(body: object) -> list[Fault]:
    """Return the faults that an answer lists, such as FastAPI's `{"detail": [{"loc": ["body", "name"], "msg": ...}]}`."""
    if not isinstance(body, dict):
        return []
    for field in _LISTS:
        items = body.get(field)
        if isinstance(items, list):
            faults = [_fault_of(item) for item in items if isinstance(item, dict)]
            return [fault for fault in faults if fault is not None]
    return []


def _fault_of(item: dict[str, object]) -> Fault | None:
    """Return the fault that an item of a list describes; None if it does not say where or what."""
    words = next((item[name] for name in _FAULTS if item.get(name)), None)
    place = next((item[name] for name in _PLACES if item.get(name)), None)
    if not isinstance(words, str):
        return None
    if isinstance(place, str):
        return Fault(place, words, values=2)
    if isinstance(place, list):
        return Fault(".".join(map(str, place)), words, values=1 + len(place))
    return None


def _first_words(body: dict[str, object]) -> object:
    for field in _WORDS:
        if body.get(field):
            return body[field]
    return None


def masked_id(headers: Mapping[str, str], body: object, secrets: Secrets) -> str | None:
    """Return the service's id of the request: from a header, else the body's field `request_id`."""
    identifier: object = None
    for name in _REQUEST_IDS:
        identifier = identifier or headers.get(name)
    if not identifier and isinstance(body, dict):
        identifier = body.get("request_id")
    if not isinstance(identifier, str) or not identifier:
        return None
    return one_line(identifier, secrets)[:_LONGEST_ID]


def request_id(headers: Mapping[str, str], content: bytes) -> str | None:
    """Return the service's id of the request, of a response that is not parsed yet. Nothing is masked."""
    body: object = None
    if b'"request_id"' in content:
        body = masked_body(content.decode("utf-8", "replace"), NO_SECRETS)
    return masked_id(headers, body, NO_SECRETS)
