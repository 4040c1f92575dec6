"""Read the parameters of operations. An operation with one that cannot be sent is left out, with the reason."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from scripts.contract import model
from scripts.contract.reading.content import ContentReader
from scripts.contract.reading.media_types import kind_of
from scripts.contract.reading.parts import Part, Parts, leave_out
from scripts.contract.reading.schemas import SchemaReader
from scripts.contract.reading.shapes import nested_part
from scripts.contract.reading.untyped import sequence
from scripts.contract.reading.whole_query import fault_of_content, fault_of_places
from scripts.contract.schema import Schema
from scripts.intake.yaml_text import Pointer, at

PATH_VARIABLE = re.compile(r"\{([^{}]*)\}")
# The styles that a parameter may have in each place; the first is the default (OpenAPI, Style Values).
# `styles.py` in `enkrypt_api_client/_runtime/` writes them, `forms.py` there those of form fields (Encoding Object);
# `scripts/conformance/styles.py` judges how they are written.
_STYLES = {
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form", "cookie"),
    "querystring": ("form",),
}
# The first three are never parameters (OpenAPI specification); the others are written by whoever sends a request (RFC 9110, 9112).
_IGNORED_HEADERS = frozenset(
    [
        "accept",
        "authorization",
        "content-type",
        "connection",
        "content-length",
        "host",
        "transfer-encoding",
    ]
)

Declared = dict[tuple[str, str], model.Parameter]  # by place and name


class ParameterReader:
    """Reads parameters. One for each document."""

    def __init__(
        self,
        parts: Parts,
        schemas: SchemaReader,
        content: ContentReader,
        *,
        has_brackets: bool,
    ) -> None:
        """`has_brackets`: whether `nested_values` in generator-config.yaml writes values nested in a query in brackets: `a[b]=1`."""
        self._parts = parts
        self._schemas = schemas
        self._content = content
        self._has_brackets = has_brackets

    def of_operation(
        self,
        item: dict[str, object],
        operation: dict[str, object],
        place: Pointer,
        left_out_parts: Container[str],
    ) -> tuple[model.Parameter, ...]:
        """The parameters of an operation, with those that its path item declares; path parameters first.

        Variables of the path that are not declared are strings.

        Args:
            item: What the document says of the path.
            operation: What the document says of the operation.
            place: The place of the operation.
            left_out_parts: Names of parts that are left out.

        Raises:
            DocumentError: A parameter cannot be sent.
        """
        declared = self.declared(item, place[:2], left_out_parts)
        declared |= self.declared(operation, place, left_out_parts)
        fault = fault_of_places([where for where, _name in declared])
        if fault:
            leave_out(f"{at(place)}: {fault}")
        variables = PATH_VARIABLE.findall(place[1])
        for where, name in list(declared):
            if where == "path" and name not in variables:
                unused = declared.pop((where, name))
                problem = f"the path has no variable {name!r}; ignored"
                self._schemas.nodes.warn(unused.at, problem)
        for name in variables:
            if ("path", name) not in declared:
                problem = f"path variable {name!r} is not declared"
                self._schemas.nodes.warn(place, problem)
                schema = {"type": "string"}
                declaration = {"in": "path", "name": name, "schema": schema}
                undeclared = Part(declaration, (*place, "parameters", name))
                declared["path", name] = self._parameter(undeclared)
        in_path = [declared.pop(("path", name)) for name in variables]
        return (*in_path, *declared.values())

    def declared(
        self,
        holder: dict[str, object],
        place: Pointer,
        left_out_parts: Container[str] = (),
    ) -> Declared:
        """The parameters that an operation or a path item declares, by place and name, without those that are left out.

        Raises:
            DocumentError: A parameter cannot be sent, or is declared twice.
        """
        declared: Declared = {}
        for declaration in self._declarations(holder, place):
            where = str(declaration.content.get("in"))
            name = str(declaration.content.get("name"))
            if where == "header" and name.lower() in _IGNORED_HEADERS:
                problem = f"the header {name} is not a parameter; ignored"
                self._schemas.nodes.warn(declaration.place, problem)
                continue
            if model.parameter_part(where, name) in left_out_parts:
                continue
            parameter = self._parameter(declaration)
            if (where, name) in declared:
                leave_out(
                    f"{at(declaration.place)}: the {where} parameter {name!r} is declared twice; remove one of them"
                )
            declared[where, name] = parameter
        return declared

    def optional(self, holder: dict[str, object], place: Pointer) -> Iterator[Part]:
        """The declarations of the optional parameters of an operation or a path item."""
        for declaration in self._declarations(holder, place):
            is_required = declaration.content.get("required") is True
            where = declaration.content.get("in")
            # Without a name and a place nobody could say which one is left out.
            has_name = isinstance(declaration.content.get("name"), str)
            is_elsewhere = isinstance(where, str) and where != "path"
            if has_name and is_elsewhere and not is_required:
                yield declaration

    def _declarations(
        self, holder: dict[str, object], place: Pointer
    ) -> Iterator[Part]:
        """The declaration of each parameter, with references followed."""
        place = (*place, "parameters")
        for index, raw in enumerate(sequence(holder.get("parameters"), place)):
            yield self._parts.follow(raw, (*place, str(index)))

    def _parameter(self, part: Part) -> model.Parameter:
        raw = part.content
        place = part.place
        name = _name(part)
        where = _where(part, name)
        style = _style(part, where, name)
        schema, content_type = self._content.schema_and_content_type(raw, place)
        if where == "querystring":
            self._check_whole_query(raw, schema, place)
        elif content_type and kind_of(content_type) != model.JSON_KIND:
            leave_out(
                f"{at(place)}: the {where} parameter {name!r} is described as {content_type!r:.60}; only JSON can be sent in a parameter;"
                " describe it as text: `schema: {type: string}`"
            )
        elif not content_type:
            self._check_nesting(schema, where, name, style, place)
        return model.Parameter(
            at=place,
            where=where,
            name=name,
            required=where == "path" or raw.get("required") is True,
            schema=schema,
            style=style,
            explode=raw.get("explode", style in ("form", "cookie")) is True,
            media=content_type,
            component=part.component,
            notes=self._parts.notes(raw),
            description=part.description,
            example=raw.get("example"),
        )

    def _check_whole_query(
        self, raw: dict[str, object], schema: Schema, place: Pointer
    ) -> None:
        """Leave the operation out if a parameter cannot be sent as the whole query."""
        fault = fault_of_content(
            raw,
            schema,
            self._schemas.types,
            self._schemas.broken,
            has_brackets=self._has_brackets,
        )
        if fault:
            name = raw.get("name")
            leave_out(f"{at(place)}: the querystring parameter {name!r}: {fault}")

    def _check_nesting(
        self, schema: Schema, where: str, name: str, style: str, place: Pointer
    ) -> None:
        """Leave the operation out if the style of a parameter cannot express nested values that its schema allows."""
        nested = nested_part(
            schema,
            self._schemas.types,
            self._schemas.broken,
            lists=style == "deepObject",
        )
        if not nested or (where == "query" and self._has_brackets):
            return
        advice = "; describe it as text that callers write, `schema: {type: string}`, or as JSON by `content`"
        if where == "query":
            advice = "; say in generator-config.yaml how the service reads them: nested_values: brackets, indices or repeated"
        leave_out(
            f"{at(place)}: the {where} parameter {name!r} has values nested in {nested!r}, for which OpenAPI defines no form{advice}"
        )


def _name(part: Part) -> str:
    """The name of a parameter, by which it is sent."""
    name = part.content.get("name")
    if not isinstance(name, str):
        leave_out(
            f"{at(part.place)}: a parameter must have a `name` that is text, not {name!r:.40}; correct it"
        )
    return name


def _where(part: Part, name: str) -> str:
    """Where a parameter is sent."""
    where = part.content.get("in")
    if where is None:
        leave_out(
            f"{at(part.place)}: the parameter {name!r} has no `in`, which says where it is sent; add it ({', '.join(_STYLES)})"
        )
    if not isinstance(where, str) or where not in _STYLES:
        leave_out(
            f"{at(part.place)}: the parameter {name!r} is in {where!r:.40}, which is not a place for a parameter in OpenAPI 3;"
            f" correct its `in` ({', '.join(_STYLES)})"
        )
    return where


def _style(part: Part, where: str, name: str) -> str:
    """The style in which the value of a parameter is written."""
    style = part.content.get("style", _STYLES[where][0])
    if not isinstance(style, str) or style not in _STYLES[where]:
        styles = " or ".join(_STYLES[where])
        leave_out(
            f"{at(part.place)}: the {where} parameter {name!r} has the style {style!r:.40}, which is not defined there; use {styles}"
        )
    return style
