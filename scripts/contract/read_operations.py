"""Read one operation: its parameters, bodies, answers, credentials and servers."""

from __future__ import annotations

import re
from typing import NoReturn

from scripts import safety
from scripts.contract.model import (
    ARRAY,
    BYTES_KIND,
    EVENTS_KIND,
    FORM_KIND,
    JSON_KIND,
    MULTIPART_KIND,
    OBJECT,
    TEXT_KIND,
    Body,
    Json,
    Media,
    Parameter,
    Pointer,
    Requirement,
    Response,
    Schema,
    Scheme,
    Server,
    at,
)
from scripts.contract.nodes import DATA, NAMED, PROSE
from scripts.contract.read_schemas import SchemaReader
from scripts.document import locate, resolved
from scripts.errors import DocumentError

VARIABLE = re.compile(r"\{([^{}]*)\}")
_STATUS = re.compile(r"[1-5](?:\d\d|XX)|default")
_DEFAULT_STYLES = {
    "path": "simple",
    "header": "simple",
    "query": "form",
    "cookie": "form",
}
_STYLES = {
    "path": {"simple"},
    "header": {"simple"},
    "query": {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
    "cookie": {"form"},
}
# The first three are never parameters (OpenAPI specification); the others are written by whoever sends a request (RFC 9110, 9112).
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization", "connection"})
_IGNORED_HEADERS |= {"content-length", "host", "transfer-encoding"}
_CARRIED_SCHEMES = ("apiKey", "bearer", "basic", "oauth2", "openIdConnect")


def listed(value: Json) -> list[Json]:
    """The value itself, which is ignored if it is no list."""
    return value if isinstance(value, list) else []


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


def follow(document: Json, value: Json, place: Pointer) -> tuple[Json, Pointer, str]:
    """What a value, or its reference, stands for, its place, and the key of the component."""
    chain = [place]
    while isinstance(value, dict) and "$ref" in value:
        ref = str(value["$ref"])
        try:
            target, value = locate(document, ref)
        except DocumentError as error:
            out(f"{at(place)}: {error}")
        if target in chain:
            out(f"{at(place)}: {ref!r} refers to itself")
        chain.append(target)
    component = chain[-1][-1] if chain[-1][:1] == ("components",) else ""
    return mapping(value, place), chain[-1], component if len(chain) > 1 else ""


class PartsReader:
    """Reads what operations are made of. One for each document."""

    def __init__(self, document: Json, schemas: SchemaReader) -> None:
        self.document, self.schemas = document, schemas
        declared = mapping(document.get("components"), ("components",))
        self._schemes = mapping(declared.get("securitySchemes"), ("components",))
        self.schemes: dict[str, Scheme] = {}

    # Parameters

    def parameters(
        self, path: str, item: Json, item_at: Pointer, raw: Json, place: Pointer
    ) -> list[Parameter]:
        """The parameters of an operation and of its path; variables of the path that nobody declares are strings."""
        found: dict[tuple[str, str], Parameter] = {}
        for holder, here in ((item, item_at), (raw, place)):
            own: set[tuple[str, str]] = set()
            for index, held in enumerate(listed(holder.get("parameters"))):
                parameter = self._parameter(held, (*here, "parameters", str(index)))
                if parameter is None:
                    continue
                key = parameter.where, parameter.name
                if key in own:
                    out(
                        f"{at(parameter.at)}: {key[0]} parameter {key[1]!r} stands twice"
                    )
                own.add(key)
                found[key] = parameter
        variables = VARIABLE.findall(path)
        for parameter in list(found.values()):
            if parameter.where == "path" and parameter.name not in variables:
                unused = f"the path has no variable {parameter.name!r}; ignored"
                self.schemas.warn(parameter.at, unused)
                del found["path", parameter.name]
        ordered = []
        for name in variables:
            if ("path", name) not in found:
                self.schemas.warn(place, f"path variable {name!r} is not declared")
                text = {"in": "path", "name": name, "schema": {"type": "string"}}
                found["path", name] = self._read_parameter(
                    text, (*place, "parameters", name), ""
                )
            ordered.append(found.pop(("path", name)))
        return [*ordered, *found.values()]

    def _parameter(self, held: Json, here: Pointer) -> Parameter | None:
        raw, place, component = follow(self.document, held, here)
        name = str(raw.get("name"))
        if raw.get("in") == "header" and name.lower() in _IGNORED_HEADERS:
            self.schemas.warn(place, f"the header {name} is not a parameter; ignored")
            return None
        return self._read_parameter(raw, place, component)

    def _read_parameter(self, raw: Json, place: Pointer, component: str) -> Parameter:
        where, name = raw.get("in"), raw.get("name")
        if not isinstance(name, str) or where not in _DEFAULT_STYLES:
            out(
                f"{at(place)}: {where!r} is not a place for a parameter in OpenAPI 3 ({', '.join(_STYLES)})"
            )
        style = raw.get("style", _DEFAULT_STYLES[where])
        if style not in _STYLES[where]:
            out(f"{at(place)}: style {style!r} is not supported for {where} parameters")
        schema, media = self._described(raw, place)
        if media and kind_of(media) != JSON_KIND:
            out(f"{at(place)}: parameters as {media} are not supported")
        if not media and self._nested(schema, lists=style == "deepObject"):
            out(
                f"{at(place)}: values nested in a {where} parameter have no defined form"
            )
        return Parameter(
            place,
            where,
            name,
            name,
            where == "path" or raw.get("required") is True,
            schema,
            style,
            raw.get("explode", style == "form") is True,
            media,
            component,
            self.notes(raw, ["allowReserved", "allowEmptyValue", "deprecated"]),
            _description(raw),
            raw.get("example"),
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
        deep = (ARRAY, OBJECT)
        for shape in self._shapes(schema):
            inner: dict[str, Schema | bool | None] = {**shape.fields}
            inner |= {"its items": shape.items, "others": shape.additional}
            for name, held in inner.items():
                for part in self._shapes(held) if isinstance(held, Schema) else ():
                    items = self._shapes(part.items) if part.items else []
                    is_list = part.kind == ARRAY and shape.kind == OBJECT and lists
                    if any(s.kind in deep for s in items):
                        return name
                    if part.kind in deep and not is_list:
                        return name
        return ""

    def _shapes(self, schema: Schema, depth: int = 0) -> list[Schema]:
        """What a value may be: the schema, or the variants of a union, references followed."""
        if schema.ref:
            schema = self.schemas.types[schema.ref]
        if schema.variants and depth < 8:
            return [s for v in schema.variants for s in self._shapes(v, depth + 1)]
        return [schema]

    # Bodies and answers

    def body(self, held: Json, here: Pointer) -> Body | None:
        if held is None:
            return None
        raw, place, component = follow(self.document, held, here)
        media = self._media(raw, place)
        return Body(
            place,
            raw.get("required") is True,
            media,
            component,
            self.notes(raw, []),
            _description(raw),
        )

    def fault(self, media: Media) -> str:
        """Why a body cannot be sent as a content type; empty where it can. A field of a form that is nested has no defined form."""
        if media.kind != FORM_KIND or media.schema is None:
            return safety.fault("content type", media.content_type)
        name = self._nested(media.schema, lists=True)
        return name and f"the form field {name!r} is nested, which has no defined form"

    def _media(self, raw: Json, place: Pointer) -> tuple[Media, ...]:
        found = []
        here = (*place, "content")
        content, place, _key = follow(self.document, raw.get("content"), here)
        for content_type, held in content.items():
            media, here, _key = follow(self.document, held, (*place, content_type))
            schema = None
            if "schema" in media:
                schema = self.schemas.read(media["schema"], (*here, "schema"))
            notes = self.notes(media, ["encoding"])
            kind = kind_of(content_type)
            found.append(Media(here, content_type, kind, schema, notes))
        return tuple(found)

    def responses(self, held: Json, here: Pointer) -> dict[str, Response]:
        found = {}
        for key, value in mapping(held, here).items():
            status = key.upper().replace("DEFAULT", "default")
            if key.startswith("x-"):
                continue
            if not _STATUS.fullmatch(status):
                self.schemas.warn((*here, key), f"{key!r} is not an HTTP status")
                continue
            raw, place, component = follow(self.document, value, (*here, key))
            notes, headers = self.notes(raw, ["links"]), {}
            for name, header in mapping(raw.get("headers"), place).items():
                headers[name.lower()], said = self._header(
                    header, (*place, "headers", name)
                )
                if said:
                    notes.setdefault("headers", {})[name.lower()] = said
            found[status] = Response(
                place,
                status,
                self._media(raw, place),
                headers,
                component,
                notes,
                _description(raw),
            )
        return found

    def _header(self, held: Json, here: Pointer) -> tuple[Schema, dict[str, Json]]:
        """Schema of a header of an answer, and what else is said about it."""
        raw, place, _key = follow(self.document, held, here)
        schema, _media = self._described(raw, place)
        notes = self.notes(raw, ["deprecated", "required"])
        return schema, {key: value for key, value in notes.items() if value}

    def notes(self, raw: Json, names: list[str]) -> dict[str, Json]:
        """Annotations by keyword, references in them resolved and prose left out."""
        return {
            key: self._expanded({key: value}, ())[key]
            for key, value in raw.items()
            if key in names or key.startswith("x-")
        }

    def expanded(self, value: Json) -> Json:
        """A part of the document, references in it resolved and prose left out."""
        return self._expanded(value, ())

    def _expanded(
        self, value: Json, chain: tuple[str, ...], named: bool = False
    ) -> Json:
        """A part of the document with what its references stand for; one that leads
        back to itself stays. `named`: the keys are names, not keywords."""
        if isinstance(value, list):
            return [self._expanded(item, chain) for item in value]
        if not isinstance(value, dict):
            return value
        ref = value.get("$ref")
        if isinstance(ref, str) and not named and ref not in chain:
            try:
                target = resolved(self.document, value)
            except DocumentError:
                return value
            return self._expanded(target, (*chain, ref))
        return {
            key: self._expanded(held, chain, not named and key in NAMED)
            if key not in DATA or named
            else held
            for key, held in value.items()
            if named or key not in PROSE
        }

    # Credentials and servers

    def security(self, raw: Json, place: Pointer) -> tuple[Requirement, ...]:
        """The alternatives, each with what it needs together."""
        return tuple(
            {
                str(name): tuple(map(str, listed(scopes)))
                for name, scopes in mapping(each, place).items()
            }
            for each in listed(raw)
        )

    def check_security(
        self, alternatives: tuple[Requirement, ...], place: Pointer
    ) -> None:
        """Record the schemes that are used; leave the operation out where no alternative can be satisfied."""
        faults = [
            [fault for name in alternative if (fault := self._scheme(name))]
            for alternative in alternatives
        ]
        if faults and all(faults):
            out(f"{at(place)}: {faults[0][0]}")

    def _scheme(self, name: str) -> str:
        """Record a scheme; a reason where it cannot be carried."""
        if name not in self._schemes:
            return f"the security scheme {name!r} is not declared"
        place: Pointer = ("components", "securitySchemes", name)
        raw, place, _key = follow(self.document, self._schemes[name], place)
        kind, where, wire = str(raw.get("type")), "header", "Authorization"
        if kind == "http":
            kind = str(raw.get("scheme")).lower()
        elif kind == "apiKey":
            where, wire = str(raw.get("in")), str(raw.get("name"))
        notes = self.notes(raw, ["flows", "openIdConnectUrl", "bearerFormat"])
        scheme = Scheme(name, kind, where, wire, notes, _description(raw), place)
        self.schemes[name] = scheme
        if kind not in _CARRIED_SCHEMES or where not in ("header", "query", "cookie"):
            return f"the security scheme {name!r} ({kind}) is not supported"
        return ""

    def servers(self, raw: Json, place: Pointer) -> tuple[Server, ...]:
        found = []
        for index, held in enumerate(listed(raw)):
            here = (*place, "servers", str(index))
            server = mapping(held, here)
            url = str(server.get("url") or "/")
            variables = mapping(server.get("variables"), here)
            filled = url
            for name, variable in variables.items():
                default = mapping(variable, here).get("default", "")
                filled = filled.replace(f"{{{name}}}", str(default))
            notes = {"variables": variables} if variables else {}
            found.append(Server(filled, url, notes, here))
        return tuple(found)


def _description(raw: Json) -> str:
    return str(raw.get("description") or "")


def kind_of(content_type: str) -> str:
    """What a content type is on the wire."""
    essence = content_type.split(";")[0].strip().lower()
    if essence in ("application/json", "text/json", "*/*") or essence.endswith("+json"):
        return JSON_KIND
    if essence == "application/x-www-form-urlencoded":
        return FORM_KIND
    if essence.startswith("multipart/"):
        return MULTIPART_KIND
    if essence == "text/event-stream":
        return EVENTS_KIND
    textual = essence.startswith("text/") or essence.endswith(("/xml", "+xml"))
    return TEXT_KIND if textual else BYTES_KIND
