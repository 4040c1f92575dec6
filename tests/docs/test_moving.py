"""What the README's table for those who move from enkryptai-sdk puts in place of the sdk's words is there."""

from __future__ import annotations

import inspect
import re

import attrs

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
