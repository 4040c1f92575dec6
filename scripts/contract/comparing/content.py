"""Compare what two documents say of parts that the client does not have: left-out operations, callbacks and webhooks.

References in them stay as they are, since what they stand for may be shared many times. Both sides are followed together, each pair of
references once, so a comparison costs no more than its documents.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from scripts.contract.comparing.changes import Sides
from scripts.contract.comparing.digests import Digests, references
from scripts.intake.prose import NAMED

_DEEPEST = 300  # of mappings around a difference
# Of two parts, the references that stood for them; "" for a part that stands there itself.
ReferencePair = tuple[str, str]


class ContentComparison:
    """Compares content of two contracts.

    Args:
        old: What references stand for in the old contract.
        new: The same for the new one.
    """

    def __init__(self, old: Mapping[str, object], new: Mapping[str, object]) -> None:
        self._old = old
        self._new = new
        self._old_digests = Digests(old)
        self._new_digests = Digests(new)
        self._is_changed: dict[str, bool] = {}

    def differing(self, old: object, new: object, apart: Collection[str] = ()) -> Sides:
        """What differs, without what is the same around it; nothing on either side where nothing does.

        Items of lists of the same length stand by their number. What references stand for is shown once, at the first of them.

        Args:
            old: The part before.
            new: The part after.
            apart: References that both sides may have, whose targets are not compared here.
        """
        met = {(ref, ref) for ref in apart}
        return self._differing(old, new, met, 0)

    def differing_targets(self, ref: str, apart: Collection[str]) -> Sides:
        """What differs in what a reference stands for, without the targets of other references that are compared on their own."""
        before = self._old.get(ref)
        after = self._new.get(ref)
        return self.differing(before, after, apart)

    def changed_references(self, old: object, new: object) -> set[str]:
        """The references that both parts lead to, directly or not, and that stand for something else now."""
        in_both = _reached(old, self._old) & _reached(new, self._new)
        return {ref for ref in in_both if self._changed(ref)}

    def _changed(self, ref: str) -> bool:
        if ref not in self._is_changed:
            same = self.same(self._old.get(ref), self._new.get(ref))
            self._is_changed[ref] = not same
        return self._is_changed[ref]

    def same(self, old: object, new: object, *, named: bool = False) -> bool:
        """Whether two parts mean the same, references followed on both sides. `named`: whether their keys are names, not keywords."""
        before = self._old_digests.of(old, named=named)
        after = self._new_digests.of(new, named=named)
        return before == after

    def _followed(
        self, old: object, new: object
    ) -> tuple[object, object, ReferencePair | None]:
        """Two parts once references are followed, and the references; None where there are none."""
        before, old_ref = _target(old, self._old)
        after, new_ref = _target(new, self._new)
        if not old_ref or not new_ref:
            return before, after, None
        return before, after, (old_ref, new_ref)

    def _differing(
        self,
        old: object,
        new: object,
        met: set[ReferencePair],
        depth: int,
        *,
        named: bool = False,
    ) -> Sides:
        before, after, pair = self._followed(old, new)
        if pair in met or self.same(before, after, named=named):
            return None, None
        if pair is not None:
            met.add(pair)
        if depth > _DEEPEST:
            return None, "differs further inside"
        before, after = _numbered(before, after)
        if not (isinstance(before, dict) and isinstance(after, dict)):
            return before, after
        removed: dict[str, object] = {}
        added: dict[str, object] = {}
        for key in sorted({*before, *after}):
            if key.startswith("x-") and not named:
                continue
            old_value, new_value = self._differing(
                before.get(key),
                after.get(key),
                met,
                depth + 1,
                named=key in NAMED and not named,
            )
            if old_value is not None:
                removed[key] = old_value
            if new_value is not None:
                added[key] = new_value
        return removed or None, added or None


def _reached(part: object, targets: Mapping[str, object]) -> set[str]:
    """Every reference that a part leads to, directly or through the targets of others."""
    reached: set[str] = set()
    pending = list(references(part))
    while pending:
        ref = pending.pop()
        if ref not in reached:
            reached.add(ref)
            pending += references(targets.get(ref))
    return reached


def _numbered(old: object, new: object) -> tuple[object, object]:
    """Two lists of the same length as mappings by number; other values as they are."""
    if not (isinstance(old, list) and isinstance(new, list)) or len(old) != len(new):
        return old, new
    before = {str(index): item for index, item in enumerate(old)}
    after = {str(index): item for index, item in enumerate(new)}
    return before, after


def _target(value: object, targets: Mapping[str, object]) -> tuple[object, str]:
    """The target of a chain of references, and the last of them; an empty text where the value is no reference."""
    chain: list[str] = []
    while isinstance(value, dict):
        ref = value.get("$ref")
        if not isinstance(ref, str) or ref not in targets or ref in chain:
            break
        chain.append(ref)
        value = targets[ref]
    return value, chain[-1] if chain else ""
