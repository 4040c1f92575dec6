"""Which of pip's settings uv is told, and which of several counts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scripts.common import pip_settings


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A configuration file of pip, beside which no variable counts."""
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")) or name.upper() == "ALL_PROXY":
            monkeypatch.delenv(name)
    monkeypatch.delenv("SSL_CLIENT_CERT", raising=False)
    path = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return path


def test_the_section_of_install_counts_before_the_global_one_and_a_variable_before_both(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(
        "[install]\nindex-url = https://b.example/s\n"
        "[global]\nindex-url = https://a.example/s\ncert = /a.pem\n"
        "[download]\nindex-url = https://c.example/s\n"
    )
    told = pip_settings.for_uv(sys.executable)
    assert told.variables["UV_DEFAULT_INDEX"] == "https://b.example/s"
    assert told.authorities == "/a.pem"
    monkeypatch.setenv("PIP_INDEX_URL", "https://d.example/it's")
    told = pip_settings.for_uv(sys.executable)
    assert told.variables["UV_DEFAULT_INDEX"] == "https://d.example/it's"


def test_a_value_is_passed_on_as_pip_reads_it(file: Path) -> None:
    file.write_text("[global]\nindex-url = https://u:a\\b'c\"@h/s\ncert = ~/a.pem\n")
    told = pip_settings.for_uv(sys.executable)
    assert told.variables["UV_DEFAULT_INDEX"] == "https://u:a\\b'c\"@h/s"
    assert told.authorities == f"{file.parent}/a.pem"


@pytest.mark.parametrize("place", [".config", "z"])
def test_of_several_files_that_of_the_variable_counts(
    file: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    of_user = file.parent / place / "pip" / "pip.conf"
    of_user.parent.mkdir(parents=True)
    of_user.write_text("[global]\nindex-url = https://user.example/s\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(of_user.parent.parent))
    told = pip_settings.for_uv(sys.executable)
    assert told.variables["UV_DEFAULT_INDEX"] == "https://user.example/s"
    file.write_text("[global]\nindex-url = https://a.example/s\n")
    told = pip_settings.for_uv(sys.executable)
    assert told.variables["UV_DEFAULT_INDEX"] == "https://a.example/s"


def test_everything_that_says_where_pip_takes_packages_is_passed_on(
    file: Path,
) -> None:
    folders = [file.parent / "wheels", file.parent / "some,wheels"]
    for folder in folders:
        folder.mkdir()
    file.write_text(
        "[install]\nindex-url = https://a.example/s\n"
        "extra-index-url =\n  https://b.example/s\n  https://c.example/s\n"
        f"find-links = ~/wheels file:{folders[1]} /is/not/there https://a.example/x,y\n"
        "trusted-host = a.example\n  b.example:8443\n"
        "proxy = 127.0.0.1:3128\nclient-cert = ~/client.pem\n"
    )
    told = pip_settings.for_uv(sys.executable)
    links = [folder.as_uri() for folder in folders]
    assert told.arguments == ()
    assert told.variables == {
        "UV_DEFAULT_INDEX": "https://a.example/s",
        "UV_INDEX": "https://b.example/s https://c.example/s",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": ",".join([*links, "https://a.example/x%2Cy"]),
        "UV_INSECURE_HOST": "a.example b.example:8443",
        "SSL_CLIENT_CERT": f"{file.parent}/client.pem",
        "ALL_PROXY": "127.0.0.1:3128",
    }


def test_where_pip_asks_no_index_uv_asks_none(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(
        "[global]\nindex-url = https://a.example/s\n"
        "extra-index-url = https://b.example/s\n"
    )
    monkeypatch.setenv("PIP_NO_INDEX", "True")
    told = pip_settings.for_uv(sys.executable)
    assert told.arguments == ("--no-index",)
    assert "UV_DEFAULT_INDEX" not in told.variables
    assert "UV_INDEX" not in told.variables
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    told = pip_settings.for_uv(sys.executable)
    assert told.arguments == ()
    assert told.variables["UV_DEFAULT_INDEX"] == "https://a.example/s"


@pytest.mark.parametrize(
    ("setting", "variable", "passed_on"),
    [
        ("index-url = https://a.example/s", "UV_DEFAULT_INDEX", "UV_DEFAULT_INDEX"),
        ("index-url = https://a.example/s", "UV_INDEX_URL", "UV_DEFAULT_INDEX"),
        ("extra-index-url = https://a.example/s", "UV_INDEX", "UV_INDEX"),
        ("extra-index-url = https://a.example/s", "UV_EXTRA_INDEX_URL", "UV_INDEX"),
        ("find-links = https://a.example/x", "UV_FIND_LINKS", "UV_FIND_LINKS"),
        ("trusted-host = a.example", "UV_INSECURE_HOST", "UV_INSECURE_HOST"),
        ("client-cert = /a.pem", "SSL_CLIENT_CERT", "SSL_CLIENT_CERT"),
        ("proxy = 127.0.0.1:3128", "all_proxy", "ALL_PROXY"),
    ],
)
def test_what_the_user_has_set_for_uv_is_left_as_it_is(
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    variable: str,
    passed_on: str,
) -> None:
    file.write_text(f"[install]\n{setting}\n")
    assert passed_on in pip_settings.for_uv(sys.executable).variables
    monkeypatch.setenv(variable, "http://127.0.0.1/of/the/user")
    assert passed_on not in pip_settings.for_uv(sys.executable).variables


def test_an_index_that_the_user_has_named_for_uv_is_asked_where_pip_asks_none(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("[global]\nno-index = yes\n")
    assert pip_settings.for_uv(sys.executable).arguments == ("--no-index",)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://a.example/s")
    assert pip_settings.for_uv(sys.executable).arguments == ()


def test_a_python_without_pip_has_no_settings() -> None:
    assert pip_settings.for_uv("false") == pip_settings.UvSettings({}, (), "")
