"""Parts of a document that are no schemas: what their references lead to, and what they say without prose."""

from __future__ import annotations

from typing import Any, NoReturn

from scripts.common.errors import DocumentError
from scripts.intake.document import locate, resolved
from scripts.intake.prose import without_prose
from scripts.intake.yaml_text import Json, Pointer, at

# Keywords that are kept as annotations, beside those that begin with `x-`.
_NOTED = frozenset({"allowEmptyValue", "allowReserved", "bearerFormat"})
_NOTED |= {"deprecated", "encoding", "flows", "links", "openIdConnectUrl"}
_MOST_VALUES = 2_000  # of an annotation with its references resolved


def leave_out(reason: str) -> NoReturn:
    """Leave out the operation that is being read."""
    raise DocumentError(reason)


def only_part_in_the_way(key: str, part: str) -> str:
    """The sentence by which the maintainer learns that an operation can be generated without one of its parts."""
    entry = f"leave_out: {{{key!r}: {{{part!r}: our reason}}}}"
    return f"only the {part} stands in the way; to leave out nothing else, say so in generator-config.yaml: {entry}"


def mapping(value: Json, place: Pointer) -> dict[str, Json]:
    """The value itself, which must be a mapping; nothing is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        leave_out(f"{at(place)}: a mapping is needed here")
    return value


def listed(value: Json) -> list[Json]:
    """The value itself, which is ignored if it is no list."""
    return value if isinstance(value, list) else []


class Parts:
    """Reads parts of one document.

    Attributes:
        document: The document.
        referred: What references in `content` stand for, without prose, by reference.
    """

    def __init__(self, document: Json) -> None:
        self.document = document
        self.referred: dict[str, Json] = {}

    def follow(self, value: Json, place: Pointer) -> tuple[Json, Pointer, str]:
        """What a value, or its reference, stands for, its place, and the key of the component."""
        chain = [place]
        while isinstance(value, dict) and "$ref" in value:
            ref = str(value["$ref"])
            try:
                target, value = locate(self.document, ref)
            except DocumentError as error:
                leave_out(f"{at(place)}: {error}")
            if target in chain:
                leave_out(f"{at(place)}: {ref!r} refers to itself")
            chain.append(target)
        is_component = len(chain) > 1 and chain[-1][:1] == ("components",)
        component = chain[-1][-1] if is_component else ""
        return mapping(value, place), chain[-1], component

    def common(self, raw: Json, place: Pointer) -> dict[str, Any]:
        """What every part of the contract has, as keyword arguments."""
        description = str(raw.get("description") or "")
        return {"at": place, "notes": self.notes(raw), "description": description}

    def notes(self, raw: Json) -> dict[str, Json]:
        """Annotations by keyword without prose, references in them resolved."""
        # With its key, which may say that names follow.
        return {
            key: self._expanded({key: value})[key]
            for key, value in raw.items()
            if key in _NOTED or key.startswith("x-")
        }

    def content(self, value: Json) -> Json:
        """A part of the document without prose. References stay; what they stand for is noted once, however often it is shared."""
        content = without_prose(value)
        pending = _references(content)
        while pending:
            ref = pending.pop()
            if ref in self.referred:
                continue
            try:
                _place, target = locate(self.document, ref)
            except DocumentError:
                continue
            self.referred[ref] = without_prose(target)
            pending |= _references(self.referred[ref])
        return content

    def _expanded(self, value: Json) -> Json:
        """A part of the document without prose and with what its references stand for, as far as that stays small."""
        left = _MOST_VALUES

        def expanded(part: Json, chain: tuple[str, ...]) -> Json:
            def follow(inner: Json) -> Json:
                nonlocal left
                left -= 1
                ref = inner.get("$ref")
                if not isinstance(ref, str) or ref in chain or left < 0:
                    return inner
                try:
                    target = resolved(self.document, inner)
                except DocumentError:
                    return inner
                return expanded(target, (*chain, ref))

            return without_prose(part, follow)

        return expanded(value, ())


def _references(value: Json) -> set[str]:
    """Every reference in a value."""
    found: set[str] = set()
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                found.add(part["$ref"])
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return found
