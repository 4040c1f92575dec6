"""The rules of drift, and the rows that a comparison collects: what may differ between two contracts, and whom it breaks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from scripts.contract.model import Json, Pointer

SENT = "sent"
RECEIVED = "received"
ALWAYS = "always"
NEVER = "never"


class Rule(NamedTuple):
    """One kind of change. `breaks`: always, never, or only where callers send or receive what changed."""

    name: str
    says: str
    breaks: str
    mirrors: tuple[str, ...]  # what it may be called when OLD and NEW are exchanged


RULES: dict[str, Rule] = {}


def _pair(
    name: str, breaks: str, other: str = "", other_breaks: str = "", more: str = ""
) -> None:
    """A rule and its mirror image; a rule alone is its own mirror image. `more` names a further image that has its own line."""
    names = tuple(n for n in (other or name, more) if n)
    RULES[name] = Rule(name, name.replace("-", " "), breaks, names)
    if other:
        mirrors = (*(RULES[other].mirrors if other in RULES else ()), name)
        says = other.replace("-", " ")
        RULES[other] = Rule(other, says, other_breaks, mirrors)


_pair("operation-added", NEVER, "operation-removed", ALWAYS)
_pair("operation-left-out", ALWAYS, "operation-taken-in", NEVER)
_pair("left-out-operation-added", NEVER, "left-out-operation-removed", NEVER)
_pair("left-out-operation-changed", NEVER)
_pair("operation-id-changed", ALWAYS)
_pair("method-changed", ALWAYS)
_pair("path-changed", ALWAYS)
_pair("tag-changed", ALWAYS)
_pair("function-renamed", ALWAYS)
_pair("server-changed", ALWAYS)
_pair("server-added", NEVER, "server-removed", ALWAYS)
_pair("server-variables-changed", NEVER)
_pair("authentication-changed", ALWAYS)
_pair("flow-added", NEVER, "flow-removed", ALWAYS)
_pair("flow-changed", ALWAYS)
_pair("parameter-added", NEVER, "parameter-removed", ALWAYS)
_pair("required-parameter-added", ALWAYS, "parameter-removed", ALWAYS)
_pair("parameter-renamed", ALWAYS)
_pair("parameter-made-required", ALWAYS, "parameter-made-optional", NEVER)
_pair("parameter-style-changed", ALWAYS)
_pair("body-added", NEVER, "body-removed", ALWAYS)
_pair("required-body-added", ALWAYS, "body-removed", ALWAYS)
_pair("body-made-required", ALWAYS, "body-made-optional", NEVER)
_pair("content-type-added", NEVER, "content-type-removed", ALWAYS)
_pair("content-type-changed", ALWAYS)
_pair("success-status-added", NEVER, "success-status-removed", ALWAYS)
_pair("error-response-added", NEVER, "error-response-removed", NEVER)
_pair("response-header-added", NEVER, "response-header-removed", ALWAYS)
_pair("response-header-made-optional", ALWAYS, "response-header-made-required", NEVER)
_pair("encoding-changed", SENT)
_pair("callback-added", NEVER, "callback-removed", ALWAYS)
_pair("callback-changed", ALWAYS)
_pair("webhook-added", NEVER, "webhook-removed", ALWAYS)
_pair("webhook-changed", ALWAYS)
_pair("class-added", NEVER, "class-removed", ALWAYS)
_pair("class-renamed", ALWAYS)
_pair("python-name-changed", ALWAYS)
_pair("type-changed", ALWAYS)
_pair("format-changed", ALWAYS)
_pair("nullable-changed", ALWAYS)
_pair("variant-added", ALWAYS, "variant-removed", ALWAYS)
_pair("discriminator-added", NEVER, "discriminator-removed", ALWAYS)
_pair("discriminator-changed", ALWAYS)
_pair("field-added", NEVER, "field-removed", ALWAYS)
_pair("required-field-added", SENT, "field-removed", ALWAYS)
_pair("field-made-required", SENT, "field-made-optional", RECEIVED)
_pair("field-made-read-only", SENT, "field-no-longer-read-only", NEVER)
_pair("field-made-write-only", RECEIVED, "field-no-longer-write-only", NEVER)
_pair("unknown-fields-kept", NEVER, "unknown-fields-refused", ALWAYS)
_pair("unknown-fields-retyped", ALWAYS)
_pair("enum-added", SENT, "enum-removed", ALWAYS)
_pair("enum-value-added", NEVER, "enum-value-removed", SENT)
_pair("const-added", SENT, "const-removed", RECEIVED)
_pair("const-changed", ALWAYS)
_pair("limit-tightened", SENT, "limit-loosened", NEVER)
_pair("limit-changed", SENT)
_pair("content-stated", SENT, "content-no-longer-stated", RECEIVED)
_pair("content-changed", ALWAYS)
_pair("default-changed", NEVER)
_pair("deprecated", NEVER, "no-longer-deprecated", NEVER)
_pair("sunset-changed", NEVER)
_pair("annotation-changed", NEVER)


# Rules for what is gone, with all that is below its place.
GONE = {
    name
    for name, r in RULES.items()
    if r.breaks == ALWAYS and name.endswith(("-removed", "-left-out"))
}
GONE |= {"type-changed", "unknown-fields-retyped"}


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a report. `before` and `after` are JSON data, None where there was or is nothing; `old_at` and `new_at` the places in
    the documents, or what holds them."""

    rule: str
    where: str
    breaking: bool
    before: Json = None
    after: Json = None
    old_at: Pointer = ()
    new_at: Pointer = ()

    @property
    def what(self) -> str:
        return RULES[self.rule].says


class Changes:
    """Collects rows; the same change, seen from several users of a shared part, is one row, and breaks if it breaks any of them."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, ...], Change] = {}

    def add(
        self,
        rule: str,
        where: str,
        before: Json = None,
        after: Json = None,
        *,
        at: tuple[Pointer, Pointer] = ((), ()),
        way: str = "",
        breaking: bool | None = None,
    ) -> None:
        breaks = RULES[rule].breaks
        if breaking is None:
            breaking = breaks in (ALWAYS, way)
        key = (where, rule, canonical(before), canonical(after))
        known = self.rows.get(key)
        if known is None:
            row = Change(rule, where, breaking, before, after, *at)
        elif breaking and not known.breaking:
            row = Change(rule, where, True, before, after, known.old_at, known.new_at)
        else:
            return
        self.rows[key] = row

    def listed(self) -> list[Change]:
        """Breaking first, then by place."""
        ordered = sorted(self.rows.items(), key=lambda i: (not i[1].breaking, i[0]))
        return [change for _key, change in ordered]


def bump(changes: list[Change]) -> str:
    """The version step that changes ask for: none, minor or major."""
    if any(change.breaking for change in changes):
        return "major"
    return "minor" if changes else "none"


def canonical(value: Json) -> str:
    """JSON text in which equal values are equal."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
