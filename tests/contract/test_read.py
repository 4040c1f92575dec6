"""Reading a document into the contract: what each construct becomes, and that rules accept what the schemas accept."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from openapi_schema_validator import OAS30Validator, OAS31Validator

from scripts.contract import model
from scripts.contract.model import Contract, Operation, Schema
from scripts.contract.read import read
from scripts.errors import DocumentError

Json = Any

TEXT = {"type": "string"}
SHARED = {
    "Base": {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "integer"},
            "size": {"$ref": "#/components/schemas/Size"},
        },
    },
    "Size": {"type": "string", "enum": ["small", "large"]},
    "Alias": {"$ref": "#/components/schemas/Base"},
    "Node": {
        "type": "object",
        "properties": {
            "children": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Node"},
            }
        },
    },
    "Cat": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": TEXT, "lives": {"type": "integer"}},
    },
    "Dog": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": TEXT, "good": {"type": "boolean"}},
    },
}
BASE = {"$ref": "#/components/schemas/Base"}


def document(schema: Json, version: str = "3.1.0", **operation: Json) -> Json:
    """A document whose one operation sends the schema as its JSON body."""
    body = {"content": {"application/json": {"schema": schema}}}
    return {
        "openapi": version,
        "info": {"title": "Things", "version": "1"},
        "paths": {
            "/things": {
                "post": {
                    "requestBody": body,
                    "responses": {"204": {"description": "Done"}},
                    **operation,
                }
            }
        },
        "components": {"schemas": SHARED},
    }


def read_body(schema: Json, version: str = "3.1.0") -> tuple[Contract, Schema]:
    contract = read(document(schema, version))
    (operation,) = contract.operations.values()
    assert operation.body is not None
    found = operation.body.media[0].schema
    assert found is not None
    return contract, found


def read_operation(changes: Json, **top: Json) -> Operation:
    contract = read(
        {**document(TEXT), "paths": {"/things/{id}": {"get": changes}}, **top}
    )
    assert not contract.left_out, contract.left_out
    return next(iter(contract.operations.values()))


def shape(schema: Schema) -> Json:
    """A schema in short, for comparing."""
    if schema.ref:
        found: Json = schema.ref
    elif schema.variants:
        found = {"any of": [shape(v) for v in schema.variants]}
    elif schema.kind == model.OBJECT:
        found = {
            n: shape(f) + "" if isinstance(shape(f), str) else shape(f)
            for n, f in schema.fields.items()
        }
    elif schema.kind == model.ARRAY:
        found = [shape(schema.items)] if schema.items else []
    elif schema.values is not None:
        found = f"{schema.kind} " + ",".join(map(str, schema.values))
    else:
        found = schema.kind + (f":{schema.format}" if schema.format else "")
    return f"{found}?" if schema.nullable and isinstance(found, str) else found


@pytest.mark.parametrize(
    ("schema", "version", "expected"),
    [
        (BASE, "3.1.0", "Base"),
        ({"$ref": "#/components/schemas/Alias"}, "3.1.0", "Base"),
        ({"allOf": [BASE], "description": "One"}, "3.0.3", "Base"),
        ({"allOf": [BASE], "nullable": True}, "3.0.3", "Base?"),
        ({**BASE, "nullable": True}, "3.0.3", "Base?"),
        ({"oneOf": [BASE, {"type": "null"}]}, "3.1.0", "Base?"),
        ({"type": ["string", "null"]}, "3.1.0", "string?"),
        ({"type": "string", "nullable": True}, "3.0.3", "string?"),
        ({"type": ["string", "integer"]}, "3.1.0", {"any of": ["string", "integer"]}),
        (
            {"type": ["string", "integer"], "minLength": 2},
            "3.1.0",
            {"any of": ["string", "integer"]},
        ),
        ({"enum": ["a", None, "b"]}, "3.1.0", "string a,b?"),
        ({"enum": [1, 2]}, "3.1.0", "integer 1,2"),
        ({"enum": [1, "a"]}, "3.1.0", "any 1,a"),
        ({"const": "a"}, "3.1.0", "string a"),
        ({"type": "string", "format": "uuid"}, "3.1.0", "string:uuid"),
        ({"properties": {"a": TEXT}}, "3.1.0", {"a": "string"}),
        ({"items": TEXT}, "3.1.0", ["string"]),
        ({"type": "object", "required": ["a"]}, "3.1.0", {"a": "any"}),
        (True, "3.1.0", "any"),
        (
            {"allOf": [BASE, {"type": "object", "properties": {"name": TEXT}}]},
            "3.0.3",
            {"name": "string", "id": "integer", "size": "Size"},
        ),
        (
            {"allOf": [BASE], "properties": {"name": TEXT}, "required": ["name"]},
            "3.0.3",
            {"id": "integer", "size": "Size", "name": "string"},
        ),
        (
            {**BASE, "properties": {"name": TEXT}},
            "3.1.0",
            {"id": "integer", "size": "Size", "name": "string"},
        ),
        (
            {
                "properties": {"a": TEXT},
                "oneOf": [{"properties": {"b": TEXT}}, {"properties": {"c": TEXT}}],
            },
            "3.1.0",
            {
                "any of": [
                    {"b": "string", "a": "string"},
                    {"c": "string", "a": "string"},
                ]
            },
        ),
        (
            {
                "properties": {"a": TEXT, "b": TEXT},
                "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
            },
            "3.1.0",
            {"a": "string", "b": "string"},
        ),
        (
            {
                "allOf": [
                    {"properties": {"a": {"type": "number"}}},
                    {"properties": {"a": {"type": "integer"}}},
                ]
            },
            "3.1.0",
            {"a": "integer"},
        ),
    ],
)
def test_a_schema_has_one_form_however_it_is_written(
    schema: Json, version: str, expected: Json
) -> None:
    assert shape(read_body(schema, version)[1]) == expected


def test_the_tighter_of_two_limits_holds() -> None:
    parts = [
        {"type": "string", "minLength": 2, "maxLength": 9},
        {"minLength": 3, "maxLength": 5},
    ]
    assert read_body({"allOf": parts})[1].limits == {"minLength": 3, "maxLength": 5}


def test_a_field_declared_in_two_parts_keeps_the_limits_of_both() -> None:
    parts = [
        {"properties": {"a": {"type": "string", "pattern": "^x"}}},
        {"properties": {"a": {"type": "string", "maxLength": 4}}},
    ]
    field = read_body({"allOf": parts})[1].fields["a"]
    assert field.limits == {"pattern": "^x", "maxLength": 4}


def test_a_flag_beside_a_limit_in_openapi_3_0_is_an_exclusive_limit() -> None:
    schema = {"type": "number", "minimum": 1, "exclusiveMinimum": True}
    assert read_body(schema, "3.0.3")[1].limits == {"exclusiveMinimum": 1}


def test_recursion_is_kept_by_reference() -> None:
    contract, _body = read_body({"$ref": "#/components/schemas/Node"})
    children = contract.types["Node"].fields["children"]
    assert children.items is not None
    assert children.items.ref == "Node"


def test_an_inline_schema_that_holds_itself_is_kept_by_reference() -> None:
    here = "#/paths/~1things/post/requestBody/content/application~1json/schema"
    contract, body = read_body({"properties": {"next": {"$ref": here}}})
    assert (
        contract.types[body.fields["next"].ref].fields["next"].ref
        == body.fields["next"].ref
    )


def test_a_discriminator_names_the_variants_by_mapping_or_by_component() -> None:
    cat, dog = ({"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog"))
    mapping = {"mapping": {"feline": cat["$ref"]}, "propertyName": "kind"}
    _contract, body = read_body({"oneOf": [cat, dog], "discriminator": mapping})
    assert body.discriminator is not None
    assert body.discriminator.variants == {"feline": 0, "Dog": 1}


def test_a_base_type_whose_variants_extend_it_is_their_union() -> None:
    base = {"$ref": "#/components/schemas/Pet"}
    variants = [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog")]
    pet = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": TEXT},
        "oneOf": variants,
        "discriminator": {"propertyName": "kind"},
    }
    whole = document(base)
    whole["components"] = {
        "schemas": {
            "Pet": pet,
            "Cat": {"allOf": [base, {"properties": {"lives": {"type": "integer"}}}]},
            "Dog": {"allOf": [base, {"properties": {"good": {"type": "boolean"}}}]},
        }
    }
    types = read(whole).types
    assert [list(v.fields) for v in types["Pet"].variants] == [
        ["lives", "kind"],
        ["good", "kind"],
    ]
    assert list(types["Cat"].fields) == ["kind", "lives"]
    definitions = {key: t.rule for key, t in types.items()}
    rule = {"$ref": "#/$defs/Pet", "$defs": definitions}
    check = jsonschema_rs.Draft202012Validator(rule)
    assert check.is_valid({"kind": "Cat", "lives": 9})
    assert not check.is_valid({"lives": 9})


def test_only_types_that_operations_reach_are_in_the_contract() -> None:
    assert set(read_body(BASE)[0].types) == {"Base", "Size"}


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (
            {"type": "string", "minLenght": 2},
            "unknown keyword 'minLenght'; did you mean 'minLength'?",
        ),
        ({"type": "text"}, "type: 'text' has no meaning here"),
        (
            {"properties": {"a": {"type": "string", "required": True}}},
            "required: True has no meaning here",
        ),
        (
            {"allOf": [{"type": "string"}, {"type": "object"}]},
            "no value can satisfy all parts",
        ),
    ],
)
def test_what_was_not_understood_is_a_warning_with_its_place(
    schema: Json, told: str
) -> None:
    (warning,) = read_body(schema)[0].warnings
    assert told in warning
    assert warning.startswith(
        "#/paths/~1things/post/requestBody/content/application~1json/schema"
    )


INSTANCES = [
    None, True, 0, 1, 5, 1.5, "", "a", "small", "xa", [], ["a"], [1, "a"], {}, {"id": 1}, {"id": "1"},
    {"id": 1, "size": "small"}, {"id": 1, "size": None}, {"a": "x", "b": "y"}, {"b": "y"}, {"c": 1},
    {"kind": "Cat", "lives": 9}, {"kind": "Dog", "good": True}, {"id": 1, "name": "n"}, {"name": "n"},
]  # fmt: skip
OLD_SCHEMAS = [
    {"type": "string", "nullable": True},
    {"type": "string", "enum": ["a", "xa"], "minLength": 2},
    {"type": "number", "minimum": 1, "exclusiveMinimum": True},
    {"type": "number", "maximum": 5, "exclusiveMaximum": False},
    {"allOf": [BASE], "properties": {"name": TEXT}, "required": ["name"]},
    {"allOf": [BASE, {"properties": {"size": {"minLength": 6}}}]},
    {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": TEXT}},
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {"a": TEXT, "b": TEXT},
    },
    {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
    {"not": {"type": "string"}},
    {
        "type": "array",
        "items": {"oneOf": [TEXT, {"type": "integer"}]},
        "uniqueItems": True,
    },
]
NEW_SCHEMAS = [
    {"type": ["string", "integer", "null"], "minLength": 1},
    {"const": {"id": 1}},
    {"type": "number", "exclusiveMinimum": 1},
    {**BASE, "required": ["size"]},
    {"type": "array", "prefixItems": [{"type": "integer"}], "items": TEXT},
    {"if": {"required": ["id"]}, "then": BASE, "else": {"required": ["kind"]}},
    {"dependentRequired": {"id": ["size"]}},
    {
        "patternProperties": {"^i": {"type": "integer"}},
        "propertyNames": {"maxLength": 4},
    },
    {"allOf": [BASE], "unevaluatedProperties": False},
    {"contains": {"const": 1}},
    {"dependentSchemas": {"b": {"required": ["a"]}}},
    False,
]


@pytest.mark.parametrize(
    ("schema", "version"),
    [*((s, "3.0.3") for s in OLD_SCHEMAS), *((s, "3.1.0") for s in NEW_SCHEMAS)],
)
def test_what_validates_accepts_what_the_schema_accepts(
    schema: Json, version: str
) -> None:
    contract, body = read_body(schema, version)
    rule = {
        "allOf": [body.rule],
        "$defs": {k: t.rule for k, t in contract.types.items()},
    }
    ours = jsonschema_rs.Draft202012Validator(rule)
    kind = OAS30Validator if version == "3.0.3" else OAS31Validator
    whole = {"allOf": [schema], "components": {"schemas": SHARED}}
    theirs = kind(whole)
    for instance in INSTANCES:
        assert ours.is_valid(instance) == theirs.is_valid(instance), instance


def test_a_value_that_fits_several_variants_is_accepted() -> None:
    formats = [{"type": "string", "format": "uri"}, {"type": "string"}]
    rule = read_body({"oneOf": formats})[1].rule
    check = jsonschema_rs.Draft202012Validator(rule)
    assert check.is_valid("https://example.com")
    assert not check.is_valid(1)


def test_parameters_of_path_and_operation_are_merged_and_ordered_by_the_path() -> None:
    operation = read_operation(
        {"parameters": [{"in": "query", "name": "id", "schema": TEXT}], "responses": {}}
    )
    named = [(p.where, p.name, p.python_name, p.required) for p in operation.parameters]
    assert named == [
        ("path", "id", "id_path", True),
        ("query", "id", "id_query", False),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"security": [{"missing": []}]},
            "the security scheme 'missing' is not declared",
        ),
        (
            {"parameters": [{"in": "body", "name": "b"}]},
            "'body' is not a place for a parameter",
        ),
        (
            {"responses": {"200": {"$ref": "#/components/responses/Nothing"}}},
            "points to nothing",
        ),
        (
            {
                "parameters": [
                    {
                        "in": "query",
                        "name": "q",
                        "schema": {"type": "object", "properties": {"a": BASE}},
                    }
                ]
            },
            "values nested in a query parameter have no defined form",
        ),
        (
            {
                "parameters": [
                    {"in": "query", "name": "q"},
                    {"in": "query", "name": "q"},
                ]
            },
            "stands twice",
        ),
    ],
)
def test_an_operation_that_cannot_be_carried_is_left_out_with_its_reason(
    changes: Json, reason: str
) -> None:
    whole = document(TEXT)
    whole["paths"]["/other"] = {"get": {"responses": {}, **changes}}
    contract = read(whole)
    assert list(contract.operations) == ["POST /things"]
    assert reason in contract.left_out["GET /other"].reason


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": [{"in": [], "name": "q", "schema": TEXT}]},
        {
            "requestBody": {
                "content": {"application/json": {"schema": {"$ref": "#/openapi"}}}
            }
        },
        {"responses": {"200": []}},
    ],
)
def test_a_malformed_part_leaves_out_its_operation_alone(changes: Json) -> None:
    whole = document(TEXT)
    whole["paths"]["/other"] = {"get": {"responses": {}, **changes}}
    contract = read(whole)
    assert list(contract.operations) == ["POST /things"]
    assert "#/paths/~1other/get" in contract.left_out["GET /other"].reason


@pytest.mark.parametrize(
    "path", ["/a/../b", "/a#b", "/a?b=c", "/{a}/{a}", "/{}", "/}a", "a"]
)
def test_a_path_that_cannot_be_called_as_written_is_left_out(path: str) -> None:
    whole = document(TEXT)
    whole["paths"] = {path: {"get": {"responses": {}}}}
    assert list(read(whole).left_out) == [f"GET {path}"]


def test_json_is_the_first_body_and_another_that_differs_has_a_call_of_its_own() -> (
    None
):
    file = {"properties": {"file": {"type": "string", "format": "binary"}}}
    content = {
        "multipart/form-data": {"schema": file},
        "application/x-www-form-urlencoded": {"schema": BASE},
        "application/json": {"schema": BASE},
    }
    operation = read_operation(
        {"operationId": "send", "requestBody": {"content": content}, "responses": {}}
    )
    calls = [(c.module, c.media.kind if c.media else None) for c in operation.calls]
    assert calls == [("send", "json"), ("send_multipart", "multipart")]


def test_a_body_of_no_valid_content_type_gives_way_to_another() -> None:
    content = {"examples": {"schema": TEXT}, "application/json": {"schema": BASE}}
    operation = read_operation({"requestBody": {"content": content}, "responses": {}})
    assert [c.media.content_type for c in operation.calls if c.media] == [
        "application/json"
    ]


def test_names_that_clash_are_told_apart() -> None:
    schemas = {
        name: {"type": "object", "properties": {"x": TEXT}}
        for name in ("FooBar", "FOOBar", "Any", "File")
    }
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    fields: Json = {"all": {"type": "array", "prefixItems": refs}}
    fields |= {"from_dict": TEXT, "fooBar": TEXT, "foo_bar": TEXT, "class": TEXT}
    whole = document({"type": "object", "properties": fields})
    whole["components"] = {"schemas": schemas}
    contract = read(whole)
    classes = {key: (t.class_name, t.module_name) for key, t in contract.types.items()}
    assert classes == {
        "FooBar": ("FooBar", "foo_bar"),
        "FOOBar": ("FOOBar2", "foo_bar_2"),
        "Any": ("Any2", "any_2"),
        "File": ("File2", "file_2"),
    }
    (operation,) = contract.operations.values()
    assert operation.body is not None
    body = operation.body.media[0].schema
    assert body is not None
    names = body.python_names
    assert (names["foo_bar"], names["fooBar"]) == ("foo_bar", "foo_bar_2")
    assert (names["from_dict"], names["class"]) == ("from_dict_2", "class_")


@pytest.mark.parametrize(
    "raw", [None, [], {"swagger": "2.0"}, {"openapi": "4.0.0"}, {"openapi": 3}]
)
def test_what_is_not_openapi_is_refused(raw: Json) -> None:
    with pytest.raises(DocumentError, match=r"not an OpenAPI 3\.0 or 3\.1 document"):
        read(raw)


@pytest.mark.parametrize(
    ("name", "ref"), [("A B", "A%20B"), ("A%20B", "A%20B"), ("/a", "%2Fa")]
)
def test_a_reference_names_its_component_by_the_letter_or_percent_encoded(
    name: str, ref: str
) -> None:
    named = document({"$ref": f"#/components/schemas/{ref}"})
    contract = read(named | {"components": {"schemas": {name: TEXT}}})
    assert [*contract.types] == [name]
