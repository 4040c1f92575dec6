"""Ways to break a client, one place each, and what the judge must say of them.

Requests are changed on their way to the network, answers on their way back, arguments before and results after a call. That needs no
knowledge of the client's modules, so the breaks outlive any rewrite of it.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx

OTHER_SERVER = "https://elsewhere.example"


@dataclass(frozen=True, slots=True)
class Break:
    """One broken place.

    Attributes:
        name: What is broken.
        operation: The operation that shows it.
        complaint: Part of what the judge must say; empty where the change is none by the specifications.
        request: Changes a request that is about to be sent.
        answer: Changes an answer that has come.
        arguments: Changes the arguments of a call.
        result: Changes what a call returns.
        item: Changes what a stream yields.
        base_url: Where requests go that no base URL was given for.
        copies: How often a request is sent.
        error: What a call returns in place of an error.
    """

    name: str
    operation: str
    complaint: str
    request: Callable[[httpx.Request], httpx.Request] | None = None
    answer: Callable[[httpx.Response], httpx.Response] | None = None
    arguments: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    result: Callable[[Any], Any] | None = None
    item: Callable[[Any], Any] | None = None
    base_url: str | None = None
    copies: int = 1
    error: Callable[[Any], Any] | None = None


class _Transport(httpx.BaseTransport):
    """Sends for a broken client."""

    def __init__(self, broken: Break) -> None:
        self._broken = broken
        self._network = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if self._broken.request is not None:
            request = self._broken.request(request)
        for _ in range(self._broken.copies):
            response = self._network.handle_request(request)
            response.read()
        if self._broken.answer is not None:
            response = self._broken.answer(response)
        return response


@contextlib.contextmanager
def applied(broken: Break, package: ModuleType) -> Iterator[None]:
    """The package with a client that is broken in one place."""
    sound = package.EnkryptClient

    class BrokenClient(sound):  # type: ignore[misc, valid-type]  # the class of a package that is not known here
        def __init__(self, keys: Any, **options: Any) -> None:
            if "http_client" in options and broken.base_url is not None:
                options["base_url"] = broken.base_url
            options.setdefault(
                "http_client", httpx.Client(transport=_Transport(broken))
            )
            super().__init__(keys, **options)

        def call(self, operation: Any, **arguments: Any) -> Any:
            if broken.arguments is not None:
                arguments = broken.arguments(arguments)
            try:
                result = super().call(operation, **arguments)
            except package.APIStatusError as error:
                if broken.error is None:
                    raise
                result = broken.error(error)
            if broken.result is not None:
                result = broken.result(result)
            return result

        @contextlib.contextmanager
        def stream(self, operation: Any, **arguments: Any) -> Iterator[Any]:
            with super().stream(operation, **arguments) as items:
                if broken.item is not None:
                    items = map(broken.item, items)
                yield items

    package.EnkryptClient = BrokenClient  # type: ignore[attr-defined]
    try:
        yield
    finally:
        package.EnkryptClient = sound  # type: ignore[attr-defined]


# Changes of a request


def rebuilt(
    request: httpx.Request,
    *,
    method: str | None = None,
    target: bytes | None = None,
    headers: list[tuple[bytes, bytes]] | None = None,
    content: bytes | None = None,
) -> httpx.Request:
    """The request with something else in one place, and the length that fits it."""
    body = request.content if content is None else content
    kept = request.headers.raw if headers is None else headers
    kept = [
        (n, v)
        for n, v in kept
        if n.lower() not in (b"content-length", b"transfer-encoding")
    ]
    if body:
        kept.append((b"Content-Length", str(len(body)).encode()))
    url = request.url
    if target is not None:
        url = url.copy_with(raw_path=target)
    return httpx.Request(
        method or request.method, url, headers=kept, content=body or None
    )


def in_target(
    pattern: bytes, replacement: bytes
) -> Callable[[httpx.Request], httpx.Request]:
    """Change path or query by a regular expression."""

    def change(request: httpx.Request) -> httpx.Request:
        target = re.sub(pattern, replacement, request.url.raw_path, count=1)
        return rebuilt(request, target=target)

    return change


def in_headers(
    name: str, pattern: bytes, replacement: bytes
) -> Callable[[httpx.Request], httpx.Request]:
    """Change the value of a header by a regular expression."""

    def change(request: httpx.Request) -> httpx.Request:
        headers = []
        for key, value in request.headers.raw:
            if key.lower() == name.encode():
                value = re.sub(pattern, replacement, value, count=1)
            headers.append((key, value))
        return rebuilt(request, headers=headers)

    return change


def without_header(name: str) -> Callable[[httpx.Request], httpx.Request]:
    def change(request: httpx.Request) -> httpx.Request:
        headers = [(k, v) for k, v in request.headers.raw if k.lower() != name.encode()]
        return rebuilt(request, headers=headers)

    return change


def repeating(name: str) -> Callable[[httpx.Request], httpx.Request]:
    """Send a header twice, with the same value."""

    def change(request: httpx.Request) -> httpx.Request:
        headers = request.headers.raw
        again = [(k, v) for k, v in headers if k.lower() == name.encode()]
        return rebuilt(request, headers=[*headers, *again])

    return change


def with_header(name: bytes, value: bytes) -> Callable[[httpx.Request], httpx.Request]:
    def change(request: httpx.Request) -> httpx.Request:
        return rebuilt(request, headers=[*request.headers.raw, (name, value)])

    return change


def in_body(
    pattern: bytes, replacement: bytes
) -> Callable[[httpx.Request], httpx.Request]:
    """Change the body by a regular expression."""

    def change(request: httpx.Request) -> httpx.Request:
        content = re.sub(
            pattern, replacement, request.content, count=1, flags=re.DOTALL
        )
        return rebuilt(request, content=content)

    return change


def in_json(
    change_value: Callable[[dict[str, Any]], object],
) -> Callable[[httpx.Request], httpx.Request]:
    """Change the JSON of a body in place."""

    def change(request: httpx.Request) -> httpx.Request:
        value = json.loads(request.content)
        change_value(value)
        return rebuilt(request, content=json.dumps(value).encode())

    return change


def key_as_well_in_query(request: httpx.Request) -> httpx.Request:
    """Repeat the bearer token in the query."""
    token = request.headers["authorization"].removeprefix("Bearer ")
    mark = b"&" if b"?" in request.url.raw_path else b"?"
    target = request.url.raw_path + mark + b"token=" + token.encode()
    return rebuilt(request, target=target)


def key_in_another_header(request: httpx.Request) -> httpx.Request:
    headers = []
    for key, value in request.headers.raw:
        if key.lower() == b"authorization":
            key = b"X-Token"
        headers.append((key, value))
    return rebuilt(request, headers=headers)


def with_another_method(request: httpx.Request) -> httpx.Request:
    methods = {"GET": "POST", "POST": "PUT", "PUT": "POST", "QUERY": "POST"}
    method = methods.get(request.method, request.method + "2")
    return rebuilt(request, method=method)


# Changes of what a stream yields


def as_dictionary(item: Any) -> Any:
    return item.to_dict()


def with_another_ship(item: Any) -> Any:
    item.ship = "changed"
    return item


# Changes of an answer


def in_answer(
    pattern: bytes, replacement: bytes
) -> Callable[[httpx.Response], httpx.Response]:
    """Change the content of an answer by a regular expression."""

    def change(response: httpx.Response) -> httpx.Response:
        content = re.sub(
            pattern, replacement, response.content, count=1, flags=re.DOTALL
        )
        headers = {k: v for k, v in response.headers.items() if k != "content-length"}
        return httpx.Response(response.status_code, headers=headers, content=content)

    return change


def with_status(status: int) -> Callable[[httpx.Response], httpx.Response]:
    def change(response: httpx.Response) -> httpx.Response:
        headers = {k: v for k, v in response.headers.items() if k != "content-length"}
        return httpx.Response(status, headers=headers, content=response.content)

    return change


def without_the_content_of_errors(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    return httpx.Response(response.status_code)


# Changes of a result


def as_dictionaries(result: Any) -> Any:
    if isinstance(result, list):
        return [as_dictionaries(item) for item in result]
    if hasattr(result, "to_dict"):
        return result.to_dict()
    return result


def in_another_class(result: Any) -> Any:
    """The same fields in a class of another name."""
    other: Any = type("Sack", (type(result),), {"__slots__": ()})
    return other.from_dict(result.to_dict())


def without_microseconds(result: Any) -> Any:
    wire = result.to_dict()
    wire["sent_at"] = re.sub(r"\.\d+", "", wire["sent_at"])
    return type(result).from_dict(wire)


FIND = "GET /shelves/{shelf}/slots/{marks}"
PARCEL = "POST /parcels"
CARGO = "GET /cargo"
ORDER = "POST /orders"
SCAN = "POST /scans"
BUNDLE = "POST /bundles"
LABEL = "PUT /labels"
PICTURE = "PUT /pictures/{name}"
VISIT = "GET /visits"
VAULT = "GET /vault"

BREAKS = [
    # Method and path
    Break("the method", FIND, "the method is POST", with_another_method),
    Break("a request twice", PARCEL, "one call sends 2 requests", copies=2),
    Break(
        "a letter of the path",
        PARCEL,
        "the path is",
        in_target(b"/parcels", b"/parcel"),
    ),
    Break(
        "a slash at the end of the path",
        PARCEL,
        "the path is",
        in_target(b"/parcels", b"/parcels/"),
    ),
    Break(
        "a path encoded twice",
        FIND,
        "the path is",
        in_target(rb"(^[^?]*)%20", rb"\1%2520"),
    ),
    Break(
        "a slash of a value in the path", FIND, "the path is", in_target(rb"%2F", b"/")
    ),
    Break(
        "the comma of a list in the path",
        FIND,
        "the path is",
        in_target(rb"(/slots/[^?]*?),", rb"\1;"),
    ),
    # Query
    Break(
        "the name of a query parameter",
        FIND,
        "query colour",
        in_target(b"colour=", b"color="),
    ),
    Break(
        "a query parameter lost",
        FIND,
        "query heavy: missing",
        in_target(rb"&heavy=[a-z]+", b""),
    ),
    Break(
        "a query parameter added",
        FIND,
        "query page: 1 was added",
        in_target(b"heavy=", b"page=1&heavy="),
    ),
    Break(
        "a query parameter twice",
        FIND,
        "query heavy",
        in_target(b"heavy=true", b"heavy=true&heavy=true"),
    ),
    Break(
        "a boolean in capitals",
        FIND,
        "query heavy",
        in_target(b"heavy=true", b"heavy=True"),
    ),
    Break(
        "an exploded list joined",
        FIND,
        "query colour",
        in_target(rb"&colour=([^&]*)&colour=", rb"&colour=\1,"),
    ),
    Break(
        "a joined list exploded",
        FIND,
        "query sizes",
        in_target(rb"sizes=(\d+),", rb"sizes=\1&sizes="),
    ),
    Break(
        "the separator of a list encoded",
        FIND,
        "query sizes",
        in_target(rb"(sizes=\d+),", rb"\1%2C"),
    ),
    Break(
        "pipes as commas", FIND, "query lanes", in_target(rb"(lanes=[^&]*)%7C", rb"\1,")
    ),
    Break(
        "spaces as plus signs",
        FIND,
        "query words",
        in_target(rb"(words=[^&]*)%20", rb"\1+"),
    ),
    Break(
        "the brackets of an object",
        FIND,
        "query box[height]",
        in_target(rb"box%5Bheight%5D", b"box.height"),
    ),
    Break(
        "JSON in a query as Python",
        FIND,
        "query filter",
        in_target(rb"(filter=[^&]*)%22height%22", rb"\1%27height%27"),
    ),
    Break(
        "a number in the JSON of a query as true",
        FIND,
        "query filter",
        in_target(rb"(filter=[^&]*height%22%3A)1\b", rb"\1true"),
    ),
    Break("an ampersand of a value", FIND, "query", in_target(rb"%26", b"&")),
    Break(
        "the order of a list",
        FIND,
        "query sizes",
        in_target(rb"sizes=(\d+),", rb"sizes=9,\1,"),
    ),
    Break(
        "reserved characters encoded",
        FIND,
        "query area",
        in_target(rb"(area=[^&]*)/", rb"\1%2F"),
    ),
    # Headers and cookies
    Break(
        "the value of a header",
        FIND,
        "the header x-trace",
        in_headers("x-trace", rb"^.", b"?"),
    ),
    Break("a header lost", FIND, "the header x-weights", without_header("x-weights")),
    Break(
        "a header added",
        FIND,
        "the header x-more was added",
        with_header(b"X-More", b"1"),
    ),
    Break(
        "Accept twice",
        FIND,
        "the header accept stands 2 times",
        with_header(b"Accept", b"application/json"),
    ),
    Break(
        "a type accepted that no answer has",
        CARGO,
        "Accept has text/html",
        in_headers("accept", rb"$", b", text/html"),
    ),
    Break(
        "what is accepted with no weight",
        CARGO,
        "Accept is",
        in_headers("accept", rb"$", b";q=0"),
    ),
    Break(
        "a Content-Type without a body",
        FIND,
        "a Content-Type was sent without a body",
        with_header(b"Content-Type", b"application/json"),
    ),
    Break(
        "the host",
        FIND,
        "the header host is",
        in_headers("host", rb".*", b"elsewhere.example"),
    ),
    Break(
        "the credential twice",
        FIND,
        "the header authorization stands 2 times",
        repeating("authorization"),
    ),
    Break(
        "the separator of a header's list",
        FIND,
        "the header x-weights",
        in_headers("x-weights", b",", b";"),
    ),
    Break("a cookie lost", FIND, "the cookies are", without_header("cookie")),
    Break(
        "the name of a cookie",
        FIND,
        "the cookies are",
        in_headers("cookie", b"visitor=", b"guest="),
    ),
    Break(
        "what is accepted",
        CARGO,
        "Accept is",
        in_headers("accept", b".*", b"text/html"),
    ),
    # Credentials and servers
    Break(
        "the credentials lost",
        PARCEL,
        "the credentials are missing",
        without_header("authorization"),
    ),
    Break(
        "another key",
        PARCEL,
        "the credentials are missing",
        in_headers("authorization", rb"key", b"kez"),
    ),
    Break(
        "the key in the query as well",
        PARCEL,
        "a credential stands in the query",
        key_as_well_in_query,
    ),
    Break(
        "the key in another header",
        PARCEL,
        "the credentials are missing",
        key_in_another_header,
    ),
    Break(
        "another scheme than the document's",
        PARCEL,
        "the credentials are missing",
        in_headers("authorization", b"Bearer", b"Token"),
    ),
    Break(
        "a key where none belongs",
        VISIT,
        "a credential stands in",
        with_header(b"Authorization", b"Bearer key-0-of-the-corpus"),
    ),
    Break(
        "one of two credentials lost",
        VAULT,
        "the credentials are missing",
        without_header("authorization"),
    ),
    Break(
        "another server",
        PARCEL,
        "it is sent to https://elsewhere.example",
        base_url=OTHER_SERVER,
    ),
    Break(
        "a server whose path only begins alike",
        PARCEL,
        "it is sent to https://depot.example/apis",
        base_url="https://depot.example/apis",
    ),
    Break(
        "the path of a server twice",
        PARCEL,
        "it is sent to https://depot.example/api/api",
        base_url="https://depot.example/api/api",
    ),
    # JSON bodies
    Break(
        "a field of a body twice",
        PARCEL,
        "a name stands twice",
        in_body(rb"^\{", b'{"weight": 0, '),
    ),
    Break(
        "the type of a JSON body",
        PARCEL,
        "the Content-Type is",
        in_headers("content-type", b"application/json", b"text/json"),
    ),
    Break(
        "the charset of a JSON body",
        PARCEL,
        "the body is not JSON",
        in_headers("content-type", rb"$", b"; charset=utf-16"),
    ),
    Break(
        "a field of a body lost",
        PARCEL,
        "fragile is missing",
        in_json(lambda body: body.pop("fragile")),
    ),
    Break(
        "a field of a body renamed",
        PARCEL,
        "is missing",
        in_json(lambda body: body.update(wait=body.pop("weight"))),
    ),
    Break(
        "a field of a body added",
        PARCEL,
        "was added",
        in_json(lambda body: body.update(more=None)),
    ),
    Break(
        "a number as text",
        PARCEL,
        "weight is",
        in_json(lambda body: body.update(weight=str(body["weight"]))),
    ),
    Break(
        "a boolean as a number",
        PARCEL,
        "fragile is",
        in_json(lambda body: body.update(fragile=int(body["fragile"]))),
    ),
    Break("a body cut short", PARCEL, "the body is not JSON", in_body(rb"\}$", b"")),
    Break(
        "a moment without its offset", PARCEL, "sent_at is", in_body(rb"\+00:00", b"")
    ),
    # Forms, parts, texts, bytes
    Break(
        "the name of a form field",
        ORDER,
        "form customer",
        in_body(b"customer=", b"client="),
    ),
    Break(
        "a list in a form joined",
        ORDER,
        "form items",
        in_body(rb"&items=([^&]*)&items=", rb"&items=\1,"),
    ),
    Break(
        "a field of a form lost",
        ORDER,
        "form items: missing",
        in_body(rb"&items=[^&]*", b""),
    ),
    Break(
        "the boundary of a multipart body",
        SCAN,
        "has no boundary",
        in_headers("content-type", rb"; boundary=.*", b""),
    ),
    Break(
        "the last boundary",
        SCAN,
        "the last boundary is missing",
        in_body(rb"--\r?\n?$", b""),
    ),
    Break(
        "the name of a part",
        SCAN,
        "parts ['title']",
        in_body(b'name="title"', b'name="tittle"'),
    ),
    Break(
        "the type of a part",
        SCAN,
        "the part 'place' is",
        in_body(b"application/json", b"text/plain"),
    ),
    Break(
        "the content of a file",
        SCAN,
        "the part 'picture' holds",
        in_body(rb'(name="picture".*?\r\n\r\n)', rb"\1x"),
    ),
    Break(
        "something behind the last boundary",
        SCAN,
        "something stands behind the last boundary",
        in_body(rb"$", b"more"),
    ),
    Break(
        "the disposition of a part",
        SCAN,
        "the disposition of the part 'title' is 'attachment'",
        in_body(b"form-data;", b"attachment;"),
    ),
    Break(
        "a header of a part twice",
        SCAN,
        "the header content-disposition of a part stands twice",
        in_body(b"Content-Disp", b"Content-Disposition: form-data\r\nContent-Disp"),
    ),
    Break(
        "a header of a part added",
        SCAN,
        "the header x-more of the part 'title' was added",
        in_body(b"Content-Disp", b"X-More: 1\r\nContent-Disp"),
    ),
    Break(
        "the name of a file lost",
        SCAN,
        "the part 'picture' is a file without a name",
        in_body(rb'; filename="[^"]*"', b""),
    ),
    Break(
        "a part lost",
        SCAN,
        "parts ['pages']",
        in_body(
            rb'--[^\r\n]+\r\nContent-Disposition: form-data; name="pages".*?(?=--)', b""
        ),
    ),
    Break(
        "a text in another charset",
        LABEL,
        "the body is not what was given",
        in_body("ž".encode(), b"\xbe"),
    ),
    Break(
        "a byte of a binary body",
        PICTURE,
        "the body is not what was given",
        in_body(b"\xff", b"\xfe"),
    ),
    Break(
        "the type of a binary body",
        PICTURE,
        "the Content-Type is",
        in_headers("content-type", b"image/png", b"image/jpeg"),
    ),
    # Answers
    Break(
        "a field of an answer lost",
        CARGO,
        "is missing",
        answer=in_answer(rb'"kind": "\w+", ', b""),
    ),
    Break("the status of an answer", PARCEL, "is read as", answer=with_status(409)),
    Break(
        "an item of an answer lost",
        FIND,
        "items instead of",
        answer=in_answer(rb", \{.*\}\]", b"]"),
    ),
    Break(
        "an answer in bytes cut short",
        PICTURE,
        "not read as it was sent",
        answer=in_answer(rb"..$", b""),
    ),
    Break(
        "a text read with a wrong letter",
        LABEL,
        "text was not read as it was sent",
        result=lambda text: text.replace("ï", "i"),
    ),
    Break(
        "an answer that stays a dictionary",
        CARGO,
        "stays a dictionary",
        result=as_dictionaries,
    ),
    Break(
        "items that stay dictionaries",
        FIND,
        "stays a dictionary",
        result=as_dictionaries,
    ),
    Break("an answer in another class", CARGO, "is a Sack", result=in_another_class),
    Break(
        "an answer that is dropped", PARCEL, "the whole is None", result=lambda _: None
    ),
    Break(
        "a result where there is no content",
        VISIT,
        "has no content",
        result=lambda _: {},
    ),
    Break("a moment cut short", PARCEL, "sent_at is", result=without_microseconds),
    Break(
        "the content of an error lost",
        FIND,
        "the content of the error 404 was not read",
        answer=without_the_content_of_errors,
    ),
    Break(
        "an error returned instead of raised",
        FIND,
        "the error 404 is not raised",
        error=lambda error: error.body,
    ),
    # Arguments
    Break(
        "an argument that is not sent", PARCEL, "is refused", arguments=lambda given: {}
    ),
    # No breaks: other spellings of the same (RFC 3986, 6.2.2; RFC 8259, 7)
    Break("hexadecimal digits in lower case", FIND, "", in_target(b"%2F", b"%2f")),
    Break(
        "an unreserved letter encoded",
        FIND,
        "",
        in_target(b"heavy=true", b"heavy=%74rue"),
    ),
    Break(
        "parameters in another order",
        FIND,
        "",
        in_target(rb"\?(.*)&([^&]*)$", rb"?\2&\1"),
    ),
    Break("letters of JSON escaped", PARCEL, "", in_json(lambda body: body)),
]


@dataclass(frozen=True, slots=True)
class Edit:
    """One broken line of the client's own modules.

    Attributes:
        module: The module, below `_runtime`.
        old: Text that stands in it.
        new: What stands there instead.
        operation: The operation that shows it.
        complaint: Part of what the judge must say.
    """

    module: str
    old: str
    new: str
    operation: str
    complaint: str


EDITS = [
    Edit(
        "styles.py",
        '"spaceDelimited": "%20"',
        '"spaceDelimited": "+"',
        FIND,
        "query words",
    ),
    Edit(
        "styles.py",
        '"pipeDelimited": "%7C"',
        '"pipeDelimited": "|"',
        FIND,
        "query lanes",
    ),
    Edit(
        "styles.py",
        'pairs += [(f"{name}[{key}]"',
        'pairs += [(f"{name}.{key}"',
        FIND,
        "query box[height]",
    ),
    Edit(
        "styles.py",
        'quote(scalar_text(value), safe="")',
        'quote(scalar_text(value), safe="/")',
        FIND,
        "/",
    ),
    Edit(
        "styles.py",
        '_RESERVED_IN_QUERY = ":/?@!',
        '_RESERVED_IN_QUERY = ":?@!',
        FIND,
        "query area",
    ),
    Edit(
        "styles.py",
        "return [(name, item) for item in items]",
        "return [(name, items)]",
        FIND,
        "query colour",
    ),
    Edit(
        "values.py",
        "case UUID():\n            return str(value)",
        "case UUID():\n            return value.hex",
        PARCEL,
        "id is",
    ),
    Edit(
        "values.py",
        'getattr(moment, "_text", "") or moment',
        "moment",
        PARCEL,
        "sent_at is",
    ),
    Edit(
        "forms.py", 'encoding.style, ",")', 'encoding.style, ";")', ORDER, "form codes"
    ),
    Edit(
        "forms.py",
        "if media_type == FORM_DATA and parts:",
        "if parts:",
        BUNDLE,
        "the Content-Type is",
    ),
    Edit(
        "forms.py",
        "    if media_type is None:\n        media_type = _JSON",
        "    if True:\n        media_type = _JSON",
        SCAN,
        "the part 'title' is",
    ),
    Edit(
        "forms.py",
        '_JSON = "application/json"',
        '_JSON = "text/json"',
        SCAN,
        "the part 'place' is",
    ),
    Edit(
        "settings.py",
        'f"Bearer {text}"',
        'f"Token {text}"',
        PARCEL,
        "the credentials are missing",
    ),
    Edit(
        "settings.py",
        'f"Basic {_base64(text)}"',
        'f"Basic {text}"',
        VAULT,
        "the credentials are missing",
    ),
    Edit(
        "response.py",
        'self.charset or "utf-8"',
        '"utf-8"',
        LABEL,
        "ResponseDecodeError",
    ),
    Edit(
        "model_base.py",
        "return reader(value)",
        "return value",
        CARGO,
        "stays a dictionary",
    ),
]
# Enough to see that the judge is awake: one of each kind.
QUICK = [
    "the comma of a list in the path",
    "the separator of a list encoded",
    "the separator of a header's list",
    "the key in the query as well",
    "another server",
    "a number as text",
    "the type of a part",
    "an answer in another class",
    "a moment cut short",
    "an unreserved letter encoded",
]

# The same for what OpenAPI 3.2 added, in a document of its own.

FIND_BERTHS = "QUERY /berths"
COPY_BERTH = "COPY /berths"
MOVES = "GET /moves"
SIGNALS = "GET /signals"
RADIO = "GET /radio"
CREW = "GET /crew"

NEWER_BREAKS = [
    Break("the method QUERY", FIND_BERTHS, "the method is POST", with_another_method),
    Break(
        "a field of a query's body lost",
        FIND_BERTHS,
        "length is missing",
        in_json(lambda body: body.pop("length")),
    ),
    Break(
        "the type of a query's body",
        FIND_BERTHS,
        "the Content-Type is",
        in_headers("content-type", b"application/json", b"text/json"),
    ),
    Break(
        "an additional method", COPY_BERTH, "the method is COPY2", with_another_method
    ),
    Break(
        "a header of an additional method lost",
        COPY_BERTH,
        "the header x-target",
        without_header("x-target"),
    ),
    Break(
        "a value in a line of a stream",
        MOVES,
        "not read as it was sent",
        answer=in_answer(rb'"ship": ?"[^"]*"', b'"ship": "changed"'),
    ),
    Break(
        "a line of a stream twice",
        MOVES,
        "not read as it was sent",
        answer=in_answer(rb"(.*)", rb"\1\1"),
    ),
    Break(
        "the class of a line of a stream",
        MOVES,
        "stays a dictionary, not Departure",
        item=as_dictionary,
    ),
    Break("a value of a stream's item", MOVES, "ship is", item=with_another_ship),
    Break(
        "the data of an event",
        SIGNALS,
        "the event's data",
        answer=in_answer(rb"data: ", b"data: changed "),
    ),
    Break(
        "the type of an event",
        SIGNALS,
        "the event's event",
        answer=in_answer(rb"event: \w+", b"event: changed"),
    ),
    Break(
        "a value in the data of an event",
        RADIO,
        "channel is",
        answer=in_answer(rb'"channel": ?\d+', b'"channel": 99'),
    ),
    Break(
        "a literal cookie encoded",
        CREW,
        "the cookies are",
        in_headers("cookie", rb"rank=1st:mate", b"rank=1st%3Amate"),
    ),
    Break(
        "a cookie of a list lost",
        CREW,
        "the cookies are",
        in_headers("cookie", rb"ships=[^;]*; ?", b""),
    ),
    Break(
        "a boundary between cookies",
        CREW,
        "the cookies are",
        in_headers("cookie", rb"; ", b", "),
    ),
]
