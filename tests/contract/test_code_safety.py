"""Generated code that does more than generated code does is refused before it is imported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts import code_safety, tree
from scripts.errors import GenerationError

HOSTILE_CODE = {
    "a call on import": "print('x')\n",
    "an import": "import os\n",
    "a hidden import": "__import__('os')\n",
    "from os": "from os import system\n",
    "a computed value": "VALUE = open('x')\n",
    "a condition": "if True:\n    pass\n",
    "a decorator": "@print\ndef f() -> None:\n    return None\n",
    "a call inside": "def f() -> None:\n    eval('1')\n",
    "a method inside": "def f(x: object) -> None:\n    x.system('1')\n",
    "a dunder": "def f(x: object) -> None:\n    x.__class__\n",
    "a default": "def f(x: object = exec('1')) -> None:\n    return None\n",
    "an f-string": 'def f(x: object) -> str:\n    return f"{x.y}"\n',
    "a class call": "class C:\n    x: int = exit()\n",
    "a base": "class C(dict):\n    pass\n",
    "a walrus": "def f() -> None:\n    (x := 1)\n",
    "a while": "def f() -> None:\n    while True:\n        pass\n",
    "a with": "def f(x: object) -> None:\n    with x:\n        pass\n",
    "no Python": "def f(:\n",
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("safe") / "generated"
    folder.mkdir()
    for name in tree.GENERATED:
        source = tree.PACKAGE / name
        copy_of = shutil.copytree if source.is_dir() else shutil.copy
        copy_of(source, folder / name)
    for cache in folder.rglob("__pycache__"):
        shutil.rmtree(cache)
    return folder


def test_the_generated_tree_holds_nothing_but_what_generated_code_is_made_of(
    generated: Path,
) -> None:
    code_safety.check(generated, tree.PACKAGE)


@pytest.mark.parametrize("kind", HOSTILE_CODE)
@pytest.mark.parametrize("name", ["models/tool.py", "api/endpoints/modify_model.py"])
def test_code_that_does_more_is_refused_before_it_is_imported(
    generated: Path, name: str, kind: str
) -> None:
    path = generated / name
    honest = path.read_text("utf-8")
    path.write_text(f"{honest}\n\n{HOSTILE_CODE[kind]}", "utf-8")
    try:
        with pytest.raises(GenerationError, match=name):
            code_safety.check(generated, tree.PACKAGE)
    finally:
        path.write_text(honest, "utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("client.py", "# one more line\n"),
        ("types.py", "import os\n"),
        ("_document.py", "VALUE = print(1)\n"),
        ("_operations/endpoints/modify_model.py", "import os\n"),
        ("models/__init__.py", "import os\n"),
    ],
)
def test_modules_of_other_kinds_are_held_to_their_own_shape(
    generated: Path, name: str, text: str
) -> None:
    path = generated / name
    honest = path.read_text("utf-8")
    path.write_text(honest + text, "utf-8")
    try:
        with pytest.raises(GenerationError, match=name):
            code_safety.check(generated, tree.PACKAGE)
    finally:
        path.write_text(honest, "utf-8")


def test_files_that_are_no_modules_are_refused(generated: Path) -> None:
    (generated / "models" / "extra.so").write_bytes(b"\x7fELF")
    try:
        with pytest.raises(GenerationError, match=r"extra\.so"):
            code_safety.check(generated, tree.PACKAGE)
    finally:
        (generated / "models" / "extra.so").unlink()
