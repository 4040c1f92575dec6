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
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
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
    told = pip_settings.as_variables_of_uv(sys.executable)
    assert told["UV_DEFAULT_INDEX"] == "https://b.example/s"
    assert told["SSL_CERT_FILE"] == "/a.pem"
    monkeypatch.setenv("PIP_INDEX_URL", "https://d.example/it's")
    told = pip_settings.as_variables_of_uv(sys.executable)
    assert told["UV_DEFAULT_INDEX"] == "https://d.example/it's"


def test_a_value_is_passed_on_as_pip_reads_it(file: Path) -> None:
    file.write_text("[global]\nindex-url = https://u:a\\b'c\"@h/s\ncert = ~/a.pem\n")
    told = pip_settings.as_variables_of_uv(sys.executable)
    assert told["UV_DEFAULT_INDEX"] == "https://u:a\\b'c\"@h/s"
    assert told["SSL_CERT_FILE"] == f"{file.parent}/a.pem"


@pytest.mark.parametrize("place", [".config", "z"])
def test_of_several_files_that_of_the_variable_counts(
    file: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    of_user = file.parent / place / "pip" / "pip.conf"
    of_user.parent.mkdir(parents=True)
    of_user.write_text("[global]\nindex-url = https://user.example/s\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(of_user.parent.parent))
    told = pip_settings.as_variables_of_uv(sys.executable)
    assert told["UV_DEFAULT_INDEX"] == "https://user.example/s"
    file.write_text("[global]\nindex-url = https://a.example/s\n")
    told = pip_settings.as_variables_of_uv(sys.executable)
    assert told["UV_DEFAULT_INDEX"] == "https://a.example/s"


def test_a_python_without_pip_has_no_settings() -> None:
    assert pip_settings.as_variables_of_uv("false") == {}
