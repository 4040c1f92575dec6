"""Models are no mappings, and say so; what they hold of secrets shows in no repr."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import pydoc
from typing import Any, Literal

import attrs
import pydantic
import pytest

from enkrypt_api_client import InvalidRequestError
from enkrypt_api_client.models import (
    AuthData,
    ModelConfig,
    ModelProvider,
    ModelRequestObject,
    ModifyModelResponseObject,
    Tool,
)
from enkrypt_api_client.types import UNSET, Response
from scripts.intake import document as oas
from tests.required import config_fields, config_with

SENTINEL = "s3ntinel-Zq9"


@pytest.mark.parametrize("set_before", [False, True])
def test_a_declared_field_is_not_reached_by_key_and_the_error_says_how(
    set_before: bool,
) -> None:
    model = ModelConfig.from_dict({"model_provider": "custom"})
    if set_before:
        model.rate_per_min = 5
    hint = r"rate_per_min is a field: use \.rate_per_min"
    with pytest.raises(KeyError, match=hint):
        model["rate_per_min"] = 7
    with pytest.raises(KeyError, match=hint):
        _ = model["rate_per_min"]
    with pytest.raises(KeyError, match=hint):
        del model["rate_per_min"]
    assert model.to_dict().get("rate_per_min") == (5 if set_before else None)


def test_whether_a_field_is_there_can_be_asked_of_every_name() -> None:
    model = ModelConfig.from_dict({"model_provider": "custom", "later": 1})
    assert "model_provider" in model
    assert "later" in model
    assert "rate_per_min" not in model
    assert "nothing" not in model


def test_evolve_keeps_undeclared_fields_and_the_copy_shares_none() -> None:
    model = ModelConfig.from_dict(config_fields(model_provider="custom", later=1))
    changed = attrs.evolve(model, rate_per_min=60)
    assert changed.to_dict() == {**model.to_dict(), "rate_per_min": 60}
    changed["later"] = 2
    assert model["later"] == 1


def containers(value: object) -> set[int]:
    """The `id` of each list, mapping and model in a value."""
    kind = type(value)
    if isinstance(value, list):
        inner = value
    elif isinstance(value, dict):
        inner = list(value.values())
    elif attrs.has(kind):
        inner = [getattr(value, name, None) for name in attrs.fields_dict(kind)]
    else:
        return set()
    return {id(value)}.union(*map(containers, inner))


def test_a_model_shares_no_list_and_no_object_with_its_json_form() -> None:
    wire = {
        "model_saved_name": "Test Model",
        "model_version": "v1",
        "model_config": {
            "model_provider": "custom",
            "apikeys": ["key of all"],
            "input_modalities": ["text"],
            "tools": [{"name": "search", "later": {"a": [1]}}],
            "custom_payload": {"messages": [{"role": "user"}]},
            "later": [{"b": {}}],
        },
        "later": {"c": []},
    }
    model = ModelRequestObject.from_dict(wire)
    written = model.to_dict()
    assert written == wire
    assert len(containers(wire)) == len(containers(written)) == 16
    assert not containers(wire) & containers(model)
    assert not containers(model) & containers(written)


def test_undeclared_fields_are_an_argument_of_the_constructor() -> None:
    fields = {"later": 1}
    model = config_with(model_provider="custom", additional_properties=fields)
    assert model == ModelConfig.from_dict(
        config_fields(model_provider="custom", later=1)
    )
    model["later"] = 2
    assert fields == {"later": 1}
    with pytest.raises(TypeError, match="unexpected keyword argument 'later'"):
        ModelConfig(model_provider="custom", later=1)  # type: ignore[call-arg]


def test_an_attribute_of_an_absent_field_says_that_the_field_is_absent() -> None:
    request: Any = ModelRequestObject.from_dict({"model_version": "v1"})
    with pytest.raises(AttributeError, match=r"'model_provider' here: .* UNSET, which"):
        _ = request.model_config.model_provider
    assert not hasattr(UNSET, "to_dict")
    assert pickle.loads(pickle.dumps(UNSET)) is copy.deepcopy(UNSET) is UNSET


def test_an_undeclared_field_is_reached_by_key() -> None:
    model = config_with(model_provider="custom")
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
    model = config_with(model_provider="custom")
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
    config = config_with(
        auth_data={"azure_client_secret": SENTINEL},
        tools=[{"name": SENTINEL}, Tool(name="t", description="d")],
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


def test_a_field_that_the_document_does_not_know_is_an_attribute() -> None:
    model: Any = ModelConfig.from_dict({"model_provider": "custom", "later": [1]})
    assert model.later == [1]
    assert copy.deepcopy(model).later == pickle.loads(pickle.dumps(model)).later == [1]
    with pytest.raises(AttributeError, match="no attribute 'latest'") as caught:
        _ = model.latest
    assert "later" not in str(caught.value)
    assert not hasattr(model, "__html__")
    assert model.rate_per_min is UNSET


def test_the_fields_of_a_class_come_before_those_that_the_service_sends() -> None:
    wire = {"model_provider": "custom", "to_dict": 1, "additional_keys": 2}
    model: Any = ModelConfig.from_dict(wire)
    assert model.to_dict() == wire
    assert model.additional_keys == ["to_dict", "additional_keys"]
    assert (model["to_dict"], model["additional_keys"]) == (1, 2)
    del model.rate_per_min
    model["_private"] = 3
    with pytest.raises(AttributeError, match="_private"):
        _ = model._private


def test_a_model_is_written_as_json_in_one_step() -> None:
    moment = datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)
    config = config_with(tools=[Tool(name="näme", description="d")])
    config["later"] = [moment, UNSET]
    text = config.to_json()
    assert "näme" in text
    assert json.loads(text) == config_fields(
        tools=[{"name": "näme", "description": "d"}],
        later=["2026-12-01T00:00:00+00:00"],
    )
    assert '{\n  "' in config.to_json(indent=2)
    config["later"] = {1, 2}
    with pytest.raises(TypeError, match="set can't be written as JSON"):
        config.to_json()
    config["later"] = float("nan")
    with pytest.raises(ValueError, match="not JSON compliant"):
        config.to_json()


@pytest.mark.parametrize(
    ("wire", "problems"),
    [
        ({"tools": "abc"}, [("tools", "expected array")]),
        ({"tools": {"a": 1}}, [("tools", "expected array")]),
        ({"tools": [{}, 5]}, [("tools[1]", "expected object")]),
        (
            {"endpoint": [SENTINEL], "paths": SENTINEL, "tools": []},
            [("endpoint", "expected object"), ("paths", "expected object")],
        ),
        ([SENTINEL], [("", "expected object")]),
    ],
)
def test_a_container_of_the_wrong_kind_is_reported_by_its_path(
    wire: Any, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidRequestError, match=r"^ModelConfig: ") as caught:
        ModelConfig.from_dict(wire)
    assert caught.value.problems == problems
    assert caught.value.__context__ is None
    assert SENTINEL not in str(caught.value)
    request = {"model_saved_name": "n", "model_config": wire}
    with pytest.raises(InvalidRequestError) as caught:
        ModelRequestObject.from_dict(request)
    first = f"model_config.{problems[0][0]}".rstrip(".")
    assert caught.value.problems[0] == (first, problems[0][1])


def test_help_of_an_enumeration_says_what_it_means_and_what_its_values_are(
    document: Any,
) -> None:
    declared = oas.lookup(
        document,
        "#/components/schemas/ModelCustomRequestObject/properties/model_config/properties/model_provider",
    )
    values = tuple(declared["enum"])
    shown = pydoc.plain(pydoc.render_doc(ModelProvider))
    words = " ".join(shown.split())
    assert declared["description"] in words
    assert f"'{min(values)}'" in shown
    # An application's own Literal of the same values is another object.
    own = Literal[values]  # type: ignore[valid-type]
    assert declared["description"] not in " ".join(str(own.__doc__).split())
    assert own == ModelProvider
