"""Parts of a document that are no schemas: what their references lead to, and what they say without prose."""

from __future__ import annotations

from typing import Any, NoReturn

from scripts.common.errors import DocumentError
from scripts.intake.document import locate, resolved
from scripts.intake.prose import without_prose
from scripts.intake.yaml_text import Json, Pointer, at

# Keywords that are kept as annotations, beside those that begin with `x-`.
_NOTED = frozenset({"allowEmptyValue", "allowReserved", "bearerFormat", "callbacks"})
_NOTED |= {"deprecated", "encoding", "flows", "links", "openIdConnectUrl"}


def leave_out(reason: str) -> NoReturn:
    """Leave out the operation that is being read."""
    raise DocumentError(reason)


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
    """Reads parts of one document."""

    def __init__(self, document: Json) -> None:
        self.document = document

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
        """Annotations by keyword, references in them resolved and prose left out."""
        noted = {k: v for k, v in raw.items() if k in _NOTED or k.startswith("x-")}
        return dict(self.expanded(noted))

    def expanded(self, value: Json, chain: tuple[str, ...] = ()) -> Json:
        """A part of the document without prose and with what its references stand for; one that leads back to itself stays."""

        def follow(part: Json) -> Json:
            ref = part.get("$ref")
            if not isinstance(ref, str) or ref in chain:
                return part
            try:
                target = resolved(self.document, part)
            except DocumentError:
                return part
            return self.expanded(target, (*chain, ref))

        return without_prose(value, follow)
