"""Settings of a client and options of its calls: arguments first, then environment variables, then the document."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

import enkrypt_api_client as package
from enkrypt_api_client import ConfigurationError, InvalidRequestError, _document
from tests.conftest import ROOT
from tests.required import PATH
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.loopback import DONE, Server, drips, keeps, reply


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY", "ENKRYPTAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def modify(request: Any = REQUEST, **options: Any) -> Callable[[Any], Any]:
    """Modify a model through a view with these options."""
    return lambda client: client.with_options(**options).modify_model(request)


@pytest.mark.parametrize(
    ("argument", "environment", "key"),
    [
        (" first\n", ["ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY"], "first"),
        (None, ["ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY"], "ENKRYPTAI_API_KEY"),
        (None, ["ENKRYPT_API_KEY"], "ENKRYPT_API_KEY"),
    ],
)
def test_the_key_comes_from_the_argument_before_the_environment(
    server: Server,
    driver: Driver,
    monkeypatch: Any,
    argument: Any,
    environment: Any,
    key: str,
) -> None:
    for name in environment:
        monkeypatch.setenv(name, name)
    monkeypatch.setenv("ENKRYPTAI_BASE_URL", f"{server.url}/gateway/v2/")
    driver.use(None, modify(), api_key=argument)
    assert server.requests[0].startswith(f"PATCH /gateway/v2{PATH} ".encode())
    assert server.sent().headers()["apikey"] == key


def test_the_server_comes_from_the_document(driver: Driver) -> None:
    assert str(_document.SERVER) in repr(driver.client_class("key"))


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
def test_an_address_that_is_safe_is_accepted(driver: Driver, url: str) -> None:
    assert url.rstrip("/") in repr(driver.client_class("key", base_url=url))


def test_an_address_may_have_its_scheme_in_capitals(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(200, DONE))

    driver.use(server.url.replace("http", "HTTP"), modify())

    assert len(server.requests) == 1


def test_unencrypted_addresses_need_an_explicit_option(driver: Driver) -> None:
    driver.client_class("key", base_url="http://example.com", allow_insecure_http=True)


@pytest.mark.parametrize("key", ["", "  "])
def test_a_key_that_is_empty_is_called_empty(driver: Driver, key: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^api_key is empty$"):
        driver.client_class(key)


def test_an_address_that_is_empty_is_called_empty(driver: Driver) -> None:
    with pytest.raises(ConfigurationError, match=r"^base_url is empty$"):
        driver.client_class("key", base_url="")


def test_a_header_whose_value_is_a_number_has_to_be_a_string(driver: Driver) -> None:
    with pytest.raises(ConfigurationError, match=r"X-A .* must be a string"):
        driver.client_class("key", default_headers={"X-A": 5})


KEYS = ["", " ", "a b", "a\nb", "a\x00", "schlüssel", 5, b"k", ("a:b", "c"), ("a",)]
ADDRESSES = [
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
    "https://[fe80::1%25eth0]",
    "https://[fe80::1%eth0]",
    "https://localhost\\@example.com",
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://169.254.169.254",
    5,
]
HEADERS: list[dict[Any, Any]] = [
    {"ApiKey": SENTINEL},
    {"Authorization": SENTINEL},
    {"Cookie": SENTINEL},
    {"Host": "elsewhere"},
    {"Content-Length": "3"},
    {"X A": "b"},
    {"X-A": "b\r\nX-B: c"},
    {"X-A": ""},
    {"X-A": 5},
    {5: "x"},
]
# Also of a view, but for the last.
OPTIONS = [
    *({"max_retries": wrong} for wrong in (-1, 1.5, True)),
    *({"timeout": wrong} for wrong in (0, -1, math.inf, math.nan, "5")),
    *({"total_timeout": wrong} for wrong in (0, -1, math.inf, "5")),
]
REFUSED = [
    *({"api_key": key} for key in KEYS),
    *({"base_url": url} for url in ADDRESSES),
    *({"default_headers": headers} for headers in HEADERS),
    {"http_client": "a client"},
    {"total_timeout": None},
    *OPTIONS,
]


@pytest.mark.parametrize("arguments", REFUSED, ids=repr)
def test_an_argument_that_makes_no_sense_is_named_and_not_shown(
    driver: Driver, arguments: Any
) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(arguments))) as caught:
        driver.client_class(**{"api_key": "key", **arguments})
    assert SENTINEL not in repr(caught.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"timeout": (3, 30)}, "timeout must be seconds, .*, or an httpx.Timeout$"),
        ({"timeout": httpx.Timeout(None, read=-1)}, "timeout .read. must be seconds"),
        ({"total_timeout": timedelta(minutes=1)}, "total_timeout must be seconds, "),
        ({"base_url": httpx.URL("https://a.example")}, "base_url must .* a string$"),
    ],
)
def test_a_value_of_another_type_is_told_which_is_expected(
    driver: Driver, arguments: Any, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        driver.client_class("key", **arguments)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("api.example.com", "must begin with https://, as in https://"),
        ("localhost:8807", "must begin with https://, as in https://"),
        ("https:///models", "must name a host after the scheme"),
        ("https://[fe80::1%25eth0]", "must have no .*IPv6 zone"),
    ],
)
def test_the_part_of_an_address_that_is_wrong_is_said(
    driver: Driver, url: str, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^base_url {words}"):
        driver.client_class("key", base_url=url)


@pytest.mark.parametrize("option", [*OPTIONS, {"extra_headers": HEADERS[0]}], ids=repr)
def test_an_option_that_makes_no_sense_is_named(driver: Driver, option: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(option))):
        driver.client_class("key").with_options(**option)


def test_a_client_of_httpx_must_be_of_the_same_kind(driver: Driver) -> None:
    other: Any = httpx.Client() if driver.prefix else httpx.AsyncClient()
    told = f"http_client must be an httpx.{type(driver.http_client()).__name__}"
    with pytest.raises(ConfigurationError, match=told):
        driver.client_class("key", http_client=other)


def test_without_a_key_the_error_names_argument_and_variable(driver: Driver) -> None:
    with pytest.raises(ConfigurationError, match=r"api_key=.*ENKRYPTAI_API_KEY"):
        driver.client_class()


def test_the_key_shows_nowhere_in_a_client(driver: Driver) -> None:
    client = driver.client_class(SENTINEL)
    settings = client._settings
    held = client, client._runner, settings, settings.credentials
    seen = repr([*held, client.api, *map(vars, held)]) + str(client)
    assert SENTINEL not in seen


def test_default_timeouts_are_never_infinite(driver: Driver) -> None:
    timeouts = driver.client_class("key")._options.timeouts
    assert (timeouts.connect, timeouts.read, timeouts.write) == (5.0, 60.0, 60.0)
    # The total timeout ends the wait for a free connection.
    assert timeouts.pool is None


@pytest.mark.parametrize("name", package.__all__)
def test_every_public_name_is_importable_and_every_error_is_of_one_tree(
    name: str,
) -> None:
    value: Any = getattr(package, name)
    assert name in dir(package)
    if name.endswith("Error"):
        assert issubclass(value, package.EnkryptError)
        wrong = value in (ConfigurationError, InvalidRequestError)
        assert issubclass(value, ValueError) is wrong


def test_the_version_is_that_of_the_distribution() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'\nversion = "{package.__version__}"\n' in text


def test_a_name_that_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_such"):
        getattr(package, "nothing_such")  # noqa: B009


def test_a_view_has_retries_of_its_own_on_the_same_connections(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(429, b"{}", "Retry-After: 0"))
    with pytest.raises(package.RateLimitError) as caught:
        driver.use(server.url, modify(max_retries=4))
    assert caught.value.attempts == len(server.requests) == 5
    assert len(server.sockets) == 1


def test_a_view_has_a_total_timeout_of_its_own(server: Server, driver: Driver) -> None:
    server.serve = drips(b"HTTP/1.1 200 OK\r\nX-A: ", b"b", passing=100.0)
    with pytest.raises(package.APITimeoutError, match="timeout of 99 s"):
        driver.use(server.url, modify(total_timeout=99), total_timeout=9999.0)


def test_a_view_keeps_the_clients_options_that_it_does_not_replace(
    driver: Driver,
) -> None:
    default = {"X-One": "1", "X-Two": "2"}
    client = driver.client_class("key", default_headers=default, max_retries=0)
    view = client.with_options(timeout=3)
    again = view.with_options(extra_headers={"x-two": "3"})._options
    limits = again.timeouts
    assert {limits.connect, limits.read, limits.write, limits.pool} == {3.0}
    assert (again.max_retries, again.total_timeout) == (0, 120.0)
    assert again.headers["x-two"] == (b"x-two", b"3")
    assert set(view._options.headers) == {"x-one", "x-two"}


def test_default_and_extra_headers_are_sent_and_those_of_the_operation_win(
    server: Server, driver: Driver
) -> None:
    default = {"X-Team": "a", "X-Enkrypt-Model": "other", "User-Agent": "mine/1"}
    extra = {"X-Trace": "t", "Content-Type": "text/plain"}
    driver.use(server.url, modify(extra_headers=extra), default_headers=default)
    sent = server.sent().headers()
    assert (sent["x-team"], sent["x-trace"], sent["user-agent"]) == ("a", "t", "mine/1")
    assert sent["x-enkrypt-model"] == "Test Model"
    assert sent["content-type"] == "application/json"


def test_headers_of_a_callers_own_client_arrive(driver: Driver) -> None:
    seen: list[httpx.Headers] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, content=DONE)

    transport = httpx.MockTransport(handle)
    for given in ({"X-Mine": "1", "apikey": "other", "User-Agent": "mine/2"}, {}):
        own = driver.http_client(transport=transport, headers=given)
        driver.use("https://a.test", modify(), api_key="key", http_client=own)
    assert (seen[0]["x-mine"], seen[0]["user-agent"]) == ("1", "mine/2")
    assert (seen[0]["apikey"], seen[0]["accept"]) == ("key", "application/json")
    assert seen[0]["accept-encoding"] == "gzip"
    assert seen[1]["user-agent"].startswith("enkrypt-api-client/")


@pytest.mark.parametrize("raised", [AssertionError("no"), KeyError("x"), ValueError()])
def test_exceptions_of_a_mock_handler_pass_through(
    driver: Driver, raised: Exception
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise raised

    own = driver.http_client(transport=httpx.MockTransport(handle))
    assert driver.call("https://a.test", http_client=own).error is raised
