"""Drift between two documents: each change is seen, named by its rule, classed by what it does to callers, and reported once, where it is
declared; what means the same is silent."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import document as oas
from scripts import drift, mutants
from scripts.contract.changes import RULES, Change
from tests.conftest import ROOT

DATA = Path(__file__).parent.parent / "data"
VENDOR = oas.read(ROOT / "openapi.yaml")
SHARED = oas.read(DATA / "shared.yaml")
OTHER = oas.read(DATA / "drift.yaml")
Edit = Callable[[Any], object]
Rows = list[tuple[str, str, bool]]


def changes(document: Any, edit: Edit) -> list[Change]:
    changed = copy.deepcopy(document)
    edit(changed)
    return drift.between(document, changed)


def rows(document: Any, edit: Edit) -> Rows:
    return [(c.where, c.rule, c.breaking) for c in changes(document, edit)]


def schemas(d: Any) -> Any:
    return d["components"]["schemas"]


# The vendor's document


def config(d: Any) -> Any:
    return schemas(d)["ModelCustomRequestObject"]["properties"]["model_config"]


def source(d: Any) -> Any:
    return config(d)["properties"]["model_source"]


def operation(d: Any) -> Any:
    return d["paths"]["/models/modify-model"]["patch"]


def answer(d: Any) -> Any:
    return schemas(d)["ModifyModelResponseObject"]


SOURCE = "ModelCustomRequestObject.model_config.model_source"
MODEL = {"$ref": "#/components/schemas/ModelRequestObject"}


def test_what_is_inherited_is_named_by_the_class_that_loses_it(document: Any) -> None:
    found = rows(document, lambda d: schemas(d)["GetModelResponseObject"].pop("allOf"))
    assert found[0] == ("GetModelResponseObject.certifications", "field-removed", True)
    assert {rule for _where, rule, _breaking in found} == {"field-removed"}


# A document whose operations share parts

A, B = "/a/{id}", "/b"


def page(d: Any) -> Any:
    return d["components"]["parameters"]["Page"]


def refusal(d: Any) -> Any:
    return d["components"]["responses"]["No"]["content"]["application/json"]["schema"]


def union(d: Any) -> Any:
    return schemas(d)["B"]["properties"]["u"]


def listing(d: Any) -> Any:
    return d["paths"][B]["get"]["responses"]


def move(held: Any, old: str, new: str) -> None:
    held[new] = held.pop(old)


def rename_variable(d: Any) -> None:
    move(d["paths"], A, "/a/{key}")
    d["paths"]["/a/{key}"]["parameters"][0]["name"] = "key"


def rename_alias(d: Any) -> None:
    move(schemas(d), "Id", "Ident")
    ref = {"$ref": "#/components/schemas/Ident"}
    schemas(d)["Base"]["properties"]["id"] = ref
    body = d["paths"][B]["post"]["requestBody"]["content"]["application/json"]
    body["schema"]["properties"]["y"] = ref


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda d: page(d).update(required=True), [("query parameter page (Page)", "parameter-made-required", True)]),
        (lambda d: page(d)["schema"].update(maximum=5), [("query parameter page (Page)", "limit-tightened", True)]),
        (lambda d: page(d).update(name="pg"), [("query parameter pg (Page)", "parameter-renamed", True)]),
        (lambda d: d["paths"][B].pop("parameters"), [("query parameter page of listB", "parameter-removed", True),
                                                      ("query parameter page of postB", "parameter-removed", True)]),
        (lambda d: d["paths"][A]["parameters"].pop(1), [("query parameter page of getA", "parameter-removed", True),
                                                         ("query parameter page of putA", "parameter-removed", True)]),
        (lambda d: move(d["paths"], A, "/z/{id}"), [("getA", "path-changed", True), ("putA", "path-changed", True)]),
        (rename_variable, [("path parameter id of /a/{id}", "parameter-renamed", True)]),
        (lambda d: refusal(d)["properties"]["code"].update(type="string"), [("response No.code", "type-changed", True)]),
        (lambda d: d["paths"][B]["post"].update(responses={"200": {"description": "d"}}),
         [("response default of postB", "success-status-removed", True), ("response 200 of postB", "success-status-added", False)]),
        (lambda d: d["components"]["requestBodies"]["Put"].pop("required"), [("request body Put", "body-made-optional", False)]),
        (lambda d: schemas(d)["Base"]["properties"].pop("kind"), [("Base.kind", "field-removed", True)]),
        (lambda d: schemas(d)["Base"].pop("required"), [("Base.id", "field-made-optional", True)]),
        (lambda d: schemas(d)["Base"].update(additionalProperties=False), [("Base", "unknown-fields-refused", True)]),
        (lambda d: schemas(d)["A"]["allOf"][1]["required"].append("id"), []),
        (lambda d: union(d)["anyOf"].pop(2), [("B.u", "nullable-changed", True)]),
        (lambda d: schemas(d)["B"]["properties"]["m"].update(additionalProperties=True), [("B.m", "unknown-fields-retyped", True)]),
        (lambda d: move(listing(d), "2XX", "200"),
         [("response 2XX of listB", "success-status-removed", True), ("response 200 of listB", "success-status-added", False)]),
        (lambda d: d["components"]["securitySchemes"]["key"].update(name="kk"), [("security scheme key", "authentication-changed", True)]),
        (lambda d: d["paths"][B]["post"].pop("security"), [("postB", "authentication-changed", True)]),
    ],
)  # fmt: skip
def test_a_change_of_a_shared_part_is_one_row(edit: Edit, expected: Rows) -> None:
    assert rows(SHARED, edit) == expected


# A document with everything else


def shape(d: Any, name: str) -> Any:
    return schemas(d)[name]


def get(d: Any) -> Any:
    return d["paths"]["/shapes"]["get"]


def post(d: Any) -> Any:
    return d["paths"]["/shapes"]["post"]


def put(d: Any) -> Any:
    picture = d["paths"]["/shapes/{shapeId}/picture"]["put"]
    return picture["requestBody"]["content"]["multipart/form-data"]


def rename_path_variable(d: Any) -> None:
    move(d["paths"], "/shapes/{shapeId}/picture", "/shapes/{shape_id}/picture")
    path = d["paths"]["/shapes/{shape_id}/picture"]
    path["parameters"][0]["name"] = "shape_id"


def flow(d: Any) -> Any:
    return d["components"]["securitySchemes"]["user"]["flows"]["clientCredentials"]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        # A limit that two parts of one schema share, in each of them.
        (lambda d: shape(d, "Round")["allOf"][1]["properties"]["label"].update(maxLength=9), [("Round.label", "limit-tightened", True)]),
        (lambda d: shape(d, "Round")["allOf"][2]["properties"]["label"].update(minLength=3), [("Round.label", "limit-tightened", True)]),
        (lambda d: shape(d, "Square")["properties"].update(kind={"maxLength": 3}), [("Square.kind", "limit-tightened", True)]),
        (lambda d: shape(d, "Named")["properties"]["kind"].update(maxLength=3), [("Named.kind", "limit-tightened", True)]),
        # What stands behind a reference.
        (lambda d: shape(d, "Forbidden")["properties"].update(title={"type": "integer"}), [("Square", "limit-changed", True)]),
        (lambda d: d["components"]["headers"]["Rate"]["schema"].update(minimum=5), [("header Rate", "limit-tightened", False)]),
        (lambda d: d["components"]["callbacks"]["Drawn"].update({"{$url}": {}}),
         [("callback drawn of drawShape", "callback-changed", True)]),
        (lambda d: shape(d, "Line").update(dependentRequired={"title": ["description"]}), [("Line", "limit-tightened", True)]),
        (lambda d: shape(d, "Line").update(anyOf=[{"required": ["kind"]}, {"required": ["from"]}]), [("Line", "limit-tightened", True)]),
        (lambda d: shape(d, "Id").update(pattern=".*"), [("Id", "limit-loosened", False)]),
        (lambda d: shape(d, "Id").update(pattern="^[a-z]*$"), [("Id", "limit-changed", True)]),
        (lambda d: shape(d, "Shape")["oneOf"].pop(),
         [("Line", "class-removed", True), ("LineKind", "class-removed", True), ("Shape", "variant-removed", True)]),
        (lambda d: shape(d, "Shape")["discriminator"]["mapping"].update(disc="Round"), [("Shape", "discriminator-added", False)]),
        (lambda d: shape(d, "Shape")["discriminator"].update(propertyName="sort"), [("Shape", "discriminator-changed", True)]),
        # Parameters, bodies, answers.
        (rename_path_variable, [("path parameter shapeId of /shapes/{shapeId}/picture", "parameter-renamed", False)]),
        (lambda d: get(d)["parameters"][1].update(explode=True), [("query parameter ids of listShapes", "parameter-style-changed", True)]),
        (lambda d: get(d)["parameters"][2].update(name="X-Trace-Id"),
         [("header parameter X-Trace of listShapes", "parameter-renamed", True)]),
        (lambda d: put(d)["encoding"]["file"].update(contentType="image/webp"), [("body of putPicture", "encoding-changed", True)]),
        (lambda d: get(d)["responses"]["200"].pop("headers"),
         [("response 200 header x-rate of listShapes", "response-header-removed", True)]),
        (lambda d: post(d)["responses"]["201"].pop("content"), [("response 201 of drawShape", "type-changed", True)]),
        # Credentials, servers, webhooks, operations that are left out.
        (lambda d: flow(d)["scopes"].update(admin="all"), [("security scheme user", "flow-added", False)]),
        (lambda d: flow(d)["scopes"].pop("write"), [("security scheme user", "flow-removed", True)]),
        (lambda d: flow(d).update(tokenUrl="https://new.example"), [("security scheme user", "flow-changed", True)]),
        (lambda d: d["servers"][0]["variables"]["region"]["enum"].append("ap"), [("servers", "server-variables-changed", False)]),
        (lambda d: d.update(webhooks={"drawn": {"post": {}}}), [("webhook drawn", "webhook-added", False)]),
    ],
)  # fmt: skip
def test_a_change_of_any_construct_is_seen(edit: Edit, expected: Rows) -> None:
    assert rows(OTHER, edit) == expected


def test_an_operation_that_can_no_longer_be_carried_is_breaking() -> None:
    def nest(d: Any) -> None:
        get(d)["parameters"][0]["style"] = "form"
        deep = {"type": "array", "items": {"type": "array", "items": {}}}
        get(d)["parameters"][1]["schema"] = deep

    (row,) = changes(OTHER, nest)
    assert (row.where, row.rule, row.breaking) == ("listShapes", "operation-left-out", True)  # fmt: skip
    assert "no defined form" in row.after


def test_a_change_inside_an_operation_that_is_left_out_is_reported() -> None:
    def nested(description: str, limit: int) -> Any:
        document = copy.deepcopy(OTHER)
        deep = {"type": "array", "items": {"type": "array", "items": {}}}
        get(document)["parameters"][1]["schema"] = deep
        get(document)["description"] = description
        get(document)["parameters"][2]["schema"]["maxLength"] = limit
        return document

    assert drift.between(nested("One", 40), nested("Other", 40)) == []
    (row,) = drift.between(nested("One", 40), nested("One", 41))
    assert (row.rule, row.breaking) == ("left-out-operation-changed", False)


@pytest.mark.parametrize(
    ("old", "new", "rule", "breaking"),
    [
        (0.3, 0.1, "limit-loosened", False),
        (0.1, 0.3, "limit-tightened", True),
        (2, 3, "limit-changed", True),
        (0, 3, "limit-changed", True),  # nothing is a multiple of 0
    ],
)
def test_a_multiple_of_a_multiple_is_tighter(
    old: float, new: float, rule: str, breaking: bool
) -> None:
    one, other = copy.deepcopy(SHARED), copy.deepcopy(SHARED)
    page(one)["schema"].update(type="number", multipleOf=old)
    page(other)["schema"].update(type="number", multipleOf=new)
    (row,) = drift.between(one, other)
    assert (row.rule, row.breaking) == (rule, breaking)


# Classes


def test_a_renamed_class_is_one_row(document: Any) -> None:
    renamed = json.loads(json.dumps(document).replace("ModifyModelResponse", "Renamed"))
    assert [(c.rule, c.before, c.after) for c in drift.between(document, renamed)] == [
        ("class-renamed", "ModifyModelResponseObject", "RenamedObject")
    ]


def test_another_class_in_its_place_is_one_row_with_the_fields_lost_and_won(
    document: Any,
) -> None:
    found = changes(document, lambda d: answer(d)["properties"].update(data=MODEL))
    (first,) = (c for c in found if c.rule == "type-changed")
    assert first.before == {"GetModelResponseObject": ["created_at", "model_id", "project_name", "updated_at"]}  # fmt: skip
    assert first.after == {"ModelRequestObject": []}


def test_a_class_that_disappears_with_an_error_response_is_breaking() -> None:
    document = copy.deepcopy(SHARED)
    fault = {"schema": {"$ref": "#/components/schemas/Fault"}}
    schemas(document)["Fault"] = {"type": "object", "properties": {"a": {}}}
    listing(document)["400"] = {"description": "d", "content": {"application/json": fault}}  # fmt: skip
    assert rows(document, lambda d: listing(d).pop("400")) == [
        ("Fault", "class-removed", True),
        ("response 400 of listB", "error-response-removed", False),
    ]


# What means the same


def inline(d: Any) -> None:
    """The same fields, without the type that they are inherited from."""
    model = schemas(d)["GetModelResponseObject"]
    model["allOf"][0] = copy.deepcopy(schemas(d)["ModelRequestObject"])


def security_at_each_operation(d: Any) -> None:
    security = d.pop("security")
    for item in d["paths"].values():
        for held in item.values():
            held["security"] = security


def another_key(d: Any) -> None:
    d["components"]["securitySchemes"] = {"key": d["components"]["securitySchemes"].pop("apiKeyAuth")}  # fmt: skip
    d["security"] = [{"key": []}]


@pytest.mark.parametrize(
    ("document", "edit"),
    [
        (VENDOR, lambda d: config(d).update(title="Reworded")),
        (VENDOR, lambda d: d["tags"].append({"name": "Unused"})),
        (VENDOR, security_at_each_operation),
        (VENDOR, lambda d: d["paths"]["/models/modify-model"].update(parameters=operation(d).pop("parameters"))),
        (VENDOR, inline),
        (VENDOR, another_key),
        (VENDOR, lambda d: answer(d)["properties"].update(data={"allOf": [answer(d)["properties"]["data"]], "description": "Other words"})),
        (SHARED, rename_alias),
        (SHARED, lambda d: union(d)["anyOf"].reverse()),
        (SHARED, lambda d: move(union(d), "anyOf", "oneOf")),
        (SHARED, lambda d: schemas(d)["B"]["properties"].update(u={"type": ["string", "integer", "null"]})),
        (SHARED, lambda d: d["paths"][B]["get"].pop("security")),
        (SHARED, lambda d: d["paths"][B]["get"].update(parameters=d["paths"][B]["parameters"])),
        (SHARED, lambda d: d["paths"][A]["put"].update(requestBody=copy.deepcopy(d["components"]["requestBodies"]["Put"]))),
        (SHARED, lambda d: schemas(d)["Base"]["properties"].update(id=copy.deepcopy(schemas(d)["Id"]))),
        (SHARED, lambda d: page(d).update(required=False)),
        (SHARED, lambda d: page(d).update(style="form", explode=False)),
        (OTHER, lambda d: flow(d)["scopes"].update(read="other words")),
        (OTHER, lambda d: get(d)["parameters"][2].update(name="x-trace")),
        (OTHER, lambda d: get(d)["responses"]["200"].update(headers={"x-rate": d["components"]["headers"]["Rate"]})),
        (OTHER, lambda d: d["components"]["headers"]["Rate"].update(schema={"type": "integer", "exclusiveMinimum": True, "minimum": 0.0})),
        (OTHER, lambda d: post(d).update(callbacks={"drawn": d["components"]["callbacks"]["Drawn"]})),
        (OTHER, lambda d: shape(d, "Square").update({"not": copy.deepcopy(shape(d, "Forbidden"))})),
        (OTHER, lambda d: shape(d, "Id").update(minLength=0)),
    ],
)  # fmt: skip
def test_what_means_the_same_is_no_drift(document: Any, edit: Edit) -> None:
    assert rows(document, edit) == []


def test_nullable_in_either_version_of_openapi_means_the_same(document: Any) -> None:
    old, new = copy.deepcopy(document), copy.deepcopy(document)
    config(old)["properties"]["model_source"].update(nullable=True)
    config(new)["properties"]["model_source"].update(type=["string", "null"])
    assert drift.between(old, new) == []
    either = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    config(new)["properties"]["model_source"] = either
    assert drift.between(old, new) == []


def test_a_limit_of_what_nobody_sends_any_more_breaks_nobody(document: Any) -> None:
    edit = {"readOnly": True, "maxLength": 9}
    assert rows(document, lambda d: source(d).update(edit)) == [
        (SOURCE, "field-made-read-only", True),
        (SOURCE, "limit-tightened", False),
    ]


def rename_implied(d: Any) -> None:
    rename_variable(d)
    d["paths"]["/a/{key}"]["parameters"].pop(0)


@pytest.mark.parametrize(
    "edit", [rename_implied, lambda d: d["paths"][A]["parameters"].pop(0)]
)
def test_a_path_variable_that_one_side_implies_has_the_same_rows_both_ways(
    edit: Edit,
) -> None:
    old, new = copy.deepcopy(SHARED), copy.deepcopy(SHARED)
    old["paths"][A]["parameters"][0]["schema"] = {"type": "integer"}
    edit(new)
    there, back = drift.between(old, new), drift.between(new, old)
    assert there
    assert list(mutants.unmirrored(there, back)) == []


def test_every_rule_has_a_mirror_image_among_the_rules() -> None:
    for name, rule in RULES.items():
        assert all(name in RULES[image].mirrors for image in rule.mirrors)
