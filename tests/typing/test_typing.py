"""What type checkers and editors say about code that uses the package: nothing where it is right, and something where it is wrong."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import jedi
import pytest

from scripts.common import project
from tests.conftest import ROOT
from tests.docs.pages import README, blocks
from tests.runtime import kinds

USER_CODE = Path(__file__).with_name("user_code.py").read_text("utf-8")
OPERATIONS = """# pyright: strict
from typing import assert_type

from httpx_sse import ServerSentEvent
from kinds_client import AsyncEnkryptClient, EnkryptClient
from kinds_client.api.bodies import upload
from kinds_client.api.streams import get_chunks, get_events
from kinds_client.api.things import delete_thing, get_thing, head_thing
from kinds_client.models import Job, Thing


def right(client: EnkryptClient) -> None:
    assert_type(client.call(get_thing, id=1), Job | Thing)
    assert_type(client.call(get_thing, id=1, retry_ambiguous=True), Job | Thing)
    assert_type(client.call_detailed(get_thing, id=1).parsed, Job | Thing)
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
    client.call(get_thing, idd=1)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(get_thing)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(get_thing, id="1")  # type: ignore[arg-type]  # pyright: reportArgumentType
    client.call(get_thing, id=1, retry=True)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(upload, body=5)  # type: ignore[arg-type]  # pyright: reportArgumentType
    client.stream(get_thing)  # type: ignore[arg-type]  # pyright: reportArgumentType, reportCallIssue
    client.stream(get_events, most=5)  # type: ignore[call-arg]  # pyright: reportCallIssue
    head_thing.sync(client=client.api, id=1)  # type: ignore[deprecated]  # pyright: reportDeprecated
    get_thing.sync(client=client.api, id=1)
"""


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's environment: the package installed, with what it depends on; and the code to check in a folder beside it."""
    folder = tmp_path_factory.mktemp("user") / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "ours.pth").write_text(sysconfig.get_path("purelib"))
    kinds.generated(tmp_path_factory.mktemp("kinds"))
    for package in (project.PACKAGE, kinds.folder()):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, site / package.name, ignore=ignored)
    code = {"user_code.py": USER_CODE, "operations.py": OPERATIONS}
    for number, block in enumerate(blocks(README, "python")):
        # Whoever uses PyYAML, tqdm and VCR.py has chosen whether to install their types.
        untyped = r"^(?:import|from tqdm.asyncio import) (yaml|tqdm|vcr)$"
        text = re.sub(untyped, r"\1 = __import__('\1')", block, flags=re.M)
        code[f"readme_{number}.py"] = f"# pyright: strict\n{text}"
    folder.with_name("code").mkdir()
    for name, text in code.items():
        bare = re.sub(r"  # type: ignore.*", "", text)
        (folder.with_name("code") / name).write_text(bare, "utf-8")
    return folder


def run(user: Path, *command: str) -> str:
    """Output of a tool of the development environment, run beside the user's interpreter."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=user.parent,
        env={**os.environ, "PATH": f"{user / 'bin'}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


# File name, line and rule of everything that a checker reports.
Reports = set[tuple[str, int, str]]


def mypy(user: Path) -> Reports:
    python = str(user / "bin" / "python")
    options = "--strict", "--no-incremental", "--enable-error-code=deprecated"
    interpreter = "--python-executable", python
    said = run(user, "mypy", *options, *interpreter, "code")
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


# `make check` runs mypy over user_code.py with its cache, and a mistake that is not reported there is an ignore without use.
@pytest.mark.proof
@pytest.mark.parametrize("checker", [mypy, pyright])
def test_mistakes_and_nothing_else_are_reported(
    user: Path, checker: Callable[[Path], Reports]
) -> None:
    """What is marked with the two rules, for mypy and for pyright, and nothing else: not the examples of the README either."""
    wanted: Reports = set()
    for name, text in (("user_code.py", USER_CODE), ("operations.py", OPERATIONS)):
        for number, line in enumerate(text.splitlines(), 1):
            if mark := re.search(r"  # type: ignore\[(.*)\]  # pyright: (.*)$", line):
                rules = mark[1 + (checker is pyright)].split(", ")
                wanted |= {(name, number, rule) for rule in rules}
    assert len(wanted) > 35
    reports = checker(user)
    assert {report for report in reports if not is_by_the_vendor(report)} == wanted


def is_by_the_vendor(report: tuple[str, int, str]) -> bool:
    """Whether a report says that the vendor deprecates what right code uses, which a new page may do at any time."""
    name, _line, rule = report
    return name != "operations.py" and rule in ("deprecated", "reportDeprecated")


@pytest.mark.proof
def test_every_public_symbol_has_a_known_type(user: Path) -> None:
    options = "--outputjson", "--ignoreexternal", "--verifytypes"
    said = run(user, "pyright", *options, "enkrypt_api_client")
    completeness = json.loads(said)["typeCompleteness"]
    assert completeness["exportedSymbolCounts"]["withKnownType"] > 400
    assert completeness["completenessScore"] == 1


START = """from enkrypt_api_client import EnkryptClient
from enkrypt_api_client.models import ModelConfig
client = EnkryptClient()
"""


# Jedi reads httpx and what it imports, which takes as long as ten of the other tests.
@pytest.mark.proof
@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("client.", {"modify_model", "call", "check", "stream", "with_options", "api"}),
        ("ModelConfig(", {"apikeys=", "hosting_type="}),
        ("client.with_options(timeout=1).", {"modify_model", "call"}),
        (
            "from enkrypt_api_client import AsyncEnkryptClient\nAsyncEnkryptClient().with_options(timeout=1).",
            {"modify_model", "aclose"},
        ),
        ("client.modify_model(", {"current_name=", "retry_ambiguous="}),
        ("client.modify_model(x).", {"message", "data"}),
        ("client.modify_model(x).data.", {"model_id", "model_config"}),
        ("client.modify_model_detailed(x).", {"parsed", "request_id"}),
        (
            "import enkrypt_api_client as e\ne.ResponseDecodeError().response.",
            {"status_code", "content"},
        ),
        ("from enkrypt_api_client import ", {"EnkryptClient", "NotFoundError"}),
    ],
)
def test_jedi_completes_what_users_type(
    line: str,
    names: set[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # Jedi's own folder is shared by all processes, and one may read what another has half written.
    cache = tmp_path_factory.getbasetemp() / "jedi"
    monkeypatch.setattr(jedi.settings, "cache_directory", str(cache))
    script = jedi.Script(START + line, project=jedi.Project(ROOT))
    found = {completion.name for completion in script.complete()}
    assert names <= found


def test_everything_public_says_what_it_is_on_hover() -> None:
    private = {"_operations", "_runtime"}
    public = [p for p in project.PACKAGE.rglob("[!_]*.py") if not private & {*p.parts}]
    # `types` shows the classes of this one.
    public.append(project.PACKAGE / "_runtime" / "values.py")
    command = ["ruff", "check", "--isolated", "--select=D101,D102,D103"]
    subprocess.run([sys.executable, "-m", *command, *public], check=True)
    silent = []
    for path in public:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                silent += [f"{path.name}: {name}" for name in undescribed(node)]
    assert silent == []


def undescribed(node: ast.ClassDef) -> list[str]:
    """Public fields of a class without a description below them."""
    return [
        field.target.id
        for field, below in pairwise([*node.body, None])
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if not field.target.id.startswith("_")
        if not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant))
    ]
