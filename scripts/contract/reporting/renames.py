"""Which added field, parameter or value probably stands in the place of a removed one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from scripts.contract.comparing import words
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.runs import field_of

_REMOVED = {"field-removed", "parameter-removed", "enum-value-removed"}
_ADDED = {
    "field-added",
    "required-field-added",
    "parameter-added",
    "required-parameter-added",
    "enum-value-added",
}
_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
# Names are alike from here on; two of them are about equally alike within the margin.
_ALIKE = 0.6
_MARGIN = 0.15
# One name has all words of the other one.
_CONTAINED = 0.8
# So many are compared with each other, and so much of each name; of more, nobody can tell.
_MOST_PAIRS = 400
_LONGEST_NAME = 100
# So many names, and pairs of them, are remembered.
_MOST_NAMES = 10_000


@dataclass(frozen=True)
class Successor:
    """What probably stands in the place of something removed.

    Attributes:
        names: The candidates, the best first.
        is_renamed: Whether there is one, and it is the same thing under another name. Else it may be.
        new_type: The type in words of the one that is renamed, where that is another one; else empty.
    """

    names: tuple[str, ...]
    is_renamed: bool
    new_type: str = ""


class _Member(NamedTuple):
    """A field, a parameter or a value that was added or removed."""

    name: str
    type: object
    change: Change


class _Pair(NamedTuple):
    """A removed member and an added one that may be the same."""

    removed: _Member
    added: _Member
    is_same_type: bool
    likeness: float

    @property
    def is_value(self) -> bool:
        """Whether they are values of an enum."""
        return self.removed.change.rule == "enum-value-removed"

    @property
    def is_likely(self) -> bool:
        """Whether they probably are the same one: of one class, or with names that are alike. Values are alike sooner than names."""
        if self.is_value:
            return self.is_sure
        if self.is_same_type and _names_a_class(self.added.type):
            return True
        return self.likeness >= _ALIKE

    @property
    def is_sure(self) -> bool:
        """Whether there is little doubt, if no other pair is as likely: names that share a part are not enough."""
        if self.is_same_type and _names_a_class(self.added.type):
            return True
        return self.likeness >= _CONTAINED

    @property
    def rank(self) -> tuple[bool, float]:
        """The greater, the likelier."""
        return self.is_same_type, self.likeness

    def has_any(self, changes: set[Change]) -> bool:
        """Whether one of the two is among some changes."""
        return self.removed.change in changes or self.added.change in changes

    def is_about_as_likely(self, other: _Pair) -> bool:
        """Whether nobody can tell which of two pairs is the right one."""
        if self.is_same_type != other.is_same_type:
            return False
        return abs(self.likeness - other.likeness) < _MARGIN


class Renames:
    """Pairs what was removed from a class, an operation or an enum with what was added to the same one."""

    def __init__(self, changes: Iterable[Change]) -> None:
        removed: dict[tuple[str, str], list[_Member]] = defaultdict(list)
        added: dict[tuple[str, str], list[_Member]] = defaultdict(list)
        for change in changes:
            if change.rule in _REMOVED:
                holder, name = holder_and_name(change)
                removed[holder].append(_Member(name, change.before, change))
            elif change.rule in _ADDED:
                holder, name = holder_and_name(change)
                added[holder].append(_Member(name, change.after, change))
        self._beside: dict[Change, list[str]] = {}
        self._successors: dict[Change, Successor] = {}
        self._predecessors: dict[Change, str] = {}
        for holder, members in removed.items():
            candidates = added.get(holder, [])
            if len(members) * len(candidates) <= _MOST_PAIRS:
                self._pair_up(holder[1], members, candidates)
            else:
                names = [each.name for each in candidates]
                self._beside |= {member.change: names for member in members}

    def successor(self, change: Change) -> Successor | None:
        """What probably stands in the place of what a row has removed."""
        return self._successors.get(change)

    def predecessor(self, change: Change) -> str:
        """The old name of what a row has added, if that is probably renamed."""
        return self._predecessors.get(change, "")

    def beside(self, change: Change) -> list[str]:
        """The names of what was added beside what a row has removed, the most alike first."""
        return self._beside.get(change, [])

    def _pair_up(
        self, holder: str, removed: list[_Member], added: list[_Member]
    ) -> None:
        """Find the successors of what was removed from one holder, the surest first."""
        holder_words = _words(holder)
        pairs: list[_Pair] = []
        for member in removed:
            of_member = [_pair(holder_words, member, each) for each in added]
            of_member.sort(key=lambda pair: -pair.likeness)
            self._beside[member.change] = [pair.added.name for pair in of_member]
            pairs += of_member
        likely = [pair for pair in pairs if pair.is_likely]
        likely.sort(key=lambda pair: pair.rank, reverse=True)
        done: set[Change] = set()
        for best in likely:
            if best.removed.change in done or best.added.change in done:
                continue
            pairs = [pair for pair in pairs if not pair.has_any(done)]
            close = [pair for pair in pairs if pair.is_about_as_likely(best)]
            successors = [pair.added for pair in close if pair.removed is best.removed]
            rivals = [pair.removed for pair in close if pair.added is best.added]
            is_only_one = len(successors) == 1 and len(rivals) == 1
            is_renamed = best.is_sure and is_only_one and not best.is_value
            self._succeed(best.removed, successors, is_renamed=is_renamed)
            done.add(best.removed.change)
            done.update(successor.change for successor in successors)
        unsure = [pair for pair in pairs if not pair.has_any(done)]
        if len(unsure) == 1:
            (last,) = unsure
            if _is_of_one_kind(last.removed.type, last.added.type):
                self._succeed(last.removed, [last.added], is_renamed=False)

    def _succeed(
        self, member: _Member, candidates: list[_Member], *, is_renamed: bool
    ) -> None:
        names = tuple(each.name for each in candidates)
        new_type = ""
        if is_renamed and candidates[0].type != member.type:
            new_type = str(candidates[0].type or "")
        self._successors[member.change] = Successor(names, is_renamed, new_type)
        if is_renamed:
            self._predecessors[candidates[0].change] = member.name


def holder_and_name(change: Change) -> tuple[tuple[str, str], str]:
    """What has, or had, the field, the parameter or the value of a row; and its name there."""
    if change.rule.startswith("enum-value-"):
        value = change.before
        if value is None:
            value = change.after
        return ("value", change.where), str(value)
    if "parameter" in change.rule:
        parameter, holder = _parameter_and_holder(change)
        kind, _parameter, name = parameter.partition(" parameter ")
        return (kind, holder), name
    holder, name = field_of(change)
    return ("field", holder), name


def _parameter_and_holder(change: Change) -> tuple[str, str]:
    """The parameter in words that a row is about, and the component, the path or the operation that declares it."""
    place = change.new_at if change.before is None else change.old_at
    if place[:2] == ("components", "parameters"):
        component = words.of_component(place)
        if change.where.endswith(component):
            return change.where.removesuffix(component), component
    parameter, _of, operation = change.where.rpartition(" of ")
    return parameter, operation


def _pair(holder_words: frozenset[str], removed: _Member, added: _Member) -> _Pair:
    likeness = _likeness(removed.name, added.name)
    # `session_id` of TrainingSession is its `id`.
    if _words(removed.name) ^ _words(added.name) <= holder_words:
        likeness += _MARGIN
    is_same_type = removed.type is not None and removed.type == added.type
    return _Pair(removed, added, is_same_type, likeness)


def _names_a_class(type_in_words: object) -> bool:
    """Whether a type is one of its own, unlike `string`, which many fields have."""
    return isinstance(type_in_words, str) and bool(re.search("[A-Z]", type_in_words))


def _is_of_one_kind(before: object, after: object) -> bool:
    """Whether two types in words are the same, or both an array, or both a map."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    kinds = ("array of", "map of")
    return before == after or any(
        before.startswith(kind) and after.startswith(kind) for kind in kinds
    )


@lru_cache(maxsize=_MOST_NAMES)
def _likeness(first: str, second: str) -> float:
    """How alike two names are, from 0 to 1."""
    first_words = _words(first)
    second_words = _words(second)
    first = first[:_LONGEST_NAME].lower()
    second = second[:_LONGEST_NAME].lower()
    likeness = SequenceMatcher(None, first, second).ratio()
    is_contained = first_words <= second_words or second_words <= first_words
    if first_words and second_words and is_contained:
        return max(likeness, _CONTAINED)
    return likeness


@lru_cache(maxsize=_MOST_NAMES)
def _words(name: str) -> frozenset[str]:
    """The words of a name in snake case or camel case."""
    matches = _WORD.findall(name[:_LONGEST_NAME])
    return frozenset(word.lower() for word in matches)
