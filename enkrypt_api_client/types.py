# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
"""Contains some shared types for properties"""

import datetime
from collections.abc import Callable, Collection, Mapping, MutableMapping
from http import HTTPStatus
from reprlib import recursive_repr
from typing import IO, Any, BinaryIO, Generic, Literal, TypeVar

from attrs import define, field, fields


class Unset:
    """The type of `UNSET`: a field that was not given"""

    def __reduce__(self) -> str:
        return "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Unset = Unset()
"""What a field holds that was not given; false in a condition"""

# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    """The content, read when it is sent"""
    file_name: str | None = None
    """Name that the service is told"""
    mime_type: str | None = None
    """Content type that the service is told"""

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        return self.file_name, self.payload, self.mime_type


T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: HTTPStatus
    """Status; one that has no name is an int"""
    content: bytes = field(repr=False)
    """The body as it came, decompressed"""
    headers: MutableMapping[str, str] = field(repr=False)
    """Headers"""
    parsed: T | None
    """What the operation returns; None where the document describes nothing"""

    @property
    def request_id(self) -> str | None:
        """The service's name for the request, to quote to its support: a response header, else a field of the body."""
        from ._policy import request_id

        return request_id(self.headers, self.content)


__all__ = ["UNSET", "File", "FileTypes", "RequestFiles", "Response", "Unset"]


def named_status(code: int) -> Any:
    """The status as `HTTPStatus`, or the number where it has no name there."""
    try:
        return HTTPStatus(code)
    except ValueError:
        return code


def masked(value: object) -> str:
    """`repr` of a field that holds a secret: whether it is set, never what it is."""
    return "UNSET" if value is UNSET else "None" if value is None else "'***'"


def masked_values(values: Mapping[str, object]) -> str:
    """`repr` of fields that the document does not describe: their names, never their values."""
    return repr(dict.fromkeys(values, "***"))


@recursive_repr()
def shown(self: Any) -> str:
    """`repr` of a model as attrs writes it, each field as it wants to be shown."""
    parts = (
        f"{known.name}={known.repr(value) if callable(known.repr) else repr(value)}"
        for known in fields(type(self))
        if known.repr
        for value in (getattr(self, known.name),)
    )
    name = type(self).__qualname__.rsplit(">.", 1)[-1]
    return f"{name}({', '.join(parts)})"


def constructed(model: Any) -> Any:
    """A model that was filled field by field, made anew by the constructor of its class: what a program's own subclass adds happens there."""
    own = fields(type(model))
    result = type(model)(
        **{
            known.alias: getattr(model, known.name)
            for known in own
            if known.init and hasattr(model, known.name)
        }
    )
    for known in own:
        if not known.init and hasattr(model, known.name):
            setattr(result, known.name, getattr(model, known.name))
    return result


def fits(
    data: object,
    *,
    required: Collection[str],
    declared: Mapping[str, object],
    closed: bool,
) -> bool:
    """Whether a JSON value is strictly what a schema describes, one level deep: for telling the variants of a union apart."""
    if not isinstance(data, dict) or not data.keys() >= set(required):
        return False
    if closed and not data.keys() <= declared.keys():
        return False
    return all(
        data[name] is None or _known(data[name], by)
        for name, by in declared.items()
        if name in data
    )


def _known(value: object, by: Any) -> bool:
    if isinstance(by, list):
        return value in by
    if isinstance(value, bool):
        return by in (bool, object)
    return isinstance(value, (int, float) if by is float else by)


def read_union(
    value: Any, *variants: tuple[Callable[[Any], bool], Callable[[Any], Any]]
) -> Any:
    """The value read as the first variant that it fits, or the value itself where it fits none."""
    for fits_variant, read in variants:
        if fits_variant(value):
            return read(value)
    return value


def write_union(value: Any) -> Any:
    """JSON form of whatever variant of a union a value is."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [write_union(item) for item in value]
    return write_date(write_uuid(value))


def read_datetime(value: Any) -> Any:
    """A `date-time` as datetime, or the value itself where it is none (RFC 3339, section 5.6).

    The standard library reads the common forms in a fraction of a microsecond; python-dateutil, imported then, the rest: a lower-case
    `z`, the hour 24.
    """
    if (
        not isinstance(value, str)
        or value[10:11] not in ("T", "t", " ")
        or value[4:5] != "-"
    ):
        return value
    try:
        return datetime.datetime.fromisoformat(value)
    except ValueError:
        pass
    from dateutil.parser import isoparse

    try:
        return isoparse(value.upper().replace(" ", "T", 1))
    except (ValueError, OverflowError):
        return value


def read_date(value: Any) -> Any:
    """A `date` as date, or the value itself where it is none."""
    try:
        return datetime.date.fromisoformat(value) if len(value) == 10 else value
    except (TypeError, ValueError):
        return value


def read_uuid(value: Any) -> Any:
    """A `uuid` as UUID, or the value itself where it is none."""
    from uuid import UUID

    try:
        return UUID(value) if len(value) == 36 else value
    except (AttributeError, TypeError, ValueError):
        return value


def write_date(value: Any) -> Any:
    """JSON form of a date or datetime, or the value itself where it is none."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def write_uuid(value: Any) -> Any:
    """JSON form of a UUID, or the value itself where it is none."""
    from uuid import UUID

    return str(value) if isinstance(value, UUID) else value
