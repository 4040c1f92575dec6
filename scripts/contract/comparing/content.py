"""Compare what two documents say of parts that the client does not have: left-out operations, callbacks and webhooks.

References in them stay as they are, since what they stand for may be shared many times. Both sides are followed together, each pair of
references once, so a comparison costs no more than its documents.
"""

from __future__ import annotations

from collections.abc import Mapping

from scripts.contract.comparing.changes import Sides
from scripts.contract.comparing.digests import Digests
from scripts.intake.prose import NAMED
from scripts.intake.yaml_text import Json

_DEEPEST = 300  # of mappings around a difference
# Of two parts, the references that stood for them; "" for a part that stands there itself.
ReferencePair = tuple[str, str]


class ContentComparison:
    """Compares content of two contracts.

    Args:
        old: What references stand for in the old contract.
        new: The same for the new one.
    """

    def __init__(self, old: Mapping[str, Json], new: Mapping[str, Json]) -> None:
        self._old, self._new = old, new
        self._old_digests = Digests(old)
        self._new_digests = Digests(new)

    def differing(self, old: Json, new: Json) -> Sides:
        """What differs, without what is the same around it; nothing on either side where nothing does.

        Items of lists of the same length stand by their number. What references stand for is shown once, at the first of them.
        """
        return self._differing(old, new, set(), 0)

    def same(self, old: Json, new: Json, *, named: bool = False) -> bool:
        """Whether two parts mean the same, references followed on both sides. `named`: whether their keys are names, not keywords."""
        before = self._old_digests.of(old, named=named)
        after = self._new_digests.of(new, named=named)
        return before == after

    def _followed(
        self, old: Json, new: Json
    ) -> tuple[Json, Json, ReferencePair | None]:
        """Two parts once references are followed, and the references; None where there are none."""
        before, old_ref = _target(old, self._old)
        after, new_ref = _target(new, self._new)
        pair = (old_ref, new_ref) if old_ref and new_ref else None
        return before, after, pair

    def _differing(
        self,
        old: Json,
        new: Json,
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
        removed: dict[str, Json] = {}
        added: dict[str, Json] = {}
        for key in sorted({*before, *after}):
            if key.startswith("x-") and not named:
                continue
            was, is_now = self._differing(
                before.get(key),
                after.get(key),
                met,
                depth + 1,
                named=key in NAMED and not named,
            )
            if was is not None:
                removed[key] = was
            if is_now is not None:
                added[key] = is_now
        return removed or None, added or None


def _numbered(old: Json, new: Json) -> tuple[Json, Json]:
    """Two lists of the same length as mappings by number; other values as they are."""
    if not (isinstance(old, list) and isinstance(new, list)) or len(old) != len(new):
        return old, new
    before = {str(index): item for index, item in enumerate(old)}
    after = {str(index): item for index, item in enumerate(new)}
    return before, after


def _target(value: Json, parts: Mapping[str, Json]) -> tuple[Json, str]:
    """What a chain of references ends at, and the last of them; empty where the value is none."""
    followed: list[str] = []
    while isinstance(value, dict):
        ref = value.get("$ref")
        if not isinstance(ref, str) or ref not in parts or ref in followed:
            break
        followed.append(ref)
        value = parts[ref]
    return value, followed[-1] if followed else ""
