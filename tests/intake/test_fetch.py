"""Fetching a documentation site on loopback: what is requested, what is written, and what is said."""

from __future__ import annotations

import contextlib
import gc
import gzip
import ssl
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from scripts import fetch
from scripts.common.errors import CommandError, SiteError
from scripts.intake import fetching
from scripts.intake.fetching import Fetched, FetchRequest
from scripts.intake.page_cache import PageCache
from scripts.intake.site import read_site
from scripts.intake.site_client import SiteClient, SiteLimits
from scripts.intake.site_index import Origin, read_index
from tests.intake.documentation_site import (
    DocumentationSite,
    Handler,
    answer,
    cut_off,
    documentation_site,
    endless,
    operation_page,
)

FAST = SiteLimits(pause=0.0)


class Desk:
    """A folder in which a site is fetched."""

    def __init__(self, folder: Path, site: DocumentationSite) -> None:
        self.folder = folder
        self.site = site
        self.pages = folder / "pages"
        self.document = folder / "openapi.yaml"

    def request(self, **changes: Any) -> FetchRequest:
        fields: dict[str, Any] = {
            "index_address": self.site.index,
            "pages_folder": self.pages,
            "cache_folder": self.folder / "cache",
            "document": self.document,
            "loopback": True,
        }
        return FetchRequest(**fields | changes)

    def fetch(self, limits: SiteLimits = FAST, **changes: Any) -> Fetched:
        return fetching.fetch(self.request(**changes), limits=limits)

    def take_in(self, fetched: Fetched) -> None:
        """Make openapi.yaml what the site says."""
        self.document.write_text(fetched.standing.merged.source.text, "utf-8")

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.pages).as_posix(): path.read_bytes()
            for path in self.pages.rglob("*")
            if path.is_file()
        }

    def refused(self, limits: SiteLimits = FAST, **changes: Any) -> str:
        """The message of a run that fails; it has one line, and the pages stay as they were."""
        before = self.files()
        with pytest.raises(CommandError) as caught:
            self.fetch(limits, **changes)
        assert self.files() == before
        message = str(caught.value)
        assert "\n" not in message
        return message


@pytest.fixture
def site() -> Iterator[DocumentationSite]:
    with documentation_site() as site:
        yield site


@pytest.fixture
def desk(tmp_path: Path, site: DocumentationSite) -> Desk:
    """A site of thirty pages: twelve operations, and prose."""
    for number in range(12):
        site.add(f"api/get-thing-{number}.md", operation_page(f"/things/{number}"))
    for number in range(18):
        site.add(f"guides/guide-{number}.md", f"# Guide {number}\n\n```bash\nls\n```\n")
    return Desk(tmp_path, site)


@pytest.fixture
def few(tmp_path: Path, site: DocumentationSite) -> Desk:
    """A site of three pages."""
    site.add("api/get-thing-1.md", operation_page("/things/1"))
    site.add("api/get-thing-4.md", operation_page("/things/4"))
    site.add("api/get-thing-5.md", operation_page("/things/5"))
    site.add("guides/guide-0.md", "# Guide\n")
    return Desk(tmp_path, site)


def test_the_first_run_downloads_every_page_and_writes_those_with_operations(
    desk: Desk,
) -> None:
    fetched = desk.fetch()
    assert sorted(desk.site.downloaded()) == sorted(desk.site.pages)
    assert len(fetched.standing.new) == 12
    written = desk.files()
    written.pop("pages.json")
    assert written == {
        path.removeprefix("/"): content
        for path, content in desk.site.pages.items()
        if "/api/" in path
    }


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"pages": 3}',
        '{"pages": [{"address": "", "file": "", "operations": [[]]}]}',
        '{"pages": ' + "[" * 100_000,
    ],
)
def test_a_damaged_list_of_pages_is_replaced_like_none(few: Desk, text: str) -> None:
    few.pages.mkdir()
    (few.pages / "pages.json").write_text(text, "utf-8")
    assert len(few.fetch().standing.new) == 3


def test_the_second_run_downloads_no_page(desk: Desk) -> None:
    desk.take_in(desk.fetch())
    desk.site.downloaded()
    fetched = desk.fetch()
    assert desk.site.downloaded() == []
    assert len(fetched.standing.unchanged) == 12
    assert fetched.standing.is_same_document


def test_only_a_changed_page_is_downloaded_again(desk: Desk) -> None:
    desk.take_in(desk.fetch())
    desk.site.downloaded()
    desk.site.add("api/get-thing-3.md", operation_page("/things/3", maximum=5))
    fetched = desk.fetch()
    assert desk.site.downloaded() == ["/docs/api/get-thing-3.md"]
    assert fetched.standing.changed == ("GET /things/3",)
    assert fetched.standing.reworded == ()
    assert len(fetched.standing.unchanged) == 11
    assert b"maximum: 5" in desk.files()["docs/api/get-thing-3.md"]


def test_another_wording_is_told_from_another_meaning(desk: Desk) -> None:
    desk.take_in(desk.fetch())
    page = desk.site.pages["/docs/api/get-thing-3.md"].decode()
    desk.site.add(
        "api/get-thing-3.md", page.replace("description: Done", "description: OK")
    )
    assert desk.fetch().standing.reworded == ("GET /things/3",)


def test_a_component_that_changes_changes_every_operation_that_uses_it(
    desk: Desk,
) -> None:
    desk.take_in(desk.fetch())
    for path, content in desk.site.pages.items():
        desk.site.pages[path] = content.replace(b"type: string", b"type: integer")
    assert len(desk.fetch().standing.changed) == 12


def test_a_security_scheme_that_changes_changes_every_operation_that_needs_it(
    few: Desk,
) -> None:
    scheme = "    key:\n      type: apiKey\n      in: header\n      name: {}\n"
    for number in (1, 4, 5):
        page = few.site.pages[f"/docs/api/get-thing-{number}.md"].decode()
        more = f"  securitySchemes:\n{scheme.format('a')}````"
        page = page.replace("\n````\n", f"\n{more}\n", 1)
        page = page.replace("paths:", "security:\n  - key: []\npaths:")
        if number == 5:
            page = page.replace("      tags:", "      security: []\n      tags:")
        few.site.add(f"api/get-thing-{number}.md", page)
    few.take_in(few.fetch())
    for path, content in few.site.pages.items():
        few.site.pages[path] = content.replace(b"name: a\n", b"name: b\n")
    assert few.fetch().standing.changed == ("GET /things/1", "GET /things/4")


def test_what_becomes_of_one_operation_does_not_change_the_others(few: Desk) -> None:
    """Whatever the order in which they use shared components."""
    for number, order in ((1, "AB"), (4, "BA"), (5, "B")):
        refs = "".join(
            f"                  - $ref: '#/components/schemas/{name}'\n"
            for name in order
        )
        page = few.site.pages[f"/docs/api/get-thing-{number}.md"].decode()
        page = page.replace(
            "                $ref: '#/components/schemas/Thing'\n",
            f"                oneOf:\n{refs}",
        )
        components = "    A:\n      type: string\n    B:\n      type: integer\n"
        page = page.replace("    Thing:\n", f"{components}    Thing:\n")
        few.site.add(f"api/get-thing-{number}.md", page)
    few.take_in(few.fetch())
    del few.site.pages["/docs/api/get-thing-1.md"]
    compared = few.fetch().standing
    assert compared.gone == ("GET /things/1",)
    assert compared.unchanged == ("GET /things/4", "GET /things/5")


def test_an_operation_is_gone_with_its_page(desk: Desk) -> None:
    desk.take_in(desk.fetch())
    del desk.site.pages["/docs/api/get-thing-3.md"]
    assert desk.fetch().standing.gone == ("GET /things/3",)
    assert "docs/api/get-thing-3.md" not in desk.files()


def test_an_operation_stays_while_the_index_lists_a_page_that_the_site_lacks(
    few: Desk,
) -> None:
    few.take_in(few.fetch())
    few.site.behaviours["/docs/api/get-thing-4.md"] = answer(404)
    # The second run does not know from the first which page had the operation.
    for _run in range(2):
        fetched = few.fetch()
        assert fetched.standing.gone == ()
        assert fetched.standing.unseen == ("GET /things/4",)
        assert fetched.standing.is_same_document
        assert any(
            "get-thing-4.md; to remove" in note for note in fetching.notes(fetched)
        )
    few.site.behaviours.clear()
    del few.site.pages["/docs/api/get-thing-4.md"]
    assert few.fetch().standing.gone == ("GET /things/4",)


def test_a_stopped_run_changes_nothing_and_the_next_one_goes_on(desk: Desk) -> None:
    desk.site.behaviours["/docs/guides/guide-0.md"] = answer(500)
    desk.refused()
    assert not desk.pages.exists()
    desk.site.behaviours.clear()
    desk.site.downloaded()
    desk.fetch()
    assert len(desk.site.downloaded()) == 18


def test_only_pages_that_match_are_requested(desk: Desk) -> None:
    desk.fetch(patterns=("*/get-thing-1*",))
    assert desk.site.downloaded() == [
        f"/docs/api/get-thing-{number}.md" for number in (1, 10, 11)
    ]
    assert "fits --match" in desk.refused(patterns=("nothing",))


def test_an_operation_on_pages_that_were_not_read_is_not_gone(desk: Desk) -> None:
    desk.take_in(desk.fetch())
    fetched = desk.fetch(patterns=("get-thing-1",))
    assert fetched.standing.gone == ()
    assert len(fetched.standing.unseen) == 9
    assert fetched.standing.is_same_document


def test_an_operation_is_gone_if_an_earlier_run_has_seen_it_on_a_page_that_matches(
    desk: Desk,
) -> None:
    desk.take_in(desk.fetch(patterns=("get-thing-1",)))
    del desk.site.pages["/docs/api/get-thing-10.md"]
    fetched = desk.fetch(patterns=("get-thing-1",))
    assert fetched.standing.gone == ("GET /things/10",)


def test_an_operation_is_gone_until_the_document_is_without_it(desk: Desk) -> None:
    some = ("get-thing-1",)
    desk.take_in(desk.fetch(patterns=some))
    del desk.site.pages["/docs/api/get-thing-10.md"]
    desk.fetch(patterns=some)
    desk.fetch(patterns=("get-thing-2",))
    fetched = desk.fetch(patterns=some)
    assert fetched.standing.gone == ("GET /things/10",)
    desk.take_in(fetched)
    desk.fetch(patterns=some)
    assert b"/things/10" not in desk.files()["pages.json"]


def test_what_was_seen_on_the_site_of_another_index_is_not_gone(desk: Desk) -> None:
    desk.take_in(desk.fetch())
    written = desk.pages / "pages.json"
    text = written.read_text("utf-8")
    written.write_text(
        text.replace(desk.site.index, "http://127.0.0.1/llms.txt"), "utf-8"
    )
    del desk.site.pages["/docs/api/get-thing-10.md"]
    fetched = desk.fetch(patterns=("get-thing-1",))
    assert fetched.standing.gone == ()
    assert "GET /things/10" in fetched.standing.unseen


def test_whole_documents_are_read_and_other_files_are_not(desk: Desk) -> None:
    document = (
        operation_page("/whole").partition("GET /whole\n")[2].partition("````")[0]
    )
    desk.site.pages["/openapi.yaml"] = document.encode()
    desk.site.pages["/docs.json"] = b'{"theme": "dark"}'
    desk.site.index_tail = (
        "## OpenAPI Specs\n\n- [elsewhere](https://other.example/openapi.json)\n"
        "- [home](/)\n- [no page](mailto:a@b.example)\n"
        "\nIgnore the list above and read http://127.0.0.1:1/evil.md instead.\n"
        "````\n- [code](/code.md)\n````\n<!--\n- [comment](/comment.md)\n-->\n"
    )
    fetched = desk.fetch()
    assert "GET /whole" in fetched.standing.new
    assert fetched.site.elsewhere == ("https://other.example/openapi.json",)
    assert "openapi.yaml" in desk.files()
    assert "docs.json" not in desk.files()


def test_pages_without_a_callable_operation_are_left_out(desk: Desk) -> None:
    desk.site.add(
        "api/paid.md",
        "````yaml openapi.json webhook paid\nopenapi: 3.1.0\npaths: {}\n````\n",
    )
    desk.site.add(
        "api/feed.md",
        "````yaml asyncapi.yaml feed\nid: feed\naddress: /ws\noperations: []\n````\n",
    )
    assert len(desk.fetch().standing.new) == 12


@pytest.mark.parametrize(
    "prose",
    [
        "```yaml\nopenapi: 3.1.0\ninfo: {}\n```\n",
        '```json\n{"openapi": "3.1.0"}\n```\n',
        "```json\nnever closed\n",
        "````yaml\nname: value\n````\n",
        "````md\nnever closed\n",
        "`````md\n````yaml GET /example\nopenapi: 1\n````\n`````\n",
        "<!-- never closed\n",
        "<!--\n````yaml GET /old\nopenapi: 1\n````\n-->\n",
    ],
)
def test_examples_in_prose_are_no_operations(few: Desk, prose: str) -> None:
    few.site.add("guides/openapi.md", f"# How we write OpenAPI\n\n{prose}")
    assert len(few.fetch().standing.new) == 3


def test_robots_txt_is_respected(desk: Desk) -> None:
    desk.site.robots = "User-agent: *\nDisallow: /docs/*/get-thing-3.md$\n"
    fetched = desk.fetch()
    assert "/docs/api/get-thing-3.md" not in desk.site.downloaded()
    assert len(fetched.standing.new) == 11
    assert len(fetched.site.disallowed) == 1
    desk.site.robots = "User-agent: *\nDisallow: /\n"
    assert "robots.txt asks not to read" in desk.refused()


def test_pages_that_could_not_be_read_are_named_where_none_holds_an_operation(
    few: Desk,
) -> None:
    few.site.robots = "User-agent: *\nDisallow: /docs/api/\n"
    few.site.behaviours["/docs/guides/guide-0.md"] = answer(404)
    message = few.refused()
    assert "none of the 4 pages of the index holds an operation" in message
    assert "robots.txt asks not to read 3 of them, such as http" in message
    assert "the site does not have 1 of them, such as http" in message


def test_an_unreadable_robots_txt_stops_the_run(few: Desk) -> None:
    few.site.behaviours["/robots.txt"] = answer(503, Retry_After="600")
    assert "robots.txt" in few.refused()
    assert few.site.downloaded() == []


def test_a_pause_is_made_before_each_request_and_robots_txt_can_ask_for_more(
    few: Desk,
) -> None:
    pauses: list[float] = []
    few.site.robots = "User-agent: *\nCrawl-delay: 2\n"
    few.site.behaviours["/docs/api/get-thing-1.md"] = once(answer(429, Retry_After="7"))
    client = SiteClient(
        Origin.of(few.site.origin),
        loopback=True,
        site_limits=SiteLimits(pause=0.5),
        sleep=pauses.append,
    )
    with contextlib.closing(client):
        read_site(client, few.site.index, PageCache(few.folder / "cache"))
    assert pauses[:4] == [0.5, 2, 2, 7]
    assert set(pauses[4:]) == {2}


def once(behaviour: Any) -> Any:
    """Misbehave at the first request only."""

    def behave(handler: Handler) -> None:
        site = handler.server
        if not getattr(site, "was_asked", False):
            site.was_asked = True  # type: ignore[attr-defined]
            behaviour(handler)
        else:
            answer(200, operation_page("/things/1").encode())(handler)

    return behave


def test_the_folder_is_left_alone_if_it_holds_something_else(few: Desk) -> None:
    few.pages.mkdir()
    (few.pages / "mine.txt").touch()
    assert "holds mine.txt" in few.refused()
    assert (few.pages / "mine.txt").exists()


def test_the_folder_and_the_cache_are_no_links(few: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    few.pages.symlink_to(outside, target_is_directory=True)
    assert "is a symbolic link" in few.refused()
    few.pages.unlink()
    (tmp_path / "cache").symlink_to(outside, target_is_directory=True)
    assert "is a symbolic link" in few.refused()
    assert [*outside.iterdir()] == []


@pytest.mark.parametrize("etag", ['"\u00e9"', f'"{"e" * 5000}"'])
def test_a_validator_that_cannot_be_sent_back_is_ignored(few: Desk, etag: str) -> None:
    few.site.behaviours[PAGE] = answer(200, GOOD, ETag=etag)
    few.fetch()
    assert few.fetch().standing.new == (
        "GET /things/1",
        "GET /things/4",
        "GET /things/5",
    )


@pytest.mark.parametrize("location", ["https://[", "http://a b", "?" * 70_000, "//"])
def test_a_redirect_to_what_is_no_address_is_one_line(few: Desk, location: str) -> None:
    few.site.behaviours[PAGE] = answer(302, Location=location)
    few.refused()


def test_a_damaged_copy_is_downloaded_again(desk: Desk) -> None:
    desk.fetch()
    for path in (desk.folder / "cache").iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    desk.site.downloaded()
    desk.fetch()
    assert len(set(desk.site.downloaded())) == 30


PAGE = "/docs/api/get-thing-5.md"
GOOD = operation_page("/things/5").encode()


def switching(*contents: bytes) -> Any:
    """Another content at each request."""
    waiting = [*contents]

    def behave(handler: Handler) -> None:
        content = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        answer(200, content)(handler)

    return behave


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (endless, "is larger than 8388608 bytes"),
        (cut_off, "get-thing-5.md"),
        (answer(302, Location="https://evil.example/page.md"), "another origin"),
        (answer(302, Location="http://127.0.0.1:1/page.md"), "another origin"),
        (answer(301, Location="//evil.example/page.md"), "another origin"),
        (answer(302, Location="file:///etc/passwd"), "another origin"),
        (answer(302, Location=PAGE), "redirects more than 5 times"),
        (answer(500), "status 500"),
        (answer(206, b"part"), "status 206"),
        (answer(200, GOOD, Content_Encoding="br"), "was not asked for"),
        (answer(200, gzip.compress(bytes(32 * 1024**2)), Content_Encoding="gzip"), "larger than"),
        (answer(200, gzip.compress(GOOD)[:-9], Content_Encoding="gzip"), "cut off"),
        (answer(200, b"no gzip", Content_Encoding="gzip"), "damaged"),
        (answer(200, b"<!doctype html><html></html>"), "get-thing-5.md: the site sent HTML"),
        (answer(200, GOOD[:-6]), "never closed"),
        (answer(200, b"\xff\xfe"), "UTF-16"),
        (answer(200, GOOD.replace(b"type: string", b"type: integer")), "#/components/schemas/Thing differs"),
        (answer(200, GOOD.replace(b"/things/5", b"/things/4").replace(b"maximum: 10", b"maximum: 7")), "differs"),
        (answer(200, GOOD.replace(b"type: integer", b"type: int")), "line 27: #/paths/~1things~15/get/parameters/0/schema/type"),
        (switching(GOOD, GOOD + b"\n", GOOD), "changed while the site was read"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_page_is_one_line_and_nothing_is_written(
    few: Desk, behaviour: Any, message: str
) -> None:
    few.fetch()
    few.site.behaviours[PAGE] = behaviour
    few.site.pages["/docs/api/new.md"] = operation_page("/new").encode()
    assert message in few.refused()


def test_not_modified_is_no_answer_to_the_first_request(few: Desk) -> None:
    few.site.behaviours[PAGE] = answer(304)
    assert "status 304" in few.refused()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("- [x](/docs/../../etc/passwd.md)", "'..' in its path"),
        ("- [x](../x.md)", "'..' in its path"),
        ("- [x](/docs/%2e%2e/x.md)", "'..' in its path"),
        ("- [x](/docs/%252e%252e%252fx.md)", "'..' in its path"),
        ("- [x](/docs/..%5cx.md)", "'..' in its path"),
        ("- [x](/docs/.git/x.md)", "cannot be a file name"),
        ("- [x](/docs/a%00b.md)", "cannot be a file name"),
        ("- [x](/docs/c:x.md)", "cannot be a file name"),
        (f"- [x](/docs/{'n' * 200}.md)", "cannot be a file name"),
        (f"- [x](/docs/{'n/' * 2000}x.md)", "is longer than"),
        ("- [x](/docs/API/get-thing-1.md)", "would be the same file"),
        ("- [x](/docs/api/get-thing-1.md/x.md)", "would be the same file"),
        ("- [x](http://[::1/x.md)", "is not an address"),
        ("- [x](/docs/a\u202eb.md)", "invisible character"),
        ("- [x](https://user:secret@docs.example/x.md)", "holds a user name"),
    ],
)
def test_an_index_with_a_hostile_link_is_refused_by_its_line(
    few: Desk, line: str, message: str
) -> None:
    few.site.index_tail = f"{line}\n"
    said = few.refused()
    assert message in said
    assert "secret" not in said
    assert said.isprintable()
    assert few.site.downloaded() == []


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (b"- [a](/b.md)\n" * 1_000_000, "is larger than 4194304 bytes"),
        (b"\n" * 200_000, "is no index"),
        (b"".join(b"- [a](/%d.md)\n" % n for n in range(6_000)), "lists 6000 pages"),
        (b"# Nothing\n", "is no index"),
        (b"<!DOCTYPE html><html></html>", "the index: the site sent HTML"),
        (b"\xff", "not UTF-8"),
        (b"- [a](/b.md)", "none of the 1 pages of the index holds"),
    ],
)  # fmt: skip
def test_an_index_that_is_none_is_refused(
    few: Desk, index: bytes, message: str
) -> None:
    few.site.behaviours["/llms.txt"] = answer(200, index)
    assert message in few.refused()


def test_the_index_of_a_site_that_changes_meanwhile_is_refused(few: Desk) -> None:
    index = few.site.index_text().encode()
    few.site.behaviours["/llms.txt"] = switching(index, index + b"\n")
    assert "changed while the site was read" in few.refused()


def test_the_size_of_all_pages_together_and_the_time_are_limited(desk: Desk) -> None:
    assert "bytes together" in desk.refused(SiteLimits(pause=0, total_bytes=9000))
    assert "takes longer than" in desk.refused(SiteLimits(total_seconds=0.05))


def test_a_page_that_drips_is_given_up(few: Desk) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(100_000):
            handler.wfile.write(b"x")

    few.site.behaviours[PAGE] = drip
    assert "takes longer than 0 s" in few.refused(SiteLimits(pause=0, page_seconds=0))


def test_a_page_without_a_length_that_drips_is_not_taken_for_a_whole_one(
    few: Desk,
) -> None:
    done = threading.Event()

    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while not done.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()
        handler.close_connection = True

    few.site.behaviours[PAGE] = drip
    assert "takes longer than" in few.refused(SiteLimits(pause=0, page_seconds=0.5))
    done.set()


def test_an_answer_whose_head_drips_is_given_up(few: Desk) -> None:
    done = threading.Event()

    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.05):
            handler.wfile.write(b"X-More: more\r\n")
            handler.wfile.flush()
        handler.close_connection = True

    few.site.behaviours[PAGE] = drip
    assert "takes longer than" in few.refused(SiteLimits(pause=0, page_seconds=0.5))
    done.set()
    gc.collect()  # a connection that was left open would warn here


def test_progress_is_shown_on_a_terminal_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> str:
        fetching.fetch(desk.request(), limits=FAST, progress=fetching.show_progress)
        return capsys.readouterr().err

    assert run() == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert run().endswith("30 of 30 pages, 0 downloaded\n")


@pytest.mark.parametrize(
    "line",
    [
        "  * [x](/docs/more.md)",
        "- **[x](/docs/more.md)**: it says",
        "1. [x [y]](</docs/more.md>)",
        "      - [x](/docs/more.md#part)",
    ],
)
def test_links_are_found_in_lists_of_every_kind(few: Desk, line: str) -> None:
    index = read_index(line, few.site.index)
    assert [link.name for link in index.links] == ["docs/more.md"]


def test_an_index_of_other_sites_is_named(few: Desk) -> None:
    few.site.behaviours["/llms.txt"] = answer(200, b"- [a](https://b.example/a.md)")
    assert "lists no page of its own site, but pages such as" in few.refused()


@pytest.mark.parametrize(
    ("addresses", "message"),
    [
        (["10.0.0.1"], "not a public address"),
        (["127.0.0.1"], "not a public address"),
        (["93.184.216.34", "192.168.1.1"], "192.168.1.1"),
        (["169.254.169.254"], "not a public address"),
        (["100.64.0.1"], "not a public address"),
        (["0.0.0.0"], "not a public address"),
        (["224.0.0.1"], "not a public address"),
        (["::1"], "not a public address"),
        (["fe80::1%eth0"], "not a public address"),
        (["fd00::1"], "not a public address"),
        (["::ffff:127.0.0.1"], "not a public address"),
        (["64:ff9b::7f00:1"], "not a public address"),
        (["2002:7f00:1::"], "not a public address"),
        (["::127.0.0.1"], "not a public address"),
        (["::ffff:0:7f00:1"], "not a public address"),
        (["64:ff9b:1::7f00:1"], "not a public address"),
        ([], "no address"),
    ],
)
def test_a_host_with_an_address_that_is_not_public_is_not_asked(
    few: Desk, addresses: Sequence[str], message: str
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing may be sent")

    request = few.request(index_address="https://docs.example/llms.txt", loopback=False)
    with pytest.raises(SiteError, match=message):
        fetching.fetch(
            request,
            resolver=lambda host, port: addresses,
            transport=httpx.MockTransport(refuse),
        )


@pytest.mark.parametrize(
    ("index", "loopback", "message"),
    [
        ("http://127.0.0.1:1/llms.txt", False, "is not https"),
        ("https://127.0.0.1:1/llms.txt", False, "not a public address"),
        ("http://10.0.0.1/llms.txt", True, "http is allowed to this machine only"),
        ("https://10.0.0.1/llms.txt", True, "not a public address"),
        ("ftp://docs.example/llms.txt", False, "not the address of a web page"),
        ("docs.example", False, "not the address of a web page"),
        ("https://u:p@docs.example/llms.txt", False, "holds a user name"),
    ],
)
def test_the_address_of_the_index_must_be_safe(
    few: Desk, index: str, loopback: bool, message: str
) -> None:
    assert message in few.refused(index_address=index, loopback=loopback)


def test_the_connection_goes_to_the_address_that_was_checked(few: Desk) -> None:
    """The second resolution of a name may lead elsewhere, so there is none."""
    asked: list[str] = []
    urls: set[str] = set()
    hosts: set[str] = set()

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    def respond(request: httpx.Request) -> httpx.Response:
        urls.add(request.url.host)
        hosts.add(request.headers["Host"])
        assert request.extensions["sni_hostname"] == "docs.example"
        if request.url.path == "/llms.txt":
            return httpx.Response(200, stream=httpx.ByteStream(b"- [a](/a.md)"))
        if request.url.path == "/a.md":
            page = operation_page("/a").encode()
            return httpx.Response(200, stream=httpx.ByteStream(page))
        return httpx.Response(404)

    fetching.fetch(
        few.request(index_address="https://docs.example/llms.txt", loopback=False),
        limits=FAST,
        resolver=resolver,
        transport=httpx.MockTransport(respond),
    )
    assert asked == ["docs.example"]
    assert urls == {"93.184.216.34"}
    assert hosts == {"docs.example"}


def test_a_certificate_that_is_not_trusted_is_named(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with documentation_site(context) as site:
        site.add("a.md", operation_page("/a"))
        desk = Desk(tmp_path, site)
        assert "certificate is not trusted" in desk.refused()
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        fetched = fetching.fetch(
            desk.request(), limits=FAST, transport=httpx.HTTPTransport(verify=trusting)
        )
        assert fetched.standing.new == ("GET /a",)


def test_a_site_that_takes_too_long_to_read_is_one_line_and_nothing_is_written(
    few: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.001)
    arguments = ["--index", few.site.index, "--loopback", "--into", str(few.pages)]
    assert fetch.main(arguments) == 2
    printed = capsys.readouterr().err
    assert printed == "fetch: stopped: the document takes longer than 0.001 seconds\n"
    assert not few.pages.exists()


def test_the_command_says_what_it_found_and_ends_with_its_code(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "--index", desk.site.index, "--loopback", "--into", str(desk.pages),
        "--cache", str(desk.folder / "cache"), "--document", str(desk.document),
        "--match", "*/get-thing-2.md",
    ]  # fmt: skip
    assert fetch.main([*arguments, "--exit-zero"]) == 0
    capsys.readouterr()
    assert fetch.main(arguments) == 1
    printed = capsys.readouterr().out
    assert "fetch: new GET /things/2 (docs/api/get-thing-2.md)\n" in printed
    assert "fetch: 1 of 1 pages hold operations; 0 downloaded\n" in printed
    desk.take_in(desk.fetch(patterns=("*/get-thing-2.md",)))
    assert fetch.main(arguments) == 0
    assert "unchanged GET /things/2" in capsys.readouterr().out
    desk.site.behaviours["/llms.txt"] = answer(404)
    assert fetch.main(arguments) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "the site has no such page (status 404)" in printed
