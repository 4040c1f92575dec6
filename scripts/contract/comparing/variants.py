"""Which variants of two unions are the same one. The order of a union names nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from scripts.contract.comparing.changes import canonical
from scripts.contract.comparing.words import named
from scripts.contract.schema import (
    Anything,
    Enum,
    Object,
    Scalar,
    Schema,
    Union,
    type_name,
)
from scripts.contract.view import View, view
from scripts.intake.yaml_text import Pointer

# How much of what two variants are made of they must share to be the same one.
_SIMILAR = 0.5
# So many pairs of variants are compared whole, and so many by what they are made of. Beyond that, tables find what matches.
_MOST_COMPARED = 1_000
_MOST_PAIRS = 40_000
# What so many variants have tells none of them apart.
_COMMON = 16


def made_of(schema: Schema) -> set[str]:
    """The fields of an object, the values of an enum."""
    match schema:
        case Object():
            return set(schema.fields)
        case Enum():
            return set(map(canonical, schema.values))
        case _:
            return set()


def takes_in(wider: Schema, narrower: Schema) -> bool:
    """Whether a type allows every value of another one, so that a union of both allows no more than the type alone.

    Any value takes in all, and a plain type the values of an enum.
    """
    if isinstance(wider, Anything):
        return not wider.limits
    if not isinstance(narrower, Enum) or not isinstance(wider, Scalar):
        return False
    return wider.type == narrower.type and not wider.limits and not wider.format


@dataclass(frozen=True, eq=False)
class Variant:
    """A variant of a union, and what stands there once references are followed."""

    schema: Schema
    view: View

    @property
    def is_union(self) -> bool:
        """Whether it is itself one of several."""
        return isinstance(self.view.schema, Union)

    def members(self) -> list[Variant]:
        """The variants of a union in a union; of anything else, itself. A union that contains itself stays whole."""
        pending = [self]
        members: list[Variant] = []
        seen: set[Pointer] = set()
        while pending:
            variant = pending.pop(0)
            schema = variant.view.schema
            if not isinstance(schema, Union) or schema.pointer in seen:
                members.append(variant)
                continue
            seen.add(schema.pointer)
            contract = variant.view.contract
            pending += [Variant(each, view(each, contract)) for each in schema.variants]
        return members

    @property
    def ingredients(self) -> set[str]:
        """The parts that it is made of, as text."""
        return made_of(self.view.schema)

    @property
    def shape(self) -> tuple[str, ...]:
        """A key that variants have in common if they are alike; cheap to compare."""
        return (type_name(self.view.schema), *sorted(self.ingredients))


@dataclass(frozen=True)
class Matched:
    """The variants that are in both unions, and those that only one has."""

    pairs: list[tuple[Variant, Variant]]
    removed: list[Variant]
    added: list[Variant]


Matches = Callable[[Variant, Variant], bool]
Key = Callable[[Variant], Hashable]


def match_variants(
    old: Sequence[Variant],
    new: Sequence[Variant],
    rule_of: Key,
    is_alike: Matches,
    is_akin: Matches,
) -> Matched:
    """Match variants: by component, then those alike, similar, or the same in words, then the last one on either side.

    Args:
        old: The variants before.
        new: The variants after.
        rule_of: Equal for variants that allow the same values.
        is_alike: Whether two variants differ in nothing but the names of classes.
        is_akin: Whether one may be the other one changed, if nothing else is left.
    """
    matching = _Matching(old, new)
    matching.pair_by(lambda variant: variant.view.keys)
    matching.pair_by(lambda variant: (rule_of(variant),))
    matching.pair_within(lambda variant: variant.shape, is_alike)
    matching.pair_similar()
    matching.pair_by(lambda variant: (named(variant.view),))
    matching.pair_by(_scalar_type)
    if len(matching.removed) == len(matching.added) == 1:
        matching.pair_within(lambda _variant: "", is_akin)
    return Matched(matching.pairs, [*matching.removed], [*matching.added])


def _scalar_type(variant: Variant) -> tuple[str, ...]:
    """The type of a single value, whatever its format; nothing for any other variant."""
    schema = variant.view.schema
    return (schema.type,) if isinstance(schema, Scalar) else ()


class _Matching:
    """The pairs so far, and the variants that are in none yet, in the order of their union."""

    def __init__(self, old: Iterable[Variant], new: Iterable[Variant]) -> None:
        self.pairs: list[tuple[Variant, Variant]] = []
        # The keys alone count: an ordered set.
        self.removed = dict.fromkeys(old)
        self.added = dict.fromkeys(new)

    def _pair(self, old: Variant, new: Variant) -> None:
        self.pairs.append((old, new))
        del self.removed[old]
        del self.added[new]

    def pair_by(self, keys_of: Callable[[Variant], Iterable[Hashable]]) -> None:
        """Pair variants that have a key in common, each with the first that is left."""
        by_key: dict[Hashable, list[Variant]] = defaultdict(list)
        positions: dict[Variant, int] = {}
        for position, variant in enumerate(self.added):
            positions[variant] = position
            for key in keys_of(variant):
                by_key[key].append(variant)
        for old in [*self.removed]:
            candidates = []
            for key in keys_of(old):
                waiting = by_key.get(key, [])
                while waiting and waiting[0] not in self.added:
                    waiting.pop(0)
                candidates += waiting[:1]
            if candidates:
                self._pair(old, min(candidates, key=positions.__getitem__))

    def pair_within(self, key_of: Key, matches: Matches) -> None:
        """Pair variants that have the same key and match."""
        by_key: dict[Hashable, list[Variant]] = defaultdict(list)
        for variant in self.added:
            by_key[key_of(variant)].append(variant)
        looked_at = 0
        for old in [*self.removed]:
            waiting = by_key.get(key_of(old), [])
            for new in waiting:
                looked_at += 1
                if looked_at > _MOST_COMPARED:
                    return
                if matches(old, new):
                    self._pair(old, new)
                    waiting.remove(new)
                    break

    def pair_similar(self) -> None:
        """Pair variants without a name of their own on both sides that share most of what they are made of, the most similar first."""
        candidates = []
        for old, new in self._related():
            if not (old.view.keys and new.view.keys):
                share = similarity(old, new)
                if share >= _SIMILAR:
                    candidates.append((share, old, new))
        candidates.sort(key=lambda candidate: -candidate[0])
        for _share, old, new in candidates:
            if old in self.removed and new in self.added:
                self._pair(old, new)

    def _related(self) -> Iterator[tuple[Variant, Variant]]:
        """The pairs that may be similar: all of them, or in large unions those that share something that few variants have."""
        if len(self.removed) * len(self.added) <= _MOST_PAIRS:
            for old in self.removed:
                for new in self.added:
                    yield old, new
            return
        by_ingredient: dict[str, list[Variant]] = defaultdict(list)
        for new in self.added:
            for ingredient in new.ingredients:
                by_ingredient[ingredient].append(new)
        for old in self.removed:
            related: dict[Variant, None] = {}
            for ingredient in sorted(old.ingredients):
                sharing = by_ingredient.get(ingredient, [])
                if len(sharing) <= _COMMON:
                    related |= dict.fromkeys(sharing)
            for new in related:
                yield old, new


def similarity(old: Variant, new: Variant) -> float:
    """The share of what two variants are made of that both have, from 0 to 1."""
    if type_name(old.view.schema) != type_name(new.view.schema):
        return 0.0
    most = max(len(old.ingredients), len(new.ingredients))
    if not most:
        return 0.0
    return len(old.ingredients & new.ingredients) / most
