"""Takes secrets out of text, makes text fit to be shown, quotes what the service says, and finds its id of a request."""

from __future__ import annotations

import functools
import json
import re
from bisect import bisect_right
from dataclasses import dataclass

from .text_search import TextSearch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# Levels of nested JSON that everything which reads it can bear.
DEEPEST = 200
# Characters of the service's own words in a message, and of its id of a request.
_LONGEST_QUOTE = 200
_MOST_LOOKED_AT = 100_000  # of these words, before what is not seen is left out
_LONGEST_ID = 200
# Characters. To mask a shorter secret would mask ordinary text.
SHORTEST_SECRET = 4
_SHORTEST_PART = (
    8  # a shorter secret is masked where it is a whole word, and not inside of one
)
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


# Characters. Longer texts are files and prompts, which services repeat as they are or in Base64: their other forms, and what looks like a
# token in them, would take many times their memory.
_LONGEST_IN_ALL_FORMS = 64 * 1024
# A longer text is searched for in pieces.
_LONGEST_SECRET = 1024 * 1024


class Secrets:
    """The texts that no message may show, collected when they are first needed. Its `repr` shows none.

    Args:
        sources: Functions that return some of them.
    """

    def __init__(self, *sources: Callable[[], Iterable[str]]) -> None:
        self._sources = sources
        self._collected: _Forms | None = None

    def add(self, source: Callable[[], Iterable[str]]) -> None:
        """Add a function that returns more of them."""
        self._sources = (*self._sources, source)
        self._collected = None

    def _forms(self) -> _Forms:
        # Not a `cached_property`: until Python 3.12 it has a lock, which a fork can leave locked in the child.
        collected = self._collected
        if collected is None:
            collected = self._collect()
            self._collected = collected
        return collected

    def _collect(self) -> _Forms:
        texts: set[str] = set()
        for source in self._sources:
            for text in source():
                for start in range(0, len(text), _LONGEST_SECRET):
                    texts.add(text[start : start + _LONGEST_SECRET])
                texts.update(parts_of_secret(text))
        return _Forms(texts)

    def mask(self, text: str) -> str:
        """Return a text without the secrets, in whatever form, also where invisible characters stand between theirs."""
        if len(text) < SHORTEST_SECRET or not self._forms().exact:
            return text
        spans = sorted(self._forms().spans(text))
        if not spans:
            return text
        pieces = []
        end = 0
        for start, stop in spans:
            if start >= end:
                pieces += [text[end:start], _MASK]
            end = max(end, stop)
        pieces.append(text[end:])
        return "".join(pieces)

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
                return _MASK if str(value) in self._forms().exact else value


class _Forms:
    """The forms in which services repeat some texts, and where they stand in another one.

    How a text is escaped, in JSON, in a URL, in HTML and in each of them at once, does not matter: what is searched is the text without
    escapes. What is left is how it is encoded, as Base64 and the like.

    Args:
        texts: The secrets.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.exact: set[str] = set()
        # In small letters, of those that look like tokens: no word is one.
        lower: set[str] = set()
        for text in texts:
            visible_text = _invisible().sub("", text)
            if len(visible_text) < SHORTEST_SECRET:
                continue
            forms = _forms_of(visible_text)
            for form in tuple(forms):
                forms.add(_without_escapes(form)[0])
            self.exact |= forms
            if is_token_like(visible_text):
                lower.update(map(_lower, forms))
            if _SHORTEST_PART <= len(visible_text) <= _LONGEST_IN_ALL_FORMS:
                encoded = visible_text.encode("utf-8", "replace")
                lower.update(encoded.hex(separator) for separator in ":- ")
                lower.add(encoded.hex())
        self._exact_search = TextSearch(self.exact)
        self._lower_search = TextSearch(lower)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where secrets stand in a text."""
        yield from self._spans(text)
        plain, levels = _without_escapes(text)
        if not levels:
            return
        for plain_start, plain_stop in self._spans(plain):
            start = plain_start
            stop = plain_stop
            for places in reversed(levels):
                start = places.find(start)
                stop = places.find(stop)
            yield start, stop

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        for start, stop in self._exact_search.spans(text):
            if stop - start >= _SHORTEST_PART or _is_word(text, start, stop):
                yield start, stop
        yield from self._lower_search.spans(_lower(text))


def _forms_of(secret: str) -> set[str]:
    """Return the forms in which services repeat a text, apart from escapes: as it is, in Base64, in a header."""
    forms = {secret}
    if len(secret) < _SHORTEST_PART:
        return forms
    encoded = secret.encode("utf-8", "replace")
    if len(secret) <= _LONGEST_IN_ALL_FORMS:
        # UTF-8 in a header or a URL, read as Latin-1.
        forms.add(encoded.decode("latin-1"))
        # In the query of a URL.
        forms |= {form.replace(" ", "+") for form in forms}
    # Base64 of a longer text differs by where in it the secret stands.
    for before in range(3):
        forms |= _forms_in_base64(encoded, before)
    return forms


def _forms_in_base64(encoded: bytes, before: int) -> set[str]:
    """Return what Base64 makes of bytes that stand behind others.

    Args:
        encoded: The bytes.
        before: How many others, beyond a multiple of three.
    """
    from base64 import b64encode

    length = before + len(encoded)
    whole = b64encode(bytes(before) + encoded).decode().rstrip("=")
    # Characters that hold bits of what stands before and behind.
    first = (0, 2, 3)[before]
    last = len(whole) - (length % 3 != 0)
    forms = {whole[first:], whole[first:last]}
    return forms | {form.replace("+", "-").replace("/", "_") for form in forms}


# The names of characters in HTML, and their letters behind a backslash.
_NAMED_CHARACTERS = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "quot": '"',
    "apos": "'",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_MOST_LEVELS = 4  # of escapes within escapes
_HIGHEST_CHARACTER = 0x10FFFF


@functools.cache
def _unseen() -> re.Pattern[str]:
    return re.compile(f"[{_INVISIBLE_CLASS}]+")


@functools.cache
def _escapes() -> re.Pattern[str]:
    r"""Return the pattern of an escape in JSON and languages like it, in URLs and in HTML.

    In JSON within JSON there are several backslashes. Those that belong to no escape count as not seen: nobody knows how many of them
    are characters of the text.
    """
    hexadecimal = "[0-9a-fA-F]"
    high_half = rf"\\+u(?P<high>[dD][89abAB]{hexadecimal}{{2}})"
    low_half = rf"\\+u(?P<low>[dD][c-fC-F]{hexadecimal}{{2}})"
    # A character in UTF-8, or else a byte.
    next_byte = f"(?:%[89abAB]{hexadecimal})"
    two_bytes = f"%[c-dC-D]{hexadecimal}{next_byte}"
    three_bytes = f"%[eE]{hexadecimal}{next_byte}{{2}}"
    four_bytes = f"%[fF][0-7]{next_byte}{{3}}"
    byte = f"%{hexadecimal}{{2}}"
    alternatives = [
        high_half + low_half,
        rf"\\+u(?P<of_json>{hexadecimal}{{4}})",
        rf"\\+x(?P<of_python>{hexadecimal}{{2}})",
        f"(?P<of_url>{two_bytes}|{three_bytes}|{four_bytes}|{byte})",
        rf"&\#[xX](?P<of_html>{hexadecimal}{{1,6}});",
        r"&\#(?P<decimal>[0-9]{1,7});",
        r"&(?P<named>amp|lt|gt|quot|apos);",
        r"\\+(?P<letter>[nrt])",
        r"\\+",
    ]
    return re.compile("|".join(alternatives))


def _meaning(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for; "" for what is not seen."""
    kind = escape.lastgroup
    if kind is None:
        return ""
    written = escape[kind]
    match kind:
        case "named" | "letter":
            return _NAMED_CHARACTERS[written]
        case "low":
            both = "".join(chr(int(escape[half], 16)) for half in ("high", "low"))
            return both.encode("utf-16", "surrogatepass").decode("utf-16")
        case "of_url":
            encoded = bytes.fromhex(written.replace("%", ""))
            if len(encoded) > 1:
                return encoded.decode("utf-8", "ignore")
            number = encoded[0]
        case "decimal":
            number = int(written)
        case _:
            number = int(written, 16)
    return chr(number) if number <= _HIGHEST_CHARACTER else ""


class _Places:
    """Where the characters of a text without escapes begin in the text with them."""

    def __init__(self) -> None:
        # The beginnings of pieces without an escape, in either text.
        self._in_plain = [0]
        self._in_text = [0]

    def add(self, in_plain: int, in_text: int) -> None:
        self._in_plain.append(in_plain)
        self._in_text.append(in_text)

    def find(self, in_plain: int) -> int:
        piece = bisect_right(self._in_plain, in_plain) - 1
        return self._in_text[piece] + in_plain - self._in_plain[piece]


def _without_escapes(text: str) -> tuple[str, list[_Places]]:
    """Return a text with characters in the place of their escapes and without what is not seen, and the places in each level of it."""
    levels: list[_Places] = []
    # What is not seen may also stand within an escape.
    for _ in range(_MOST_LEVELS):
        levels_before = len(levels)
        for pattern in (_unseen(), _escapes()):
            if pattern.search(text) is not None:
                text, places = _without(pattern, text)
                levels.append(places)
        if len(levels) == levels_before:
            break
    return text, levels


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, _Places]:
    pieces = []
    places = _Places()
    length = 0
    start = 0
    for escape in pattern.finditer(text):
        piece = text[start : escape.start()]
        length += len(piece)
        character = _meaning(escape)
        pieces += [piece, character]
        if character:
            places.add(length, escape.start())
            length += 1
        start = escape.end()
        places.add(length, start)
    pieces.append(text[start:])
    return "".join(pieces), places


def _lower(text: str) -> str:
    """Return a text in small letters, each in the place of the capital."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    # U+0130 has two small letters.
    return text.replace("\u0130", "i").lower()


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
    """Return the service's id of the request, of a response that is not parsed yet. Nothing is masked."""
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
