"""Every Python block of the README runs, in the order of the page, against the mock service."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from scripts import samples
from scripts.mock_models import ModelStore
from scripts.mock_service import API_KEY, Reply, running
from tests.docs.pages import README, Block, blocks
from tests.service.test_wire import RecordingService

SETTINGS = """
model_saved_name: Renamed Model
model_version: v1
model_config:
  model_provider: together
  endpoint: {scheme: https, host: api.together.xyz, port: 443, base_path: /v1}
"""


class Service(RecordingService):
    """Counts concurrent requests, and fails where a model is called `Broken`."""

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self.document = document
        self.at_once = self.most_at_once = 0

    def reset(self) -> None:
        """Only `Test Model` exists, and nothing was asked."""
        self.models = ModelStore(self.document)
        self.seen = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.001)
        await super().__call__(scope, receive, send)
        self.at_once -= 1

    def answer(self, scope: Any, body: bytes) -> Reply:
        reply = super().answer(scope, body)
        broken = self.seen[-1][3]["model_saved_name"].startswith("Broken")
        return Reply(500, {"message": "out of order"}) if broken else reply


class Page:
    """The README after a reader has run all of it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.names: dict[str, Any] = {"__name__": "readme"}
        self.seen: dict[str, list[Any]] = {}

    def run(self, block: Block) -> None:
        """Run one block; what it sent is kept under its text."""
        self.service.seen = []
        code = compile("\n" * (block.line - 1) + block.text, str(README), "exec")
        exec(code, self.names)
        self.seen[block.text] = self.service.seen

    def sent(self, part: str) -> list[Any]:
        """What was sent by the one block that holds this text."""
        (found,) = (seen for text, seen in self.seen.items() if part in text)
        return found


@contextlib.contextmanager
def reader(folder: Path, url: str) -> Iterator[None]:
    """A reader's working folder and environment."""
    (folder / "model.yaml").write_text(SETTINGS, "utf-8")
    trustme.CA().cert_pem.write_to_path(str(folder / "company-ca.pem"))
    logger = logging.getLogger("enkrypt_api_client")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ENKRYPTAI_API_KEY", API_KEY)
        patch.setenv("ENKRYPTAI_BASE_URL", url)
        patch.setenv("NEW_PROVIDER_KEY", "new-provider-key")
        try:
            yield
        finally:
            logger.setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def page(document: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    service = Service(document)
    with running(service) as url, reader(tmp_path_factory.mktemp("reader"), url):
        read = Page(service)
        for block in blocks(README, "python"):
            read.run(block)
        yield read


def test_the_smallest_example_sends_the_request_that_it_shows(page: Page) -> None:
    ((method, path, headers, body),) = page.sent(
        "result = client.modify_model(request)"
    )
    assert (method, path) == ("PATCH", "/models/modify-model")
    assert headers["apikey"] == API_KEY
    assert body == {
        "model_saved_name": "Test Model",
        "model_version": "v1",
        "model_config": {"model_provider": "together"},
    }


def test_the_async_example_sends_the_same_and_then_renames_the_model(
    page: Page,
) -> None:
    same, rename = page.sent("asyncio.run(main())")
    assert same[3] == page.sent("result = client.modify_model(request)")[0][3]
    assert rename[2]["x-enkrypt-model"] == "Test Model"
    assert rename[3]["model_saved_name"] == "Renamed Model"


def test_the_rotation_sends_all_settings_and_the_new_key(page: Page) -> None:
    ((_, _, _, body),) = page.sent("NEW_PROVIDER_KEY")
    assert body["model_config"]["apikeys"] == ["new-provider-key"]
    assert body["model_config"]["endpoint"]["host"] == "api.together.xyz"


def test_the_ways_below_the_surface_send_the_same_and_give_the_same(page: Page) -> None:
    sent = page.sent("modify_model_detailed")
    assert len(sent) == 3
    assert all(request[3] == sent[0][3] for request in sent)
    names = page.names
    assert names["detailed"].status_code == 200
    assert names["detailed"].parsed.data.model_id
    assert names["called"].data.model_id == names["plain"].data.model_id


def test_the_custom_client_and_the_recipe_for_tests_ask_no_service(page: Page) -> None:
    assert page.sent("company-ca.pem") == []
    assert page.sent("MockTransport") == []


def test_the_bulk_change_reports_each_of_300_models_as_what_became_of_it(
    page: Page, request_example: Any
) -> None:
    page.service.reset()
    page.service.most_at_once = 0
    names = [f"Model {n}" for n in range(280)] + [f"Broken {n}" for n in range(3)]
    requests = [{**request_example, "model_saved_name": name} for name in names]
    for request in requests:
        page.service.models.add(request)
    missing = {**request_example, "model_saved_name": "Nowhere"}
    wrong = samples.sample(page.service.document, {"example": {**request_example}})
    wrong["model_config"] = {**wrong["model_config"], "model_provider": "nobody"}
    report = asyncio.run(page.names["change_all"]([*requests, missing, wrong]))
    assert sorted(report["changed"]) == sorted(names[:280])
    assert sorted(name for name, _ in report["unknown"]) == sorted(names[280:])
    assert sorted(name for name, _ in report["failed"]) == ["Nowhere", "Test Model"]
    problems = dict(report["failed"])["Test Model"]
    assert [path for path, _ in problems] == ["model_config.model_provider"]
    assert 1 < page.service.most_at_once <= 20
