"""Values of a document in words: short enough to read, and harmless where they are shown.

How many values are shown, and how much of each, is said in `scripts.common.printer`: `MOST_ITEMS` and `LONGEST_VALUE`.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable

from scripts.common.printer import (
    LONGEST_VALUE,
    MOST_ITEMS,
    listing,
    shortened,
    visible,
)
from scripts.contract.comparing.changes import Change, Direction
from scripts.contract.schema import ANY
from scripts.intake.prose import MAPS
from scripts.intake.yaml_text import Pointer

# Marks text as code in one of the forms, and makes it visible there.
Mark = Callable[[str], str]

_BACKTICKS = re.compile("`+")
# Rules whose sides are content types of a message; a message may have none.
_OF_MESSAGES = ("success-status-", "error-response-", "body-", "required-body-")
# Rules of which a side may be the reason why an operation is left out.
_OF_REASONS = (
    "operation-taken-in",
    "operation-left-out",
    "left-out-operation-added",
    "left-out-operation-removed",
)
# Rules whose names say what was before and what is after.
_SAYS_BOTH_SIDES = {
    "deprecated",
    "no-longer-deprecated",
    "field-made-required",
    "field-made-optional",
    "field-made-read-only",
    "field-no-longer-read-only",
    "field-made-write-only",
    "field-no-longer-write-only",
    "parameter-made-required",
    "parameter-made-optional",
    "body-made-required",
    "body-made-optional",
    "response-header-made-required",
    "response-header-made-optional",
}
_LEFT_OUT = re.compile(r"left out: (?:#/\S*: )?")
# An alternative by its number, from 0, as `where` of a row has it.
_ALTERNATIVE = re.compile(r"\|(\d+)")


def code(text: str, longest_text: int = LONGEST_VALUE) -> str:
    """Text as code of Markdown, on one line, with as many backticks around it as its own ones need."""
    text = visible(shortened(text, longest_text))
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    blank = ""
    if longest:
        blank = " "
    return f"{fence}{blank}{text}{blank}{fence}"


def place(where: str) -> str:
    """A place for people: `seed (alternative 1)` for `seed|0`."""
    return _ALTERNATIVE.sub(lambda found: f" (alternative {int(found[1]) + 1})", where)


def in_words(value: object, mark: Mark = code) -> str:
    """A value in words, each part marked; the first parts of a long list."""
    match value:
        case None:
            return ""
        case list():
            return listing([in_words(item, mark) for item in value])
        case dict():
            return listing(_members(value, mark)) or mark("{}")
        case str():
            return _text_in_words(value, mark)
        case _:
            return mark(json.dumps(value, ensure_ascii=False))


def further_in_words(value: list[object] | dict[object, object], mark: Mark) -> str:
    """Those of many values that `in_words` does not show."""
    if isinstance(value, dict):
        return ", ".join(_members(value, mark)[MOST_ITEMS:])
    return ", ".join(in_words(item, mark) for item in value[MOST_ITEMS:])


def _members(value: dict[object, object], mark: Mark) -> list[str]:
    """The members of a mapping in words; a key without a value alone."""
    members = []
    for key, member in value.items():
        words = in_words(member, mark)
        text = mark(str(key))
        if words:
            text += f": {words}"
        members.append(text)
    return members


def _text_in_words(value: str, mark: Mark) -> str:
    """Text of a document; blanks around it are stated, for they are easily taken for a mistake of the report."""
    if value.strip() != value and value.strip():
        return f"{mark(json.dumps(value))} with {_blanks(value)}"
    return mark(value if _reads_as_text(value) else json.dumps(value))


def _blanks(value: str) -> str:
    """Where a text has blanks, in words."""
    if value == value.lstrip():
        return "a trailing blank"
    if value == value.rstrip():
        return "a leading blank"
    return "blanks around it"


def _reads_as_text(value: str) -> bool:
    """Whether text cannot be taken for another value, and shows where it starts and ends, so that it needs no quotes."""
    if value != value.strip():
        return False
    try:
        json.loads(value)
    except ValueError:
        return True
    return False


def side_in_words(change: Change, value: object, mark: Mark = code) -> str:
    """What a change had before or has after, in words."""
    if value == {} and change.rule.startswith(_OF_MESSAGES):
        return "no content"
    if change.rule in _OF_REASONS and isinstance(value, str):
        value = without_place(value)
    if change.rule.startswith("flow-") and isinstance(value, dict):
        details = [_of_flow(name, detail, mark) for name, detail in value.items()]
        return listing(details)
    return in_words(value, mark)


def _of_flow(name: str, detail: object, mark: Mark) -> str:
    """A scope of a flow, `files:read of authorizationCode`, or another thing that a flow states, with its value."""
    flow, _blank, stated = name.rpartition(" ")
    if flow.endswith(" scope"):
        return f"{mark(stated)} of {mark(flow.removesuffix(' scope'))}"
    of_flow = f" of {mark(flow)}" if flow else ""
    return f"{mark(stated)}{of_flow}: {in_words(detail, mark)}"


def without_place(text: str) -> str:
    """Why an operation is left out, as the beginning of a sentence without the place, which the row itself has; other text as it is."""
    found = _LEFT_OUT.match(text)
    if found is None:
        return text
    reason = text[found.end() :].replace("`", "'")
    return textwrap.shorten(f"left out: {reason}", LONGEST_VALUE, placeholder=" …")


def in_a_sentence(change: Change, what: str = "", *, are_examples: bool = False) -> str:
    """A change as one sentence: what changed, from what to what, and what follows from it.

    Args:
        change: The change.
        what: What changed, in place of the rule's own words.
        are_examples: Whether its sides are those of one change among several.
    """
    sides = sides_in_words(change, are_examples=are_examples)
    meaning = meaning_of(change) + consequences_in_words(change)
    return f"{what or change.what}{sides}{meaning}"


def meaning_of(change: Change) -> str:
    """What a change means that its sides do not show, after a semicolon."""
    return _meaning_of_default(change) or _meaning_of_required(change)


def _meaning_of_required(change: Change) -> str:
    """That only one document describes a field; the other one has nothing but its name among the required ones."""
    if change.rule != "type-changed":
        return ""
    if change.after == ANY and is_only_named(change.new_at):
        return "; no longer described, only named in `required`"
    if change.before == ANY and is_only_named(change.old_at):
        return "; was not described, only named in `required`"
    return ""


def is_only_named(place: Pointer) -> bool:
    """Whether a field has no declaration: it stands where `required` names it."""
    return place[-2:-1] == ("required",) and place[-3] not in MAPS


def _meaning_of_default(change: Change) -> str:
    """What it means from now on to leave out a value that is sent, after a semicolon; empty where it has a default."""
    if change.rule != "default-changed" or change.after is not None:
        return ""
    if Direction.SENT not in change.travels:
        return ""
    return "; where it is left out, the service now decides"


def sides_in_words(change: Change, *, are_examples: bool = False) -> str:
    """From what to what, in brackets; empty where nothing is said of either, or the rule says it."""
    words = _sides_in_words(change)
    if words and are_examples:
        return f" (such as {words})"
    return f" ({words})" if words else ""


def _sides_in_words(change: Change) -> str:
    if change.rule in _SAYS_BOTH_SIDES:
        return ""
    before = side_in_words(change, change.before)
    after = side_in_words(change, change.after)
    if before and after:
        return f"{before} -> {after}"
    if before:
        return f"was {before}"
    return after


def consequences_in_words(
    change: Change, mark: Mark = code, *, is_of_several: bool = False
) -> str:
    """What only follows from a change, or from several, after a semicolon: `; with it 2 classes removed: A, B`."""
    by_rule: dict[str, list[str]] = {}
    for consequence in change.consequences:
        name = mark(place(consequence.where))
        if consequence.rule in ("class-renamed", "function-renamed"):
            name = f"{mark(str(consequence.before))} -> {mark(str(consequence.after))}"
        by_rule.setdefault(consequence.rule, []).append(name)
    counts = [
        f"{_counted(rule, len(names))}: {listing(names)}"
        for rule, names in by_rule.items()
    ]
    if not counts:
        return ""
    pronoun = "them" if is_of_several else "it"
    return f"; with {pronoun} {'; '.join(counts)}"


def _counted(rule: str, count: int) -> str:
    """A rule and how often, in words: `2 classes removed`."""
    noun, _dash, verb = rule.partition("-")
    if count > 1:
        noun += "es" if noun.endswith("s") else "s"
    return f"{count} {noun} {verb.replace('-', ' ')}"
