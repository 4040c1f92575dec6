"""Drift between two documents: each change is seen, named by its rule, classed by what it does to callers, and reported once, where it is
declared; what means the same is silent. Single changes of every kind are the business of the mutations, whose edits are used here."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.contract.comparing.changes import RULES, Change
from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read
from scripts.intake import document as oas
from tests.mutation import __main__ as mutants
from tests.mutation.table import apply

DATA = Path(__file__).parent.parent.parent / "data"
VENDOR = oas.read(DATA / "modify-model.md")
SHARED = oas.read(DATA / "shared.yaml")
OTHER = oas.read(DATA / "drift.yaml")
Edit = str | Callable[[Any], object]

# Places in the three documents
SCHEMAS = "#/components/schemas"
MODEL_CONFIG = f"{SCHEMAS}/ModelCustomRequestObject/properties/model_config"
ANSWER = f"{SCHEMAS}/ModifyModelResponseObject/properties"
PATCH = "#/paths/~1models~1modify-model"
PAGE = "#/components/parameters/Page"
A, B = "#/paths/~1a~1{id}", "#/paths/~1b"
REFUSED = "#/components/responses/No/content/application~1json/schema"
UNION = f"{SCHEMAS}/B/properties/u"
SHAPES, PICTURE = "#/paths/~1shapes", "#/paths/~1shapes~1{shapeId}~1picture"
FLOW = "#/components/securitySchemes/user/flows/clientCredentials"
RATE = "#/components/headers/Rate"
DRAWN = "#/components/callbacks/Drawn/{$request.body#~1url}/post/requestBody/content/application~1json/schema"


def edited(document: Any, place: str, edit: Edit) -> Any:
    changed = copy.deepcopy(document)
    held = oas.lookup(changed, place)
    if callable(edit):
        edit(held)
    else:
        apply(edit, "", held)
    return changed


def between(old: Any, new: Any) -> list[Change]:
    return compare(read(old), read(new))


def changes(document: Any, place: str, edit: Edit) -> list[Change]:
    return between(document, edited(document, place, edit))


def rows(document: Any, place: str, edit: Edit) -> list[str]:
    """Each row in short: a `!` stands for breaking."""
    found = changes(document, place, edit)
    return [f"{c.where}: {c.rule}{'!' if c.breaking else ''}" for c in found]


def move(old: str, new: str, name: str = "") -> Callable[[Any], None]:
    """Another path, whose first parameter may have another name."""

    def edit(paths: Any) -> None:
        paths[new] = paths.pop(old)
        if name:
            paths[new]["parameters"][0]["name"] = name

    return edit


FAULT = edited(
    SHARED,
    "#",
    'components.schemas.Fault={"type": "object", "properties": {"a": {}}}'
    " & paths./b.get.responses.400="
    '{"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}}}',
)

# An operation that succeeds in two ways.
TWO = edited(SHARED, f"{B}/get/responses", '204={"description": "none"}')

# An operation whose success is any of a range.
RANGE = edited(SHARED, f"{B}/get", 'responses={"2XX": {"description": "none"}}')


@pytest.mark.parametrize(
    ("document", "place", "edit", "expected"),
    [
        (SHARED, PAGE, "required=true", ["query parameter page (Page): parameter-made-required!"]),
        (SHARED, PAGE, 'in="header"', ["header parameter page (Page): parameter-moved!"]),
        (SHARED, B, "-parameters", ["query parameter page of listB: parameter-removed!",
                                      "query parameter page of postB: parameter-removed!"]),
        (SHARED, A, "-parameters.1", ["query parameter page of getA: parameter-removed!",
                                        "query parameter page of putA: parameter-removed!"]),
        (SHARED, "#/paths", move("/a/{id}", "/z/{id}"), ["getA: path-changed!", "putA: path-changed!"]),
        (SHARED, "#/paths", move("/a/{id}", "/a/{key}", "key"), ["path parameter id of /a/{id}: parameter-renamed!"]),
        (OTHER, "#/paths", move("/shapes/{shapeId}/picture", "/shapes/{shape_id}/picture", "shape_id"),
         ["path parameter shapeId of /shapes/{shapeId}/picture: parameter-renamed"]),
        (SHARED, REFUSED, 'properties.code.type="string"', ["response No.code: type-changed!"]),
        (SHARED, f"{B}/post", 'responses={"200": {}}',
         ["response 200 of postB: success-status-added!", "response default of postB: success-status-removed"]),
        (SHARED, f"{B}/post/responses", "default>200",
         ["response 200 of postB: success-status-added", "response default of postB: success-status-removed"]),
        (TWO, f"{B}/get/responses", "-204", ["response 204 of listB: success-status-removed"]),
        (TWO, f"{B}/get/responses", "204>202",
         ["response 202 of listB: success-status-added!", "response 204 of listB: success-status-removed"]),
        (TWO, f"{B}/get/responses", '202={"description": "later"}', ["response 202 of listB: success-status-added!"]),
        (RANGE, f"{B}/get/responses", '202={"description": "later"}', ["response 202 of listB: success-status-added"]),
        (RANGE, f"{B}/get/responses", "2XX>202",
         ["response 202 of listB: success-status-added", "response 2XX of listB: success-status-removed"]),
        (RANGE, f"{B}/get/responses", '202={"content": {"text/plain": {}}}', ["response 202 of listB: success-status-added!"]),
        (SHARED, "#/components/requestBodies/Put", "-required", ["request body Put: body-made-optional"]),
        (SHARED, f"{SCHEMAS}/A/allOf/1", 'required+="id"', []),
        (SHARED, UNION, "-anyOf.2", ["B.u: nullable-changed!"]),
        (SHARED, f"{B}/post", "-security", ["postB: authentication-changed!"]),
        (FAULT, f"{B}/get/responses", "-400", ["response 400 of listB: error-response-removed!"]),
        # A limit that two parts of one schema share, in each of them.
        (OTHER, f"{SCHEMAS}/Round/allOf/1", "properties.label.maxLength=9", ["Round.label: limit-tightened!"]),
        (OTHER, f"{SCHEMAS}/Round/allOf/2", "properties.label.minLength=3", ["Round.label: limit-tightened!"]),
        (OTHER, f"{SCHEMAS}/Square", 'properties.kind={"maxLength": 3}', ["Square.kind: limit-tightened!"]),
        (OTHER, f"{SCHEMAS}/Named", "properties.kind.maxLength=3", ["Named.kind: limit-tightened!"]),
        # What stands behind a reference.
        (OTHER, f"{SCHEMAS}/Forbidden", 'properties.title={"type": "integer"}', ["Square: limit-changed!"]),
        (OTHER, RATE, "schema.minimum=5", ["header Rate: limit-tightened"]),
        (OTHER, DRAWN, 'type="integer"', ["body of callback drawn of drawShape: type-changed!"]),
        (OTHER, f"{SCHEMAS}/Line", 'anyOf=[{"required": ["kind"]}, {"required": ["from"]}]', ["Line: limit-tightened!"]),
        (OTHER, f"{SCHEMAS}/Id", 'pattern=".*"', ["Id: limit-loosened!"]),
        (OTHER, f"{SCHEMAS}/Id", 'pattern="^[a-z]*$"', ["Id: limit-changed!"]),
        (OTHER, f"{SCHEMAS}/Shape", "-oneOf.2", ["Shape: variant-removed!"]),
        (OTHER, f"{SCHEMAS}/Shape", 'discriminator.mapping.disc="Round"', ["Shape: discriminator-added"]),
        (OTHER, f"{SCHEMAS}/Shape", 'discriminator.propertyName="sort"', ["Shape: discriminator-changed!"]),
        # A limit of what nobody sends any more breaks nobody.
        (VENDOR, MODEL_CONFIG, "properties.model_source.readOnly=true & properties.model_source.maxLength=9",
         ["ModelCustomRequestObject.model_config.model_source: field-made-read-only!",
          "ModelCustomRequestObject.model_config.model_source: limit-tightened"]),
        # Parameters, bodies, answers.
        (OTHER, f"{SHAPES}/get", "parameters.1.explode=true", ["query parameter ids of listShapes: parameter-style-changed!"]),
        (OTHER, f"{PICTURE}/put/requestBody/content/multipart~1form-data", 'encoding.file.contentType="image/webp"',
         ["body of putPicture: encoding-changed!"]),
        (OTHER, f"{SHAPES}/get/responses/200", "-headers", ["response 200 header x-rate of listShapes: response-header-removed!"]),
        (OTHER, f"{SHAPES}/post/responses/201", "-content", ["response 201 of drawShape: type-changed!"]),
        # Credentials, servers, webhooks.
        (OTHER, FLOW, 'scopes.admin="all"', ["security scheme user: flow-added"]),
        (OTHER, FLOW, "-scopes.write", ["security scheme user: flow-removed!"]),
        (OTHER, FLOW, 'tokenUrl="https://new.example"', ["security scheme user: flow-changed!"]),
        (OTHER, "#/servers/0/variables/region", 'enum+="ap"', ["servers: server-variables-changed"]),
        (OTHER, "#", 'webhooks.drawn={"post": {}}', ["webhook drawn: webhook-added"]),
    ],
)  # fmt: skip
def test_a_change_of_any_construct_is_one_row_where_it_is_declared(
    document: Any, place: str, edit: Edit, expected: list[str]
) -> None:
    assert rows(document, place, edit) == expected


def test_what_is_inherited_is_named_by_the_class_that_loses_it() -> None:
    found = rows(VENDOR, f"{SCHEMAS}/GetModelResponseObject", "-allOf")
    assert found[0] == "GetModelResponseObject.certifications: field-removed!"
    assert {row.partition(": ")[2] for row in found} == {"field-removed!"}


DEEP = '{"type": "array", "items": {"type": "array", "items": {}}}'
UNCARRIED = f'parameters.0.style="form" & parameters.1.schema={DEEP}'


def test_an_operation_that_can_no_longer_be_carried_is_breaking() -> None:
    (row,) = changes(OTHER, f"{SHAPES}/get", UNCARRIED)
    assert (row.where, row.rule, row.breaking) == ("listShapes", "operation-left-out", True)  # fmt: skip
    assert "defines no form" in str(row.after)


def test_a_change_inside_an_operation_that_is_left_out_is_reported() -> None:
    document = edited(OTHER, f"{SHAPES}/get", UNCARRIED)
    assert rows(document, f"{SHAPES}/get", 'description="Other words"') == []
    found = rows(document, f"{SHAPES}/get", "parameters.2.schema.maxLength=41")
    assert found == ["GET /shapes: left-out-operation-changed"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (0.3, 0.1, "limit-loosened"),
        (0.1, 0.3, "limit-tightened!"),
        (2, 3, "limit-changed!"),
        (0, 3, "limit-changed!"),  # nothing is a multiple of 0
    ],
)
def test_a_multiple_of_a_multiple_is_tighter(old: float, new: float, rule: str) -> None:
    document = edited(SHARED, PAGE, 'schema.allOf=[{"multipleOf": 0.2}]')
    document = edited(document, PAGE, f"schema.multipleOf={old}")
    found = rows(document, PAGE, f"schema.multipleOf={new}")
    assert found == [f"query parameter page (Page): {rule}"]


def test_a_renamed_class_is_one_row() -> None:
    renamed = json.loads(json.dumps(VENDOR).replace("ModifyModelResponse", "Renamed"))
    assert [(c.rule, c.before, c.after) for c in between(VENDOR, renamed)] == [
        ("class-renamed", "ModifyModelResponseObject", "RenamedObject")
    ]


def test_another_class_in_its_place_is_one_row_with_the_fields_lost_and_won() -> None:
    edit = 'data={"$ref": "#/components/schemas/ModelRequestObject"}'
    (first,) = (c for c in changes(VENDOR, ANSWER, edit) if c.rule == "type-changed")
    assert first.before == {"GetModelResponseObject": ["created_at", "model_id", "project_name", "updated_at"]}  # fmt: skip
    assert first.after == {"ModelRequestObject": []}


# What means the same


IDENT = '"#/components/schemas/Ident"'
ALIAS_RENAMED = (
    "components.schemas.Id>Ident"
    f" & components.schemas.Base.properties.id.$ref={IDENT} & paths./b.post"
    f".requestBody.content.application/json.schema.properties.y.$ref={IDENT}"
)


def security_at_each_operation(d: Any) -> None:
    security = d.pop("security")
    for item in d["paths"].values():
        for held in item.values():
            held["security"] = security


def copied(document: Any, place: str, key: str = "") -> Callable[[Any], None]:
    """What a reference stands for, in its place."""
    value = copy.deepcopy(oas.lookup(document, place))
    return lambda held: held.update({key: value} if key else value)


@pytest.mark.parametrize(
    ("document", "place", "edit"),
    [
        (VENDOR, MODEL_CONFIG, 'title="Reworded"'),
        (VENDOR, "#", 'tags+={"name": "Unused"}'),
        (VENDOR, "#", security_at_each_operation),
        (VENDOR, PATCH, lambda d: d.update(parameters=d["patch"].pop("parameters"))),
        (VENDOR, f"{SCHEMAS}/GetModelResponseObject", lambda d: copied(VENDOR, f"{SCHEMAS}/ModelRequestObject")(d["allOf"][0])),
        (VENDOR, "#", 'components.securitySchemes.apiKeyAuth>key & security=[{"key": []}]'),
        (VENDOR, ANSWER, lambda d: d.update(data={"allOf": [d["data"]], "description": "Other words"})),
        (VENDOR, MODEL_CONFIG, 'properties.model_source={"type": "string"}'),
        (SHARED, "#", ALIAS_RENAMED),
        (SHARED, UNION, "~anyOf"),
        (SHARED, UNION, "anyOf>oneOf"),
        (SHARED, f"{SCHEMAS}/B", 'properties.u={"type": ["string", "integer", "null"]}'),
        (SHARED, f"{B}/get", "-security"),
        (SHARED, f"{B}/get", f'parameters=[{{"$ref": "{PAGE}"}}]'),
        (SHARED, f"{A}/put", copied(SHARED, "#/components/requestBodies/Put", "requestBody")),
        (SHARED, f"{SCHEMAS}/Base/properties", copied(SHARED, f"{SCHEMAS}/Id", "id")),
        (SHARED, PAGE, "required=false"),
        (SHARED, PAGE, 'style="form" & explode=false'),
        (OTHER, FLOW, 'scopes.read="other words"'),
        (OTHER, f"{SHAPES}/get", 'parameters.2.name="x-trace"'),
        (OTHER, f"{SHAPES}/get/responses/200", copied({"x-rate": {"$ref": RATE}}, "#", "headers")),
        (OTHER, RATE, 'schema={"type": "integer", "exclusiveMinimum": true, "minimum": 0.0}'),
        (OTHER, f"{SHAPES}/post/callbacks", copied(OTHER, "#/components/callbacks/Drawn", "drawn")),
        (OTHER, f"{SCHEMAS}/Square", copied(OTHER, f"{SCHEMAS}/Forbidden", "not")),
        (OTHER, f"{SCHEMAS}/Id", "minLength=0"),
    ],
)  # fmt: skip
def test_what_means_the_same_is_no_drift(document: Any, place: str, edit: Edit) -> None:
    assert rows(document, place, edit) == []


EITHER = '={"anyOf": [{"type": "string"}, {"type": "null"}]}'


@pytest.mark.parametrize("said", ['type=["string", "null"]', EITHER])
def test_nullable_in_either_version_of_openapi_means_the_same(said: str) -> None:
    place = f"{MODEL_CONFIG}/properties/model_source"
    nullable = edited(VENDOR, place, '={"type": "string", "nullable": true}')
    assert rows(nullable, place, f"-nullable & {said}") == []


def test_a_field_that_may_have_no_value_is_not_said_to_have_any() -> None:
    (change,) = changes(VENDOR, ANSWER, "message=false")
    assert (change.before, change.after) == ("string", "no value")


def test_a_default_is_the_same_number_in_either_notation() -> None:
    old = edited(VENDOR, ANSWER, 'message={"type": "number", "default": 1}')
    new = edited(VENDOR, ANSWER, 'message={"type": "number", "default": 1.0}')
    assert between(old, new) == []


@pytest.mark.parametrize(
    ("in_3_0", "in_3_1"),
    [
        ('format="binary"', 'contentMediaType="application/octet-stream"'),
        ('format="byte"', 'contentEncoding="base64"'),
    ],
)
def test_binary_content_may_be_stated_in_the_words_of_either_version(
    in_3_0: str, in_3_1: str
) -> None:
    field = f"{ANSWER}/message"
    old = edited(VENDOR, field, in_3_0)
    new = edited(VENDOR, field, in_3_1)
    for change in [*between(old, new), *between(new, old)]:
        assert (change.rule, change.breaking) == ("format-changed", False)


@pytest.mark.parametrize("place", ["responses/200", "requestBody"])
def test_bytes_may_be_described_as_either_version_of_openapi_does(place: str) -> None:
    described = {"schema": {"type": "string", "format": "binary"}}

    def holding(media: Any) -> Any:
        content = {"content": {"application/zip": media}}
        return edited(SHARED, f"{B}/post", f"{place.replace('/', '.')}={json.dumps(content)}")  # fmt: skip

    assert between(holding(described), holding({})) == []
    assert between(holding({}), holding(described)) == []


@pytest.mark.parametrize("moved", [False, True])
def test_a_path_variable_that_one_side_implies_has_the_same_rows_both_ways(
    moved: bool,
) -> None:
    old = edited(SHARED, A, 'parameters.0.schema={"type": "integer"}')
    new = edited(old, A, "-parameters.0")
    if moved:
        new = edited(new, "#/paths", move("/a/{id}", "/a/{key}"))
    there, back = between(old, new), between(new, old)
    assert there
    assert list(mutants.unmirrored(there, back)) == []


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (OTHER, f"{SHAPES}/get/responses/200/headers/X-Rate"),
        (SHARED, f"{A}/put/responses/default"),
    ],
)
def test_a_reference_to_a_part_of_another_kind_is_compared(
    document: Any, place: str
) -> None:
    assert changes(document, place, f'$ref="{SCHEMAS}/Id"')


def test_every_rule_has_a_mirror_image_among_the_rules() -> None:
    for name, rule in RULES.items():
        assert all(name in RULES[image].mirrors for image in rule.mirrors)


@pytest.mark.parametrize(
    "kinds",
    [
        ("application/x-www-form-urlencoded", "multipart/form-data"),
        ("text/plain", "application/octet-stream", "multipart/form-data"),
        ("application/octet-stream", "application/x-www-form-urlencoded"),
        ("multipart/form-data", "application/json"),
    ],
)
def test_the_order_of_kinds_of_bodies_names_nothing(kinds: tuple[str, ...]) -> None:
    content = {
        kind: {"schema": {"type": "object", "properties": {f"field{number}": {"type": "string"}}}}
        for number, kind in enumerate(kinds)
    }  # fmt: skip

    def ordered(content: Any) -> Any:
        operation = {
            "operationId": "send",
            "requestBody": {"content": content},
            "responses": {"204": {"description": "d"}},
        }
        return {
            "openapi": "3.0.3",
            "info": {"title": "T", "version": "1"},
            "paths": {"/send": {"post": operation}},
        }

    turned = dict(reversed(content.items()))
    assert between(ordered(content), ordered(turned)) == []
