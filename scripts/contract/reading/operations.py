"""Read one operation, with its parameters, bodies and responses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.common.text import text_fault
from scripts.contract import model
from scripts.contract.reading.access import AccessReader
from scripts.contract.reading.bodies import BodyReader, status_of
from scripts.contract.reading.content import ContentReader
from scripts.contract.reading.parameters import PATH_VARIABLE, ParameterReader
from scripts.contract.reading.parts import Part, Parts, leave_out
from scripts.contract.reading.schemas import SchemaReader
from scripts.contract.reading.untyped import mapping
from scripts.intake.yaml_text import Pointer, at

# Paths without a slash at the start, or with a step that is dots. A query is sent as it is; a fragment only tells operations apart.
_NOT_CALLABLE = re.compile(r"(?!/)|[^?#]*/\.\.?(?:[/?#]|\Z)", re.DOTALL)
# The methods of additional operations. Methods are case-sensitive (RFC 9110, 9.1), and the client writes all in capital letters.
_METHOD = re.compile(r"[A-Z][A-Z0-9_-]*")

# The values of `nested_values` in generator-config.yaml: how values nested in queries and forms are written, which OpenAPI leaves open.
# The first three write the names of fields in brackets, as in a[b][c]; they differ in how they write lists.
NESTED_VALUES = {
    "brackets": "an empty pair of brackets marks each item: a[]=1&a[]=2",
    "indices": "the index of each item stands in brackets: a[0]=1&a[1]=2",
    "repeated": "the name is repeated: a=1&a=2",
    "json": "in forms alone, nested values are JSON: a=[1,2]",
}

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class OperationSource:
    """An operation as the document has it.

    Attributes:
        key: "METHOD /path".
        place: Where it stands.
        item: What the document says of its path.
        stated: What the document says of the operation.
    """

    key: str
    place: Pointer
    item: dict[str, object]
    stated: object

    @property
    def content(self) -> dict[str, object]:
        """The Operation Object. Raises DocumentError if it is no mapping."""
        return mapping(self.stated, self.place)


class OperationReader:
    """Reads operations and what they are made of. One for each document."""

    def __init__(
        self, document: dict[str, object], *, openapi_30: bool, nested_values: str = ""
    ) -> None:
        """`nested_values`: how values within values are written; see `NESTED_VALUES`. Empty where that is not decided."""
        self.parts = Parts(document)
        self.schemas = SchemaReader(document, openapi_30=openapi_30)
        self.access = AccessReader(self.parts)
        content = ContentReader(self.parts, self.schemas)
        self._parameters = ParameterReader(
            self.parts,
            self.schemas,
            content,
            has_brackets=nested_values not in ("", "json"),
        )
        self._bodies = BodyReader(
            self.parts, self.schemas, content, nested_values=nested_values
        )

    def operation(
        self, source: OperationSource, without: Mapping[str, str] = _NOTHING
    ) -> model.Operation:
        """The operation that a document states.

        Args:
            source: What the document states.
            without: Reasons for leaving out parts of it, by the name of the part.

        Raises:
            DocumentError: It cannot be generated.
        """
        place = source.place
        raw = source.content
        path = place[1]
        _check_path(path)
        security = self.access.security
        security_place: Pointer = ("security",)
        own_security = raw.get("security") is not None
        if own_security:
            security = self.access.security_of(raw, place)
            security_place = (*place, "security")
        self.access.check_security(security, security_place)
        servers = self.access.servers_of(raw, place)
        servers = servers or self.access.servers_of(source.item, place[:2])
        left_out = self._left_out_parts(source, without)
        parameters = self._parameters.of_operation(source.item, raw, place, left_out)
        body = self._bodies.body(raw.get("requestBody"), (*place, "requestBody"))
        calls = self._bodies.calls(body)
        responses = self._bodies.responses(
            raw.get("responses"), (*place, "responses"), left_out
        )
        return model.Operation(
            key=source.key,
            at=place,
            method=_method(place),
            path=path,
            id=_operation_id(raw),
            tag=_first_tag(raw),
            calls=calls,
            parameters=parameters,
            body=body,
            responses=responses,
            security=security,
            servers=servers or self.access.servers,
            own_security=own_security,
            own_servers=bool(servers),
            notes=self.parts.notes(raw),
            summary=str(raw.get("summary") or ""),
            description=Part(raw, place).description,
            left_out_parts=tuple(
                model.LeftOutPart(part, reason) for part, reason in left_out.items()
            ),
        )

    def optional_parts(self, source: OperationSource) -> list[str]:
        """The names of the parts that an operation can do without: optional parameters and responses.

        Raises:
            DocumentError: The document is not shaped as it should be there.
        """
        names = [name for name, _declaration in self._optional_parameters(source)]
        responses_place = (*source.place, "responses")
        names += [
            model.response_part(status_of(key))
            for key in mapping(source.content.get("responses"), responses_place)
            if not key.startswith("x-")
        ]
        return list(dict.fromkeys(names))

    def incoming(
        self, source: OperationSource, path: str, owner: str
    ) -> model.Operation:
        """A webhook or callback as an operation.

        Args:
            source: What the document states.
            path: What stands for a path in its reports.
            owner: The key of the operation with this callback; empty for a webhook.

        Raises:
            DocumentError: It cannot be read.
        """
        place = source.place
        raw = source.content
        declared = self._parameters.declared(source.item, place[:-1])
        declared |= self._parameters.declared(raw, place)
        body = self._bodies.body(raw.get("requestBody"), (*place, "requestBody"))
        responses_place = (*place, "responses")
        # How the service proves who it is. What callers prove by default says nothing of it.
        security = self.access.security_of(raw, place)
        self.access.record_schemes(security)
        return model.Operation(
            key=source.key,
            at=place,
            method=place[-1],
            path=path,
            id=None,
            tag=owner,
            calls=(),
            parameters=tuple(declared.values()),
            body=body,
            responses=self._bodies.responses(raw.get("responses"), responses_place),
            security=security,
            servers=(),
            own_security=bool(security),
            notes=self.parts.notes(raw),
            description=Part(raw, place).description,
        )

    def _optional_parameters(
        self, source: OperationSource
    ) -> Iterator[tuple[str, Part]]:
        """The name of each optional parameter as a part of the operation, and its declaration."""
        holders = ((source.item, source.place[:2]), (source.content, source.place))
        for holder, place in holders:
            for declaration in self._parameters.optional(holder, place):
                where = str(declaration.content.get("in"))
                name = str(declaration.content.get("name"))
                yield model.parameter_part(where, name), declaration

    def _left_out_parts(
        self, source: OperationSource, wanted_reasons: Mapping[str, str]
    ) -> dict[str, str]:
        """Why parts of an operation are left out, by name: because the maintainer wants it, or because HTTP cannot carry them.

        No client can ever send an optional header whose name HTTP does not allow, and every request is right without it. So it is left out
        alone and named, and the operation stays.
        """
        reasons = {}
        if wanted_reasons:
            for name in self.optional_parts(source):
                if name in wanted_reasons:
                    reasons[name] = wanted_reasons[name]
        for name, declaration in self._optional_parameters(source):
            where = str(declaration.content.get("in"))
            if where not in ("header", "cookie"):
                continue
            fault = text_fault(where, str(declaration.content.get("name")))
            if fault:
                reasons[name] = (
                    f"{at(declaration.place)}: {fault}, so HTTP cannot carry it; the rest of the operation is generated"
                )
        return reasons


def _operation_id(raw: dict[str, object]) -> str | None:
    operation_id = raw.get("operationId")
    if operation_id is None:
        return None
    return str(operation_id)


def _first_tag(raw: dict[str, object]) -> str:
    """The first tag of an operation; "default" where it has none."""
    tags = raw.get("tags")
    if isinstance(tags, list) and tags:
        return str(tags[0])
    return "default"


def _method(place: Pointer) -> str:
    """The method of the operation at a place, in lower case."""
    method = place[-1]
    if place[2] == "additionalOperations" and not _METHOD.fullmatch(method):
        leave_out(
            f"{at(place)}: the method {method!r} is not in capital letters; correct it"
        )
    return method.lower()


def _check_path(path: str) -> None:
    """Leave the operation out if its path cannot be called."""
    variables = PATH_VARIABLE.findall(path)
    if _NOT_CALLABLE.match(path):
        leave_out(
            f"the path {path!r} cannot be called as it is written: it must begin with a slash and have no step of dots; correct the path"
        )
    if {*"{}"} & {*PATH_VARIABLE.sub("", path)} or "" in variables:
        leave_out(
            f"the path {path!r} has braces that are not a variable; correct the path"
        )
    if len({*variables}) < len(variables):
        leave_out(
            f"the path {path!r} has the same variable twice; give each a name of its own"
        )
