"""Addresses of proxies and indexes in the environment: which are refused, and what in them is masked."""

from __future__ import annotations

import os

import pytest

from scripts.common import addresses


@pytest.fixture(autouse=True)
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().endswith("_PROXY") or name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy", "PIP_PROXY"])
@pytest.mark.parametrize(
    "address",
    [
        "http://user:s3cret/x@127.0.0.1:3128",
        "http://user:s3cret#x@127.0.0.1:3128",
        "http://user:1234/s3cret@127.0.0.1:3128",
        "http://user:s3@cret/x@127.0.0.1:3128",
        "user:s3cret?x@127.0.0.1:3128",
        "http://user:[s3cret@127.0.0.1:3128",
    ],
)
def test_a_proxy_that_tools_would_quote_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)
    (problem,) = addresses.unusable_variables()
    assert problem.startswith(f"{variable} is not an address that tools can read: ")
    assert "%2F for /" in problem
    assert "s3" not in problem
    assert "1234" not in problem


@pytest.mark.parametrize(
    "variable", ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_DEFAULT_INDEX"]
)
def test_an_index_that_tools_would_quote_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "https://user:s3cret/x@index.example/simple/")
    (problem,) = addresses.unusable_variables()
    assert problem.startswith(f"{variable} is not")
    assert "s3cret" not in problem


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("HTTPS_PROXY", "http://user:p%2Fw%40x@127.0.0.1:3128"),
        ("HTTPS_PROXY", "127.0.0.1:3128"),
        ("HTTPS_PROXY", "socks5h://proxy.example"),
        ("HTTPS_PROXY", ""),
        ("NO_PROXY", "a/b@c"),
        ("PIP_INDEX_URL", "https://user:pw@index.example/team@work/simple"),
        ("PIP_INDEX_URL", "file:///opt/simple"),
        ("PIP_INDEX_URL", "file:///opt/team@work/simple"),
        ("PIP_INDEX_URL", "/opt/team@work/simple"),
        ("PIP_EXTRA_INDEX_URL", "https://a.example/simple https://u:p@b.example/s"),
        ("UV_INDEX", "first=https://a.example/simple the-2nd=https://u:p@b.example/s"),
    ],
)
def test_an_address_that_tools_can_read_is_taken(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)
    assert addresses.unusable_variables() == []


def test_passwords_of_proxies_and_indexes_are_known_in_both_forms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "user:p%2Fw@127.0.0.1:3128")
    monkeypatch.setenv("UV_INDEX", "a=https://token@a.example b=https://:pw@b.example")
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    assert set(addresses.passwords()) == {"p%2Fw", "p/w", "token", "pw"}
