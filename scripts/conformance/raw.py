"""An OpenAPI document as it is written: references are followed, nothing is merged and nothing is renamed.

The judge reads documents with this module alone. It shares no code with the contract, the generator or the client, so that a
misreading there cannot hide itself here. Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0; JSON Schema 2020-12, sections 8.1 and 8.2 (`$id`,
anchors, references); RFC 6901 (JSON Pointer).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

Json = Any
Pointer = tuple[str, ...]

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
# OpenAPI, Parameter Object: header parameters with these names are ignored.
IGNORED_HEADERS = ("accept", "content-type", "authorization")
DEFAULT_STYLES = {
    "query": "form",
    "cookie": "form",
    "path": "simple",
    "header": "simple",
}


class UnresolvableError(Exception):
    """A reference leads to nothing in this document."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the document.

    Attributes:
        pointer: Where it stands.
        value: What stands there.
        component: Name of the last component that a reference to it went through, else empty.
    """

    pointer: Pointer
    value: Json
    component: str = ""

    def text(self) -> str:
        """The pointer as a URI fragment."""
        steps = [step.replace("~", "~0").replace("/", "~1") for step in self.pointer]
        return "#" + "".join(f"/{step}" for step in steps)


@dataclass(frozen=True, slots=True)
class MediaType:
    """One entry of a `content` map.

    Attributes:
        name: The media type or range, as the document spells it.
        schema: Its schema, None where there is none.
        item_schema: Schema of the items of a stream (OpenAPI 3.2), else None.
        encoding: Encoding Objects by property.
        example: An example of the whole value, None where there is none.
    """

    name: str
    node: Node
    schema: Node | None
    item_schema: Node | None
    encoding: Mapping[str, Mapping[str, Json]]
    example: Json

    @property
    def essence(self) -> str:
        """Type and subtype in lower case, without parameters."""
        return self.name.partition(";")[0].strip().lower()


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
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An Operation Object with what it inherits from its path and the document.

    Attributes:
        key: "GET /things/{id}".
        security: Alternatives; each maps names of schemes to their Security Scheme Objects, None for one that is not declared.
        servers: The servers of the closest level that has some.
        own_servers: Whether the operation or its path has servers of its own.
    """

    key: str
    method: str
    path: str
    node: Node
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    security: tuple[Mapping[str, Mapping[str, Json] | None], ...]
    servers: tuple[Server, ...]
    own_servers: bool


class RawDocument:
    """A document whose references, anchors and identifiers all lead to places in it."""

    def __init__(self, document: Json) -> None:
        """`document`: plain data, as YAML or JSON gives it. It is copied, not changed."""
        self.root = copy.deepcopy(document)
        numbers = re.findall(r"\d+", str(document.get("openapi", "")))
        self.version: tuple[int, int] = (int(numbers[0]), int(numbers[1]))
        if self.version >= (3, 1):
            _Anchors(self.root).resolve()
        _write_values_as_text(self.root)
        self._operations: dict[str, tuple[str, Node, Node]] = {}
        for key, method, item, node in self._operation_nodes():
            self._operations[key] = (method, item, node)

    # Walking

    def at(self, pointer: Pointer) -> Node:
        """The part at a pointer, references on the way and at its end followed."""
        node = Node((), self.root)
        for step in pointer:
            node = self.child(node, step)
        return self.follow(node)

    def child(self, node: Node, step: str) -> Node:
        """What stands under a key or index of a part; the part's own reference is followed first."""
        parent = self.follow(node)
        try:
            key = int(step) if isinstance(parent.value, list) else step
            value = parent.value[key]
        except (LookupError, TypeError, ValueError):
            raise UnresolvableError(f"{parent.text()} has no {step!r}") from None
        return Node((*parent.pointer, step), value)

    def follow(self, node: Node) -> Node:
        """The part itself, or what its chain of references leads to."""
        visited = {node.pointer}
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            node = self.target(node)
            if node.pointer in visited:
                raise UnresolvableError(f"{node.text()} refers to itself")
            visited.add(node.pointer)
        return node

    def target(self, node: Node) -> Node:
        """What the reference of a part leads to, one step."""
        reference = node.value["$ref"]
        if not reference.startswith("#"):
            raise UnresolvableError(f"{node.text()} refers to {reference!r}")
        steps = [unquote(step) for step in reference[1:].split("/")[1:]]
        target = Node((), self.root)
        for step in steps:
            name = step.replace("~1", "/").replace("~0", "~")
            target = self.child(target, name)
        component = node.component
        if target.pointer[:1] == ("components",) and len(target.pointer) == 3:
            component = target.pointer[2]
        return Node(target.pointer, target.value, component)

    def items(self, node: Node) -> Iterator[tuple[str, Node]]:
        """Keys and parts of a mapping; nothing for anything else."""
        parent = self.follow(node)
        if isinstance(parent.value, dict):
            for key in parent.value:
                yield str(key), self.child(parent, key)

    def optional(self, node: Node, step: str) -> Node | None:
        """What stands under a key, None where there is nothing."""
        parent = self.follow(node)
        if not isinstance(parent.value, dict) or parent.value.get(step) is None:
            return None
        return self.child(parent, step)

    # Operations

    def operation_keys(self) -> list[str]:
        """Method and path of every operation."""
        return list(self._operations)

    def operation(self, key: str) -> Operation:
        """The operation under "METHOD /path". Raises KeyError, UnresolvableError."""
        method, item, node = self._operations[key]
        return self._read_operation(key, method, item, node)

    def _operation_nodes(self) -> Iterator[tuple[str, str, Node, Node]]:
        paths = self.optional(Node((), self.root), "paths")
        if paths is None:
            return
        for path, item in self.items(paths):
            if path.startswith("x-"):
                continue
            methods = METHODS
            if self.version >= (3, 2):
                methods = (*METHODS, "query")
            for method in methods:
                node = self.optional(item, method)
                if node is not None:
                    yield f"{method.upper()} {path}", method.upper(), item, node
            additional = self.optional(item, "additionalOperations")
            if self.version >= (3, 2) and additional is not None:
                for method, node in self.items(additional):
                    yield f"{method} {path}", method, item, node

    def _read_operation(
        self, key: str, method: str, item: Node, node: Node
    ) -> Operation:
        root = Node((), self.root)
        parameters: dict[tuple[str, str], Parameter] = {}
        for level in (item, node):
            for parameter in self._parameters(level):
                parameters[parameter.location, parameter.name] = parameter
        servers: tuple[Server, ...] = ()
        own_servers = False
        for level in (node, item):
            if not servers:
                servers = self._servers(level)
                own_servers = bool(servers)
        if not servers:
            servers = self._servers(root) or (Server("/", ()),)
        path = key.partition(" ")[2]
        return Operation(
            key=key,
            method=method,
            path=path,
            node=node,
            parameters=tuple(parameters.values()),
            body=self._body(node),
            answers=tuple(self._answers(node)),
            security=self._security(node),
            servers=servers,
            own_servers=own_servers,
        )

    def _parameters(self, level: Node) -> Iterator[Parameter]:
        listed = self.optional(level, "parameters")
        if listed is None or not isinstance(self.follow(listed).value, list):
            return
        for index in range(len(self.follow(listed).value)):
            node = self.follow(self.child(listed, str(index)))
            location = str(node.value.get("in"))
            name = str(node.value.get("name"))
            if location == "header" and name.lower() in IGNORED_HEADERS:
                continue
            style = str(node.value.get("style", DEFAULT_STYLES.get(location, "form")))
            media_types = list(self._media_types(node))
            schema = self.optional(node, "schema")
            yield Parameter(
                location=location,
                name=name,
                node=node,
                required=location == "path" or node.value.get("required") is True,
                style=style,
                explode=node.value.get("explode", style in ("form", "cookie")) is True,
                allow_reserved=node.value.get("allowReserved") is True,
                schema=schema,
                content=media_types[0] if media_types and schema is None else None,
            )

    def _media_types(self, holder: Node) -> Iterator[MediaType]:
        content = self.optional(holder, "content")
        if content is None:
            return
        for name, entry in self.items(content):
            node = self.follow(entry)
            if not isinstance(node.value, dict):
                continue
            encoding = node.value.get("encoding")
            yield MediaType(
                name=name,
                node=node,
                schema=self.optional(node, "schema"),
                item_schema=self.optional(node, "itemSchema"),
                encoding=encoding if isinstance(encoding, dict) else {},
                example=_first_example(self, node),
            )

    def _body(self, node: Node) -> Body | None:
        described = self.optional(node, "requestBody")
        if described is None:
            return None
        body = self.follow(described)
        return Body(body.value.get("required") is True, tuple(self._media_types(body)))

    def _answers(self, node: Node) -> Iterator[Answer]:
        responses = self.optional(node, "responses")
        if responses is None:
            return
        for key, entry in self.items(responses):
            status = key.upper()
            if status == "DEFAULT":
                status = "default"
            if re.fullmatch(r"[1-5](\d\d|XX)|default", status):
                answer = self.follow(entry)
                yield Answer(status, answer, tuple(self._media_types(answer)))

    def _security(
        self, node: Node
    ) -> tuple[Mapping[str, Mapping[str, Json] | None], ...]:
        requirements = self.root.get("security")
        operation = self.follow(node).value
        if operation.get("security") is not None:
            requirements = operation["security"]
        alternatives = []
        for requirement in requirements or ():
            schemes: dict[str, Mapping[str, Json] | None] = {}
            for name in requirement:
                try:
                    place = ("components", "securitySchemes", str(name))
                    schemes[str(name)] = self.at(place).value
                except UnresolvableError:
                    schemes[str(name)] = None
            alternatives.append(schemes)
        return tuple(alternatives)

    def _servers(self, level: Node) -> tuple[Server, ...]:
        listed = self.follow(level).value.get("servers")
        servers = []
        for entry in listed if isinstance(listed, list) else ():
            url = str(entry.get("url", "/"))
            variables = entry.get("variables") or {}
            missing = []
            for name in re.findall(r"\{([^{}]*)\}", url):
                default = (variables.get(name) or {}).get("default")
                if default is None:
                    missing.append(name)
                else:
                    url = url.replace(f"{{{name}}}", str(default))
            servers.append(Server(url, tuple(missing)))
        return tuple(servers)


def _first_example(document: RawDocument, node: Node) -> Json:
    if "example" in node.value:
        return node.value["example"]
    examples = document.optional(node, "examples")
    if examples is not None:
        for _name, example in document.items(examples):
            described = document.follow(example).value
            if isinstance(described, dict) and "value" in described:
                return described["value"]
    return None


def _write_values_as_text(value: Json) -> None:
    """Write the values of a string's enum as text where YAML read all of them as numbers: they stand for their text."""
    if isinstance(value, list):
        for item in value:
            _write_values_as_text(item)
    if not isinstance(value, dict):
        return
    allowed = value.get("enum")
    if value.get("type") == "string" and isinstance(allowed, list):
        numbers = [item for item in allowed if type(item) in (int, float)]
        if numbers and len(numbers) == len(allowed):
            value["enum"] = [json.dumps(item) for item in allowed]
    for item in value.values():
        _write_values_as_text(item)


class _Anchors:
    """Replaces references by anchor or identifier with JSON pointers from the root of the document."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._base = ""
        if isinstance(root.get("$self"), str):
            self._base = root["$self"]
        self._resources: dict[str, Pointer] = {"": (), self._base: ()}
        self._anchors: dict[tuple[str, str], Pointer] = {}
        self._dynamic_anchors: dict[str, list[Pointer]] = {}

    def resolve(self) -> None:
        self._index(self._root, (), self._base)
        self._rewrite(self._root, self._base)

    def _index(self, value: Json, pointer: Pointer, base: str) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                self._index(item, (*pointer, str(index)), base)
        if not isinstance(value, dict):
            return
        base = self._base_within(value, pointer, base)
        for keyword in ("$anchor", "$dynamicAnchor"):
            anchor = value.get(keyword)
            if isinstance(anchor, str):
                self._anchors.setdefault((base, anchor), pointer)
                if keyword == "$dynamicAnchor":
                    self._dynamic_anchors.setdefault(anchor, []).append(pointer)
        for key, item in value.items():
            self._index(item, (*pointer, str(key)), base)

    def _base_within(self, value: Json, pointer: Pointer, base: str) -> str:
        identifier = value.get("$id")
        if not isinstance(identifier, str):
            return base
        base = urldefrag(urljoin(base, identifier)).url
        self._resources.setdefault(base, pointer)
        return base

    def _rewrite(self, value: Json, base: str) -> None:
        if isinstance(value, list):
            for item in value:
                self._rewrite(item, base)
        if not isinstance(value, dict):
            return
        identifier = value.get("$id")
        if isinstance(identifier, str):
            base = urldefrag(urljoin(base, identifier)).url
        reference = value.get("$ref")
        if isinstance(reference, str):
            value["$ref"] = self._pointer_to(reference, base)
        dynamic = value.get("$dynamicRef")
        if isinstance(dynamic, str) and "$ref" not in value:
            # With one anchor of the name it is a plain reference (section 8.2.3.2).
            anchors = self._dynamic_anchors.get(urldefrag(dynamic).fragment, [])
            if len(anchors) <= 1:
                value["$ref"] = self._pointer_to(dynamic, base)
                del value["$dynamicRef"]
        for item in value.values():
            self._rewrite(item, base)

    def _pointer_to(self, reference: str, base: str) -> str:
        from_root = reference == "#" or reference.startswith("#/")
        if from_root and base in ("", self._base):
            return reference
        url, fragment = urldefrag(urljoin(base, reference))
        resource = self._resources.get(url)
        if resource is None:
            return reference
        if fragment == "" or fragment.startswith("/"):
            return Node(resource, None).text() + fragment
        anchor = self._anchors.get((url, unquote(fragment)))
        if anchor is None:
            return reference
        return Node(anchor, None).text()
