"""Texts that regular expressions allow."""

from __future__ import annotations

import functools
import importlib
import re
from typing import Any

MOST_REPEATS = 200
CHOICES = 6  # of branches and members that are tried
# The parser of the standard library, which has no public name. It says what a pattern is made of.
_parser: Any = importlib.import_module("re._parser")
_LETTERS = "aA0 x_-.@/:"


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
        self._groups: dict[int, str] = {}

    def write(self, parsed: Any) -> str:
        return "".join(self._token(str(name), value) for name, value in parsed)

    def _token(self, name: str, value: Any) -> str:
        match name:
            case "LITERAL":
                return chr(value)
            case "NOT_LITERAL":
                return "a" if value != ord("a") else "b"
            case "ANY":
                return "a"
            case "IN":
                return self._one_of(value)
            case "BRANCH":
                return self.write(value[1][self._choice % len(value[1])])
            case "SUBPATTERN":
                text = self.write(value[3])
                if value[0] is not None:
                    self._groups[value[0]] = text
                return text
            case "ATOMIC_GROUP":
                return self.write(value)
            case "GROUPREF":
                return self._groups[value]
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, repeated = value
                count = min(max(int(least), self._repeats), int(most), MOST_REPEATS)
                return "".join(self.write(repeated) for _ in range(max(count, least)))
            case _:
                return ""  # anchors and what looks around

    def _one_of(self, members: Any) -> str:
        """One of the characters of a class."""
        negated = [str(name) for name, _value in members][:1] == ["NEGATE"]
        if not negated:
            return _first_of(*members[self._choice % len(members)])
        for letter in _LETTERS:
            if not any(_holds(str(name), value, letter) for name, value in members[1:]):
                return letter
        return "~"


def _first_of(name: Any, value: Any) -> str:
    match str(name):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0])
        case _:
            categories = {
                "CATEGORY_DIGIT": "0",
                "CATEGORY_SPACE": " ",
                "CATEGORY_NOT_WORD": "-",
            }
            return categories.get(str(value), "a")


def _holds(name: str, value: Any, letter: str) -> bool:
    match name:
        case "LITERAL":
            return chr(value) == letter
        case "RANGE":
            return bool(value[0] <= ord(letter) <= value[1])
        case _:
            classes = {
                "CATEGORY_DIGIT": r"\d",
                "CATEGORY_NOT_DIGIT": r"\D",
                "CATEGORY_SPACE": r"\s",
                "CATEGORY_NOT_SPACE": r"\S",
                "CATEGORY_WORD": r"\w",
                "CATEGORY_NOT_WORD": r"\W",
            }
            return re.match(classes[str(value)], letter) is not None
