"""Read one operation: its parameters, bodies and answers."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from scripts.common.text import text_fault
from scripts.contract import model
from scripts.contract.reading.access import AccessReader
from scripts.contract.reading.media_types import kind_of
from scripts.contract.reading.parts import Parts, leave_out, listed, mapping
from scripts.contract.reading.schemas import SchemaReader
from scripts.contract.reading.shapes import form_fields, is_structured, nested_part
from scripts.contract.schema import Reference, Schema
from scripts.intake.yaml_text import Json, Pointer, at

_VARIABLE = re.compile(r"\{([^{}]*)\}")
# Without a slash at the start, or with a step that is dots. A query is sent as it is; a fragment only tells operations apart.
_NO_PATH = re.compile(r"(?!/)|[^?#]*/\.\.?(?:[/?#]|\Z)", re.DOTALL)
# Of additional operations; methods are case-sensitive (RFC 9110, 9.1), and the others are written in capital letters.
_METHOD = re.compile(r"[A-Z][A-Z0-9_-]*")
_STATUS = re.compile(r"[1-5](?:\d\d|XX)|default")
# The styles of parameters in each place; the first is what holds where none is stated.
_STYLES = {
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form", "cookie"),
}
# The first three are never parameters (OpenAPI specification); the others are written by whoever sends a request (RFC 9110, 9112).
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization", "connection"})
_IGNORED_HEADERS |= {"content-length", "host", "transfer-encoding"}

# How the maintainer may let values nested in queries and forms be written, which OpenAPI leaves open (generator-config.yaml). The names of
# nested values stand in brackets, as in a[b][c]; of lists
NESTED_VALUES = {
    "brackets": "an empty pair of brackets marks each item: a[]=1&a[]=2",
    "indices": "the index of each item stands in brackets: a[0]=1&a[1]=2",
    "repeated": "the name is repeated: a=1&a=2",
    "json": "in forms alone, nested values are JSON: a=[1,2]",
}

# Kinds of bodies, in the order in which they are given the plain name of an operation's function.
_KINDS = (
    *(model.JSON_KIND, model.FORM_KIND, model.MULTIPART_KIND, model.TEXT_KIND),
    *(model.BYTES_KIND, model.EVENTS_KIND, model.ANY_KIND),
)

_NOTHING: Mapping[str, str] = {}

Declared = dict[tuple[str, str], model.Parameter]  # by place and name


class OperationReader:
    """Reads operations and what they are made of. One for each document."""

    def __init__(
        self, document: Json, *, openapi_30: bool, nested_values: str = ""
    ) -> None:
        """`nested_values`: how values within values are written; see `NESTED_VALUES`. Empty where that is not decided."""
        self._nested_values = nested_values
        self.parts = Parts(document)
        self.schemas = SchemaReader(document, openapi_30=openapi_30)
        self.access = AccessReader(self.parts)

    def operation(
        self,
        key: str,
        place: Pointer,
        item: Json,
        stated: Json,
        without: Mapping[str, str] = _NOTHING,
    ) -> model.Operation:
        """The operation at a place.

        Args:
            key: "METHOD /path".
            place: Where it stands.
            item: What the document says of its path.
            stated: What the document says of the operation.
            without: Reasons for leaving out parts of it, by the name of the part.

        Raises:
            DocumentError: It cannot be generated.
        """
        raw = mapping(stated, place)
        path = place[1]
        _check_path(path)
        tags = raw.get("tags") or ["default"]
        identifier = raw.get("operationId")
        security = self.access.security
        own_security = raw.get("security") is not None
        if own_security:
            security = self.access.security_of(raw, place)
        self.access.check_security(security, (*place, "security"))
        servers = self.access.servers_of(raw, place)
        servers = servers or self.access.servers_of(item, place[:2])
        left_out_parts = self._left_out_parts(item, raw, place, without)
        parameters = self._parameters(path, item, raw, place, left_out_parts)
        body = self._body(raw.get("requestBody"), (*place, "requestBody"))
        calls = self._calls(body)
        responses = self._responses(
            raw.get("responses"), (*place, "responses"), left_out_parts
        )
        return model.Operation(
            **self.parts.common(raw, place),
            key=key,
            method=_method(place),
            path=path,
            id=None if identifier is None else str(identifier),
            tag=str(tags[0]) if isinstance(tags, list) else "default",
            calls=calls,
            parameters=tuple(parameters),
            body=body,
            responses=responses,
            security=security,
            servers=servers or self.access.servers,
            own_security=own_security,
            own_servers=bool(servers),
            summary=str(raw.get("summary") or ""),
            left_out_parts=tuple(
                model.LeftOutPart(part, why) for part, why in left_out_parts.items()
            ),
        )

    def optional_parts(self, item: Json, raw: Json, place: Pointer) -> list[str]:
        """The names of the parts that an operation can do without: optional parameters and responses.

        Raises:
            DocumentError: The document is not shaped as it should be there.
        """
        parameters = self._optional_parameters(item, raw, place)
        parts = [model.parameter_part(where, name) for where, name, _at in parameters]
        for key in mapping(raw.get("responses"), (*place, "responses")):
            if not key.startswith("x-"):
                parts.append(model.response_part(_status(key)))
        return list(dict.fromkeys(parts))

    def _optional_parameters(
        self, item: Json, raw: Json, place: Pointer
    ) -> Iterator[tuple[str, str, Pointer]]:
        """Yield where each optional parameter is sent, its name, and its place."""
        for holder, here in ((item, place[:2]), (raw, place)):
            for index, stated in enumerate(listed(holder.get("parameters"))):
                there = (*here, "parameters", str(index))
                parameter, declared_at, _component = self.parts.follow(stated, there)
                where = parameter.get("in")
                if where != "path" and parameter.get("required") is not True:
                    yield str(where), str(parameter.get("name")), declared_at

    def _left_out_parts(
        self, item: Json, raw: Json, place: Pointer, wanted: Mapping[str, str]
    ) -> dict[str, str]:
        """Why parts of an operation are left out, by name: because somebody wants it, or because HTTP cannot carry them.

        No client can ever send an optional header whose name HTTP does not allow, and every request is right without it. So it is left out
        alone and named, and the operation stays.
        """
        reasons = {}
        if wanted:
            for part in self.optional_parts(item, raw, place):
                if part in wanted:
                    reasons[part] = wanted[part]
        for where, name, declared_at in self._optional_parameters(item, raw, place):
            if where not in ("header", "cookie"):
                continue
            fault = text_fault(where, name)
            if fault:
                part = model.parameter_part(where, name)
                reasons[part] = (
                    f"{at(declared_at)}: {fault}, so HTTP cannot carry it; the rest of the operation is generated"
                )
        return reasons

    def incoming(
        self,
        key: str,
        place: Pointer,
        path: str,
        owner: str,
        item: Json,
        stated: Json,
    ) -> model.Operation:
        """What the service calls at a place; `owner` is the operation with this callback. Raises DocumentError where it cannot be read."""
        raw = mapping(stated, place)
        declared = self._declared(item, place[:-1]) | self._declared(raw, place)
        body = self._body(raw.get("requestBody"), (*place, "requestBody"))
        return model.Operation(
            **self.parts.common(raw, place),
            key=key,
            method=place[-1],
            path=path,
            id=None,
            tag=owner,
            calls=(),
            parameters=tuple(declared.values()),
            body=body,
            responses=self._responses(raw.get("responses"), (*place, "responses")),
            security=(),
            servers=(),
        )

    # Parameters

    def _parameters(
        self,
        path: str,
        item: Json,
        raw: Json,
        place: Pointer,
        left_out_parts: Container[str],
    ) -> list[model.Parameter]:
        """The parameters of an operation and of its path; variables of the path that nobody declares are strings."""
        declared = self._declared(item, place[:2], left_out_parts)
        declared |= self._declared(raw, place, left_out_parts)
        variables = _VARIABLE.findall(path)
        for where, name in list(declared):
            if where == "path" and name not in variables:
                unused = declared.pop((where, name))
                problem = f"the path has no variable {name!r}; ignored"
                self.schemas.nodes.warn(unused.at, problem)
        for name in variables:
            if ("path", name) not in declared:
                problem = f"path variable {name!r} is not declared"
                self.schemas.nodes.warn(place, problem)
                text = {"in": "path", "name": name, "schema": {"type": "string"}}
                here = (*place, "parameters", name)
                declared["path", name] = self._parameter(text, here, "")
        in_path = [declared.pop(("path", name)) for name in variables]
        return [*in_path, *declared.values()]

    def _declared(
        self, holder: Json, here: Pointer, left_out_parts: Container[str] = ()
    ) -> Declared:
        """The parameters that an operation or a path declares, but for those that are left out."""
        declared: Declared = {}
        for index, stated in enumerate(listed(holder.get("parameters"))):
            there = (*here, "parameters", str(index))
            raw, place, component = self.parts.follow(stated, there)
            name = str(raw.get("name"))
            if raw.get("in") == "header" and name.lower() in _IGNORED_HEADERS:
                problem = f"the header {name} is not a parameter; ignored"
                self.schemas.nodes.warn(place, problem)
                continue
            if model.parameter_part(str(raw.get("in")), name) in left_out_parts:
                continue
            parameter = self._parameter(raw, place, component)
            where = parameter.where
            if (where, name) in declared:
                leave_out(f"{at(place)}: {where} parameter {name!r} stands twice")
            declared[where, name] = parameter
        return declared

    def _parameter(self, raw: Json, place: Pointer, component: str) -> model.Parameter:
        name = raw.get("name")
        if not isinstance(name, str):
            leave_out(
                f"{at(place)}: the name of a parameter must be text, not {name!r:.40}"
            )
        where = raw.get("in")
        if where not in _STYLES:
            leave_out(
                f"{at(place)}: {where!r} is not a place for a parameter in OpenAPI 3 ({', '.join(_STYLES)})"
            )
        style = raw.get("style", _STYLES[where][0])
        if style not in _STYLES[where]:
            styles = " or ".join(_STYLES[where])
            leave_out(
                f"{at(place)}: the {where} parameter {name!r} has the style {style!r:.40}, which is not defined there; use {styles}"
            )
        schema, media = self._described(raw, place)
        if media and kind_of(media) != model.JSON_KIND:
            leave_out(
                f"{at(place)}: the {where} parameter {name!r} is described as {media!r:.60}; only JSON can be sent in a parameter"
            )
        nested = not media and self._nested(schema, lists=style == "deepObject")
        if nested and not (where == "query" and self._has_brackets()):
            leave_out(f"{at(place)}: {_nested_parameter(where, name, nested)}")
        return model.Parameter(
            **self.parts.common(raw, place),
            where=where,
            name=name,
            required=where == "path" or raw.get("required") is True,
            schema=schema,
            style=style,
            explode=raw.get("explode", style in ("form", "cookie")) is True,
            media=media,
            component=component,
            example=raw.get("example"),
        )

    def _described(self, raw: Json, place: Pointer) -> tuple[Schema, str]:
        """Schema of a parameter or header, and the content type where it is declared by `content`."""
        media = ""
        if "schema" not in raw:
            content = mapping(raw.get("content"), place)
            media = next(iter(content), "")
        if media:
            place = (*place, "content", media)
            raw = mapping(content[media], place)
        return self.schemas.read(raw.get("schema", {}), (*place, "schema")), media

    def _nested(self, schema: Schema, *, lists: bool) -> str:
        reader = self.schemas
        return nested_part(schema, reader.types, reader.broken, lists=lists)

    # Bodies and answers

    def _body(self, stated: Json, here: Pointer) -> model.Body | None:
        if stated is None:
            return None
        raw, place, component = self.parts.follow(stated, here)
        media = []
        for each in self._media(raw, place):
            # Of any type: it is sent as JSON.
            is_any = each.kind == model.ANY_KIND
            media.append(replace(each, kind=model.JSON_KIND) if is_any else each)
        return model.Body(
            **self.parts.common(raw, place),
            required=raw.get("required") is True,
            media=tuple(media),
            component=component,
        )

    def _calls(self, body: model.Body | None) -> tuple[model.Call, ...]:
        """A function for JSON, else for the first kind that is there; more where another kind carries something of its own.

        The order of kinds decides nothing. Among content types of one kind, the first is the one that is sent.
        """
        if body is None or not body.media:
            return (model.Call(None),)
        faults = [(self._fault(media), media) for media in body.media]
        usable = [media for fault, media in faults if not fault]
        if not usable:
            leave_out(f"{at(body.media[0].at)}: {faults[0][0]}")
        as_json = [media for media in usable if media.kind == model.JSON_KIND]
        # The order of the document shall decide neither what is sent nor the names of functions.
        as_json.sort(key=lambda media: _essence(media) != "application/json")
        if not all(_carry_the_same(media, as_json[0]) for media in as_json):
            plain = as_json[:1] if _essence(as_json[0]) == "application/json" else []
            as_json = [*plain, *sorted(as_json[len(plain) :], key=_essence)]
        others = [media for media in usable if media not in as_json]
        others.sort(key=lambda media: _KINDS.index(media.kind))
        sent = [[*as_json, *others][0]]
        for media in [*as_json, *others]:
            is_new_kind = all(media.kind != other.kind for other in sent)
            is_json = media.kind == model.JSON_KIND
            known = any(_carry_the_same(media, other) for other in sent)
            if (is_new_kind or is_json) and not known:
                sent.append(media)
        return tuple(model.Call(media) for media in sent)

    def _fault(self, media: model.Media) -> str:
        """Why a body cannot be sent as a content type; empty where it can."""
        if media.kind != model.FORM_KIND or media.schema is None:
            return text_fault("content type", media.content_type)
        if self._nested_values:
            return ""
        for name, field in form_fields(
            media.schema, self.schemas.types, self.schemas.broken
        ):
            if self._is_nested_field(media, name, field):
                return (
                    f"the form field {name!r} has nested values, which OpenAPI has no form for, or one that few services read; give the"
                    " field an Encoding Object, or say in generator-config.yaml how the service wants them, such as nested_values: brackets"
                )
        return ""

    def _is_nested_field(self, media: model.Media, name: str, field: Schema) -> bool:
        """Whether the document does not say how the values of a form's field are written."""
        encoding = (media.notes.get("encoding") or {}).get(name)
        encoding = encoding if isinstance(encoding, dict) else {}
        reader = self.schemas
        if {"style", "explode", "allowReserved"} & encoding.keys():
            return bool(
                self._nested(field, lists=encoding.get("style") == "deepObject")
            )
        if kind_of(str(encoding.get("contentType") or "")) == model.JSON_KIND:
            return False
        return is_structured(field, reader.types, reader.broken)

    def _has_brackets(self) -> bool:
        return self._nested_values not in ("", "json")

    def _media(self, raw: Json, place: Pointer) -> tuple[model.Media, ...]:
        found = []
        here = (*place, "content")
        content, place, _key = self.parts.follow(raw.get("content"), here)
        for name, stated in content.items():
            media, here, _key = self.parts.follow(stated, (*place, name))
            schema = None
            if "schema" in media:
                schema = self.schemas.read(media["schema"], (*here, "schema"))
            item_schema = None
            if "itemSchema" in media:
                there = (*here, "itemSchema")
                item_schema = self.schemas.read(media["itemSchema"], there)
            notes = self.parts.notes(media)
            kind = kind_of(name, schema, self.schemas.types)
            found.append(model.Media(here, name, kind, schema, notes, item_schema))
        return tuple(found)

    def _responses(
        self, stated: Json, here: Pointer, left_out_parts: Container[str] = ()
    ) -> dict[str, model.Response]:
        responses = {}
        for key, value in mapping(stated, here).items():
            if key.startswith("x-"):
                continue
            status = _status(key)
            if model.response_part(status) in left_out_parts:
                continue
            if not _STATUS.fullmatch(status):
                problem = f"{key!r} is not an HTTP status"
                self.schemas.nodes.warn((*here, key), problem)
                continue
            responses[status] = self._response(status, value, (*here, key))
        return responses

    def _response(self, status: str, stated: Json, here: Pointer) -> model.Response:
        raw, place, component = self.parts.follow(stated, here)
        common = self.parts.common(raw, place)
        headers: dict[str, Schema] = {}
        header_notes: dict[str, Json] = {}
        for name, header in mapping(raw.get("headers"), place).items():
            there = (*place, "headers", name)
            raw_header, header_place, _key = self.parts.follow(header, there)
            headers[name.lower()] = self._described(raw_header, header_place)[0]
            notes = self.parts.notes(raw_header)
            notes["required"] = raw_header.get("required")
            notes = {key: value for key, value in notes.items() if value}
            if notes:
                header_notes[name.lower()] = notes
        if header_notes:
            common["notes"]["headers"] = header_notes
        return model.Response(
            **common,
            status=status,
            media=self._media(raw, place),
            headers=headers,
            component=component,
        )


def _status(key: str) -> str:
    """The status of a response as it is written by convention: 2XX, default."""
    return key.upper().replace("DEFAULT", "default")


def _nested_parameter(where: str, name: str, part: str) -> str:
    """Why a parameter cannot be written, and what the maintainer can do."""
    fault = f"the {where} parameter {name!r} has values nested in {part!r}, for which OpenAPI defines no form"
    if where != "query":
        return fault
    return f"{fault}; if the service reads brackets, say so in generator-config.yaml, such as nested_values: brackets"


def _method(place: Pointer) -> str:
    """The method of the operation at a place, in lower case."""
    method = place[-1]
    if place[2] == "additionalOperations" and not _METHOD.fullmatch(method):
        leave_out(f"{at(place)}: the method {method!r} is not in capital letters")
    return method.lower()


def _check_path(path: str) -> None:
    """Leave the operation out if its path cannot be called."""
    variables = _VARIABLE.findall(path)
    if _NO_PATH.match(path):
        leave_out(
            f"the path {path!r} cannot be called as it is written: it must begin with a slash and have no step of dots"
        )
    if {*"{}"} & {*_VARIABLE.sub("", path)} or "" in variables:
        leave_out(f"the path {path!r} has braces that are not a variable")
    if len({*variables}) < len(variables):
        leave_out(f"the path {path!r} has the same variable twice")


def _essence(media: model.Media) -> str:
    return media.content_type.split(";")[0].strip().lower()


def _carry_the_same(media: model.Media, other: model.Media) -> bool:
    """Whether two content types carry the same values."""
    if media.schema is None or other.schema is None:
        return media.schema is other.schema
    if isinstance(media.schema, Reference):
        return isinstance(other.schema, Reference) and (
            media.schema.key == other.schema.key
        )
    return bool(media.schema.rule == other.schema.rule)
