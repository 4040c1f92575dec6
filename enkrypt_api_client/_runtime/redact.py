"""Takes secrets out of text, makes text fit to be shown, quotes what the service says, and finds its id of a request."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass

from .text_search import TextSearch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# Levels of nested JSON that everything which reads it can bear.
DEEPEST = 200
# Characters of the service's own words in a message, and of its id of a request.
_LONGEST_QUOTE = 200
_LONGEST_ID = 200
# A shorter secret would mask ordinary text; one that is shorter than the second is masked as a whole word only.
SHORTEST_SECRET = 4
_SHORTEST_PART = 8
_MASK = "***"
_REQUEST_IDS = ("x-enkrypt-correlation-id", "x-request-id")
# Fields of an answer in which services say what is wrong, the best first.
_WORDS = ("message", "detail", "error_description", "error", "title", "errors")

# Fields in which services list faults, and in which an item of the list says where the fault is and what it is.
_LISTS = ("errors", "detail", "details")
_PLACES = ("path", "loc", "field", "pointer", "param")
_FAULTS = ("message", "msg", "detail")

# What is not seen: control and format characters, fillers, variation selectors, combining marks, private use, halves of surrogate pairs,
# replacements for bytes that are no text; and such characters as JSON escapes them.
_INVISIBLE_CLASS = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u20d0-\u20f0\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
_ESCAPED_INVISIBLE = (
    r"\\{1,4}u(?:00[018][0-9a-f]|007f|00ad|03[0-6][0-9a-f]|061c|180[b-f]|200[b-f]"
    r"|202[89a-e]|206[0-9a-f]|fe0[0-9a-f]|feff|fffd)"
)
# Parts of a secret text, such as a command or a payload, that are secrets of their own: what stands behind the name of an authentication
# scheme or of a password, and what looks like a token.
_BEHIND_SCHEME = (
    r"\b(?:bearer|basic|token|digest|negotiate|apikey|key)\s{1,4}([^\s\"'`,;]{4,})"
)
_BEHIND_NAME = r"(?:pass\w{0,12}|pwd|secret|token|key)[\"']?\s{0,4}[=:]\s{0,4}[\"']?([^\s\"'`,;]{4,})"
_PIECE = r"[^\s\"'`,;:=(){}\[\]<>|]{8,}"


@functools.cache
def _invisible() -> re.Pattern[str]:
    """Return the pattern of what is not seen. Compiled when it is first used: most calls mask nothing."""
    return re.compile(f"[{_INVISIBLE_CLASS}]+|{_ESCAPED_INVISIBLE}", re.IGNORECASE)


# Characters. Longer texts are files and prompts, which services repeat as they are, in JSON or in Base64: their other forms, and what looks
# like a token in them, would take many times their memory.
_LONGEST_IN_ALL_FORMS = 64 * 1024
# To look for a longer text would take longer than a call may.
_LONGEST_SECRET = 1024 * 1024


class Secrets:
    """The texts that no message may show, collected when they are first needed. Its `repr` shows none.

    Args:
        sources: Functions that return some of them.
    """

    def __init__(self, *sources: Callable[[], Iterable[str]]) -> None:
        self._sources = sources
        self._collected: frozenset[str] | None = None
        self._search: TextSearch | None = None

    def _forms(self) -> frozenset[str]:
        """Return all forms of all secrets."""
        # Not a `cached_property`: until Python 3.12 it has a lock, which a fork can leave locked in the child.
        if self._collected is None:
            self._collected = self._collect()
        return self._collected

    def _collect(self) -> frozenset[str]:
        texts: set[str] = set()
        for source in self._sources:
            for text in source():
                if len(text) > _LONGEST_SECRET:
                    continue
                texts.add(text)
                texts.update(parts_of_secret(text))
        forms: set[str] = set()
        for text in texts:
            visible_text = _invisible().sub("", text)
            if len(visible_text) >= SHORTEST_SECRET:
                forms |= _forms_of(visible_text)
        return frozenset(forms)

    def mask(self, text: str) -> str:
        """Return a text without the secrets, in whatever form, also where invisible characters stand between theirs."""
        if not self._forms():
            return text
        clean, positions = _without_invisible(text)
        spans = sorted(self._spans(clean))
        if not spans:
            return text
        pieces = []
        end = 0
        for start, stop in spans:
            first = positions[start] if positions else start
            last = positions[stop - 1] if positions else stop - 1
            if first >= end:
                pieces += [text[end:first], _MASK]
            end = max(end, last + 1)
        pieces.append(text[end:])
        return "".join(pieces)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where secrets stand."""
        if self._search is None:
            self._search = TextSearch(self._forms())
        for start, stop in self._search.spans(text):
            if stop - start >= _SHORTEST_PART or _is_word(text, start, stop):
                yield start, stop

    def mask_json(self, value: object) -> object:
        """Return JSON data without the secrets in its strings, names and numbers."""
        match value:
            case str():
                return self.mask(value)
            case dict():
                return {self.mask(k): self.mask_json(item) for k, item in value.items()}
            case list():
                return [self.mask_json(item) for item in value]
            case bool() | None:
                return value
            case _:
                return _MASK if str(value) in self._forms() else value

    def collected_again(self) -> Secrets:
        """Return the secrets of the same sources, which have others now."""
        return Secrets(*self._sources)


def _forms_of(secret: str) -> set[str]:
    """Return the forms in which services repeat a text: plain, in JSON, in URLs, in HTML, in Python, in Base64."""
    forms = {secret}
    if len(secret) < _SHORTEST_PART:
        return forms
    from base64 import b64encode, urlsafe_b64encode

    encoded = secret.encode("utf-8", "replace")
    if len(secret) <= _LONGEST_IN_ALL_FORMS:
        forms |= _forms_in_markup(secret, encoded)
    for _ in range(2):
        # JSON, and JSON in a string of JSON.
        for form in list(forms):
            for ascii_only in (True, False):
                forms.add(json.dumps(form, ensure_ascii=ascii_only)[1:-1])
    for base64 in (b64encode(encoded), urlsafe_b64encode(encoded)):
        forms.add(base64.decode().rstrip("="))
    return forms


def _forms_in_markup(secret: str, encoded: bytes) -> set[str]:
    """Return the forms of a text in URLs, in HTML, in Python and in headers."""
    import html
    from urllib.parse import quote, quote_plus

    escaped = html.escape(secret)
    forms = {escaped, html.escape(secret, quote=False), repr(secret)[1:-1]}
    forms.add(escaped.replace("&#x27;", "&#39;"))
    for quoted in (quote(encoded, safe=""), quote(encoded), quote_plus(encoded)):
        forms.add(quoted)
        forms.add(re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), quoted))
    # A header with UTF-8 in it, read as Latin-1.
    forms.add(encoded.decode("latin-1"))
    return forms


def parts_of_secret(text: str) -> Iterator[str]:
    """Yield the parts of a secret text that are secrets of their own, such as the token in "Bearer token"."""
    for pattern in (_BEHIND_SCHEME, _BEHIND_NAME):
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield match[1]
    if len(text) > _LONGEST_IN_ALL_FORMS:
        return
    for match in re.finditer(_PIECE, text):
        if is_token_like(match[0]) and not match[0].startswith("//"):
            yield match[0]


def is_token_like(text: str) -> bool:
    """Whether a text looks like a token rather than like words: eight characters at least, letters and digits, no blank."""
    return (
        len(text) >= _SHORTEST_PART
        and re.search("[0-9]", text) is not None
        and re.search("[A-Za-z]", text) is not None
        and re.search(r"\s", text) is None
    )


def _without_invisible(text: str) -> tuple[str, list[int]]:
    """Return a text without what is not seen, and the position in the text of each character; no positions if they are the same."""
    if _invisible().search(text) is None:
        return text, []
    kept: list[str] = []
    positions: list[int] = []
    start = 0
    for match in _invisible().finditer(text):
        kept.append(text[start : match.start()])
        positions += range(start, match.start())
        start = match.end()
    kept.append(text[start:])
    positions += range(start, len(text))
    return "".join(kept), positions


def _is_word(text: str, start: int, stop: int) -> bool:
    """Whether letters and digits end on both sides of a place."""
    before = text[start - 1 : start]
    after = text[stop : stop + 1]
    return not before.isalnum() and not after.isalnum()


NO_SECRETS = Secrets()


def masked_body(text: str, secrets: Secrets) -> object:
    """Return parsed JSON, else text, without the secrets; None where there is no content."""
    try:
        parsed = json.loads(text)
        if not is_deep(text, parsed):
            return secrets.mask_json(parsed)
    except (ValueError, RecursionError):
        pass
    return secrets.mask(text) or None


def visible(text: str) -> str:
    """Return a text on one line, with escapes for what is not printable."""
    if text.isprintable():
        return text
    shown = []
    for character in text:
        if character.isprintable():
            shown.append(character)
        else:
            shown.append(character.encode("unicode_escape").decode())
    return "".join(shown)


def one_line(text: str, secrets: Secrets) -> str:
    """Return a text on one line, without what is not printable, then without the secrets that this puts together."""
    line = " ".join(_invisible().sub("", text).split())
    printable = "".join(filter(str.isprintable, line))
    return secrets.mask(printable)


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
        values: How many values of JSON say so.
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
    """Return the same of a response that is not parsed yet, and hides nothing."""
    body: object = None
    if b'"request_id"' in content:
        body = masked_body(content.decode("utf-8", "replace"), NO_SECRETS)
    return masked_id(headers, body, NO_SECRETS)


def is_deep(text: str, value: object) -> bool:
    """Whether parsed JSON is nested deeper than what reads it further can bear, whatever the interpreter's own limit.

    Args:
        text: The JSON.
        value: What was parsed of it.
    """
    if text.count("{") + text.count("[") <= DEEPEST:
        return False
    level = [value]
    for _ in range(DEEPEST + 1):
        deeper: list[object] = []
        for item in level:
            if isinstance(item, dict):
                deeper += item.values()
            elif isinstance(item, list):
                deeper += item
        level = deeper
    return bool(level)
