"""The house: every file in its place, every dependency declared and used, nothing that ties it to one machine."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from scripts import tree
from tests.conftest import ROOT, listed_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TOP_LEVEL = {
    ".ci",
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    "BENCHMARKS.md",
    "BENCHMARKS.svg",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "PKG-INFO",  # in an unpacked sdist
    "README.md",
    "contract.lock",
    "enkrypt_api_client",
    "generator-config.yaml",
    "openapi.yaml",
    "openapi.yaml.sha256",
    "pyproject.toml",
    "requirements.lock",
    "scripts",
    "tests",
}
CACHES = {".venv", ".git", ".hypothesis", "dist", "build", "site", "bench"}


def python_files(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("*.py")) if "__pycache__" not in p.parts]


def hand_written() -> list[Path]:
    package = [tree.PACKAGE / n for n in tree.HAND_WRITTEN if n.endswith(".py")]
    return [p for p in package if p.exists()] + python_files(ROOT / "scripts")


def test_nothing_stands_at_the_top_that_has_no_business_there() -> None:
    found = {p.name for p in ROOT.iterdir() if not p.name.endswith("_cache")}
    assert found - CACHES <= TOP_LEVEL


@pytest.mark.parametrize("path", hand_written(), ids=lambda p: p.name)
def test_no_hand_written_module_is_longer_than_a_room(path: Path) -> None:
    assert lines([path]) <= 400


def lines(files: Iterable[Path]) -> int:
    """Lines that are not blank, of files that a person wrote."""
    text = "\n".join(path.read_text("utf-8") for path in files)
    return sum(1 for line in text.splitlines() if line.strip())


@pytest.mark.parametrize(
    ("folder", "pattern", "most"),
    [
        ("enkrypt_api_client", "*.py", 1400),
        ("scripts", "*.py", 5000),
        ("scripts/templates", "*.jinja", 400),
        ("tests", "*.py", 6000),
    ],
)
def test_a_folder_stays_within_its_budget(folder: str, pattern: str, most: int) -> None:
    generated = [tree.PACKAGE / name for name in tree.GENERATED]
    files = [
        path
        for path in (ROOT / folder).rglob(pattern)
        if not {path, *path.parents} & {*generated}
    ]
    assert lines(files) <= most


@pytest.mark.parametrize("path", hand_written(), ids=lambda p: p.name)
def test_no_function_is_longer_than_forty_lines(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = len((ast.get_docstring(node, clean=False) or "").splitlines())
            length = (node.end_lineno or 0) - node.lineno + 1 - docstring
            assert length <= 40, f"{path.name}: {node.name} has {length} lines"


def test_generated_paths_are_marked_for_reviewers() -> None:
    attributes = (ROOT / ".gitattributes").read_text("utf-8")
    for name in tree.GENERATED:
        path = f"enkrypt_api_client/{name}"
        assert (
            f"{path if path.endswith('.py') else path + '/**'} linguist-generated"
            in attributes
        )


def imported_by_the_package() -> set[str]:
    names = set()
    for path in python_files(tree.PACKAGE):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names)


# Distribution: module, or None for what httpcore imports and we do not.
RUN_TIME = {
    "attrs": "attrs",
    "certifi": "certifi",
    "httpcore": "httpcore",
    "httpx": "httpx",
    "httpx-sse": "httpx_sse",
    "jsonschema-rs": "jsonschema_rs",
    "python-dateutil": "dateutil",
    "sniffio": None,
}


def test_declared_dependencies_are_those_that_the_package_imports() -> None:
    declared = {
        re.split(r"[<>=!~ ;]", d)[0] for d in PROJECT["project"]["dependencies"]
    }
    assert declared == set(RUN_TIME)
    assert imported_by_the_package() == {m for m in RUN_TIME.values() if m}


# What `make` and `scripts/` run as commands, and plugins, rather than import.
COMMANDS = {
    *("check-wheel-contents", "cyclonedx-bom", "hatch-fancy-pypi-readme", "hatchling"),
    *("mypy", "pdoc", "pre-commit", "pypiserver[passlib]", "pyright[nodejs]", "uv"),
    *("pytest-timeout", "pytest-xdist", "python-multipart", "ruff", "types-PyYAML"),
    *("types-python-dateutil",),
}


def test_every_development_dependency_is_imported_or_run_as_a_command() -> None:
    group = {re.split(r"[<>=!~ ;]", d)[0] for d in PROJECT["dependency-groups"]["dev"]}
    assert group >= COMMANDS
    files = [*python_files(ROOT / "scripts"), *python_files(ROOT / "tests")]
    files.append(ROOT / "README.md")
    imports = " ".join(
        re.findall(
            r"^\s*(?:import|from) ([\w.]+)",
            "\n".join(path.read_text("utf-8") for path in files),
            re.MULTILINE,
        )
    )
    modules = {"PyYAML": "yaml", "python-dateutil": "dateutil", "sniffio": "anyio"}
    for name in group - COMMANDS - set(RUN_TIME):
        module = modules.get(name, name.replace("-", "_"))
        assert re.search(rf"\b{module}\b", imports), name


def test_every_dependency_states_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    start = lines.index("dependencies = [")
    for number in range(start + 1, lines.index("]", start)):
        if lines[number].strip().startswith('"'):
            assert lines[number - 1].strip().startswith("#"), lines[number]


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
        path = ROOT / name
        if not path.is_file() or path.suffix in (".png", ".svg"):
            continue
        text = path.read_text("utf-8")
        assert not index.search(text), f"{name} names a package index"
        assert not home.search(text), f"{name} names a path of one machine"


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = re.findall(r"^\.PHONY: (\S+)", text, re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## \S", text, re.MULTILINE)
    assert sorted(phony) == sorted(described)
    assert "help" in phony


def test_the_version_is_the_same_wherever_it_stands() -> None:
    import enkrypt_api_client

    assert enkrypt_api_client.__version__ == PROJECT["project"]["version"]
