"""What the facade's methods take for granted of the operations they stand on, held against the contract of the document."""

from __future__ import annotations

import copy
import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient
from scripts.contract import facade
from scripts.contract.model import Contract
from scripts.contract.reading.contract import read
from scripts.contract.schema import Object, Reference, Scalar, Schema, target
from scripts.generator.configuration import facade_methods
from tests.conftest import PAGE, ROOT, listed_files
from tests.required import FOLDER, PATH

STRINGS = [
    ("header", "X-Enkrypt-Model"),
    ("header", "X-Enkrypt-Model-Version"),
    ("body", "model_saved_name"),
    ("body", "model_version"),
]


def key_of(schema: Schema | None) -> str | None:
    return schema.key if isinstance(schema, Reference) else None


def test_modify_model_covers_the_operation_that_it_stands_on(document: Any) -> None:
    contract: Contract = read(document)
    (operation,) = (o for o in contract.operations.values() if o.id == "modify_model")
    parameters = {(p.where, p.name): p for p in operation.parameters}
    required = {key for key, p in parameters.items() if p.required}
    assert required <= {*STRINGS}, (
        "modify_model in facade.py must give what the document requires now; `make generate` names it"
    )
    assert operation.body is not None
    (media,) = operation.body.media
    assert media.kind == "json"
    assert key_of(media.schema) == "ModelRequestObject"
    schemas = {key: p.schema for key, p in parameters.items()}
    body = target(contract.types["ModelRequestObject"], contract.types)[0]
    assert isinstance(body, Object)
    schemas |= {("body", name): schema for name, schema in body.fields.items()}
    for key in STRINGS:
        field = target(schemas[key], contract.types)[0]
        assert isinstance(field, Scalar)
        assert field.type == "string"
    success = {
        status: [key_of(media.schema) for media in response.media]
        for status, response in operation.responses.items()
        if status.startswith("2")
    }
    assert success == {"200": ["ModifyModelResponseObject"]}
    schemes = [contract.schemes[name] for each in operation.security for name in each]
    assert [(s.kind, s.where) for s in schemes] == [("apiKey", "header")]


FACADE = ROOT / "enkrypt_api_client" / "facade.py"
METHODS = facade_methods(ROOT / "generator-config.yaml")
# What the clients have beside the methods for operations.
GENERAL = {
    "aclose", "api", "call", "call_detailed", "check", "close", "pages", "request",
    "stream", "with_options",
}  # fmt: skip


@pytest.mark.parametrize("client", [EnkryptClient, AsyncEnkryptClient])
def test_every_method_for_an_operation_is_declared_with_what_it_stands_on(
    client: type,
) -> None:
    public = {name for name in dir(client) if not name.startswith("_")} - GENERAL
    declared = {method.name for method in METHODS}
    methods = {name.removesuffix("_detailed") for name in public}
    assert methods == declared, (
        f"declare each method of {client.__name__}, and no other, below `facade:` in generator-config.yaml"
    )


def test_every_method_for_an_operation_is_in_the_readme_and_in_a_test() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    tests = "".join(
        path.read_text("utf-8")
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__)
    )
    for method in METHODS:
        assert method.name in readme, f"show {method.name} in the README"
        assert f".{method.name}(" in tests, f"write a test that calls {method.name}"


def test_the_document_has_everything_that_the_methods_stand_on(document: Any) -> None:
    assert facade.problems(read(document), METHODS, FACADE) == []


def test_an_operation_under_another_tag_is_named_with_the_import_of_its_function(
    document: Any, tmp_path: Path
) -> None:
    changed = copy.deepcopy(document)
    changed["paths"][PATH]["patch"]["tags"] = ["Elsewhere"]

    (sentence,) = facade.problems(read(changed), METHODS, FACADE)

    before = f"facade.py imports modify_model from .api.{FOLDER}, and it is in .api.elsewhere"
    assert sentence.startswith(before)
    broken = tmp_path / "facade.py"
    broken.write_text("def (", "utf-8")
    assert facade.misplaced(read(changed), broken) == []


def renamed(document: Any, old: str, new: str) -> Any:
    return yaml.safe_load(yaml.safe_dump(document).replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("operationId: modify_model", "operationId: change", "the operation modify_m"),
        ("X-Enkrypt-Model-Version", "X-Release", "the parameter x_enkrypt_model_ver"),
        ("model_saved_name", "title", "the field model_saved_name of ModelRequestObj"),
        ("ModelRequestObject", "ModelChange", "the request body ModelRequestObject of"),
        ("ModifyModelResponseObject", "Done", "the answer ModifyModelResponseObject"),
    ],
)
def test_what_the_document_no_longer_has_is_named_with_the_method(
    document: Any, old: str, new: str, lost: str
) -> None:
    (method,) = (method for method in METHODS if method.name == "modify_model")
    sentence, *_ = facade.missing(read(renamed(document, old, new)), [method])
    assert sentence.startswith(f"the method modify_model in facade.py uses {lost}")
    assert "`facade` in generator-config.yaml" in sentence


def test_what_the_document_newly_requires_is_named_with_the_method(
    document: Any,
) -> None:
    changed = copy.deepcopy(document)
    operation = changed["paths"][PATH]["patch"]
    project = {"name": "X-Enkrypt-Project", "in": "header", "required": True}
    operation["parameters"].append({**project, "schema": {"type": "string"}})
    (method,) = (method for method in METHODS if method.name == "modify_model")
    without_body = dataclasses.replace(method, body="", fields=())

    sentences = facade.missing(read(changed), [without_body])

    assert [sentence.partition(", which")[0] for sentence in sentences] == [
        "the method modify_model in facade.py does not give the parameter x_enkrypt_project of modify_model",
        "the method modify_model in facade.py does not give the request body of modify_model",
    ]


@pytest.mark.proof
def test_update_generate_and_accept_name_what_the_facade_has_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    for name in listed_files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    text = PAGE.read_text("utf-8").replace("model_version", "release")
    (copy / "page.md").write_text(text, "utf-8")
    lost = "modify_model in facade.py uses the field model_version of ModelReq"
    for arguments, code in (("update page.md", 0), ("generate", 0), ("accept", 1)):
        done = subprocess.run(
            [sys.executable, "-m", *f"scripts.{arguments}".split()],
            cwd=copy,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stderr
        assert lost in done.stderr
