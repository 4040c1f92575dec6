"""The public types `UNSET`, `File` and `Response`; writes and reads the values of models: JSON, dates, files."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, MutableMapping, Sequence
from http import HTTPStatus
from io import FileIO
from os import PathLike, fspath
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Generic, Literal, NoReturn, TypeVar

from attrs import define, field

from .importing import IMPORTING

if TYPE_CHECKING:
    from typing import Protocol, SupportsIndex, TypeAlias, TypeGuard

    # JSON data.
    JsonValue: TypeAlias = (
        "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
    )

    class DecodedResponse(Protocol):
        """A response of httpx, or one of ours that stands for it."""

        @property
        def headers(self) -> Mapping[str, str]:
            """Headers, whose names are found in any case."""

        @property
        def content(self) -> bytes:
            """The content, decompressed."""

        @property
        def text(self) -> str:
            """The content as text."""

        def json(self) -> object:
            """Return the content as JSON data."""


class Unset:
    """The type of `UNSET`, the value of a field that is absent"""

    def __bool__(self) -> Literal[False]:
        return False

    def __reduce__(self) -> str:
        return "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    if not TYPE_CHECKING:  # type checkers report the access

        def __getattr__(self, name: str) -> NoReturn:
            """Say why there is no attribute: the field above it is absent."""
            raise AttributeError(
                f"no {name!r} here: the field is UNSET, which is to say absent",
                name=name,
                obj=self,
            )


UNSET: Unset = Unset()


# The types that `httpx.Client(files=)` accepts: name, content, content type, headers.
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


# What callers pass for a file: its content, a binary file object or a path; or a File or tuple, which add a name and a content type.
FileInput = File | BinaryIO | bytes | PathLike[str] | FileTypes


T = TypeVar("T")


def shown(value: object) -> str:
    """Return the `repr` of a value. Plain mappings, such as a service's JSON, show their keys only: values may be secrets.

    The secrets in URLs, such as `?key=...`, are masked.
    """
    if isinstance(value, str) and ("=" in value or "@" in value):
        from .redact import without_secrets_of_urls

        return repr(without_secrets_of_urls(value))
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
        from . import service_words

        return service_words.request_id(self.headers, self.content)


class DetailedResponse(Response[T]):
    """The response to a successful call of a client. Unlike `Response`, it always has what the operation returns."""

    __slots__ = ()
    if TYPE_CHECKING:
        parsed: T
        """What the operation returns"""


# Values

# The characters of a moment behind its year and behind its date.
_SEPARATORS_OF_A_MOMENT = ("-T", "-t", "- ")
# A type and a subtype (RFC 9110, section 8.3.1), and parameters as senders write them.
_MEDIA_TYPE = re.compile(
    r"[!#-'*+.^-z|~0-9A-Z-]+/[!#-'*+.^-z|~0-9A-Z-]+([ \t]*;[ -~]*)?"
)
_SCALARS = frozenset((str, int, float, bool, type(None)))
_DIGITS = tuple("0123456789")
_SIGNS = ("+", "-")
# A moment with digits that datetime would drop: anything but zeros behind the microseconds.
_NANOSECONDS = re.compile(r".{19}\.[0-9]{6}0*[1-9]")


class LocalTime(str):
    """The text of a datetime without an offset. `to_dict` returns it; the check of a request refuses it (RFC 3339, section 5.6)."""

    __slots__ = ()


# What these functions return, generated code knows: it assigns the result to a field or variable of the type that the document describes.
def written(value: object) -> Any:  # noqa: ANN401  # see above
    """Return the JSON form of a model, a date, a UUID or a list of them; anything else as it is."""
    to_dict = getattr(value, "to_dict", None)
    if to_dict is not None:
        return to_dict()
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [written(item) for item in value]
    if isinstance(value, dict):
        return copied(value)
    return _written_object(value)


def copied(value: object) -> Any:  # noqa: ANN401  # see above
    """Return a copy of JSON data, for a model and its JSON form to share no list and no object. Anything else is returned as it is."""
    # Most values are scalars: a call for each would cost more than all the rest. `type` is quicker than `isinstance`.
    if type(value) is dict or isinstance(value, dict):
        fields = {**value}
        for name in fields:
            if type(fields[name]) not in _SCALARS:
                fields[name] = copied(fields[name])
        return fields
    if type(value) is list or isinstance(value, list):
        return [item if type(item) in _SCALARS else copied(item) for item in value]
    return value


def plain_form(value: object) -> object:
    """Return the JSON form of a value that JSON has no type for, as `json.dumps` asks for it.

    Raises:
        TypeError: It has none.
    """
    form: object = written(value)
    if form is value:
        raise TypeError(f"{type(value).__name__} can't be written as JSON")
    return form


def _written_object(value: object) -> object:
    """Return the text of a date or a UUID; anything else as it is."""
    from uuid import UUID

    match value:
        case datetime.datetime():
            return _written_moment(value)
        case datetime.date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value


def without_unset(value: object) -> object:
    """Return a copy of a JSON value from which `UNSET` is removed at every depth."""
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


def json_form(value: object) -> object:
    """Return the JSON form of a value at every depth, without `UNSET`."""
    match written(value):
        case dict(fields):
            return {
                name: json_form(item)
                for name, item in fields.items()
                if item is not UNSET
            }
        case list(items):
            return [json_form(item) for item in items if item is not UNSET]
        case scalar:
            return scalar


class Moment(datetime.datetime):
    """A datetime that keeps the text it was read from, and is written as that text. Arithmetic on it returns plain datetimes."""

    __slots__ = ("_text",)
    _text: str

    @classmethod
    def of(cls, moment: datetime.datetime, text: str) -> Moment:
        """Return the moment with the text that it was read from."""
        result = cls.combine(moment.date(), moment.timetz())
        result._text = text
        return result

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[object, ...]:
        text = getattr(self, "_text", None)
        if text is not None:
            return (read_datetime, (text,))
        plain = datetime.datetime.combine(self.date(), self.timetz())
        return plain.__reduce_ex__(protocol)

    def __repr__(self) -> str:
        plain = datetime.datetime.combine(self.date(), self.timetz())
        return repr(plain)


def read_datetime(value: object) -> Any:  # noqa: ANN401  # see `written`
    """Return a `date-time` (RFC 3339, section 5.6) as datetime; anything else as it is.

    The result is written as it was read. A moment with nanoseconds stays text, because datetime cannot hold it. The standard library
    reads the common forms in a fraction of a microsecond. python-dateutil, which is imported on demand, reads the rest: a lower-case
    `z`, the hour 24.
    """
    if type(value) is not str and not isinstance(value, str):
        return value
    if value[4:5] + value[10:11] not in _SEPARATORS_OF_A_MOMENT:
        return value
    # Only a moment with a seventh decimal needs the slower search.
    if value[26:27] in _DIGITS and _NANOSECONDS.match(value):
        return value
    # A moment that `isoformat` writes the same way needs no text beside it. Comparing slices costs less than any call.
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


def _read_rare_datetime(text: str) -> Moment | str:
    with IMPORTING:
        from dateutil.parser import isoparse

    try:
        return Moment.of(isoparse(text.upper().replace(" ", "T", 1)), text)
    except (ValueError, OverflowError):
        return text


def read_date(value: object) -> Any:  # noqa: ANN401  # see `written`
    """Return a `date` as date; anything else as it is."""
    if not isinstance(value, str) or len(value) != 10:
        return value
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return value


def read_uuid(value: object) -> Any:  # noqa: ANN401  # see `written`
    """Return a `uuid` as UUID; anything else as it is."""
    from uuid import UUID

    if not isinstance(value, str) or len(value) != 36:
        return value
    try:
        return UUID(value)
    except ValueError:
        return value


def array(value: object) -> Sequence[Any]:
    """Return an array, to read its items. Iteration alone would also take text and objects apart.

    Raises:
        TypeError: It is something else.
    """
    if type(value) is list or isinstance(value, (list, tuple)):  # the first is quicker
        return value
    raise TypeError("expected array")


def _written_moment(moment: datetime.datetime) -> str:
    text: str = getattr(moment, "_text", "") or moment.isoformat()
    return LocalTime(text) if moment.utcoffset() is None else text


def read_any(response: DecodedResponse) -> Any:  # noqa: ANN401  # see `written`
    """Return the content of a response as its Content-Type says: JSON data, text or bytes (RFC 9110, section 8.3)."""
    content_type = response.headers.get("content-type", "")
    essence = content_type.partition(";")[0].strip().lower()
    subtype = essence.rpartition("/")[2]
    if subtype == "json" or subtype.endswith("+json"):
        return response.json()
    if essence.startswith("text/") or subtype == "xml" or subtype.endswith("+xml"):
        return response.text
    return response.content


# A parameter of a media type, its value a token or quoted (RFC 9110, section 5.6.6).
_MEDIA_PARAMETER = re.compile(
    r';[ \t]*([^\s;="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*+)"|([^\s;"]*))', re.DOTALL
)


def charset_of(content_type: str) -> str:
    """Return the charset parameter of a media type in lower case; "" if there is none."""
    for name, quoted, token in _MEDIA_PARAMETER.findall(content_type):
        if name.lower() == "charset":
            return re.sub(r"\\(.)", r"\1", quoted or token).lower()
    return ""


# Statuses whose responses have no content, even where the document describes one (RFC 9110, section 6.4.1).
NO_BODY = (204, 205, 304)


def named_status(code: int) -> Any:  # noqa: ANN401  # see below
    """Return the status as `HTTPStatus`; a status that has no name there as the number.

    Type checkers see `HTTPStatus` in `Response.status_code`, as openapi-python-client documents it.
    """
    try:
        return HTTPStatus(code)
    except ValueError:
        return code


# Bodies


class PathFile(FileIO):
    """A file on disk that is closed when it is collected, without a ResourceWarning."""

    def __del__(self) -> None:
        self.close()


# What the message of a fault says of a text that can't be encoded.
HALF_OF_A_PAIR = "half of a surrogate pair, which UTF-8 can't encode"


class UnusableParameter(ValueError):
    """A parameter can't be sent. The message says why, and holds no secret."""


def check_media_type(text: str) -> None:
    """Check that a text is a media type: a line end in it would begin another header.

    Raises:
        UnusableParameter: It is not a media type.
    """
    if not _MEDIA_TYPE.fullmatch(text):
        raise UnusableParameter("the content type of a file is not a media type")


def _open(path: PathLike[str]) -> PathFile:
    try:
        return PathFile(fspath(path))
    except OSError as error:
        fault = error.strerror or type(error).__name__
    raise UnusableParameter(fault)


def is_binary_file(value: object) -> TypeGuard[BinaryIO]:
    """Whether a value can be read like a file. What it returns is checked when it is read. A model may have a field `read`."""
    return hasattr(value, "read") and not hasattr(value, "to_dict")


def file_content(value: FileInput) -> FileContent:
    """Return what is sent for a file: its content, or a file object. A path is opened."""
    content = value.payload if isinstance(value, File) else value
    if isinstance(content, tuple):
        return content[1]
    if isinstance(content, PathLike):
        return _open(content)
    return content
