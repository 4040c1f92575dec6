"""Read how operations are reached: credentials and servers."""

from __future__ import annotations

from scripts.common.text import text_fault
from scripts.contract.model import Requirement, Scheme, Server
from scripts.contract.reading.parts import Parts, leave_out
from scripts.contract.reading.untyped import list_or_empty, mapping, sequence
from scripts.intake.yaml_text import Pointer, at

_SUPPORTED_SCHEMES = ("apiKey", "bearer", "basic", "oauth2", "openIdConnect")
# Where API keys are sent, and what their names must be there (see `text_fault`).
_PLACES_OF_KEYS = {"header": "header", "query": "name", "cookie": "cookie"}
_NOWHERE = (Server("/", "/"),)


class AccessReader:
    """Reads security requirements and servers. One for each document.

    Attributes:
        schemes: The security schemes that requirements have named so far.
        servers: Those of the document.
        security: The requirements of the document.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.schemes: dict[str, Scheme] = {}
        self.servers = self.servers_of(parts.document, ()) or _NOWHERE
        self.security = self.security_of(parts.document, ())

    def security_of(
        self, holder: dict[str, object], place: Pointer
    ) -> tuple[Requirement, ...]:
        """The security requirements of a document or an operation. One of them is enough; the schemes within one are used together."""
        place = (*place, "security")
        alternatives = []
        stated = sequence(holder.get("security"), place)
        for index, requirement in enumerate(stated):
            alternative = {}
            schemes = mapping(requirement, (*place, str(index)))
            for name, scopes in schemes.items():
                alternative[name] = tuple(map(str, list_or_empty(scopes)))
            alternatives.append(alternative)
        return tuple(alternatives)

    def check_security(
        self, alternatives: tuple[Requirement, ...], place: Pointer
    ) -> None:
        """Record the schemes that are used; leave the operation out if no requirement can be satisfied."""
        first_problem = ""
        can_be_satisfied = not alternatives
        for alternative in alternatives:
            problems = [self._record_scheme(name) for name in alternative]
            problem = next(filter(None, problems), "")
            can_be_satisfied = can_be_satisfied or not problem
            first_problem = first_problem or problem
        if not can_be_satisfied:
            leave_out(f"{at(place)}: {first_problem}")

    def record_schemes(self, alternatives: tuple[Requirement, ...]) -> None:
        """Record the schemes that are used, as far as they are understood."""
        for alternative in alternatives:
            for name in alternative:
                self._record_scheme(name)

    def _record_scheme(self, name: str) -> str:
        """Record a scheme; return why it cannot be used, or an empty string."""
        place: Pointer = ("components", "securitySchemes")
        components = mapping(self._parts.document.get("components"), place[:1])
        declared = mapping(components.get("securitySchemes"), place)
        if name not in declared:
            return f"the security scheme {name!r} is not declared; declare it below components/securitySchemes, or require another one"
        scheme = self._parts.follow(declared[name], (*place, name))
        raw = scheme.content
        kind = str(raw.get("type"))
        where = "header"
        wire_name = "Authorization"
        if kind == "http":
            kind = str(raw.get("scheme")).lower()
        elif kind == "apiKey":
            fault = _fault_of_key(raw)
            if fault:
                return f"the security scheme {name!r} {fault}"
            where = str(raw["in"])
            wire_name = str(raw["name"])
        self.schemes[name] = Scheme(
            name,
            kind,
            where,
            wire_name,
            at=scheme.place,
            notes=self._parts.notes(raw),
            description=scheme.description,
        )
        if kind not in _SUPPORTED_SCHEMES:
            return (
                f"the security scheme {name!r} ({kind}) is not supported; require an API key, a bearer token or a user and password,"
                " or leave the operation out"
            )
        return ""

    def servers_of(
        self, holder: dict[str, object], place: Pointer
    ) -> tuple[Server, ...]:
        """The servers that a document, a path item or an operation declares."""
        servers = []
        for index, stated in enumerate(list_or_empty(holder.get("servers"))):
            server_place = (*place, "servers", str(index))
            server = mapping(stated, server_place)
            template = str(server.get("url") or "/")
            variables_place = (*server_place, "variables")
            variables = mapping(server.get("variables"), variables_place)
            url = template
            for name, stated_variable in variables.items():
                variable = mapping(stated_variable, (*variables_place, name))
                default = str(variable.get("default", ""))
                url = url.replace(f"{{{name}}}", default)
            notes: dict[str, object] = {}
            if variables:
                notes["variables"] = variables
            servers.append(Server(url, template, notes, server_place))
        return tuple(servers)


def _fault_of_key(scheme: dict[str, object]) -> str:
    """Why an API key cannot be sent as a scheme says, as the end of a sentence about it; empty where it can."""
    where = scheme.get("in")
    if not isinstance(where, str) or where not in _PLACES_OF_KEYS:
        return f"is in {where!r:.40}, which is not a place for an API key; correct its `in` ({', '.join(_PLACES_OF_KEYS)})"
    name = scheme.get("name")
    if not isinstance(name, str) or not name:
        return f"must have a `name` that is text, not {name!r:.40}; the key is sent by that name"
    fault = text_fault(_PLACES_OF_KEYS[where], name)
    if fault:
        return f"cannot be sent: {fault}; correct its `name`"
    return ""
