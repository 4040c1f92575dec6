"""Read how operations are reached: credentials and servers."""

from __future__ import annotations

from scripts.contract.model import Requirement, Scheme, Server
from scripts.contract.reading.parts import Parts, leave_out, listed, mapping
from scripts.intake.yaml_text import Json, Pointer, at

_CARRIED_SCHEMES = ("apiKey", "bearer", "basic", "oauth2", "openIdConnect")
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

    def security_of(self, raw: Json, place: Pointer) -> tuple[Requirement, ...]:
        """The alternatives, each with what it needs together."""
        place = (*place, "security")
        alternatives = []
        for stated in listed(raw.get("security")):
            alternative = {}
            for name, scopes in mapping(stated, place).items():
                alternative[str(name)] = tuple(map(str, listed(scopes)))
            alternatives.append(alternative)
        return tuple(alternatives)

    def check_security(
        self, alternatives: tuple[Requirement, ...], place: Pointer
    ) -> None:
        """Record the schemes that are used; leave the operation out where no alternative can be satisfied."""
        problems = []
        for alternative in alternatives:
            found = [self._record_scheme(name) for name in alternative]
            problems.append([problem for problem in found if problem])
        if problems and all(problems):
            leave_out(f"{at(place)}: {problems[0][0]}")

    def _record_scheme(self, name: str) -> str:
        """Record a scheme; returns a reason where it cannot be used."""
        place: Pointer = ("components", "securitySchemes")
        components = mapping(self._parts.document.get("components"), place[:1])
        declared = mapping(components.get("securitySchemes"), place)
        if name not in declared:
            return f"the security scheme {name!r} is not declared"
        raw, place, _key = self._parts.follow(declared[name], (*place, name))
        kind = str(raw.get("type"))
        where = "header"
        wire_name = "Authorization"
        if kind == "http":
            kind = str(raw.get("scheme")).lower()
        elif kind == "apiKey":
            where = str(raw.get("in"))
            wire_name = str(raw.get("name"))
        common = self._parts.common(raw, place)
        self.schemes[name] = Scheme(name, kind, where, wire_name, **common)
        if kind not in _CARRIED_SCHEMES or where not in ("header", "query", "cookie"):
            return f"the security scheme {name!r} ({kind}) is not supported"
        return ""

    def servers_of(self, raw: Json, place: Pointer) -> tuple[Server, ...]:
        """The servers that a document, a path or an operation states."""
        servers = []
        for index, stated in enumerate(listed(raw.get("servers"))):
            here = (*place, "servers", str(index))
            server = mapping(stated, here)
            template = str(server.get("url") or "/")
            variables = mapping(server.get("variables"), here)
            url = template
            for name, variable in variables.items():
                default = mapping(variable, here).get("default", "")
                url = url.replace(f"{{{name}}}", str(default))
            notes = {"variables": variables} if variables else {}
            servers.append(Server(url, template, notes, here))
        return tuple(servers)
