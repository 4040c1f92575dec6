"""Addresses of proxies and indexes in the environment: which are refused, and what in them is masked."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scripts.common import addresses


@pytest.fixture(autouse=True)
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().endswith("_PROXY") or name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    "variable", ["HTTPS_PROXY", "all_proxy", "PIP_PROXY", "UV_HTTPS_PROXY"]
)
@pytest.mark.parametrize(
    "address",
    [
        "http://user:s3cret/x@127.0.0.1:3128",
        "http://user:s3cret#x@127.0.0.1:3128",
        "http://user:1234/s3cret@127.0.0.1:3128",
        "http://user:s3@cret/x@127.0.0.1:3128",
        "user:s3cret?x@127.0.0.1:3128",
        "http://user:[s3cret@127.0.0.1:3128",
        "http://user:s3cret@",
        "http://user:s3\\cret@127.0.0.1:3128",
        "user:s3 cret@127.0.0.1:3128",
        "http://user:s3\ncret@127.0.0.1:3128",
        "http://user:s3cret@127.0.0.256:3128",
        "http://user:s3cret@proxy|example:3128",
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
    "variable",
    [
        *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONSTRAINT"),
        *("UV_INDEX", "UV_DEFAULT_INDEX", "UV_FIND_LINKS", "UV_PYTHON_INSTALL_MIRROR"),
    ],
)
@pytest.mark.parametrize(
    "address",
    [
        "https://user:s3cret/x@index.example/simple/",
        "https://user:s3\\cret@index.example/simple/",
        "https://user:1234 s3cret@index.example/simple/",
        "https://user:1234 s3/cret@index.example/ /opt/wheels",
        "https://a.example/s https://user:s3cret@/simple/",
    ],
)
def test_an_address_that_pip_or_uv_would_quote_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)
    (problem,) = addresses.unusable_variables()
    assert problem.startswith(f"{variable} is not")
    assert "s3" not in problem
    assert "1234" not in problem


def test_a_comma_ends_an_address_where_uv_separates_by_commas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "https://user:1234,s3cret@h.example/x")
    assert addresses.unusable_variables() == []
    monkeypatch.setenv("UV_FIND_LINKS", "https://user:1234,s3cret@h.example/x")
    (problem,) = addresses.unusable_variables()
    assert problem.startswith("UV_FIND_LINKS is not")


def test_an_address_in_any_setting_of_pip_is_named_by_the_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nfind-links = https://user:s3\\cret@h.example/x\n"
        "[install]\nconstraint = https://user:s3/cret@h.example/c.txt\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    problems = addresses.unusable_settings_of_pip(sys.executable)
    assert len(problems) == 2
    for name, problem in zip(
        ["global.find-links", "install.constraint"], sorted(problems), strict=True
    ):
        assert problem.startswith(f"{name} of pip (pip config list) is not an address")
        assert "s3" not in problem


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
        ("PIP_FIND_LINKS", "https://u:p@a.example/x /opt/team@work wheels"),
        ("UV_FIND_LINKS", "https://u:p@a.example/x,https://b.example,/opt/team@work"),
        ("PIP_CONSTRAINT", "git+ssh://git@a.example/c.txt c.txt"),
        ("PIP_INDEX_URL", "https://[fe80::1%25eth0]:8080/simple"),
        ("UV_INDEX_A_PASSWORD", "a://b/c@d"),
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
    monkeypatch.setenv("PIP_FIND_LINKS", "/opt/wheels https://user:links@c.example/x")
    monkeypatch.setenv("UV_INDEX_C_PASSWORD", "of a name")
    assert set(addresses.passwords()) == {
        *("p%2Fw", "p/w", "token", "pw", "links", "of a name")
    }
