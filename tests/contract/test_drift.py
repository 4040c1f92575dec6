"""Drift between two documents: seen, named, classed by what it does to callers, and said once, where it is declared."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import drift, mutations
from scripts.contract import report
from tests.conftest import ROOT

Edit = Callable[[Any], object]


def schemas(document: Any) -> Any:
    return document["components"]["schemas"]


def config(document: Any) -> Any:
    return schemas(document)["ModelCustomRequestObject"]["properties"]["model_config"]


def operation(document: Any) -> Any:
    return document["paths"]["/models/modify-model"]["patch"]


def answer(document: Any) -> Any:
    return schemas(document)["ModifyModelResponseObject"]


def message(document: Any) -> Any:
    return answer(document)["properties"]["message"]


def key(document: Any) -> Any:
    return document["components"]["securitySchemes"]["apiKeyAuth"]


def rows(document: Any, edit: Edit) -> list[tuple[str, str, bool]]:
    changed = copy.deepcopy(document)
    edit(changed)
    return [(c.where, c.what, c.breaking) for c in drift.between(document, changed)]


CONFIG = "ModelCustomRequestObject.model_config"
ANSWER = "ModifyModelResponseObject"
OF = " of modify_model"
MODEL = {"$ref": "#/components/schemas/ModelRequestObject"}


@pytest.mark.parametrize(
    ("edit", "where", "what", "breaking"),
    [
        (lambda d: config(d)["properties"].pop("tools"), f"{CONFIG}.tools", "field removed", True),
        (lambda d: config(d).pop("required"), f"{CONFIG}.model_provider", "field made optional", True),
        (lambda d: config(d)["required"].append("tools"), f"{CONFIG}.tools", "field made required", True),
        (lambda d: answer(d).update(required=["data"]), f"{ANSWER}.data", "field made required", False),
        (lambda d: schemas(d)["ModelRequestObject"]["required"].pop(), "ModelRequestObject.model_version", "field made optional", True),
        (lambda d: config(d)["properties"]["hosting_type"]["enum"].pop(), f"{CONFIG}.hosting_type", "enum value removed", True),
        (lambda d: config(d)["properties"]["hosting_type"]["enum"].append("x"), f"{CONFIG}.hosting_type", "enum value added", False),
        (lambda d: config(d)["properties"]["model_source"].update(enum=["x"]), f"{CONFIG}.model_source", "enum added", True),
        (lambda d: message(d).update(enum=["x"]), f"{ANSWER}.message", "enum added", False),
        (lambda d: config(d)["properties"]["model_source"].update(maxLength=9), f"{CONFIG}.model_source", "limit tightened", True),
        (lambda d: message(d).update(maxLength=9), f"{ANSWER}.message", "limit tightened", False),
        (lambda d: config(d)["properties"]["rate_per_min"].update(type="integer"), f"{CONFIG}.rate_per_min", "type changed", True),
        (lambda d: config(d)["properties"]["model_source"].update(nullable=True), f"{CONFIG}.model_source", "type changed", True),
        (lambda d: config(d)["properties"]["model_source"].update(default="x"), f"{CONFIG}.model_source", "default changed", False),
        (lambda d: config(d).update(additionalProperties=False), CONFIG, "unknown fields no longer kept", True),
        (lambda d: operation(d)["parameters"].pop(), f"header parameter X-Enkrypt-Model-Version{OF}", "parameter removed", True),
        (lambda d: operation(d)["requestBody"].pop("required"), f"body{OF}", "body made optional", False),
        (lambda d: operation(d)["responses"].update({"404": {"description": "no"}}), f"response 404{OF}", "error response added", False),
        (lambda d: key(d).update(name="x"), "security scheme apiKeyAuth", "authentication changed", True),
        (lambda d: operation(d).update(security=[]), "modify_model", "authentication changed", True),
        (lambda d: d.update(servers=[{"url": "https://x.example"}]), "servers", "server changed", True),
        (lambda d: operation(d).update(operationId="other"), "modify_model", "operation id changed", True),
        (lambda d: schemas(d)["GetModelResponseObject"].pop("allOf"), "GetModelResponseObject", "inherited types changed", True),
        (lambda d: answer(d)["properties"].update(data=MODEL), f"{ANSWER}.data", "type changed", True),
    ],
)  # fmt: skip
def test_a_change_is_one_row_at_its_place_classed_by_the_way_it_travels(
    document: Any, edit: Edit, where: str, what: str, breaking: bool
) -> None:
    assert rows(document, edit) == [(where, what, breaking)]


def inline(document: Any) -> None:
    """The same fields, without the type that they are inherited from."""
    model = schemas(document)["GetModelResponseObject"]
    model["allOf"][0] = copy.deepcopy(schemas(document)["ModelRequestObject"])


QUIET: dict[str, Edit] = {
    "titles": lambda d: config(d).update(title="Reworded"),
    "version of the document": lambda d: d["info"].update(version="9"),
    "an unused schema": lambda d: schemas(d).update(Unused={"type": "object"}),
    "an unused tag": lambda d: d["tags"].append({"name": "Unused"}),
    "security at the operation": lambda d: operation(d).update(
        security=d.pop("security")
    ),
    "allOf of one": lambda d: config(d)["properties"].update(
        tools={"allOf": [config(d)["properties"]["tools"]]}
    ),
    "parameters of the path": lambda d: d["paths"]["/models/modify-model"].update(
        parameters=operation(d).pop("parameters")
    ),
    "a base type written out": inline,
    "a scheme under another key": lambda d: (
        d["components"].update(
            securitySchemes={"key": d["components"]["securitySchemes"]["apiKeyAuth"]}
        ),
        d.update(security=[{"key": []}]),
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_what_means_the_same_is_no_drift(document: Any, name: str) -> None:
    assert rows(document, QUIET[name]) == []


def test_nullable_in_either_version_of_openapi_means_the_same(document: Any) -> None:
    old, new = copy.deepcopy(document), copy.deepcopy(document)
    config(old)["properties"]["model_source"].update(nullable=True)
    config(new)["properties"]["model_source"].update(type=["string", "null"])
    assert drift.between(old, new) == []
    config(new)["properties"]["model_source"] = {
        "anyOf": [{"type": "string"}, {"type": "null"}]
    }
    assert drift.between(old, new) == []


def test_a_renamed_type_is_removed_and_added_and_nothing_more(document: Any) -> None:
    renamed = json.loads(
        json.dumps(document).replace("ModelCustomRequestObject", "Renamed")
    )
    assert [(c.where, c.what) for c in drift.between(document, renamed)] == [
        ("ModelCustomRequestObject", "type removed"),
        ("Renamed", "type added"),
    ]


@pytest.fixture
def written(document: Any, tmp_path: Path) -> Callable[[Edit], Path]:
    def write(edit: Edit) -> Path:
        changed = copy.deepcopy(document)
        edit(changed)
        (tmp_path / "new.yaml").write_text(mutations.to_text(changed), "utf-8")
        return tmp_path / "new.yaml"

    return write


def run(*arguments: object) -> int:
    return drift.main([str(argument) for argument in arguments])


def test_json_says_what_breaks_and_which_step_it_asks_for(
    written: Callable[[Edit], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    new = written(lambda d: config(d)["properties"]["hosting_type"]["enum"].pop())
    assert run(ROOT / "openapi.yaml", new, "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["breaking"] is True
    assert said["bump"] == "major"
    assert said["changes"] == [
        {
            "where": f"{CONFIG}.hosting_type",
            "what": "enum value removed",
            "breaking": True,
            "before": "Internal",
            "after": None,
        }
    ]


def test_exit_code_0_and_an_empty_report_for_the_same_contract(
    written: Callable[[Edit], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    new = written(QUIET["titles"])
    assert run(ROOT / "openapi.yaml", new, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "breaking": False,
        "bump": "none",
        "changes": [],
    }


@pytest.mark.parametrize(
    "text", ["", "a: [", "openapi: 2.0", "openapi: 3.0.0\npaths: {/x: {frob: 1}}"]
)
def test_exit_code_2_and_the_cause_on_stderr_where_nothing_can_be_compared(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(text, "utf-8")
    assert run(ROOT / "openapi.yaml", broken) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "broken.yaml" in said.err


def test_the_report_for_people_puts_breaking_changes_first(document: Any) -> None:
    changed = copy.deepcopy(document)
    config(changed)["properties"]["hosting_type"]["enum"].append("x")
    config(changed)["properties"].pop("tools")
    text = report.as_markdown(drift.between(document, changed))
    assert text.index("## Breaking") < text.index("tools") < text.index("## Compatible")
    assert "major" in text
