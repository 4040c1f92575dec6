"""The walk of CONTRIBUTING in a copy of the repository: four sibling pages, from page to release; and a plain new version.

Slow, since `make check` runs twice.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from scripts.common import project
from scripts.publishing import credentials, tools, version
from tests.conftest import PAGE, ROOT
from tests.docs.pages import CONTRIBUTING, blocks, indented_blocks
from tests.publishing.conftest import LOGIN, commit_all, make_checkout, publish, serve
from tests.vendor_pages import document_in, fitted, with_document

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]
CALLS = """
from enkrypt_api_client import EnkryptClient, InvalidRequestError, NotFoundError
from enkrypt_api_client.api.endpoints import add_model, delete_model, get_model, list_models
from enkrypt_api_client.models import AddModelRequestObject
from scripts.common.project import ROOT
from scripts.intake import document
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, MockService

MODEL = {"x_enkrypt_model": "Test Model", "x_enkrypt_model_version": "v1"}
with running(MockService(document.read(ROOT / "openapi.yaml"))) as url:
    with EnkryptClient(API_KEY, base_url=url) as client:
        print(client.call(get_model, **MODEL).model_saved_name)
        body = AddModelRequestObject(model_saved_name="New", model_version="v1")
        print(client.call(add_model, body=body).data.model_saved_name)
        print(client.call(list_models, page=1, per_page=5).models[4].model_saved_name)
        print(client.call(delete_model, **MODEL).message)
        try:
            client.call(get_model, **MODEL)
        except NotFoundError as error:
            print(error.status_code)
        try:
            client.call(list_models, per_page=1000)
        except InvalidRequestError as error:
            print(error.problems[0][0])
"""


class Copy:
    """A copy of the repository, and what was printed there."""

    def __init__(self, folder: Path) -> None:
        self.root = make_checkout(folder / "copy")
        self.printed: dict[str, str] = {}

    def run(self, *command: str, status: int = 0) -> str:
        """What a command prints that ends with this exit code."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == status, done.stdout[-6000:]
        return done.stdout

    def edit(self, name: str, pattern: str, replacement: str) -> None:
        text = (self.root / name).read_text("utf-8")
        changed, count = re.subn(pattern, replacement, text, count=1, flags=re.M)
        assert count == 1
        (self.root / name).write_text(changed, "utf-8")

    def release(self, number: str, changes: str) -> None:
        """Set the version and write the changelog, as CONTRIBUTING says."""
        self.edit("pyproject.toml", r'^version = ".*"', f'version = "{number}"')
        name = f"{project.PACKAGE.name}/_runtime/version.py"
        self.edit(name, r'^__version__ = ".*"', f'__version__ = "{number}"')
        entry = f"## [Unreleased]\n\n## [{number}] - 2026-12-01\n\n{changes}"
        self.edit("CHANGELOG.md", r"^## \[Unreleased\]", entry.replace("\\", r"\\"))


def operations_of(file: Path) -> set[str]:
    """The names of the operations in a page or a document."""
    return set(re.findall(r"operationId: (\w+)", file.read_text("utf-8")))


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The copy after the commands of the walk, each as CONTRIBUTING shows it. It begins with a release of what is there."""
    copy = Copy(tmp_path_factory.mktemp("walk"))
    tools.git(copy.root, "tag", f"v{version.read(copy.root).project}")
    (walk,) = (b for b in blocks(CONTRIBUTING, "") if "get-model.md" in b)
    update, generate, accept = walk.splitlines()
    assert (generate, accept) == ("make generate", "make accept")
    names = re.findall(r"[\w-]+\.md", update)
    assert len(names) == 4
    here = operations_of(ROOT / "openapi.yaml")
    if any(here & operations_of(PAGE.with_name(name)) for name in names):
        pytest.skip("openapi.yaml has pages of the walk already")
    pages = tmp_path_factory.mktemp("pages")
    for name in names:
        text = PAGE.with_name(name).read_text("utf-8")
        page = with_document(text, fitted(document_in(text)))
        (pages / name).write_text(page, "utf-8")
    paths = [str(pages / name) for name in names]
    copy.printed["update"] = copy.run("-m", "scripts.update", *paths)
    copy.printed["generate"] = copy.run("-m", "scripts.generate")
    wanted = copy.run("-m", "scripts.accept", status=1)
    copy.printed["accept"] = wanted
    number = re.findall(r'set the version in pyproject.toml to "(.*?)"', wanted)[0]
    lines = wanted.partition("for example:\n\n")[2]
    copy.release(number, lines.partition("\naccept:")[0])
    copy.run("-m", "scripts.accept")
    commit_all(copy.root)
    return copy


def test_each_step_says_what_it_changed(walked: Copy) -> None:
    for name, key in {
        "get_model": "GET /models/get-model",
        "list_models": "GET /models/list-models",
        "add_model": "POST /models/add-model",
        "delete_model": "DELETE /models/delete-model",
    }.items():
        assert f"added {key}" in walked.printed["update"]
        assert name in walked.printed["accept"]
    assert "5 operations, 0 left out" in walked.printed["generate"]
    changed = tools.git(walked.root, "diff", "--name-only", "HEAD~1").split()
    generated = tuple(f"{project.PACKAGE.name}/{name}" for name in project.GENERATED)
    assert {name for name in changed if not name.startswith(generated)} == {
        "openapi.yaml",
        "openapi.yaml.sha256",
        "contract.lock",
        *(
            "pyproject.toml",
            "CHANGELOG.md",
            f"{project.PACKAGE.name}/_runtime/version.py",
        ),
    }


def test_the_new_operations_are_called_at_once(walked: Copy) -> None:
    assert walked.run("-W", "error", "-c", CALLS).splitlines() == [
        "Test Model",
        "New",
        "New",
        "Model deleted successfully",
        "404",
        "per_page",
    ]


def add_methods(copy: Copy) -> None:
    """Add a method for each of the four pages, as CONTRIBUTING says."""
    imports, methods, test = indented_blocks(CONTRIBUTING, "python")
    (declared,) = indented_blocks(CONTRIBUTING, "yaml")
    facade = f"{project.PACKAGE.name}/facade.py"
    sync = textwrap.indent(methods, "    ")
    asynchronous = sync.replace("def ", "async def ").replace("self.call", "await self.call")  # fmt: skip
    copy.edit(facade, r"^    def call\(", f"{sync}\n    def call(")
    copy.edit(facade, r"^    async def call\(", f"{asynchronous}\n    async def call(")
    line = "    from .models import ModelRequestObject"
    imported = imports.partition("\n")[2]
    copy.edit(facade, f"^{line}", f"{imported}{line}")
    declared = textwrap.indent(declared, "  ")
    copy.edit("generator-config.yaml", "^facade:\n", f"facade:\n{declared}")
    (copy.root / "tests" / "mock" / "test_methods.py").write_text(test, "utf-8")
    names = "`get_model`, `list_models`, `add_model` and `delete_model` have methods of their own."
    copy.edit("README.md", "^## Any operation\n", f"## Any operation\n\n{names}\n")
    copy.run("-m", "ruff", "check", "--quiet", "--fix", ".")
    copy.run("-m", "ruff", "format", "--quiet", ".")
    commit_all(copy.root)


def test_the_check_passes_after_the_walk_and_with_a_method_for_each_page(
    walked: Copy,
) -> None:
    add_methods(walked)
    assert "contract accepted" in walked.run("-m", "scripts.check")


def test_what_was_walked_is_released_with_the_new_operations(
    walked: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(tmp_path) as index:
        monkeypatch.setenv(credentials.USERNAME, LOGIN[0])
        monkeypatch.setenv(credentials.PASSWORD, LOGIN[1])
        status, output = publish(walked.root, index.url)
        assert status == 0, output
        (wheel,) = index.folder.glob(f"*-{version.read(walked.root).project}-*.whl")
        held = zipfile.ZipFile(wheel).namelist()
    assert f"{project.PACKAGE.name}/api/endpoints/list_models.py" in held


def test_the_check_passes_after_a_plain_new_version(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    number = [int(n) for n in version.read(copy.root).project.split(".")]
    bumped = f"{number[0]}.{number[1]}.{number[2] + 1}"
    copy.release(bumped, "### Fixed\n\n- A sentence on what is better now.\n")
    commit_all(copy.root)
    assert "contract accepted" in copy.run("-m", "scripts.check")
