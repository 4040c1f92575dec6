"""The files of the project: every one in its place, every dependency declared and used, nothing that ties it to one machine."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from scripts.common import project
from tests.conftest import ROOT, listed_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TOP_LEVEL = {
    ".ci", ".gitattributes", ".gitignore", ".pre-commit-config.yaml", "Makefile",
    "BENCHMARKS.md", "BENCHMARKS.svg", "CHANGELOG.md", "CONTRIBUTING.md",
    "README.md", "contract.lock", "generator-config.yaml", "requirements.lock",
    "openapi.yaml", "openapi.yaml.sha256", "pyproject.toml",
    "enkrypt_api_client", "scripts", "tests",
}  # fmt: skip


def python_files(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("*.py")) if "__pycache__" not in p.parts]


def test_the_top_folder_holds_only_known_files() -> None:
    unknown = {name.partition("/")[0] for name in listed_files()} - TOP_LEVEL
    assert not unknown, "move what does not belong to the project out of its folder"


def test_generated_paths_are_marked_for_reviewers() -> None:
    attributes = (ROOT / ".gitattributes").read_text("utf-8")
    for name in project.GENERATED:
        pattern = name if name.endswith(".py") else f"{name}/**"
        assert f"{project.PACKAGE.name}/{pattern} linguist-generated" in attributes


_IMPORTED = re.compile(
    r"^\s*(?:from (?=[\w.]+ import )|import )([a-zA-Z]\w*)", re.MULTILINE
)


def imported(files: Iterable[Path]) -> set[str]:
    """Modules that are neither relative nor of the standard library."""
    names: set[str] = set()
    for path in files:
        # Reading lines is enough, and takes a tenth of the time that a syntax tree takes.
        names |= set(_IMPORTED.findall(path.read_text("utf-8")))
    return names - set(sys.stdlib_module_names)


# Distribution: module.
RUN_TIME = {
    "attrs": "attrs",
    "certifi": "certifi",
    "h11": "h11",
    "httpx": "httpx",
    "httpx-sse": "httpx_sse",
    "jsonschema-rs": "jsonschema_rs",
    "python-dateutil": "dateutil",
}
EXTRAS = {"python-socks": "python_socks"}
# Imported by type checkers alone, which bring its types with them.
TYPES_ONLY = {"typing_extensions"}


def named(requirements: Iterable[str]) -> set[str]:
    return {re.split(r"[<>=!~ ;]", requirement)[0] for requirement in requirements}


def test_declared_dependencies_are_those_that_the_package_imports() -> None:
    assert named(PROJECT["project"]["dependencies"]) == set(RUN_TIME)
    extras = PROJECT["project"]["optional-dependencies"]
    assert {name for extra in extras.values() for name in named(extra)} == set(EXTRAS)
    modules = {*RUN_TIME.values(), *EXTRAS.values(), *TYPES_ONLY}
    assert imported(python_files(project.PACKAGE)) == modules


# What `make` and `scripts/` run as commands, plugins, and what README's examples import.
COMMANDS = {
    "check-wheel-contents",
    "cyclonedx-bom",
    "hatch-fancy-pypi-readme",
    "hatchling",
    "mypy",
    "pre-commit",
    "pyright[nodejs]",
    "pytest-timeout",
    "pytest-xdist",
    "pypiserver[passlib]",
    "ruff",
    "tqdm",
    "types-PyYAML",
    "uv",
    "types-python-dateutil",
}


def test_every_development_dependency_is_imported_or_run_as_a_command() -> None:
    group = named(PROJECT["dependency-groups"]["dev"])
    modules = {name: name.replace("-", "_") for name in group} | {"PyYAML": "yaml"}
    modules |= {"vcrpy": "vcr", "opentelemetry-sdk": "opentelemetry"}
    files = [*python_files(ROOT / "scripts"), *python_files(ROOT / "tests")]
    used = imported(files)
    unused = {name for name, module in modules.items() if module not in used}
    assert unused - set(RUN_TIME) - set(EXTRAS) == COMMANDS


def test_every_dependency_states_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = text.partition("\ndependencies = [\n")[2].partition("\n]")[0]
    for before, line in pairwise(["", *listed.splitlines()]):
        assert line.strip().startswith("#") or before.strip().startswith("#"), line


def test_the_lock_pins_and_hashes_everything_and_names_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.split(r"\n(?=[a-z])", text.partition("\n\n")[2] or text)
    pinned = [e for e in entries if re.match(r"[a-z0-9][a-z0-9._-]*==", e)]
    assert len(pinned) > 50
    assert all("--hash=sha256:" in entry for entry in pinned)
    assert "://" not in text
    assert "--index" not in text


def test_committed_files_name_no_machine_and_no_package_index() -> None:
    index = re.compile(
        r"https?://[a-z.]*(?:py" + r"pi|python" + r"hosted|npm" + r"js)[a-z.]*"
    )
    home = re.compile(r"(?:^|[\s\"'(=])/(?:home|ro" + r"ot|wo" + r"rk|Users)/\w")
    for name in listed_files():
        text = (ROOT / name).read_text("utf-8")
        assert not index.search(text), f"{name} names a package index"
        assert not home.search(text), f"{name} names a path of one machine"


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = re.findall(r"^\.PHONY: (\S+)", text, re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## \S", text, re.MULTILINE)
    assert sorted(phony) == sorted(described)
    assert "help" in phony
