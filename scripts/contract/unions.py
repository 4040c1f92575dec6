"""Compare the variants of two unions."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

from scripts.contract.model import Contract, Schema
from scripts.contract.view import View, view

if TYPE_CHECKING:
    from scripts.contract.types import Types


def compare(types: Types, va: View, vb: View, place: str, way: str) -> None:
    """Report variants dropped, added or exchanged, and compare those that are in both."""
    before = _grouped(types, va, types.old)
    after = _grouped(types, vb, types.new)
    if not before and not after:
        return
    gone = [k for k in before if len(before[k]) > len(after.get(k, ()))]
    come = [k for k in after if len(after[k]) > len(before.get(k, ()))]
    if len(gone) == len(come) == 1 and _renamed(
        types, before[gone[0]][0], after[come[0]][0]
    ):
        gone = come = []
    if gone or come:
        types.changes.add(
            place,
            "union variants changed",
            sorted(types.text(s, types.old) for s in va.variants),
            sorted(types.text(s, types.new) for s in vb.variants),
            way=way,
        )
    for kind in before.keys() & after.keys():
        if len(before[kind]) == len(after[kind]):
            for one, other in _paired(types, before[kind], after[kind]):
                types.compare(one, other, way, ignoring_null=True)


def _renamed(types: Types, a: Schema, b: Schema) -> bool:
    va, vb = view(a, types.old.types), view(b, types.new.types)
    if not (va.chain and vb.chain and va.name and vb.name):
        return False
    if va.name in types.new.declared or vb.name in types.old.declared:
        return False
    types.renamed(va, vb)
    return True


def _grouped(types: Types, seen: View, contract: Contract) -> dict[str, list[Schema]]:
    groups: dict[str, list[Schema]] = defaultdict(list)
    for variant in types.variants(seen, contract):
        groups[types.variant_key(variant, contract)].append(variant)
    return groups


def _paired(
    types: Types, ones: list[Schema], others: list[Schema]
) -> list[tuple[Schema, Schema]]:
    """Equal ones first, then in order."""
    if len(ones) == 1:
        return [(ones[0], others[0])]
    left, right, pairs = list(ones), list(others), []
    for one, other in itertools.product(ones, others):
        if one in left and other in right and types.equal(one, other):
            pairs.append((one, other))
            left.remove(one)
            right.remove(other)
    return [*pairs, *zip(left, right, strict=True)]
