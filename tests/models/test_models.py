"""Generated models: reading is tolerant, writing is faithful, secrets stay out of `repr`."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
from typing import Any

import pytest

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
from enkrypt_api_client.types import UNSET, Response, Unset

SENTINEL = "sentinel-7c1f"


def test_the_vendors_response_example_round_trips(response_example: Any) -> None:
    result = ModifyModelResponseObject.from_dict(response_example)
    assert result.to_dict() == response_example
    assert isinstance(result.data, GetModelResponseObject)
    assert result.data["model_provider"] == "together"


def test_the_vendors_request_example_round_trips(request_example: Any) -> None:
    assert ModelRequestObject.from_dict(request_example).to_dict() == request_example


def test_reading_leaves_its_source_alone(response_example: Any) -> None:
    before = copy.deepcopy(response_example)
    ModifyModelResponseObject.from_dict(response_example)
    assert response_example == before


def test_absent_required_field_is_unset_and_not_written() -> None:
    config: Any = ModelConfig.from_dict({})
    assert config.model_provider is UNSET
    assert config.to_dict() == {}


@pytest.mark.parametrize("name", ["model_provider", "tools", "endpoint", "apikeys"])
def test_null_where_the_schema_has_none_is_unset(name: str) -> None:
    assert getattr(ModelConfig.from_dict({name: None}), name) is UNSET


def test_unknown_enum_value_stays_the_string_it_is() -> None:
    config: Any = ModelConfig.from_dict(
        {"model_provider": "tomorrow", "input_modalities": ["smell"]}
    )
    assert config.model_provider == "tomorrow"
    assert config.to_dict() == {
        "model_provider": "tomorrow",
        "input_modalities": ["smell"],
    }


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
    "value",
    [
        "",
        "yesterday",
        "2024-10-15",
        "2024-13-45T00:00:00Z",
        "20241015",
        1728000000,
        [],
        True,
    ],
)
def test_a_date_time_that_is_none_stays_the_value_it_is(value: Any) -> None:
    model = GetModelResponseObject.from_dict({"created_at": value})
    assert model.created_at is value
    assert model.to_dict() == {"created_at": value}


def test_constructors_take_keywords_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        Tool("web_search", "searches")  # type: ignore[call-arg]  # the mistake is the point


def test_unset_survives_pickle_copy_and_deepcopy() -> None:
    config = ModelConfig(model_provider="together")
    for twin in (
        pickle.loads(pickle.dumps(config)),
        copy.copy(config),
        copy.deepcopy(config),
    ):
        assert twin.hosting_type is UNSET
        assert json.dumps(twin.to_dict()) == '{"model_provider": "together"}'
    assert repr(UNSET) == "UNSET"
    assert isinstance(copy.deepcopy(UNSET), Unset)


SECRET_FIELDS: list[Any] = [
    ModelConfig(model_provider="custom", apikeys=[SENTINEL]),
    ModelConfig(model_provider="custom", custom_curl_command=SENTINEL),
    ModelConfig(
        model_provider="custom",
        custom_payload=CustomPayload.from_dict({"key": SENTINEL}),
    ),
    CustomPayload.from_dict({"key": SENTINEL}),
    CustomHeader(key="X-Auth", value=SENTINEL),
    JwtHeader(key="X-Auth", value=SENTINEL),
    ModelJwtConfig(jwt_body=SENTINEL),
    *(
        AuthData(**{name: SENTINEL})  # type: ignore[arg-type]  # all of these are strings
        for name in (
            "azure_client_secret",
            "gcp_service_account_json",
            "aws_secret_access_key",
            "boxai_client_secret",
            "nutanix_user_session_id",
            "xactly_password",
        )
    ),
    Endpoint.from_dict({"undeclared": SENTINEL}),
]


@pytest.mark.parametrize("model", SECRET_FIELDS, ids=lambda m: type(m).__name__)
def test_repr_masks_secrets_alone_and_nested(model: Any) -> None:
    assert SENTINEL in json.dumps(model.to_dict())
    for text in (repr(model), str(model), f"{[model]}"):
        assert SENTINEL not in text
        assert "***" in text


def test_repr_says_whether_a_secret_is_set() -> None:
    assert "apikeys" not in repr(ModelConfig(model_provider="openai"))
    assert "apikeys='***'" in repr(ModelConfig(model_provider="openai", apikeys=[]))


def test_repr_of_a_response_shows_no_body() -> None:
    response = Response(200, SENTINEL.encode(), {"x": SENTINEL}, None)  # type: ignore[arg-type, var-annotated]
    assert SENTINEL not in repr(response)
