"""Compare the variants of two unions, and what chooses among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from scripts.contract import words
from scripts.contract.changes import Difference, step
from scripts.contract.model import Schema
from scripts.contract.view import View, view

if TYPE_CHECKING:
    from scripts.contract.types import Site, Types


def compare(types: Types, va: View, vb: View, site: Site) -> None:
    """Report variants dropped and added, and compare those that are in both."""
    gone, come, pairs = _matched(types, va.node.variants, vb.node.variants)
    where = types.places.label(site.place)
    for one in gone:
        at = one.at, vb.node.at
        types.changes.add("variant-removed", where, types.texts(one, None), at)
    for one in come:
        at = va.node.at, one.at
        types.changes.add("variant-added", where, types.texts(None, one), at)
    for one, other in pairs:
        inner = site._replace(place=other.at, twins=(), in_union=True)
        types.compare(one, other, inner)


def _matched(
    types: Types, ones: tuple[Schema, ...], others: tuple[Schema, ...]
) -> tuple[list[Schema], list[Schema], list[tuple[Schema, Schema]]]:
    """Variants of the same type in words belong together, then one that is left on either side, if it is the same kind of type."""
    left = _grouped(ones, types.old)
    right = _grouped(others, types.new)
    gone: list[Schema] = []
    come: list[Schema] = []
    pairs: list[tuple[Schema, Schema]] = []
    for key in sorted({*left, *right}):
        mine, theirs = list(left[key]), list(right[key])
        # Equal ones first.
        for one in list(mine) if len(mine) + len(theirs) > 2 else ():
            same = next((o for o in theirs if types.alike(one, o)), None)
            if same is not None:
                pairs.append((one, same))
                mine.remove(one)
                theirs.remove(same)
        count = min(len(mine), len(theirs))
        pairs += zip(mine[:count], theirs[:count], strict=True)
        gone += mine[count:]
        come += theirs[count:]
    if len(gone) == len(come) == 1:
        a, b = types.views(gone[0], come[0])
        unnamed = not (a.node.class_name and b.node.class_name)
        same_kind = unnamed and a.node.kind == b.node.kind and not a.node.variants
        if types.renamed(a, b) or same_kind or {*a.names} & {*b.names}:
            pairs.append((gone.pop(), come.pop()))
    return gone, come, pairs


def _grouped(
    variants: tuple[Schema, ...], types: Mapping[str, Schema]
) -> dict[str, list[Schema]]:
    groups: dict[str, list[Schema]] = defaultdict(list)
    for variant in variants:
        groups[words.named(view(variant, types), types)].append(variant)
    return groups


def discriminators(
    va: View, vb: View, old: Mapping[str, Schema], new: Mapping[str, Schema]
) -> Iterator[Difference]:
    """What names the variant, where the variants themselves are in both unions."""
    a, b = _choices(va.node, old), _choices(vb.node, new)
    if a is None and b is None:
        return
    if a is None or b is None or a[0] != b[0]:
        before, after = a and a[0], b and b[0]
        yield Difference(f"discriminator-{step(before, after)}", before, after)
        return
    ones = {v.ref or words.text(v, old) for v in va.node.variants}
    others = {v.ref or words.text(v, new) for v in vb.node.variants}
    for value in sorted({*a[1], *b[1]}):
        before, after = a[1].get(value), b[1].get(value)
        came = before is None and after not in ones
        went = after is None and before not in others
        if before != after and not came and not went:
            sides = _choice(value, before), _choice(value, after)
            yield Difference(f"discriminator-{step(before, after)}", *sides)


def _choices(
    node: Schema, types: Mapping[str, Schema]
) -> tuple[str, dict[str, str]] | None:
    chosen = node.discriminator
    if chosen is None:
        return None
    names = [v.ref or words.text(v, types) for v in node.variants]
    return chosen.property, {v: names[i] for v, i in chosen.variants.items()}


def _choice(value: str, variant: str | None) -> str | None:
    return None if variant is None else f"{value}: {variant}"
