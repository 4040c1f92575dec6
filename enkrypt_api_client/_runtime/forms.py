"""Urlencoded forms, multipart bodies and files, each property as its Encoding Object says.

Sources: OpenAPI 3.1.1, Encoding Object; RFC 7578 (multipart/form-data); RFC 2046, section 5.1 (other multipart types).
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any, NamedTuple

from .values import (
    UNSET,
    File,
    RequestFiles,
    UnusableParameter,
    check_media_type,
    expand,
    file_content,
    in_brackets,
    json_text,
    scalar_text,
    without_unset,
    written,
)

FORM_DATA = "multipart/form-data"
_TEXT = "text/plain"
_JSON = "application/json"
_BYTES = "application/octet-stream"


class Encoding(NamedTuple):
    """How one property is encoded.

    Attributes:
        media_types: What its parts may be sent as, ranges among them; empty where the value decides.
        style: A style of OpenAPI, which outranks media types; empty where the document names none.
        explode: Whether each item or field makes a part, or a name and value, of its own.
    """

    media_types: tuple[str, ...] = ()
    style: str = ""
    explode: bool = True


Encodings = Mapping[str, Encoding]
_DEFAULT = Encoding()
_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


# Forms


def in_form(
    body: Any,
    encodings: Encodings | None = None,
    nested: str = "",
) -> dict[str, Any]:
    """The fields of an urlencoded form.

    Args:
        body: A model or a mapping.
        encodings: Of the properties that have an Encoding Object.
        nested: How nested values are written; see `values.expand`. Without it, what has no text of its own is JSON.

    Returns:
        Scalars, and lists of them for names that are repeated.
    """
    fields: dict[str, list[Any]] = {}
    for name, value in without_unset(written(body)).items():
        encoding = (encodings or {}).get(name, _DEFAULT)
        for key, item in _form_pairs(name, written(value), encoding, nested):
            fields.setdefault(key, []).append(item)
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in fields.items()
    }


def _form_pairs(
    name: str, value: Any, encoding: Encoding, nested: str
) -> list[tuple[str, Any]]:
    if value is None or value is UNSET:
        return []
    if encoding.style:
        return _styled(name, value, encoding, nested)
    if nested and isinstance(value, (dict, list)) and not _is_json(encoding):
        return in_brackets(name, value, nested)
    if isinstance(value, list) and not _is_json(encoding):
        return [(name, _flat(item)) for item in value]
    return [(name, _flat(value))]


def _flat(value: Any) -> Any:
    """A value of a form: JSON where it is no scalar."""
    return json_text(value) if isinstance(value, (dict, list)) else value


def _styled(
    name: str, value: Any, encoding: Encoding, nested: str = ""
) -> list[tuple[str, str]]:
    """The names and texts of a property that has a style."""
    separator = _SEPARATORS.get(encoding.style, ",")
    pairs = []
    for key, item in expand(name, value, encoding.style, encoding.explode, nested):
        items = item if isinstance(item, list) else [item]
        pairs.append((key, separator.join(map(scalar_text, items))))
    return pairs


def _is_json(encoding: Encoding) -> bool:
    return any(
        media_type == _JSON or media_type.endswith("+json")
        for media_type in encoding.media_types
    )


# Multipart


def add_multipart(
    arguments: dict[str, Any],
    body: Any,
    media_type: str = FORM_DATA,
    encodings: Encodings | None = None,
) -> None:
    """Add a multipart body to the arguments of `httpx.Client.request`.

    httpx encodes multipart/form-data with at least one part. Other types, and a body without parts, it cannot encode: they are made here,
    in memory.

    Args:
        arguments: With `headers`.
        body: A model or a mapping; files are bytes, paths, binary files, `File`, or tuples as httpx takes them.
        media_type: As the document names it.
        encodings: Of the properties that have an Encoding Object.
    """
    parts = in_parts(body, encodings)
    if media_type == FORM_DATA and parts:
        arguments["files"] = parts
        return
    from uuid import uuid4

    boundary = uuid4().hex
    arguments["content"] = _multipart(parts, boundary.encode())
    arguments["headers"]["Content-Type"] = f"{media_type}; boundary={boundary}"


def in_parts(body: Any, encodings: Encodings | None = None) -> RequestFiles:
    """The parts of a multipart body, in the form that httpx takes; a list makes a part for each item, unless it is sent as JSON."""
    parts: RequestFiles = []
    for name, value in without_unset(written(body)).items():
        encoding = (encodings or {}).get(name, _DEFAULT)
        if value is None or value is UNSET:
            continue
        if encoding.style:
            for key, text in _styled(name, value, encoding):
                parts.append((key, (None, text.encode(), _TEXT)))
            continue
        items = value if isinstance(value, list) else [value]
        if _is_json(encoding) and isinstance(value, list):
            items = [[written(item) for item in value]]
        for item in items:
            if item is not None and item is not UNSET:
                parts.append((name, _part(name, item, encoding)))
    return parts


def _part(name: str, value: Any, encoding: Encoding) -> Any:
    if isinstance(value, (PathLike, bytes)) or hasattr(value, "read"):
        value = File(value)
    if isinstance(value, File):
        given = value.file_name or getattr(value.payload, "name", None)
        file_name = given if isinstance(given, str) else name
        media_type = value.mime_type or _first_concrete(encoding.media_types)
        return file_name.rsplit("/", 1)[-1], file_content(value), media_type
    if isinstance(value, tuple):
        return value
    value = written(value)
    media_type = _first_concrete(encoding.media_types)
    if media_type is None:
        media_type = _JSON if isinstance(value, (dict, list)) else _TEXT
    return None, scalar_text(value).encode(), media_type


def _first_concrete(media_types: tuple[str, ...]) -> str | None:
    """The first media type that is no range; None where there is none."""
    for media_type in media_types:
        if "*" not in media_type:
            return media_type
    return None


def _multipart(parts: RequestFiles, boundary: bytes) -> bytes:
    """Parts as they are sent."""
    lines = []
    for name, part in parts:
        file_name, content, media_type = part[:3]
        disposition = f'form-data; name="{_quoted(name)}"'
        if file_name is not None:
            disposition += f'; filename="{_quoted(file_name)}"'
        lines += [
            b"--" + boundary,
            b"Content-Disposition: " + disposition.encode(),
            b"Content-Type: " + (media_type or _BYTES).encode(),
            b"",
            _bytes_of(content),
        ]
    return b"\r\n".join([*lines, b"--" + boundary + b"--", b""])


def _quoted(name: str) -> str:
    """A name for a header of a part (HTML, "multipart/form-data encoding algorithm")."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _bytes_of(content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if hasattr(content, "read"):
        content = content.read()
    return bytes(content)


# Binary bodies


def media_type_of(body: Any, media_types: tuple[str, ...]) -> str:
    """The media type to send a binary body as: that of the file, else the first that the document declares.

    Raises:
        UnusableParameter: The file is of a type that the document does not declare.
    """
    given = None
    if isinstance(body, File):
        given = body.mime_type
    elif isinstance(body, tuple) and len(body) > 2:
        given = body[2]
    if given is None:
        return _first_concrete(media_types) or _BYTES
    check_media_type(given)
    essence = given.partition(";")[0].strip().lower()
    if any(_in_range(essence, declared) for declared in media_types):
        return given
    raise UnusableParameter(f"the body must be {' or '.join(media_types)}")


def _in_range(essence: str, declared: str) -> bool:
    """Whether a media type is the declared one, or in the declared range (RFC 9110, section 12.5.1)."""
    declared = declared.partition(";")[0].strip().lower()
    if declared == "*/*":
        return True
    if declared.endswith("/*"):
        return essence.startswith(declared[:-1])
    # Bytes of no known type may be anything.
    return essence == declared or declared == _BYTES


def text_content(body: Any, charset: str) -> Any:
    """A text in the charset that the document declares; anything else is left as it is."""
    return body.encode(charset) if isinstance(body, str) else body
