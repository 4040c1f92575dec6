"""A page that the vendor adds tomorrow goes all the way of CONTRIBUTING, and nobody writes a line of code."""

from __future__ import annotations

import asyncio
import datetime
import importlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from scripts import accept, drift, generate, tree, update
from scripts import document as oas
from scripts.contract import lock
from scripts.generator import run
from scripts.mock_service import API_KEY, MockService, Reply, running
from scripts.version import versions
from tests.conftest import PAGE, ROOT

NEW_PAGE = PAGE.with_name("list-items.md")
FILES = (
    *("openapi.yaml", "generator-config.yaml", "pyproject.toml"),
    *(lock.PATH.name, "CHANGELOG.md"),
)


class Service(MockService):
    """Remembers the query of each request."""

    queries: list[str]

    def answer(self, scope: Any, body: bytes) -> Reply:
        self.queries.append(scope["query_string"].decode())
        return super().answer(scope, body)


class Rehearsed(NamedTuple):
    """What stands there in the end."""

    house: Path
    package: ModuleType
    operation: ModuleType
    service: Service
    url: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of its own."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(tree.PACKAGE, folder / tree.PACKAGE.name)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def taken_in(house: Path) -> None:
    pages = [str(PAGE), str(NEW_PAGE)]
    assert update.main([*pages, "--output", str(house / "openapi.yaml")]) == 0


def generated(house: Path) -> None:
    arguments = ["--document", str(house / "openapi.yaml")]
    arguments += ["--config", str(house / "generator-config.yaml")]
    assert generate.main([*arguments, "--package", str(house / tree.PACKAGE.name)]) == 0


def accepted(house: Path) -> None:
    """With the version and the changelog that are asked for."""
    root = ["--root", str(house)]
    assert accept.main([*root, "--check"]) == 1
    assert accept.main(root) == 1
    major, minor = re.findall(r"\d+", versions(house)[0])[:2]
    version = f"{major}.{int(minor) + 1}.0"
    for name in ("pyproject.toml", f"{tree.PACKAGE.name}/__init__.py"):
        text = (house / name).read_text("utf-8")
        pattern = r'^((?:__)?version(?:__)? = )"[^"]+"'
        text = re.sub(pattern, rf'\1"{version}"', text, flags=re.MULTILINE)
        (house / name).write_text(text, "utf-8")
    changelog = (house / "CHANGELOG.md").read_text("utf-8")
    (house / "CHANGELOG.md").write_text(
        f"{changelog}\n## [{version}]\n\n### Added\n\n- Listing items.\n", "utf-8"
    )
    assert accept.main(root) == 0
    assert accept.main([*root, "--check"]) == 0


@pytest.fixture(scope="module")
def rehearsed(house: Path) -> Iterator[Rehearsed]:
    taken_in(house)
    generated(house)
    accepted(house)
    service = Service(oas.read(house / "openapi.yaml"))
    with (
        run.imported(house / tree.PACKAGE.name) as package,
        running(service) as url,
    ):
        name = f"{package.__name__}.api.datasets.list_items"
        yield Rehearsed(house, package, importlib.import_module(name), service, url)


@pytest.fixture(autouse=True)
def forgotten(rehearsed: Rehearsed) -> None:
    rehearsed.service.queries = []


def test_the_report_says_that_nobody_is_broken(rehearsed: Rehearsed) -> None:
    new = rehearsed.house / "openapi.yaml"
    changes = drift.between(oas.read(ROOT / "openapi.yaml"), oas.read(new))
    assert changes
    assert not any(change.breaking for change in changes)
    assert [change.where for change in changes] == ["list_items"]


def test_the_new_operation_is_called_with_the_policy_of_the_client(
    rehearsed: Rehearsed,
) -> None:
    with rehearsed.package.EnkryptClient(API_KEY, base_url=rehearsed.url) as client:
        text, image = client.call(
            rehearsed.operation, dataset_name="my set", limit=5, kinds=["text", "image"]
        )
    assert rehearsed.service.requests[-1] == ("GET", "/datasets/my set/items")
    assert rehearsed.service.queries == ["limit=5&kinds=text&kinds=image"]
    assert type(text).__name__ == "TextItem"
    assert text.added_at == datetime.datetime(
        2024, 10, 15, 17, 22, 47, tzinfo=datetime.UTC
    )
    assert type(image).__name__ == "ImageItem"
    assert image.url == "https://example.com/image.png"


def test_the_new_operation_is_called_by_the_async_client(rehearsed: Rehearsed) -> None:
    async def call() -> Any:
        url = rehearsed.url
        async with rehearsed.package.AsyncEnkryptClient(
            API_KEY, base_url=url
        ) as client:
            return await client.call(rehearsed.operation, dataset_name="s")

    assert [item.kind for item in asyncio.run(call())] == ["text", "image"]


def test_a_wrong_request_is_told_in_full_and_not_sent(rehearsed: Rehearsed) -> None:
    package = rehearsed.package
    with (
        package.EnkryptClient(API_KEY, base_url=rehearsed.url) as client,
        pytest.raises(package.InvalidRequestError) as caught,
    ):
        client.call(rehearsed.operation, limit=1000, kinds=["sound"], page=2)
    problems = {path for path, _fault in caught.value.problems}
    assert problems == {"dataset_name", "limit", "kinds[0]", "page"}
    assert rehearsed.service.queries == []


def test_a_refusal_is_the_error_that_it_always_is(rehearsed: Rehearsed) -> None:
    package = rehearsed.package
    with (
        package.EnkryptClient("wrong", base_url=rehearsed.url) as client,
        pytest.raises(package.AuthenticationError, match="GET /datasets/"),
    ):
        client.call(rehearsed.operation, dataset_name="s")


def test_no_hand_written_file_was_touched_but_for_the_version(
    rehearsed: Rehearsed,
) -> None:
    for name in tree.HAND_WRITTEN:
        before = (tree.PACKAGE / name).read_text("utf-8").splitlines()
        after = (rehearsed.house / tree.PACKAGE.name / name).read_text("utf-8")
        changed = [
            line
            for line in after.splitlines()
            if line not in before and not line.startswith("__version__")
        ]
        assert changed == []
