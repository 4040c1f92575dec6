"""What the README's table "Move from enkryptai-sdk" puts in the place of the sdk's words is there, and does what the table says."""

from __future__ import annotations

import inspect
import json
import re

import attrs
import httpx

from enkrypt_api_client import EnkryptClient, models
from tests.docs.pages import README

TABLE = README.read_text("utf-8").partition("## Move from enkryptai-sdk\n")[2]
HERE = [row.split(" | ")[1] for row in re.findall(r"^\| `.+", TABLE, re.MULTILINE)]


def test_every_call_of_the_table_takes_the_arguments_that_it_shows() -> None:
    calls = re.findall(r"`(EnkryptClient|modify_model)\((.*?)\)`", " ".join(HERE))
    assert len(calls) == 2
    for name, arguments in calls:
        function = (
            EnkryptClient if name == "EnkryptClient" else EnkryptClient.modify_model
        )
        wanted = re.findall(r"\w+(?==)|^\w+", arguments)
        assert set(wanted) <= set(inspect.signature(function).parameters)


def test_every_field_of_the_table_is_one_of_the_models() -> None:
    named = {word for cell in HERE for word in re.findall(r"`(\w+)(?:=.*?)?`", cell)}
    fields = {
        field.name
        for model in (models.ModelConfig, models.Endpoint, models.Paths)
        for field in attrs.fields(model)
    }
    assert {"endpoint", "host", "paths", "chat", "apikeys"} <= named
    assert named <= fields


def test_a_call_as_the_table_teaches_sends_all_of_it_and_reads_the_answer() -> None:
    config = {
        "model_provider": "together",
        "endpoint": {
            "scheme": "https",
            "host": "host",
            "port": 443,
            "base_path": "/v1",
        },
        "paths": {"chat": "/chat"},
        "apikeys": ["one", "two"],
    }
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"message": "ok", "data": {"model_id": 7}})

    wanted = {"model_saved_name": "New", "model_version": "v1", "model_config": config}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http_client:
        client = EnkryptClient("key", http_client=http_client)
        result = client.modify_model(wanted, current_name="Old", current_version="v0")
    assert result.data
    assert result.data.model_id == 7
    assert result.to_dict() == {"message": "ok", "data": {"model_id": 7}}
    assert json.loads(sent[0].content) == wanted
    assert sent[0].headers["x-enkrypt-model"] == "Old"
    assert sent[0].headers["x-enkrypt-model-version"] == "v0"
