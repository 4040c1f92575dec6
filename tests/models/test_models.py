"""Models of the package: the names that applications import, tolerant reading, faithful writing, no secrets in `repr`."""

from __future__ import annotations

import copy
import datetime
import pickle
import re
from typing import Any, get_type_hints

import pytest

from enkrypt_api_client import InvalidRequestError, models
from enkrypt_api_client.models import (
    AuthData,
    CustomHeader,
    CustomPayload,
    Endpoint,
    GetModelResponseObject,
    JwtHeader,
    ModelConfig,
    ModelJwtConfig,
    ModelRequestObject,
    ModifyModelResponseObject,
    Tool,
)
from enkrypt_api_client.types import UNSET, Response
from scripts.contract.reading.contract import read
from scripts.intake import document as oas
from scripts.loopback.samples import Sampler
from tests.conftest import ROOT
from tests.required import config_with

SENTINEL = "sentinel-7c1f"


def test_the_vendors_examples_round_trip(document: Any, request_example: Any) -> None:
    contract = read(document)
    sampler = Sampler(contract, examples=True)
    answer = sampler.draw(contract.types["ModifyModelResponseObject"], sent=False)
    # Answers have fields that the document does not declare.
    answer = {**answer, "data": {**answer["data"], "provider": "together"}}
    before = copy.deepcopy(answer)
    result = ModifyModelResponseObject.from_dict(answer)
    assert result.to_dict() == answer == before
    assert isinstance(result.data, GetModelResponseObject)
    assert result.data["provider"] == "together"
    assert ModelRequestObject.from_dict(request_example).to_dict() == request_example


@pytest.mark.parametrize("wire", [{}, {"model_provider": None, "tools": None}])
def test_what_is_absent_or_must_not_be_null_is_unset_and_not_written(wire: Any) -> None:
    config: Any = ModelConfig.from_dict(wire)
    assert config.model_provider is config.tools is UNSET
    assert config.to_dict() == {}


def test_unknown_enum_value_stays_the_string_it_is() -> None:
    wire = {"model_provider": "tomorrow", "input_modalities": ["smell"]}
    config = ModelConfig.from_dict(wire)
    assert config.model_provider == "tomorrow"  # type: ignore[comparison-overlap]  # no known one
    assert config.to_dict() == wire


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-10-15T17:22:47.872389+00:00", "2024-10-15T17:22:47.872389+00:00"),
        ("2024-10-15T17:22:47Z", "2024-10-15T17:22:47+00:00"),
        ("2024-10-15t17:22:47z", "2024-10-15T17:22:47+00:00"),
        ("2024-10-15 17:22:47Z", "2024-10-15T17:22:47+00:00"),
        ("2024-10-15T24:00:00Z", "2024-10-16T00:00:00+00:00"),
    ],
)
def test_date_time_is_read_in_every_form_of_rfc_3339(text: str, instant: str) -> None:
    model = GetModelResponseObject.from_dict({"created_at": text})
    assert model.created_at == datetime.datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    "text",
    [
        "2024-10-15T17:22:47.000000001Z",
        "2024-10-15T17:22:47Z",
        "2024-10-15t17:22:47z",
        "2024-10-15 17:22:47+00:00",
        "2024-10-15T17:22:47.10-03:30",
        "2024-10-15T17:22:47.000000Z",
        "2024-10-15T17:22:47.000000+01:00",
        "2024-10-15T17:22:47.123456+01:00",
        "2024-10-15T17:22:47-00:00",
        "2024-10-15T17:22:47.12345",
        "2024-10-15T17:22:47",
        "2024-10-15T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "2024-10-15T17:22Z",
    ],
)
def test_a_moment_is_written_as_it_was_read(text: str) -> None:
    wire = {"created_at": text}
    model = GetModelResponseObject.from_dict(wire)
    assert model.to_dict() == wire
    assert copy.deepcopy(model).to_dict() == wire
    assert pickle.loads(pickle.dumps(model)).to_dict() == wire


def test_a_moment_that_was_read_is_a_datetime_like_any_other() -> None:
    model = GetModelResponseObject.from_dict({"created_at": "2024-10-15T17:22:47.5Z"})
    moment: Any = model.created_at
    plain = datetime.datetime(2024, 10, 15, 17, 22, 47, 500000, datetime.UTC)
    assert (moment, hash(moment), repr(moment)) == (plain, hash(plain), repr(plain))
    later = moment + datetime.timedelta(days=1)
    model.created_at = later
    assert model.to_dict() == {"created_at": "2024-10-16T17:22:47.500000+00:00"}
    assert pickle.loads(pickle.dumps(later)) == later
    assert moment.astimezone(datetime.UTC).isoformat() == plain.isoformat()


@pytest.mark.parametrize(
    "value",
    ["", "2024-10-15", "2024-13-45T00:00:00Z", "20241015", 1728000000, []],
)
def test_a_date_time_that_is_none_stays_the_value_it_is(value: Any) -> None:
    model = GetModelResponseObject.from_dict({"created_at": value})
    assert model.created_at is value
    assert model.to_dict() == {"created_at": value}


def test_constructors_take_keywords_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        Tool("web_search", "searches")  # type: ignore[call-arg]  # the mistake is the point


def test_unset_is_one_value_in_copies_too() -> None:
    assert copy.deepcopy(UNSET) is pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert repr(UNSET) == "UNSET"


SECRET_FIELDS: list[Any] = [
    (ModelConfig, {"apikeys": [SENTINEL]}),
    (ModelConfig, {"custom_curl_command": SENTINEL}),
    (ModelConfig, {"custom_payload": {"key": SENTINEL}}),
    (CustomPayload, {"key": SENTINEL}),
    (CustomHeader, {"key": "X-Auth", "value": SENTINEL}),
    (JwtHeader, {"key": "X-Auth", "value": SENTINEL}),
    (ModelJwtConfig, {"jwt_body": SENTINEL}),
    (AuthData, {"azure_client_secret": SENTINEL}),
    (Endpoint, {"undeclared": SENTINEL}),
]


@pytest.mark.parametrize(("model", "wire"), SECRET_FIELDS)
def test_repr_masks_secrets_alone_and_nested(model: Any, wire: Any) -> None:
    made = model.from_dict(wire)
    assert made.to_dict() == wire
    for text in (repr(made), str(made), f"{[made]}"):
        assert SENTINEL not in text
        assert "***" in text


@pytest.mark.parametrize("wrong", [[], (), "", [("a", 1)], "text"])
def test_from_dict_refuses_what_is_no_object_by_its_path(wrong: Any) -> None:
    for model in (ModelRequestObject, Endpoint):
        with pytest.raises(InvalidRequestError) as caught:
            model.from_dict(wrong)
        assert caught.value.problems == [("", "expected object")]
    with pytest.raises(InvalidRequestError) as caught:
        ModelRequestObject.from_dict({"model_config": {"auth_data": wrong}})
    assert caught.value.problems == [("model_config.auth_data", "expected object")]


@pytest.mark.parametrize("wrong", [{}, "", {"name": "n"}, "text"])
def test_from_dict_refuses_what_is_no_array_by_its_path(wrong: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        ModelRequestObject.from_dict({"model_config": {"tools": wrong}})
    assert caught.value.problems == [("model_config.tools", "expected array")]


def test_repr_says_whether_a_secret_is_set() -> None:
    assert "apikeys" not in repr(config_with())
    assert "apikeys='***'" in repr(config_with(apikeys=[]))


def test_repr_of_a_response_shows_no_body() -> None:
    response = Response(200, SENTINEL.encode(), {"x": SENTINEL}, None)  # type: ignore[arg-type, var-annotated]
    assert SENTINEL not in repr(response)


def test_the_names_that_applications_use_are_there_and_their_annotations_resolve() -> (
    None
):
    # What callers may rely on: it changes only by `make accept`, with a line in the changelog.
    accepted = (ROOT / "contract.lock").read_text("utf-8")
    classes = set(re.findall(r"\bclass_name: (\w+)", accepted))
    assert {"ModelRequestObject", "ModelConfig", "ModelProvider"} <= classes
    assert classes <= set(models.__all__) <= set(dir(models))
    names = {name: getattr(models, name) for name in models.__all__}
    for held in names.values():
        if isinstance(held, type):
            assert get_type_hints(held, None, names)


def test_help_shows_all_that_the_document_says_of_a_field(document: Any) -> None:
    shown = " ".join(str(models.ModelConfig.__doc__).split())
    config = oas.lookup(
        document,
        "#/components/schemas/ModelCustomRequestObject/properties/model_config",
    )
    for name, field in config["properties"].items():
        described = " ".join(field.get("description", "").split())
        if field.get("deprecated"):
            described = f"Deprecated: {described}"
        assert re.search(rf"\b{name} \([^()]*\): {re.escape(described)}", shown), name
