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
MISTAKES = (HERE / "mistakes.py").read_text("utf-8")
CHECKERS = ("mypy", "pyright")
# File name, line and rule of everything that a checker reports.
Reports = set[tuple[str, int, str]]


@pytest.fixture(scope="session")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's environment: the package installed, with what it depends on; and the code to check in a folder beside it."""
    folder = tmp_path_factory.mktemp("user") / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    ignored = shutil.ignore_patterns("__pycache__")
    name = "enkrypt_api_client"
    shutil.copytree(ROOT / name, site / name, ignore=ignored)
    kinds.generated(tmp_path_factory.mktemp("kinds"))
    shutil.copytree(kinds.folder(), site / kinds.NAME, ignore=ignored)
    (site / "ours.pth").write_text(sysconfig.get_path("purelib"))
    code = folder.with_name("code")
    code.mkdir()
    shutil.copy(HERE / "user_code.py", code)
    (code / "operations.py").write_text(OPERATIONS, "utf-8")
    bare = re.sub(r"  # type: ignore.*", "", MISTAKES)
    (code / "mistakes.py").write_text(bare, "utf-8")
    # Whoever uses PyYAML and tqdm has chosen whether to install their types.
    untyped = r"^(?:import|from tqdm.asyncio import) (yaml|tqdm)$"
    for number, block in enumerate(blocks(README, "python")):
        text = re.sub(untyped, r"\1 = __import__('\1')", block.text, flags=re.M)
        text = f"# pyright: strict\n{text}"
        (code / f"readme_{number}.py").write_text(text, "utf-8")
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
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def mypy(user: Path) -> Reports:
    python = str(user / "bin" / "python")
    options = "--strict", "--no-incremental", "--python-executable", python
    said = run(user, "mypy", *options, "code")
    pattern = r"^code/(.*?):(\d+): error: .*\[([\w-]+)\]$"
    found = re.findall(pattern, said, re.MULTILINE)
    assert len(found) == said.count(": error: "), said
    return {(name, int(line), rule) for name, line, rule in found}


def pyright(user: Path) -> Reports:
    """Rules about unknown types only repeat what another rule says."""
    said = json.loads(run(user, "pyright", "--outputjson", "code"))
    files = [*user.with_name("code").iterdir()]
    assert said["summary"]["filesAnalyzed"] == len(files)
    return {
        (Path(r["file"]).name, r["range"]["start"]["line"] + 1, r["rule"])
        for r in said["generalDiagnostics"]
        if not r.get("rule", "").startswith("reportUnknown")
    }


@pytest.fixture(scope="session", params=CHECKERS)
def reports(request: Any, user: Path) -> tuple[str, Reports]:
    """What a checker says about all of the code, in one run."""
    check = mypy if request.param == "mypy" else pyright
    return request.param, check(user)


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


def test_right_code_is_clean_and_every_mistake_is_reported(
    reports: tuple[str, Reports],
) -> None:
    """The whole public surface, calls of any operation, and the examples of the README are right."""
    checker, found = reports
    wanted = set()
    for number, line in enumerate(MISTAKES.splitlines(), 1):
        if mark := re.search(r"  # type: ignore\[(.*)\]  # pyright: (.*)$", line):
            rule = mark[1 + CHECKERS.index(checker)]
            wanted.add(("mistakes.py", number, rule))
    assert len(wanted) > 30
    assert {r for r in found if r[0] != "operations.py"} == wanted


def test_calls_of_any_operation_are_checked_by_parameter_and_result(
    reports: tuple[str, Reports],
) -> None:
    lines = OPERATIONS.splitlines()
    wrong = {n for n, line in enumerate(lines, 1) if line.endswith("# wrong")}
    found = {line for name, line, _ in reports[1] if name == "operations.py"}
    assert found == wrong


def test_every_public_symbol_has_a_known_type(user: Path) -> None:
    options = "--outputjson", "--ignoreexternal", "--verifytypes"
    said = run(user, "pyright", *options, "enkrypt_api_client")
    completeness = json.loads(said)["typeCompleteness"]
    assert completeness["exportedSymbolCounts"]["withKnownType"] > 500
    assert completeness["completenessScore"] == 1


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


def test_everything_public_says_what_it_is_on_hover() -> None:
    silent = []
    for module in (enkrypt_api_client.__name__, *public_modules()):
        path = Path(importlib.import_module(module).__file__ or "")
        tree = ast.parse(path.read_text("utf-8"))
        held: list[Any] = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
        for node in [node for within in (tree, *held) for node in within.body]:
            described = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            if not isinstance(node, described):
                continue
            if not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{module}.{node.name}")
            if isinstance(node, ast.ClassDef):
                silent += [f"{module}.{node.name}.{name}" for name in undescribed(node)]
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
