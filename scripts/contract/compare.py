"""Compare two contracts: operations with their parameters, bodies and answers, server and authentication; types in types.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scripts.contract import words
from scripts.contract.changes import RECEIVED, SENT, Change, Changes, canonical, covers
from scripts.contract.limits import Difference
from scripts.contract.model import (
    ANY,
    ARRAY,
    OBJECT,
    Body,
    Contract,
    Json,
    LeftOut,
    Media,
    Operation,
    Parameter,
    Pointer,
    Requirement,
    Response,
    Scheme,
    Server,
)
from scripts.contract.types import Types, notes
from scripts.contract.view import view

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_PROSE = ("description", "summary", "x-")
_STEPS = ("optional", "required")


def compare(old: Contract, new: Contract) -> list[Change]:
    """What a caller of the old contract meets in the new one, breaking changes first."""
    comparison = Comparison(old, new)
    comparison.run()
    return comparison.changes.listed()


class Comparison:
    """One comparison of two contracts."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self.old, self.new = old, new
        self.changes = Changes()
        self.types = Types(old, new, self.changes)
        self.say = self.types.places.say

    def run(self) -> None:
        """Compare everything that operations reach."""
        pairs, gone, come = _pairs(self.old, self.new)
        self._left_out(gone, come)
        for a, b in pairs:
            self._operation(a, b)
        self._servers(pairs)
        self._classes()

    def add(
        self,
        rule: str,
        where: str,
        before: Json = None,
        after: Json = None,
        *,
        at: tuple[Pointer, Pointer] = ((), ()),
        breaking: bool | None = None,
        way: str = SENT,
    ) -> None:
        self.changes.add(rule, where, before, after, at=at, breaking=breaking, way=way)

    def _left_out(self, gone: list[Operation], come: list[Operation]) -> None:
        """Operations that only one of the contracts has, and those that one leaves out."""
        left, out = dict(self.old.left_out), dict(self.new.left_out)
        for one in gone:
            if found := out.pop(one.key, None):
                self._lists("operation-left-out", one, found.reason, one.at, found.at)
            else:
                self._lists("operation-removed", one, None, one.at, ("paths",))
        for one in come:
            if known := left.pop(one.key, None):
                self._lists("operation-taken-in", one, known.reason, known.at, one.at)
            else:
                self._lists("operation-added", one, None, ("paths",), one.at)
        for key in sorted(left.keys() ^ out.keys()):
            found = left.get(key) or out[key]
            self._never_carried(found, added=key in out)

    def _lists(
        self,
        rule: str,
        of: Operation,
        reason: str | None,
        old_at: Pointer,
        new_at: Pointer,
    ) -> None:
        """An operation and, where the other contract leaves it out, why."""
        sides: list[Json] = [of.key, None if reason is None else f"left out: {reason}"]
        if rule in ("operation-added", "operation-taken-in"):
            sides.reverse()
        self.add(rule, words.operation(of), *sides, at=(old_at, new_at))

    def _never_carried(self, found: LeftOut, *, added: bool) -> None:
        reason, nothing = found.reason, ("paths",)
        if added:
            rule = "left-out-operation-added"
            self.add(rule, found.key, None, reason, at=(nothing, found.at))
        else:
            rule = "left-out-operation-removed"
            self.add(rule, found.key, reason, at=(found.at, nothing))

    def _operation(self, a: Operation, b: Operation) -> None:
        """Compare two operations and every type that travels through them."""
        where, at = words.operation(a), (a.at, b.at)
        self._identity(a, b)
        self._security(a, b)
        self._notes(a.notes, b.notes, where, at)
        self._callbacks(a, b)
        self._parameters(a, b)
        self._body(a.body, b.body, a, b)
        for status in [*a.responses, *(s for s in b.responses if s not in a.responses)]:
            self._response(status, a, b)

    def _identity(self, a: Operation, b: Operation) -> None:
        where, at = words.operation(a), (a.at, b.at)
        modules = [{c.media.kind if c.media else "": c.module for c in o.calls} for o in (a, b)]  # fmt: skip
        first = [o.calls[0].module if o.calls else "" for o in (a, b)]
        if a.id != b.id:
            broken = first[0] != first[1]
            self.add("operation-id-changed", where, a.id, b.id, at=at, breaking=broken)
        if a.tag != b.tag:
            broken = a.package != b.package
            self.add("tag-changed", where, a.tag, b.tag, at=at, breaking=broken)
        elif a.package != b.package:
            self.add("function-renamed", where, a.package, b.package, at=at)
        for kind in modules[0].keys() & modules[1].keys():
            one, other = modules[0][kind], modules[1][kind]
            known = a.id != b.id and one == first[0] and other == first[1]
            if one != other and not known and a.key == b.key:
                self.add("function-renamed", where, one, other, at=at)
        if a.method != b.method:
            steps = a.method.upper(), b.method.upper()
            self.add("method-changed", where, *steps, at=at)
        if _VARIABLE.sub("{}", a.path) != _VARIABLE.sub("{}", b.path):
            self.add("path-changed", where, a.path, b.path, at=at)

    def _notes(
        self,
        a: Mapping[str, Json],
        b: Mapping[str, Json],
        where: str,
        at: tuple[Pointer, Pointer],
        way: str = SENT,
    ) -> None:
        apart = ("callbacks", "headers", "variables")
        a = {k: v for k, v in a.items() if k not in apart}
        b = {k: v for k, v in b.items() if k not in apart}
        for d in notes(a, b):
            self.add(d.rule, where, d.before, d.after, at=at, way=way)

    def _callbacks(self, a: Operation, b: Operation) -> None:
        """Calls that the service makes to its caller."""
        before, after = a.notes.get("callbacks") or {}, b.notes.get("callbacks") or {}
        for d in _mapped("callback", _plain(before), _plain(after)):
            where = f"callback {d.step[0]} of {words.operation(a)}"
            self.add(d.rule, where, d.before, d.after, at=(a.at, b.at))

    # What is sent

    def _parameters(self, a: Operation, b: Operation) -> None:
        gone, come, pairs = _matched(a, b)
        for one, other in self._renamed(gone, come, a, b):
            gone.remove(one)
            come.remove(other)
            pairs.append((one, other))
            # The name of a path variable stands in no request.
            same = one.where == "path" and one.python_name == other.python_name
            where, at = self._holder(one, a, self.new), (one.at, other.at)
            names = (one.name, other.name)
            breaking = False if same else None
            self.add("parameter-renamed", where, *names, at=at, breaking=breaking)
        for one in gone:
            text = words.text(one.schema, self.old.types)
            where = self._holder(one, a, self.new)
            self.add("parameter-removed", where, text, at=(one.at, b.at))
        for one in come:
            rule = "required-parameter-added" if one.required else "parameter-added"
            text = words.text(one.schema, self.new.types)
            where = self._holder(one, b, self.old)
            self.add(rule, where, None, text, at=(a.at, one.at))
        for one, other in pairs:
            self._parameter(one, other)

    def _parameter(self, a: Parameter, b: Parameter) -> None:
        where, at = self.say(b.at), (a.at, b.at)
        if a.required != b.required:
            rule = f"parameter-made-{_STEPS[b.required]}"
            self.add(rule, where, _STEPS[a.required], _STEPS[b.required], at=at)
        before, after = _style(a, self.old), _style(b, self.new)
        if before != after and "plain" not in (before, after):
            self.add("parameter-style-changed", where, before, after, at=at)
        same_name = a.name.lower() == b.name.lower()
        if same_name and a.python_name != b.python_name:
            names = a.python_name, b.python_name
            self.add("python-name-changed", where, *names, at=at)
        self._notes(a.notes, b.notes, where, at)
        self.types.compare(a.schema, b.schema, SENT, b.schema.at)

    def _renamed(
        self, gone: list[Parameter], come: list[Parameter], a: Operation, b: Operation
    ) -> list[tuple[Parameter, Parameter]]:
        """Parameters with another name: the variables at the same step of the path; elsewhere the only ones that came and went and are the
        same but for the name."""
        pairs = []
        if _VARIABLE.sub("{}", a.path) == _VARIABLE.sub("{}", b.path):
            names = zip(_VARIABLE.findall(a.path), _VARIABLE.findall(b.path), strict=True)  # fmt: skip
            steps = dict(names)
            for one in gone:
                for other in come:
                    if one.where == other.where == "path" and steps.get(one.name) == other.name:  # fmt: skip
                        pairs.append((one, other))
        for kind in {_declared(p) for p in gone if p.where != "path"}:
            ones = [p for p in gone if _declared(p) == kind]
            others = [p for p in come if _declared(p) == kind]
            if len(ones) == len(others) == 1 and self._alike(ones[0], others[0]):
                pairs.append((ones[0], others[0]))
        return pairs

    def _alike(self, a: Parameter, b: Parameter) -> bool:
        return self.types.alike(a.schema, b.schema) and a.required == b.required

    def _holder(self, parameter: Parameter, of: Operation, other: Contract) -> str:
        """Where a parameter came or went: the component or the path, if all that use it see it come or go, else the operation."""
        key, at = (parameter.where, parameter.name), parameter.at
        used = [
            o for o in other.operations.values() for p in o.parameters
            if (p.where, p.name) == key and (p.at == at or o.path == of.path)
        ]  # fmt: skip
        shared = at[: len(of.at)] != of.at and not used
        here = f"{words.parameter(parameter)} of {words.operation(of)}"
        return self.say(at) if shared else here

    def _body(
        self, a: Body | None, b: Body | None, one: Operation, other: Operation
    ) -> None:
        where = f"body of {words.operation(one)}"
        if a is None and b is not None:
            rule = "required-body-added" if b.required else "body-added"
            text = self._text(b.media, self.new)
            self.add(rule, where, None, text, at=(one.at, b.at))
        elif a is not None and b is None:
            text = self._text(a.media, self.old)
            self.add("body-removed", where, text, at=(a.at, other.at))
        elif a is not None and b is not None:
            at = (a.at, b.at)
            if a.required != b.required:
                steps = _STEPS[a.required], _STEPS[b.required]
                rule = f"body-made-{steps[1]}"
                self.add(rule, self.say(b.at), *steps, at=at)
            self._notes(a.notes, b.notes, self.say(b.at), at)
            self._content(a.media, b.media, at, SENT)

    # What is received

    def _response(self, status: str, one: Operation, other: Operation) -> None:
        a, b = one.responses.get(status), other.responses.get(status)
        where = f"response {status} of {words.operation(one)}"
        if a is not None and b is not None:
            at = (a.at, b.at)
            self._notes(a.notes, b.notes, self.say(b.at), at, RECEIVED)
            self._headers(a, b)
            self._content(a.media, b.media, at, RECEIVED)
        elif b is not None:
            kind = "success-status" if is_success(status, other) else "error-response"
            text = self._text(b.media, self.new)
            self.add(f"{kind}-added", where, None, text, at=(one.at, b.at))
        elif a is not None:
            kind = "success-status" if is_success(status, one) else "error-response"
            text = self._text(a.media, self.old)
            self.add(f"{kind}-removed", where, text, at=(a.at, other.at))

    def _headers(self, a: Response, b: Response) -> None:
        where, at = self.say(b.at), (a.at, b.at)
        for name in sorted({*a.headers, *b.headers}):
            before, after = a.headers.get(name), b.headers.get(name)
            if before is not None and after is not None:
                self.types.compare(before, after, RECEIVED, after.at)
            elif after is not None:
                text = words.text(after, self.new.types)
                header = f"{where} header {name}"
                self.add("response-header-added", header, None, text, at=(a.at, after.at))  # fmt: skip
            elif before is not None:
                text = words.text(before, self.old.types)
                header = f"{where} header {name}"
                self.add("response-header-removed", header, text, at=(before.at, b.at))
        say = a.notes.get("headers") or {}, b.notes.get("headers") or {}
        for name in sorted(a.headers.keys() & b.headers.keys()):
            ones, others = dict(say[0].get(name) or {}), dict(say[1].get(name) or {})
            needed = [bool(each.pop("required", False)) for each in (ones, others)]
            header = f"{where} header {name}"
            if needed[0] != needed[1]:
                steps = _STEPS[needed[0]], _STEPS[needed[1]]
                self.add(f"response-header-made-{steps[1]}", header, *steps, at=at)
            self._notes(ones, others, header, at, RECEIVED)

    def _content(
        self,
        ones: tuple[Media, ...],
        others: tuple[Media, ...],
        at: tuple[Pointer, Pointer],
        way: str,
    ) -> None:
        before, after = _by_type(ones), _by_type(others)
        gone = [m for key, m in before.items() if key not in after]
        come = [m for key, m in after.items() if key not in before]
        pairs = [(before[key], after[key]) for key in before if key in after]
        where = self.say(at[1])
        if len(gone) == len(come) == 1:
            names = gone[0].content_type, come[0].content_type
            at = (gone[0].at, come[0].at)
            self.add("content-type-changed", where, *names, at=at)
            pairs.append((gone.pop(), come.pop()))
        for media in gone:
            rule, side = "content-type-removed", (media.at, at[1])
            self.add(rule, where, media.content_type, at=side)
        for media in come:
            rule, side = "content-type-added", (at[0], media.at)
            # What had no content has a type now.
            breaking = None if before else True
            self.add(rule, where, None, media.content_type, at=side, breaking=breaking)
        for a, b in pairs:
            self._notes(a.notes, b.notes, self.say(b.at), (a.at, b.at), way)
            if a.schema is not None or b.schema is not None:
                place = b.schema.at if b.schema else (*b.at, "schema")
                self.types.compare(a.schema, b.schema, way, place)

    def _text(self, media: tuple[Media, ...], contract: Contract) -> Json:
        return {m.content_type: words.text(m.schema, contract.types) for m in media}

    # The whole document

    def _security(self, a: Operation, b: Operation) -> None:
        was, now = _demanded(a.security, self.old), _demanded(b.security, self.new)
        if _keys(a.security) == _keys(b.security):
            for name in sorted({name for each in a.security for name in each}):
                self._scheme(self.old.schemes.get(name), self.new.schemes.get(name))
        elif was != now:
            shared = not (a.own_security or b.own_security)
            where = "authentication" if shared else words.operation(a)
            at = [("security",) if shared else (*o.at, "security") for o in (a, b)]
            self.add("authentication-changed", where, was, now, at=(at[0], at[1]))

    def _scheme(self, a: Scheme | None, b: Scheme | None) -> None:
        if a is None or b is None:
            return
        where, at = f"security scheme {b.name}", (a.at, b.at)
        before, after = _scheme_text(a), _scheme_text(b)
        if before != after:
            self.add("authentication-changed", where, before, after, at=at)
        for d in _mapped("flow", _flows(a), _flows(b)):
            self.add(d.rule, where, d.before, d.after, at=at)

    def _servers(self, pairs: list[tuple[Operation, Operation]]) -> None:
        if not pairs:
            self._server_lists("servers", self.old.servers, self.new.servers)
        for a, b in pairs:
            shared = not (a.own_servers or b.own_servers)
            where = "servers" if shared else f"servers of {words.operation(a)}"
            self._server_lists(where, a.servers, b.servers)

    def _server_lists(
        self, where: str, ones: tuple[Server, ...], others: tuple[Server, ...]
    ) -> None:
        """The client calls the first; the others are there to choose."""
        before = {s.url: s for s in reversed(ones)}
        after = {s.url: s for s in reversed(others)}
        first, now = (s[0] if s else Server("/", "/") for s in (ones, others))
        if first.url != now.url:
            at = (first.at, now.at)
            self.add("server-changed", where, first.url, now.url, at=at)
        for url in sorted(before.keys() - after.keys() - {first.url}):
            self.add("server-removed", where, url, at=(before[url].at, now.at))
        for url in sorted(after.keys() - before.keys() - {now.url}):
            self.add("server-added", where, None, url, at=(first.at, after[url].at))
        for url in sorted(before.keys() & after.keys()):
            a, b = before[url], after[url]
            variables = (_plain(s.notes.get("variables") or {}) for s in (a, b))
            sides = [None if not v else {s.template: v} for v, s in zip(variables, (a, b), strict=True)]  # fmt: skip
            if canonical(sides[0]) != canonical(sides[1]):
                at = (a.at, b.at)
                self.add("server-variables-changed", where, *sides, at=at)

    def _classes(self) -> None:
        """Classes that came or went, where no other row says so."""
        rows = [r for r in self.changes.rows.values() if covers(r.rule)]
        old, new = self.types.old_classes, self.types.new_classes
        renamed = [r for r in rows if r.rule == "class-renamed"]
        gone = old.keys() - new.keys() - {r.before for r in renamed}
        come = new.keys() - old.keys() - {r.after for r in renamed}
        olds, news = {r.old_at for r in rows}, {r.new_at for r in rows}
        for name in sorted(gone):
            at = old[name].at
            if not _below(at, olds - news):
                self.add("class-removed", name, self.say(at), at=(at, ()))
        for name in sorted(come):
            at = new[name].at
            if not _below(at, news - olds):
                self.add("class-added", name, None, self.say(at), at=((), at))


def _below(at: Pointer, places: set[Pointer]) -> bool:
    return any(at[:length] in places for length in range(1, len(at) + 1))


def is_success(status: str, operation: Operation) -> bool:
    """2xx, and `default` where nothing else says what success is."""
    if status == "default":
        return not any(s.startswith("2") for s in operation.responses)
    return status.startswith("2")


def _pairs(
    old: Contract, new: Contract
) -> tuple[list[tuple[Operation, Operation]], list[Operation], list[Operation]]:
    """Operations of both contracts that are the same one, by method and path, else by id; and those that only one has."""
    ones, others = dict(old.operations), dict(new.operations)
    pairs = []
    same_id = {o.id: key for key, o in others.items() if o.id}
    for key in [k for k in ones if k in others and ones[k].id == others[k].id]:
        pairs.append((ones.pop(key), others.pop(key)))
    for key, one in list(ones.items()):
        found = same_id.get(one.id) if one.id else None
        if found in others:
            pairs.append((ones.pop(key), others.pop(found)))
    calls = {(o.method, _VARIABLE.sub("{}", o.path)): k for k, o in others.items()}
    for key, one in list(ones.items()):
        found = calls.get((one.method, _VARIABLE.sub("{}", one.path)))
        if found in others:
            pairs.append((ones.pop(key), others.pop(found)))
    return pairs, list(ones.values()), list(others.values())


def _matched(
    a: Operation, b: Operation
) -> tuple[list[Parameter], list[Parameter], list[tuple[Parameter, Parameter]]]:
    before, after = ({_name(p): p for p in o.parameters} for o in (a, b))
    pairs = [(before[key], after[key]) for key in before if key in after]
    gone = [p for key, p in before.items() if key not in after]
    return gone, [p for key, p in after.items() if key not in before], pairs


def _name(parameter: Parameter) -> tuple[str, str]:
    """Names of headers are the same in any case."""
    header = parameter.where == "header"
    return parameter.where, parameter.name.lower() if header else parameter.name


def _declared(parameter: Parameter) -> tuple[str, str]:
    """Where a parameter is sent, and whether a component, a path or an operation declares it."""
    level = "component" if parameter.component else str(len(parameter.at))
    return parameter.where, level


def _style(parameter: Parameter, contract: Contract) -> str:
    """How the value is written; a single value is written alike in all styles."""
    if parameter.media:
        return parameter.media
    seen = view(parameter.schema, contract.types).node
    shapes = [view(v, contract.types).node for v in seen.variants] or [seen]
    if any(s.kind in (ARRAY, OBJECT, ANY) for s in shapes):
        return f"{parameter.style}, {'exploded' if parameter.explode else 'joined'}"
    return "plain"


def _by_type(media: tuple[Media, ...]) -> dict[str, Media]:
    """By content type, without regard to case and blanks."""
    return {"".join(m.content_type.lower().split()): m for m in media}


def _demanded(security: tuple[Requirement, ...], contract: Contract) -> list[str]:
    """Alternatives in words, in an order of their own."""
    found = set()
    for alternative in security:
        parts = []
        for name, scopes in alternative.items():
            scheme = contract.schemes.get(name)
            said = _scheme_text(scheme) if scheme else f"undeclared scheme {name}"
            parts.append(f"{said} ({', '.join(sorted(scopes))})" if scopes else said)
        found.add(" and ".join(sorted(parts)) or "none")
    return sorted(found or {"none"})


def _keys(security: tuple[Requirement, ...]) -> list[str]:
    return sorted(
        canonical({n: sorted(s) for n, s in each.items()}) for each in security
    )


def _scheme_text(scheme: Scheme) -> str:
    if scheme.kind != "apiKey":
        return scheme.kind
    name = scheme.wire_name.lower() if scheme.where == "header" else scheme.wire_name
    return f"apiKey in {scheme.where} {name}"


def _flows(scheme: Scheme) -> dict[str, Json]:
    """Addresses and scopes by name; what is said of a scope is prose."""
    found: dict[str, Json] = {}
    for key, value in scheme.notes.items():
        if key == "flows" and isinstance(value, dict):
            for flow, held in value.items():
                for name, detail in (held if isinstance(held, dict) else {}).items():
                    if name == "scopes":
                        found |= {f"{flow} scope {s}": s for s in detail or ()}
                    elif not name.startswith("x-"):
                        found[f"{flow} {name}"] = detail
        elif not key.startswith("x-"):
            found[key] = value
    return found


def _mapped(
    kind: str, before: Mapping[str, Json], after: Mapping[str, Json]
) -> Iterator[Difference]:
    """Rows for what is in one mapping alone, and for what differs."""
    for key in sorted({*before, *after}):
        a, b = before.get(key), after.get(key)
        if key not in before:
            yield Difference(f"{kind}-added", None, {key: b}, (key,))
        elif key not in after:
            yield Difference(f"{kind}-removed", {key: a}, None, (key,))
        elif canonical(a) != canonical(b):
            yield Difference(f"{kind}-changed", {key: a}, {key: b}, (key,))


def _plain(value: Json) -> Json:
    """Without prose and keywords of others."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _plain(held)
        for key, held in value.items()
        if isinstance(held, dict) or not key.startswith(_PROSE)
    }
