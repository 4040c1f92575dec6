"""Writes parameters and fields of forms as text, in the styles of OpenAPI (Parameter Object, "Style Values")."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .values import UNSET, Unset, json_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import NoReturn, TypeAlias

    # Writes a scalar as text.
    Encode: TypeAlias = Callable[[object], str]
    # A name on the wire, and its value.
    Pair: TypeAlias = tuple[str, object]


def json_text(value: object) -> str:
    """Return a value as JSON, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def scalar_text(value: object) -> str:
    """Return a scalar as text: strings as they are, the rest as JSON writes it."""
    if isinstance(value, str):
        return value
    return json_text(value)


def _quoted(value: object) -> str:
    """Return a scalar as text in which all but letters, digits and `-._~` is percent-encoded."""
    from urllib.parse import quote

    return quote(scalar_text(value), safe="")


def _simple(value: object, explode: bool, encode: Encode, separator: str = ",") -> str:
    """Return a value in the style "simple": items, or names and values, separated by commas."""
    match json_form(value):
        case dict(fields):
            between = "=" if explode else ","
            texts = []
            for key, item in fields.items():
                texts.append(f"{encode(key)}{between}{encode(item)}")
            return separator.join(texts)
        case list(items):
            return separator.join(map(encode, items))
        case scalar:
            return encode(scalar)


def in_header(name: str, value: object, explode: bool = False) -> dict[str, str]:
    """Return the header of a parameter by its name; nothing for null or `UNSET`."""
    if value is None or value is UNSET:
        return {}
    return {name: _simple(value, explode, scalar_text)}


def in_path(
    value: object, explode: bool = False, style: str = "simple", name: str = ""
) -> str:
    """Return the text of a parameter in a path (RFC 6570, sections 3.2.2, 3.2.5 and 3.2.7).

    Args:
        value: A JSON value, a model, a date, a UUID, or a list of them.
        explode: As in OpenAPI: whether items, or names and values, are separated by more than commas.
        style: simple, label or matrix.
        name: The parameter's name on the wire, which only the style matrix writes.

    Raises:
        ValueError: The text would address another path, because it is empty, "." or "..".
    """
    if value is None:
        raise ValueError("a parameter of a path must not be null")
    match style:
        case "label":
            text = _simple(value, explode, _quoted, "." if explode else ",")
            if not text:
                _refuse_empty()
            return f".{text}"
        case "matrix":
            return _matrix(_quoted(name), json_form(value), explode)
        case _:
            text = _simple(value, explode, _quoted)
            if text in ("", ".", ".."):
                _refuse_empty()
            return text


def _refuse_empty() -> NoReturn:
    raise ValueError("a parameter of a path must not be empty, '.' or '..'")


def _matrix(name: str, value: object, explode: bool) -> str:
    """Return a value in the style "matrix": names and values, each after a semicolon."""
    match value:
        case list(items) if explode:
            pairs = [(name, _quoted(item)) for item in items]
        case dict(fields) if explode:
            pairs = [(_quoted(key), _quoted(item)) for key, item in fields.items()]
        case _:
            pairs = [(name, _simple(value, False, _quoted))]
    result = ""
    for key, text in pairs:
        result += f";{key}={text}" if text else f";{key}"
    return result


# Characters that a cookie may hold as they are (RFC 6265, section 4.1.1).
_COOKIE_CHARACTERS = "!#$%&'()*+-./:<=>?@[]^_`{|}~"


def in_cookie(name: str, value: object, explode: bool = True) -> list[str]:
    """Return the cookies of a parameter, such as "a=1"; none for null or `UNSET`."""
    return _pairs(name, value, "form", explode, _quoted_for_cookie)


def _quoted_for_cookie(value: object) -> str:
    from urllib.parse import quote

    return quote(scalar_text(value), safe=_COOKIE_CHARACTERS)


# Reserved characters (RFC 3986, section 2.2) that a query may hold as they are. `#` would end it, `&` and `+` mean something in it, and
# brackets do not belong there (section 3.4): they are encoded even where the document lets reserved characters pass.
_RESERVED_IN_QUERY = ":/?@!$'()*,;="
_PERCENT_TRIPLET = re.compile(r"(%[0-9A-Fa-f]{2})")


def in_query(
    name: str,
    value: object,
    style: str = "form",
    explode: bool = True,
    *,
    reserved: bool = False,
    nested: str = "",
) -> list[str]:
    """Return the parts of a query that a parameter makes, such as "a=1"; none for null or `UNSET`.

    Args:
        name: The parameter's name on the wire.
        value: A JSON value, a model, a date, a UUID, or a list of them.
        style: A style of OpenAPI; "json" for a parameter by `content`.
        explode: Whether each item or field is a part of its own.
        reserved: Whether reserved characters and percent-encoded triplets pass as they are (`allowReserved`).
        nested: How nested values are written; see `expand`.
    """
    encode = _quoted_but_reserved if reserved else _quoted
    return _pairs(name, value, style, explode, encode, nested)


def _quoted_but_reserved(value: object) -> str:
    """Return a scalar as reserved expansion writes it (RFC 6570, section 3.2.3)."""
    from urllib.parse import quote

    result = ""
    for piece in _PERCENT_TRIPLET.split(scalar_text(value)):
        if _PERCENT_TRIPLET.fullmatch(piece):
            result += piece
        else:
            result += quote(piece, safe=_RESERVED_IN_QUERY)
    return result


# Between the items of an array that is one value of a query.
_QUERY_SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


def _pairs(
    name: str,
    value: object,
    style: str,
    explode: bool,
    encode: Encode,
    nested: str = "",
) -> list[str]:
    """Return the parts of a query or a cookie header, whose names and values `encode` writes."""
    separator = _QUERY_SEPARATORS.get(style, ",")
    # Reserved characters pass in values alone.
    encode_name = _quoted if encode is _quoted_but_reserved else encode
    parts = []
    for key, item in expand(name, value, style, explode, nested):
        items = item if isinstance(item, list) else [item]
        parts.append(f"{encode_name(key)}={separator.join(map(encode, items))}")
    return parts


def expand(
    name: str, value: object, style: str, explode: bool, nested: str = ""
) -> list[Pair]:
    """Return the names and values that one value makes in a style of OpenAPI (Parameter Object, "Style Values").

    Args:
        name: The parameter's or property's name on the wire.
        value: A JSON value, a model, a date, a UUID, or a list of them.
        style: A style of OpenAPI; "json" for a parameter by `content`.
        explode: Whether each item or field makes a name and value of its own.
        nested: How objects and arrays inside the value are written, which OpenAPI leaves undefined. Names of fields go into brackets
            (`a[b]`); the items of an array "repeat" the name (`a`), or add "brackets" (`a[]`) or "indices" (`a[0]`) to it. Empty where
            the document nests nothing.

    Returns:
        Names and scalars. A list stands where items are to be joined by the separator of the style.
    """
    plain = json_form(value)
    if plain is None or plain is UNSET or plain in ([], {}):
        return []
    if style == "json":
        return [(name, json_text(plain))]
    if nested and (_is_nested(plain) or style == "deepObject"):
        return _expand_nested(name, plain, style, explode, nested)
    match plain:
        case list(items) if explode:
            return [(name, item) for item in items]
        case dict(fields):
            return _expand_object(name, fields, style, explode)
        case _:
            return [(name, plain)]


def _expand_object(
    name: str, fields: Mapping[str, object], style: str, explode: bool
) -> list[Pair]:
    """Return the names and values of an object whose fields are scalars, or arrays of scalars in the style deepObject."""
    if style == "deepObject":
        pairs: list[Pair] = []
        for key, item in fields.items():
            items = item if isinstance(item, list) else [item]
            pairs += [(f"{name}[{key}]", scalar) for scalar in items]
        return pairs
    if explode:
        return list(fields.items())
    names_and_values: list[object] = []
    for pair in fields.items():
        names_and_values += pair
    return [(name, names_and_values)]


def _is_nested(value: object) -> bool:
    """Whether an array or object holds another one."""
    items: Iterable[object] = ()
    if isinstance(value, dict):
        items = value.values()
    elif isinstance(value, list):
        items = value
    return any(isinstance(item, (dict, list)) for item in items)


def _expand_nested(
    name: str, value: object, style: str, explode: bool, nested: str
) -> list[Pair]:
    if isinstance(value, dict) and explode and style == "form":
        pairs: list[Pair] = []
        for key, item in value.items():
            pairs += in_brackets(key, item, nested)
        return pairs
    return in_brackets(name, value, nested)


def in_brackets(name: str, value: object, nested: str) -> list[Pair]:
    """Return the names and scalars of a value of any depth: `a[b][c]`, and arrays as `nested` says (see `expand`)."""
    pairs: list[Pair] = []
    match value:
        case dict(fields):
            for key, item in fields.items():
                pairs += in_brackets(f"{name}[{key}]", item, nested)
        case list(items):
            for index, item in enumerate(items):
                suffix = {"brackets": "[]", "indices": f"[{index}]"}.get(nested, "")
                pairs += in_brackets(f"{name}{suffix}", item, nested)
        case None | Unset():
            pass
        case _:
            pairs.append((name, value))
    return pairs
