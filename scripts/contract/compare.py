"""Compare two contracts: operations with their parameters, bodies and answers, server and authentication; types in types.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scripts.contract import words
from scripts.contract.changes import (
    GONE,
    RECEIVED,
    RULES,
    SENT,
    Change,
    Changes,
    canonical,
)
from scripts.contract.limits import Difference
from scripts.contract.model import (
    ANY,
    ARRAY,
    OBJECT,
    Body,
    Contract,
    Json,
    Media,
    Operation,
    Parameter,
    Pointer,
    Requirement,
    Response,
    Schema,
    Scheme,
    Server,
)
from scripts.contract.types import Site, Types, notes
from scripts.contract.view import view

Sides = tuple[Json, Json]  # before and after
Places = tuple[Pointer, Pointer]
Breaks = bool | None
Notes = Mapping[str, Json]
_VARIABLE = re.compile(r"\{([^{}]*)\}")


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
        self.label = self.types.places.label

    def run(self) -> None:
        """Compare everything that operations reach."""
        pairs, gone, come = _pairs(self.old, self.new)
        self._alone(gone, come)
        for a, b in pairs:
            self._operation(a, b)
        if not pairs:
            self._servers("servers", self.old.servers, self.new.servers)
        for d in _mapped("webhook", self.old.webhooks, self.new.webhooks):
            at: Pointer = ("webhooks", d.step[0])
            self.add(d.rule, f"webhook {d.step[0]}", (d.before, d.after), (at, at))
        self._classes()

    def add(
        self, rule: str, where: str, sides: Sides, at: Places, breaking: Breaks = None
    ) -> None:
        self.changes.add(rule, where, *sides, at=at, breaking=breaking)

    def _alone(self, gone: list[Operation], come: list[Operation]) -> None:
        """Operations that only one of the contracts has, and those that one leaves out."""
        left, out = dict(self.old.left_out), dict(self.new.left_out)
        nowhere: Pointer = ("paths",)
        for one in gone:
            found, where = out.pop(one.key, None), words.operation(one)
            if found:
                sides: Sides = (one.key, f"left out: {found.reason}")
                self.add("operation-left-out", where, sides, (one.at, found.at))
            else:
                self.add("operation-removed", where, (one.key, None), (one.at, nowhere))
        for one in come:
            found, where = left.pop(one.key, None), words.operation(one)
            if found:
                sides = (f"left out: {found.reason}", one.key)
                self.add("operation-taken-in", where, sides, (found.at, one.at))
            else:
                self.add("operation-added", where, (None, one.key), (nowhere, one.at))
        for key in sorted({*left, *out}):
            a, b = left.get(key), out.get(key)
            at = (a.at if a else nowhere, b.at if b else nowhere)
            rule = "left-out-operation-" + _step(a, b)
            differs = a is None or b is None or _differing(a.content, b.content)
            if differs:
                reasons = (a.reason if a else None, b.reason if b else None)
                texts = differs if isinstance(differs, tuple) else reasons
                self.add(rule, key, texts, at)

    def _operation(self, a: Operation, b: Operation) -> None:
        """Compare two operations and every type that travels through them."""
        where, at = words.operation(a), (a.at, b.at)
        self._identity(a, b)
        self._security(a, b)
        shared = not (a.own_servers or b.own_servers)
        servers = "servers" if shared else f"servers of {where}"
        self._servers(servers, a.servers, b.servers)
        self._notes(a.notes, b.notes, where, at)
        for d in _mapped(
            "callback", a.notes.get("callbacks"), b.notes.get("callbacks")
        ):
            callback = f"callback {d.step[0]} of {where}"
            self.add(d.rule, callback, (d.before, d.after), at)
        self._parameters(a, b)
        self._body(a, b)
        for status in dict.fromkeys([*a.responses, *b.responses]):
            self._response(status, a, b)

    def _identity(self, a: Operation, b: Operation) -> None:
        where, at = words.operation(a), (a.at, b.at)
        modules = [
            {c.media.kind if c.media else "": c.module for c in o.calls} for o in (a, b)
        ]
        first = [next(iter(m.values()), "") for m in modules]
        if a.id != b.id:
            broken = first[0] != first[1]
            self.add("operation-id-changed", where, (a.id, b.id), at, broken)
        if a.tag != b.tag:
            self.add("tag-changed", where, (a.tag, b.tag), at, a.package != b.package)
        elif a.package != b.package:
            self.add("function-renamed", where, (a.package, b.package), at)
        for kind in sorted(modules[0].keys() & modules[1].keys()):
            names = modules[0][kind], modules[1][kind]
            reported = a.id != b.id and names == (first[0], first[1])
            if names[0] != names[1] and not reported and a.key == b.key:
                self.add("function-renamed", where, names, at)
        if a.method != b.method:
            sides = a.method.upper(), b.method.upper()
            self.add("method-changed", where, sides, at)
        if _pattern(a) != _pattern(b):
            self.add("path-changed", where, (a.path, b.path), at)

    def _notes(
        self, a: Notes, b: Notes, where: str, at: Places, way: str = SENT
    ) -> None:
        apart = ("callbacks", "headers")
        ones, others = ({k: v for k, v in n.items() if k not in apart} for n in (a, b))
        for d in notes(ones, others):
            self.changes.add(d.rule, where, d.before, d.after, at=at, way=way)

    # What is sent

    def _parameters(self, a: Operation, b: Operation) -> None:
        before, after = ({_name(p): p for p in o.parameters} for o in (a, b))
        pairs = [(before[key], after[key]) for key in before if key in after]
        gone = [p for key, p in before.items() if key not in after]
        come = [p for key, p in after.items() if key not in before]
        for one, other in self._renamed(gone, come, a, b):
            gone.remove(one)
            come.remove(other)
            pairs.append((one, other))
            # The name of a path variable is in no request.
            same = one.where == "path" and one.python_name == other.python_name
            where, at = self._holder(one, a, self.new), (one.at, other.at)
            names = one.name, other.name
            self.add("parameter-renamed", where, names, at, False if same else None)
        for one in gone:
            text = words.text(one.schema, self.old.types)
            where = self._holder(one, a, self.new)
            self.add("parameter-removed", where, (text, None), (one.at, b.at))
        for one in come:
            rule = "required-parameter-added" if one.required else "parameter-added"
            text = words.text(one.schema, self.new.types)
            where = self._holder(one, b, self.old)
            self.add(rule, where, (None, text), (a.at, one.at))
        for one, other in pairs:
            self._parameter(one, other, a)

    def _parameter(self, a: Parameter, b: Parameter, of: Operation) -> None:
        at = (a.at, b.at)
        where = self._where(at, f"{words.parameter(b)} of {words.operation(of)}")
        self._needed("parameter", where, a.required, b.required, at)
        styles = _style(a, self.old), _style(b, self.new)
        if styles[0] != styles[1] and "" not in styles:
            self.add("parameter-style-changed", where, styles, at)
        names = a.python_name, b.python_name
        if a.name.lower() == b.name.lower() and names[0] != names[1]:
            self.add("python-name-changed", where, names, at)
        self._notes(a.notes, b.notes, where, at)
        self.types.compare(a.schema, b.schema, Site(SENT, b.schema.at))

    def _where(self, at: Places, label: str) -> str:
        """The part itself, if both contracts share it; else the operation's use of it."""
        return self.label(at[1]) if at[0] == at[1] else label

    def _needed(self, kind: str, where: str, a: bool, b: bool, at: Places) -> None:
        if a != b:
            sides = ("optional", "required") if b else ("required", "optional")
            self.add(f"{kind}-made-{sides[1]}", where, sides, at)

    def _renamed(
        self, gone: list[Parameter], come: list[Parameter], a: Operation, b: Operation
    ) -> list[tuple[Parameter, Parameter]]:
        """Parameters with another name: the variables at the same step of the path; elsewhere the only ones that came and went and are the
        same but for the name."""
        steps: dict[str, str] = {}
        if _pattern(a) == _pattern(b):
            variables = (_VARIABLE.findall(o.path) for o in (a, b))
            steps = dict(zip(*variables, strict=True))
        pairs = [
            (p, q) for p in gone for q in come
            if p.where == q.where == "path" and steps.get(p.name) == q.name
        ]  # fmt: skip
        for kind in {_declared(p) for p in gone if p.where != "path"}:
            ones = [p for p in gone if _declared(p) == kind]
            others = [p for p in come if _declared(p) == kind]
            if len(ones) == len(others) == 1:
                one, other = ones[0], others[0]
                needed = one.required == other.required
                if needed and self.types.alike(one.schema, other.schema):
                    pairs.append((one, other))
        return pairs

    def _holder(self, parameter: Parameter, of: Operation, other: Contract) -> str:
        """Where a parameter came or went: the component or the path, if all that use it see it come or go, else the operation."""
        key, at = _name(parameter), parameter.at
        kept = any(
            _name(p) == key and (p.at == at or o.path == of.path)
            for o in other.operations.values()
            for p in o.parameters
        )
        if at[: len(of.at)] != of.at and not kept:
            return self.label(at)
        return f"{words.parameter(parameter)} of {words.operation(of)}"

    def _body(self, one: Operation, other: Operation) -> None:
        a, b = one.body, other.body
        if a is None or b is None:
            if a or b:
                rule = "body-removed" if a else "body-added"
                rule = "required-body-added" if b and b.required else rule
                at = (a.at if a else one.at, b.at if b else other.at)
                where = f"body of {words.operation(one)}"
                self.add(rule, where, self._texts(a, b), at)
            return
        at = (a.at, b.at)
        where = self._where(at, f"body of {words.operation(one)}")
        self._needed("body", where, a.required, b.required, at)
        self._notes(a.notes, b.notes, where, at)
        self._content(a.media, b.media, at, where, SENT)

    # What is received

    def _response(self, status: str, one: Operation, other: Operation) -> None:
        a, b = one.responses.get(status), other.responses.get(status)
        success = is_success(status, one if a else other)
        label = f"response {status} of {words.operation(one)}"
        at = (a.at if a else one.at, b.at if b else other.at)
        where = self._where(at, label)
        if a is not None and b is not None:
            self._notes(a.notes, b.notes, where, at, RECEIVED)
            self._headers(a, b)
            self._content(a.media, b.media, at, where, RECEIVED, error=not success)
            return
        kind = "success-status" if success else "error-response"
        self.add(f"{kind}-{_step(a, b)}", where, self._texts(a, b), at)

    def _headers(self, a: Response, b: Response) -> None:
        noted = [dict(r.notes.get("headers") or {}) for r in (a, b)]
        for name in sorted({*a.headers, *b.headers}):
            before, after = a.headers.get(name), b.headers.get(name)
            at = (_header(before) or a.at, _header(after) or b.at)
            place = at[1] if after else at[0]
            if not (before and after):  # of this answer, not of a component
                place = (*b.at, "headers", name)
            where = self.label(place)
            if before is None or after is None:
                sides = (
                    before and words.text(before, self.old.types),
                    after and words.text(after, self.new.types),
                )
                self.add(f"response-header-{_step(before, after)}", where, sides, at)
                continue
            ones, others = (dict(each.get(name) or {}) for each in noted)
            needed = [bool(each.pop("required", False)) for each in (ones, others)]
            self._needed("response-header", where, needed[0], needed[1], at)
            self._notes(ones, others, where, at, RECEIVED)
            self.types.compare(before, after, Site(RECEIVED, after.at))

    def _content(
        self,
        ones: tuple[Media, ...],
        others: tuple[Media, ...],
        at: Places,
        where: str,
        way: str,
        *,
        error: bool = False,
    ) -> None:
        before, after = _by_type(ones), _by_type(others)
        gone = [m for key, m in before.items() if key not in after]
        come = [m for key, m in after.items() if key not in before]
        pairs = [(before[key], after[key]) for key in before if key in after]
        if way == RECEIVED and not error and bool(ones) != bool(others):
            texts = self._text(ones, self.old), self._text(others, self.new)
            sides = texts[0] or "nothing", texts[1] or "nothing"
            self.add("type-changed", where, sides, at)
            return
        if len(gone) == len(come) == 1:
            names = gone[0].content_type, come[0].content_type
            places = (gone[0].at, come[0].at)
            self.add("content-type-changed", where, names, places)
            pairs.append((gone.pop(), come.pop()))
        breaks = False if error else None
        for m in gone:
            side: Sides = (m.content_type, None)
            self.add("content-type-removed", where, side, (m.at, at[1]), breaks)
        for m in come:
            side = (None, m.content_type)
            self.add("content-type-added", where, side, (at[0], m.at))
        for a, b in pairs:
            self._notes(a.notes, b.notes, self.label(b.at), (a.at, b.at), way)
            one, other = (m.schema or Schema((*m.at, "schema")) for m in (a, b))
            self.types.compare(one, other, Site(way, other.at))

    def _texts(self, a: Body | Response | None, b: Body | Response | None) -> Sides:
        return (
            self._text(a.media, self.old) if a else None,
            self._text(b.media, self.new) if b else None,
        )

    def _text(self, media: tuple[Media, ...], contract: Contract) -> Json:
        return {m.content_type: words.text(m.schema, contract.types) for m in media}

    # The whole document

    def _security(self, a: Operation, b: Operation) -> None:
        if _keys(a.security) == _keys(b.security):
            for name in sorted({name for each in a.security for name in each}):
                self._scheme(self.old.schemes.get(name), self.new.schemes.get(name))
            return
        sides = _demanded(a.security, self.old), _demanded(b.security, self.new)
        if sides[0] != sides[1]:
            shared = not (a.own_security or b.own_security)
            where = "authentication" if shared else words.operation(a)
            at = [("security",) if shared else (*o.at, "security") for o in (a, b)]
            self.add("authentication-changed", where, sides, (at[0], at[1]))

    def _scheme(self, a: Scheme | None, b: Scheme | None) -> None:
        if a is None or b is None:
            return
        where, at = f"security scheme {b.name}", (a.at, b.at)
        sides = _scheme_text(a), _scheme_text(b)
        if sides[0] != sides[1]:
            self.add("authentication-changed", where, sides, at)
        for d in _mapped("flow", _flows(a), _flows(b)):
            named = [None if s is None else {d.step[0]: s} for s in d[1:3]]
            self.add(d.rule, where, (named[0], named[1]), at)

    def _servers(
        self, where: str, ones: tuple[Server, ...], others: tuple[Server, ...]
    ) -> None:
        """The client calls the first; the others are there to choose."""
        before = {s.url: s for s in reversed(ones)}
        after = {s.url: s for s in reversed(others)}
        first, now = (s[0] if s else Server("/", "/") for s in (ones, others))
        if first.url != now.url:
            sides = first.url, now.url
            self.add("server-changed", where, sides, (first.at, now.at))
        for url in sorted(before.keys() - after.keys() - {first.url}):
            self.add("server-removed", where, (url, None), (before[url].at, now.at))
        for url in sorted(after.keys() - before.keys() - {now.url}):
            self.add("server-added", where, (None, url), (first.at, after[url].at))
        for url in sorted(before.keys() & after.keys()):
            a, b = before[url], after[url]
            if found := _differing(_written(a), _written(b)):
                self.add("server-variables-changed", where, found, (a.at, b.at))

    def _classes(self) -> None:
        """Classes that came or went, where no other row says so."""
        old, new = self.types.classes
        rows = list(self.changes.rows.values())
        renamed = [r for r in rows if r.rule == "class-renamed"]
        olds = {r.old_at for r in rows if r.rule in GONE}
        news = {r.new_at for r in rows if {*RULES[r.rule].mirrors} & GONE}
        for name in sorted(old.keys() - new.keys() - {r.before for r in renamed}):
            at = old[name].at
            if not _below(at, olds):
                self.add("class-removed", name, (self.label(at), None), (at, ()))
        for name in sorted(new.keys() - old.keys() - {r.after for r in renamed}):
            at = new[name].at
            if not _below(at, news):
                self.add("class-added", name, (None, self.label(at)), ((), at))


def _step(a: object, b: object) -> str:
    return "added" if a is None else "removed" if b is None else "changed"


def _pattern(operation: Operation) -> str:
    """The path without the names of its variables."""
    return _VARIABLE.sub("{}", operation.path)


def _header(schema: Schema | None) -> Pointer:
    """The place of the header that has this schema."""
    return schema.at[: schema.at.index("headers") + 2] if schema else ()


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
    calls = {(o.method, _pattern(o)): k for k, o in others.items()}
    for key, one in list(ones.items()):
        found = calls.get((one.method, _pattern(one)))
        if found in others:
            pairs.append((ones.pop(key), others.pop(found)))
    return pairs, list(ones.values()), list(others.values())


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
    if any(s.kind in (ARRAY, OBJECT, ANY) for s in shapes):
        return f"{parameter.style}, {'exploded' if parameter.explode else 'joined'}"
    return ""


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
            text = _scheme_text(scheme) if scheme else f"undeclared scheme {name}"
            parts.append(f"{text} ({', '.join(sorted(scopes))})" if scopes else text)
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
    """Addresses and scopes by name; the description of a scope is prose."""
    found: dict[str, Json] = {}
    for key, value in scheme.notes.items():
        if key == "flows" and isinstance(value, dict):
            for flow, held in value.items():
                for name, detail in (held if isinstance(held, dict) else {}).items():
                    if name == "scopes":
                        scopes = detail if isinstance(detail, dict) else {}
                        found |= {f"{flow} scope {s}": s for s in scopes}
                    elif not name.startswith("x-"):
                        found[f"{flow} {name}"] = detail
        elif not key.startswith("x-"):
            found[key] = value
    return found


def _mapped(kind: str, before: Json, after: Json) -> Iterator[Difference]:
    """Rows for what is in one mapping alone, and for what differs; what is no mapping says nothing."""
    before, after = (v if isinstance(v, dict) else {} for v in (before, after))
    for key in sorted({*before, *after}):
        a, b = before.get(key), after.get(key)
        if key not in before or key not in after:
            # What there is of it, not all that it says.
            sides = [sorted(v) if isinstance(v, dict) else v for v in (a, b)]
            step = "added" if key not in before else "removed"
            yield Difference(f"{kind}-{step}", sides[0], sides[1], (key,))
        elif found := _differing(a, b):
            yield Difference(f"{kind}-changed", *found, (key,))


def _differing(a: Json, b: Json) -> Sides | None:
    """What differs, without what is the same around it."""
    if canonical(a) == canonical(b):
        return None
    if not (isinstance(a, dict) and isinstance(b, dict)):
        return a, b
    found = {k: _differing(a.get(k), b.get(k)) for k in sorted({*a, *b})}
    sides = (
        {k: d[i] for k, d in found.items() if d and d[i] is not None} for i in (0, 1)
    )
    before, after = sides
    return before or None, after or None


def _written(server: Server) -> Json:
    """A server as the document writes it, without prose."""
    found: dict[str, Json] = {"url": server.template}
    for name, variable in (server.notes.get("variables") or {}).items():
        found[name] = {k: variable.get(k) for k in ("default", "enum")}
    return found
