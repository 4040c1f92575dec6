"""Settings of a client and options of its calls: arguments first, then environment variables, then the document."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import enkrypt_api_client as package
from enkrypt_api_client import (
    APITimeoutError,
    AsyncEnkryptClient,
    ConfigurationError,
    EnkryptClient,
    InvalidRequestError,
    RateLimitError,
    _document,
)
from tests.conftest import ROOT
from tests.policy.faults import (
    DONE,
    REQUEST,
    SENTINEL,
    Server,
    hangs,
    keeps,
    reply,
    use,
)


@pytest.fixture
def client_class(kind: str) -> Any:
    return EnkryptClient if kind == "sync" else AsyncEnkryptClient


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY", "ENKRYPTAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def headers(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    pairs = (line.partition(": ") for line in lines)
    return {name.lower(): value for name, _, value in pairs}


@pytest.mark.parametrize(
    ("arguments", "environment", "key"),
    [
        ([" first\n"], ["ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY"], "first"),
        ([], ["ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY"], "ENKRYPTAI_API_KEY"),
        ([], ["ENKRYPT_API_KEY"], "ENKRYPT_API_KEY"),
    ],
)
def test_the_key_comes_from_the_argument_before_the_environment(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: list[str],
    key: str,
) -> None:
    for name in environment:
        monkeypatch.setenv(name, name)
    monkeypatch.setenv("ENKRYPTAI_BASE_URL", server.url)
    with EnkryptClient(*arguments) as client:
        client.modify_model(REQUEST)
    assert headers(server.requests[0])["apikey"] == key


def test_the_server_comes_from_the_document(client_class: Any) -> None:
    assert str(_document.SERVER) in repr(client_class("key"))


def test_without_a_key_the_error_names_argument_and_variable(client_class: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"api_key=.*ENKRYPTAI_API_KEY"):
        client_class()


@pytest.mark.parametrize("key", ["", " ", "a b", "a\nb", "a\x00", "schlüssel", 5, b"k"])
def test_an_api_key_that_cannot_be_sent_is_refused(client_class: Any, key: Any) -> None:
    with pytest.raises(ConfigurationError, match="api_key"):
        client_class(key)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://example.com",
        "https://",
        f"https://user:{SENTINEL}@example.com",
        "https://example.com?a=b",
        "https://example.com?",
        "https://example.com#a",
        "https://exa mple.com",
        "https://example.com\n",
        "https://example.com:port",
        "https://example.com:99999",
        "https://[::1",
        "https://localhost\\@example.com",
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://169.254.169.254",
        5,
    ],
)
def test_an_address_that_the_key_may_not_be_sent_to_is_refused(
    client_class: Any, url: Any
) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        client_class("key", base_url=url)
    assert SENTINEL not in repr(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1",
        "http://127.0.0.1",
        "http://127.8.9.1:80/a/",
        "http://[::1]:1",
        "https://example.com/prefix/",
        "https://example.com:8443",
    ],
)
def test_an_address_that_is_safe_is_accepted(client_class: Any, url: str) -> None:
    assert url.rstrip("/") in repr(client_class("key", base_url=url))


def test_unencrypted_addresses_need_an_explicit_option(client_class: Any) -> None:
    client_class("key", base_url="http://example.com", allow_insecure_http=True)


def test_a_path_prefix_stays_before_the_path(server: Server) -> None:
    url = f"{server.url}/gateway/v2/"
    use("sync", url, lambda client: client.modify_model(REQUEST))
    assert server.requests[0].startswith(b"PATCH /gateway/v2/models/modify-model ")


@pytest.mark.parametrize(
    "options",
    [
        {"max_retries": -1},
        {"max_retries": 1.5},
        {"max_retries": True},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": math.inf},
        {"timeout": math.nan},
        {"timeout": "5"},
        {"total_timeout": 0},
        {"total_timeout": None},
        {"total_timeout": math.inf},
        {"http_client": object()},
    ],
)
def test_an_argument_that_makes_no_sense_is_named(
    client_class: Any, options: Any
) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        client_class("key", **options)


def test_each_client_wants_its_own_kind_of_http_client() -> None:
    wrong: Any = (AsyncEnkryptClient, httpx.Client), (EnkryptClient, httpx.AsyncClient)
    for client_class, other in wrong:
        with pytest.raises(ConfigurationError, match="http_client must be an httpx"):
            client_class("key", http_client=other())


def test_a_proxy_that_makes_no_sense_is_refused_without_its_password(
    client_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"carrier-pigeon://u:{SENTINEL}@example.com")
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        client_class("key")
    assert SENTINEL not in repr(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_the_key_shows_nowhere_in_a_client(client_class: Any) -> None:
    client = client_class(SENTINEL)
    connection = client._connection
    held = client, connection, connection.settings, connection.settings.credentials
    seen = repr([*held, client.api, *map(vars, held)]) + str(client)
    assert SENTINEL not in seen


def test_default_timeouts_are_never_infinite() -> None:
    expected = {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 5.0}
    assert EnkryptClient("key")._options.timeouts == expected


@pytest.mark.parametrize("name", package.__all__)
def test_every_public_name_is_importable_from_the_package(name: str) -> None:
    assert getattr(package, name) is not None
    assert name in dir(package)


def test_the_version_is_that_of_the_distribution() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'\nversion = "{package.__version__}"\n' in text


def test_a_name_that_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_such"):
        getattr(package, "nothing_such")  # noqa: B009


@pytest.mark.parametrize(
    "error",
    [getattr(package, n) for n in package.__all__ if n.endswith("Error")],
    ids=lambda e: e.__name__,
)
def test_every_error_is_of_one_tree(error: Any) -> None:
    assert issubclass(error, package.EnkryptError)
    same = error in (ConfigurationError, InvalidRequestError)
    assert issubclass(error, ValueError) is same


def test_a_view_has_retries_of_its_own_on_the_same_connections(
    server: Server, kind: str
) -> None:
    server.serve = keeps(reply(429, b"{}", "Retry-After: 0"))
    with pytest.raises(RateLimitError) as caught:
        use(kind, server.url, modify(max_retries=4))
    assert caught.value.attempts == len(server.requests) == 5
    assert len(server.sockets) == 1


def modify(request: Any = REQUEST, **options: Any) -> Callable[[Any], Any]:
    """Modify a model through a view with these options."""
    return lambda client: client.with_options(**options).modify_model(request)


@pytest.mark.parametrize(
    "options", [{"timeout": httpx.Timeout(5.0, read=0.3)}, {"total_timeout": 1}]
)
def test_a_view_has_timeouts_of_its_own(server: Server, options: Any) -> None:
    server.serve = hangs()
    with pytest.raises(APITimeoutError, match=r"timeout of (0\.3|1) s"):
        use("sync", server.url, modify(**options))


def test_a_view_keeps_the_clients_options_that_it_does_not_replace(
    client_class: Any,
) -> None:
    default = {"X-One": "1", "X-Two": "2"}
    client = client_class("key", default_headers=default, max_retries=0)
    view = client.with_options(timeout=3)
    again = view.with_options(extra_headers={"x-two": "3"})._options
    assert set(again.timeouts.values()) == {3.0}
    assert (again.max_retries, again.total_timeout) == (0, 120.0)
    assert again.headers["x-two"] == (b"x-two", b"3")
    assert set(view._options.headers) == {"x-one", "x-two"}


def test_closing_a_view_closes_its_client(server: Server, kind: str) -> None:
    async def work(client: AsyncEnkryptClient) -> None:
        await client.with_options(timeout=1).aclose()
        await client.modify_model(REQUEST)

    def sync_work(client: EnkryptClient) -> None:
        client.with_options(timeout=1).close()
        client.modify_model(REQUEST)

    with pytest.raises(InvalidRequestError, match="closed; create a new"):
        use(kind, server.url, sync_work if kind == "sync" else work)


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0},
        {"total_timeout": -1},
        {"max_retries": 1.5},
        {"extra_headers": {"apikey": "other"}},
    ],
)
def test_an_option_that_makes_no_sense_is_named(options: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        EnkryptClient("key").with_options(**options)


def test_default_and_extra_headers_are_sent_and_those_of_the_operation_win(
    server: Server, kind: str
) -> None:
    default = {"X-Team": "a", "X-Enkrypt-Model": "other", "User-Agent": "mine/1"}
    extra = {"X-Trace": "t", "Content-Type": "text/plain"}
    use(kind, server.url, modify(extra_headers=extra), default_headers=default)
    sent = headers(server.requests[0])
    assert (sent["x-team"], sent["x-trace"], sent["user-agent"]) == ("a", "t", "mine/1")
    assert sent["x-enkrypt-model"] == "Test Model"
    assert sent["content-type"] == "application/json"


@pytest.mark.parametrize(
    "given",
    [
        {"ApiKey": "s3cret"},
        {"Authorization": "s3cret"},
        {"Cookie": "s3cret"},
        {"Host": "elsewhere"},
        {"Content-Length": "3"},
        {"X A": "b"},
        {"X-A": "b\r\nX-B: c"},
        {"X-A": ""},
        {"X-A": 5},
        {5: "x"},
    ],
)
def test_a_header_that_is_not_the_callers_to_set_is_refused(given: Any) -> None:
    with pytest.raises(ConfigurationError, match="default_headers") as caught:
        EnkryptClient("key", default_headers=given)
    assert "s3cret" not in str(caught.value)


def own_client(kind: str, handle: Any, **options: Any) -> Any:
    """A caller's own client of httpx, answered by a function."""
    own: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    return own(transport=httpx.MockTransport(handle), **options)


def test_headers_of_a_callers_own_client_arrive(kind: str) -> None:
    seen: list[httpx.Headers] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, content=DONE)

    mine = {"X-Mine": "1", "apikey": "other", "User-Agent": "mine/2"}
    for given in (mine, {}):
        client = own_client(kind, handle, headers=given)
        use(kind, "https://a.test", modify(), api_key="key", http_client=client)
    assert (seen[0]["x-mine"], seen[0]["user-agent"]) == ("1", "mine/2")
    assert (seen[0]["apikey"], seen[0]["accept"]) == ("key", "application/json")
    assert seen[0]["accept-encoding"] == "gzip"
    assert seen[1]["user-agent"].startswith("enkrypt-api-client/")


@pytest.mark.parametrize("raised", [AssertionError("no"), KeyError("x"), ValueError()])
def test_exceptions_of_a_mock_handler_pass_through(
    kind: str, raised: Exception
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(type(raised)) as caught:
        use(kind, "https://a.test", modify(), http_client=own_client(kind, handle))
    assert caught.value is raised


@pytest.mark.parametrize("request_body", [None, [], "text", 5])
def test_a_missing_request_is_named_request(server: Server, request_body: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        use("sync", server.url, modify(request_body))
    assert str(caught.value) == (
        "PATCH /models/modify-model: request: expected object. Nothing was sent."
    )
    assert server.requests == []


def test_an_empty_request_misses_its_own_fields_alone(server: Server) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        use("sync", server.url, modify({}))
    paths = {path for path, _ in caught.value.problems}
    assert paths == {"model_saved_name", "model_version", "model_config"}
