"""Where requests go, and what becomes of parameters and credentials on the way."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.conformance.clients import SmallClient, body, document, operation

TEXT = {"type": "string"}
MOMENT = {"type": "string", "format": "date-time"}
KEYS = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "ticket": {"type": "apiKey", "in": "query", "name": "ticket"},
}


def parameter(name: str, where: str = "query", **more: Any) -> Any:
    return {"name": name, "in": where, "schema": TEXT, **more}


def with_server(url: str, **more: Any) -> Any:
    return operation("go", servers=[{"url": url, **more}])


PATHS = {
    "/pass": {
        "get": operation(
            "pass_through",
            parameters=[parameter("terms", allowReserved=True), parameter("plain")],
        )
    },
    "/coded": {
        "get": operation("coded", parameters=[parameter("Accept-Encoding", "header")])
    },
    "/twice": {
        "get": operation(
            "twice", security=[{"ticket": []}], parameters=[parameter("ticket")]
        )
    },
    "/visits": {
        "post": operation(
            "visit",
            parameters=[{"name": "since", "in": "query", "schema": MOMENT}],
            requestBody={
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "properties": {"at": MOMENT}}
                    }
                }
            },
        )
    },
    "/own": {"get": with_server("https://archive.small.example/old/")},
    "/near": {"get": operation("near", servers=[{"url": "v2"}])},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    whole = document(
        PATHS, security=[{"bearer": []}], components={"securitySchemes": KEYS}
    )
    keys = {"bearer": "bearer-key", "ticket": "ticket-key"}
    return SmallClient(whole, tmp_path_factory.mktemp("requests"), api_key=keys)


def target(client: SmallClient) -> str:
    return client.requests[-1].url.raw_path.decode()


def test_reserved_characters_pass_where_the_document_lets_them(
    client: SmallClient,
) -> None:
    client.call("t.pass_through", terms="in(/a:b,c)&100%#%2F", plain="a/b")
    assert target(client) == "/v1/pass?terms=in(/a:b,c)%26100%25%23%2F&plain=a%2Fb"


STYLES: list[tuple[str, bool, Any, str]] = [
    ("label", False, ["a", "b/c"], ".a,b%2Fc"),
    ("label", True, ["a", "b"], ".a.b"),
    ("label", True, {"x": "1", "y": "2"}, ".x=1.y=2"),
    ("matrix", False, ["a", "b"], ";ids=a,b"),
    ("matrix", True, ["a", "b"], ";ids=a;ids=b"),
    ("matrix", True, {"x": "1", "y": "2"}, ";x=1;y=2"),
    ("matrix", False, "a b", ";ids=a%20b"),
]


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    """A client with an operation for each of STYLES."""
    kinds: dict[type, Any] = {
        list: {"type": "array", "items": TEXT},
        dict: {"type": "object", "additionalProperties": TEXT},
    }
    paths = {}
    for number, (style, explode, given, _path) in enumerate(STYLES):
        ids = parameter("ids", "path", required=True, style=style, explode=explode)
        ids["schema"] = kinds.get(type(given), TEXT)
        at = operation(f"at_{number}", parameters=[ids])
        paths[f"/{number}/at{{ids}}"] = {"get": at}
    return SmallClient(document(paths), tmp_path_factory.mktemp("styled"))


@pytest.mark.parametrize("number", range(len(STYLES)))
def test_a_path_has_the_style_of_its_parameter(
    styled: SmallClient, number: int
) -> None:
    _style, _explode, given, path = STYLES[number]
    styled.call(f"t.at_{number}", ids=given)
    assert target(styled) == f"/v1/{number}/at{path}"


@pytest.mark.parametrize("given", ["identity", "gzip"])
def test_accept_encoding_is_sent_where_the_document_has_it_as_a_parameter(
    client: SmallClient, given: str
) -> None:
    client.call("t.coded", accept_encoding=given)
    assert client.requests[-1].headers.get_list("accept-encoding") == [given]
    client.call("t.coded")
    assert client.requests[-1].headers.get_list("accept-encoding") == ["gzip"]


def test_a_generated_function_asks_for_what_the_client_can_read(
    client: SmallClient,
) -> None:
    module = client.operation("t.coded")
    with client.client() as sound:
        module.sync_detailed(client=sound.api)
        assert client.requests[-1].headers["accept-encoding"] == "gzip"
        module.sync_detailed(client=sound.api, accept_encoding="identity")
        assert client.requests[-1].headers["accept-encoding"] == "identity"


def test_a_key_that_is_a_parameter_as_well_stands_once(client: SmallClient) -> None:
    client.call("t.twice", ticket="mine")
    assert target(client) == "/v1/twice?ticket=mine"
    client.call("t.twice")
    assert target(client) == "/v1/twice?ticket=ticket-key"


@pytest.mark.parametrize("place", ["body", "parameter", "model"])
def test_a_datetime_without_an_offset_is_refused_before_anything_is_sent(
    client: SmallClient, place: str
) -> None:
    count = len(client.requests)
    local = datetime.datetime(2024, 5, 6, 7)  # noqa: DTZ001  # that is the point
    body_class = client.models().VisitBody
    places: dict[str, dict[str, Any]] = {
        "body": {"body": {"at": local}},
        "parameter": {"since": local},
        "model": {"body": body_class(at=local)},
    }
    with pytest.raises(client.package.InvalidRequestError, match="offset"):
        client.call("t.visit", **places[place])
    assert len(client.requests) == count
    moment = local.replace(tzinfo=datetime.UTC)
    client.call("t.visit", since=moment, body={"at": moment})
    assert client.requests[-1].content == b'{"at":"2024-05-06T07:00:00+00:00"}'


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("near", "https://small.example/v2/near"),
        ("go", "https://archive.small.example/old/own"),
    ],
)
def test_an_operation_goes_to_its_own_server_by_every_way_to_call_it(
    client: SmallClient, name: str, address: str
) -> None:
    client.call(f"t.{name}")
    assert str(client.requests[-1].url) == address
    with client.client() as sound:
        client.operation(f"t.{name}").sync_detailed(client=sound.api)
    assert str(client.requests[-1].url) == address
    with client.client(base_url="https://proxy.example/x") as moved:
        moved.call(client.operation(f"t.{name}"))
    assert client.requests[-1].url.host == "proxy.example"


SERVERS = [
    (".other.example", "https://small.example/.other.example/go"),
    ("@other.example", "https://small.example/@other.example/go"),
    ("../up", "https://small.example/up/go"),
    ("/base/", "https://small.example/base/go"),
    ("//cdn.small.example/x", "https://cdn.small.example/x/go"),
    ("?q=1", None),
    ("http://other.example", None),
    ("https://", None),
    ("https://other.example#f", None),
    ("https://name@other.example", None),
    ("https://{region}.other.example", None),
    ("ftp://other.example", None),
    ("https://other.example:x", None),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    """A client with an operation for each of SERVERS, and one without a server of its own."""
    stay = operation("stay", requestBody=body("text/plain", TEXT))
    paths = {"/stay": {"get": stay}}
    for number, (url, _address) in enumerate(SERVERS):
        go = operation(f"go_{number}", servers=[{"url": url}])
        paths[f"/go{number}"] = {"get": go}
    components = {"securitySchemes": KEYS}
    whole = document(paths, security=[{"bearer": []}], components=components)
    folder = tmp_path_factory.mktemp("served")
    return SmallClient(whole, folder, api_key="secret-key")


@pytest.mark.parametrize("number", range(len(SERVERS)))
def test_a_server_is_resolved_against_the_documents_or_named_as_unusable(
    served: SmallClient, number: int
) -> None:
    _url, address = SERVERS[number]
    if address is None:
        reason = served.contract.left_out[f"GET /go{number}"].reason
        assert "the server" in reason
        assert "remove the server" in reason
        return
    served.call(f"t.go_{number}")
    assert str(served.requests[-1].url) == f"{address}{number}"


def test_a_document_whose_server_has_no_value_for_a_variable_asks_for_an_address(
    tmp_path: Any,
) -> None:
    servers = [{"url": "https://{tenant}.small.example/{base}", "variables": {}}]
    client = SmallClient(
        document({"/go": {"get": operation("go")}}, servers=servers), tmp_path
    )
    with pytest.raises(client.package.ConfigurationError, match="base_url"):
        client.client()
    with client.client(base_url="https://acme.small.example/v1") as moved:
        moved.call(client.operation("t.go"))
    assert str(client.requests[-1].url) == "https://acme.small.example/v1/go"
