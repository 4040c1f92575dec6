"""Compare how operations are reached: their servers, and how callers prove who they are."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.contract.comparing import words
from scripts.contract.comparing.changes import (
    Changes,
    Effect,
    Places,
    differing,
    mapped,
    mapping,
    step,
)
from scripts.contract.model import (
    Contract,
    Operation,
    Requirement,
    Scheme,
    Server,
)

# What one alternative asks for: schemes in words, each with a scope or with none.
Demands = frozenset[tuple[str, str]]
# Annotations of a scheme that no request depends on.
_HINTS = ("flows", "bearerFormat")


def compare_security(
    changes: Changes,
    places: words.Places,
    old: Contract,
    new: Contract,
    a: Operation,
    b: Operation,
    *,
    is_incoming: bool = False,
) -> None:
    """Compare what two operations demand: other schemes, other scopes, or another form of the same schemes.

    Callers bring credentials that must still be enough. Where the service calls, it does, and whoever is called expects no others.
    """
    if _stated(a) == _stated(b):
        for name in _shared_schemes(a, b):
            if name in old.schemes and name in new.schemes:
                _compare_schemes(changes, old.schemes[name], new.schemes[name])
        return
    before = [_demands(each, old) for each in a.security] or [Demands()]
    after = [_demands(each, new) for each in b.security] or [Demands()]
    is_shared = not (a.own_security or b.own_security)
    where = "authentication"
    at: Places = (("security",), ("security",))
    if not is_shared:
        where = places.operation(a)
        at = ((*a.at, "security"), (*b.at, "security"))
    effect = Effect.REPLACED
    is_enough = _still_enough(before, after)
    if is_incoming:
        is_enough = _still_enough(after, before)
    if is_enough:
        effect = Effect.ADDED
    sides = (_in_words(before), _in_words(after))
    changes.add("authentication-changed", where, sides, at, effect=effect)


def _stated(operation: Operation) -> set[frozenset[tuple[str, frozenset[str]]]]:
    """The alternatives as the document states them, by the names of schemes."""
    alternatives = set()
    for requirement in operation.security:
        schemes = {(name, frozenset(scopes)) for name, scopes in requirement.items()}
        alternatives.add(frozenset(schemes))
    return alternatives


def _demands(requirement: Requirement, contract: Contract) -> Demands:
    """The schemes and scopes of one security requirement, independent of the names of schemes."""
    demands = set()
    for name, scopes in requirement.items():
        text = f"undeclared scheme {name}"
        if name in contract.schemes:
            text = _scheme_in_words(contract.schemes[name])
        for scope in ("", *scopes):
            demands.add((text, scope))
    return frozenset(demands)


def _still_enough(before: Sequence[Demands], after: Sequence[Demands]) -> bool:
    """Whether the credentials of each old alternative satisfy a new one; any do where none are demanded (OpenAPI, Security Requirement)."""
    return all(_satisfy_one(credentials, after) for credentials in before)


def _satisfy_one(credentials: Demands, alternatives: Sequence[Demands]) -> bool:
    return any(demanded <= credentials for demanded in alternatives)


def _in_words(alternatives: Sequence[Demands]) -> list[str]:
    """The alternatives in words, in an order of their own."""
    return sorted({_alternative_in_words(demands) for demands in alternatives})


def _alternative_in_words(demands: Demands) -> str:
    scopes_by_scheme: dict[str, list[str]] = {}
    for scheme, scope in sorted(demands):
        scopes = scopes_by_scheme.setdefault(scheme, [])
        if scope:
            scopes.append(scope)
    schemes = []
    for scheme, scopes in scopes_by_scheme.items():
        if scopes:
            scheme = f"{scheme} ({', '.join(scopes)})"
        schemes.append(scheme)
    return " and ".join(schemes) or "none"


def _shared_schemes(a: Operation, b: Operation) -> list[str]:
    """Names of the schemes that both operations may use."""
    return sorted(_schemes(a) & _schemes(b))


def _schemes(operation: Operation) -> set[str]:
    """Names of the schemes that an operation may use."""
    names: set[str] = set()
    for requirement in operation.security:
        names |= requirement.keys()
    return names


def _compare_schemes(changes: Changes, a: Scheme, b: Scheme) -> None:
    where = f"security scheme {b.name}"
    at = (a.at, b.at)
    sides = (_scheme_in_words(a), _scheme_in_words(b))
    changes.add("authentication-changed", where, sides, at)
    for difference in mapped("flow", _flows(a), _flows(b)):
        (name,) = difference.step
        before, after = difference.sides
        named_sides = (_under(name, before), _under(name, after))
        changes.add(difference.rule, where, named_sides, at)


def _under(name: str, value: object) -> dict[str, object] | None:
    return None if value is None else {name: value}


def _scheme_in_words(scheme: Scheme) -> str:
    if scheme.kind != "apiKey":
        return scheme.kind
    name = scheme.wire_name
    if scheme.where == "header":
        name = name.lower()
    return f"apiKey in {scheme.where} {name}"


def _flows(scheme: Scheme) -> dict[str, object]:
    """Addresses and scopes by name, without descriptions of scopes and what is only a hint."""
    facts: dict[str, object] = {
        key: value
        for key, value in scheme.notes.items()
        if key not in _HINTS and not key.startswith("x-")
    }
    for flow, stated in mapping(scheme.notes.get("flows")).items():
        for key, detail in mapping(stated).items():
            if key == "scopes":
                for name in mapping(detail):
                    facts[f"{flow} scope {name}"] = name
            elif not key.startswith("x-"):
                facts[f"{flow} {key}"] = detail
    return facts


def address(operation: Operation) -> str:
    """Where the client sends a request: the first server with the path."""
    if not operation.servers:
        return operation.path
    return f"{operation.servers[0].url.rstrip('/')}{operation.path}"


def moved_prefix(a: Operation, b: Operation) -> tuple[str, str] | None:
    """The part that moved from the server to the path, and the part that moved from the path to the server; one of them is empty.

    None where the two operations have the same path, or another address.
    """
    if a.path == b.path or address(a) != address(b):
        return None
    if b.path.endswith(a.path):
        return b.path.removesuffix(a.path), ""
    if a.path.endswith(b.path):
        return "", a.path.removesuffix(b.path)
    return None


def compare_servers(
    changes: Changes,
    where: str,
    old: tuple[Server, ...],
    new: tuple[Server, ...],
    prefix: tuple[str, str] | None = None,
) -> None:
    """Compare where requests go. The client calls the first server; the others are there to choose.

    Args:
        changes: Takes the rows.
        where: What the rows name.
        old: The servers before.
        new: The servers after.
        prefix: What `moved_prefix` says of the operation that is called.
    """
    nowhere = Server("/", "/")
    first_old = next(iter(old), nowhere)
    first_new = next(iter(new), nowhere)
    to_path, to_server = prefix or ("", "")
    before = {_joined(server.url, to_server): server for server in reversed(old)}
    after = {_joined(server.url, to_path): server for server in reversed(new)}
    rule = "prefix-moved" if prefix else "server-changed"
    sides = (first_old.url, first_new.url)
    changes.add(rule, where, sides, (first_old.at, first_new.at))
    for url in sorted({*before, *after}):
        a = before.get(url)
        b = after.get(url)
        at = ((a or first_old).at, (b or first_new).at)
        if a and b:
            if not prefix:
                written = differing(_written(a), _written(b))
                changes.add("server-variables-changed", where, written, at)
        elif a is not first_old and b is not first_new:
            came_or_went = (a and url, b and url)
            changes.add(f"server-{step(a, b)}", where, came_or_went, at)


def _joined(url: str, prefix: str) -> str:
    if not prefix:
        return url
    return f"{url.rstrip('/')}{prefix}"


def _written(server: Server) -> dict[str, object]:
    """A server as the document writes it, without prose."""
    facts: dict[str, object] = {"url": server.template}
    for name, variable in mapping(server.notes.get("variables")).items():
        stated = mapping(variable)
        facts[name] = {key: stated.get(key) for key in ("default", "enum")}
    return facts
