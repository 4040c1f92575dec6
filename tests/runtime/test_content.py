"""How content is read: decompression, charsets, byte order marks, sizes."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest

from tests.runtime.drivers import Driver
from tests.runtime.kinds import NAME, module
from tests.runtime.loopback import DONE, Connection, Server, keeps, reply

GZIP = "Content-Encoding: gzip"
HALVES = gzip.compress(DONE[:20]) + gzip.compress(DONE[20:])
EMPTY = gzip.compress(b"")


@pytest.fixture(params=[False, True], ids=["pooled", "own client"])
def own(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def in_pieces(answer: bytes, size: int) -> Any:
    """Send an answer in pieces that arrive one by one, as chunks."""

    def serve(connection: Connection, number: int) -> bool:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sock.sendall(head)
        for start in range(0, len(answer), size):
            piece = answer[start : start + size]
            connection.sock.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sock.sendall(b"0\r\n\r\n")
        return True

    return serve


READABLE = {
    "two members": HALVES,
    "an empty member behind": HALVES + EMPTY,
    "an empty member in front": EMPTY + HALVES,
    "an empty member between": gzip.compress(DONE[:9])
    + EMPTY
    + gzip.compress(DONE[9:]),
    "many members": b"".join(gzip.compress(DONE[n : n + 1]) for n in range(len(DONE))),
    "zeros behind": HALVES + b"\0" * 8,
    "many zeros behind": gzip.compress(DONE) + b"\0" * 70_000,
}
DAMAGED = {
    "other bytes behind": HALVES + b"more",
    "zeros, then other bytes": HALVES + b"\0\0x",
    "zeros, then a member": HALVES + b"\0\0" + EMPTY,
    "half a second member": gzip.compress(DONE) + gzip.compress(b"x" * 99)[:-9],
    "the head of a second member": gzip.compress(DONE) + EMPTY[:5],
    "a wrong checksum": gzip.compress(DONE)[:-8] + b"\0" * 8,
    "zlib behind zlib": zlib.compress(DONE) + zlib.compress(b""),
}


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (name, size)
        for name in READABLE
        for size in (1, 7, 10_000_000)
        # Byte by byte, many zeros take seconds and show nothing more.
        if (name, size) != ("many zeros behind", 1)
    ],
)
def test_gzip_of_several_members_is_read(
    server: Server, driver: Driver, name: str, size: int, own: bool
) -> None:
    server.serve = in_pieces(READABLE[name], size)
    client = driver.http_client() if own else None
    outcome = driver.call(server.url, http_client=client)
    assert outcome.error is None
    assert outcome.result.message == "done"


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("size", [1, 7, 10_000_000])
def test_damaged_gzip_is_an_unusable_body(
    server: Server, driver: Driver, name: str, size: int, own: bool
) -> None:
    server.serve = in_pieces(DAMAGED[name], size)
    client = driver.http_client() if own else None
    error = driver.call(server.url, http_client=client).error
    assert type(error).__name__ == "ResponseDecodeError"


def test_members_count_together_towards_the_largest_body(
    server: Server, driver: Driver
) -> None:
    bomb = gzip.compress(b"x" * 3_000_000)
    server.serve = keeps(reply(200, bomb * 4, GZIP))
    error = driver.call(server.url).error
    assert "larger than 8388608 bytes" in str(error)
    assert "client.stream" in str(error)


WORDS = "Größe, дом, 東京"


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("iso-8859-1", "Größe"),
        ("windows-1251", "дом"),
        ("iso-2022-jp", "東京"),
        ("utf-16", WORDS),
        ("UTF-16LE", WORDS),
        ('"utf-8"', WORDS),
        ("", WORDS),
    ],
)
def test_text_is_decoded_by_its_charset(
    server: Server, driver: Driver, charset: str, words: str, package: Any
) -> None:
    codec = charset.strip('"') or "utf-8"
    line = f"Content-Type: text/plain; charset={charset}" if charset else "X-A: b"
    server.serve = keeps(reply(200, words.encode(codec), line))
    operation = module(f"{NAME}.api.bodies.post_note")
    work = lambda c: c.call(operation, body="x")  # noqa: E731
    assert driver.use(server.url, work, package=package) == words


@pytest.mark.parametrize(
    "parameters",
    [
        'note="a; charset=utf-16"; charset=iso-8859-1',
        'note="a \\"; charset=utf-16"; charset="iso-8859-1"',
        'Charset="iso\\-8859-1"',
    ],
)
def test_a_parameter_of_a_media_type_may_be_quoted(
    server: Server, driver: Driver, parameters: str, package: Any
) -> None:
    line = f"Content-Type: text/plain; {parameters}"
    server.serve = keeps(reply(200, "Größe".encode("latin-1"), line))
    operation = module(f"{NAME}.api.bodies.post_note")
    work = lambda c: c.call(operation, body="x")  # noqa: E731
    assert driver.use(server.url, work, package=package) == "Größe"


@pytest.mark.parametrize("charset", ["punycode", "Unicode_Escape", "idna"])
def test_a_codec_of_python_that_is_no_charset_is_not_used(
    server: Server, driver: Driver, charset: str, package: Any
) -> None:
    """Some take time that grows with the square of the length."""
    text = r"a-b9c8d7 \d"
    line = f"Content-Type: text/plain; charset={charset}"
    server.serve = keeps(reply(400, text.encode(), line))
    assert driver.call(server.url).error.body == text
    server.serve = keeps(reply(200, text.encode(), line))
    operation = module(f"{NAME}.api.bodies.post_note")
    for work in (
        lambda c: c.call(operation, body="x"),
        lambda c: c.request("GET", "/any"),
    ):
        with pytest.raises(package.ResponseDecodeError):
            driver.use(server.url, work, package=package)


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "utf-8"])
def test_the_words_of_an_error_are_decoded_by_their_charset(
    server: Server, driver: Driver, charset: str
) -> None:
    body = json.dumps({"message": "Größe fehlt"}, ensure_ascii=False)
    kind = f"Content-Type: application/json; charset={charset}"
    server.serve = keeps(reply(400, body.encode(charset), kind))
    error = driver.call(server.url).error
    assert error.body == {"message": "Größe fehlt"}
    assert "Größe fehlt" in str(error)


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "nonsense", "utf-8"])
def test_json_is_utf_8_and_else_what_it_says_it_is(
    server: Server, driver: Driver, charset: str
) -> None:
    codec = "utf-8" if charset == "nonsense" else charset
    body = json.dumps({"message": "Größe"}, ensure_ascii=False).encode(codec)
    kind = f"Content-Type: application/json; charset={charset}"
    server.serve = keeps(reply(200, body, kind))
    assert driver.call(server.url).result.message == "Größe"


MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("split", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("text", [b"data: one\n\ndata: two\n\n", b"\n\ndata: one\n\n"])
def test_a_byte_order_mark_before_events_is_dropped(
    server: Server, driver: Driver, split: int, text: bytes, package: Any, own: bool
) -> None:
    events = MARK + text

    def serve(connection: Connection, number: int) -> bool:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sock.sendall(head)
        for piece in filter(None, (events[:split], events[split:])):
            connection.sock.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sock.sendall(b"0\r\n\r\n")
        return True

    server.serve = serve
    seen = read_events(driver, server.url, package, own)
    assert seen == ["one", "two"][: text.count(b"data")]


def test_a_byte_order_mark_is_dropped_once(
    server: Server, driver: Driver, package: Any, own: bool
) -> None:
    kind = "Content-Type: text/event-stream"
    second = "\ufeffx".encode()
    server.serve = keeps(reply(200, MARK + b"data: " + second + b"\n\n", kind))
    assert read_events(driver, server.url, package, own) == ["\ufeffx"]
    for content in (MARK, b""):
        server.serve = keeps(reply(200, content, kind))
        error = package.ResponseDecodeError
        with pytest.raises(error, match="ended without a single event"):
            read_events(driver, server.url, package, own)


def read_events(driver: Driver, url: str, package: Any, own: bool) -> list[str]:
    operation = module(f"{NAME}.api.streams.get_events")

    async def read_async(client: Any) -> list[str]:
        async with client.stream(operation) as items:
            return [item.data async for item in items]

    def read(client: Any) -> Any:
        if driver.prefix:
            return read_async(client)
        with client.stream(operation) as items:
            return [item.data for item in items]

    own_client = driver.http_client() if own else None
    return driver.use(url, read, package=package, http_client=own_client)  # type: ignore[no-any-return]
