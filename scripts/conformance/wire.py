"""Values and how they are written on the wire, apart from any generated code; and whether they fit a document's schemas."""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from openapi_schema_validator import (
    OAS30ReadValidator,
    OAS30WriteValidator,
    OAS31Validator,
)
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from scripts.contract import model
from scripts.contract.model import Json, Parameter
from scripts.loopback.server import Request, placed

FIELDS = (model.FORM_KIND, model.MULTIPART_KIND)
STRUCTURED = (model.JSON_KIND, model.EVENTS_KIND, *FIELDS)
OTHER = {"other": [1]}
TYPES: dict[str, Callable[[str], Any]] = {  # of texts, in Python, by their format
    "date-time": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "uuid": uuid.UUID,
}


class Judge:
    """jsonschema's opinion of values, by the schemas as they are written in the document."""

    def __init__(self, document: Json) -> None:
        self._document = document
        resource = DRAFT202012.create_resource(document)
        self._registry = Registry().with_resource("urn:document", resource)
        old = str(document["openapi"]).startswith("3.0")
        self._sent = OAS30WriteValidator if old else OAS31Validator
        self._received = OAS30ReadValidator if old else OAS31Validator

    def accepts(
        self, place: model.Pointer, value: Json, sent: bool = True
    ) -> bool | None:
        """Whether the schema at a place allows a value. None: it fits several variants of which one is to fit, or jsonschema fails."""
        kind = self._sent if sent else self._received
        try:
            where = model.at(placed(self._document, place)[0])
            schema = {"$ref": "urn:document" + quote(where, safe="#/~")}
            errors = [*kind(schema, registry=self._registry).iter_errors(value)]
        except Exception:  # a pattern that isn't Python's, a mapping that is a list
            return None
        if errors and all(map(_fits_several, errors)):
            return None
        return not errors


def _fits_several(error: Any) -> bool:
    if error.validator == "oneOf" and not error.context:
        return True
    return any(map(_fits_several, error.context or ()))


def changed(value: Json, where: str = "") -> Iterator[tuple[str, Json]]:
    """The value with one place of another kind, or gone."""
    yield where, OTHER if isinstance(value, str) else "other"
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{where}.{name}", {n: v for n, v in value.items() if n != name}
            for place, inside in changed(inner, f"{where}.{name}"):
                yield place, {**value, name: inside}
    elif isinstance(value, list) and value:
        for place, inside in changed(value[0], f"{where}.0"):
            yield place, [inside, *value[1:]]


def without_nulls(value: Json) -> Json:
    """Fields of a form and values of parameters, where null cannot be written."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def parameter(declared: Parameter, value: Json) -> list[tuple[str, str]]:
    """A parameter as OpenAPI writes it, by its style: names and texts."""
    name = declared.name
    if declared.media:
        return [(name, json.dumps(value))]
    spread = declared.explode and declared.where in ("query", "cookie")
    separator = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(declared.style, ",")
    if isinstance(value, list):
        if spread and declared.style == "form":
            return [(name, _text(item)) for item in value]
        return [(name, separator.join(map(_text, value)))]
    if isinstance(value, dict):
        pairs = [(key, _text(item)) for key, item in value.items()]
        if declared.style == "deepObject":
            return [(f"{name}[{key}]", text) for key, text in pairs]
        if spread:
            return pairs
        middle = "=" if declared.explode else separator
        return [(name, separator.join(key + middle + text for key, text in pairs))]
    return [(name, _text(value))]


def body(kind: str, value: Json) -> Any:
    """A body in a form that `received` gives as well."""
    if kind not in FIELDS:
        return value if kind in STRUCTURED else str(value).encode()
    lists = {n: v if isinstance(v, list) else [v] for n, v in value.items()}
    return sorted((n, _loose(_text(item))) for n in lists for item in lists[n])


def received(kind: str, request: Request) -> Any:
    """What a body says, however it is written."""
    if kind not in FIELDS:
        return json.loads(request.body) if kind in STRUCTURED else request.body
    stream, length = io.BytesIO(request.body), len(request.body)
    media_type, options = parse_options_header(request.content_type)
    _, form, files = FormDataParser().parse(stream, media_type, length, options)
    parts = [*form.items(multi=True)]
    parts += [(n, file.read().decode()) for n, file in files.items(multi=True)]
    return sorted((name, _loose(text)) for name, text in parts)


def _loose(text: str) -> str:
    """The text of a field; JSON without regard to spaces and order."""
    if text[:1] not in ("{", "["):
        return text
    return json.dumps(json.loads(text), sort_keys=True)


def of_result(value: Any) -> Any:
    """What a result is on the wire."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [of_result(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON; moments in time may be written differently."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str) and isinstance(other, str) and one != other:
        with contextlib.suppress(ValueError):
            moment = datetime.datetime.fromisoformat
            return moment(one) == moment(other)
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def as_bytes(value: Json) -> Any:
    return [*map(as_bytes, value)] if isinstance(value, list) else _text(value).encode()
