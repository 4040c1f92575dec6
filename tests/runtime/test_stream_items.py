"""What streams consist of: events whose data has the document's types, JSON values line by line."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from scripts.generator.build import build
from scripts.generator.render import imported
from tests.generator.packages import answer, document, ref
from tests.runtime.drivers import Driver
from tests.runtime.loopback import HEAD, Server, says

EVENTS = HEAD + b"Content-Type: text/event-stream\r\n\r\n"
LINES = HEAD + b"Content-Type: application/x-ndjson\r\n\r\n"


def operation(name: str, schema: Any, content_type: str) -> Any:
    return {"get": {"operationId": name, "responses": answer(schema, content_type)}}


def operation_of_items(name: str, schema: Any, content_type: str) -> Any:
    content = {content_type: {"itemSchema": schema}}
    responses = {"200": {"description": "", "content": content}}
    return {"get": {"operationId": name, "responses": responses}}


DOCUMENT = document(
    {
        "/items": operation_of_items("items", ref("Word"), "application/jsonl"),
        "/signs": operation_of_items("signs", ref("Sign"), "text/event-stream"),
        "/words": operation("words", ref("Word"), "text/event-stream"),
        "/steps": operation("steps", ref("Step"), "text/event-stream"),
        "/plain": operation("plain", {"type": "string"}, "text/event-stream"),
        "/rows": operation("rows", ref("Word"), "application/x-ndjson"),
        "/values": operation("values", {}, "application/jsonl"),
        "/both": {
            "get": {
                "operationId": "both",
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/json": {"schema": ref("Whole")},
                            "text/event-stream": {"schema": ref("Word")},
                        },
                    }
                },
            }
        },
    },
    Sign={
        "type": "object",
        "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    },
    Word={"type": "object", "properties": {"text": {"type": "string"}}},
    Whole={"type": "object", "properties": {"all": {"type": "string"}}},
    Begin={
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"const": "begin"}, "at": {"type": "integer"}},
    },
    End={
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"const": "end"}, "why": {"type": "string"}},
    },
    Step={
        "oneOf": [ref("Begin"), ref("End")],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {
                "begin": "#/components/schemas/Begin",
                "end": "#/components/schemas/End",
            },
        },
    },
)


DOCUMENT["openapi"] = "3.2.0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole package that is generated from the document."""
    home = tmp_path_factory.mktemp("streams")
    source = home / "streams.yaml"
    source.write_text(yaml.safe_dump(DOCUMENT), "utf-8")
    return build(source, home).package


@pytest.fixture(scope="module")
def package(folder: Path) -> Iterator[ModuleType]:
    with imported(folder) as module:
        yield module


def items_of(
    server: Server, driver: Driver, package: ModuleType, name: str, content: bytes
) -> list[Any]:
    """Everything that a stream yields."""
    server.serve = says(content)
    module = importlib.import_module(f"{package.__name__}.api.default.{name}")

    async def read_async(client: Any) -> list[Any]:
        async with client.stream(module) as stream:
            return [item async for item in stream]

    with driver.client(server.url, package) as client:
        if driver.prefix:
            items: list[Any] = driver.wait(read_async(client))
            return items
        with client.stream(module) as stream:
            return list(stream)


def test_the_data_of_an_event_is_a_model_of_the_document(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    content = EVENTS + b'id: 7\ndata: {"text": "a"}\n\ndata: {"text": "b"}\n\n'

    first, second = items_of(server, driver, package, "words", content)

    assert first.json() == package.models.Word(text="a")
    assert first.id == "7"
    assert second.json().text == "b"
    assert second.data == '{"text": "b"}'


def test_a_discriminator_chooses_the_model_of_an_event(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    content = EVENTS + b'data: {"kind": "begin"}\n\ndata: {"kind": "end"}\n\n'

    first, second = items_of(server, driver, package, "steps", content)

    assert isinstance(first.json(), package.models.Begin)
    assert isinstance(second.json(), package.models.End)


def test_an_answer_that_may_be_whole_or_a_stream_has_both_types(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    content = EVENTS + b'data: {"text": "a"}\n\n'

    (event,) = items_of(server, driver, package, "both", content)

    assert event.json() == package.models.Word(text="a")
    assert package.models.Whole(all_="x").to_dict() == {"all": "x"}


@pytest.mark.parametrize("ending", [b"data: [DONE]\n\n", b"data:[DONE]\n\ndata: 5\n\n"])
def test_the_sign_of_a_complete_stream_ends_it(
    server: Server, driver: Driver, package: ModuleType, ending: bytes
) -> None:
    content = EVENTS + b'data: {"text": "a"}\n\n' + ending

    assert len(items_of(server, driver, package, "words", content)) == 1


def test_a_stream_may_be_complete_without_an_event(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    assert not items_of(server, driver, package, "words", EVENTS + b"data: [DONE]\n\n")


@pytest.mark.parametrize("content", [b"", b": a comment\n\n", b'{"text": "a"}\n'])
def test_a_stream_without_a_single_event_says_so(
    server: Server, driver: Driver, package: ModuleType, content: bytes
) -> None:
    error = package.exceptions.ResponseDecodeError

    with pytest.raises(error, match="without a single event"):
        items_of(server, driver, package, "words", EVENTS + content)


def test_data_that_is_no_json_is_said_to_be_unusable(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    (event,) = items_of(server, driver, package, "plain", EVENTS + b"data: hello\n\n")

    assert event.data == "hello"
    with pytest.raises(package.exceptions.ResponseDecodeError, match="item"):
        event.json()


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\n\n"])
def test_json_values_come_line_by_line_as_models(
    server: Server, driver: Driver, package: ModuleType, line_end: bytes
) -> None:
    lines = [b'{"text": "a"}', '{"text": "\u2028é"}'.encode(), b'{"text": "c"}']

    items = items_of(server, driver, package, "rows", LINES + line_end.join(lines))

    assert [item.text for item in items] == ["a", "\u2028é", "c"]


def test_the_items_of_a_document_of_openapi_3_2_are_models(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    content = LINES + b'{"text": "a"}\n{"text": "b"}\n'

    items = items_of(server, driver, package, "items", content)

    assert items == [package.models.Word(text="a"), package.models.Word(text="b")]


def test_an_event_that_the_document_describes_whole_has_its_data_as_it_came(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    content = EVENTS + b"event: x\ndata: [1]\n\n"

    (event,) = items_of(server, driver, package, "signs", content)

    assert (event.event, event.data, event.json()) == ("x", "[1]", [1])


def test_any_json_value_may_stand_in_a_line(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    values: list[Any] = [1, None, "x", [], {"a": 1}]
    content = "\n".join(json.dumps(value) for value in values).encode()

    assert items_of(server, driver, package, "values", LINES + content) == values


def test_a_line_that_is_no_json_ends_the_stream_with_an_error(
    server: Server, driver: Driver, package: ModuleType
) -> None:
    with pytest.raises(package.exceptions.ResponseDecodeError, match="item"):
        items_of(server, driver, package, "rows", LINES + b'{"text": \n')


@pytest.mark.proof
def test_type_checkers_know_what_streams_yield(folder: Path) -> None:
    code = folder.with_name("code.py")
    code.write_text(
        """from typing import Any, assert_type
from enkrypt_api_client import EnkryptClient
from enkrypt_api_client.api.default import rows, steps, values, words
from enkrypt_api_client.models import Begin, End, Word

def use(client: EnkryptClient) -> None:
    with client.stream(words) as events:
        for event in events:
            assert_type(event.json(), Word)
    with client.stream(steps) as step_events:
        for step in step_events:
            assert_type(step.json(), Begin | End)
    with client.stream(rows) as lines:
        for line in lines:
            assert_type(line, Word)
    with client.stream(values) as anything:
        for value in anything:
            assert_type(value, Any)
""",
        "utf-8",
    )

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", code.name],
        cwd=code.parent,
        capture_output=True,
        text=True,
    )

    assert not [line for line in done.stdout.splitlines() if line.startswith("code.py")]
    assert "code.py" not in done.stderr
