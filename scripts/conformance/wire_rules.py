"""How OpenAPI writes values on the wire: parameters, forms and multipart bodies.

Sources: OpenAPI 3.0.4 and 3.1.1, Parameter Object ("Style Values", "Style Examples"), Encoding Object, Media Type Object; RFC 6570,
sections 3.2.1 to 3.2.3 and 3.2.8; RFC 3986, section 6.2.2 (equivalent spellings); RFC 7578 and RFC 2046, section 5.1 (multipart);
RFC 9110, sections 8.3 and 12.5.1 (media types).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_plus

from scripts.conformance.raw import Json, MediaType, Parameter

RESERVED = ":/?#[]@!$&'()*+,;="
# Reserved characters that a query may hold without a meaning of their own there (OpenAPI 3.1.1, allowReserved; RFC 3986, 3.4).
HARMLESS = ":/?@!$'()*,;"
DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


class UndefinedError(Exception):
    """OpenAPI does not define how this value is written."""


@dataclass(frozen=True, slots=True)
class Nesting:
    """How the document's maintainer lets nested values be written, which OpenAPI leaves undefined.

    Attributes:
        lists: Brackets behind the name of a list: "a[]", "a[0]", or none ("a" is repeated).
    """

    lists: str = "repeat"


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and a value that must be on the wire, both percent-encoded as they are to be sent.

    Attributes:
        reserved: Reserved characters of the value stay as they are; some of them may be encoded all the same.
        is_json: The value is JSON, whose spaces and order do not matter.
    """

    name: str
    value: str
    reserved: bool = False
    is_json: bool = False

    def matches(self, name: str, value: str) -> bool:
        """Whether a name and a value on the wire are this pair."""
        if normalised(name) != normalised(self.name):
            return False
        if self.is_json:
            return _same_json(unquote(value), unquote(self.value))
        if not self.reserved:
            return normalised(value) == normalised(self.value)
        if any(quote(character, safe="") in value.upper() for character in HARMLESS):
            return False
        return unquote(value) == unquote(self.value)


def normalised(text: str) -> str:
    """Percent-encoded text in one spelling: unreserved characters as they are, hexadecimal digits in upper case."""

    def spell(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        if re.fullmatch(r"[A-Za-z0-9._~-]", character):
            return character
        return match[0].upper()

    return re.sub(r"%([0-9A-Fa-f]{2})", spell, text)


def _same_json(first: str, second: str) -> bool:
    try:
        return bool(json.loads(first) == json.loads(second))
    except ValueError:
        return False


def scalar_text(value: Json) -> str:
    """A scalar as text: strings as they are, the rest as JSON writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        raise UndefinedError("a value nested in a parameter has no defined form")
    if value is None:
        raise UndefinedError("null has no defined form outside JSON")
    return json.dumps(value)


def encoded(value: Json) -> str:
    """A scalar as simple expansion writes it (RFC 6570, section 3.2.2)."""
    return quote(scalar_text(value), safe="")


def _reserved_encoded(value: Json) -> str:
    """A scalar as reserved expansion writes it (RFC 6570, section 3.2.3): triplets pass through."""
    text = scalar_text(value)
    pieces = re.split(r"(%[0-9A-Fa-f]{2})", text)
    written = ""
    for index, piece in enumerate(pieces):
        written += piece if index % 2 else quote(piece, safe=RESERVED)
    return written


def path_text(parameter: Parameter, value: Json) -> str:
    """What stands in the path for a variable (styles simple, label and matrix)."""
    if parameter.content is not None:
        return quote(json.dumps(value, separators=(",", ":")), safe="")
    name = quote(parameter.name, safe="")
    match parameter.style:
        case "simple":
            return _joined(value, ",", parameter.explode, ",", encoded)
        case "label":
            separator = "." if parameter.explode else ","
            return "." + _joined(value, separator, parameter.explode, ",", encoded)
        case "matrix":
            return _matrix(name, value, parameter.explode)
    raise UndefinedError(f"style {parameter.style!r} is not defined for a path")


def _joined(
    value: Json,
    separator: str,
    explode: bool,
    pair_separator: str,
    encode: Callable[[Json], str],
) -> str:
    """Items, or names and values, with separators between them."""
    if isinstance(value, list):
        return separator.join(encode(item) for item in value)
    if isinstance(value, dict):
        middle = "=" if explode else pair_separator
        pairs = [f"{encode(key)}{middle}{encode(item)}" for key, item in value.items()]
        return separator.join(pairs)
    return encode(value)


def _matrix(name: str, value: Json, explode: bool) -> str:
    if isinstance(value, list) and explode:
        return "".join(f";{name}={encoded(item)}" for item in value)
    if isinstance(value, dict) and explode:
        return "".join(f";{encoded(k)}={encoded(item)}" for k, item in value.items())
    text = _joined(value, ",", False, ",", encoded)
    return f";{name}={text}" if text else f";{name}"


def header_text(parameter: Parameter, value: Json) -> str:
    """The value of a header (style simple; nothing is percent-encoded)."""
    if parameter.content is not None:
        return json.dumps(value, separators=(",", ":"))
    return _joined(value, ",", parameter.explode, ",", scalar_text)


def cookie_pairs(parameter: Parameter, value: Json) -> list[tuple[str, str]]:
    """Names and values of the cookies that a parameter makes, decoded."""
    pairs = query_pairs(parameter, value, None)
    return [(unquote(pair.name), unquote(pair.value)) for pair in pairs]


def query_pairs(
    parameter: Parameter, value: Json, nesting: Nesting | None
) -> list[Pair]:
    """Names and values of the parts of the query that a parameter makes."""
    name = quote(parameter.name, safe="")
    if parameter.content is not None:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        return [Pair(name, quote(text, safe=""), is_json=True)]
    return styled_pairs(
        parameter.name,
        value,
        parameter.style,
        parameter.explode,
        parameter.allow_reserved,
        nesting,
    )


def styled_pairs(
    name: str,
    value: Json,
    style: str,
    explode: bool,
    allow_reserved: bool,
    nesting: Nesting | None,
) -> list[Pair]:
    """The same, also for the properties of a form, whose Encoding Object has a style."""
    encode = _reserved_encoded if allow_reserved else encoded
    if style in ("form", "cookie") or (explode and style in DELIMITERS):
        pairs = _form_pairs(name, value, explode, encode, nesting)
    elif style in DELIMITERS:
        separator = DELIMITERS[style]
        text = _joined(value, separator, False, separator, encode)
        pairs = [(quote(name, safe=""), text)]
    elif style == "deepObject" and isinstance(value, dict):
        pairs = []
        for key, item in value.items():
            inner = f"{name}[{key}]"
            if isinstance(item, dict | list) and nesting is not None:
                pairs += bracketed(inner, item, nesting, encode)
            elif isinstance(item, list):
                # Undefined; repeated here, as most services that take it read it.
                pairs += [(quote(inner, safe=""), encode(part)) for part in item]
            else:
                pairs.append((quote(inner, safe=""), encode(item)))
    elif style == "deepObject" and isinstance(value, list):
        # Undefined as well.
        pairs = bracketed(name, value, nesting or Nesting(), encode)
    elif style == "deepObject":
        raise UndefinedError("deepObject is defined for objects alone")
    else:
        raise UndefinedError(f"style {style!r} is not defined here")
    return [Pair(key, text, reserved=allow_reserved) for key, text in pairs]


def _form_pairs(
    name: str,
    value: Json,
    explode: bool,
    encode: Callable[[Json], str],
    nesting: Nesting | None,
) -> list[tuple[str, str]]:
    quoted = quote(name, safe="")
    if isinstance(value, dict | list) and not value:
        return []
    nested = _is_nested(value)
    if nested and nesting is not None:
        if isinstance(value, dict) and explode:
            pairs = []
            for key, item in value.items():
                pairs += bracketed(key, item, nesting, encode)
            return pairs
        return bracketed(name, value, nesting, encode)
    if isinstance(value, list) and explode:
        return [(quoted, encode(item)) for item in value]
    if isinstance(value, dict) and explode:
        return [(quote(key, safe=""), encode(item)) for key, item in value.items()]
    return [(quoted, _joined(value, ",", False, ",", encode))]


def _is_nested(value: Json) -> bool:
    items: list[Json] = []
    if isinstance(value, dict):
        items = list(value.values())
    elif isinstance(value, list):
        items = value
    return any(isinstance(item, dict | list) for item in items)


def bracketed(
    name: str, value: Json, nesting: Nesting, encode: Callable[[Json], str]
) -> list[tuple[str, str]]:
    """Nested values as the maintainer decided: `a[b][c]`, lists as `a[]`, `a[0]` or repeated."""
    if isinstance(value, dict):
        pairs = []
        for key, item in value.items():
            pairs += bracketed(f"{name}[{key}]", item, nesting, encode)
        return pairs
    if isinstance(value, list):
        pairs = []
        for index, item in enumerate(value):
            suffix = {"repeat": "", "brackets": "[]", "indices": f"[{index}]"}
            pairs += bracketed(name + suffix[nesting.lists], item, nesting, encode)
        return pairs
    return [(quote(name, safe=""), encode(value))]


# Forms


def form_pairs(
    media_type: MediaType, body: Mapping[str, Json], nesting: Nesting | None
) -> list[Pair]:
    """Names and values of an urlencoded form (Encoding Object; where it is silent, contentType's defaults).

    A string whose contentType is JSON holds JSON already.
    """
    pairs: list[Pair] = []
    for name, value in body.items():
        encoding = media_type.encoding.get(name) or {}
        if value is None:
            continue
        if {"style", "explode", "allowReserved"} & encoding.keys():
            style = str(encoding.get("style", "form"))
            explode = encoding.get("explode", style == "form") is True
            reserved = encoding.get("allowReserved") is True
            pairs += styled_pairs(name, value, style, explode, reserved, nesting)
            continue
        is_json = is_json_type(str(encoding.get("contentType", "")).lower())
        if nesting is not None and isinstance(value, dict | list) and not is_json:
            for key, text in bracketed(name, value, nesting, encoded):
                pairs.append(Pair(key, text))
            continue
        quoted = quote(name, safe="")
        whole = is_json or not isinstance(value, list)
        for item in [value] if whole else value:
            if isinstance(item, dict | list):
                text = json.dumps(item, separators=(",", ":"), ensure_ascii=False)
                pairs.append(Pair(quoted, quote(text, safe=""), is_json=True))
            else:
                pairs.append(Pair(quoted, encoded(item)))
    return pairs


def read_form(body: bytes) -> list[tuple[str, str]]:
    """Names and values of an urlencoded form as they came, percent-encoded, `+` read as a space."""
    pairs = []
    for piece in body.decode("ascii").split("&"):
        if piece:
            name, _, value = piece.partition("=")
            pairs.append((name.replace("+", "%20"), value.replace("+", "%20")))
    return pairs


# Multipart


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart body as it came. `content_type` is empty where the part has none."""

    name: str
    content_type: str
    content: bytes


class MalformedError(Exception):
    """The body is not what its Content-Type says."""


def read_multipart(content_type: str, body: bytes) -> list[Part]:
    """The parts of a multipart body (RFC 2046, section 5.1.1)."""
    match = re.search(r';\s*boundary=(?:"([^"]+)"|([^\s;"]+))', content_type)
    if match is None:
        raise MalformedError("the Content-Type has no boundary")
    boundary = (match[1] or match[2]).encode()
    delimiter = b"--" + boundary
    if not body.startswith(delimiter):
        raise MalformedError("the body does not begin with its boundary")
    sections = (b"\r\n" + body).split(b"\r\n" + delimiter)
    if not sections[-1].startswith(b"--"):
        raise MalformedError("the last boundary is missing")
    return [_read_part(section) for section in sections[1:-1]]


def _read_part(section: bytes) -> Part:
    if not section.startswith(b"\r\n"):
        raise MalformedError("a boundary is not followed by the end of the line")
    if section.startswith(b"\r\n\r\n"):
        head, content = b"", section[4:]
    else:
        head, separator, content = section[2:].partition(b"\r\n\r\n")
        if not separator:
            raise MalformedError("a part has no empty line behind its headers")
    headers = {}
    for line in head.split(b"\r\n"):
        name, _, value = line.decode().partition(":")
        headers[name.strip().lower()] = value.strip()
    disposition = headers.get("content-disposition", "")
    match = re.search(r'[;\s]name="((?:[^"\\]|\\.)*)"', disposition)
    name = ""
    if match is not None:
        name = match[1].replace("%22", '"').replace('\\"', '"')
    return Part(name, headers.get("content-type", ""), content)


@dataclass(frozen=True, slots=True)
class ExpectedPart:
    """A part that must come. `media_types`: the types it may have, ranges among them; `content` None: JSON of `value`."""

    name: str
    media_types: tuple[str, ...]
    content: bytes | None
    value: Json = None

    def fault(self, part: Part) -> str:
        """What is wrong with a part that came for this; empty if nothing."""
        essence = part.content_type.partition(";")[0].strip().lower() or "text/plain"
        if not any(in_range(essence, allowed) for allowed in self.media_types):
            wanted = " or ".join(self.media_types)
            return f"the part {self.name!r} is {essence} instead of {wanted}"
        content = part.content
        if self.content is not None:
            charset = parameter_of(part.content_type, "charset")
            if charset and charset.lower() != "utf-8":
                content = content.decode(charset).encode()
            right = content == self.content
        else:
            try:
                right = same_json(json.loads(content), self.value)
            except ValueError:
                right = False
        if right:
            return ""
        return f"the part {self.name!r} holds something else than was given"


def expected_parts(
    media_type: MediaType,
    body: Mapping[str, Json],
    types_of: Callable[[str], str],
    version: tuple[int, int],
    files: Mapping[str, str],
) -> Iterator[list[list[ExpectedPart]]]:
    """For each property, the alternatives of which one must come; each is the list of its parts in order.

    Args:
        media_type: The multipart body, for its Encoding Objects.
        body: The values; bytes where a file was given.
        types_of: The kind of a property by its schema: "binary", "string", "object", "any", ...; of an array, that of its items.
        version: Of OpenAPI: styles apply to form-data from 3.1 on.
        files: Media types that the caller gave with files, by property.
    """
    for name, value in body.items():
        encoding = media_type.encoding.get(name) or {}
        styled = {"style", "explode", "allowReserved"} & encoding.keys()
        is_form = media_type.essence == "multipart/form-data"
        if value is None:
            continue
        if styled and is_form and version >= (3, 1):
            yield [_styled_parts(name, value, encoding)]
            continue
        declared = str(encoding.get("contentType") or "")
        allowed = tuple(t.strip().lower() for t in declared.split(",") if t.strip())
        if name in files:
            allowed = (files[name],)
        kind = types_of(name)
        items = value if isinstance(value, list) else [value]
        by_item = [_expected_part(name, item, allowed, kind) for item in items]
        alternatives = [by_item]
        if isinstance(value, list) and any(map(is_json_type, allowed)):
            alternatives.append([ExpectedPart(name, allowed, None, value)])
            parts = [ExpectedPart(name, allowed, None, item) for item in value]
            alternatives.append(parts)
        yield alternatives


def _expected_part(
    name: str, value: Json, allowed: tuple[str, ...], kind: str
) -> ExpectedPart:
    """One value as a part, with the default of contentType for its schema where nothing is declared."""
    if isinstance(value, bytes):
        return ExpectedPart(name, allowed or ("application/octet-stream",), value)
    structured = isinstance(value, dict | list)
    if not allowed:
        if structured:
            allowed = ("application/json",)
        elif kind == "any":
            allowed = ("text/plain", "application/octet-stream", "application/json")
        elif kind in ("binary", "encoded"):
            allowed = ("application/octet-stream",)
        else:
            allowed = ("text/plain",)
    if structured:
        return ExpectedPart(name, allowed, None, value)
    return ExpectedPart(name, allowed, scalar_text(value).encode())


def _styled_parts(
    name: str, value: Json, encoding: Mapping[str, Json]
) -> list[ExpectedPart]:
    """Parts of a property that has a style: names and values as in a query, without percent-encoding."""
    style = str(encoding.get("style", "form"))
    explode = encoding.get("explode", style == "form") is True
    parts = []
    for pair in styled_pairs(name, value, style, explode, False, None):
        text = unquote_plus(pair.value.replace("+", "%2B"))
        parts.append(ExpectedPart(unquote(pair.name), ("text/plain",), text.encode()))
    return parts


# Media types


def is_json_type(essence: str) -> bool:
    return essence in ("application/json", "text/json") or essence.endswith("+json")


def in_range(essence: str, allowed: str) -> bool:
    """Whether a media type is in a range such as `image/*` (RFC 9110, section 12.5.1)."""
    allowed = allowed.partition(";")[0].strip().lower()
    if allowed in ("*/*", "*"):
        return True
    if allowed.endswith("/*"):
        return essence.startswith(allowed[:-1])
    return essence == allowed


def parameter_of(content_type: str, name: str) -> str:
    """A parameter of a media type; empty where it has none."""
    match = re.search(rf';\s*{name}=(?:"([^"]*)"|([^\s;]+))', content_type, re.I)
    if match is None:
        return ""
    return match[1] or match[2] or ""


def same_json(first: Json, second: Json) -> bool:
    """Whether two values are the same JSON: true is not 1, 1 is 1.0."""
    if isinstance(first, dict) and isinstance(second, dict):
        if first.keys() != second.keys():
            return False
        return all(same_json(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return False
        return all(map(same_json, first, second))
    if isinstance(first, bool) != isinstance(second, bool):
        return False
    return bool(first == second)
