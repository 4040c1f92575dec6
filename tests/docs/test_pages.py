"""README and CONTRIBUTING name what is there: tasks, modules, files, variables, defaults."""

from __future__ import annotations

import importlib.util
import inspect
import re
import tomllib
from pathlib import Path

import pytest

import enkrypt_api_client
from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient
from tests.conftest import ROOT
from tests.docs.pages import CONTRIBUTING, PAGES, README, commands, links

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


def test_the_readme_is_read_to_its_end() -> None:
    assert len(README.read_text("utf-8").splitlines()) < 200


def test_the_readme_opens_with_the_two_commands_that_need_nothing_else() -> None:
    assert commands(README)[:2] == ["make demo", "make check"]


@page
def test_every_task_that_a_page_names_is_in_the_makefile(page: Path) -> None:
    named = [c.split()[1] for c in commands(page) if c.startswith("make ")]
    assert named
    for task in named:
        assert re.search(rf"^{task}:.*## ", MAKEFILE, re.MULTILINE), task


@page
def test_every_variable_given_to_a_task_is_one_of_the_makefile(page: Path) -> None:
    for command in commands(page):
        if command.startswith("make "):
            for variable in re.findall(r"\b([A-Z]+)=", command):
                assert re.search(rf"^{variable} \?=", MAKEFILE, re.MULTILINE), command


@page
def test_every_module_that_a_page_runs_is_there(page: Path) -> None:
    for command in commands(page):
        if found := re.match(r"(?:\.venv/bin/)?python -m (\S+)", command):
            spec = importlib.util.find_spec(found[1])
            assert spec is not None, command
            if spec.submodule_search_locations is not None:
                assert importlib.util.find_spec(f"{found[1]}.__main__"), command


@page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        assert (page.parent / link.partition("#")[0]).exists(), link


@page
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    folders = (ROOT, ROOT / "enkrypt_api_client", ROOT / "scripts")
    made = (ROOT / ".gitignore").read_text("utf-8").split()
    for name in commands(page):
        if f"/{name}" in made:
            continue
        if re.fullmatch(r"[\w./-]+/|[\w/-]+\.(py|yaml|lock)", name):
            assert any((folder / name).exists() for folder in folders), name


def test_what_the_readme_installs_is_what_the_project_is_called() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {c.split()[2] for c in commands(README) if c.startswith("pip install")}
    assert asked == {project["name"]}


def table(heading: str) -> str:
    """A section of the README."""
    return (
        README.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    )


def test_the_configuration_table_has_every_argument_of_the_clients() -> None:
    arguments = {
        name
        for client in (EnkryptClient, AsyncEnkryptClient)
        for name in inspect.signature(client).parameters
    }
    rows = re.findall(r"^\| `(\w+)`", table("Configuration"), re.MULTILINE)
    assert sorted(rows) == sorted(arguments)


@pytest.mark.parametrize(
    ("argument", "shown"), [("total_timeout", "120"), ("max_retries", "2")]
)
def test_the_configuration_table_tells_the_defaults(argument: str, shown: str) -> None:
    default = inspect.signature(EnkryptClient).parameters[argument].default
    assert default == float(shown)
    assert re.search(rf"^\| `{argument}`.*\| {shown} \|$", table("Configuration"), re.M)


def test_the_table_of_errors_has_every_error() -> None:
    errors = {name for name in enkrypt_api_client.__all__ if name.endswith("Error")}
    named = re.findall(r"`(\w+Error)`", table("Errors"))
    assert set(named) == errors


def test_contributing_tells_the_room_of_every_module_of_the_scripts() -> None:
    text = CONTRIBUTING.read_text("utf-8")
    for path in sorted((ROOT / "scripts").iterdir()):
        if path.suffix == ".py" and path.stem != "__init__":
            assert f"`{path.name}`" in text, path.name
        elif (path / "__init__.py").exists():
            assert f"`{path.name}/`" in text, path.name
