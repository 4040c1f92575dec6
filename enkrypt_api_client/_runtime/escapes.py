"""Reads a text as a human or a parser sees it: without invisible characters, and with characters in the place of their escapes.

Escapes are those of JSON, URLs and HTML, also within each other. `redact.visible` writes escapes.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right

# Invisible characters: control and format characters, fillers, variation selectors, combining marks, private use, halves of surrogate
# pairs, replacements for bytes that are no text. Line ends, tabs and blanks are not among them.
_INVISIBLE_CLASS = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u20d0-\u20f0\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
# The most frequent of these as JSON escapes them. A character that is added above belongs here, too.
_ESCAPED_INVISIBLE = (
    r"\\{1,4}u(?:00[018][0-9a-f]|007f|00ad|03[0-6][0-9a-f]|061c|180[b-f]|200[b-f]"
    r"|202[89a-e]|206[0-9a-f]|fe0[0-9a-f]|feff|fffd)"
)


@functools.cache
def invisible() -> re.Pattern[str]:
    """Return the pattern of invisible characters and their escapes. Compiled when it is first used: most calls mask nothing."""
    return re.compile(f"[{_INVISIBLE_CLASS}]+|{_ESCAPED_INVISIBLE}", re.IGNORECASE)


# Characters by their name in HTML, or by their letter behind a backslash.
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
# Characters at the end of a text among which a part of an escape is looked for.
_LONGEST_CUT_ESCAPE = 40


@functools.cache
def _unseen() -> re.Pattern[str]:
    return re.compile(f"[{_INVISIBLE_CLASS}]+")


@functools.cache
def _escapes() -> re.Pattern[str]:
    r"""Return the pattern of an escape in JSON and languages like it, in URLs and in HTML.

    In JSON within JSON there are several backslashes. Those that belong to no escape count as invisible: how many of them are
    characters of the text is not known.
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
    """Return the character that an escape stands for; "" for invisible characters and lone backslashes."""
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


class Places:
    """Maps positions in a text without escapes to positions in the original text."""

    def __init__(self) -> None:
        # Where pieces without an escape begin, in each of the two texts.
        self._in_plain = [0]
        self._in_text = [0]

    def add(self, in_plain: int, in_text: int) -> None:
        self._in_plain.append(in_plain)
        self._in_text.append(in_text)

    def find(self, in_plain: int) -> int:
        piece = bisect_right(self._in_plain, in_plain) - 1
        return self._in_text[piece] + in_plain - self._in_plain[piece]


def without_escapes(text: str) -> tuple[str, list[Places]]:
    """Return a text with characters in the place of their escapes and without invisible ones; and the `Places` of each step there.

    To find a position of the result in the original text, go through the steps in reverse.
    """
    levels: list[Places] = []
    # An invisible character may also stand within an escape.
    for _ in range(_MOST_LEVELS):
        levels_before = len(levels)
        for pattern in (_unseen(), _escapes()):
            if pattern.search(text) is not None:
                text, places = _without(pattern, text)
                levels.append(places)
        if len(levels) == levels_before:
            break
    return text, levels


@functools.cache
def _cut_escape() -> re.Pattern[str]:
    """Return the pattern of what an escape begins with, or of bytes of a character that is not whole, at the end of a text."""
    half_json = r"\\+(?:u[0-9a-fA-F]{0,3}|x[0-9a-fA-F]?)?"
    bytes_in_python = r"(?:\\+x[89a-f][0-9a-f])+"
    bytes_in_url = (
        r"(?:%[89a-fA-F][0-9a-fA-F])*%[0-9a-fA-F]?|(?:%[89a-fA-F][0-9a-fA-F])+"
    )
    half_html = r"&\#?\w{0,7}"
    return re.compile(
        rf"(?:{bytes_in_python}|{half_json}|{bytes_in_url}|{half_html})\Z"
    )


def without_cut_escape(text: str) -> str:
    """Return a text without a part of an escape, or of a character, at its end."""
    start = max(0, len(text) - _LONGEST_CUT_ESCAPE)
    return text[:start] + _cut_escape().sub("", text[start:])


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, Places]:
    pieces = []
    places = Places()
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
