"""What a client is made of: argument before environment before document, and what none of them may be."""

from __future__ import annotations

import math
from typing import Any

import httpx
import pytest

import enkrypt_api_client as package
from enkrypt_api_client import (
    AsyncEnkryptClient,
    ConfigurationError,
    EnkryptClient,
    InvalidRequestError,
    _document,
)
from tests.conftest import ROOT
from tests.policy.faults import REQUEST, SENTINEL, reply, serving
from tests.policy.rows import DONE, keeps

CLIENTS = [EnkryptClient, AsyncEnkryptClient]
both = pytest.mark.parametrize("kind", CLIENTS)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY", "ENKRYPTAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def sent_key(monkeypatch: pytest.MonkeyPatch, *arguments: Any, **env: str) -> bytes:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with serving(keeps(reply(200, DONE))) as server:
        monkeypatch.setenv("ENKRYPTAI_BASE_URL", f"http://127.0.0.1:{server.port}")
        with EnkryptClient(*arguments) as client:
            client.modify_model(REQUEST)
        lines = server.requests[0].split(b"\r\n")
    header = f"{'apikey'}: ".encode()
    return next(x.removeprefix(header) for x in lines if x.startswith(header))


def test_the_key_comes_from_the_argument_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    env = {"ENKRYPTAI_API_KEY": "second", "ENKRYPT_API_KEY": "third"}
    assert sent_key(monkeypatch, " first\n", **env) == b"first"
    assert sent_key(monkeypatch, **env) == b"second"
    monkeypatch.delenv("ENKRYPTAI_API_KEY")
    assert sent_key(monkeypatch, ENKRYPT_API_KEY="third") == b"third"


@both
def test_the_server_comes_from_the_document(kind: Any) -> None:
    assert str(_document.SERVER) in repr(kind("key"))


@both
def test_without_a_key_the_error_names_argument_and_variable(kind: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"api_key=.*ENKRYPTAI_API_KEY"):
        kind()


@both
@pytest.mark.parametrize("key", ["", " ", "a b", "a\nb", "a\x00", "schlüssel", 5, b"k"])
def test_a_key_that_cannot_be_sent_is_refused(kind: Any, key: Any) -> None:
    with pytest.raises(ConfigurationError, match="api_key"):
        kind(key)


@both
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
    kind: Any, url: Any
) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        kind("key", base_url=url)
    assert SENTINEL not in repr(caught.value)


@both
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
def test_an_address_that_is_safe_is_accepted(kind: Any, url: str) -> None:
    assert url.rstrip("/") in repr(kind("key", base_url=url))


@both
def test_unencrypted_addresses_need_an_explicit_word(kind: Any) -> None:
    kind("key", base_url="http://example.com", allow_insecure_http=True)


def test_a_path_prefix_stays_before_the_path() -> None:
    with serving(keeps(reply(200, DONE))) as server:
        url = f"http://127.0.0.1:{server.port}/gateway/v2/"
        with EnkryptClient("key", base_url=url) as client:
            client.modify_model(REQUEST)
    assert server.requests[0].startswith(b"PATCH /gateway/v2/models/modify-model ")


@both
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
def test_an_argument_that_makes_no_sense_is_named(kind: Any, options: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        kind("key", **options)


def test_each_client_wants_its_own_kind_of_http_client() -> None:
    with httpx.Client() as wrong, pytest.raises(ConfigurationError):
        AsyncEnkryptClient("key", http_client=wrong)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        EnkryptClient("key", http_client=httpx.AsyncClient())  # type: ignore[arg-type]


@both
def test_a_proxy_that_makes_no_sense_is_refused_without_its_password(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"carrier-pigeon://u:{SENTINEL}@example.com")
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        kind("key")
    assert SENTINEL not in repr(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@both
def test_the_key_shows_nowhere_in_a_client(kind: Any) -> None:
    client = kind(SENTINEL)
    seen = [repr(client), str(client), repr(client.api), repr(vars(client))]
    settings = client._connection.settings
    seen += [
        repr(vars(x)) for x in (client._connection, settings, settings.credentials)
    ]
    assert SENTINEL not in "".join(seen)


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


def test_what_the_package_does_not_have_is_an_attribute_error() -> None:
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
