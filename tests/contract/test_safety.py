"""A vendor page is untrusted: hostile names and values stop before the generator, hostile code before it is imported."""

from __future__ import annotations

import copy
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import code_safety, gates, generate, mutations, safety, staging, tree
from scripts.document import DocumentError
from scripts.own_modules import GenerationError
from tests.conftest import ROOT

MARKER = "hostile_marker"
HOSTILE = (
    f'x"; raise SystemExit("{MARKER}") #',
    f"x'; raise SystemExit('{MARKER}') #",
    f'"""\nraise SystemExit("{MARKER}")\n"""',
    f"x\\'; {MARKER}",
    f"{{{{ {MARKER} }}}}",
    f"x\n    raise SystemExit('{MARKER}')",
    f"{{{MARKER}}}",
)


def model(document: Any) -> Any:
    return document["components"]["schemas"]["ModifyModelResponseObject"]


def operation(document: Any) -> Any:
    return document["paths"]["/models/modify-model"]["patch"]


def move(held: Any, old: str, new: str) -> None:
    held[new] = held.pop(old)


NAMED: dict[str, Callable[[Any, str], object]] = {
    "property": lambda d, s: move(model(d)["properties"], "message", s),
    "required": lambda d, s: model(d).update(required=[s]),
    "component": lambda d, s: d["components"]["schemas"].update({s: {"type": "string"}}),
    "enum": lambda d, s: model(d)["properties"]["message"].update(enum=[s, "b"]),
    "const": lambda d, s: model(d)["properties"]["message"].update(const=s),
    "format": lambda d, s: model(d)["properties"]["message"].update(format=s),
    "operation id": lambda d, s: operation(d).update(operationId=s),
    "tag": lambda d, s: operation(d).update(tags=[s]),
    "parameter": lambda d, s: operation(d)["parameters"][0].update(name=s),
    "path": lambda d, s: move(d["paths"], "/models/modify-model", f"/{s}"),
    "server": lambda d, s: d["servers"][0].update(url=f"https://x.example/{s}"),
    "auth": lambda d, s: d["components"]["securitySchemes"]["apiKeyAuth"].update(name=s),
    "content type": lambda d, s: move(operation(d)["requestBody"]["content"], "application/json", s),
    "status": lambda d, s: move(operation(d)["responses"], "200", s),
    "method": lambda d, s: move(d["paths"]["/models/modify-model"], "patch", s),
    "keyword": lambda d, s: model(d).update({s: 1}),
    "reference": lambda d, s: model(d)["properties"].update(data={"$ref": s}),
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", NAMED)
def test_hostile_names_and_values_are_refused_with_one_line(
    document: Any, place: str, text: str
) -> None:
    changed = copy.deepcopy(document)
    NAMED[place](changed, text)
    with pytest.raises((DocumentError, GenerationError)) as caught:
        gates.admit(changed)
    assert "\n" not in str(caught.value)


PROSE: dict[str, Callable[[Any, str], object]] = {
    "description": lambda d, s: model(d).update(description=s),
    "title": lambda d, s: model(d)["properties"]["message"].update(title=s),
    "example": lambda d, s: model(d)["properties"]["message"].update(example=s),
    "summary": lambda d, s: operation(d).update(summary=s),
    "operation description": lambda d, s: operation(d).update(description=s),
    "parameter description": lambda d, s: operation(d)["parameters"][0].update(description=s),
    "document title": lambda d, s: d["info"].update(title=s),
    "version": lambda d, s: d["info"].update(version=s),
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_prose_is_refused_or_stays_prose(
    document: Any, text: str, tmp_path: Path
) -> None:
    changed = copy.deepcopy(document)
    for place in PROSE.values():
        place(changed, text)
    (tmp_path / "openapi.yaml").write_text(mutations.to_text(changed), "utf-8")
    config = (ROOT / "generator-config.yaml").read_text("utf-8")
    config = config[: config.index("post_hooks:")] + "post_hooks: []\n"
    (tmp_path / "config.yaml").write_text(config, "utf-8")
    said = ""
    try:
        generate.build(
            tmp_path / "openapi.yaml", tmp_path / "config.yaml", tree.PACKAGE, tmp_path
        )
    except (DocumentError, GenerationError) as error:
        said = str(error)
    assert "\n" not in said
    assert "does not import" not in said


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_default_is_refused_or_stays_a_default(
    document: Any, text: str
) -> None:
    changed = copy.deepcopy(document)
    model(changed)["properties"]["message"].update(default=text)
    if "\n" in text:
        with pytest.raises(DocumentError, match="no plain default"):
            gates.admit(changed)
    else:
        gates.admit(changed)


def test_the_vendors_own_document_passes(document: Any) -> None:
    gates.admit(document)


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


def spin(until: float) -> None:
    while time.monotonic() < until:
        pass


def test_generation_stops_when_its_time_is_up() -> None:
    started = time.monotonic()
    with (
        pytest.raises(GenerationError, match="longer than 1 seconds"),
        safety.limited(seconds=1),
    ):
        spin(until=started + 60)
    assert time.monotonic() < started + 30


def test_generation_stops_when_its_memory_is_used_up() -> None:
    with (
        pytest.raises(GenerationError, match="more than 64 MiB"),
        safety.limited(memory=64 * 1024**2),
    ):
        bytearray(1024**3)
    assert bytearray(128 * 1024**2)


def test_an_override_that_is_none_names_the_class_itself() -> None:
    overrides = staging.overridden(ROOT / "generator-config.yaml")
    assert overrides["ModelCustomRequestObjectModelConfig"] == "ModelConfig"
