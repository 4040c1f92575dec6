"""Lists that come in pages: each kind, both clients, and services that lead astray."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from scripts.generator.build import build
from scripts.generator.pages import page_settings
from scripts.generator.render import imported
from tests.generator.packages import answer, document, ref
from tests.runtime.drivers import SENTINEL, Driver
from tests.runtime.loopback import Connection, Server, reply

NUMBER = {"type": "integer"}
TEXT = {"type": "string"}


def query(name: str, schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def listing(schema: Any, *parameters: Any) -> dict[str, Any]:
    return {"get": {"parameters": [*parameters], "responses": answer(schema)}}


def page_of(required: Any = ("things",), **fields: Any) -> dict[str, Any]:
    things = {"type": "array", "items": ref("Thing")}
    return {
        "type": "object",
        "required": [*required],
        "properties": {"things": things, **fields},
    }


DOCUMENT = document(
    {
        "/cursors": listing(
            page_of(
                meta={
                    "type": "object",
                    "properties": {"next-one": {"type": ["string", "null"]}},
                }
            ),
            query("cursor", TEXT),
        ),
        "/after": listing(page_of(has_more={"type": "boolean"}), query("after", TEXT)),
        "/numbered": listing(
            page_of(total=NUMBER), query("page", {**NUMBER, "minimum": 1})
        ),
        "/last": listing(page_of(pages=NUMBER), query("page", NUMBER)),
        "/offsets": listing(
            page_of(more={"type": "boolean"}),
            query("offset", {**NUMBER, "default": 0}),
            query("limit", NUMBER),
        ),
        "/linked": listing({"type": "array", "items": ref("Thing")}),
        "/within": listing(page_of(next=TEXT)),
        "/few": listing(page_of(next=TEXT), query("cursor", TEXT)),
        "/optional": listing(page_of(required=[]), query("page", NUMBER)),
        "/plain": listing(page_of()),
    },
    Thing={
        "type": "object",
        "required": ["id"],
        "properties": {"id": TEXT},
    },
)
DOCUMENT["security"] = [{"key": []}]
DOCUMENT["components"]["securitySchemes"] = {
    "key": {"type": "apiKey", "in": "query", "name": "key"}
}
for path, item in DOCUMENT["paths"].items():
    item["get"]["operationId"] = path.strip("/")
CONFIGURATION = """
pages:
  cursors: {kind: cursor, parameter: cursor, items: things, next: meta.next-one}
  after: {kind: cursor, parameter: after, items: things, next_of_item: id, more: has_more}
  numbered: {kind: page, parameter: page, items: things, total: total}
  last: {kind: page, parameter: page, items: things, last: pages, first: 0}
  offsets: {kind: offset, parameter: offset, items: things, more: more}
  optional: {kind: page, parameter: page, items: things}
  linked: {kind: link}
  within: {kind: link, items: things, next: next}
  few: {kind: cursor, parameter: cursor, items: things, next: next, most_pages: 3}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole package that is generated from the document."""
    home = tmp_path_factory.mktemp("pages")
    source = home / "lists.yaml"
    source.write_text(yaml.safe_dump(DOCUMENT), "utf-8")
    configuration = home / "generator-config.yaml"
    configuration.write_text(CONFIGURATION, "utf-8")
    return build(source, home, pages=page_settings(configuration)).package


@pytest.fixture(scope="module")
def package(folder: Path) -> Iterator[ModuleType]:
    with imported(folder) as module:
        yield module


Answer = Callable[[dict[str, str]], Any]


def pages(*contents: Any) -> Answer:
    """Answer with one content after another, the last one again and again."""
    following = iter(contents)
    last = contents[-1]
    return lambda parameters: next(following, last)


class Lists:
    """A service that answers requests for pages, and the client that asks for them."""

    def __init__(self, server: Server, driver: Driver, package: ModuleType) -> None:
        self.server = server
        self.driver = driver
        self.package = package
        self.answer: Answer = pages([])
        self.link: str | None = None
        self.base = ""
        server.serve = self._serve

    def _serve(self, connection: Connection, number: int) -> bool:
        content = self.answer(self.asked()[-1])
        headers = ["Content-Type: application/json"]
        if isinstance(content, tuple):
            content, link = content
            headers.append(f"Link: {link}")
        if isinstance(content, int):
            connection.sock.sendall(reply(content, b"{}", *headers))
        else:
            body = json.dumps(content).encode()
            connection.sock.sendall(reply(200, body, *headers))
        return True

    def targets(self) -> list[str]:
        """Path and query of each request."""
        return [request.split()[1].decode() for request in self.server.requests]

    def asked(self) -> list[dict[str, str]]:
        """The parameters of each request, but for the key."""
        queries = []
        for target in self.targets():
            values = parse_qs(urlsplit(target).query)
            assert values.pop("key") == [SENTINEL]
            queries.append({name: value[-1] for name, value in values.items()})
        return queries

    def read(self, operation: str, by_page: bool = False, **parameters: Any) -> Any:
        """All items, or all pages."""
        module = self.module(operation)

        async def read_async(client: Any) -> list[Any]:
            listed = client.pages(module, **parameters)
            source = listed.by_page() if by_page else listed
            return [item async for item in source]

        url = self.server.url + self.base
        with self.driver.client(url, self.package) as client:
            if self.driver.prefix:
                return self.driver.wait(read_async(client))
            listed = client.pages(module, **parameters)
            return list(listed.by_page() if by_page else listed)

    def ids(self, operation: str, **parameters: Any) -> str:
        """The ids of all items in a row."""
        return "".join(thing.id for thing in self.read(operation, **parameters))

    def refused(self, operation: str, error: str = "ResponseDecodeError") -> str:
        """The message of the error that reading a list ends with."""
        with pytest.raises(getattr(self.package, error)) as caught:
            self.read(operation)
        return str(caught.value)

    def module(self, operation: str) -> ModuleType:
        return importlib.import_module(
            f"{self.package.__name__}.api.default.{operation}"
        )


@pytest.fixture
def lists(server: Server, driver: Driver, package: ModuleType) -> Lists:
    return Lists(server, driver, package)


def things(ids: str, **fields: Any) -> dict[str, Any]:
    """A page with things of some ids."""
    return {"things": [{"id": name} for name in ids], **fields}


def test_a_cursor_leads_from_page_to_page_until_it_is_null(lists: Lists) -> None:
    lists.answer = pages(
        things("ab", meta={"next-one": "x=1&y"}),
        things("", meta={"next-one": "z"}),
        things("c", meta={"next-one": None}),
    )

    assert lists.ids("cursors") == "abc"
    assert lists.asked() == [{}, {"cursor": "x=1&y"}, {"cursor": "z"}]


@pytest.mark.parametrize("end", [{}, {"meta": None}, {"meta": {"next-one": ""}}])
def test_a_cursor_that_is_missing_or_empty_is_the_end(lists: Lists, end: Any) -> None:
    lists.answer = pages(things("a", **end))

    assert lists.ids("cursors", cursor="from here") == "a"
    assert lists.asked() == [{"cursor": "from here"}]


def test_the_last_item_of_a_page_may_be_the_cursor(lists: Lists) -> None:
    lists.answer = pages(things("ab", has_more=True), things("cd", has_more=False))

    assert lists.ids("after") == "abcd"
    assert lists.asked() == [{}, {"after": "b"}]


def test_pages_are_counted_until_one_is_empty(lists: Lists) -> None:
    lists.answer = pages(things("ab"), things("c"), things(""))

    assert lists.ids("numbered") == "abc"
    assert lists.asked() == [{}, {"page": "2"}, {"page": "3"}]


def test_the_total_number_of_items_saves_the_last_request(lists: Lists) -> None:
    lists.answer = pages(things("ab", total=3), things("c", total=3))

    assert lists.ids("numbered", page=1) == "abc"
    assert lists.asked() == [{"page": "1"}, {"page": "2"}]


def test_the_number_of_the_last_page_ends_a_list_that_counts_from_zero(
    lists: Lists,
) -> None:
    lists.answer = pages(things("a", pages=1), things("b", pages=1))

    assert lists.ids("last") == "ab"
    assert lists.asked() == [{}, {"page": "1"}]


def test_an_offset_grows_by_what_came_and_not_by_what_was_asked_for(
    lists: Lists,
) -> None:
    lists.answer = pages(things("abc"), things("d"), things(""))

    assert lists.ids("offsets", limit=50) == "abcd"
    assert [asked.get("offset") for asked in lists.asked()] == [None, "3", "4"]
    assert {asked["limit"] for asked in lists.asked()} == {"50"}


def test_an_offset_begins_where_the_caller_says_and_ends_where_the_service_says(
    lists: Lists,
) -> None:
    lists.answer = pages(things("ab", more=True), things("c", more=False))

    assert lists.ids("offsets", offset=10) == "abc"
    assert [asked["offset"] for asked in lists.asked()] == ["10", "12"]


def test_links_of_the_header_are_followed_without_repeating_the_key(
    lists: Lists,
) -> None:
    host = lists.server.url
    lists.answer = pages(
        (
            [{"id": "a"}],
            f'<{host}/else>; rel="prev", <{host}/linked/2?key=old&at=%2F,x>; title="a, b"; REL="last Next"',
        ),
        ([{"id": "b"}], "<?at=3>; rel=next"),
        ([{"id": "c"}], f"<{host}/linked>; rel=first"),
    )

    assert lists.ids("linked") == "abc"
    targets = [target.replace(SENTINEL, "K") for target in lists.targets()]
    assert targets == [
        "/linked?key=K",
        "/linked/2?at=%2F,x&key=K",
        "/linked/2?at=3&key=K",
    ]


def test_links_may_stand_in_the_page(lists: Lists) -> None:
    lists.answer = pages(things("a", next="/within?q=ä#top"), things("b", next=""))

    assert lists.ids("within") == "ab"
    assert lists.asked() == [{}, {"q": "ä"}]


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/next",
        "//elsewhere.example/next",
        "http://127.0.0.1:1/v1/next",
        "https://127.0.0.1:{port}/v1/next",
        "http://user@127.0.0.1:{port}/v1/next",
        "http://127.0.0.1:{port}@elsewhere.example/v1/next",
        "/other/next",
        "../next",
        "/v1/%2e%2e/next",
        "/v1",
        "file:///v1/next",
        "http://127.0.0.1:x/v1/next",
        "http://[::1/v1/next",
        "/v1/a b",
        "/v1/a\r\nX-Evil: 1",
        "\\\\elsewhere.example/v1",
    ],
)
def test_a_link_that_leads_away_is_refused_and_nothing_is_sent(
    lists: Lists, link: str
) -> None:
    lists.base = "/v1"
    lists.answer = pages(things("a", next=link.format(port=lists.server.port)))

    message = lists.refused("within")

    assert message.startswith("page 1: GET /within: ")
    assert "its link to the next page" in message
    assert len(lists.targets()) == 1


@pytest.mark.parametrize(
    ("operation", "contents", "words", "count"),
    [
        ("cursors", [things("a", meta={"next-one": "x"})], "page 2: .* leads back", 2),
        ("numbered", [things("a")], "page 2: .* the same as the page before", 2),
        ("offsets", [things("a")], "page 2: .* the same as the page before", 2),
        ("offsets", [things("", more=True)], "page 1: .* and is empty", 1),
        ("after", [things("", has_more=True)], "page 1: .* and not where", 1),
        ("linked", [([{"id": "a"}], "</linked>; rel=next")], "page 1: .* leads b", 1),
        ("within", [things("a", next="?p=2")], "page 2: .* leads back", 2),
    ],
)
def test_a_list_that_goes_in_circles_ends_with_an_error(
    lists: Lists, operation: str, contents: list[Any], words: str, count: int
) -> None:
    lists.answer = pages(*contents)

    message = lists.refused(operation)

    assert re.search(words, message), message
    assert len(lists.targets()) == count


def test_a_list_with_more_pages_than_allowed_is_taken_for_endless(
    lists: Lists,
) -> None:
    lists.answer = lambda asked: things("", next=asked.get("cursor", "") + "x")

    message = lists.refused("few")

    assert "page 3: " in message
    assert "most_pages" in message
    assert len(lists.targets()) == 3


@pytest.mark.parametrize("content", [{}, {"error": "none today"}])
def test_a_page_without_its_list_is_an_error_and_not_an_empty_one(
    lists: Lists, content: Any
) -> None:
    lists.answer = pages(content)

    assert "it has no list things" in lists.refused("numbered")


@pytest.mark.parametrize("content", [{}, {"things": None}])
def test_a_list_that_the_document_does_not_require_is_empty_where_it_is_missing(
    lists: Lists, content: Any
) -> None:
    lists.answer = pages(content)

    assert lists.read("optional") == []


def test_whole_pages_are_what_a_call_returns(lists: Lists) -> None:
    lists.answer = pages(things("ab", total=3), things("c", total=3))

    first, second = lists.read("numbered", by_page=True)

    assert [thing.id for thing in first.things] == ["a", "b"]
    assert second.total == 3


def test_an_error_says_which_page_has_failed_and_the_iterator_goes_on_with_it(
    lists: Lists,
) -> None:
    lists.answer = pages(things("a"), 500, things("b"), things(""))
    module = lists.module("numbered")

    async def read_async(client: Any) -> tuple[str, list[Any]]:
        iterator = aiter(client.pages(module))
        await anext(iterator)
        with pytest.raises(lists.package.InternalServerError) as caught:
            await anext(iterator)
        return str(caught.value), [item async for item in iterator]

    with lists.driver.client(lists.server.url, lists.package) as client:
        if lists.driver.prefix:
            message, others = lists.driver.wait(read_async(client))
        else:
            iterator = iter(client.pages(module))
            next(iterator)
            with pytest.raises(lists.package.InternalServerError) as caught:
                next(iterator)
            message, others = str(caught.value), list(iterator)

    assert message.startswith("page 2: GET /numbered: the service answered 500")
    assert [thing.id for thing in others] == ["b"]
    pages_asked = [asked.get("page") for asked in lists.asked()]
    assert pages_asked == [None, "2", "2", "3"]


def test_each_page_is_tried_again_as_a_call_is(lists: Lists) -> None:
    lists.answer = pages(things("a"), 503, things("b"), things(""))
    module = lists.module("numbered")
    with lists.driver.client(lists.server.url, lists.package, max_retries=1) as client:
        if lists.driver.prefix:

            async def read() -> list[Any]:
                return [item async for item in client.pages(module)]

            items = lists.driver.wait(read())
        else:
            items = list(client.pages(module))

    assert [thing.id for thing in items] == ["a", "b"]


def test_each_iteration_begins_with_the_first_page(lists: Lists) -> None:
    lists.answer = pages(things("a", total=1))

    assert lists.ids("numbered") == "a"
    assert lists.ids("numbered") == "a"
    assert lists.asked() == [{}, {}]


def test_parameters_are_checked_before_anything_is_sent(lists: Lists) -> None:
    with pytest.raises(lists.package.InvalidRequestError, match="page"):
        lists.read("numbered", page=0)
    assert lists.targets() == []


def test_an_operation_without_pages_is_refused(lists: Lists) -> None:
    message = lists.refused("plain", "InvalidRequestError")

    assert "its answer does not come in pages; use client.call." in message
    assert lists.targets() == []
