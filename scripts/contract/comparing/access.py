"""Compare how operations are reached: their servers, and what callers prove themselves with."""

from __future__ import annotations

from scripts.contract.comparing.changes import (
    Changes,
    canonical,
    differing,
    mapped,
    mapping,
    step,
)
from scripts.contract.comparing.words import operation
from scripts.contract.model import Contract, Json, Operation, Scheme, Server


def security(
    changes: Changes, old: Contract, new: Contract, a: Operation, b: Operation
) -> None:
    """What two operations demand: other schemes, or another form of the same ones."""
    if _keys(a) == _keys(b):
        names = {name for alternative in a.security for name in alternative}
        for name in sorted(names & old.schemes.keys() & new.schemes.keys()):
            _scheme(changes, old.schemes[name], new.schemes[name])
        return
    shared = not (a.own_security or b.own_security)
    where = "authentication" if shared else operation(a)
    at = [("security",) if shared else (*o.at, "security") for o in (a, b)]
    sides = _demanded(a, old), _demanded(b, new)
    changes.add("authentication-changed", where, sides, (at[0], at[1]))


def _scheme(changes: Changes, a: Scheme, b: Scheme) -> None:
    where, at = f"security scheme {b.name}", (a.at, b.at)
    changes.add("authentication-changed", where, (_text(a), _text(b)), at)
    for d in mapped("flow", _flows(a), _flows(b)):
        before, after = (None if s is None else {d.step[0]: s} for s in d.sides)
        changes.add(d.rule, where, (before, after), at)


def _keys(of: Operation) -> list[str]:
    return sorted(
        canonical({name: sorted(scopes) for name, scopes in each.items()})
        for each in of.security
    )


def _demanded(of: Operation, contract: Contract) -> list[str]:
    """Alternatives in words, in an order of their own."""
    found = set()
    for alternative in of.security:
        parts = []
        for name, scopes in alternative.items():
            scheme = contract.schemes.get(name)
            text = _text(scheme) if scheme else f"undeclared scheme {name}"
            parts.append(f"{text} ({', '.join(sorted(scopes))})" if scopes else text)
        found.add(" and ".join(sorted(parts)) or "none")
    return sorted(found or {"none"})


def _text(scheme: Scheme) -> str:
    if scheme.kind != "apiKey":
        return scheme.kind
    name = scheme.wire_name.lower() if scheme.where == "header" else scheme.wire_name
    return f"apiKey in {scheme.where} {name}"


def _flows(scheme: Scheme) -> dict[str, Json]:
    """Addresses and scopes by name; the description of a scope is prose."""
    found = {k: v for k, v in scheme.notes.items() if k != "flows" and k[:2] != "x-"}
    for flow, held in mapping(scheme.notes.get("flows")).items():
        for key, detail in mapping(held).items():
            if key == "scopes":
                found |= {f"{flow} scope {name}": name for name in mapping(detail)}
            elif key[:2] != "x-":
                found[f"{flow} {key}"] = detail
    return found


def servers(
    changes: Changes, where: str, old: tuple[Server, ...], new: tuple[Server, ...]
) -> None:
    """The client calls the first; the others are there to choose."""
    before, after = ({s.url: s for s in reversed(each)} for each in (old, new))
    first, now = (each[0] if each else Server("/", "/") for each in (old, new))
    changes.add("server-changed", where, (first.url, now.url), (first.at, now.at))
    for url in sorted({*before, *after}):
        a, b = before.get(url), after.get(url)
        at = (a or first).at, (b or now).at
        if a and b:
            sides = differing(_written(a), _written(b))
            changes.add("server-variables-changed", where, sides, at)
        elif (a or b) not in (first, now):
            sides = a and url, b and url
            changes.add(f"server-{step(a, b)}", where, sides, at)


def _written(server: Server) -> Json:
    """A server as the document writes it, without prose."""
    found: dict[str, Json] = {"url": server.template}
    for name, variable in (server.notes.get("variables") or {}).items():
        found[name] = {k: variable.get(k) for k in ("default", "enum")}
    return found
