"""Takes secrets out of text, and makes text fit to be shown."""

from __future__ import annotations

import json
import re

from .escapes import invisible, without_cut_escape, without_escapes
from .text_search import TextSearch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# Levels of nested JSON that everything which reads it can bear.
DEEPEST = 200
# Characters. To mask a shorter secret would mask ordinary text.
SHORTEST_SECRET = 4
# A shorter secret is masked where it is a whole word, and not inside of one.
_SHORTEST_PART = 8
_MASK = "***"
# Parts of a secret text, such as a command or a payload, that are secrets of their own: what stands behind the name of an authentication
# scheme or of a password, and what looks like a token.
_BEHIND_SCHEME = (
    r"\b(?:bearer|basic|token|digest|negotiate|apikey|key)\s{1,4}([^\s\"'`,;]{4,})"
)
_BEHIND_NAME = r"(?:pass\w{0,12}|pwd|secret|token|key)[\"']?\s{0,4}[=:]\s{0,4}[\"']?([^\s\"'`,;]{4,})"
# Secrets in a URL: values of a query, found by their names, and a user's password.
_IN_URL = (
    r"([?&;][^=&;#?\s]{0,40}(?:key|token|secret|passw|pwd|auth|credential|sig)[^=&;#?\s]{0,40}=|://[^/?#@\s:]{0,100}:)"
    r"([^&;#\s\"'@]+)"
)
_PIECE = r"[^\s\"'`,;:=(){}\[\]<>|]{8,}"


# Characters. Longer texts are files and prompts, which services repeat as they are or in Base64: their other forms, and what looks like a
# token in them, would take many times their memory.
_LONGEST_IN_ALL_FORMS = 64 * 1024
# A longer text is searched for in pieces.
_LONGEST_SECRET = 1024 * 1024
# Characters that stand for one character of a secret, escapes within escapes and invisible characters included.
_LONGEST_ESCAPE = 40


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
            for text_with_blanks in source():
                # Services cut off the line end of a file.
                text = text_with_blanks.strip()
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

    def mask_beginning(self, text: str, length: int) -> str:
        """Return the beginning of a text without the secrets, also without one that begins there and goes on behind it.

        Args:
            length: Of what is returned, at most.
        """
        searched = length + _LONGEST_ESCAPE * self._forms().longest
        return self.mask_cut(text[:searched])[:length]

    def mask_cut(self, text: str) -> str:
        """Return a text without the secrets, and without the first part of one at its end: an answer may be cut off within a secret."""
        if len(text) < SHORTEST_SECRET or not self._forms().exact:
            return text
        end = self._forms().start_of_cut_secret(text)
        if end == len(text):
            return self.mask(text)
        return self.mask(text[:end]) + _MASK

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
            visible_text = invisible().sub("", text)
            if len(visible_text) < SHORTEST_SECRET:
                continue
            forms = _forms_of(visible_text)
            for form in tuple(forms):
                forms.add(without_escapes(form)[0])
            self.exact |= forms
            if is_token_like(visible_text):
                lower.update(map(_lower, forms))
            if _SHORTEST_PART <= len(visible_text) <= _LONGEST_IN_ALL_FORMS:
                encoded = visible_text.encode("utf-8", "replace")
                lower.update(encoded.hex(separator) for separator in ":- ")
                lower.add(encoded.hex())
        self._lower = lower
        # Of what is searched for, without escapes.
        self.longest = max(map(len, self.exact | lower), default=0)
        self._exact_search = TextSearch(self.exact)
        self._lower_search = TextSearch(lower)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where secrets stand in a text."""
        yield from self._spans(text)
        plain, levels = without_escapes(text)
        if not levels:
            return
        for plain_start, plain_stop in self._spans(plain):
            start = plain_start
            stop = plain_stop
            for places in reversed(levels):
                start = places.find(start)
                stop = places.find(stop)
            yield start, stop

    def start_of_cut_secret(self, text: str) -> int:
        """Return where the secret begins that the end of a text cuts off; the length of the text if it cuts off none."""
        plain, levels = without_escapes(without_cut_escape(text))
        start = min(
            _start_of_first_part(plain, self.exact),
            _start_of_first_part(_lower(plain), self._lower),
        )
        if start == len(plain):
            return len(text)
        for places in reversed(levels):
            start = places.find(start)
        return start

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


def secrets_of_urls(text: str) -> Iterator[str]:
    """Yield the secrets in the URLs, or parts of URLs, that a text holds."""
    for match in _found_in_urls(text):
        yield match[2]


def without_secrets_of_urls(text: str) -> str:
    """Return a text with masks in the place of the secrets in its URLs."""
    pieces = []
    end = 0
    for match in _found_in_urls(text):
        pieces += [text[end : match.start(2)], _MASK]
        end = match.end()
    return "".join([*pieces, text[end:]])


def _found_in_urls(text: str) -> Iterator[re.Match[str]]:
    for match in re.finditer(_IN_URL, text, re.IGNORECASE):
        is_password = match[1].startswith("://")
        # Without @, what stands behind the colon is a port.
        if not is_password or text[match.end() : match.end() + 1] == "@":
            yield match


def is_token_like(text: str) -> bool:
    """Whether a text looks like a token rather than like words: eight characters at least, letters and digits, no blank."""
    return (
        len(text) >= _SHORTEST_PART
        and re.search("[0-9]", text) is not None
        and re.search("[A-Za-z]", text) is not None
        and re.search(r"\s", text) is None
    )


def _start_of_first_part(text: str, secrets: Iterable[str]) -> int:
    """Return where the first part of a secret begins with which a text ends; the length of the text if it ends with none."""
    first = len(text)
    for secret in secrets:
        start = text.find(secret[:SHORTEST_SECRET], max(0, len(text) - len(secret)))
        while 0 <= start < first:
            if secret.startswith(text[start:]):
                first = start
            start = text.find(secret[:SHORTEST_SECRET], start + 1)
    return first


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
    return secrets.mask_cut(text) or None


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
    """Return a text on one line, without secrets and without characters that are not printable."""
    # Masked twice: a blank may take the place of the line end or the two blanks in a secret, and what is removed may stand within one.
    masked = secrets.mask(text)
    line = " ".join(invisible().sub("", masked).split())
    printable = "".join(filter(str.isprintable, line))
    return secrets.mask(printable)


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
