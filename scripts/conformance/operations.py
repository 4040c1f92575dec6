"""The operations of a document, each with what it inherits from its path and from the document.

Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0: Path Item Object, Operation Object, Parameter Object, Media Type Object, Responses Object,
Security Requirement Object, Server Object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.conformance.json_values import list_of, mapping_of
from scripts.conformance.raw import Node, RawDocument, UnresolvableError

METHODS: tuple[str, ...] = (
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
)
# OpenAPI, Parameter Object: header parameters with the first three names are ignored.
# The others say how a message is sent, which its sender knows: RFC 9110, 7.2, 7.6.1 and 8.6; RFC 9112, 6.1.
IGNORED_HEADERS = (
    "accept",
    "content-type",
    "authorization",
    "connection",
    "content-length",
    "host",
    "transfer-encoding",
)
DEFAULT_STYLES = {
    "query": "form",
    "cookie": "form",
    "path": "simple",
    "header": "simple",
}
EXPLODED_STYLES = ("form", "cookie")

# The Security Scheme Objects of one alternative by name; None for one that is not declared.
Schemes = Mapping[str, Mapping[str, object] | None]


@dataclass(frozen=True, slots=True)
class MediaType:
    """One entry of a `content` map.

    Attributes:
        name: The media type or range, as the document spells it.
        schema: Its schema, None where there is none.
        item_schema: Schema of the items of a stream (OpenAPI 3.2), else None.
        encoding: Encoding Objects by property.
    """

    name: str
    node: Node
    schema: Node | None
    item_schema: Node | None
    encoding: Mapping[str, object]

    @property
    def essence(self) -> str:
        """Type and subtype in lower case, without parameters."""
        return self.name.partition(";")[0].strip().lower()

    def encoding_of(self, name: str) -> Mapping[str, object]:
        """The Encoding Object of a property; empty where there is none."""
        return mapping_of(self.encoding.get(name))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A Parameter Object, with the defaults of its place filled in.

    Attributes:
        content: The media type, where the value is described by `content`.
    """

    location: str
    name: str
    node: Node
    required: bool
    style: str
    explode: bool
    allow_reserved: bool
    schema: Node | None
    content: MediaType | None


@dataclass(frozen=True, slots=True)
class Body:
    """A Request Body Object."""

    required: bool
    media_types: tuple[MediaType, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A Response Object under its key: 200, 2XX or default."""

    status: str
    node: Node
    media_types: tuple[MediaType, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """A Server Object. `url` has the default values of variables; `missing` names variables without one."""

    url: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An Operation Object with what it inherits from its path and the document.

    Attributes:
        key: "GET /things/{id}".
        security: Alternatives, of which a request satisfies one.
        servers: The servers of the closest level that has some.
    """

    key: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    security: tuple[Schemes, ...]
    servers: tuple[Server, ...]

    def media_type(self, name: str) -> MediaType:
        """The body's Media Type Object by its key. Raises KeyError."""
        for media_type in self.body.media_types if self.body else ():
            if media_type.name == name:
                return media_type
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an operation stands: its Path Item Object and its Operation Object."""

    method: str
    path: str
    item: Node
    node: Node


class OperationReader:
    """Reads the operations of one document."""

    def __init__(self, document: RawDocument) -> None:
        self._document = document
        self._places = {f"{p.method} {p.path}": p for p in self._find_places()}

    def all_keys(self) -> list[str]:
        """The keys of all operations, "METHOD /path"."""
        return list(self._places)

    def operation(self, key: str) -> Operation:
        """The operation under "METHOD /path". Raises KeyError, UnresolvableError."""
        place = self._places[key]
        parameters: dict[tuple[str, str], Parameter] = {}
        for level in (place.item, place.node):
            for parameter in self._parameters(level):
                parameters[parameter.location, parameter.name] = parameter
        for location, name in list(parameters):
            if location == "path" and f"{{{name}}}" not in place.path:
                # It corresponds to no part of the path, where a value of it could stand (Parameter Object, `name`).
                del parameters[location, name]
        return Operation(
            key=key,
            method=place.method,
            path=place.path,
            parameters=tuple(parameters.values()),
            body=self._body(place.node),
            answers=tuple(self._answers(place.node)),
            security=tuple(self._security(place.node)),
            servers=self._closest_servers(place),
        )

    def _find_places(self) -> Iterator[_Place]:
        document = self._document
        paths = document.optional(document.root, "paths")
        if paths is None:
            return
        methods = METHODS
        if document.version >= (3, 2):
            methods = (*METHODS, "query")
        for path, item in document.items(paths):
            if path.startswith("x-") or document.follow_if_possible(item) is None:
                continue
            for method in methods:
                node = document.optional(item, method)
                if node is not None:
                    yield _Place(method.upper(), path, item, node)
            additional = document.optional(item, "additionalOperations")
            if document.version >= (3, 2) and additional is not None:
                for method, node in document.items(additional):
                    yield _Place(method, path, item, node)

    def _parameters(self, level: Node) -> Iterator[Parameter]:
        document = self._document
        for listed in document.members(level, "parameters"):
            node = document.follow(listed)
            keywords = node.keywords
            location = str(keywords.get("in"))
            name = str(keywords.get("name"))
            if location == "header" and name.lower() in IGNORED_HEADERS:
                continue
            style = str(keywords.get("style", DEFAULT_STYLES.get(location, "form")))
            media_types = list(self._media_types(node))
            schema = document.optional(node, "schema")
            content = None
            if media_types and schema is None:
                content = media_types[0]
            yield Parameter(
                location=location,
                name=name,
                node=node,
                required=location == "path" or keywords.get("required") is True,
                style=style,
                explode=keywords.get("explode", style in EXPLODED_STYLES) is True,
                allow_reserved=keywords.get("allowReserved") is True,
                schema=schema,
                content=content,
            )

    def _media_types(self, holder: Node) -> Iterator[MediaType]:
        document = self._document
        content = document.optional(holder, "content")
        if content is None:
            return
        for name, entry in document.items(content):
            node = document.follow(entry)
            if not isinstance(node.value, dict):
                continue
            yield MediaType(
                name=name,
                node=node,
                schema=document.optional(node, "schema"),
                item_schema=document.optional(node, "itemSchema"),
                encoding=mapping_of(node.keywords.get("encoding")),
            )

    def _body(self, node: Node) -> Body | None:
        described = self._document.optional(node, "requestBody")
        if described is None:
            return None
        body = self._document.follow(described)
        required = body.keywords.get("required") is True
        return Body(required, tuple(self._media_types(body)))

    def _answers(self, node: Node) -> Iterator[Answer]:
        responses = self._document.optional(node, "responses")
        if responses is None:
            return
        for key, entry in self._document.items(responses):
            status = key.upper()
            if status == "DEFAULT":
                status = "default"
            if re.fullmatch(r"[1-5](\d\d|XX)|default", status):
                answer = self._document.follow(entry)
                yield Answer(status, answer, tuple(self._media_types(answer)))

    def _security(self, node: Node) -> Iterator[Schemes]:
        requirements = self._document.root.keywords.get("security")
        own_requirements = self._document.follow(node).keywords.get("security")
        if own_requirements is not None:
            requirements = own_requirements
        for requirement in list_of(requirements):
            schemes: dict[str, Mapping[str, object] | None] = {}
            for name in mapping_of(requirement):
                schemes[str(name)] = self._scheme(str(name))
            yield schemes

    def _scheme(self, name: str) -> Mapping[str, object] | None:
        try:
            return self._document.at(("components", "securitySchemes", name)).keywords
        except UnresolvableError:
            return None

    def _closest_servers(self, place: _Place) -> tuple[Server, ...]:
        for level in (place.node, place.item, self._document.root):
            servers = self._servers(level)
            if servers:
                return servers
        return (Server("/"),)

    def _servers(self, level: Node) -> tuple[Server, ...]:
        listed = list_of(self._document.follow(level).keywords.get("servers"))
        return tuple(read_server(mapping_of(entry)) for entry in listed)


def read_server(described: Mapping[str, object]) -> Server:
    """A Server Object with the default values of its variables filled in."""
    url = str(described.get("url", "/"))
    variables = mapping_of(described.get("variables"))
    missing = []
    for name in re.findall(r"\{([^{}]*)\}", url):
        default = mapping_of(variables.get(name)).get("default")
        if default is None:
            missing.append(name)
        else:
            url = url.replace(f"{{{name}}}", str(default))
    return Server(url, tuple(missing))
