"""The strict writer: what the document does not allow is never sent, and every fault is named by its path."""

from __future__ import annotations

import copy
import datetime
import enum
import json
import types as std
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from enkrypt_api_client import EnkryptClient, InvalidRequestError, MisspeltFieldWarning
from enkrypt_api_client.api.endpoints import modify_model
from enkrypt_api_client.models import (
    CustomPayload,
    Endpoint,
    ModelConfig,
    ModelRequestObject,
    Tool,
)
from tests.policy.faults import SENTINEL, Server, reply, serving
from tests.policy.rows import DONE, keeps


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(keeps(reply(200, DONE))) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[EnkryptClient]:
    server.requests.clear()
    with EnkryptClient("key", base_url=f"http://127.0.0.1:{server.port}") as client:
        yield client


def typed(**config: Any) -> ModelRequestObject:
    return ModelRequestObject(
        model_saved_name="Test Model",
        model_version="v1",
        model_config=ModelConfig(**{"model_provider": "together", **config}),
    )


def plain(**config: Any) -> dict[str, Any]:
    return {
        "model_saved_name": "Test Model",
        "model_version": "v1",
        "model_config": {"model_provider": "together", **config},
    }


def payload(value: Any) -> dict[str, Any]:
    return plain(custom_payload={"a": value})


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def cycle() -> Any:
    value: dict[str, Any] = {}
    value["again"] = [value]
    return value


def cyclic_model() -> Any:
    config = ModelConfig(model_provider="together")
    config["again"] = config
    return ModelRequestObject(
        model_saved_name="a", model_version="b", model_config=config
    )


def open_payload(value: Any) -> CustomPayload:
    made = CustomPayload()
    made["a"] = value
    return made


FAULTS: dict[str, tuple[Any, set[str]]] = {
    "nothing": (None, {""}),
    "a list": ([], {""}),
    "a string": (SENTINEL, {""}),
    "an empty object": ({}, {"model_saved_name", "model_version", "model_config"}),
    "none for a required field": (
        {**plain(), "model_saved_name": None},
        {"model_saved_name"},
    ),
    "a wrong type deep inside": (
        plain(
            endpoint={
                "scheme": "https",
                "host": "h",
                "port": SENTINEL,
                "base_path": "/",
            }
        ),
        {"model_config.endpoint.port"},
    ),
    "many at once": (
        plain(
            model_provider=SENTINEL,
            rate_per_min=float("nan"),
            tools=[{"name": "n", "description": "d"}, {"name": 5}],
            apikeys=[SENTINEL, 5],
        ),
        {
            "model_config.model_provider",
            "model_config.rate_per_min",
            "model_config.tools[1].name",
            "model_config.tools[1].description",
            "model_config.apikeys[1]",
        },
    ),
    "nan": (payload(float("nan")), {"model_config.custom_payload.a"}),
    "infinity": (payload([0, float("-inf")]), {"model_config.custom_payload.a[1]"}),
    "a set": (payload({1}), {"model_config.custom_payload.a"}),
    "bytes": (payload(b"x"), {"model_config.custom_payload.a"}),
    "an object": (payload(object()), {"model_config.custom_payload.a"}),
    "a class": (payload(Endpoint), {"model_config.custom_payload.a"}),
    "integer names": (payload({1: 2}), {"model_config.custom_payload.a"}),
    "no name": (payload({None: 2}), {"model_config.custom_payload.a"}),
    "half a surrogate pair": (payload("\ud800"), {"model_config.custom_payload.a"}),
    "half a surrogate pair as a name": (
        payload({"\ud800": 1}),
        {"model_config.custom_payload.a.(a field name)"},
    ),
    "too many digits": (payload(10**5000), {"model_config.custom_payload.a"}),
    "a model with the wrong type": (
        typed(endpoint=5, rate_per_min="fast"),
        {"model_config.endpoint", "model_config.rate_per_min"},
    ),
    "a model with a list where a model belongs": (
        typed(endpoint=[]),
        {"model_config.endpoint"},
    ),
    "a model with a string where models belong": (
        typed(tools="abc"),
        {"model_config.tools"},
    ),
    "a model with a number among models": (
        typed(tools=[Tool(name="n", description="d"), 5]),
        {"model_config.tools[1]"},
    ),
    "a model with none where a model belongs": (
        ModelRequestObject(model_saved_name="a", model_version="b", model_config=None),  # type: ignore[arg-type]
        {"model_config"},
    ),
    "another model than the one that belongs there": (
        typed(endpoint=Tool(name="n", description="d")),
        {f"model_config.endpoint.{n}" for n in ("scheme", "host", "port", "base_path")},
    ),
    "a model that holds nan": (
        typed(custom_payload=open_payload({"b": float("nan")})),
        {"model_config.custom_payload.a.b"},
    ),
}


@pytest.mark.parametrize(("request_body", "paths"), FAULTS.values(), ids=FAULTS)
def test_every_fault_is_named_by_path_and_nothing_is_sent(
    client: EnkryptClient, server: Server, request_body: Any, paths: set[str]
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.modify_model(request_body, current_name="n", current_version="v")
    assert {path for path, _ in caught.value.problems} == paths
    assert server.requests == []
    assert SENTINEL not in repr(caught.value) + repr(vars(caught.value))
    assert not caught.value.may_have_been_applied
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "body",
    [payload(nested(300)), payload(nested(5000)), payload(cycle()), cyclic_model()],
    ids=["deep", "deeper", "cycle", "model"],
)
def test_absurd_nesting_is_refused_by_path(client: EnkryptClient, body: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"holds itself|nested more than"):
        client.modify_model(body, current_name="n", current_version="v")


class Colour(enum.StrEnum):
    RED = "red"


class Number(enum.IntEnum):
    FIVE = 5


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (std.MappingProxyType({"b": 1}), {"b": 1}),
        ((1, 2), [1, 2]),
        (Colour.RED, "red"),
        (Number.FIVE, 5),
        (datetime.date(2024, 1, 2), "2024-01-02"),
        (Tool(name="n", description="d"), {"name": "n", "description": "d"}),
        (nested(150), nested(150)),
        ("\u00fc\U0001f600", "\u00fc\U0001f600"),
    ],
)
def test_what_means_json_is_sent_as_json(
    client: EnkryptClient, server: Server, given: Any, sent: Any
) -> None:
    client.modify_model(payload(given))
    body = json.loads(server.requests[0].partition(b"\r\n\r\n")[2])
    assert body == payload(sent)


def test_typed_objects_and_mappings_mix(client: EnkryptClient, server: Server) -> None:
    config = plain()["model_config"]
    config["tools"] = [Tool(name="n", description="d")]
    mixed = ModelRequestObject(
        model_saved_name="Test Model", model_version="v1", model_config=config
    )
    client.modify_model(mixed)
    body = json.loads(server.requests[0].partition(b"\r\n\r\n")[2])
    assert body == plain(tools=[{"name": "n", "description": "d"}])


@pytest.mark.parametrize("body", [plain(tools=[]), typed(tools=[])])
def test_the_request_is_never_changed(client: EnkryptClient, body: Any) -> None:
    before = copy.deepcopy(body)
    client.modify_model(body, current_name="Old")
    assert body == before


HEADERS = [
    "",
    " ",
    "a ",
    " a",
    "a\nb",
    "a\x00b",
    "a\x7f",
    "ü",
    "\ud800",
    "a\r\nX: y",
    5,
]


@pytest.mark.parametrize("value", HEADERS)
def test_a_name_that_cannot_stand_in_a_header_is_refused(
    client: EnkryptClient, server: Server, value: Any
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.modify_model(plain(), current_name=value, current_version=value)
    paths = [path for path, _ in caught.value.problems]
    assert paths == ["current_name", "current_version"]
    assert server.requests == []


def test_a_misspelt_field_gets_a_warning_that_names_the_right_one(
    client: EnkryptClient, server: Server
) -> None:
    body = plain(apikey=[SENTINEL], endpoint={"scheme": "https", "hots": SENTINEL})
    body["model_config"]["endpoint"].update(host="h", port=1, base_path="/")
    with pytest.warns(MisspeltFieldWarning) as caught:
        client.modify_model(body)
    told = [str(w.message) for w in caught]
    assert [t.partition(":")[0] for t in told] == [
        "model_config.apikey",
        "model_config.endpoint.hots",
    ]
    assert "did you mean apikeys?" in told[0]
    assert SENTINEL not in "".join(told)
    assert {w.filename for w in caught} == {__file__}
    assert len(server.requests) == 1


def test_an_unknown_field_that_resembles_none_and_free_objects_get_no_warning(
    client: EnkryptClient,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.modify_model(plain(zebra=1, custom_payload={"apikey": 1, "mesage": 2}))


CALLS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing": ({}, {"body", "x_enkrypt_model", "x_enkrypt_model_version"}),
    "an unknown parameter": (
        {
            "body": plain(),
            "x_enkrypt_model": "a",
            "x_enkrypt_model_version": "b",
            "c": 1,
        },
        {"c"},
    ),
    "bad retries": (
        {
            "body": plain(),
            "x_enkrypt_model": "a",
            "x_enkrypt_model_version": "b",
            "max_retries": -1,
        },
        {"max_retries"},
    ),
    "a rename that asks for retries": (
        {
            "body": plain(),
            "x_enkrypt_model": "a",
            "x_enkrypt_model_version": "v1",
            "retry_ambiguous": True,
        },
        {"retry_ambiguous"},
    ),
}


@pytest.mark.parametrize(("arguments", "paths"), CALLS.values(), ids=CALLS)
def test_a_generic_call_is_checked_in_the_same_way(
    client: EnkryptClient, server: Server, arguments: Any, paths: set[str]
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.call(modify_model, **arguments)
    assert {path for path, _ in caught.value.problems} == paths
    assert server.requests == []


def test_a_generic_call_returns_the_typed_answer(client: EnkryptClient) -> None:
    result = client.call(
        modify_model, body=typed(), x_enkrypt_model="a", x_enkrypt_model_version="b"
    )
    assert result.message == "done"


def test_only_generated_operations_can_be_called(client: EnkryptClient) -> None:
    with pytest.raises(InvalidRequestError, match="must be a module below"):
        client.call(json)  # type: ignore[arg-type]
