"""Read one operation: its parameters, bodies, answers, credentials and servers."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from scripts.common.errors import DocumentError
from scripts.common.text import text_fault
from scripts.contract import model
from scripts.contract.model import Json, Pointer, Schema, at
from scripts.contract.reading.schemas import SchemaReader
from scripts.intake.document import locate, resolved
from scripts.intake.prose import without_prose

_VARIABLE = re.compile(r"\{([^{}]*)\}")
# Without a slash at the start, with a query or fragment, or with a step that is dots.
_NO_PATH = re.compile(r"(?!/)|.*[#?]|.*/\.\.?(?:/|\Z)", re.DOTALL)
_STATUS = re.compile(r"[1-5](?:\d\d|XX)|default")
# The styles of parameters in each place; the first is what holds where none is stated.
_STYLES = {
    "path": ("simple",),
    "header": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form",),
}
# The first three are never parameters (OpenAPI specification); the others are written by whoever sends a request (RFC 9110, 9112).
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization", "connection"})
_IGNORED_HEADERS |= {"content-length", "host", "transfer-encoding"}
_CARRIED_SCHEMES = ("apiKey", "bearer", "basic", "oauth2", "openIdConnect")
# Keywords that are kept as annotations, beside those that begin with `x-`.
_NOTED = frozenset({"allowEmptyValue", "allowReserved", "bearerFormat", "callbacks"})
_NOTED |= {"deprecated", "encoding", "flows", "links", "openIdConnectUrl"}
_NOWHERE = (model.Server("/", "/"),)


def out(reason: str) -> NoReturn:
    """Leave the operation out."""
    raise DocumentError(reason)


def mapping(value: Json, place: Pointer) -> dict[str, Json]:
    """The value itself, which must be a mapping; nothing is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        out(f"{at(place)}: a mapping is needed here")
    return value


def listed(value: Json) -> list[Json]:
    """The value itself, which is ignored if it is no list."""
    return value if isinstance(value, list) else []


class OperationReader:
    """Reads operations and what they are made of. One for each document."""

    def __init__(self, document: Json, *, old: bool) -> None:
        """`old`: OpenAPI 3.0."""
        self.document, self.schemas = document, SchemaReader(document, old=old)
        self.schemes: dict[str, model.Scheme] = {}
        self.servers = self._servers(document, ()) or _NOWHERE
        self.security = self._security(document, ())

    def follow(self, value: Json, place: Pointer) -> tuple[Json, Pointer, str]:
        """What a value, or its reference, stands for, its place, and the key of the component."""
        chain = [place]
        while isinstance(value, dict) and "$ref" in value:
            ref = str(value["$ref"])
            try:
                target, value = locate(self.document, ref)
            except DocumentError as error:
                out(f"{at(place)}: {error}")
            if target in chain:
                out(f"{at(place)}: {ref!r} refers to itself")
            chain.append(target)
        component = len(chain) > 1 and chain[-1][:1] == ("components",)
        return mapping(value, place), chain[-1], chain[-1][-1] if component else ""

    def operation(
        self, key: str, place: Pointer, item: Json, held: Json
    ) -> model.Operation:
        """The operation at a place; `item` is its path's. Raises DocumentError where it cannot be carried."""
        raw, path = mapping(held, place), place[1]
        _check_path(path)
        tags, identifier = raw.get("tags") or ["default"], raw.get("operationId")
        own_security = raw.get("security") is not None
        security = self._security(raw, place) if own_security else self.security
        self._check_security(security, (*place, "security"))
        servers = self._servers(raw, place) or self._servers(item, place[:2])
        parameters = self._parameters(path, item, raw, place)
        body = self._body(raw.get("requestBody"), (*place, "requestBody"))
        return model.Operation(
            **self._common(raw, place),
            key=key,
            method=place[2],
            path=path,
            id=None if identifier is None else str(identifier),
            tag=str(tags[0]) if isinstance(tags, list) else "default",
            package="",
            calls=self._calls(body),
            parameters=tuple(parameters),
            body=body,
            responses=self._responses(raw.get("responses"), (*place, "responses")),
            security=security,
            servers=servers or self.servers,
            own_security=own_security,
            own_servers=bool(servers),
            summary=str(raw.get("summary") or ""),
        )

    def _common(self, raw: Json, place: Pointer) -> dict[str, Any]:
        """What every part of the contract has."""
        description = str(raw.get("description") or "")
        return {"at": place, "notes": self._notes(raw), "description": description}

    def _notes(self, raw: Json) -> dict[str, Json]:
        """Annotations by keyword, references in them resolved and prose left out."""
        noted = {k: v for k, v in raw.items() if k in _NOTED or k.startswith("x-")}
        return dict(self.expanded(noted))

    def expanded(self, value: Json, chain: tuple[str, ...] = ()) -> Json:
        """A part of the document without prose and with what its references stand for; one that leads back to itself stays."""

        def follow(part: Json) -> Json:
            ref = part.get("$ref")
            if not isinstance(ref, str) or ref in chain:
                return part
            try:
                target = resolved(self.document, part)
            except DocumentError:
                return part
            return self.expanded(target, (*chain, ref))

        return without_prose(value, follow)

    # Parameters

    def _parameters(
        self, path: str, item: Json, raw: Json, place: Pointer
    ) -> list[model.Parameter]:
        """The parameters of an operation and of its path; variables of the path that nobody declares are strings."""
        found = self._declared(item, place[:2]) | self._declared(raw, place)
        variables = _VARIABLE.findall(path)
        for where, name in [*found]:
            if where == "path" and name not in variables:
                unused = f"the path has no variable {name!r}; ignored"
                self.schemas.warn(found.pop((where, name)).at, unused)
        for name in variables:
            if ("path", name) not in found:
                self.schemas.warn(place, f"path variable {name!r} is not declared")
                text = {"in": "path", "name": name, "schema": {"type": "string"}}
                here = (*place, "parameters", name)
                found["path", name] = self._parameter(text, here, "")
        ordered = [found.pop(("path", name)) for name in variables]
        return [*ordered, *found.values()]

    def _declared(
        self, holder: Json, here: Pointer
    ) -> dict[tuple[str, str], model.Parameter]:
        """The parameters of an operation or a path, by place and name."""
        found: dict[tuple[str, str], model.Parameter] = {}
        for index, held in enumerate(listed(holder.get("parameters"))):
            raw, place, component = self.follow(held, (*here, "parameters", str(index)))
            name = str(raw.get("name"))
            if raw.get("in") == "header" and name.lower() in _IGNORED_HEADERS:
                ignored = f"the header {name} is not a parameter; ignored"
                self.schemas.warn(place, ignored)
                continue
            parameter = self._parameter(raw, place, component)
            if (parameter.where, name) in found:
                out(f"{at(place)}: {parameter.where} parameter {name!r} stands twice")
            found[parameter.where, name] = parameter
        return found

    def _parameter(self, raw: Json, place: Pointer, component: str) -> model.Parameter:
        where, name = raw.get("in"), raw.get("name")
        if not isinstance(name, str):
            out(f"{at(place)}: the name of a parameter must be text, not {name!r:.40}")
        if where not in _STYLES:
            out(
                f"{at(place)}: {where!r} is not a place for a parameter in OpenAPI 3 ({', '.join(_STYLES)})"
            )
        style = raw.get("style", _STYLES[where][0])
        if style not in _STYLES[where]:
            out(f"{at(place)}: style {style!r} is not supported for {where} parameters")
        schema, media = self._described(raw, place)
        if media and kind_of(media) != model.JSON_KIND:
            out(f"{at(place)}: parameters as {media} are not supported")
        if not media and self._nested(schema, lists=style == "deepObject"):
            out(
                f"{at(place)}: values nested in a {where} parameter have no defined form"
            )
        return model.Parameter(
            **self._common(raw, place),
            where=where,
            name=name,
            python_name=name,
            required=where == "path" or raw.get("required") is True,
            schema=schema,
            style=style,
            explode=raw.get("explode", style == "form") is True,
            media=media,
            component=component,
            example=raw.get("example"),
        )

    def _described(self, raw: Json, place: Pointer) -> tuple[Schema, str]:
        """Schema of a parameter or header, and the content type where it is declared by `content`."""
        content = mapping(raw.get("content"), place)
        media = "" if "schema" in raw else next(iter(content), "")
        if media:
            place = (*place, "content", media)
            raw = mapping(content[media], place)
        return self.schemas.read(raw.get("schema", {}), (*place, "schema")), media

    def _nested(self, schema: Schema, *, lists: bool) -> str:
        """The part of a value that no style can write, since it is nested; empty where all can. `lists`: fields may be lists."""
        for shape in self._shapes(schema):
            inner: dict[str, Schema | bool | None] = {**shape.fields}
            inner |= {"its items": shape.items, "others": shape.additional}
            for name, held in inner.items():
                for part in self._shapes(held):
                    kinds = (shape.kind, part.kind)
                    is_list = lists and kinds == (model.OBJECT, model.ARRAY)
                    parts = self._shapes(part.items) if is_list else [part]
                    if any(each.kind in (model.ARRAY, model.OBJECT) for each in parts):
                        return name
        return ""

    def _shapes(self, schema: Schema | bool | None, depth: int = 0) -> list[Schema]:
        """What a value may be: the schema, or the variants of a union, references followed."""
        if not isinstance(schema, Schema):
            return []
        if schema.ref in self.schemas.broken:
            out(self.schemas.broken[schema.ref])
        if schema.ref:
            schema = self.schemas.types[schema.ref]
        if schema.variants and depth < 8:
            return [s for v in schema.variants for s in self._shapes(v, depth + 1)]
        return [schema]

    # Bodies and answers

    def _body(self, held: Json, here: Pointer) -> model.Body | None:
        if held is None:
            return None
        raw, place, component = self.follow(held, here)
        return model.Body(
            **self._common(raw, place),
            required=raw.get("required") is True,
            media=self._media(raw, place),
            component=component,
        )

    def _calls(self, body: model.Body | None) -> tuple[model.Call, ...]:
        """JSON first, else the first content type; more where another one carries something of its own. Named later by its kind."""
        if body is None or not body.media:
            return (model.Call("", None),)
        faults = [(self._fault(media), media) for media in body.media]
        usable = [media for fault, media in faults if not fault]
        if not usable:
            out(f"{at(body.media[0].at)}: {faults[0][0]}")
        found = [next((m for m in usable if m.kind == model.JSON_KIND), usable[0])]
        for media in usable:
            if media.kind not in {m.kind for m in found} and not _same(media, found[0]):
                found.append(media)
        return tuple(model.Call("", media) for media in found)

    def _fault(self, media: model.Media) -> str:
        """Why a body cannot be sent as a content type; empty where it can. A field of a form that is nested has no defined form."""
        if media.kind != model.FORM_KIND or media.schema is None:
            return text_fault("content type", media.content_type)
        name = self._nested(media.schema, lists=True)
        return name and f"the form field {name!r} is nested, which has no defined form"

    def _media(self, raw: Json, place: Pointer) -> tuple[model.Media, ...]:
        found = []
        content, place, _key = self.follow(raw.get("content"), (*place, "content"))
        for name, held in content.items():
            media, here, _key = self.follow(held, (*place, name))
            schema = None
            if "schema" in media:
                schema = self.schemas.read(media["schema"], (*here, "schema"))
            kind, notes = kind_of(name), self._notes(media)
            found.append(model.Media(here, name, kind, schema, notes))
        return tuple(found)

    def _responses(self, held: Json, here: Pointer) -> dict[str, model.Response]:
        found = {}
        for key, value in mapping(held, here).items():
            status = key.upper().replace("DEFAULT", "default")
            if key.startswith("x-"):
                continue
            if not _STATUS.fullmatch(status):
                self.schemas.warn((*here, key), f"{key!r} is not an HTTP status")
                continue
            raw, place, component = self.follow(value, (*here, key))
            common, headers = self._common(raw, place), {}
            for name, header in mapping(raw.get("headers"), place).items():
                there = self.follow(header, (*place, "headers", name))
                headers[name.lower()] = self._described(*there[:2])[0]
                said = {**self._notes(there[0]), "required": there[0].get("required")}
                if said := {k: v for k, v in said.items() if v}:
                    common["notes"].setdefault("headers", {})[name.lower()] = said
            found[status] = model.Response(
                **common,
                status=status,
                media=self._media(raw, place),
                headers=headers,
                component=component,
            )
        return found

    # Credentials and servers

    def _security(self, raw: Json, place: Pointer) -> tuple[model.Requirement, ...]:
        """The alternatives, each with what it needs together."""
        place = (*place, "security")
        return tuple(
            {
                str(name): tuple(map(str, listed(scopes)))
                for name, scopes in mapping(each, place).items()
            }
            for each in listed(raw.get("security"))
        )

    def _check_security(
        self, alternatives: tuple[model.Requirement, ...], place: Pointer
    ) -> None:
        """Record the schemes that are used; leave the operation out where no alternative can be satisfied."""
        faults = [[*filter(None, map(self._scheme, each))] for each in alternatives]
        if faults and all(faults):
            out(f"{at(place)}: {faults[0][0]}")

    def _scheme(self, name: str) -> str:
        """Record a scheme; a reason where it cannot be carried."""
        place: Pointer = ("components", "securitySchemes")
        declared = mapping(self.document.get("components"), place[:1])
        declared = mapping(declared.get("securitySchemes"), place)
        if name not in declared:
            return f"the security scheme {name!r} is not declared"
        raw, place, _key = self.follow(declared[name], (*place, name))
        kind, where, wire = str(raw.get("type")), "header", "Authorization"
        if kind == "http":
            kind = str(raw.get("scheme")).lower()
        elif kind == "apiKey":
            where, wire = str(raw.get("in")), str(raw.get("name"))
        common = self._common(raw, place)
        self.schemes[name] = model.Scheme(name, kind, where, wire, **common)
        if kind not in _CARRIED_SCHEMES or where not in ("header", "query", "cookie"):
            return f"the security scheme {name!r} ({kind}) is not supported"
        return ""

    def _servers(self, raw: Json, place: Pointer) -> tuple[model.Server, ...]:
        found = []
        for index, held in enumerate(listed(raw.get("servers"))):
            here = (*place, "servers", str(index))
            server = mapping(held, here)
            url = filled = str(server.get("url") or "/")
            variables = mapping(server.get("variables"), here)
            for name, variable in variables.items():
                default = mapping(variable, here).get("default", "")
                filled = filled.replace(f"{{{name}}}", str(default))
            notes = {"variables": variables} if variables else {}
            found.append(model.Server(filled, url, notes, here))
        return tuple(found)


def _check_path(path: str) -> None:
    variables = _VARIABLE.findall(path)
    if _NO_PATH.match(path):
        out(f"the path {path!r} cannot be called as it is written")
    if {*"{}"} & {*_VARIABLE.sub("", path)} or "" in variables:
        out(f"the path {path!r} has braces that are not a variable")
    if len({*variables}) < len(variables):
        out(f"the path {path!r} has the same variable twice")


def _same(media: model.Media, first: model.Media) -> bool:
    """Whether two content types carry the same values."""
    if media.schema is None or first.schema is None:
        return media.schema is first.schema
    if media.schema.ref:
        return media.schema.ref == first.schema.ref
    return bool(media.schema.rule == first.schema.rule)


def kind_of(content_type: str) -> str:
    """What a content type is on the wire."""
    essence = content_type.split(";")[0].strip().lower()
    if essence in ("application/json", "text/json", "*/*") or essence.endswith("+json"):
        return model.JSON_KIND
    if essence == "application/x-www-form-urlencoded":
        return model.FORM_KIND
    if essence.startswith("multipart/"):
        return model.MULTIPART_KIND
    if essence == "text/event-stream":
        return model.EVENTS_KIND
    textual = essence.startswith("text/") or essence.endswith(("/xml", "+xml"))
    return model.TEXT_KIND if textual else model.BYTES_KIND
