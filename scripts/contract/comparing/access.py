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
    Json,
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
) -> None:
    """Compare what two operations demand: other schemes, other scopes, or another form of the same schemes."""
    if _stated(a) == _stated(b):
        for name in _shared_schemes(a, b):
            if name in old.schemes and name in new.schemes:
                _compare_schemes(changes, old.schemes[name], new.schemes[name])
        return
    before = [_demands(each, old) for each in a.security] or [Demands()]
    after = [_demands(each, new) for each in b.security] or [Demands()]
    is_shared = not (a.own_security or b.own_security)
    where = "authentication" if is_shared else places.operation(a)
    at: Places = (("security",), ("security",))
    if not is_shared:
        at = ((*a.at, "security"), (*b.at, "security"))
    effect = Effect.ADDED if _still_enough(before, after) else Effect.REPLACED
    sides = (_in_words(before), _in_words(after))
    changes.add("authentication-changed", where, sides, at, effect=effect)


def _stated(operation: Operation) -> set[frozenset[tuple[str, frozenset[str]]]]:
    """The alternatives as the document states them, by the names of schemes."""
    return {
        frozenset((name, frozenset(scopes)) for name, scopes in requirement.items())
        for requirement in operation.security
    }


def _demands(requirement: Requirement, contract: Contract) -> Demands:
    """What one alternative demands, independent of the names of schemes."""
    demands = set()
    for name, scopes in requirement.items():
        scheme = contract.schemes.get(name)
        text = _scheme_in_words(scheme) if scheme else f"undeclared scheme {name}"
        for scope in ("", *scopes):
            demands.add((text, scope))
    return frozenset(demands)


def _still_enough(before: Sequence[Demands], after: Sequence[Demands]) -> bool:
    """Whether the credentials of each old alternative satisfy a new one; any do where none are demanded (OpenAPI, Security Requirement)."""
    return all(any(demanded <= given for demanded in after) for given in before)


def _in_words(alternatives: Sequence[Demands]) -> list[str]:
    """The alternatives in words, in an order of their own."""
    return sorted({_alternative_in_words(demands) for demands in alternatives})


def _alternative_in_words(demands: Demands) -> str:
    parts = []
    for text in sorted({text for text, _scope in demands}):
        scopes = sorted(scope for other, scope in demands if other == text and scope)
        parts.append(f"{text} ({', '.join(scopes)})" if scopes else text)
    return " and ".join(parts) or "none"


def _shared_schemes(a: Operation, b: Operation) -> list[str]:
    """Names of the schemes that both operations may use."""
    old = {name for requirement in a.security for name in requirement}
    new = {name for requirement in b.security for name in requirement}
    return sorted(old & new)


def _compare_schemes(changes: Changes, a: Scheme, b: Scheme) -> None:
    where = f"security scheme {b.name}"
    at = (a.at, b.at)
    sides = (_scheme_in_words(a), _scheme_in_words(b))
    changes.add("authentication-changed", where, sides, at)
    for difference in mapped("flow", _flows(a), _flows(b)):
        (name,) = difference.step
        old, new = difference.sides
        before = None if old is None else {name: old}
        after = None if new is None else {name: new}
        changes.add(difference.rule, where, (before, after), at)


def _scheme_in_words(scheme: Scheme) -> str:
    if scheme.kind != "apiKey":
        return scheme.kind
    name = scheme.wire_name
    if scheme.where == "header":
        name = name.lower()
    return f"apiKey in {scheme.where} {name}"


def _flows(scheme: Scheme) -> dict[str, Json]:
    """Addresses and scopes by name, without descriptions of scopes and what is only a hint."""
    found = {
        key: value
        for key, value in scheme.notes.items()
        if key not in _HINTS and not key.startswith("x-")
    }
    for flow, stated in mapping(scheme.notes.get("flows")).items():
        for key, detail in mapping(stated).items():
            if key == "scopes":
                for name in mapping(detail):
                    found[f"{flow} scope {name}"] = name
            elif not key.startswith("x-"):
                found[f"{flow} {key}"] = detail
    return found


def address(operation: Operation) -> str:
    """Where the client sends a request: the first server with the path."""
    server = operation.servers[0].url if operation.servers else "/"
    return f"{server.rstrip('/')}{operation.path}"


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
    first_old = old[0] if old else nowhere
    first_new = new[0] if new else nowhere
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
            one_sided = (url if a else None, url if b else None)
            changes.add(f"server-{step(a, b)}", where, one_sided, at)


def _joined(url: str, prefix: str) -> str:
    return f"{url.rstrip('/')}{prefix}" if prefix else url


def _written(server: Server) -> Json:
    """A server as the document writes it, without prose."""
    found: dict[str, Json] = {"url": server.template}
    for name, variable in mapping(server.notes.get("variables")).items():
        found[name] = {key: variable.get(key) for key in ("default", "enum")}
    return found
