"""Reading a document into the contract: what each construct becomes, and that rules accept what the schemas accept."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from openapi_schema_validator import OAS30Validator, OAS31Validator

from scripts.common.errors import DocumentError
from scripts.contract import lock, model
from scripts.contract.model import Contract, Operation
from scripts.contract.names import ClassName
from scripts.contract.reading.contract import read, without
from scripts.contract.schema import (
    Array,
    Enum,
    Never,
    Object,
    Reference,
    Schema,
    Union,
    type_name,
)
from scripts.intake.document import parse

Json = Any

HERE = "#/paths/~1things/post/requestBody/content/application~1json/schema"
TEXT = {"type": "string"}
BASE = {"$ref": "#/components/schemas/Base"}
JSON_TYPE = "application/json"
SHARED = parse("""
Base:
  type: object
  required: [id]
  properties: {id: {type: integer}, size: {$ref: '#/components/schemas/Size'}}
Size: {type: string, enum: [small, large]}
Alias: {$ref: '#/components/schemas/Base'}
Node:
  type: object
  properties: {children: {type: array, items: {$ref: '#/components/schemas/Node'}}}
Cat:
  type: object
  required: [kind]
  properties: {kind: {type: string}, lives: {type: integer}}
Dog:
  type: object
  required: [kind]
  properties: {kind: {type: string}, good: {type: boolean}}
""")


def written(text: str) -> Json:
    """YAML, in which `~Name` is a reference to a component."""
    return parse(re.sub(r"~([A-Z]\w*)", r"$ref: '#/components/schemas/\1'", text))


def document(
    schema: Json, version: str = "3.1.0", schemas: Json = SHARED, **operation: Json
) -> Json:
    """A document whose one operation sends the schema as its JSON body."""
    body = {"content": {"application/json": {"schema": schema}}}
    post = {"requestBody": body, "responses": {}, **operation}
    return {
        "openapi": version,
        "info": {"title": "Things", "version": "1"},
        "paths": {"/things": {"post": post}},
        "components": {"schemas": schemas},
    }


def read_body(
    schema: Json, version: str = "3.1.0", schemas: Json = SHARED
) -> tuple[Contract, Schema]:
    contract = read(document(schema, version, schemas))
    (operation,) = contract.operations.values()
    assert operation.body is not None
    found = operation.body.media[0].schema
    assert found is not None
    return contract, found


def read_operation(changes: Json) -> tuple[Contract, Operation]:
    operation = {"responses": {}, **changes}
    whole = {**document(TEXT), "paths": {"/things/{id}": {"get": operation}}}
    contract = read(whole)
    assert not contract.left_out, contract.left_out
    return contract, next(iter(contract.operations.values()))


def validator(contract: Contract, schema: Schema) -> jsonschema_rs.Draft202012Validator:
    definitions = {key: held.rule for key, held in contract.types.items()}
    rule = {"allOf": [schema.rule], "$defs": definitions}
    return jsonschema_rs.Draft202012Validator(rule)


def shape(schema: Schema) -> Json:
    """A schema in short, for comparing."""
    found: Json
    match schema:
        case Reference():
            found = schema.key
        case Union():
            found = [*map(shape, schema.variants)]
        case Object():
            found = {name: shape(field) for name, field in schema.fields.items()}
        case Array(items=items) if items:
            found = {"items": shape(items)}
        case Enum():
            found = f"{schema.type} " + ",".join(map(str, schema.values))
        case Never():
            found = "never"
        case _:
            kind = type_name(schema)
            found = f"{kind}:{schema.format}" if schema.format else kind
    return f"{found}?" if schema.nullable else found


def field_of(schema: Schema, name: str) -> Schema:
    assert isinstance(schema, Object)
    return schema.fields[name]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{~Base}", "Base"),
        ("{~Alias}", "Base"),
        ("{allOf: [{~Base}], description: One}", "Base"),
        ("{allOf: [{~Base}], nullable: true}", "Base?"),
        ("{~Base, nullable: true}", "Base?"),
        ("{oneOf: [{~Base}, {type: 'null'}]}", "Base?"),
        ("{type: [string, 'null']}", "string?"),
        ("{type: string, nullable: true}", "string?"),
        ("{type: [string, integer]}", ["string", "integer"]),
        ("{type: [string, integer], minLength: 2}", ["string", "integer"]),
        ("{type: [string, number], enum: [a, 1]}", ["string a", "number 1"]),
        ("{enum: [a, null, b]}", "string a,b?"),
        ("{enum: [1, 2]}", "integer 1,2"),
        ("{enum: [1, a]}", "any 1,a"),
        ("{const: a}", "string a"),
        ("{type: string, format: uuid}", "string:uuid"),
        ("{properties: {a: {type: string}}}", {"a": "string"}),
        ("{items: {type: string}}", {"items": "string"}),
        ("{required: [a]}", {"a": "any"}),
        ("true", "any"),
        (
            "{allOf: [{~Base}, {type: object, properties: {name: {type: string}}}]}",
            {"name": "string", "id": "integer", "size": "Size"},
        ),
        (
            "{allOf: [{~Base}], properties: {name: {type: string}}, required: [name]}",
            {"id": "integer", "size": "Size", "name": "string"},
        ),
        (
            "{~Base, properties: {name: {type: string}}}",
            {"id": "integer", "size": "Size", "name": "string"},
        ),
        (
            "{properties: {a: {}}, oneOf: [{properties: {b: {}}}, {required: [c]}]}",
            [{"b": "any", "a": "any"}, {"a": "any", "c": "any"}],
        ),
        (
            "{properties: {a: {}, b: {}}, anyOf: [{required: [a]}, {required: [b]}]}",
            {"a": "any", "b": "any"},
        ),
        (
            "{allOf: [{properties: {a: {type: number}}}, {properties: {a: {type: integer}}}]}",
            {"a": "integer"},
        ),
    ],
)
def test_a_schema_has_one_form_however_it_is_written(
    schema: str, expected: Json
) -> None:
    assert shape(read_body(written(schema))[1]) == expected


@pytest.mark.parametrize(
    ("schema", "limits"),
    [
        (
            "{allOf: [{type: string, minLength: 2, maxLength: 5}, {minLength: 3, maxLength: 9}]}",
            {"minLength": 3, "maxLength": 5},
        ),
        ("{allOf: [{minimum: 1}, {minimum: 2, maximum: 3}, {maximum: 4}]}", {"minimum": 2, "maximum": 3}),
        ("{allOf: [{pattern: ^x}, {maxLength: 4}]}", {"pattern": "^x", "maxLength": 4}),
        ("{minimum: 1, exclusiveMinimum: true}", {"exclusiveMinimum": 1}),
        ("{minLength: 0, uniqueItems: false, not: false, propertyNames: true}", {}),
    ],
)  # fmt: skip
def test_the_limits_of_all_parts_hold_and_of_two_the_tighter(
    schema: str, limits: Json
) -> None:
    assert read_body(parse(schema))[1].limits == limits
    field = {"properties": {"a": parse(schema)}}
    twice = {"allOf": [field, {"properties": {"a": {}}}]}
    assert field_of(read_body(twice)[1], "a").limits == limits


def test_recursion_is_kept_by_reference() -> None:
    contract, _body = read_body(written("{~Node}"))
    children = field_of(contract.types["Node"], "children")
    assert shape(children) == {"items": "Node"}
    for more in ({}, {"required": ["next"]}):
        held = {"allOf": [{"$ref": HERE}], **more}
        field = field_of(read_body({"properties": {"next": held}})[1], "next")
        if not isinstance(field, Reference):
            field = field_of(field, "next")
        assert isinstance(field, Reference)


def test_a_discriminator_names_the_variants_by_mapping_or_by_component() -> None:
    variants = "oneOf: [{~Cat}, {~Dog}]"
    schema = written(f"{{{variants}, discriminator: {{propertyName: kind}}}}")
    schema["discriminator"]["mapping"] = {"feline": "#/components/schemas/Cat"}
    contract, body = read_body(schema)
    assert isinstance(body, Union)
    assert body.discriminator is not None
    assert body.discriminator.variants == {"feline": 0, "Dog": 1}
    check = validator(contract, body)
    assert check.is_valid({"kind": "Dog", "lives": "many"})
    assert not check.is_valid({"kind": "feline", "lives": "many"})


def test_a_variant_that_a_discriminator_leaves_out_may_have_any_of_its_values() -> None:
    variants = "oneOf: [{~Cat}, {type: object, required: [wings]}]"
    schema = written(f"{{{variants}, discriminator: {{propertyName: kind}}}}")
    contract, body = read_body(schema)
    check = validator(contract, body)
    assert check.is_valid({"kind": "Cat", "lives": "many", "wings": 2})
    assert not check.is_valid({"kind": "Cat", "lives": "many"})


def test_a_base_type_whose_variants_extend_it_is_their_union() -> None:
    schemas = written("""
Base:
  type: object
  required: [kind]
  properties: {kind: {type: string}}
  oneOf: [{~Cat}, {~Dog}]
  discriminator: {propertyName: kind}
Cat: {allOf: [{~Base}, {properties: {lives: {type: integer}}}]}
Dog: {allOf: [{~Base}, {properties: {good: {type: boolean}}}]}
""")
    contract, body = read_body(BASE, schemas=schemas)
    assert shape(contract.types["Base"]) == ["Cat", "Dog"]
    assert shape(contract.types["Cat"]) == {"kind": "string", "lives": "integer"}
    assert "anyOf" not in str(contract.types["Cat"].rule)
    check = validator(contract, body)
    assert check.is_valid({"kind": "Cat", "lives": 9})
    assert not check.is_valid({"lives": 9})


SHAPES = """
Figure:
  type: object
  required: [form]
  properties: {form: {type: string}, label: {type: string}}
  discriminator: {propertyName: form, mapping: {ring: Disc}}
Disc: {allOf: [{~Figure}, {type: object, required: [width], properties: {width: {type: number}}}]}
Ball: {allOf: [{~Disc}, {properties: {weight: {type: number}}}]}
Stamp: {allOf: [{~Figure}, {properties: {form: {enum: [seal, print]}}}]}
"""


def test_a_base_type_with_a_discriminator_is_the_union_of_what_extends_it() -> None:
    contract, body = read_body(
        {"$ref": "#/components/schemas/Figure"}, schemas=written(SHAPES)
    )
    union = contract.types["Figure"]
    assert isinstance(union, Union)
    assert shape(union) == ["Disc", "Stamp", "Ball", "Figure (alone)"]
    assert union.discriminator is not None
    assert union.discriminator.otherwise == 3
    assert union.discriminator.variants == {
        "ring": 0,
        "seal": 1,
        "print": 1,
        "Ball": 2,
        "Figure": 3,
    }
    assert contract.names.class_of(contract.types["Figure (alone)"]) == "Figure"
    check = validator(contract, body)
    assert check.is_valid({"form": "ring", "width": 2})
    assert check.is_valid({"form": "never heard of"})
    assert not check.is_valid({"form": "ring"})
    assert not check.is_valid({"form": "Ball", "weight": 1})
    assert not check.is_valid({"label": "no form"})


def test_variants_say_themselves_which_values_name_them() -> None:
    schemas = written("""
Bus: {properties: {mode: {const: bus}, line: {type: integer}}}
Tram: {allOf: [{properties: {mode: {enum: [tram, light rail]}}}]}
Ferry: {properties: {mode: {type: string}}}
""")
    union = "{oneOf: [{~Bus}, {~Tram}, {~Ferry}], discriminator: {propertyName: mode}}"
    body = read_body(written(union), schemas=schemas)[1]
    assert isinstance(body, Union)
    assert body.discriminator is not None
    named = {"bus": 0, "tram": 1, "light rail": 1, "Ferry": 2}
    assert body.discriminator.variants == named
    assert not body.discriminator.is_stated


def test_a_type_that_extends_the_only_member_of_its_union_is_finite() -> None:
    schemas = written("""
Node: {properties: {id: {type: string}}, oneOf: [{~Leaf}]}
Leaf: {allOf: [{~Node}, {properties: {size: {type: integer}}}]}
""")
    contract = read_body({"$ref": "#/components/schemas/Leaf"}, schemas=schemas)[0]
    assert not contract.left_out
    assert shape(contract.types["Leaf"]) == {"id": "string", "size": "integer"}
    assert shape(contract.types["Node"]) == ["Leaf"]


def test_only_types_that_operations_reach_are_in_the_contract() -> None:
    contract = read_body(BASE)[0]
    assert {*contract.types} == {"Base", "Size"}
    assert not without(contract, dict.fromkeys(contract.operations, "odd")).types


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ("{minLenght: 2}", "unknown keyword 'minLenght'; did you mean 'minLength'?"),
        ("{type: text}", "type: 'text' has no meaning here"),
        ("{properties: {a: {required: true}}}", "required: True has no meaning here"),
        ("{discriminator: kind}", "discriminator: 'kind' has no meaning here"),
        ("{items: {allOf: [1, {}]}}", "a schema must be a mapping, not 1"),
        ("{allOf: [{type: string}, {type: object}]}", "no value can satisfy all parts"),
    ],
)
def test_what_was_not_understood_is_a_warning_with_its_place(
    schema: str, told: str
) -> None:
    (warning,) = read_body(parse(schema))[0].warnings
    assert told in warning
    assert warning.startswith(HERE)


def test_numbers_and_booleans_in_the_enum_of_a_string_are_its_text() -> None:
    contract, body = read_body(parse("{type: string, enum: [4.1, true, 3_lite, null]}"))
    assert isinstance(body, Enum)
    assert body.values == ("4.1", "true", "3_lite")
    assert "quote them" in contract.warnings[0]


@pytest.mark.parametrize(
    ("pattern", "limits", "note"),
    [
        ("/^[0-9]{6}$/", {"pattern": "^[0-9]{6}$"}, "read without them"),
        ("/^a$/u", {"pattern": "^a$"}, "read without them"),
        ("/^a$/i", {}, "not enforced"),
        ("/a/", {"pattern": "/a/"}, None),
        ("^/a$", {"pattern": "^/a$"}, None),
        ("/^cost \\$/", {"pattern": "/^cost \\$/"}, None),
    ],
)
def test_a_pattern_that_is_a_literal_of_javascript_is_read_without_its_slashes(
    pattern: str, limits: Json, note: str | None
) -> None:
    contract, body = read_body({"type": "string", "pattern": pattern})
    assert body.limits == limits
    if note is None:
        assert contract.warnings == ()
    else:
        (warning,) = contract.warnings
        assert warning.startswith(HERE)
        assert note in warning


def test_a_number_in_the_const_of_a_string_is_its_text() -> None:
    contract, body = read_body(parse("{type: string, const: 4.1}"))
    assert isinstance(body, Enum)
    assert body.values == ("4.1",)
    assert "quote it" in contract.warnings[0]


@pytest.mark.parametrize(
    "schema",
    [
        "{enum: [1.0, 2]}",
        "{type: integer, enum: [1.0, 2.0]}",
        "{enum: [1.0, 2.0, 3.0], allOf: [{enum: [1, 2]}]}",
    ],
)
def test_numbers_that_are_whole_are_integers_in_either_notation(schema: str) -> None:
    body = read_body(parse(schema))[1]
    assert isinstance(body, Enum)
    assert body.type == "integer"
    assert [*map(repr, body.values)] == ["1", "2"]


INSTANCES = [
    None, True, 0, 1, 5, 1.5, "", "a", "small", "xa", [], ["a"], [1, "a"], {}, {"id": 1}, {"id": "1"},
    {"id": 1, "size": "small"}, {"id": 1, "size": None}, {"a": "x", "b": "y"}, {"b": "y"}, {"c": 1},
    {"kind": "Cat", "lives": 9}, {"kind": "Dog", "good": True}, {"id": 1, "name": "n"}, {"name": "n"},
]  # fmt: skip
OLD_SCHEMAS = [
    "{type: string, nullable: true}",
    "{type: string, enum: [a, xa], minLength: 2}",
    "{type: number, minimum: 1, exclusiveMinimum: true}",
    "{type: number, maximum: 5, exclusiveMaximum: false}",
    "{allOf: [{~Base}], properties: {name: {type: string}}, required: [name]}",
    "{allOf: [{~Base}, {properties: {size: {minLength: 6}}}]}",
    "{anyOf: [{required: [a]}, {required: [b]}], properties: {a: {type: string}}}",
    "{additionalProperties: false, properties: {a: {type: string}, b: {type: string}}}",
    "{type: object, additionalProperties: {type: string}, minProperties: 1}",
    "{not: {type: string}}",
    "{items: {oneOf: [{type: string}, {type: integer}]}, uniqueItems: true}",
]
NEW_SCHEMAS = [
    "{type: [string, integer, 'null'], minLength: 1}",
    "{const: {id: 1}}",
    "{type: number, exclusiveMinimum: 1}",
    "{~Base, required: [size]}",
    "{type: array, prefixItems: [{type: integer}], items: {type: string}}",
    "{if: {required: [id]}, then: {~Base}, else: {required: [kind]}}",
    "{dependentRequired: {id: [size]}}",
    "{patternProperties: {^i: {type: integer}}, propertyNames: {maxLength: 4}}",
    "{allOf: [{~Base}], unevaluatedProperties: false}",
    "{contains: {const: 1}}",
    "{dependentSchemas: {b: {required: [a]}}}",
    "false",
]


@pytest.mark.parametrize(
    ("text", "version"),
    [*((s, "3.0.3") for s in OLD_SCHEMAS), *((s, "3.1.0") for s in NEW_SCHEMAS)],
)
def test_what_validates_accepts_what_the_schema_accepts(
    text: str, version: str
) -> None:
    schema = written(text)
    ours = validator(*read_body(schema, version))
    kind = OAS30Validator if version == "3.0.3" else OAS31Validator
    theirs = kind({"allOf": [schema], "components": {"schemas": SHARED}})
    for instance in INSTANCES:
        assert ours.is_valid(instance) == theirs.is_valid(instance), instance


def test_openapi_3_0_ignores_what_stands_beside_a_reference() -> None:
    contract, body = read_body(written("{~Base, required: [size]}"), "3.0.3")
    assert (shape(body), body.rule) == ("Base", {"$ref": "#/$defs/Base"})
    assert "keywords beside $ref" in contract.warnings[0]


@pytest.mark.parametrize(
    ("text", "allows_null"),
    [
        ("{nullable: true, allOf: [{~Base}]}", True),
        ("{type: object, nullable: true, allOf: [{~Base}]}", True),
        ("{type: object, nullable: true, oneOf: [{~Cat}, {~Dog}]}", True),
        ("{type: string, nullable: true, enum: [a]}", True),
        ("{allOf: [{~Base}, {nullable: true}]}", True),
        ("{allOf: [{~Base}, {properties: {b: {}}}, {nullable: true}]}", True),
        ("{allOf: [{~Base}, {type: object, nullable: true}]}", False),
        ("{allOf: [{type: object, nullable: true}, {type: object}]}", False),
    ],
)
def test_nullable_of_openapi_3_0_allows_null_in_types_and_in_checks(
    text: str, allows_null: bool
) -> None:
    contract, body = read_body(written(text), "3.0.3")
    assert body.nullable == allows_null
    assert validator(contract, body).is_valid(None) == allows_null


@pytest.mark.parametrize(
    "other", ["{type: object}", "{type: object, properties: {b: {}}}"]
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_field_of_two_declarations_is_null_only_if_both_allow_it(
    other: str, is_first: bool
) -> None:
    fields = [parse("{type: object, nullable: true}"), parse(other)]
    members = [{"properties": {"a": field}} for field in fields]
    if not is_first:
        members.reverse()
    contract, body = read_body({"allOf": members}, "3.0.3")
    assert not field_of(body, "a").nullable
    assert not validator(contract, body).is_valid({"a": None})


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("{~Base, nullable: true}", "3.0.3"),
        ("{type: object, nullable: true, allOf: [{~Base}]}", "3.0.3"),
        ("{type: object, nullable: true, allOf: [{~Base}]}", "3.1.0"),
        ("{anyOf: [{~Base}, {type: 'null'}]}", "3.1.0"),
    ],
)
def test_a_fault_inside_a_value_that_may_be_null_has_its_own_path(
    text: str, version: str
) -> None:
    check = validator(*read_body(written(text), version))
    (fault,) = check.iter_errors({"id": "1"})
    assert fault.instance_path == ["id"]
    assert check.is_valid(None)


def test_a_value_that_fits_several_variants_is_accepted() -> None:
    formats = [{"type": "string", "format": "uri"}, TEXT]
    check = validator(*read_body({"oneOf": formats}))
    assert check.is_valid("https://example.com")
    assert not check.is_valid(1)


def test_parameters_of_path_and_operation_are_merged_and_ordered_by_the_path() -> None:
    declared = [{"in": "query", "name": "id"}, {"in": "path", "name": "unused"}]
    contract, operation = read_operation({"parameters": declared})
    named = [
        (p.where, p.name, contract.argument(operation, p), p.required)
        for p in operation.parameters
    ]
    path, query = ("path", "id", "id_path", True), ("query", "id", "id_query", False)
    assert named == [path, query]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ("security: [{no: []}]", "the security scheme 'no' is not declared"),
        ("parameters: [{in: body, name: b}]", "'b' is in 'body', which is not a place"),
        ("parameters: [{name: b}]", "the parameter 'b' has no `in`"),
        ("parameters: [{in: query}]", "must have a `name` that is text, not None"),
        ("responses: {200: {$ref: '#/x'}}", "the reference '#/x' points to nothing"),
        ("parameters: [{in: query, name: q, schema: {items: {~Base}}}]", "nested in"),
        ("parameters: [{in: query, name: q}, {in: query, name: q}]", "declared twice"),
        (
            "parameters: [{in: [], name: q}]",
            "#/paths/~1other/get/parameters/0: the parameter 'q' is in [], which is not a place",
        ),
        (
            "responses: {200: []}",
            "#/paths/~1other/get/responses/200: '200' must be a mapping, not a list",
        ),
        ("requestBody: {content: {x/y: {schema: {$ref: '#/openapi'}}}}", "no schema"),
        (
            "requestBody: {content: {x/y: {schema: {$ref: '#'}}}}",
            "'#' refers to no schema",
        ),
        (
            "parameters: {q: {in: query}}",
            "#/paths/~1other/get/parameters: 'parameters' must be a list",
        ),
        (
            "security: {key: []}",
            "#/paths/~1other/get/security: 'security' must be a list, not a mapping",
        ),
        (
            "security: [[key]]",
            "#/paths/~1other/get/security/0: entry 0 of 'security' must be a mapping",
        ),
        (
            "servers: [{url: /, variables: [a]}]",
            "#/paths/~1other/get/servers/0/variables: 'variables' must be a mapping",
        ),
        (
            "servers: [{url: /, variables: {a: [b]}}]",
            "#/paths/~1other/get/servers/0/variables/a: 'a' must be a mapping",
        ),
        (
            "parameters: [{in: query, name: q, content: [a]}]",
            "#/paths/~1other/get/parameters/0/content: 'content' must be a mapping",
        ),
        (
            "responses: {200: {headers: [a]}}",
            "#/paths/~1other/get/responses/200/headers: 'headers' must be a mapping",
        ),
    ],
)
def test_an_operation_that_cannot_be_generated_is_left_out_with_its_reason(
    changes: str, reason: str
) -> None:
    whole = document(TEXT)
    whole["paths"]["/other"] = {"get": {"responses": {}, **written(changes)}}
    contract = read(whole)
    assert list(contract.operations) == ["POST /things"]
    assert reason in contract.left_out["GET /other"].reason


def test_a_scheme_that_the_whole_document_requires_is_missed_where_it_is_required() -> (
    None
):
    whole = {**document(TEXT), "security": [{"no": []}]}
    reason = read(whole).left_out["POST /things"].reason
    assert reason.startswith("#/security: the security scheme 'no' is not declared")


@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        ("{in: header}", "must have a `name` that is text, not None"),
        ("{in: header, name: 5}", "must have a `name` that is text, not 5"),
        ('{in: header, name: "a\\r\\nb"}', "the invisible character U+000D"),
        ("{in: header, name: a b}", "'a b' is not a valid header"),
        ("{name: X-Key}", "is in None, which is not a place for an API key"),
        ("{in: body, name: X-Key}", "correct its `in` (header, query, cookie)"),
    ],
)
def test_an_api_key_that_cannot_be_sent_satisfies_no_requirement(
    scheme: str, reason: str
) -> None:
    whole = document(TEXT)
    keys = {"key": {"type": "apiKey", **parse(scheme)}}
    whole["components"]["securitySchemes"] = keys
    keyed: Json = {"security": [{"key": []}], "responses": {}}
    either: Json = {"security": [{"key": []}, {}], "responses": {}}
    whole["paths"] |= {"/keyed": {"get": keyed}, "/either": {"get": either}}
    contract = read(whole)
    assert reason in contract.left_out["GET /keyed"].reason
    assert "GET /either" in contract.operations
    assert contract.schemes == {}


@pytest.mark.parametrize(
    "essence",
    [
        JSON_TYPE,
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    ],
)
def test_a_body_whose_content_type_cannot_be_a_header_is_left_out(essence: str) -> None:
    whole = document(TEXT)
    content = {f"{essence}; a=b\r\nX-Other: c": {"schema": BASE}}
    body = {"content": content}
    whole["paths"]["/other"] = {"post": {"requestBody": body, "responses": {}}}
    reason = read(whole).left_out["POST /other"].reason
    assert "has the invisible character U+000D" in reason


@pytest.mark.parametrize(
    "path", ["/a/../b", "/a/..?b=c", "/{a}/{a}", "/{}", "/}a", "a"]
)
def test_a_path_that_cannot_be_called_as_written_is_left_out(path: str) -> None:
    whole = document(TEXT) | {"paths": {path: {"get": {"responses": {}}}}}
    assert list(read(whole).left_out) == [f"GET {path}"]


@pytest.mark.parametrize("order", [1, -1])
def test_plain_json_is_sent_whatever_stands_first(order: int) -> None:
    types = ("application/merge-patch+json", JSON_TYPE, "text/json")[::order]
    content = {content_type: {"schema": BASE} for content_type in types}
    _, operation = read_operation({"requestBody": {"content": content}})
    sent = [call.media and call.media.content_type for call in operation.calls]
    assert sent == [JSON_TYPE]


def test_json_is_the_first_body_and_another_that_differs_has_a_call_of_its_own() -> (
    None
):
    file = {"properties": {"file": {"type": "string", "format": "binary"}}}
    content = {
        "multipart/form-data": {"schema": file},
        "application/x-www-form-urlencoded": {"schema": BASE},
        "no content type": {"schema": TEXT},
        "application/json": {"schema": BASE},
    }
    body = {"content": content}
    contract, operation = read_operation({"operationId": "send", "requestBody": body})
    calls = [
        (contract.function(operation, call), call.media and call.media.kind)
        for call in operation.calls
    ]
    assert calls == [("send", "json"), ("send_multipart", "multipart")]


FILE = {"properties": {"file": {"type": "string", "format": "binary"}}}
FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data"


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("other", "sent"),
    [
        (JSON_TYPE, [("send", "json"), ("send_multipart", "multipart")]),
        (FORM_TYPE, [("send", "multipart")]),
    ],
)
def test_files_are_sent_as_multipart_whatever_else_has_the_same_schema(
    order: int, other: str, sent: list[tuple[str, str]]
) -> None:
    content = {name: {"schema": FILE} for name in (other, MULTIPART_TYPE)[::order]}
    body = {"content": content}
    contract, operation = read_operation({"operationId": "send", "requestBody": body})
    calls = [
        (contract.function(operation, call), call.media and call.media.kind)
        for call in operation.calls
    ]
    assert calls == sent


def test_names_that_clash_are_told_apart() -> None:
    names = ("FooBar", "FOOBar", "Any", "File", "名前")
    schemas = {name: {"properties": {"x": TEXT}} for name in names}
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    fields: Json = {"all": {"type": "array", "prefixItems": refs}}
    fields |= dict.fromkeys(("from_dict", "fooBar", "foo_bar", "class"), TEXT)
    contract, body = read_body({"properties": fields}, schemas=schemas)
    classes = {
        key: contract.names.classes[schema.pointer]
        for key, schema in contract.types.items()
    }
    assert classes == {
        "FooBar": ClassName("FooBar2", "foo_bar_2"),
        "FOOBar": ClassName("FOOBar", "foo_bar"),
        "Any": ClassName("Any2", "any_2"),
        "File": ClassName("File2", "file_2"),
        "名前": ClassName("名前", "名前_class"),
    }
    python = contract.names.fields[body.pointer]
    assert (python["foo_bar"], python["fooBar"]) == ("foo_bar", "foo_bar_2")
    assert (python["from_dict"], python["class"]) == ("from_dict_2", "class_")


def _reversed(data: Json) -> Json:
    """Data whose mappings have their keys the other way round."""
    if isinstance(data, dict):
        return {key: _reversed(data[key]) for key in reversed(data)}
    if isinstance(data, list):
        return [_reversed(item) for item in data]
    return data


def test_names_that_clash_do_not_depend_on_the_order_of_keys() -> None:
    thing = {"properties": {"aB": TEXT, "AB": TEXT, "a_b": TEXT}}
    body = {kind: {"schema": thing} for kind in ("multipart/form-data", JSON_TYPE)}
    answer = {kind: {"schema": thing} for kind in ("text/event-stream", JSON_TYPE)}
    operation = {
        "requestBody": {"content": body},
        "responses": {"200": {"description": "", "content": answer}},
    }
    paths = {
        "/a": {"put": {**operation, "operationId": "sendIt", "tags": ["My Tag"]}},
        "/b": {"put": {**operation, "operationId": "send_it", "tags": ["My Tag"]}},
        "/c": {"put": {**operation, "operationId": "other", "tags": ["my_tag"]}},
        "/d": {"get": {"responses": {"200": {"$ref": "#/components/responses/D"}}}},
    }
    schemas = {"place_b": thing, "PlaceB": thing}
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    content = {JSON_TYPE: {"schema": {"type": "array", "items": {"oneOf": refs}}}}
    whole = document(None)
    whole["paths"] = paths
    responses = {"D": {"description": "", "content": content}}
    whole["components"] = {"schemas": schemas, "responses": responses}
    names = read(whole).names
    assert names == read(_reversed(whole)).names
    place: model.Pointer = ("components", "schemas", "PlaceB")
    assert names.classes[place].name == "PlaceB"
    at = ("paths", "/a", "put", "requestBody", "content", JSON_TYPE, "schema")
    assert names.classes[at].name == "SendIt2Body"  # send_it is written as in Python


@pytest.mark.parametrize("place", [(), ("components",), ("paths", "/things")])
def test_a_reference_may_lead_to_an_extension(place: tuple[str, ...]) -> None:
    whole = document({"$ref": model.at((*place, "x-extra"))})
    for held in (whole, whole["components"], whole["paths"]["/things"]):
        held["x-extra"] = {"properties": {"x": TEXT}}
    contract = read(whole)
    (made,) = contract.types.values()
    assert contract.names.class_of(made) in ("XExtra", "PostThingsBody")


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (None, "not an OpenAPI document: no 'openapi' at the top"),
        ([], "not an OpenAPI document"),
        ({"swagger": "2.0"}, "this is Swagger 2.0; convert it to OpenAPI 3"),
        ({"openapi": "4.0.0"}, "OpenAPI 4.0.0, not 3.0, 3.1 or 3.2"),
        ({"openapi": 3}, "OpenAPI 3, not 3.0"),
        ({"openapi": 3.1}, "write the version in quotes: openapi: '3.1.0'"),
    ],
)
def test_what_is_not_openapi_is_refused_for_what_it_is(raw: Json, named: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(named)):
        read(raw)


NEWEST = parse("""
openapi: 3.2.0
info: {title: Things, version: '1'}
paths:
  /things:
    query:
      operationId: search
      requestBody: {content: {application/json: {schema: {type: object, properties: {text: {type: string}}}}}}
      responses: {'200': {content: {application/jsonl: {itemSchema: {type: object, properties: {id: {type: integer}}}}}}}
    additionalOperations:
      COPY: {operationId: copy, responses: {'204': {}}}
      Move: {operationId: move, responses: {'204': {}}}
""")


def test_openapi_3_2_has_more_methods_and_schemas_of_items() -> None:
    contract = read(NEWEST)
    methods = {key: o.method for key, o in contract.operations.items()}
    assert methods == {"QUERY /things": "query", "COPY /things": "copy"}
    assert (
        "'Move' is not in capital letters" in contract.left_out["Move /things"].reason
    )
    (media,) = contract.operations["QUERY /things"].responses["200"].media
    assert media.schema is None
    assert media.item_schema is not None
    assert shape(media.item_schema) == {"id": "integer"}
    name = contract.names.class_of(media.item_schema)
    assert name == "SearchResponse200Item"
    again = lock.text(contract, "1.0.0")
    assert "additionalOperations" in again
    assert "item_schema" in again


@pytest.mark.parametrize(
    ("name", "ref"), [("A B", "A%20B"), ("A%20B", "A%20B"), ("/a", "%2Fa")]
)
def test_a_reference_names_its_component_by_the_letter_or_percent_encoded(
    name: str, ref: str
) -> None:
    schema = {"$ref": f"#/components/schemas/{ref}"}
    assert [*read_body(schema, schemas={name: TEXT})[0].types] == [name]


@pytest.mark.parametrize(
    "keyword",
    ["items: {allOf: [{~Tree}]}", "additionalProperties: {~Tree}", "not: {~Tree}"],
)
def test_a_union_that_refers_to_itself_may_hold_itself(keyword: str) -> None:
    whole = document(TEXT)
    schemas = whole["components"]["schemas"]
    schemas["Alias"] = written("{~Tree}")
    schemas["Tree"] = written(f"{{oneOf: [{{type: string}}, {{~Alias}}], {keyword}}}")
    whole["paths"]["/trees"] = written(
        "get: {responses: {200: {content: {a/json: {schema: {~Alias}}}}}}"
    )
    contract = read(whole)
    assert contract.left_out == {}
    assert "GET /trees" in contract.operations


def test_a_path_that_refers_to_another_path_has_its_operations_and_callbacks() -> None:
    whole = document(TEXT)
    callback: dict[str, object] = {"{$request.body#/url}": {"post": {"responses": {}}}}
    whole["paths"]["/things"]["post"]["callbacks"] = {"done": callback}
    whole["paths"]["/also"] = {"$ref": "#/paths/~1things"}
    contract = read(whole)
    assert list(contract.operations) == ["POST /things", "POST /also"]
    assert contract.incoming is not None
    assert list(contract.incoming.operations) == [
        "callback done of POST /things",
        "callback done of POST /also",
    ]
