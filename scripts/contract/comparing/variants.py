"""Which variants of two unions are the same one. The order of a union names nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.contract.comparing.changes import canonical
from scripts.contract.comparing.words import named
from scripts.contract.schema import Enum, Object, Scalar, Schema, Union, type_name
from scripts.contract.view import View, view
from scripts.intake.yaml_text import Pointer

# How much of what two variants are made of they must share to be the same one.
_SIMILAR = 0.5


def made_of(schema: Schema) -> set[str]:
    """The fields of an object, the values of an enum."""
    match schema:
        case Object():
            return set(schema.fields)
        case Enum():
            return set(map(canonical, schema.values))
        case _:
            return set()


@dataclass(frozen=True)
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
    def parts(self) -> set[str]:
        """What it is made of."""
        return made_of(self.view.schema)

    @property
    def shape(self) -> tuple[str, ...]:
        """What variants that are alike have in common; cheap to compare."""
        return (type_name(self.view.schema), *sorted(self.parts))


@dataclass(frozen=True)
class Matched:
    """The variants that are in both unions, and those that only one has."""

    pairs: list[tuple[Variant, Variant]]
    removed: list[Variant]
    added: list[Variant]


Matches = Callable[[Variant, Variant], bool]


def match_variants(
    old: Sequence[Variant],
    new: Sequence[Variant],
    is_alike: Matches,
    is_akin: Matches,
) -> Matched:
    """Match by component, then what is alike, then what is similar, then what reads the same, then the last one on either side.

    Args:
        old: The variants before.
        new: The variants after.
        is_alike: Whether two variants differ in nothing but the names of classes.
        is_akin: Whether one may be the other one changed, if nothing else is left.
    """
    matched = Matched([], [*old], [*new])
    _take(matched, _same_component)
    _take(matched, lambda a, b: a.shape == b.shape and is_alike(a, b))
    _take_similar(matched)
    _take(matched, _same_words)
    _take(matched, _same_scalar)
    if len(matched.removed) == len(matched.added) == 1:
        _take(matched, is_akin)
    return matched


def _take(matched: Matched, matches: Matches) -> None:
    """Make pairs of the variants that match and are not in one yet."""
    for one in [*matched.removed]:
        for other in matched.added:
            if matches(one, other):
                matched.pairs.append((one, other))
                matched.removed.remove(one)
                matched.added.remove(other)
                break


def _take_similar(matched: Matched) -> None:
    """Make pairs of variants without a name of their own on both sides that share most parts, the most similar first."""
    candidates = [
        (similarity(one, other), one, other)
        for one in matched.removed
        for other in matched.added
        if not (one.view.keys and other.view.keys)
    ]
    candidates = [each for each in candidates if each[0] >= _SIMILAR]
    candidates.sort(key=lambda each: -each[0])
    for _similarity, one, other in candidates:
        if one in matched.removed and other in matched.added:
            matched.pairs.append((one, other))
            matched.removed.remove(one)
            matched.added.remove(other)


def similarity(one: Variant, other: Variant) -> float:
    """The share of parts that both variants have, from 0 to 1."""
    if type_name(one.view.schema) != type_name(other.view.schema):
        return 0.0
    most = max(len(one.parts), len(other.parts))
    return len(one.parts & other.parts) / most if most else 0.0


def _same_component(one: Variant, other: Variant) -> bool:
    return bool({*one.view.keys} & {*other.view.keys})


def _same_scalar(one: Variant, other: Variant) -> bool:
    """Whether both are single values of one type, whatever their formats."""
    a = one.view.schema
    b = other.view.schema
    return isinstance(a, Scalar) and isinstance(b, Scalar) and a.type == b.type


def _same_words(one: Variant, other: Variant) -> bool:
    return named(one.view) == named(other.view)
