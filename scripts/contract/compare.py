"""Compare two contracts: operations with their parameters, bodies and answers, server and authentication; types in types.py."""

from __future__ import annotations

import re

from scripts.contract.changes import RECEIVED, SENT, Change, Changes
from scripts.contract.model import (
    Content,
    Contract,
    Json,
    Operation,
    Parameter,
    Requirement,
    Schema,
    canonical,
)
from scripts.contract.types import Types

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

    def run(self) -> None:
        """Compare everything that operations reach."""
        pairs = self.pairs()
        for before, after in pairs:
            if before is None:
                assert after is not None
                self.changes.add(after.name, "operation added", None, _called(after))
            elif after is None:
                self.changes.add(before.name, "operation removed", _called(before))
            else:
                self.operation(before, after)
        both = [(a, b) for a, b in pairs if a and b]
        self._servers(both)
        self._python_names()

    def pairs(self) -> list[tuple[Operation | None, Operation | None]]:
        return _pairs(self.old, self.new)

    def operation(self, a: Operation, b: Operation) -> None:
        """Compare two operations and every type that travels through them."""
        self.identity(a, b)
        self.security(a, b)
        self._opaque(a.opaque, b.opaque, b.name)
        for key in a.parameters.keys() | b.parameters.keys():
            self._parameter(a.parameters.get(key), b.parameters.get(key))
        self._body(a.body, b.body, b)
        for status in a.responses.keys() | b.responses.keys():
            self._response(status, a, b)

    def identity(self, a: Operation, b: Operation) -> None:
        for what, before, after in (
            ("operation id changed", a.id, b.id),
            ("method changed", a.method.upper(), b.method.upper()),
            ("tag changed", a.tag, b.tag),
        ):
            if before != after:
                self.changes.add(a.name, what, before, after)
        if a.path != b.path and not _only_renamed(a, b):
            self.changes.add(a.path, "path changed", a.path, b.path)

    def _opaque(self, before: dict[str, str], after: dict[str, str], at: str) -> None:
        for key in before.keys() | after.keys():
            if before.get(key) != after.get(key):
                self.changes.add(at, f"{key} changed", before.get(key), after.get(key))

    # What is sent

    def _parameter(self, a: Parameter | None, b: Parameter | None) -> None:
        if a is None:
            assert b is not None
            kind = "required" if b.required else "optional"
            text = self.types.text(b.schema, self.new)
            place = _listed(b, self.old)
            self.changes.add(place, f"{kind} parameter added", None, text)
        elif b is None:
            text = self.types.text(a.schema, self.old)
            self.changes.add(_listed(a, self.new), "parameter removed", text)
        else:
            if a.required != b.required:
                words = ("optional", "required")
                what = f"parameter made {words[b.required]}"
                self.changes.add(b.place, what, words[a.required], words[b.required])
            self._opaque(a.opaque, b.opaque, b.place)
            self.types.compare(a.schema, b.schema, SENT)

    def _body(self, a: Content | None, b: Content | None, of: Operation) -> None:
        if a is None and b is None:
            return
        if a is None:
            assert b is not None
            what = "required body added" if b.required else "body added"
            text = self._content_text(b, self.new)
            self.changes.add(f"body of {of.name}", what, None, text)
        elif b is None:
            text = self._content_text(a, self.old)
            self.changes.add(f"body of {of.name}", "body removed", text)
        else:
            if a.required != b.required:
                words = ("optional", "required")
                what = f"body made {words[b.required]}"
                self.changes.add(b.place, what, words[a.required], words[b.required])
            self._content(a, b, SENT)

    # What is received

    def _response(self, status: str, a: Operation, b: Operation) -> None:
        before, after = a.responses.get(status), b.responses.get(status)
        if before is not None and after is not None:
            self._content(before, after, RECEIVED)
        elif after is not None:
            kind = "response" if is_success(status, b) else "error response"
            text = self._content_text(after, self.new)
            self.changes.add(_status(status, b), f"{kind} added", None, text)
        elif before is not None:
            kind = "success status" if is_success(status, a) else "error response"
            text = self._content_text(before, self.old)
            self.changes.add(_status(status, b), f"{kind} removed", text)

    def _content(self, a: Content, b: Content, way: str) -> None:
        gone = sorted(a.types.keys() - b.types.keys())
        come = sorted(b.types.keys() - a.types.keys())
        if gone and come:
            self.changes.add(b.place, "content type changed", gone, come)
            if len(gone) == len(come) == 1:
                self._media(a.types[gone[0]], b.types[come[0]], way)
        elif gone:
            what = "content type removed" if b.types else "type changed"
            self.changes.add(b.place, what, gone, None)
        elif come:
            what = "content type added" if a.types else "type changed"
            self.changes.add(b.place, what, None, come)
        self._opaque(a.opaque, b.opaque, b.place)
        for content_type in a.types.keys() & b.types.keys():
            self._media(a.types[content_type], b.types[content_type], way)

    def _media(self, a: Schema | None, b: Schema | None, way: str) -> None:
        stated = a or b
        if stated is not None:
            nothing = Schema(stated.place)
            self.types.compare(a or nothing, b or nothing, way)

    def _content_text(self, content: Content, contract: Contract) -> Json:
        return {
            content_type: self.types.text(schema, contract) if schema else "any"
            for content_type, schema in content.types.items()
        }

    # The whole document

    def security(self, a: Operation, b: Operation) -> None:
        before = self.old.security if a.security is None else a.security
        after = self.new.security if b.security is None else b.security
        was, now = _demanded(before, self.old), _demanded(after, self.new)
        if was == now:
            return
        if _keys(before) == _keys(after):
            for name in {name for alternative in before for name in alternative}:
                one, other = self.old.schemes.get(name), self.new.schemes.get(name)
                if one != other:
                    self.changes.add(
                        f"security scheme {name}", "authentication changed", one, other
                    )
            return
        inherited = a.security is None and b.security is None
        place = "authentication" if inherited else b.name
        self.changes.add(place, "authentication changed", was, now)

    def _servers(self, pairs: list[tuple[Operation, Operation]]) -> None:
        differing = [] if pairs else [(None, None)]
        for a, b in pairs:
            before, after = a.servers or self.old.servers, b.servers or self.new.servers
            if before == after:
                continue
            if a.servers is None and b.servers is None:
                differing.append((None, None))
            else:
                self._server_lists(b.name, before, after)
        if differing:
            self._server_lists("servers", self.old.servers, self.new.servers)

    def _server_lists(self, at: str, before: list[str], after: list[str]) -> None:
        """The client calls the first; the others are there to choose."""
        if before[0] != after[0]:
            self.changes.add(at, "server changed", before[0], after[0])
        for url in sorted({*before[1:]} - {*after} - {before[0]}):
            self.changes.add(at, "server removed", url)
        for url in sorted({*after[1:]} - {*before} - {after[0]}):
            self.changes.add(at, "server added", None, url)

    def _python_names(self) -> None:
        """Only where both contracts know them: what they name is compared above."""
        for what, one, other in (
            ("operation", self.old.names.operations, self.new.names.operations),
            ("type", self.old.names.types, self.new.names.types),
            ("field or parameter", self.old.names.fields, self.new.names.fields),
        ):
            for place in one.keys() & other.keys():
                if one[place] != other[place]:
                    self.changes.add(
                        place,
                        f"Python name of {what} changed",
                        one[place],
                        other[place],
                    )


def is_success(status: str, operation: Operation) -> bool:
    """2xx, and `default` where nothing else says what success is."""
    if status == "default":
        return not any(s.startswith("2") for s in operation.responses)
    return status.startswith("2")


def _pairs(
    old: Contract, new: Contract
) -> list[tuple[Operation | None, Operation | None]]:
    """Operations of both contracts that are the same one: by id, else by method and path."""
    ones, others = dict(old.operations), dict(new.operations)
    pairs: list[tuple[Operation | None, Operation | None]] = []
    for name in list(ones):
        if name in others and ones[name].id == others[name].id:
            pairs.append((ones.pop(name), others.pop(name)))
    by_call = {(o.method, o.path): name for name, o in others.items()}
    for name, operation in list(ones.items()):
        same = by_call.get((operation.method, operation.path))
        if same is not None:
            pairs.append((ones.pop(name), others.pop(same)))
    pairs += [(operation, None) for operation in ones.values()]
    pairs += [(None, operation) for operation in others.values()]
    return pairs


def _only_renamed(a: Operation, b: Operation) -> bool:
    """Whether two paths differ in names of variables alone, which the parameters themselves report."""
    if _VARIABLE.sub("{}", a.path) != _VARIABLE.sub("{}", b.path):
        return False
    before, after = _VARIABLE.findall(a.path), _VARIABLE.findall(b.path)
    return all(
        one == other
        or (("path", one) not in b.parameters and ("path", other) not in a.parameters)
        for one, other in zip(before, after, strict=True)
    )


def _listed(parameter: Parameter, other: Contract) -> str:
    """Where a parameter came or went: the component, if that is what came or went, else the place that lists it."""
    key = parameter.where, parameter.name
    if parameter.shared and other.shared.get(parameter.shared) != key:
        return parameter.place
    of = parameter.listed_at
    if not of:
        return parameter.place
    return f"{parameter.where} parameter {parameter.name} of {of}"


def _called(operation: Operation) -> str:
    return f"{operation.method.upper()} {operation.path}"


def _status(status: str, operation: Operation) -> str:
    return f"response {status} of {operation.name}"


def _demanded(security: list[Requirement], contract: Contract) -> list[str]:
    """Alternatives in words, in an order of their own."""
    found = set()
    for alternative in security:
        parts = []
        for name, scopes in sorted(alternative.items()):
            scheme = contract.schemes.get(name, f"undeclared scheme {name}")
            parts.append(f"{scheme} {canonical(scopes)}" if scopes else scheme)
        found.add(" and ".join(sorted(parts)) or "none")
    return sorted(found or {"none"})


def _keys(security: list[Requirement]) -> list[str]:
    return sorted(canonical(alternative) for alternative in security)
