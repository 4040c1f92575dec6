"""Models are no mappings, and say so; what they hold of secrets shows in no repr."""

from __future__ import annotations

import json
from typing import Any

import pydantic
import pytest

from enkrypt_api_client.models import (
    AuthData,
    ModelConfig,
    ModelRequestObject,
    ModifyModelResponseObject,
    Tool,
)
from enkrypt_api_client.types import Response

SENTINEL = "s3ntinel-Zq9"


@pytest.mark.parametrize("set_before", [False, True])
def test_a_declared_field_is_not_reached_by_key_and_the_error_says_how(
    set_before: bool,
) -> None:
    model = ModelConfig(model_provider="custom")
    if set_before:
        model.rate_per_min = 5
    hint = r"rate_per_min is a field: use \.rate_per_min"
    with pytest.raises(KeyError, match=hint):
        model["rate_per_min"] = 7
    with pytest.raises(KeyError, match=hint):
        _ = model["rate_per_min"]
    with pytest.raises(KeyError, match=hint):
        del model["rate_per_min"]
    with pytest.raises(KeyError, match=hint):
        _ = "rate_per_min" in model
    assert model.to_dict().get("rate_per_min") == (5 if set_before else None)


def test_an_undeclared_field_is_reached_by_key() -> None:
    model = ModelConfig(model_provider="custom")
    model["later"] = 7
    assert model["later"] == 7
    assert "later" in model
    assert "other" not in model
    assert model.to_dict()["later"] == 7
    del model["later"]
    assert "later" not in model.to_dict()
    with pytest.raises(KeyError, match="later"):
        _ = model["later"]


@pytest.mark.parametrize("make", [dict, list, iter, tuple, set, lambda m: {**m}])
def test_a_model_is_no_mapping_and_the_error_says_what_to_do(make: Any) -> None:
    model = ModelConfig(model_provider="custom")
    with pytest.raises(TypeError, match=r"to_dict\(\)|mapping"):
        make(model)


PLAIN: dict[str, Any] = {
    "model_provider": "custom",
    "apikeys": [SENTINEL],
    "auth_data": {"azure_client_secret": SENTINEL},
    "tools": [{"name": SENTINEL, "description": "d"}],
}


def test_mappings_in_the_place_of_models_show_their_names_alone() -> None:
    names = {"model_saved_name": "n", "model_version": "v1"}
    request = ModelRequestObject(model_config=PLAIN, **names)  # type: ignore[arg-type]
    shown = repr(request)
    assert SENTINEL not in shown
    assert "apikeys" in shown
    assert request.to_dict()["model_config"] == PLAIN
    config = ModelConfig(
        model_provider="custom",
        auth_data={"azure_client_secret": SENTINEL},  # type: ignore[arg-type]
        tools=[{"name": SENTINEL}, Tool(name="t", description="d")],  # type: ignore[list-item]
    )
    assert SENTINEL not in repr(config)
    assert "Tool(name='t'" in repr(config)
    config.auth_data = ({"deep": [{"er": SENTINEL}]},)  # type: ignore[assignment]
    assert SENTINEL not in repr(config)
    assert "auth_data" in repr(config)


def test_a_response_shows_no_plain_data() -> None:
    response: Any = Response(200, b"", {}, {"apikey": SENTINEL})  # type: ignore[arg-type]
    assert SENTINEL not in repr(response)
    response = Response(200, b"", {}, [{"apikey": SENTINEL}])  # type: ignore[arg-type]
    assert SENTINEL not in repr(response)
    assert "AuthData(" in repr(Response(200, b"", {}, AuthData()))  # type: ignore[arg-type]


def test_pydantic_reads_and_writes_models_so_that_frameworks_can_return_them() -> None:
    adapter = pydantic.TypeAdapter(ModifyModelResponseObject)
    wire = {"message": "done", "data": {"model_saved_name": "n", "more": 1}}
    model = adapter.validate_python(wire)
    assert model == ModifyModelResponseObject.from_dict(wire)
    assert adapter.validate_python(model) is model
    assert json.loads(adapter.dump_json(model)) == wire
    assert adapter.dump_python(model) == wire
    assert adapter.json_schema()["type"] == "object"
    with pytest.raises(pydantic.ValidationError):
        adapter.validate_python(5)

    class Answer(pydantic.BaseModel):
        result: ModifyModelResponseObject

    assert Answer(result=model).model_dump() == {"result": wire}
