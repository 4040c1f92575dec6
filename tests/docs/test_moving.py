"""What the README's table for those who move from enkryptai-sdk puts in place of the sdk's words is there, and does what the table says."""

from __future__ import annotations

import inspect
import json
import re

import attrs
import httpx

from enkrypt_api_client import EnkryptClient, models
from tests.docs.pages import README

TABLE = README.read_text("utf-8").partition("## Moving from enkryptai-sdk\n")[2]
HERE = " ".join(re.findall(r"^\| `.+? \| (.+)", TABLE, re.MULTILINE))


def test_every_argument_and_field_of_the_table_is_there() -> None:
    (create, modify) = re.findall(r"`(?:EnkryptClient|modify_model)\((.*?)\)`", HERE)
    for function, shown in (
        (EnkryptClient, create),
        (EnkryptClient.modify_model, modify),
    ):
        names = re.findall(r"\w+(?==)|^\w+", shown)
        assert names
        assert {*names} <= {*inspect.signature(function).parameters}
    holders = models.ModelConfig, models.Endpoint, models.Paths
    fields = {field.name for model in holders for field in attrs.fields(model)}
    named = re.findall(r"`(\w+)(?:=\[.*?)?`", HERE)
    assert {"endpoint", "host", "paths", "chat", "apikeys"} <= {*named} <= fields


def test_a_call_as_the_table_teaches_sends_all_of_it_and_reads_the_answer() -> None:
    endpoint = {"scheme": "https", "host": "host", "port": 443, "base_path": "/v1"}
    config = {
        "model_provider": "together",
        "endpoint": endpoint,
        "paths": {"chat": "/chat"},
        "apikeys": ["one", "two"],
    }
    wanted = {"model_saved_name": "New", "model_version": "v1", "model_config": config}
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"message": "ok", "data": {"model_id": 7}})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http_client:
        client = EnkryptClient("key", http_client=http_client)
        result = client.modify_model(wanted, current_name="Old", current_version="v0")
    assert result.data
    assert result.data.model_id == 7
    assert result.to_dict() == {"message": "ok", "data": {"model_id": 7}}
    assert json.loads(sent[0].content) == wanted
    assert sent[0].headers["x-enkrypt-model"] == "Old"
    assert sent[0].headers["x-enkrypt-model-version"] == "v0"
