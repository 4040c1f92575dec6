"""Checks of text from a document that reaches code.

Names, enum values, paths and schemas are written into code as escaped literals, and identifiers are made of letters, digits and
underscores. So any text will do, except where it has a grammar of its own or hides something from a reader.
"""

from __future__ import annotations

import re
import unicodedata

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105  # RFC 9110, 5.6.2
_SHAPES = {
    "name": re.compile(r".*", re.DOTALL),
    "header": re.compile(_TOKEN),
    "cookie": re.compile(_TOKEN),
    "content type": re.compile(
        rf'{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"[^"\\]*"))*'
    ),
    "server": re.compile(r"(?:https?://[^\s/?#@\\]+)?(?:/[^\s?#\\]*)?"),
}
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # of Persian, Indic scripts and emoji


def text_fault(kind: str, text: str) -> str:
    """Why text of a document cannot be used as what it is; empty if it can.

    Args:
        kind: "header", "cookie", "content type", "server", or "name" for everything else, which only must not hide anything.
        text: What the document has there.
    """
    hidden = _first_hidden(text)
    if hidden:
        code_and_name = f"U+{ord(hidden):04X} {unicodedata.name(hidden, '')}".strip()
        return f"the {kind} {text[:80]!r} has the invisible character {code_and_name}"
    if not _SHAPES[kind].fullmatch(text):
        return f"{text[:80]!r} is not a valid {kind}"
    return ""


def _first_hidden(text: str) -> str:
    """The first invisible character of a text; empty if it has none."""
    if text.isprintable():
        return ""
    for character in text:
        if unicodedata.category(character) in _HIDDEN:
            return character
    return ""


def visible_text(text: str) -> str:
    """Text for docstrings and comments of generated code, without invisible characters. Line ends, tabs and joiners stay."""
    if text.replace("\n", "").isprintable():
        return text
    text = re.sub("\r\n?|\x85|\u2028|\u2029", "\n", text)
    return "".join(
        character
        for character in text
        if character in "\n\t" + _JOINERS
        or unicodedata.category(character) not in _HIDDEN
    )
