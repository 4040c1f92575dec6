"""What type checkers say about code that uses the package: nothing where it is right, and something where it is wrong."""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jedi
import pytest

import enkrypt_api_client
from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient, models
from tests.conftest import ROOT
from tests.docs.pages import README, blocks
from tests.policy import kinds

HERE = Path(__file__).parent
Reports = list[tuple[int, str]]


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's environment: the package installed, with what it depends on."""
    folder = tmp_path_factory.mktemp("user") / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    ignored = shutil.ignore_patterns("__pycache__")
    name = "enkrypt_api_client"
    shutil.copytree(ROOT / name, site / name, ignore=ignored)
    kinds.generated(tmp_path_factory.mktemp("kinds"))
    shutil.copytree(kinds.folder(), site / kinds.NAME, ignore=ignored)
    (site / "ours.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def run(user: Path, *command: str) -> str:
    """Output of a tool of the development environment, run beside the user's interpreter."""
    path = os.pathsep.join([str(user / "bin"), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=user.parent,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def mypy(user: Path, code: Path) -> Reports:
    """Line and error code of everything that `mypy --strict` reports."""
    interpreter = str(user / "bin" / "python")
    said = run(
        user,
        "mypy",
        "--strict",
        "--no-incremental",
        "--python-executable",
        interpreter,
        str(code),
    )
    found = re.findall(r"^.*?:(\d+): error: .*\[([\w-]+)\]$", said, re.MULTILINE)
    assert len(found) == said.count(": error: "), said
    return [(int(line), rule) for line, rule in found]


def pyright(user: Path, code: Path) -> Reports:
    """Line and rule of everything that pyright reports. Rules about unknown types only repeat what another rule says."""
    said = json.loads(run(user, "pyright", "--outputjson", str(code)))
    files = len([*code.rglob("*.py")]) if code.is_dir() else 1
    assert said["summary"]["filesAnalyzed"] == files
    return [
        (found["range"]["start"]["line"] + 1, found["rule"])
        for found in said["generalDiagnostics"]
        if not found.get("rule", "").startswith("reportUnknown")
    ]


checkers = pytest.mark.parametrize("check", [mypy, pyright])
Check = Callable[[Path, Path], Reports]


@checkers
def test_code_over_the_whole_public_surface_is_clean(user: Path, check: Check) -> None:
    code = Path(shutil.copy(HERE / "user_code.py", user.parent))
    assert check(user, code) == []


OPERATIONS = """# pyright: strict
from typing import assert_type

from httpx_sse import ServerSentEvent
from kinds_client import AsyncEnkryptClient, EnkryptClient
from kinds_client.api.bodies import upload
from kinds_client.api.streams import get_chunks, get_events
from kinds_client.api.things import delete_thing, get_thing
from kinds_client.models import Job, Thing


def right(client: EnkryptClient) -> None:
    assert_type(client.call(get_thing, id=1), Job | Thing)
    assert_type(client.call(get_thing, id=1, retry_ambiguous=True), Job | Thing)
    client.call(delete_thing, id=1)
    client.call(upload, body={"file": b""})
    with client.stream(get_events) as events, client.stream(get_chunks) as chunks:
        for event in events:
            assert_type(event, ServerSentEvent)
        for chunk in chunks:
            assert_type(chunk, bytes)


async def right_async(client: AsyncEnkryptClient) -> None:
    assert_type(await client.call(get_thing, id=1), Job | Thing)
    async with client.stream(get_events) as events:
        async for event in events:
            assert_type(event, ServerSentEvent)


def wrong(client: EnkryptClient) -> None:
    client.call(get_thing, idd=1)  # wrong
    client.call(get_thing)  # wrong
    client.call(get_thing, id="1")  # wrong
    client.call(get_thing, id=1, retry=True)  # wrong
    client.call(upload, body=5)  # wrong
    client.stream(get_thing, id=1)  # wrong
    client.stream(get_events, most=5)  # wrong
"""


@checkers
def test_calls_of_any_operation_are_checked_by_parameter_and_result(
    user: Path, check: Check
) -> None:
    code = user.parent / "operations.py"
    code.write_text(OPERATIONS, "utf-8")
    lines = OPERATIONS.splitlines()
    wrong = {n for n, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert {line for line, _ in check(user, code)} == wrong


@checkers
def test_the_examples_of_the_readme_are_clean(user: Path, check: Check) -> None:
    folder = user.parent / "readme"
    folder.mkdir(exist_ok=True)
    # Whoever uses PyYAML and tqdm has chosen whether to install their types.
    untyped = r"^(?:import|from tqdm.asyncio import) (yaml|tqdm)$"
    for number, block in enumerate(blocks(README, "python")):
        text = re.sub(untyped, r"\1 = __import__('\1')", block.text, flags=re.M)
        (folder / f"block_{number}.py").write_text(
            f"# pyright: strict\n{text}", "utf-8"
        )
    assert check(user, folder) == []


@checkers
def test_every_deliberate_mistake_is_reported(user: Path, check: Check) -> None:
    lines = (HERE / "mistakes.py").read_text("utf-8").splitlines()
    marks = [
        re.search(r"  # type: ignore\[(.*)\]  # pyright: (.*)$", line) for line in lines
    ]
    wanted = {
        (number, mark[1] if check is mypy else mark[2])
        for number, mark in enumerate(marks, 1)
        if mark
    }
    assert len(wanted) > 30
    code = user.parent / "mistakes.py"
    bare = [line.partition("  # type: ignore")[0] for line in lines]
    code.write_text("\n".join(bare), "utf-8")
    assert set(check(user, code)) == wanted


def test_every_public_symbol_has_a_known_type(user: Path) -> None:
    arguments = (
        "--outputjson",
        "--ignoreexternal",
        "--verifytypes",
        "enkrypt_api_client",
    )
    said = json.loads(run(user, "pyright", *arguments))["typeCompleteness"]
    assert said["exportedSymbolCounts"]["withKnownType"] > 500
    assert said["completenessScore"] == 1


def test_the_checked_code_uses_every_public_name() -> None:
    tree = ast.parse((HERE / "user_code.py").read_text("utf-8"))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    classes = ["ModelRequestObject", "ModifyModelResponseObject"]
    for name in classes:  # grows by what the methods of the clients lead to
        for field in getattr(models, name).__annotations__.values():
            named = re.findall(r"_models\.(\w+)", field)
            found = [n for n in named if hasattr(getattr(models, n), "from_dict")]
            classes += [n for n in found if n not in classes]
    assert len(classes) > 15
    assert {*enkrypt_api_client.__all__, *classes} - used == set()
    for client in (EnkryptClient, AsyncEnkryptClient):
        methods = {name for name in vars(client) if not name.startswith("_")}
        assert methods - used == {"stream"}  # no operation here has one


def public_modules() -> list[str]:
    """The modules that are documented: those without an underscore."""
    found = pkgutil.walk_packages(
        enkrypt_api_client.__path__, f"{enkrypt_api_client.__name__}."
    )
    return [m.name for m in found if not re.search(r"\._", m.name)]


START = """from enkrypt_api_client import EnkryptClient
from enkrypt_api_client.models import ModelConfig
client = EnkryptClient()
"""


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("client.", {"modify_model", "call", "stream", "with_options", "api"}),
        ("ModelConfig(", {"apikeys=", "hosting_type="}),
        ("client.modify_model(", {"current_name=", "retry_ambiguous="}),
        ("from enkrypt_api_client import ", {"EnkryptClient", "NotFoundError"}),
    ],
)
def test_jedi_completes_what_users_type(line: str, names: set[str]) -> None:
    script = jedi.Script(START + line, project=jedi.Project(ROOT))
    found = {completion.name for completion in script.complete()}
    assert names <= found


@pytest.mark.parametrize("module", [enkrypt_api_client.__name__, *public_modules()])
def test_everything_public_says_what_it_is_on_hover(module: str) -> None:
    path = Path(importlib.import_module(module).__file__ or "")
    tree = ast.parse(path.read_text("utf-8"))
    silent = []
    held: list[Any] = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    for node in [node for within in (tree, *held) for node in within.body]:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith("_") and not ast.get_docstring(node):
            silent.append(node.name)
        if isinstance(node, ast.ClassDef):
            silent += [f"{node.name}.{name}" for name in undescribed(node)]
    assert silent == []


def undescribed(node: ast.ClassDef) -> list[str]:
    """Public fields of a class without a description below them."""
    return [
        field.target.id
        for field, below in zip(node.body, [*node.body[1:], None], strict=True)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if not field.target.id.startswith("_")
        if not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant))
    ]
