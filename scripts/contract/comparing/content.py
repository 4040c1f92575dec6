"""Compare what two documents say of parts that the client does not have: left-out operations, callbacks and webhooks.

References in them stay as they are, since what they stand for may be shared many times. Both sides are followed together, each pair of
references once, so a comparison costs no more than its documents.
"""

from __future__ import annotations

from collections.abc import Mapping

from scripts.contract.comparing.changes import Sides
from scripts.contract.comparing.digests import Digests
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

    def differing(self, old: object, new: object) -> Sides:
        """What differs, without what is the same around it; nothing on either side where nothing does.

        Items of lists of the same length stand by their number. What references stand for is shown once, at the first of them.
        """
        return self._differing(old, new, set(), 0)

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
