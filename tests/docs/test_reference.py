"""The reference: whole, with links that lead somewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

import enkrypt_api_client
from enkrypt_api_client import models
from scripts.reference import __main__ as reference


class Page(HTMLParser):
    """Anchors and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.anchors.add(found.get("id") or "")
        if tag == "a" and (link := found.get("href")):
            self.links.add(link)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Page]:
    folder = tmp_path_factory.mktemp("reference") / "site"
    reference.write(folder)
    return {
        path.relative_to(folder): Page(path.read_text("utf-8"))
        for path in folder.rglob("*.html")
    }


def test_every_link_leads_to_a_page_and_a_place_on_it(site: dict[Path, Page]) -> None:
    for path, page in site.items():
        for link in page.links:
            if link.startswith("https://"):
                assert link == "https://pdoc.dev"
                continue
            name, _, anchor = unquote(link).partition("#")
            parts: list[str] = []
            for part in (path.parent / name if name else path).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert Path(*parts) in site, f"{path}: {link}"
            assert anchor in {"", *site[Path(*parts)].anchors}, f"{path}: {link}"


def test_every_public_name_has_its_place(site: dict[Path, Page]) -> None:
    package = site[Path("enkrypt_api_client.html")]
    assert set(enkrypt_api_client.__all__) <= package.anchors
    for member in ("modify_model", "modify_model_detailed", "call", "api"):
        assert f"EnkryptClient.{member}" in package.anchors
        assert f"AsyncEnkryptClient.{member}" in package.anchors
    assert set(models.__all__) <= site[Path("enkrypt_api_client/models.html")].anchors


def test_every_operation_is_reached_from_the_first_page(site: dict[Path, Page]) -> None:
    operations = {
        p for p in site if re.match(r"enkrypt_api_client/api/\w+/\w+", str(p))
    }
    assert operations
    reached, waiting = set[Path](), [Path("enkrypt_api_client.html")]
    while waiting:
        path = waiting.pop()
        reached.add(path)
        for link in site[path].links:
            near = Path(*path.parent.parts, link.partition("#")[0])
            if near in site and near not in reached:
                waiting.append(near)
    assert operations <= reached
