"""Texts that regular expressions allow."""

from __future__ import annotations

import functools
import importlib
import re
from typing import Protocol, runtime_checkable

MOST_REPEATS = 200
CHOICES = 6  # of branches and members that are tried
# The parser of the standard library, which has no public name. It says what a pattern is made of.
_parser = importlib.import_module("re._parser")
_LETTERS = "aA0 x_-.@/:"
_MEMBERS_OF_CATEGORIES = {
    "CATEGORY_DIGIT": "0",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_WORD": "-",
}
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


@runtime_checkable
class Parsed(Protocol):
    """A pattern as the parser gives it: tokens, each with its operation and what that applies to."""

    data: list[tuple[object, object]]


@functools.lru_cache(maxsize=4096)
def text_for(pattern: str, least: int, most: float) -> str | None:
    """A text that a pattern allows, of a length between two limits; None where none is found."""
    # Flags in the middle are another dialect's. Without them the pattern allows less.
    pattern = re.sub(r"(?<!^)\(\?[imsx]+\)", "", pattern)
    try:
        parsed = _parser.parse(pattern)
        for choice in range(CHOICES):
            for repeats in range(max(3, min(least, MOST_REPEATS)) + 1):
                text = _Writer(repeats, choice).write(parsed)
                if least <= len(text) <= most and re.search(pattern, text):
                    return text
    except (re.error, RecursionError, OverflowError, ValueError, KeyError):
        return None  # it is no pattern of Python's
    return None


class _Writer:
    """Writes the text that follows a parsed pattern from left to right. What looks around is left to chance."""

    def __init__(self, repeats: int, choice: int) -> None:
        """Write one of the texts.

        Args:
            repeats: How often to repeat what may be repeated, within its limits.
            choice: Which branch, and which member of a class, to take.
        """
        self._repeats = repeats
        self._choice = choice
        self._groups: dict[object, str] = {}

    def write(self, parsed: object) -> str:
        """The text for a pattern or a part of one."""
        if not isinstance(parsed, Parsed):
            return ""
        return "".join(self._token(str(name), value) for name, value in parsed.data)

    def _token(self, name: str, value: object) -> str:
        match name, value:
            case "BRANCH", (_, [*branches]):
                return self.write(branches[self._choice % len(branches)])
            case "SUBPATTERN", (group, *_flags, inner):
                text = self.write(inner)
                self._groups[group] = text
                return text
            case "ATOMIC_GROUP", _:
                return self.write(value)
            case "GROUPREF", _:
                return self._groups[value]
            case (
                "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT",
                (int(least), int(most), inner),
            ):
                count = max(min(max(least, self._repeats), most, MOST_REPEATS), least)
                return "".join(self.write(inner) for _ in range(count))
            case _:
                return self._character(name, value)

    def _character(self, name: str, value: object) -> str:
        """The text for a token that is one character; empty for anchors and what looks around."""
        match name, value:
            case "LITERAL", int(code):
                return chr(code)
            case "NOT_LITERAL", int(code) if code == ord("a"):
                return "b"
            case (("NOT_LITERAL" | "ANY"), _):
                return "a"
            case "IN", [*members]:
                return self._member(members)
            case _:
                return ""

    def _member(self, members: list[object]) -> str:
        """One of the characters of a class."""
        match members[0]:
            case (name, None) if str(name) == "NEGATE":
                return _letter_outside(members[1:])
            case _:
                return _first_of(members[self._choice % len(members)])


def _letter_outside(members: list[object]) -> str:
    """A letter that is none of the members of a class."""
    for letter in _LETTERS:
        if not any(_includes(member, letter) for member in members):
            return letter
    return "~"


def _first_of(member: object) -> str:
    """The first character of a member of a class."""
    match member:
        case (name, int(code)) if str(name) == "LITERAL":
            return chr(code)
        case (name, (int(first), int(_last))) if str(name) == "RANGE":
            return chr(first)
        case (_, category):
            return _MEMBERS_OF_CATEGORIES.get(str(category), "a")
        case _:
            return "a"


def _includes(member: object, letter: str) -> bool:
    """Whether a member of a class includes a letter."""
    match member:
        case (name, int(code)) if str(name) == "LITERAL":
            return chr(code) == letter
        case (name, (int(first), int(last))) if str(name) == "RANGE":
            return first <= ord(letter) <= last
        case (_, category):
            return re.match(_CATEGORIES[str(category)], letter) is not None
        case _:
            return False
