"""With --leave-internal, what is marked `x-internal` counts for nobody: operations, parameters, fields, variants."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import drift
from scripts.contract.comparing.internal import without_internal
from scripts.intake.yaml_text import Positions

Json = Any
Edit = Callable[[Json], None]
Output = pytest.CaptureFixture[str]

MARKED = {"type": "string", "x-internal": True}
# A component that is marked.
SECRET = {"$ref": "#/components/schemas/Secret"}


def content(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/things": {
            "post": {
                "operationId": "send",
                "parameters": [
                    {"in": "query", "name": "last", "schema": {"type": "string"}}
                ],
                "requestBody": content({"$ref": "#/components/schemas/Thing"}),
                "responses": {
                    "200": {"description": "d", **content({"type": "string"})}
                },
            }
        }
    },
    "components": {
        "parameters": {
            "P": {"in": "query", "name": "p", "x-internal": True, "schema": {}}
        },
        "schemas": {
            "Secret": {"type": "object", "x-internal": True},
            "Thing": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "either": {"oneOf": [{"type": "integer"}, {"type": "boolean"}]},
                },
            },
        },
    },
}


def operation(d: Json) -> Json:
    return d["paths"]["/things"]["post"]


def thing(d: Json) -> Json:
    return d["components"]["schemas"]["Thing"]


def add_path(d: Json) -> None:
    d["paths"]["/inner"] = {"x-internal": True, "get": {"responses": {}}}


def add_operation(d: Json) -> None:
    d["paths"]["/things"]["get"] = {"x-internal": True, "responses": {}}


def add_parameter(d: Json) -> None:
    hidden = {"in": "query", "name": "q", "x-internal": True, "required": True}
    operation(d)["parameters"].insert(0, {**hidden, "schema": {}})


def refer_to_parameter(d: Json) -> None:
    operation(d)["parameters"].insert(0, {"$ref": "#/components/parameters/P"})


def add_header(d: Json) -> None:
    hidden = {"X-Hidden": {"x-internal": True, "schema": {"type": "string"}}}
    operation(d)["responses"]["200"]["headers"] = hidden


def add_field(d: Json) -> None:
    thing(d)["properties"]["hidden"] = MARKED
    thing(d)["required"].append("hidden")


def add_field_of_marked_type(d: Json) -> None:
    thing(d)["properties"]["hidden"] = SECRET
    thing(d)["required"].append("hidden")


def require_field_of_base_type(d: Json) -> None:
    hidden = {"type": "object", "properties": {"hidden": MARKED}}
    d["components"]["schemas"]["Thing"] = {
        **thing(d),
        "allOf": [hidden],
        "required": ["name", "hidden"],
    }


def add_base_type(d: Json) -> None:
    thing(d)["allOf"] = [SECRET, {"type": "object"}]


def add_variant(d: Json) -> None:
    thing(d)["properties"]["either"]["oneOf"].insert(0, SECRET)


EDITS = [
    add_path,
    add_operation,
    add_parameter,
    refer_to_parameter,
    add_header,
    add_field,
    add_field_of_marked_type,
    require_field_of_base_type,
    add_base_type,
    add_variant,
]


@pytest.mark.parametrize("edit", EDITS)
def test_what_is_internal_is_left_aside_on_request_alone(
    tmp_path: Path, edit: Edit, capsys: Output
) -> None:
    changed = copy.deepcopy(DOCUMENT)
    edit(changed)
    (tmp_path / "old.json").write_text(json.dumps(DOCUMENT), "utf-8")
    (tmp_path / "new.json").write_text(json.dumps(changed), "utf-8")
    names = [str(tmp_path / "old.json"), str(tmp_path / "new.json")]
    assert drift.main(names) == 1
    assert drift.main([*names, "--leave-internal"]) == 0, capsys.readouterr().out


def test_a_body_whose_type_is_internal_keeps_it() -> None:
    changed = copy.deepcopy(DOCUMENT)
    operation(changed)["requestBody"] = content(SECRET)
    filtered, _positions = without_internal(changed, Positions())
    assert operation(filtered)["requestBody"] == content(SECRET)


def test_a_field_that_is_called_like_the_mark_stays() -> None:
    changed = copy.deepcopy(DOCUMENT)
    thing(changed)["properties"]["x-internal"] = {"type": "boolean"}
    thing(changed)["properties"]["get"] = {"type": "boolean"}
    filtered, _positions = without_internal(changed, Positions())
    assert thing(filtered) == thing(changed)


def test_rows_name_the_lines_of_the_document_as_it_is_written(
    tmp_path: Path, capsys: Output
) -> None:
    old = copy.deepcopy(DOCUMENT)
    add_parameter(old)
    new = copy.deepcopy(old)
    operation(new)["parameters"][1]["required"] = True
    for name, document in (("old.json", old), ("new.json", new)):
        (tmp_path / name).write_text(json.dumps(document, indent=1), "utf-8")
    names = [str(tmp_path / "old.json"), str(tmp_path / "new.json")]
    drift.main([*names, "--format", "text"])
    usual = capsys.readouterr().out
    drift.main([*names, "--format", "text", "--leave-internal"])
    assert capsys.readouterr().out == usual
