"""What callers do about each kind of breaking change, in a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.common.printer import listing
from scripts.contract.comparing.changes import Change, Direction, Effect
from scripts.contract.reporting.direction import direction
from scripts.contract.reporting.report import Report
from scripts.contract.reporting.runs import becomes_constant
from scripts.contract.reporting.values import Mark

_MOST_EXAMPLES = 3  # that are named beside an advice
_TYPES_IN_PYTHON = {
    "binary": "bytes",
    "date": "datetime.date",
    "date-time": "datetime.datetime",
    "uuid": "UUID",
}
_FIRST_TYPED = "Correct the types in your code; the service need not have changed."
CONSTANT = "Stop importing the class; write its one value itself."
_SCOPE_REMOVED = "Ask for tokens without the scope."
_ANY_OTHER = "Compare what your code relies on with the new document."
_FOR_RULE: Mapping[str, str] = {
    # Operations and how they are reached
    "operation-removed": "Stop calling it, or stay on the old version of the client.",
    "operation-left-out": "Stop calling it through the client, which no longer has it; stderr says why.",
    "operation-id-changed": "Import the function by its new name.",
    "method-changed": "Take the new version; old clients send a request that the service no longer knows.",
    "path-changed": "Take the new version; old clients send a request that the service no longer knows.",
    "tag-changed": "Import the function from its new package below `api`.",
    "function-renamed": "Import the function by its new name.",
    "server-removed": "Use another server of the document as the base URL.",
    "server-changed": "Take the new version, or set the base URL; old clients call the old server.",
    "authentication-changed": "Give the client the credentials that are now required.",
    "flow-removed": "Get the token another way.",
    "flow-changed": "Get the token where the document now says.",
    # What is sent
    "required-parameter-added": "Pass the new argument in every call.",
    "parameter-renamed": "Pass the argument under its new name.",
    "parameter-moved": "Take the new version; old clients send it where the service no longer looks.",
    "parameter-made-required": "Pass the argument in every call.",
    "parameter-made-optional": "Expect calls of the service without it.",
    "parameter-style-changed": "Take the new version, which writes the value in the new style.",
    "required-body-added": "Pass a body in every call.",
    "body-made-required": "Pass a body in every call.",
    "body-made-optional": "Expect calls of the service without a body.",
    "encoding-changed": "Take the new version, which encodes the parts in the new way.",
    "content-type-added": "Handle the new type of the result, or of what the service sends.",
    "content-type-order-changed": "Take the new version, which sends or asks for the other content type.",
    # What is received
    "success-status-added": "Take the new version, and handle what it returns for this status.",
    "success-status-removed": "Stop relying on this result.",
    "error-response-removed": "Answer calls of the service with a status that is still listed.",
    "response-header-added": "Answer calls of the service with the header.",
    "response-header-removed": "Stop reading the header.",
    "response-header-made-required": "Answer calls of the service with the header.",
    "response-header-made-optional": "Expect responses without the header.",
    "callback-removed": "Stop waiting for the callback.",
    "callback-changed": "Receive the callback as the document now says.",
    "webhook-removed": "Stop waiting for the webhook.",
    "webhook-changed": "Receive the webhook as the document now says.",
    # Types and their names in Python
    "class-removed": "Stop importing the class; build or read what now stands in its place.",
    "class-renamed": "Import the class by its new name.",
    "python-name-changed": "Use the new name in Python.",
    "variant-added": "Handle the further variant in what comes back.",
    "variant-removed": "Stop sending this variant.",
    "discriminator-removed": "Tell the variants apart by what they contain.",
    # Fields
    "required-field-added": "Send the field in every request.",
    "field-made-required": "Send the field in every request.",
    "field-made-optional": "Expect objects without the field.",
    "field-made-read-only": "Stop sending the field.",
    "field-no-longer-read-only": "Send the field in every request.",
    "field-made-write-only": "Stop reading the field.",
    # Values
    "enum-added": "Send only the values that are listed.",
    "enum-removed": "Expect values beyond those that were listed.",
    "enum-value-removed": "Stop sending the value.",
    "const-added": "Send only this value.",
    "const-removed": "Expect other values.",
    "limit-tightened": "Send only values within the new limit.",
    "limit-loosened": "Expect values beyond the old limit.",
    "content-stated": "Send only text with this content.",
    "content-no-longer-stated": "Expect text with other content.",
}  # fmt: skip
_FOR_EFFECT: Mapping[tuple[str, Effect], str] = {
    ("type-changed", Effect.NARROWED): "Send only the types that are still allowed.",
    ("type-changed", Effect.WIDENED): "Handle the further types in what comes back.",
    ("nullable-changed", Effect.NARROWED): "Stop sending null.",
    ("nullable-changed", Effect.WIDENED): "Expect None.",
    ("unknown-fields-retyped", Effect.NARROWED): "Send only further fields of the type that is still allowed.",
    ("unknown-fields-retyped", Effect.WIDENED): "Expect further fields of other types.",
}  # fmt: skip


@dataclass(frozen=True)
class _ByDirection:
    """What callers do where a value is sent, where it is received, and where it is both."""

    sent: str
    received: str
    both: str

    def action(self, travels: Direction) -> str:
        match travels:
            case Direction.SENT:
                return self.sent
            case Direction.RECEIVED:
                return self.received
            case _:
                return self.both


_FOR_RENAMED = _ByDirection(
    sent="Send it under its new name.",
    received="Read it under its new name.",
    both="Send and read it under its new name.",
)
_FOR_DIRECTION: Mapping[str, _ByDirection] = {
    "parameter-removed": _ByDirection(
        sent="Stop passing the argument.",
        received="Expect calls of the service without the parameter.",
        both="Stop passing and reading the parameter.",
    ),
    "body-removed": _ByDirection(
        sent="Stop passing a body.",
        received="Expect calls of the service without a body.",
        both="Stop passing and reading a body.",
    ),
    "content-type-removed": _ByDirection(
        sent="Send another content type.",
        received="Read another content type.",
        both="Use another content type.",
    ),
    "content-type-changed": _ByDirection(
        sent="Take the new version, and pass content of the new type.",
        received="Take the new version, and read content of the new type.",
        both="Take the new version, and pass and read content of the new type.",
    ),
    "type-changed": _ByDirection(
        sent="Send the new type.",
        received="Read the new type.",
        both="Send and read the new type.",
    ),
    "format-changed": _ByDirection(
        sent="Send the type that it now has in Python.",
        received="Read the type that it now has in Python.",
        both="Send and read the type that it now has in Python.",
    ),
    "discriminator-changed": _ByDirection(
        sent="Send the value that now names the variant.",
        received="Expect the value that now names the variant.",
        both="Send the value that now names the variant, and expect it.",
    ),
    "field-removed": _ByDirection(
        sent="Stop sending the field.",
        received="Stop reading the field.",
        both="Stop sending and reading the field.",
    ),
    "unknown-fields-refused": _ByDirection(
        sent="Send declared fields alone.",
        received="Read declared fields alone.",
        both="Send and read declared fields alone.",
    ),
    "const-changed": _ByDirection(
        sent="Send the new value.",
        received="Expect the new value.",
        both="Send the new value, and expect it.",
    ),
    "limit-changed": _ByDirection(
        sent="Send only values within the new limit.",
        received="Expect values beyond the old limit.",
        both="Send only values within the new limit, and expect values beyond the old one.",
    ),
    "content-changed": _ByDirection(
        sent="Send the new content.",
        received="Expect the new content.",
        both="Send the new content, and expect it.",
    ),
}


@dataclass(frozen=True)
class Advice:
    """What to do about all changes of one kind.

    Attributes:
        what: The kind in words, with the direction of the values.
        count: How many changes are of this kind.
        following: How many more follow from changes of other kinds, and are counted with those.
        action: What affected callers do.
        examples: From what to what, where the action depends on it: `integer -> string`, the most frequent first.
    """

    what: str
    count: int
    following: int
    action: str
    examples: tuple[str, ...] = ()

    @property
    def times(self) -> str:
        """How often, in words: `2`, `2 (3 more in other rows)`; those in brackets are counted as another kind."""
        if not self.following:
            return str(self.count)
        if not self.count:
            return f"({self.following} in other rows)"
        return f"{self.count} ({self.following} more in other rows)"

    def action_in_words(self, mark: Mark) -> str:
        """What affected callers do, with the first few of the examples."""
        if not self.examples:
            return self.action
        examples = listing([mark(each) for each in self.examples], _MOST_EXAMPLES)
        return f"{self.action.removesuffix('.')}: {examples}."


def advice(report: Report) -> list[Advice]:
    """What callers do about the changes that break them, the most frequent kind first. Each change counts once."""
    counted: Counter[tuple[str, str]] = Counter()
    following: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for change in report.open_breaks():
        breaks = [c for c in (change, *change.consequences) if c.breaks_by_itself]
        first_action = ""
        for position, each in enumerate(breaks):
            action_in_words = action_on(report, each)
            what = _directed(each)
            if report.is_first_typed(each):
                what = "typed for the first time"
            kind = (what, action_in_words)
            example = _example(report, each)
            if example:
                examples[kind][example] += 1
            if position == 0:
                counted[kind] += 1
                first_action = action_in_words
            elif action_in_words != first_action:
                following[kind] += 1
    kinds = sorted(
        {*counted, *following},
        key=lambda kind: (-counted[kind], -following[kind], kind),
    )
    return [
        Advice(
            kind[0],
            counted[kind],
            following[kind],
            kind[1],
            _most_frequent(examples[kind]),
        )
        for kind in kinds
    ]


def _most_frequent(counted: Counter[str]) -> tuple[str, ...]:
    """What was counted, the most frequent first."""
    return tuple(sorted(counted, key=lambda each: (-counted[each], each)))


def _example(report: Report, change: Change) -> str:
    """From what to what, in words, where a value is of another type or a part has another name."""
    if report.is_first_typed(change):
        return ""
    successor = report.renames.successor(change)
    if successor is not None and successor.is_renamed:
        return f"{change.where} -> {successor.names[0]}"
    types = types_of(change)
    return f"{types[0]} -> {types[1]}" if types else ""


def types_of(change: Change) -> tuple[str, str] | None:
    """The types before and after, in words, of a value that is of another type; those of Python for another format."""
    match change.rule:
        case "type-changed":
            before = type_of(change.before)
            after = type_of(change.after)
            return (before, after) if before and after else None
        case "format-changed":
            return _type_in_python(change.before), _type_in_python(change.after)
    return None


def type_of(side: object) -> str:
    """The type that a side of a row names, with or without its fields; empty where it names none."""
    match side:
        case dict() if len(side) == 1:
            return str(next(iter(side)))
        case str():
            return side
    return ""


def _type_in_python(format_: object) -> str:
    return _TYPES_IN_PYTHON.get(str(format_), "str")


def action_on(report: Report, change: Change) -> str:
    """What a caller affected by a breaking change does, as far as it is the same for all of its kind."""
    if report.is_first_typed(change):
        return _FIRST_TYPED
    if becomes_constant(change):
        return CONSTANT
    successor = report.renames.successor(change)
    if successor is not None and successor.is_renamed:
        return _FOR_RENAMED.action(change.travels)
    return action(change)


def _directed(change: Change) -> str:
    """A kind of change in words, with its direction: `type narrowed (sent)`."""
    words = kind_in_words(change)
    directions = direction(change)
    if directions:
        words += f" ({directions})"
    return words


def kind_in_words(change: Change) -> str:
    """A kind of change in words: `type narrowed`."""
    words = change.what
    if (change.rule, change.effect) in _FOR_EFFECT:
        words = f"{words.removesuffix(' changed')} {change.effect.value}"
    return words


def action(change: Change) -> str:
    """What a caller affected by a breaking change does."""
    if change.what == "scope removed":
        return _SCOPE_REMOVED
    for_effect = _FOR_EFFECT.get((change.rule, change.effect))
    if for_effect:
        return for_effect
    by_direction = _FOR_DIRECTION.get(change.rule)
    if by_direction:
        return by_direction.action(change.travels)
    return _FOR_RULE.get(change.rule, _ANY_OTHER)
