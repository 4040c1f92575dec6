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

import attrs
import pytest

from enkrypt_api_client import (
    EnkryptClient,
    InvalidRequestError,
    MisspeltFieldWarning,
    UnaddressableNameWarning,
)
from enkrypt_api_client.models import (
    CustomPayload,
    Endpoint,
    ModelRequestObject,
    Tool,
)
from tests.required import OPERATION, config_fields, config_with, modify_model
from tests.runtime.drivers import SENTINEL
from tests.runtime.loopback import Server

NAMES: Any = {"model_saved_name": "Test Model", "model_version": "v1"}
CONFIG = config_fields(model_provider="together")


@pytest.fixture
def client(server: Server) -> Iterator[EnkryptClient]:
    """Checking is the same for both clients; what differs is tested with both."""
    with EnkryptClient("key", base_url=server.url) as client:
        yield client


def typed(**config: Any) -> ModelRequestObject:
    return ModelRequestObject(**NAMES, model_config=config_with(**config))


def plain(**config: Any) -> dict[str, Any]:
    return {**NAMES, "model_config": {**CONFIG, **config}}


def sent(server: Server) -> Any:
    """The only body that arrived."""
    (request,) = server.requests
    return json.loads(request.partition(b"\r\n\r\n")[2])


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
    config = config_with()
    config["again"] = config
    return ModelRequestObject(**NAMES, model_config=config)


ENDPOINT = {"scheme": "https", "host": "h", "port": SENTINEL, "base_path": "/"}
TOOL = Tool(name="n", description="d")
MANY: Any = {
    "model_provider": SENTINEL,
    "rate_per_min": float("nan"),
    "tools": [{"name": "n", "description": "d"}, {"name": 5}],
    "apikeys": [SENTINEL, 5],
}
NO_JSON = (float("nan"), {1}, b"x", object(), Endpoint, {1: 2}, {None: 2}, 10**5000)
DEEP_NAN = CustomPayload.from_dict({"a": {"b": float("nan")}})
# Paths are those below model_config.
FAULTS: list[tuple[Any, str]] = [
    (plain(endpoint=ENDPOINT), "endpoint.port"),
    (
        plain(**MANY),
        "model_provider rate_per_min tools[1].name tools[1].description apikeys[1]",
    ),
    *((payload(value), "custom_payload.a") for value in (*NO_JSON, "\ud800")),
    (payload([0, float("-inf")]), "custom_payload.a[1]"),
    (payload({"\ud800": 1}), "custom_payload.a.(a_field_name)"),
    (typed(endpoint=5, rate_per_min="fast"), "endpoint rate_per_min"),
    (typed(endpoint=[]), "endpoint"),
    (typed(tools="abc"), "tools"),
    (typed(tools=[TOOL, 5]), "tools[1]"),
    (
        typed(endpoint=TOOL),
        "endpoint.scheme endpoint.host endpoint.port endpoint.base_path",
    ),
    (typed(custom_payload=DEEP_NAN), "custom_payload.a.b"),
]


@pytest.mark.parametrize(("request_body", "paths"), FAULTS)
def test_every_fault_is_named_by_path_and_nothing_is_sent(
    client: EnkryptClient, server: Server, request_body: Any, paths: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.modify_model(request_body, current_name="n", current_version="v")
    found = [path.replace(" ", "_") for path, _ in caught.value.problems]
    assert sorted(found) == sorted(f"model_config.{path}" for path in paths.split())
    assert server.requests == []
    assert SENTINEL not in repr(caught.value) + repr(vars(caught.value))
    assert not caught.value.may_have_been_applied
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (payload(nested(300)), "is nested more than 200 deep"),
        (payload(nested(5000)), "is nested more than 200 deep"),
        (payload(cycle()), "model_config.custom_payload.a.again[0]: contains itself"),
        (cyclic_model(), ".again.again: is nested more than 200 deep"),
        (None, f"{OPERATION}: request: expected object, not null. "),
        (SENTINEL, "request: expected object, not string"),
        ([], "request: expected object, not array"),
        (ModelRequestObject(**NAMES, model_config=None), "model_config: expected"),  # type: ignore[arg-type]
        (
            {**plain(), "model_saved_name": None},
            "model_saved_name: expected string, not null",
        ),
        (payload({True: 1}), "custom_payload.a: expected strings as keys, not True"),
        (payload({10**5000: 1}), "custom_payload.a: expected strings as keys, not int"),
        (plain(rate_per_min="20"), "rate_per_min: expected number, not string"),
        (plain(apikeys=[True]), "apikeys[0]: expected string, not boolean"),
        (plain(apikeys=[1.0]), "apikeys[0]: expected string, not number"),
        (plain(apikeys=[{}]), "apikeys[0]: expected string, not object"),
        ({}, "model_saved_name: is required; model_version: is required"),
        (
            {**plain(), "model_version": 1},
            ": model_version: expected string, not integer. Nothing was sent.",
        ),
        (
            {**plain(), "model_version": ""},
            ": model_version: must not be empty, because it is sent in a header. N",
        ),
        (
            {**plain(), "model_saved_name": "Modell Ü"},
            ": model_saved_name: expected visible ASCII without spaces around it, because it is sent in a header. N",
        ),
        (
            plain(model_provider="togehter"),
            '; did you mean "together"? Nothing was sent. with_options(check_body=False) sends values that are newer ',
        ),
        (
            {**NAMES, "model_confg": CONFIG},
            ": model_config: is required; did you misspell it as model_confg? N",
        ),
        (
            plain(custom_payload={"a": object()}),
            "a: expected JSON, not a Python object of type object. N",
        ),
        (payload(float("nan")), "a: expected a finite number. N"),
        (payload(10**5000), "a: expected a number of at most 4,300 digits. N"),
    ],
)
def test_the_message_says_where_and_what_is_wrong(
    client: EnkryptClient, body: Any, words: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.modify_model(body)
    assert words in str(caught.value)
    assert SENTINEL not in str(caught.value)


class Colour(enum.StrEnum):
    RED = "red"


class Number(enum.IntEnum):
    FIVE = 5


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (std.MappingProxyType({"b": 1}), {"b": 1}),
        ((1, 2), [1, 2]),
        (Colour.RED, "red"),
        (Number.FIVE, 5),
        (datetime.date(2024, 1, 2), "2024-01-02"),
        (TOOL, {"name": "n", "description": "d"}),
        (nested(150), nested(150)),
        ("\u00fc\U0001f600", "\u00fc\U0001f600"),
    ],
)
def test_what_means_json_is_sent_as_json(
    client: EnkryptClient, server: Server, given: Any, wanted: Any
) -> None:
    client.modify_model(payload(given))
    assert sent(server) == payload(wanted)


# As YAML reads values without quotes.
DATES = datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1, 10)  # noqa: DTZ001


@pytest.mark.parametrize("retry_ambiguous", [False, True])
@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize("is_model", [False, True])
def test_a_date_where_the_document_wants_plain_text_is_refused(
    client: EnkryptClient,
    server: Server,
    date: datetime.date,
    is_model: bool,
    retry_ambiguous: bool,
) -> None:
    body: Any = {**plain(apikeys=[date]), "model_version": date}
    if is_model:
        body = ModelRequestObject.from_dict(body)
    with pytest.raises(InvalidRequestError) as called:
        client.modify_model(body, retry_ambiguous=retry_ambiguous)
    assert dict(called.value.problems) == {
        "model_version": "expected string, not a date",
        "model_config.apikeys[0]": "expected string, not a date",
    }
    with pytest.raises(InvalidRequestError) as checked:
        client.check(
            modify_model, body=body, x_enkrypt_model="a", x_enkrypt_model_version="1"
        )
    assert dict(checked.value.problems) == dict(called.value.problems)
    assert server.requests == []


def test_typed_objects_and_mappings_mix_and_are_not_changed(
    client: EnkryptClient, server: Server
) -> None:
    config: Any = {**CONFIG, "tools": [TOOL]}
    request = ModelRequestObject(**NAMES, model_config=config)
    before = copy.deepcopy(request)
    client.modify_model(request, current_name="Old")
    assert sent(server) == plain(tools=[{"name": "n", "description": "d"}])
    assert request == before


HEADERS = "", "a ", " a", "a\nb", "a\x7f", "ü", "\ud800", "a\r\nX: y", 5


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
    paths = ["model_config.apikey", "model_config.endpoint.hots"]
    assert [t.partition(":")[0] for t in told] == paths
    assert "did you mean apikeys? If not, it is sent as it is, for model " in told[0]
    assert told[0].endswith(f', for model "{NAMES["model_saved_name"]}", version "v1".')
    assert SENTINEL not in "".join(told)
    assert {w.filename for w in caught} == {__file__}
    assert len(server.requests) == 1


def test_a_warning_of_a_misspelt_field_does_not_say_that_a_refused_body_is_sent(
    client: EnkryptClient, server: Server
) -> None:
    body = plain(apikey=[SENTINEL], endpoint=7)
    with (
        pytest.warns(MisspeltFieldWarning, match="Nothing was sent for model ") as told,
        pytest.raises(InvalidRequestError, match=r"endpoint: .* Nothing was sent\."),
    ):
        client.modify_model(body)
    assert "it is sent" not in str(told[0].message)
    assert server.requests == []


@pytest.mark.parametrize(
    "name", ["ApiKeys", "APIKEYS", "API_KEYS", "apiKeys", "api keys", "api-keys"]
)
def test_a_field_that_is_written_in_another_style_gets_a_warning_at_any_level(
    client: EnkryptClient, name: str
) -> None:
    body: Any = {**plain(**{name: [SENTINEL]}), name: [SENTINEL]}
    with pytest.warns(MisspeltFieldWarning) as caught:
        client.modify_model(body)
    told = [str(warning.message) for warning in caught]
    assert "did you mean model_config.apikeys?" in told[0]
    assert "did you mean apikeys?" in told[1]


def test_a_field_of_another_level_gets_a_warning_that_names_its_place(
    client: EnkryptClient, server: Server
) -> None:
    body = {**plain(model_name="m", host="h"), "apikeys": [SENTINEL]}
    with pytest.warns(MisspeltFieldWarning) as caught:
        client.modify_model(body)
    texts = [str(warning.message).partition(" If not")[0] for warning in caught]
    unknown = "no such field in the document; did you mean"
    assert texts == [
        f"apikeys: {unknown} model_config.apikeys?",
        f"model_config.host: {unknown} model_config.endpoint.host?",
        f"model_config.model_name: {unknown} model_name at the top level?",
    ]
    assert sent(server) == body


def test_a_field_with_one_value_at_two_levels_gets_no_warning(
    client: EnkryptClient,
) -> None:
    body: Any = plain()
    body.update(CONFIG)
    with warnings.catch_warnings(action="error"):
        client.modify_model(body)


def test_a_new_value_at_the_wrong_level_gets_a_warning(client: EnkryptClient) -> None:
    body: Any = plain()
    body["model_config"]["apikeys"] = ["old"]
    body["apikeys"] = ["new"]
    with pytest.warns(MisspeltFieldWarning, match=r"did you mean model_config\.apik"):
        client.modify_model(body)


def test_what_attrs_writes_of_a_model_gets_a_warning(
    client: EnkryptClient, server: Server
) -> None:
    with pytest.warns(MisspeltFieldWarning) as caught:
        client.modify_model(attrs.asdict(typed()))
    texts = [str(warning.message) for warning in caught]
    assert [text.partition(":")[0] for text in texts] == [
        "additional_properties",
        "model_config.additional_properties",
    ]
    assert all("did attrs.asdict write it, instead of to_dict()?" in t for t in texts)


@pytest.mark.parametrize(
    ("field", "argument", "value"),
    [
        ("model_saved_name", "current_name", "Modèle"),
        ("model_saved_name", "current_name", " padded"),
        ("model_version", "current_version", "v2\n"),
        ("model_version", "current_version", ""),
    ],
)
def test_a_rename_to_what_no_header_can_hold_is_sent_with_a_warning(
    client: EnkryptClient, server: Server, field: str, argument: str, value: str
) -> None:
    body = plain()
    body[field] = value
    now: dict[str, Any] = {argument: "now"}
    with pytest.warns(UnaddressableNameWarning, match="no later call") as caught:
        client.modify_model(body, **now)
    assert [w.filename for w in caught] == [__file__]
    assert sent(server)[field] == value
    assert str(caught[0].message).startswith(f"the new {field}, {value!a}, is not")


def test_a_rename_to_what_a_header_can_hold_gets_no_warning(
    client: EnkryptClient,
) -> None:
    with warnings.catch_warnings(action="error"):
        client.modify_model(plain(), current_name="Old", current_version="v0")


def test_an_unknown_field_that_resembles_none_and_free_objects_get_no_warning(
    client: EnkryptClient,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.modify_model(plain(zebra=1, custom_payload={"apikey": 1, "mesage": 2}))


GOOD: Any = {"body": plain(), "x_enkrypt_model": "a", "x_enkrypt_model_version": "v1"}


def test_a_rename_is_not_repeated_under_whichever_tag_the_function_is(
    client: EnkryptClient, server: Server
) -> None:
    moved: Any = std.ModuleType("enkrypt_api_client.api.elsewhere.modify_model")
    moved.__dict__.update({**vars(modify_model), "__name__": moved.__name__})
    with pytest.raises(InvalidRequestError) as caught:
        client.call(moved, **GOOD, retry_ambiguous=True)
    assert [path for path, _ in caught.value.problems] == ["retry_ambiguous"]
    assert server.requests == []


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ({"x_enkrypt_model_version": "v1"}, {"body", "x_enkrypt_model"}),
        ({**GOOD, "c": 1}, {"c"}),
        ({**GOOD, "max_retries": -1}, {"max_retries"}),
        ({**GOOD, "retry_ambiguous": True}, {"retry_ambiguous"}),
    ],
)
def test_a_generic_call_is_checked_in_the_same_way(
    client: EnkryptClient, server: Server, arguments: Any, paths: set[str]
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.call(modify_model, **arguments)
    assert {path for path, _ in caught.value.problems} == paths
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("x_enkrypt_modl", "no such parameter; did you mean x_enkrypt_model?"),
        ("timeout", "no such parameter; use with_options(timeout=...)"),
        ("retry_ambigous", "no such parameter; did you mean retry_ambiguous?"),
        ("zebra", "no such parameter"),
    ],
)
def test_a_parameter_that_there_is_not_gets_a_hint(
    client: EnkryptClient, name: str, fault: str
) -> None:
    arguments: Any = {**GOOD, name: 1}
    with pytest.raises(InvalidRequestError) as caught:
        client.call(modify_model, **arguments)
    assert caught.value.problems == [(name, fault)]


def test_a_fault_of_the_call_as_a_whole_is_a_problem_without_a_path() -> None:
    client = EnkryptClient("key")
    client.close()
    with pytest.raises(InvalidRequestError) as caught:
        client.modify_model(plain())
    message = "the client is closed; create a new one"
    assert caught.value.problems == [("", message)]


def test_only_generated_operations_can_be_called(client: EnkryptClient) -> None:
    with pytest.raises(InvalidRequestError, match="must be a module below"):
        client.call(json)  # type: ignore[arg-type]
