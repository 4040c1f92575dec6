"""Urlencoded forms, multipart bodies and files. Each property is encoded as its Encoding Object says.

Sources: OpenAPI 3.1.1, Encoding Object; RFC 7578 (multipart/form-data); RFC 2046, section 5.1 (other multipart types).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from .importing import IMPORTING
from .styles import expand, in_brackets, json_text, scalar_text
from .values import (
    UNSET,
    File,
    FileTypes,
    RequestFiles,
    UnusableParameter,
    check_media_type,
    file_content,
    is_binary_file,
    json_form,
    without_unset,
    written,
)

if TYPE_CHECKING:
    from typing import TypeGuard

    from .styles import Pair
    from .values import FileContent

FORM_DATA = "multipart/form-data"
_TEXT = "text/plain"
_JSON = "application/json"
_BYTES = "application/octet-stream"
_FORM = "application/x-www-form-urlencoded"


class Encoding(NamedTuple):
    """How one property is encoded.

    Attributes:
        media_types: The media types and ranges that the document allows; empty where the value decides.
        style: A style of OpenAPI, which takes precedence over media types; empty where the document names none.
        explode: Whether each item or field becomes a part, or a name and value, of its own.
    """

    media_types: tuple[str, ...] = ()
    style: str = ""
    explode: bool = True


Encodings = Mapping[str, Encoding]
_DEFAULT = Encoding()
_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


# Forms


def in_form(
    body: object,
    encodings: Encodings | None = None,
    nested: str = "",
) -> dict[str, object]:
    """Return the fields of an urlencoded form, as httpx takes them.

    Args:
        body: A model or a mapping.
        encodings: The Encoding Objects of properties that have one.
        nested: How nested values are written; see `styles.expand`. Without it, objects and arrays in arrays are written as JSON.

    Returns:
        Scalars by name; for names that are repeated, lists of scalars.
    """
    values: dict[str, list[object]] = {}
    for name, value in _fields_of(body).items():
        encoding = (encodings or {}).get(name, _DEFAULT)
        for key, item in _form_pairs(name, written(value), encoding, nested):
            values.setdefault(key, []).append(item)
    fields: dict[str, object] = {}
    for name, items in values.items():
        fields[name] = items[0] if len(items) == 1 else items
    return fields


def _fields_of(body: object) -> Mapping[str, object]:
    """Return what is set of a body, by name.

    Raises:
        TypeError: The body is no object.
    """
    # Not at every depth: a tuple in it may be a file.
    fields = without_unset(written(body))
    if isinstance(fields, Mapping):
        return fields
    raise TypeError(f"expected a model or a mapping, not {type(body).__name__}")


def in_querystring(value: object, media_type: str, nested: str = "") -> str:
    """Return the query that one parameter describes as a whole (OpenAPI 3.2, `in: querystring`); "" for null or `UNSET`.

    Args:
        value: A JSON value or a model; a model or a mapping for a form.
        media_type: JSON or application/x-www-form-urlencoded.
        nested: How a form's nested values are written; see `styles.expand`.
    """
    if value is None or value is UNSET:
        return ""
    if media_type.partition(";")[0].strip().lower() != _FORM:
        return quote(json_text(json_form(value)), safe="")
    parts = []
    for name, field in in_form(value, nested=nested).items():
        items = field if isinstance(field, list) else [field]
        texts = [quote(scalar_text(item), safe="") for item in items]
        parts += [f"{quote(name, safe='')}={text}" for text in texts]
    return "&".join(parts)


def _form_pairs(
    name: str, value: object, encoding: Encoding, nested: str
) -> Sequence[Pair]:
    if value is None or value is UNSET:
        return []
    if encoding.style:
        return _styled(name, value, encoding, nested)
    if nested and isinstance(value, (dict, list)) and not _is_json(encoding):
        return in_brackets(name, value, nested)
    if isinstance(value, list) and not _is_json(encoding):
        return [(name, _flat(item)) for item in value]
    return [(name, _flat(value))]


def _flat(value: object) -> object:
    """Return an object or array as JSON; a scalar as it is."""
    if isinstance(value, (dict, list)):
        return json_text(value)
    return value


def _styled(
    name: str, value: object, encoding: Encoding, nested: str = ""
) -> list[tuple[str, str]]:
    """Return the names and texts that a property with a style makes."""
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
    body: object,
    media_type: str = FORM_DATA,
    encodings: Encodings | None = None,
) -> None:
    """Add a multipart body to the arguments of `httpx.Client.request`.

    httpx encodes only multipart/form-data, and only with at least one part. Other bodies are encoded here, in memory.

    Args:
        arguments: The arguments, `headers` among them; gets `files`, or `content` and a header.
        body: A model or a mapping. Files are bytes, paths, binary files, `File`, or tuples as httpx takes them.
        media_type: The media type that the document names.
        encodings: The Encoding Objects of properties that have one.
    """
    parts = in_parts(body, encodings)
    if media_type == FORM_DATA and parts:
        arguments["files"] = parts
        return
    with IMPORTING:
        from uuid import uuid4

    boundary = uuid4().hex
    arguments["content"] = _multipart(parts, boundary.encode())
    arguments["headers"]["Content-Type"] = f"{media_type}; boundary={boundary}"


def in_parts(body: object, encodings: Encodings | None = None) -> RequestFiles:
    """Return the parts of a multipart body as httpx takes them. An array becomes a part for each item, unless it is sent as JSON."""
    parts: RequestFiles = []
    for name, value in _fields_of(body).items():
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


def _part(name: str, value: object, encoding: Encoding) -> FileTypes:
    """Return one part as httpx takes it."""
    declared_type = _first_concrete(encoding.media_types)
    if isinstance(value, File):
        return _file_part(name, value, declared_type)
    if isinstance(value, (PathLike, bytes)) or is_binary_file(value):
        return _file_part(name, File(value), declared_type)
    if _is_httpx_part(value):
        return value
    plain = written(value)
    media_type = declared_type
    if media_type is None:
        media_type = _JSON if isinstance(plain, (dict, list)) else _TEXT
    return None, scalar_text(plain).encode(), media_type


def _file_part(name: str, file: File, declared_type: str | None) -> FileTypes:
    """Return a file as a part.

    Args:
        name: The property's name, which becomes the file name of a file without one.
        file: The file.
        declared_type: The media type that the document declares; None if it declares none.
    """
    file_name = file.file_name or getattr(file.payload, "name", None)
    # The name of a pipe or of a descriptor is a number.
    if not isinstance(file_name, str):
        file_name = name
    base_name = file_name.rsplit("/", 1)[-1]
    return base_name, file_content(file), file.mime_type or declared_type


def _is_httpx_part(value: object) -> TypeGuard[FileTypes]:
    """Whether a caller passed a part as httpx takes it: file name, content, content type, headers."""
    return isinstance(value, tuple)


def _first_concrete(media_types: tuple[str, ...]) -> str | None:
    """Return the first media type that is not a range; None where there is none."""
    for media_type in media_types:
        if "*" not in media_type:
            return media_type
    return None


def _multipart(parts: RequestFiles, boundary: bytes) -> bytes:
    """Return the parts as bytes, each after a boundary (RFC 2046, section 5.1.1)."""
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
    """Escape a name for the header of a part (HTML, "multipart/form-data encoding algorithm")."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _bytes_of(content: FileContent) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    return bytes(content.read())


# Binary bodies


def media_type_of(body: object, media_types: tuple[str, ...]) -> str:
    """Return the media type of a binary body: that of the file, else the first that the document declares.

    Args:
        body: What the caller passed.
        media_types: The media types and ranges that the document declares.

    Raises:
        UnusableParameter: The document does not declare the media type of the file.
    """
    file_type: object = None
    if isinstance(body, File):
        file_type = body.mime_type
    elif isinstance(body, tuple) and len(body) > 2:
        file_type = body[2]
    if not isinstance(file_type, str):
        return _first_concrete(media_types) or _BYTES
    check_media_type(file_type)
    essence = file_type.partition(";")[0].strip().lower()
    if any(_in_range(essence, declared) for declared in media_types):
        return file_type
    raise UnusableParameter(f"the body must be {' or '.join(media_types)}")


def _in_range(essence: str, declared: str) -> bool:
    """Whether a media type is the declared one, or in the declared range (RFC 9110, section 12.5.1)."""
    declared = declared.partition(";")[0].strip().lower()
    if declared == "*/*":
        return True
    if declared.endswith("/*"):
        return essence.startswith(declared[:-1])
    # A document that declares bytes without a type takes any type.
    return declared in (essence, _BYTES)


def text_content(body: object, charset: str) -> object:
    """Return a text in the charset that the document declares; anything else as it is.

    Raises:
        UnusableParameter: The charset lacks a character of the text, or Python does not know it.
    """
    if not isinstance(body, str):
        return body
    try:
        return body.encode(charset)
    except UnicodeEncodeError as error:
        # The error holds the text, and must not become the context of another.
        position = error.start + 1
        fault = f"has a character that the charset {charset} lacks, at {position}"
    except LookupError:
        fault = f"can't be written in the charset {charset}, which Python does not know"
    raise UnusableParameter(f"the body {fault}")
