"""How values become JSON, text and parts, and back; and the types that users see: `UNSET`, `File`, `Response`."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping, MutableMapping
from http import HTTPStatus
from io import FileIO
from os import PathLike, fspath
from typing import IO, Any, BinaryIO, Generic, Literal, TypeVar

from attrs import define, field


class Unset:
    """The type of `UNSET`: a field that was not given"""

    def __bool__(self) -> Literal[False]:
        return False

    def __reduce__(self) -> str:
        return "UNSET"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Unset = Unset()


# The types that `httpx.Client(files=)` can accept: name, content, content type, headers.
FileContent = IO[bytes] | bytes | str


FileTypes = (
    tuple[str | None, FileContent, str | None]
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)


RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO | bytes | PathLike[str]
    """The content, read when it is sent"""
    file_name: str | None = None
    """The file name sent to the service"""
    mime_type: str | None = None
    """The content type sent to the service"""


# What may be given for a file: its content, a binary file object, a path; or, with a name and content type, a File or a tuple.
FileInput = File | BinaryIO | bytes | PathLike[str] | FileTypes


T = TypeVar("T")


def shown(value: object) -> str:
    """Return the `repr` of a value. Of plain mappings, such as a service's JSON, it shows names, never values: they may be secrets."""
    if isinstance(value, Mapping):
        return repr(dict.fromkeys(value, "***"))
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(shown, value))}]"
    return repr(value)


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: HTTPStatus
    """The status; an int if it has no name"""
    content: bytes = field(repr=False)
    """The body, decompressed"""
    headers: MutableMapping[str, str] = field(repr=False)
    """Headers"""
    parsed: T | None = field(repr=shown)
    """What the operation returns; None where the document describes nothing"""

    @property
    def request_id(self) -> str | None:
        """Return the service's id of the request, to quote to its support: from a response header, else from the body."""
        from . import redact

        return redact.request_id(self.headers, self.content)


# Values

# The characters between year and month, and between date and time.
_SEPARATED = ("-T", "-t", "- ")
# A type and a subtype (RFC 9110, section 8.3.1), and parameters as senders write them.
_MEDIA_TYPE = re.compile(
    r"[!#-'*+.^-z|~0-9A-Z-]+/[!#-'*+.^-z|~0-9A-Z-]+([ \t]*;[ -~]*)?"
)
_DIGITS = tuple("0123456789")
_SIGNS = ("+", "-")
# A moment with digits that datetime would drop: anything but zeros behind the microseconds.
_NANOSECONDS = re.compile(r".{19}\.[0-9]{6}0*[1-9]")


class LocalTime(str):
    """The text of a datetime without an offset. It can be looked at, but is refused when it would be sent (RFC 3339, section 5.6)."""

    __slots__ = ()


def written(value: Any) -> Any:
    """Return the JSON form of a model, a date, a UUID or a list of them, or the value itself."""
    to_dict = getattr(value, "to_dict", None)
    if to_dict is not None:
        return to_dict()
    if value is None or isinstance(value, (str, int, float, dict)):
        return value
    if isinstance(value, (list, tuple)):
        return [written(item) for item in value]
    if isinstance(value, datetime.datetime):
        return _written_moment(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    from uuid import UUID

    return str(value) if isinstance(value, UUID) else value


def without_unset(value: Any) -> Any:
    """Return a JSON value without what was not given, at any depth."""
    match value:
        case dict():
            return {
                name: without_unset(item)
                for name, item in value.items()
                if item is not UNSET
            }
        case list():
            return [without_unset(item) for item in value if item is not UNSET]
        case _:
            return value


class Moment(datetime.datetime):
    """A datetime that was read, and the text that it was read from. What is computed from it is a datetime like any other."""

    __slots__ = ("_text",)
    _text: str

    @classmethod
    def of(cls, moment: datetime.datetime, text: str) -> Moment:
        """Return a moment with the text that it was read from."""
        read = cls.combine(moment.date(), moment.timetz())
        read._text = text
        return read

    def __reduce_ex__(self, protocol: Any) -> Any:
        text = getattr(self, "_text", None)
        if text is not None:
            return (read_datetime, (text,))
        plain = datetime.datetime.combine(self.date(), self.timetz())
        return plain.__reduce_ex__(protocol)

    def __repr__(self) -> str:
        plain = datetime.datetime.combine(self.date(), self.timetz())
        return repr(plain)


def read_datetime(value: Any) -> Any:
    """Return a `date-time` as datetime, or the value itself where it is none (RFC 3339, section 5.6).

    It is written as it was read. A moment with nanoseconds stays text, because datetime cannot hold it. The standard library reads the
    common forms in a fraction of a microsecond; python-dateutil, imported then, the rest: a lower-case `z`, the hour 24.
    """
    if not isinstance(value, str) or value[4:5] + value[10:11] not in _SEPARATED:
        return value
    # Most moments are spared the search.
    if value[26:27] in _DIGITS and _NANOSECONDS.match(value):
        return value
    # What `isoformat` would give back as it is needs no text beside it. Slices are compared, which costs less than any call.
    offset = ""
    if value[19:20] == "." and value[20:26] != "000000":
        offset = value[26:]
    elif value[19:20] != ".":
        offset = value[19:]
    is_as_written = (
        value[10:11] == "T"
        and offset[:1] in _SIGNS
        and offset[3:4] == ":"
        and offset[5:6] != ""
        and offset[6:] == ""
        and offset != "-00:00"
    )
    try:
        if is_as_written:
            return datetime.datetime.fromisoformat(value)
        moment = Moment.fromisoformat(value)
    except ValueError:
        return _read_rare_datetime(value)
    moment._text = value
    return moment


def _read_rare_datetime(text: str) -> Any:
    from dateutil.parser import isoparse

    try:
        return Moment.of(isoparse(text.upper().replace(" ", "T", 1)), text)
    except (ValueError, OverflowError):
        return text


def read_date(value: Any) -> Any:
    """Return a `date` as date, or the value itself where it is none."""
    try:
        return datetime.date.fromisoformat(value) if len(value) == 10 else value
    except (TypeError, ValueError):
        return value


def read_uuid(value: Any) -> Any:
    """Return a `uuid` as UUID, or the value itself where it is none."""
    from uuid import UUID

    try:
        return UUID(value) if len(value) == 36 else value
    except (AttributeError, TypeError, ValueError):
        return value


def _written_moment(moment: datetime.datetime) -> str:
    text: str = getattr(moment, "_text", "") or moment.isoformat()
    return LocalTime(text) if moment.utcoffset() is None else text


def read_any(response: Any) -> Any:
    """Return the content of a response by its own Content-Type: JSON, text, else bytes (RFC 9110, section 8.3)."""
    content_type = response.headers.get("content-type", "")
    essence = content_type.partition(";")[0].strip().lower()
    subtype = essence.rpartition("/")[2]
    if subtype == "json" or subtype.endswith("+json"):
        return response.json()
    if essence.startswith("text/") or subtype == "xml" or subtype.endswith("+xml"):
        return response.text
    return response.content


# Statuses whose responses have no content, whatever a document says (RFC 9110, section 6.4.1).
NO_BODY = (204, 205, 304)


def named_status(code: int) -> Any:
    """Return the status as `HTTPStatus`, or the number where it has no name there."""
    try:
        return HTTPStatus(code)
    except ValueError:
        return code


# Parameters, in the styles of OpenAPI, with its `explode`


def json_text(value: Any) -> str:
    """Return a value as JSON, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def scalar_text(value: Any) -> str:
    """Return a scalar as text: strings as they are, the rest as JSON writes it."""
    return value if isinstance(value, str) else json_text(value)


def _quoted(value: Any) -> str:
    """Return a scalar as text, percent-encoded but for letters, digits and `-._~`."""
    from urllib.parse import quote

    return quote(scalar_text(value), safe="")


def _simple(
    value: Any, explode: bool, encode: Callable[[Any], str], separator: str = ","
) -> str:
    """Return a value in the style "simple": items, or names and values, separated by commas."""
    value = without_unset(written(value))
    if isinstance(value, dict):
        to = "=" if explode else ","
        pairs = [f"{encode(key)}{to}{encode(item)}" for key, item in value.items()]
        return separator.join(pairs)
    return separator.join(map(encode, value if isinstance(value, list) else [value]))


def in_header(name: str, value: Any, explode: bool = False) -> dict[str, str]:
    """Return the header that a parameter makes; none where it is not set."""
    if value is None or value is UNSET:
        return {}
    return {name: _simple(value, explode, scalar_text)}


def in_path(
    value: Any, explode: bool = False, style: str = "simple", name: str = ""
) -> str:
    """Return the text of a parameter in a path (RFC 6570, sections 3.2.2, 3.2.5 and 3.2.7).

    Args:
        value: A JSON value, a model, a date, a UUID, or a list of them.
        explode: Whether items, or names and values, stand apart.
        style: simple, label or matrix.
        name: The parameter's name on the wire, which matrix writes.

    Raises:
        ValueError: It would make another path.
    """
    if value is None:
        raise ValueError("a parameter of a path must not be null")
    match style:
        case "label":
            made = _simple(value, explode, _quoted, "." if explode else ",")
            return f".{made}" if made else _refuse_empty()
        case "matrix":
            return _matrix(_quoted(name), written(value), explode)
        case _:
            made = _simple(value, explode, _quoted)
    if made in ("", ".", ".."):
        _refuse_empty()
    return made


def _refuse_empty() -> str:
    raise ValueError("a parameter of a path must not be empty, '.' or '..'")


def _matrix(name: str, value: Any, explode: bool) -> str:
    """Return a value in the style "matrix": names and values, each behind a semicolon."""
    if isinstance(value, list) and explode:
        pairs = [(name, _quoted(item)) for item in value]
    elif isinstance(value, dict) and explode:
        pairs = [(_quoted(key), _quoted(item)) for key, item in value.items()]
    else:
        pairs = [(name, _simple(value, False, _quoted))]
    return "".join(f";{key}={text}" if text else f";{key}" for key, text in pairs)


def in_cookie(name: str, value: Any, explode: bool = True) -> list[str]:
    """Return the cookies that a parameter makes, of characters that cookies may have (RFC 6265); none where it is not set."""
    from urllib.parse import quote

    safe = "!#$%&'()*+-./:<=>?@[]^_`{|}~"
    return _pairs(
        name, value, "form", explode, lambda v: quote(scalar_text(v), safe=safe)
    )


# Reserved characters (RFC 3986, section 2.2) that a query may hold as they are. `#` would end it, `&` and `+` mean something in it, and
# brackets do not belong there (section 3.4): they are encoded even where the document lets reserved characters pass.
_PASSING = ":/?@!$'()*,;="
_PERCENT_TRIPLET = r"(%[0-9A-Fa-f]{2})"


def in_query(
    name: str,
    value: Any,
    style: str = "form",
    explode: bool = True,
    *,
    reserved: bool = False,
    nested: str = "",
) -> list[str]:
    """Return the parts of a query that a parameter makes; none where it is not set.

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


def _quoted_but_reserved(value: Any) -> str:
    """Return a scalar as reserved expansion writes it (RFC 6570, section 3.2.3)."""
    import re
    from urllib.parse import quote

    written_text = ""
    for piece in re.split(_PERCENT_TRIPLET, scalar_text(value)):
        if re.fullmatch(_PERCENT_TRIPLET, piece):
            written_text += piece
        else:
            written_text += quote(piece, safe=_PASSING)
    return written_text


def _pairs(
    name: str,
    value: Any,
    style: str,
    explode: bool,
    encode: Callable[[Any], str],
    nested: str = "",
) -> list[str]:
    """Return the parts of a query or a cookie header, with names and values encoded in some way."""
    separator = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    parts = []
    for key, item in expand(name, value, style, explode, nested):
        items = item if isinstance(item, list) else [item]
        quoted_key = _quoted(key) if encode is _quoted_but_reserved else encode(key)
        parts.append(f"{quoted_key}={separator.join(map(encode, items))}")
    return parts


def expand(
    name: str, value: Any, style: str, explode: bool, nested: str = ""
) -> list[tuple[str, Any]]:
    """Return the names and values that one value makes in a style of OpenAPI (Parameter Object, "Style Values").

    Args:
        name: The parameter's or property's name on the wire.
        value: A JSON value, a model, a date, a UUID, or a list of them.
        style: A style of OpenAPI; "json" for a parameter by `content`.
        explode: Whether each item or field makes a name and value of its own.
        nested: How values within values are written, which OpenAPI leaves open: their names in brackets, and of a list "repeat" the
            name, or add "brackets" or "indices" to it. Empty where nothing is nested.

    Returns:
        Names and scalars. A list stands where items are to be joined by the separator of the style.
    """
    value = without_unset(written(value))
    if value is None or value is UNSET or value == [] or value == {}:
        return []
    if style == "json":
        return [(name, json_text(value))]
    if nested and (_is_nested(value) or style == "deepObject"):
        return _expand_nested(name, value, style, explode, nested)
    match value:
        case list() if explode:
            return [(name, item) for item in value]
        case dict() if style == "deepObject":
            pairs = []
            for key, item in value.items():
                items = item if isinstance(item, list) else [item]
                pairs += [(f"{name}[{key}]", each) for each in items]
            return pairs
        case dict() if explode:
            return list(value.items())
        case dict():
            return [(name, [part for pair in value.items() for part in pair])]
        case _:
            return [(name, value)]


def _is_nested(value: Any) -> bool:
    """Whether an array or object holds another one."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.values()
    elif isinstance(value, list):
        items = value
    return any(isinstance(item, (dict, list)) for item in items)


def _expand_nested(
    name: str, value: Any, style: str, explode: bool, nested: str
) -> list[tuple[str, Any]]:
    if isinstance(value, dict) and explode and style == "form":
        pairs = []
        for key, item in value.items():
            pairs += in_brackets(key, item, nested)
        return pairs
    return in_brackets(name, value, nested)


def in_brackets(name: str, value: Any, nested: str) -> list[tuple[str, Any]]:
    """Return the names and scalars of a value of any depth: `a[b][c]`, and lists as `nested` says (see `expand`)."""
    pairs: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        for key, item in value.items():
            pairs += in_brackets(f"{name}[{key}]", item, nested)
        return pairs
    if isinstance(value, list):
        for index, item in enumerate(value):
            suffix = {"brackets": "[]", "indices": f"[{index}]"}.get(nested, "")
            pairs += in_brackets(f"{name}{suffix}", item, nested)
        return pairs
    if value is None or value is UNSET:
        return []
    return [(name, value)]


# Bodies


class PathFile(FileIO):
    """A file on disk that closes itself where nobody closes it."""

    def __del__(self) -> None:
        self.close()


class UnusableParameter(ValueError):
    """Why a parameter can't be sent, in words that may be shown."""


def check_media_type(text: str) -> None:
    """Refuse what is no media type, and would make other headers.

    Raises:
        UnusableParameter: It is none.
    """
    if not _MEDIA_TYPE.fullmatch(text):
        raise UnusableParameter("the content type of a file is no media type")


def _open(path: PathLike[str]) -> PathFile:
    try:
        return PathFile(fspath(path))
    except OSError as error:
        fault = error.strerror or type(error).__name__
    raise UnusableParameter(fault)


def file_content(value: Any) -> Any:
    """Return what is sent for a file: its content, or a binary file object, which a path becomes."""
    value = value.payload if isinstance(value, File) else value
    if isinstance(value, tuple):
        value = value[1]
    return _open(value) if isinstance(value, PathLike) else value
