"""Names and values as they stand in a query or a form: those that must be there, and where others came.

Sources: RFC 3986, section 6.2.2 (equivalent spellings); OpenAPI 3.1.1, `allowReserved`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from scripts.conformance.json_values import read_json, same_json

# Reserved characters that a query may hold without a meaning of their own there (OpenAPI 3.1.1, allowReserved; RFC 3986, 3.4).
HARMLESS = ":/?@!$'()*,;"
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and a value that must be on the wire, both percent-encoded as they are to be sent.

    Attributes:
        reserved: Reserved characters of the value stay as they are; some of them may be encoded all the same.
        is_json: The value is JSON, whose spaces and order do not matter.
    """

    name: str
    value: str
    reserved: bool = False
    is_json: bool = False

    def matches(self, name: str, value: str) -> bool:
        """Whether a name and a value of a query are this pair."""
        return self.has_name(name) and self._has_value(value)

    def has_name(self, name: str) -> bool:
        """Whether a name of a query is that of this pair."""
        return normalised(name) == normalised(self.name)

    def _has_value(self, value: str) -> bool:
        if self.is_json:
            return is_same_json_text(unquote(value), unquote(self.value))
        if not self.reserved:
            return normalised(value) == normalised(self.value)
        if any(quote(character, safe="") in value.upper() for character in HARMLESS):
            return False
        return unquote(value) == unquote(self.value)

    def has_decoded_name(self, name: str) -> bool:
        """Whether a name of a form, where any character may be encoded, is that of this pair."""
        return unquote(name) == unquote(self.name)

    def matches_decoded(self, value: str) -> bool:
        """Whether a value of a form, where any character may be encoded, is that of this pair."""
        if self.is_json:
            return is_same_json_text(unquote(value), unquote(self.value))
        return unquote(value) == unquote(self.value)


def normalised(text: str) -> str:
    """Percent-encoded text in one spelling: unreserved characters as they are, hexadecimal digits in upper case."""

    def spell(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        if re.fullmatch(r"[A-Za-z0-9._~-]", character):
            return character
        return match[0].upper()

    return re.sub(r"%([0-9A-Fa-f]{2})", spell, text)


def is_same_json_text(first: str, second: str) -> bool:
    """Whether two texts are the same JSON."""
    try:
        return same_json(read_json(first), read_json(second))
    except ValueError:
        return False


def split_query(query: str) -> list[tuple[str, str]]:
    """Names and values of a query, percent-encoded as they are."""
    pairs = []
    for piece in query.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            pairs.append((name, value))
    return pairs


def query_faults(
    expected: list[Pair], received: list[tuple[str, str]]
) -> Iterator[str]:
    """Where a query differs from the pairs expected. The order counts among pairs of one name alone."""
    unmatched = list(received)
    for pair in expected:
        candidates = [p for p in unmatched if pair.has_name(p[0])]
        if not candidates:
            yield f"query {unquote(pair.name)}: missing"
            continue
        unmatched.remove(candidates[0])
        if not pair.matches(*candidates[0]):
            yield f"query {_difference(pair, candidates[0][1])}"
    yield from _added("query", unmatched)


def form_faults(expected: list[Pair], received: list[tuple[str, str]]) -> Iterator[str]:
    """The same for a form, where reserved characters may be encoded or not."""
    unmatched = list(received)
    for pair in expected:
        candidates = [p for p in unmatched if pair.has_decoded_name(p[0])]
        if not candidates:
            yield f"form {unquote(pair.name)}: missing"
            continue
        unmatched.remove(candidates[0])
        if not pair.matches_decoded(candidates[0][1]):
            yield f"form {_difference(pair, candidates[0][1])}"
    yield from _added("form", unmatched)


def _difference(pair: Pair, value: str) -> str:
    expected = pair.value[:MOST_SHOWN]
    return f"{unquote(pair.name)}: {value[:MOST_SHOWN]} instead of {expected}"


def _added(place: str, unmatched: list[tuple[str, str]]) -> Iterator[str]:
    for name, value in unmatched:
        yield f"{place} {unquote(name)}: {value[:MOST_SHOWN]} was added"
