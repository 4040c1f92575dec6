"""Parts of a document that are no schemas: what their references lead to, and what they say without prose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from scripts.common.errors import DocumentError
from scripts.contract.reading.keywords import in_json_schema
from scripts.contract.reading.untyped import mapping
from scripts.intake.document import locate, resolved
from scripts.intake.prose import without_prose
from scripts.intake.yaml_text import Pointer, at

# Keywords that are kept as annotations, beside those that begin with `x-`.
_NOTED = frozenset(
    [
        "allowEmptyValue",
        "allowReserved",
        "bearerFormat",
        "deprecated",
        "encoding",
        "flows",
        "links",
        "openIdConnectUrl",
    ]
)
_MOST_VALUES = 2_000  # of an annotation with its references resolved


def leave_out(reason: str) -> NoReturn:
    """Leave out the operation that is being read."""
    raise DocumentError(reason)


def only_part_in_the_way(key: str, part: str) -> str:
    """The sentence by which the maintainer learns that an operation can be generated without one of its parts."""
    entry = f"leave_out: {{{key!r}: {{{part!r}: our reason}}}}"
    return f"only the {part} stands in the way; to leave out nothing else, say so in generator-config.yaml: {entry}"


def remedy(ref: str) -> str:
    """Advice about a reference that leads nowhere, as the end of a sentence."""
    if ref.startswith("#"):
        return "; correct the reference, or add what it names"
    if ":" in ref.partition("#")[0]:
        return "; copy what it names into the document"
    return "; `make update` takes in files that lie beside the document"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document, once references are followed.

    Attributes:
        content: What stands there.
        place: Where it stands.
        component: Its key below `components`, where a reference led there.
    """

    content: dict[str, object]
    place: Pointer
    component: str = ""

    @property
    def description(self) -> str:
        """Its description; empty where there is none."""
        return str(self.content.get("description") or "")


class Parts:
    """Reads parts of one document.

    Attributes:
        document: The document.
        referred: What references in `content` stand for, without prose, by reference.
    """

    def __init__(self, document: dict[str, object]) -> None:
        self.document = document
        self.referred: dict[str, object] = {}

    def follow(self, value: object, place: Pointer) -> Part:
        """The part that stands at a place, or that a reference there leads to."""
        chain = [place]
        while isinstance(value, dict) and "$ref" in value:
            ref = str(value["$ref"])
            try:
                target, value = locate(self.document, ref)
            except DocumentError as error:
                leave_out(f"{at(place)}: {error}{remedy(ref)}")
            if target in chain:
                leave_out(f"{at(place)}: {ref!r} refers to itself")
            chain.append(target)
        content = mapping(value, place)
        if len(chain) > 1 and chain[-1][:1] == ("components",):
            return Part(content, chain[-1], chain[-1][-1])
        return Part(content, chain[-1])

    def notes(self, raw: dict[str, object]) -> dict[str, object]:
        """Annotations by keyword without prose, references in them resolved."""
        notes = {}
        for key, value in raw.items():
            if key in _NOTED or key.startswith("x-"):
                # With its key: keys below `encoding` or `links` are names, which are kept even where they are words for prose.
                expanded = _Expansion(self.document).of({key: value}, ())
                notes[key] = mapping(expanded, ())[key]
        return notes

    def content(self, value: object) -> object:
        """A part of the document without prose, its schemas as OpenAPI 3.1 writes them.

        References stay; what they stand for is noted once, however often it is shared.
        """
        content = _in_one_spelling(value)
        pending = _references(content)
        while pending:
            ref = pending.pop()
            if ref in self.referred:
                continue
            try:
                _place, target = locate(self.document, ref)
            except DocumentError:
                continue
            self.referred[ref] = _in_one_spelling(target)
            pending |= _references(self.referred[ref])
        return content


@dataclass(slots=True)
class _Expansion:
    """Writes a part of a document with what its references stand for, as far as that stays small."""

    document: dict[str, object]
    values_left: int = field(default=_MOST_VALUES)

    def of(self, value: object, chain: tuple[str, ...]) -> object:
        """The value without prose; `chain` are the references that led to it."""

        def follow(inner: dict[str, object]) -> object:
            self.values_left -= 1
            ref = inner.get("$ref")
            if not isinstance(ref, str) or ref in chain or self.values_left < 0:
                return inner
            try:
                target = resolved(self.document, inner)
            except DocumentError:
                return inner
            return self.of(target, (*chain, ref))

        return without_prose(value, follow)


def _in_one_spelling(value: object) -> object:
    """A part without prose, its schemas as OpenAPI 3.1 writes them."""

    def follow(inner: dict[str, object]) -> object:
        written = in_json_schema(inner)
        if written is inner:
            return inner
        return _in_one_spelling(written)

    return without_prose(value, follow)


def _references(value: object) -> set[str]:
    """Every reference in a value."""
    references: set[str] = set()
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            ref = item.get("$ref")
            if isinstance(ref, str):
                references.add(ref)
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return references
