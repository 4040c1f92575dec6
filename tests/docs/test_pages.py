"""README and CONTRIBUTING name what is there: tasks, modules, files, variables, defaults."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import attrs
import pytest

import enkrypt_api_client
from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient, _document, models
from scripts.common import project
from scripts.generator import configuration
from tests.conftest import ROOT
from tests.docs.pages import CONTRIBUTING, README, commands, links

page = pytest.mark.parametrize(
    "page", [README, CONTRIBUTING], ids=lambda path: path.name
)


def section(heading: str, page: Path = README) -> str:
    text = page.read_text("utf-8").partition(f"## {heading}")[2]
    return text.partition("\n## ")[0]


@page
def test_every_task_and_variable_is_in_the_makefile(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    tasks = [c for c in commands(page) if c.startswith("make ")]
    assert tasks
    for command in tasks:
        assert re.search(rf"^{command.split()[1]}:.*## ", makefile, re.M), command
        for variable in re.findall(r"\b([A-Z_]+)=", command):
            assert re.search(rf"^{variable} \?=", makefile, re.M), command


@page
def test_every_command_takes_the_options_shown(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in commands(page):
        if found := re.match(r"(?:\.venv/bin/)?python -m (scripts\.\S+)(.*)", command):
            with pytest.raises(SystemExit):
                importlib.import_module(found[1]).main(["--help"])
            known = re.findall(r"--[a-z-]+", capsys.readouterr().out)
            assert {*re.findall(r"--[a-z-]+", found[2])} <= {*known}, command


@page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        name, _, anchor = link.partition("#")
        if not link.startswith("https://"):
            target = page.parent / name if name else page
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.M)
            anchors = {heading.lower().replace(" ", "-") for heading in headings}
            assert anchor in {"", *anchors}, link


@page
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    folders = (ROOT, project.PACKAGE, ROOT / "scripts", ROOT / "tests/data")
    made = (ROOT / ".gitignore").read_text("utf-8").split()
    for name in {*commands(page)} - {
        *("page.md", "file.yaml", "model.yaml", "conftest.py"),
        "tests/mock/test_methods.py",
    }:
        is_file = re.fullmatch(r"[\w./-]+/|[\w/-]+\.(py|yaml|lock|md|svg)", name)
        if is_file and f"/{name}" not in made:
            assert any((folder / name).exists() for folder in folders), name


def test_the_configuration_table_has_every_argument_and_its_default() -> None:
    arguments = {
        **inspect.signature(EnkryptClient).parameters,
        **inspect.signature(AsyncEnkryptClient).parameters,
    }
    rows = re.findall(r"^\| `(\w+)`.*\| (.+) \|$", section("Configuration"), re.M)
    assert sorted(name for name, _ in rows) == sorted(arguments)
    for name in ("total_timeout", "max_retries"):
        assert float(dict(rows)[name]) == arguments[name].default
    (shown,) = re.findall(r"`client\.with_options\((.*?)\)`", section("Configuration"))
    known = inspect.signature(EnkryptClient.with_options).parameters
    assert re.findall(r"\w+", shown) == [name for name in known if name != "self"]


def test_the_configuration_table_has_every_variable_of_our_own() -> None:
    sources = project.PACKAGE.rglob("*.py")
    variables = {
        name
        for source in sources
        for name in re.findall(r"\bENKRYPT\w+", source.read_text("utf-8"))
        if name.isupper()
    }
    assert variables
    assert all(f"`{name}`" in section("Configuration") for name in variables)


def test_the_table_of_errors_has_every_error_and_its_status() -> None:
    errors = {n for n in enkrypt_api_client.__all__ if n.endswith("Error")}
    named = re.findall(r"`(\w+Error)`(?: (\d)(\d\d|xx))?", section("Errors"))
    assert {name for name, *_ in named} == errors
    for name, first, rest in named:
        if first:
            status = getattr(enkrypt_api_client, name).status_code
            assert f"{status}" == first + rest.replace("xx", "00")


def test_what_those_who_move_from_the_sdk_are_told_to_use_is_there() -> None:
    table = section("Moving from enkryptai-sdk")
    here = " ".join(re.findall(r"^\| `.+? \| (.+)", table, re.M))
    for function in (EnkryptClient, EnkryptClient.modify_model):
        (shown,) = re.findall(rf"`{function.__name__}\((.*?)\)`", here)
        names = re.findall(r"\w+(?==)|^\w+", shown)
        assert {*names} <= {*inspect.signature(function).parameters}
    holders = models.ModelConfig, models.Endpoint, models.Paths
    fields = {field.name for model in holders for field in attrs.fields(model)}
    named = {*re.findall(r"`(\w+)(?:=\[.*?)?`", here)}
    assert {"endpoint", "host", "paths", "chat", "apikeys"} <= named <= fields


@pytest.mark.parametrize("client_class", [EnkryptClient, AsyncEnkryptClient])
def test_the_readme_names_every_method_of_the_clients(
    client_class: type[EnkryptClient | AsyncEnkryptClient],
) -> None:
    named = set(re.findall(r"\w+", README.read_text("utf-8")))
    methods = {name for name in dir(client_class) if not name.startswith("_")}
    assert methods <= named


def test_a_timeout_in_the_readme_is_not_cut_off_by_the_total_timeout() -> None:
    default = inspect.signature(EnkryptClient).parameters["total_timeout"].default
    calls = re.findall(r"\([^()]*\btimeout=\d+[^()]*\)", README.read_text("utf-8"))
    assert calls
    for arguments in calls:
        seconds = {
            name: float(value) for name, value in re.findall(r"(\w+)=(\d+)", arguments)
        }
        assert seconds["timeout"] <= seconds.get("total_timeout", default), arguments


def test_contributing_says_about_how_long_the_readme_is() -> None:
    row = section("Comparison with openai", CONTRIBUTING)
    (length,) = re.findall(r"\| (\d+) lines, by task \| equal", row)
    lines = len(README.read_text("utf-8").splitlines())
    assert abs(int(length) - lines) <= 10, (
        f"write in CONTRIBUTING, Comparison with openai: {lines} lines"
    )


def test_the_readme_names_the_server_of_the_document() -> None:
    server = f"the document's server, `{_document.SERVER}`"
    assert server in section("Configuration"), f"write in README: {server}"


def test_the_readme_names_what_the_client_leaves_out() -> None:
    left_out = configuration.configuration(ROOT / "generator-config.yaml").leave_out
    text = section("Any operation")
    for key in left_out:
        assert key in text, f"name {key} in README, Any operation, as left out"
    assert ("`leave_out`: none today" in text) == (not left_out)


@pytest.mark.parametrize("folder", ["scripts", "enkrypt_api_client"])
def test_contributing_says_what_each_module_is_for(folder: str) -> None:
    text = CONTRIBUTING.read_text("utf-8")
    for path in sorted((ROOT / folder).iterdir()):
        generated = path.name in project.GENERATED or path.stem.startswith("__")
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and not generated:
            name = path.name if path.suffix else f"{path.name}/"
            assert f"`{name}`" in text, name


@pytest.mark.parametrize(
    ("heading", "folder"),
    [("How a document", "scripts"), ("How a call", "enkrypt_api_client")],
)
def test_the_way_is_told_in_ten_steps_of_modules_that_are_there(
    heading: str, folder: str
) -> None:
    steps = section(heading, CONTRIBUTING)
    numbers = re.findall(r"^(\d+)\. ", steps, re.M)
    assert [int(number) for number in numbers] == [*range(1, 11)]
    for name in re.findall(r"`([\w/]+(?:\.py|/))`", steps):
        assert (ROOT / folder / name).exists(), name


def test_what_a_change_of_the_client_begins_in_is_there() -> None:
    folder = ROOT / "enkrypt_api_client" / "_runtime"
    source = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    defined = set(re.findall(r"^ *(?:async def|def|class) (\w+)", source, re.M))
    defined.update(re.findall(r"^([A-Z_]+) = ", source, re.M))
    text = section("Change the client", CONTRIBUTING)
    # A class with or without a method, or a constant; the functions there have an underscore.
    names = re.findall(r"`(_?[A-Z]\w+(?:\.\w+)?|\w*_\w+)`", text)
    assert len(names) > 15
    for name in names:
        assert set(name.split(".")) <= defined, name


def test_the_glossary_has_at_most_30_words_and_explains_each() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| (.+) \|$", section("Glossary", CONTRIBUTING), re.M
    )
    assert 20 <= len(rows[2:]) <= 30
    assert all(len(meaning) > 10 for _word, meaning in rows[2:])
