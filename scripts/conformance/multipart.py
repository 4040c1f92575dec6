"""Multipart bodies: the parts that came, and those that a document asks for.

Sources: RFC 7578; RFC 2046, section 5.1 (multipart); OpenAPI 3.0.4, 3.1.1 and 3.2.0, Encoding Object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from scripts.conformance.forms import style_of
from scripts.conformance.json_values import read_json, same_json
from scripts.conformance.media_types import (
    essence_of,
    in_range,
    is_json_type,
    parameter_of,
)
from scripts.conformance.operations import MediaType
from scripts.conformance.styles import Style, scalar_text, styled_pairs

FORM_DATA = "multipart/form-data"


class MalformedError(Exception):
    """The body is not what its Content-Type says."""


# What came


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart body as it came. What it does not have is empty.

    Attributes:
        disposition: The type of its Content-Disposition, such as "form-data", without parameters.
        has_file_name: Whether its Content-Disposition has a `filename`.
        headers: The names of its headers in lower case.
    """

    name: str
    disposition: str
    has_file_name: bool
    headers: frozenset[str]
    content_type: str
    content: bytes


def read_multipart(content_type: str, body: bytes) -> list[Part]:
    """The parts of a multipart body (RFC 2046, section 5.1.1)."""
    boundary = parameter_of(content_type, "boundary")
    if not boundary:
        raise MalformedError("the Content-Type has no boundary")
    delimiter = b"--" + boundary.encode()
    if not body.startswith(delimiter):
        raise MalformedError("the body does not begin with its boundary")
    sections = (b"\r\n" + body).split(b"\r\n" + delimiter)
    if not sections[-1].startswith(b"--"):
        raise MalformedError("the last boundary is missing")
    if sections[-1].rstrip(b" \t\r\n") != b"--":
        raise MalformedError("something stands behind the last boundary")
    return [_read_part(section) for section in sections[1:-1]]


def _read_part(section: bytes) -> Part:
    if not section.startswith(b"\r\n"):
        raise MalformedError("a boundary is not followed by the end of the line")
    head, separator, content = section.partition(b"\r\n\r\n")
    if not separator:
        raise MalformedError("a part has no empty line behind its headers")
    headers: dict[str, str] = {}
    # The first line ends the boundary.
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.decode().partition(":")
        name = name.strip().lower()
        if name in headers:
            raise MalformedError(f"the header {name} of a part stands twice")
        headers[name] = value.strip()
    disposition = headers.get("content-disposition", "")
    match = re.search(r'[;\s]name="((?:[^"\\]|\\.)*)"', disposition)
    name = ""
    if match is not None:
        name = match[1].replace("%22", '"').replace('\\"', '"')
    return Part(
        name=name,
        disposition=essence_of(disposition),
        has_file_name=re.search(r"[;\s]filename\*?=", disposition) is not None,
        headers=frozenset(headers),
        content_type=headers.get("content-type", ""),
        content=content,
    )


# What must come


@dataclass(frozen=True, slots=True)
class ExpectedPart:
    """A part that must come.

    Attributes:
        media_types: The types that it may have, ranges among them.
        content: Its bytes; None where it is JSON of `value`.
        is_file: Whether a file was given, which has a name in a form (RFC 7578, section 4.2).
    """

    name: str
    media_types: tuple[str, ...]
    content: bytes | None
    value: object = None
    is_file: bool = False

    def fault(self, part: Part) -> str:
        """The fault of a part that was received for this one; empty if there is none."""
        essence = essence_of(part.content_type) or "text/plain"
        if not any(in_range(essence, allowed) for allowed in self.media_types):
            allowed_types = " or ".join(self.media_types)
            return f"the part {self.name!r} is {essence} instead of {allowed_types}"
        if not self._holds(part):
            return f"the part {self.name!r} holds something else than was given"
        needs_name = self.is_file and part.disposition == "form-data"
        if needs_name and not part.has_file_name:
            return f"the part {self.name!r} is a file without a name"
        return ""

    def _holds(self, part: Part) -> bool:
        if self.content is None:
            try:
                return same_json(read_json(part.content), self.value)
            except ValueError:
                return False
        charset = parameter_of(part.content_type, "charset")
        if not charset:
            return part.content == self.content
        try:
            return part.content.decode(charset).encode() == self.content
        except (LookupError, UnicodeError):
            return False


# The parts of one property, in order. Of several alternatives, one must come.
Alternatives = list[list[ExpectedPart]]


def expected_parts(
    media_type: MediaType,
    body: Mapping[str, object],
    kind_of_property: Callable[[str], str],
    version: tuple[int, int],
    file_types: Mapping[str, str],
) -> Iterator[Alternatives]:
    """For each property, the alternatives of which one must come.

    Args:
        media_type: The multipart body, for its Encoding Objects.
        body: The values; bytes where a file was given.
        kind_of_property: The kind of a property by its schema: "binary", "string", "object", "any", ...; of an array, that of its items.
        version: Of OpenAPI: styles apply to form-data from 3.1 on.
        file_types: Media types that the caller gave with files, by property.
    """
    has_styles = media_type.essence == FORM_DATA and version >= (3, 1)
    for name, value in body.items():
        if value is None:
            continue
        encoding = media_type.encoding_of(name)
        style = style_of(encoding)
        if style is not None and has_styles:
            yield [_styled_parts(name, value, style)]
            continue
        allowed = tuple(
            media_type.strip().lower()
            for media_type in str(encoding.get("contentType") or "").split(",")
            if media_type.strip()
        )
        if name in file_types:
            allowed = (file_types[name],)
        yield list(_alternatives(name, value, allowed, kind_of_property(name)))


def _alternatives(
    name: str, value: object, allowed: tuple[str, ...], kind: str
) -> Iterator[list[ExpectedPart]]:
    """A part for each item of a list; where the parts are JSON, also one part for the list, or JSON of each item."""
    items = [value]
    if isinstance(value, list):
        items = value
    yield [_expected_part(name, item, allowed, kind) for item in items]
    if isinstance(value, list) and any(map(is_json_type, allowed)):
        yield [ExpectedPart(name, allowed, None, value)]
        yield [ExpectedPart(name, allowed, None, item) for item in value]


def _expected_part(
    name: str, value: object, allowed: tuple[str, ...], kind: str
) -> ExpectedPart:
    """One value as a part, with the default of contentType for its schema where nothing is declared."""
    if isinstance(value, bytes):
        allowed = allowed or ("application/octet-stream",)
        return ExpectedPart(name, allowed, value, is_file=True)
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


def _styled_parts(name: str, value: object, style: Style) -> list[ExpectedPart]:
    """Parts of a property that has a style: names and values as in a query, without percent-encoding."""
    parts = []
    for pair in styled_pairs(name, value, Style(style.name, style.explode), None):
        text = unquote_plus(pair.value.replace("+", "%2B"))
        parts.append(ExpectedPart(unquote(pair.name), ("text/plain",), text.encode()))
    return parts
