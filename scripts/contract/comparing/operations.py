"""Compare two contracts: operations with their parameters, bodies and answers, server and authentication; types in types.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from scripts.contract import model
from scripts.contract.comparing import access, words
from scripts.contract.comparing.changes import (
    GONE,
    RULES,
    Change,
    Direction,
    Effect,
    Places,
    Sides,
    differing,
    mapped,
    step,
)
from scripts.contract.comparing.schemas import Site, Types, notes
from scripts.contract.model import Contract, Json, Operation, Parameter, Pointer
from scripts.contract.view import view

Part = TypeVar("Part")
Message = model.Body | model.Response
Notes = Mapping[str, Json]
_NOWHERE: Pointer = ("paths",)
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def compare(old: Contract, new: Contract) -> list[Change]:
    """What a caller of the old contract meets in the new one, breaking changes first."""
    comparison = _Comparison(old, new)
    comparison.run()
    return comparison.changes.listed()


class _Comparison:
    def __init__(self, old: Contract, new: Contract) -> None:
        self.old, self.new = old, new
        self.types = Types(old, new)
        self.label, self.changes = self.types.label, self.types.changes
        self.add = self.changes.add

    def run(self) -> None:
        """Compare everything that operations reach."""
        pairs, gone, come = _pairs(self.old.operations, self.new.operations)
        self._alone(gone, come)
        for a, b in pairs:
            self._operation(a, b)
        if not pairs:
            access.servers(self.changes, "servers", self.old.servers, self.new.servers)
        for d in mapped("webhook", self.old.webhooks, self.new.webhooks):
            at: Pointer = ("webhooks", d.step[0])
            self.add(d.rule, f"webhook {d.step[0]}", d.sides, (at, at))
        self._classes()

    def _alone(self, gone: list[Operation], come: list[Operation]) -> None:
        """Operations that only one of the contracts has, and those that one leaves out."""
        left, out = self.old.left_out, self.new.left_out
        before, after = ({o.key: o for o in ones} for ones in (gone, come))
        for key in sorted({*before, *after, *left, *out}):
            a, b = before.get(key) or left.get(key), after.get(key) or out.get(key)
            at = (a.at if a else _NOWHERE, b.at if b else _NOWHERE)
            rule = step(a, b)
            if one := before.get(key) or after.get(key):
                if a and b:
                    rule = "left-out" if one is a else "taken-in"
                sides = _standing(a), _standing(b)
                self.add(f"operation-{rule}", words.operation(one), sides, at)
            else:
                sides = a and left[key].reason, b and out[key].reason
                if a and b:
                    sides = differing(left[key].content, out[key].content)
                self.add(f"left-out-operation-{rule}", key, sides, at)

    def _operation(self, a: Operation, b: Operation) -> None:
        """Compare two operations and every type that travels through them."""
        where, at = words.operation(a), (a.at, b.at)
        self._identity(a, b, where, at)
        access.security(self.changes, self.old, self.new, a, b)
        own = f" of {where}" if a.own_servers or b.own_servers else ""
        access.servers(self.changes, f"servers{own}", a.servers, b.servers)
        self._notes(a.notes, b.notes, where, at)
        callbacks = (o.notes.get("callbacks") for o in (a, b))
        for d in mapped("callback", *callbacks):
            self.add(d.rule, f"callback {d.step[0]} of {where}", d.sides, at)
        self._parameters(a, b)
        for status in dict.fromkeys(["", *a.responses, *b.responses]):
            self._message(status, a, b)

    def _identity(self, a: Operation, b: Operation, where: str, at: Places) -> None:
        """What the function that makes the call is named, and what it calls."""
        ones, others = (
            {c.media.kind if c.media else "": c.module for c in o.calls} for o in (a, b)
        )
        first = a.calls[0].module, b.calls[0].module
        effect = Effect.NOTED if first[0] == first[1] else Effect.REPLACED
        self.add("operation-id-changed", where, (a.id, b.id), at, effect=effect)
        effect = Effect.NOTED if a.package == b.package else Effect.REPLACED
        self.add("tag-changed", where, (a.tag, b.tag), at, effect=effect)
        if a.tag == b.tag:
            self.add("function-renamed", where, (a.package, b.package), at)
        for kind in sorted(ones.keys() & others.keys()):
            names = ones[kind], others[kind]
            if a.key == b.key and (a.id == b.id or names != first):
                self.add("function-renamed", where, names, at)
        self.add("method-changed", where, (a.method.upper(), b.method.upper()), at)
        if _pattern(a) != _pattern(b):
            self.add("path-changed", where, (a.path, b.path), at)

    # What any part says

    def _where(self, at: Places, label: str) -> str:
        """The part itself, if both contracts share it; else the operation's use of it."""
        return self.label(at[1]) if at[0] == at[1] else label

    def _notes(
        self,
        a: Notes,
        b: Notes,
        where: str,
        at: Places,
        way: Direction = Direction.SENT,
    ) -> None:
        apart = ("callbacks", "headers")
        ones, others = ({k: v for k, v in n.items() if k not in apart} for n in (a, b))
        for d in notes(ones, others):
            effect = d.effect
            if d.rule == "encoding-changed" and way is Direction.RECEIVED:
                effect = Effect.NOTED
            self.add(d.rule, where, d.sides, at, way, effect)

    def _needed(
        self,
        kind: str,
        where: str,
        a: bool,
        b: bool,
        at: Places,
        way: Direction = Direction.SENT,
    ) -> None:
        said = ("optional", "required")
        sides = (said[a], said[b])
        self.add(f"{kind}-made-{said[b]}", where, sides, at, way)

    def _schemas(self, a: model.Schema, b: model.Schema, way: Direction) -> None:
        self.types.compare(a, b, Site(way, _nearest((a.at, b.at))))

    # What is sent

    def _parameters(self, a: Operation, b: Operation) -> None:
        before, after = ({_name(p): p for p in o.parameters} for o in (a, b))
        pairs, gone, come = _matched(before, after)
        for one, other in self._renamed(gone, come, a, b):
            gone.remove(one)
            come.remove(other)
            pairs.append((one, other))
            # The name of a path variable is in no request.
            same = one.where == "path" and one.python_name == other.python_name
            alike = _declared(one) == _declared(other)
            where = self._holder(one, a, self.new if alike else None)
            names, at = (one.name, other.name), (one.at, other.at)
            effect = Effect.NOTED if same else Effect.REMOVED
            self.add("parameter-renamed", where, names, at, effect=effect)
        for one in gone:
            where, sides = self._holder(one, a, self.new), (one.schema, None)
            at = (one.at, b.at)
            self.add("parameter-removed", where, self.types.texts(*sides), at)
        for one in come:
            rule = "required-parameter-added" if one.required else "parameter-added"
            where, at = self._holder(one, b, self.old), (a.at, one.at)
            self.add(rule, where, self.types.texts(None, one.schema), at)
        for one, other in pairs:
            self._parameter(one, other, a)

    def _parameter(self, a: Parameter, b: Parameter, of: Operation) -> None:
        at = (a.at, b.at)
        where = self._where(at, f"{words.parameter(b)} of {words.operation(of)}")
        self._needed("parameter", where, a.required, b.required, at)
        styles = _style(a, self.old), _style(b, self.new)
        if "" not in styles:
            self.add("parameter-style-changed", where, styles, at)
        if a.name.lower() == b.name.lower():
            names = a.python_name, b.python_name
            self.add("python-name-changed", where, names, at)
        self._notes(a.notes, b.notes, where, at)
        self._schemas(a.schema, b.schema, Direction.SENT)

    def _renamed(
        self, gone: list[Parameter], come: list[Parameter], a: Operation, b: Operation
    ) -> list[tuple[Parameter, Parameter]]:
        """Parameters with another name: the variables at the same step of the path; elsewhere the only ones that came and went and are the
        same but for the name."""
        steps: dict[str, str] = {}
        if _pattern(a) == _pattern(b):
            steps = dict(zip(*(_VARIABLE.findall(o.path) for o in (a, b)), strict=True))
        pairs = [
            (p, q) for p in gone for q in come
            if p.where == q.where == "path" and steps.get(p.name) == q.name
        ]  # fmt: skip
        for kind in {_declared(p) for p in gone if p.where != "path"}:
            found = [[p for p in of if _declared(p) == kind] for of in (gone, come)]
            if [len(each) for each in found] == [1, 1]:
                ((one,), (other,)) = found
                needed = one.required == other.required
                if needed and self.types.alike(one.schema, other.schema):
                    pairs.append((one, other))
        return pairs

    def _holder(self, one: Parameter, of: Operation, other: Contract | None) -> str:
        """Where a parameter came or went: the component or the path, if all that use it see it come or go, else the operation."""
        kept = other is None or any(
            _name(p) == _name(one) and (p.at == one.at or o.path == of.path)
            for o in other.operations.values()
            for p in o.parameters
        )
        if one.at[: len(of.at)] != of.at and not kept:
            return self.label(one.at)
        return f"{words.parameter(one)} of {words.operation(of)}"

    # Bodies and answers

    def _message(self, status: str, one: Operation, other: Operation) -> None:
        """The answers with a status, or the bodies where there is none."""
        label, way, kind = "body", Direction.SENT, "body"
        a: Message | None = one.body
        b: Message | None = other.body
        if status:
            a, b = one.responses.get(status), other.responses.get(status)
            success = is_success(status, one if a else other)
            kind = "success-status" if success else "error-response"
            label, way = f"response {status}", Direction.RECEIVED
        at = ((a or one).at, (b or other).at)
        where = self._where(at, f"{label} of {words.operation(one)}")
        if a and b:
            self._notes(a.notes, b.notes, where, at, way)
            self._content(a, b, where, way, kind == "error-response")
        elif a or b:
            needed = isinstance(b, model.Body) and b.required
            rule = f"{'required-' if needed else ''}{kind}-{step(a, b)}"
            self.add(rule, where, self._texts(a, b), at)
        if isinstance(a, model.Body) and isinstance(b, model.Body):
            self._needed("body", where, a.required, b.required, at)
        if isinstance(a, model.Response) and isinstance(b, model.Response):
            self._headers(a, b)

    def _headers(self, a: model.Response, b: model.Response) -> None:
        noted = [r.notes.get("headers") or {} for r in (a, b)]
        for name in sorted({*a.headers, *b.headers}):
            one, other = a.headers.get(name), b.headers.get(name)
            at = (_header(one) if one else a.at, _header(other) if other else b.at)
            if one and other:
                where = self.label(_nearest(at))
                ones, others = (dict(each.get(name) or {}) for each in noted)
                needed = [bool(each.pop("required", 0)) for each in (ones, others)]
                self._needed(
                    "response-header",
                    where,
                    needed[0],
                    needed[1],
                    at,
                    Direction.RECEIVED,
                )
                self._notes(ones, others, where, at, Direction.RECEIVED)
                self._schemas(one, other, Direction.RECEIVED)
            else:  # of this answer, not of a component
                where = self.label((*_nearest((a.at, b.at)), "headers", name))
                sides = self.types.texts(one, other)
                self.add(f"response-header-{step(one, other)}", where, sides, at)

    def _content(
        self, one: Message, other: Message, where: str, way: Direction, error: bool
    ) -> None:
        at = (one.at, other.at)
        if (
            way is Direction.RECEIVED
            and not error
            and bool(one.media) != bool(other.media)
        ):
            before, after = self._texts(one, other)
            sides = before or "nothing", after or "nothing"
            self.add("type-changed", where, sides, at)
            return
        pairs, gone, come = _matched(_by_type(one), _by_type(other))
        if len(gone) == len(come) == 1:
            names = gone[0].content_type, come[0].content_type
            places = (gone[0].at, come[0].at)
            self.add("content-type-changed", where, names, places)
            pairs.append((gone.pop(), come.pop()))
        effect = Effect.NOTED if error else Effect.REMOVED
        for m in gone:
            side: Sides = (m.content_type, None)
            places = (m.at, at[1])
            self.add("content-type-removed", where, side, places, way, effect)
        for m in come:
            side = (None, m.content_type)
            self.add("content-type-added", where, side, (at[0], m.at))
        for a, b in pairs:
            at = (a.at, b.at)
            self._notes(a.notes, b.notes, self.label(_nearest(at)), at, way)
            held, now = (m.schema or model.Schema((*m.at, "schema")) for m in (a, b))
            self._schemas(held, now, way)

    def _texts(self, a: Message | None, b: Message | None) -> Sides:
        """Content types and what they hold, in words."""
        before, after = (
            of and {m.content_type: words.text(m.schema, held.types) for m in of.media}
            for of, held in ((a, self.old), (b, self.new))
        )
        return before, after

    def _classes(self) -> None:
        """Classes that came or went, where no other row says so."""
        rows = list(self.changes.rows.values())
        known = {
            side
            for row in rows
            if row.rule == "class-renamed"
            for side in (row.before, row.after)
        }
        said = (
            {r.old_at for r in rows if r.rule in GONE},
            {r.new_at for r in rows if {*RULES[r.rule].mirrors} & GONE},
        )
        old, new = self.types.classes
        for name in sorted((old.keys() ^ new.keys()) - known):
            before, after = old.get(name), new.get(name)
            at = (before.at if before else (), after.at if after else ())
            if not any(_below(*each) for each in zip(at, said, strict=True)):
                sides = [self.label(p) if p else None for p in at]
                self.add(f"class-{step(before, after)}", name, (sides[0], sides[1]), at)


def _matched(
    before: dict[Json, Part], after: dict[Json, Part]
) -> tuple[list[tuple[Part, Part]], list[Part], list[Part]]:
    """What both sides have under the same key, and what only one has."""
    pairs = [(before[key], after[key]) for key in before if key in after]
    gone = [part for key, part in before.items() if key not in after]
    return pairs, gone, [part for key, part in after.items() if key not in before]


def _pairs(
    old: dict[str, Operation], new: dict[str, Operation]
) -> tuple[list[tuple[Operation, Operation]], list[Operation], list[Operation]]:
    """Operations of both contracts that are the same one, by method and path, else by id; and those that only one has."""
    ones, others = dict(old), dict(new)
    ids = {o.id: key for key, o in new.items() if o.id}
    calls = {(o.method, _pattern(o)): key for key, o in new.items()}
    pairs = []
    for found in (
        {key: key for key, o in old.items() if key in new and new[key].id == o.id},
        {key: ids.get(o.id or "", "") for key, o in old.items()},
        {key: key for key in old},
        {key: calls.get((o.method, _pattern(o)), "") for key, o in old.items()},
    ):
        for key, other in found.items():
            if key in ones and other in others:
                pairs.append((ones.pop(key), others.pop(other)))
    return pairs, list(ones.values()), list(others.values())


def _standing(of: Operation | model.LeftOut | None) -> Json:
    """What a contract has of an operation."""
    return f"left out: {of.reason}" if isinstance(of, model.LeftOut) else of and of.key


def _pattern(operation: Operation) -> str:
    """The path without the names of its variables."""
    return _VARIABLE.sub("{}", operation.path)


def _nearest(at: Places) -> Pointer:
    """The place that fewer share, on whichever side that is: the rows of both directions name the same parts."""
    return max(at[::-1], key=len)


def _header(schema: model.Schema) -> Pointer:
    """The place of the header that has this schema."""
    at = schema.at
    return at[: at.index("headers") + 2] if "headers" in at else at


def _below(at: Pointer, places: set[Pointer]) -> bool:
    return any(at[:length] in places for length in range(1, len(at) + 1))


def is_success(status: str, operation: Operation) -> bool:
    """2xx, and `default` where nothing else says what success is."""
    if status == "default":
        return not any(s.startswith("2") for s in operation.responses)
    return status.startswith("2")


def _name(parameter: Parameter) -> tuple[str, str]:
    """Names of headers are the same in any case."""
    header = parameter.where == "header"
    return parameter.where, parameter.name.lower() if header else parameter.name


def _declared(parameter: Parameter) -> tuple[str, str]:
    """Where a parameter is sent, and whether a component, a path or an operation declares it."""
    level = "component" if parameter.component else str(len(parameter.at))
    return parameter.where, level


def _style(parameter: Parameter, contract: Contract) -> str:
    """How the value is written; nothing for a single value, which is written alike in all styles."""
    if parameter.media:
        return parameter.media
    seen = view(parameter.schema, contract.types).node
    shapes = [view(v, contract.types).node for v in seen.variants] or [seen]
    if any(s.kind in (model.ARRAY, model.OBJECT, model.ANY) for s in shapes):
        return f"{parameter.style}, {'exploded' if parameter.explode else 'joined'}"
    return ""


def _by_type(of: model.Body | model.Response) -> dict[str, model.Media]:
    """By content type, without regard to case and blanks."""
    return {"".join(m.content_type.lower().split()): m for m in of.media}
