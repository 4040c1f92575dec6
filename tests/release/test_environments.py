"""Finding Pythons, and what is said of an installation."""

from __future__ import annotations

import shutil
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from scripts.release import environments, matrix
from scripts.release.build import Artefacts
from scripts.release.environments import Environment, Index
from scripts.release.process import ReleaseError, run
from tests.conftest import ROOT
from tests.release.conftest import LOGIN, LoopbackIndex

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_every_python_that_the_metadata_names_is_looked_for() -> None:
    assert environments.supported(ROOT) == ["3.11", "3.12", "3.13"]


def test_the_python_that_runs_this_is_found_and_one_that_never_was_is_not() -> None:
    found = environments.pythons([HERE, "3.99"])
    assert found["3.99"] is None
    path = found[HERE]
    assert path is not None
    said = run(path, "-c", "import sys; print(sys.version_info[:2])", failure="")
    assert said.strip() == str(sys.version_info[:2])


def test_a_shim_that_refuses_and_one_that_is_another_version_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, code in enumerate(("exit 127", "echo 3.98")):
        shim = tmp_path / str(number) / "python3.99"
        shim.parent.mkdir()
        shim.write_text(f"#!/bin/sh\n{code}\n")
        shim.chmod(0o755)
        monkeypatch.setenv("PATH", str(shim.parent), prepend=":")
    assert environments.pythons(["3.99"]) == {"3.99": None}


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "environment", Path(sys.executable))


def test_a_new_environment_is_empty_and_knows_nothing_of_ours(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert environment.installed() == {}
    code = "import sys, importlib.util as u; print(sys.prefix, u.find_spec('pytest'), u.find_spec('scripts'))"
    assert environment.run("-c", code).split() == [
        str(environment.folder),
        "None",
        "None",
    ]


def test_installed_files_are_compared_with_the_wheel_byte_by_byte(
    environment: Environment, built: Artefacts
) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        wheel.extractall(environment.packages)
    environment.holds(built.wheel)
    with (environment.packages / "enkrypt_api_client" / "types.py").open("a") as file:
        file.write("\n")
    with pytest.raises(ReleaseError, match=r"installed enkrypt_api_client/types\.py"):
        environment.holds(built.wheel)


def test_a_missing_requirement_fails_the_check(
    environment: Environment, built: Artefacts
) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        wheel.extractall(environment.packages)
    with pytest.raises(ReleaseError, match="requires httpx, which is not installed"):
        environment.check()


def test_what_our_own_environment_says_does_not_reach_the_installers(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    environment.check()


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_an_installer_that_fails_names_the_cause_and_no_password(
    environment: Environment, served: LoopbackIndex, installer: str
) -> None:
    index = Index(served.simple, LOGIN._replace(password="wrong@secret"))
    with pytest.raises(ReleaseError, match=f"^{installer} can't install") as caught:
        environment.install(index, "enkrypt-api-client==0.0.1", by=installer)  # type: ignore[arg-type]  # a table of both
    assert "secret" not in str(caught.value)


def test_credentials_are_quoted_in_an_address() -> None:
    address = Index("http://127.0.0.1:1/simple/", LOGIN).with_credentials()
    assert address == (
        "http://maintainer:p%40ss%2Fw%3Ard%25-secret@127.0.0.1:1/simple/"
    )


def test_the_floors_are_those_that_the_metadata_declares() -> None:
    plain, extra = (
        matrix.floors(ROOT, way)
        for way in (
            matrix.Way("uv", "", lowest=True),
            matrix.Way("uv", "", "[aiohttp]", True),
        )
    )
    assert "attrs==22.2" in plain
    assert set(extra) - set(plain) == {"httpx-aiohttp==0.2"}


def test_a_python_that_is_missing_has_its_line_in_the_table() -> None:
    rows = [
        matrix.Row("3.11", "pip", "works", 2.25, 13, 18.61),
        matrix.Row("3.12", "none", "not found on this machine", 0, 0, 0),
    ]
    assert matrix.table(rows).splitlines()[1:] == [
        "3.11    pip        works                      2.2             13  18.6",
        "3.12    none       not found on this machine",
    ]


def test_no_tool_is_needed_to_make_an_environment_but_ours() -> None:
    assert shutil.which("uv", path=sysconfig.get_path("scripts"))
