"""The reference: whole, readable, with links that lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

import enkrypt_api_client
from enkrypt_api_client import models
from tests.conftest import ROOT
from tests.docs.pages import README, blocks

PACKAGE, MODELS = "enkrypt_api_client.html", "enkrypt_api_client/models.html"


class Page(HTMLParser):
    """Anchors, links and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.anchors.append(found.get("id") or "")
        self.links.add(found.get("href") or "" if tag == "a" else "")

    def handle_data(self, data: str) -> None:
        self.text += data


Site = dict[str, Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Made by a process of its own, since that changes what it describes."""
    folder = tmp_path_factory.mktemp("reference") / "site"
    command = [sys.executable, "-m", "scripts.reference", "--output", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return {
        path.relative_to(folder).as_posix(): Page(path.read_text("utf-8"))
        for path in folder.rglob("*.html")
    }


def test_links_lead_somewhere_and_to_every_operation(site: Site) -> None:
    reached = set()
    for path, page in site.items():
        for link in page.links - {"https://pdoc.dev"}:
            name, _, anchor = unquote(link).partition("#")
            target = os.path.normpath(f"{Path(path).parent / name}") if name else path
            assert anchor in {"", *site[target].anchors}, f"{path}: {link}"
            reached.add(target)
    operations = {
        path for path in site if re.match(r"enkrypt_api_client/api/\w+/", path)
    }
    assert operations
    assert operations <= reached


def test_the_first_page_has_the_first_call_and_every_name(site: Site) -> None:
    text = site[PACKAGE].text
    first_call = text.index(blocks(README, "python")[0])
    assert text.rindex("Getting started") < first_call
    assert first_call < text.index("Synchronous client.")
    members = {"modify_model", "call", "stream", "with_options", "api"}
    wanted = {
        f"{c}.{m}" for c in ("EnkryptClient", "AsyncEnkryptClient") for m in members
    }
    assert {*enkrypt_api_client.__all__, *wanted} <= {*site[PACKAGE].anchors}


def test_the_request_and_its_settings_come_first(site: Site) -> None:
    anchors = [a for a in site[MODELS].anchors if a in models.__all__]
    assert {*anchors} == {*models.__all__}
    assert anchors[:2] == ["ModelRequestObject", "ModelConfig"]
    others = ["AuthData", "ModifyModelResponseObject", "ModelProvider"]
    assert [a for a in anchors if a in others] == others


def test_types_of_fields_are_in_words(site: Site) -> None:
    text = site[MODELS].text
    assert re.search(r"model_name:\s+str, optional\s", text)
    assert re.search(r"hosting_type:\s+HostingType, optional\s", text)
    assert re.search(r"model_config:\s+ModelConfig\s", text)
    for jargon in ("Unset", "attrs", "OpenModel", "typing.", "enkrypt_api_client.m"):
        assert jargon not in text.partition("The objects that")[2], jargon
