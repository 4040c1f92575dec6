"""Why a change breaks callers, or does not, in half a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scripts.contract.comparing.changes import Change, Direction, Effect, breaks
from scripts.contract.reporting.advice import kind_in_words
from scripts.contract.reporting.attention import attention
from scripts.contract.reporting.direction import direction

# By effect, where it breaks callers and where it does not.
_FOR_EFFECT: Mapping[tuple[Effect, bool], str] = {
    (Effect.NARROWED, True): "programs may send what is no longer allowed",
    (Effect.NARROWED, False): "nothing comes back that could not come back before",
    (Effect.WIDENED, True): "more comes back than programs had to expect",
    (Effect.WIDENED, False): "what programs send is still allowed",
    (Effect.REMOVED, True): "programs may use it",
    (Effect.REPLACED, True): "programs use what was there before",
    (Effect.ADDED, False): "nobody has to use it",
    (Effect.NOTED, False): "no program notices it",
}
_SAME_NAME = "the name in Python stays"
_OLD_NAME = "programs import the old name"
_NOT_SENT = "programs don't send it"
_SAME_RESULT = "nobody has to send it, and every call returns the same type as before"
_FOR_RULE: Mapping[tuple[str, Effect], str] = {
    ("operation-removed", Effect.REMOVED): "programs call it",
    ("operation-left-out", Effect.REMOVED): "programs call it, and the client no longer has it",
    ("left-out-operation-added", Effect.NOTED): "the client never had it",
    ("left-out-operation-removed", Effect.NOTED): "the client never had it",
    ("left-out-operation-changed", Effect.NOTED): "the client does not have it",
    ("operation-id-changed", Effect.REPLACED): _OLD_NAME,
    ("operation-id-changed", Effect.NOTED): _SAME_NAME,
    ("tag-changed", Effect.REPLACED): _OLD_NAME,
    ("tag-changed", Effect.NOTED): _SAME_NAME,
    ("function-renamed", Effect.REMOVED): _OLD_NAME,
    ("class-renamed", Effect.REMOVED): _OLD_NAME,
    ("class-removed", Effect.REMOVED): "programs may import it",
    ("python-name-changed", Effect.REMOVED): "programs use the old name",
    ("method-changed", Effect.REPLACED): "old clients send the old method",
    ("path-changed", Effect.REPLACED): "old clients call the old path",
    ("prefix-moved", Effect.NOTED): "the address of every call stays the same",
    ("server-removed", Effect.REMOVED): "programs may have chosen it",
    ("server-changed", Effect.REPLACED): "old clients call the old server",
    ("authentication-changed", Effect.REPLACED): "programs send credentials that are no longer enough",
    ("authentication-changed", Effect.ADDED): "credentials that were enough still are",
    ("required-parameter-added", Effect.NARROWED): _NOT_SENT,
    ("required-body-added", Effect.NARROWED): _NOT_SENT,
    ("required-field-added", Effect.NARROWED): _NOT_SENT,
    ("parameter-made-required", Effect.NARROWED): "programs may leave it out",
    ("body-made-required", Effect.NARROWED): "programs may leave it out",
    ("field-made-required", Effect.NARROWED): "programs may leave it out",
    ("field-made-optional", Effect.WIDENED): "programs rely on it",
    ("response-header-made-optional", Effect.WIDENED): "programs rely on it",
    ("parameter-renamed", Effect.REMOVED): "programs pass it by its old name",
    ("parameter-moved", Effect.REPLACED): "old clients send it in the old place",
    ("parameter-renamed", Effect.NOTED): "no request contains the name, and the argument keeps its own",
    ("content-type-order-changed", Effect.REPLACED): "the client takes the first type, which is now another",
    ("content-type-added", Effect.ADDED): _SAME_RESULT,
    ("content-type-added", Effect.WIDENED): "the client asks for it, or the service sends it unasked",
    ("success-status-added", Effect.ADDED): "nobody has to send it, and clients take it for a success that they know",
    ("success-status-added", Effect.WIDENED): "old clients take it for an error, or for another type",
    ("content-type-removed", Effect.NOTED): "the client reads errors of any type",
    ("error-response-added", Effect.ADDED): "every error status raises an error, documented or not",
    ("error-response-removed", Effect.NARROWED): "programs may answer with it",
    ("response-header-added", Effect.NARROWED): "programs answer without it",
    ("error-response-removed", Effect.NOTED): "every error status raises an error, documented or not",
    ("enum-value-added", Effect.ADDED): "nobody has to send it, and the client keeps values that it does not know",
    ("variant-added", Effect.ADDED): "the client keeps values that it does not know, or another variant allows them",
    ("variant-removed", Effect.NOTED): "another variant allows its values",
    ("type-changed", Effect.NOTED): "the same values are allowed",
    ("format-changed", Effect.REPLACED): "the type in Python is another one",
    ("format-changed", Effect.NOTED): "the type in Python stays",
    ("field-made-read-only", Effect.REMOVED): "programs may send it",
    ("field-made-write-only", Effect.REMOVED): "programs may read it",
    ("field-no-longer-read-only", Effect.NARROWED): "it is required, and programs don't send it",
    ("default-changed", Effect.NOTED): "the client never sends a default",
    ("deprecated", Effect.NOTED): "it still works",
}  # fmt: skip


def reason(change: Change) -> str:
    """Why a change breaks callers by itself, or why it does not."""
    return reason_of(change.rule, change.effect, change.travels)


def reason_of(rule: str, effect: Effect, travels: Direction) -> str:
    """Why a rule with an effect breaks callers of values in these directions, or why it does not."""
    is_breaking = breaks(travels, effect)
    # The reason of a rule is about the direction in which its effect breaks callers, if there is one.
    if is_breaking or not breaks(Direction.BOTH, effect):
        stated = _FOR_RULE.get((rule, effect))
        if stated:
            return stated
    return _FOR_EFFECT[effect, is_breaking]


@dataclass(frozen=True)
class Kind:
    """Changes of one kind, and why they break callers or do not.

    Attributes:
        breaks_callers: Whether they do.
        is_to_look_at: Whether those that don't are worth a look.
        what: The kind in words, with the directions of the values where others of the kind differ from it.
        reason: Why.
    """

    breaks_callers: bool
    is_to_look_at: bool
    what: str
    reason: str

    @property
    def verdict(self) -> str:
        if self.breaks_callers:
            return "breaking"
        return "compatible, but look" if self.is_to_look_at else "compatible"


def kinds_with_reasons(changes: Iterable[Change]) -> list[Kind]:
    """The kinds of some changes, and of what follows from them and breaks callers, breaking ones first."""
    directions: dict[tuple[bool, str, str, str], set[str]] = defaultdict(set)
    for change in changes:
        followers = [row for row in change.consequences if row.breaks_by_itself]
        for row in (change, *followers):
            to_look_at = "" if row.breaks_by_itself else attention(row)
            facts = (
                row.breaks_by_itself,
                to_look_at,
                kind_in_words(row),
                reason(row),
            )
            directions[facts].add(direction(row))
    kinds = []
    verdicts = Counter(what for _breaks, _look, what, _reason in directions)
    for (breaks_callers, to_look_at, what, why), ways in directions.items():
        label = what
        if verdicts[what] > 1 and any(ways):
            label += f" ({' or '.join(sorted(ways))})"
        kinds.append(Kind(breaks_callers, bool(to_look_at), label, to_look_at or why))

    def order(kind: Kind) -> tuple[bool, bool, str]:
        return not kind.breaks_callers, not kind.is_to_look_at, kind.what

    return sorted(kinds, key=order)
