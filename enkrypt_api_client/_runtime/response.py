"""An answer of the service: headers, content, decompression."""

from __future__ import annotations

import json
import zlib
from collections.abc import MutableMapping
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any


LARGEST_BODY = 8 * 1024 * 1024


class Headers(MutableMapping[str, str]):
    """Headers of an answer: any case finds them, those sent more than once are joined by commas."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.raw, self._values = list(raw), dict[str, str]()
        for key, value in self.raw:
            name, text = key.decode("latin-1").lower(), value.decode("latin-1")
            known = self._values.get(name)
            self._values[name] = text if known is None else f"{known}, {text}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        self._values[name.lower()] = value

    def __delitem__(self, name: str) -> None:
        del self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({list(self._values)})"


class UnusableBody(Exception):
    """Why the content of an answer is not what the document says."""


class NoContent(Exception):
    """An answer that by its status has no content, whatever the document says."""


def charset_of(content_type: str) -> str:
    """The charset that a Content-Type names; empty where it names none."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


class Answer:
    """An answer of the service, whole or not; what generated code takes for a response of httpx."""

    broken = ""  # why the content is not what the service meant to send
    timed_out = False
    content = b""
    rest: Any = None  # of a stream: what is yet to come

    def __init__(
        self, status: int, headers: Headers, read: Callable[[Answer], Any] | None = None
    ) -> None:
        self.status_code, self.headers, self._read = status, headers, read

    @property
    def text(self) -> str:
        """The content as text, by the charset of its Content-Type, else UTF-8 (RFC 9110, section 8.3.2).

        Raises:
            UnusableBody: The charset is unknown, or the content is not in it.
        """
        charset = charset_of(self.headers.get("content-type", "")) or "utf-8"
        try:
            return self.content.decode(charset)
        except LookupError:
            fault = "its charset is unknown"
        except UnicodeError:
            fault = "its bytes are not in its charset"
        raise UnusableBody(fault)

    def json(self) -> Any:
        return self._read(self) if self._read else json.loads(self.content)


class Failure(NamedTuple):
    """An attempt without an answer."""

    cause: str
    sent: bool  # False only if the service can't have acted
    timed_out: bool
    lasting: bool  # it would happen again


class Inflater:
    """Collects the body of an answer up to the size cap, decompressed."""

    def __init__(self, answer: Answer, decoded: bool = False) -> None:
        self.answer = answer
        self.parts: list[bytes] = []
        self.room = LARGEST_BODY
        self.zlib, self.started = None, False
        coding = answer.headers.get("content-encoding", "").strip().lower()
        if coding in ("gzip", "x-gzip", "deflate") and not decoded:
            self.zlib = zlib.decompressobj(47)  # either header, found by itself
        elif coding not in ("", "identity") and not decoded:
            answer.broken = "its content encoding was not asked for"

    def add(self, chunk: bytes) -> bool:
        """Whether more is wanted."""
        if self.zlib is not None and chunk:
            self.started, ended = True, self.zlib.eof
            try:
                chunk = self.zlib.decompress(chunk, self.room + 1)
            except zlib.error:
                ended = True
            if ended or self.zlib.unused_data:
                self.answer.broken = "its compressed data is damaged"
        self.room -= len(chunk)
        if self.room < 0:
            self.answer.broken = f"it is larger than {LARGEST_BODY} bytes"
        self.parts.append(chunk)
        return not self.answer.broken

    def finish(self, failure: Failure | None = None) -> Answer:
        if failure is not None:
            self.answer.broken = f"it ends early: {failure.cause}"
            self.answer.timed_out = failure.timed_out
        elif self.zlib and self.started and not self.zlib.eof:
            self.answer.broken = self.answer.broken or "its compressed data ends early"
        self.answer.content = b"".join(self.parts)[:LARGEST_BODY]
        return self.answer
