"""A call of a client, and the request that the client made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments and credentials of a call.

    Attributes:
        parameters: Values by location and name.
        media_type: The body's media type as the document spells it, empty without a body.
        body: Its value: JSON, text, bytes; for multipart, a mapping with bytes for files.
        file_types: Media types that the caller gave with files; under "" that of the whole body.
        credentials: What the client holds, by scheme: a key, or user and password.
        base_path: Path of the address that the client was given.
        host: Its host and port; empty where they do not matter.
    """

    parameters: Mapping[tuple[str, str], object] = field(default_factory=dict)
    media_type: str = ""
    body: object = None
    file_types: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    base_path: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came: `target` is path and query, percent-encoded; names of headers are in lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        """The path, percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query, percent-encoded, without its question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The first value of a header; `name` in lower case."""
        for key, value in self.headers:
            if key == name:
                return value
        return None
