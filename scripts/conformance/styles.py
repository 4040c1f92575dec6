"""How OpenAPI writes parameters: the styles of paths, queries, headers and cookies.

Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0, Parameter Object ("Style Values", "Style Examples"); RFC 6570, sections 3.2.1 to 3.2.3 and 3.2.8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from scripts.conformance.operations import Parameter
from scripts.conformance.pairs import Pair

RESERVED = ":/?#[]@!$&'()*+,;="
DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}

Encode = Callable[[object], str]


class UndefinedError(Exception):
    """OpenAPI does not define how this value is written."""


@dataclass(frozen=True, slots=True)
class Nesting:
    """How the document's maintainer lets nested values be written, which OpenAPI leaves undefined.

    Attributes:
        lists: What stands behind the name of a list: "brackets" (`a[]`), "indices" (`a[0]`) or "repeat" (`a`).
    """

    lists: str = "repeat"

    def suffix(self, index: int) -> str:
        """The text behind the name of a list's item."""
        return {"repeat": "", "brackets": "[]", "indices": f"[{index}]"}[self.lists]


@dataclass(frozen=True, slots=True)
class Style:
    """How a named value is written."""

    name: str
    explode: bool
    allow_reserved: bool = False

    @property
    def encode(self) -> Encode:
        """Writes a scalar percent-encoded."""
        if self.allow_reserved:
            return _reserved_encoded
        return encoded


def compact_json(value: object) -> str:
    """JSON without blanks, in ASCII."""
    return json.dumps(value, separators=(",", ":"))


def json_pair(name: str, value: object) -> Pair:
    """A name with JSON as its value; the name is percent-encoded already."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return Pair(name, quote(text, safe=""), is_json=True)


def scalar_text(value: object) -> str:
    """A scalar as text: strings as they are, the rest as JSON writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        raise UndefinedError("a value nested in a parameter has no defined form")
    if value is None:
        raise UndefinedError("null has no defined form outside JSON")
    return json.dumps(value)


def encoded(value: object) -> str:
    """A scalar as simple expansion writes it (RFC 6570, section 3.2.2)."""
    return quote(scalar_text(value), safe="")


def _reserved_encoded(value: object) -> str:
    """A scalar as reserved expansion writes it (RFC 6570, section 3.2.3): triplets pass through."""
    written = ""
    for piece in re.split(r"(%[0-9A-Fa-f]{2})", scalar_text(value)):
        if re.fullmatch(r"%[0-9A-Fa-f]{2}", piece):
            written += piece
        else:
            written += quote(piece, safe=RESERVED)
    return written


# Path, headers, cookies


def path_text(parameter: Parameter, value: object) -> str:
    """The text of a variable in a path (styles simple, label and matrix)."""
    if parameter.content is not None:
        return quote(compact_json(value), safe="")
    name = quote(parameter.name, safe="")
    match parameter.style:
        case "simple":
            return _expanded(value, ",", explode=parameter.explode)
        case "label":
            separator = ","
            if parameter.explode:
                separator = "."
            return "." + _expanded(value, separator, explode=parameter.explode)
        case "matrix":
            return _matrix(name, value, explode=parameter.explode)
    raise UndefinedError(f"style {parameter.style!r} is not defined for a path")


def _expanded(
    value: object, separator: str, *, explode: bool, encode: Encode = encoded
) -> str:
    """Items, or names and values, with separators between them. A name and its value are joined by `=` or a comma."""
    if explode:
        return _joined(value, separator, "=", encode)
    return _joined(value, separator, ",", encode)


def _joined(value: object, separator: str, equals: str, encode: Encode) -> str:
    if isinstance(value, list):
        return separator.join(encode(item) for item in value)
    if isinstance(value, dict):
        pairs = [f"{encode(key)}{equals}{encode(item)}" for key, item in value.items()]
        return separator.join(pairs)
    return encode(value)


def _matrix(name: str, value: object, *, explode: bool) -> str:
    if isinstance(value, list) and explode:
        return "".join(f";{name}={encoded(item)}" for item in value)
    if isinstance(value, dict) and explode:
        return "".join(f";{encoded(k)}={encoded(item)}" for k, item in value.items())
    text = _joined(value, ",", ",", encoded)
    if text:
        return f";{name}={text}"
    return f";{name}"


def header_text(parameter: Parameter, value: object) -> str:
    """The value of a header (style simple; nothing is percent-encoded)."""
    if parameter.content is not None:
        return compact_json(value)
    return _expanded(value, ",", explode=parameter.explode, encode=scalar_text)


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that must be sent.

    Attributes:
        is_literal: The value stands as it is; else it may be percent-encoded.
    """

    name: str
    value: str
    is_literal: bool = False

    def matches(self, name: str, value: str) -> bool:
        """Whether a cookie of a request is this one."""
        if self.is_literal:
            return (name, value) == (self.name, self.value)
        return (unquote(name), unquote(value)) == (self.name, self.value)


def cookies_of(parameter: Parameter, value: object) -> list[Cookie]:
    """The cookies that a parameter makes. Style `cookie` encodes nothing (OpenAPI 3.2)."""
    is_literal = parameter.style == "cookie" and parameter.content is None
    pairs = query_pairs(parameter, value, None)
    return [Cookie(unquote(p.name), unquote(p.value), is_literal) for p in pairs]


# Query


def query_pairs(
    parameter: Parameter, value: object, nesting: Nesting | None
) -> list[Pair]:
    """Names and values of the parts of the query that a parameter makes."""
    if parameter.content is not None:
        return [json_pair(quote(parameter.name, safe=""), value)]
    style = Style(parameter.style, parameter.explode, parameter.allow_reserved)
    return styled_pairs(parameter.name, value, style, nesting)


def styled_pairs(
    name: str, value: object, style: Style, nesting: Nesting | None
) -> list[Pair]:
    """The same, also for the properties of a form, whose Encoding Object has a style."""
    if style.name in ("form", "cookie") or (style.explode and style.name in DELIMITERS):
        pairs = _form_style(name, value, style, nesting)
    elif style.name in DELIMITERS:
        separator = DELIMITERS[style.name]
        text = _joined(value, separator, separator, style.encode)
        pairs = [(quote(name, safe=""), text)]
    elif style.name == "deepObject":
        pairs = _deep_object(name, value, style, nesting)
    else:
        raise UndefinedError(f"style {style.name!r} is not defined here")
    return [Pair(key, text, reserved=style.allow_reserved) for key, text in pairs]


def _form_style(
    name: str, value: object, style: Style, nesting: Nesting | None
) -> list[tuple[str, str]]:
    encode = style.encode
    if isinstance(value, dict | list) and not value:
        return []
    if nesting is not None and _is_nested(value):
        if not (isinstance(value, dict) and style.explode):
            return bracketed(name, value, nesting, encode)
        pairs = []
        for key, item in value.items():
            pairs += bracketed(key, item, nesting, encode)
        return pairs
    quoted = quote(name, safe="")
    if isinstance(value, list) and style.explode:
        return [(quoted, encode(item)) for item in value]
    if isinstance(value, dict) and style.explode:
        return [(quote(key, safe=""), encode(item)) for key, item in value.items()]
    return [(quoted, _joined(value, ",", ",", encode))]


def _deep_object(
    name: str, value: object, style: Style, nesting: Nesting | None
) -> list[tuple[str, str]]:
    if isinstance(value, list):
        # Undefined; written as the maintainer decided, or repeated.
        return bracketed(name, value, nesting or Nesting(), style.encode)
    if not isinstance(value, dict):
        if nesting is not None:
            # As the maintainer decided: a value that is not nested has no brackets.
            return bracketed(name, value, nesting, style.encode)
        raise UndefinedError(
            f"{name!r} is {value!r:.40} in the style deepObject, which OpenAPI defines for objects alone"
        )
    pairs = []
    for key, item in value.items():
        inner_name = f"{name}[{key}]"
        if isinstance(item, dict | list) and nesting is not None:
            pairs += bracketed(inner_name, item, nesting, style.encode)
        elif isinstance(item, list):
            # Undefined; repeated here, as most services that take it read it.
            pairs += [(quote(inner_name, safe=""), style.encode(i)) for i in item]
        else:
            pairs.append((quote(inner_name, safe=""), style.encode(item)))
    return pairs


def _is_nested(value: object) -> bool:
    """Whether a mapping or a list holds others."""
    items: list[object] = []
    if isinstance(value, dict):
        items = list(value.values())
    elif isinstance(value, list):
        items = value
    return any(isinstance(item, dict | list) for item in items)


def bracketed(
    name: str, value: object, nesting: Nesting, encode: Encode = encoded
) -> list[tuple[str, str]]:
    """Nested values as the maintainer decided: `a[b][c]`, lists as `a[]`, `a[0]` or repeated."""
    pairs = []
    if isinstance(value, dict):
        for key, item in value.items():
            pairs += bracketed(f"{name}[{key}]", item, nesting, encode)
        return pairs
    if isinstance(value, list):
        for index, item in enumerate(value):
            pairs += bracketed(name + nesting.suffix(index), item, nesting, encode)
        return pairs
    return [(quote(name, safe=""), encode(value))]
