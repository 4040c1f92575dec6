"""Digests of parts of a document: equal for parts that mean the same, with references or without.

With its references resolved, a part may be far larger than the document: forty schemas that each refer twice to the next make a million
million copies of the last. A digest costs no more than the document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping

from scripts.intake.prose import DATA, NAMED

# References that lead to each other, in a circle.
Cycle = list[str]


class Digests:
    """Digests of content of one contract. Each reference is followed once.

    Args:
        targets: What references stand for.
    """

    def __init__(self, targets: Mapping[str, object]) -> None:
        self._parts = targets
        self._known: dict[str, str] = {}
        # Digests of mappings and lists by identity, with the part itself, which keeps the identity its own.
        self._of_parts: dict[tuple[int, bool], tuple[object, str]] = {}

    def of(self, content: object, *, named: bool = False) -> str:
        """The digest of content, without extensions (`x-`). `named`: whether its keys are names, as those of `properties` are."""
        if (id(content), named) not in self._of_parts:
            for ref in references(content):
                self._find(ref)
        return self._of(content, {}, named=named)

    def _find(self, start: str) -> None:
        """Compute the digests of the target of a reference and of all that it leads to. References in a circle are computed together."""
        if start in self._known:
            return
        for cycle in _cycles(start, self._targets, self._known):
            inside = {ref: f"in the circle: {ref}" for ref in cycle}
            if len(cycle) == 1 and cycle[0] not in self._targets(cycle[0]):
                inside = {}
            digests = {ref: self._of(self._parts.get(ref), inside) for ref in cycle}
            if not inside:
                self._known |= digests
                continue
            whole = sorted(digests.values())
            for ref in cycle:
                self._known[ref] = _digest([digests[ref], whole])

    def _targets(self, ref: str) -> list[str]:
        return [*references(self._parts.get(ref))]

    def _of(
        self, content: object, inside: Mapping[str, str], *, named: bool = False
    ) -> str:
        """The digest of content whose references are known, or `inside` the circle that is being worked out."""
        if inside or not isinstance(content, (dict, list)):
            return self._worked_out(content, inside, named=named)
        key = (id(content), named)
        if key not in self._of_parts:
            digest = self._worked_out(content, inside, named=named)
            self._of_parts[key] = (content, digest)
        return self._of_parts[key][1]

    def _worked_out(
        self, content: object, inside: Mapping[str, str], *, named: bool
    ) -> str:
        if isinstance(content, list):
            return _digest([self._of(item, inside) for item in content])
        if not isinstance(content, dict):
            return _digest(content)
        ref = content.get("$ref")
        if not isinstance(ref, str) or named:
            return _digest(self._of_members(content, inside, named=named))
        target = inside.get(ref) or self._known.get(ref, ref)
        beside = self._of_members(
            {key: value for key, value in content.items() if key != "$ref"}, inside
        )
        if not beside:
            return target
        # As `allOf` of the reference and of what stands beside it, which means the same.
        return _digest({"allOf": _digest([target, _digest(beside)])})

    def _of_members(
        self,
        content: Mapping[str, object],
        inside: Mapping[str, str],
        *,
        named: bool = False,
    ) -> dict[str, str]:
        """The digests of the members of a mapping, without extensions."""
        digests = {}
        for key, value in content.items():
            if key.startswith("x-") and not named:
                continue
            if key in DATA and not named:
                digests[key] = _digest(value)
            else:
                digests[key] = self._of(value, inside, named=key in NAMED and not named)
        return digests


def _cycles(
    start: str, targets_of: Callable[[str], list[str]], known: Mapping[str, str]
) -> Iterator[Cycle]:
    """The references reached from one, in groups that lead to each other, targets first (Tarjan). Without those that are known."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    calls: list[tuple[str, Iterator[str]]] = []

    def enter(ref: str) -> None:
        number[ref] = len(number)
        lowest[ref] = number[ref]
        path.append(ref)
        calls.append((ref, iter(targets_of(ref))))

    enter(start)
    finished: set[str] = set()
    while calls:
        ref, targets = calls[-1]
        target = next(targets, None)
        if target is None:
            calls.pop()
            if calls:
                holder = calls[-1][0]
                lowest[holder] = min(lowest[holder], lowest[ref])
            if lowest[ref] == number[ref]:
                cycle = path[path.index(ref) :]
                del path[path.index(ref) :]
                finished |= {*cycle}
                yield cycle
        elif target not in number:
            if target not in known:
                enter(target)
        elif target not in finished:
            lowest[ref] = min(lowest[ref], number[target])


def references(content: object) -> Iterator[str]:
    """The references in content."""
    pending = [content]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            ref = value.get("$ref")
            if isinstance(ref, str):
                yield ref
            pending += value.values()


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
