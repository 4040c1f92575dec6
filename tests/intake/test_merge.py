"""Several pages become one document, or stop with the first difference; what stands there keeps its lines."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable

import pytest

from scripts.common.errors import DocumentError
from scripts.intake import document as oas
from scripts.intake.difference import difference
from scripts.intake.document import Json, Source, from_text, parse
from scripts.intake.merge import merge
from scripts.intake.parts import operation_keys as keys
from scripts.intake.rewrite import rewrite
from tests.conftest import PAGE

PATCH = "PATCH /models/modify-model"
PATH = "/models/modify-model"
ITEM = "{get: {responses: {'200': {description: d}}}}"


def from_page(name: str) -> Source:
    return oas.source(PAGE.with_name(f"{name}.md"))


VENDOR = from_page("modify-model")


def changed(page: Source, change: Callable[[Json], object]) -> Source:
    document = copy.deepcopy(page.document)
    change(document)
    return from_text(oas.to_yaml(document), "changed.md")


# A page of the vendor's with another operation and the very same components.
SIBLING = changed(
    VENDOR,
    lambda d: d.update(paths={"/saved": {"put": d["paths"][PATH]["patch"]}}),
)


def model(document: Json) -> Json:
    return document["components"]["schemas"]["GetModelResponseObject"]


def test_another_method_joins_its_path() -> None:
    page = changed(VENDOR, lambda d: d.update(paths={PATH: {"delete": {"a": 1}}}))
    merged = merge([page], VENDOR)
    assert merged.notes == []
    before, after = VENDOR.text.split("components:\n")
    added = "    delete:\n      a: 1\n"
    assert merged.source.text == f"{before}{added}components:\n{after}"


def test_tags_are_merged_by_name() -> None:
    tags = [{"name": "New"}, {"name": "Endpoints"}]
    document = merge([changed(SIBLING, lambda d: d.update(tags=tags))], VENDOR).source
    names = [tag["name"] for tag in document.document["tags"]]
    assert names == [tag["name"] for tag in VENDOR.document["tags"]] + ["New"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"required": ["data"]}, '#/required was absent and is ["data"]'),
        ({"description": "in other words"}, "only its wording"),
    ],
)
def test_a_shared_component_that_changes_is_noted_with_who_else_uses_it(
    change: Json, what: str
) -> None:
    merged = merge([changed(SIBLING, lambda d: model(d).update(change))], VENDOR)
    assert model(merged.source.document).items() >= change.items()
    place = "#/components/schemas/GetModelResponseObject"
    assert merged.notes == [f"changed.md changes {place}, which {PATCH} uses: {what}"]


QUERY = [{"in": "query", "name": "q"}]


def sharing(parameters: Json, *methods: str) -> Source:
    """A page with operations of one path, and what their path says for them."""
    item = {} if parameters is None else {"parameters": parameters}
    item |= {method: {} for method in methods}
    return changed(VENDOR, lambda d: d.update(paths={PATH: item}))


@pytest.mark.parametrize(
    ("before", "said", "noted"),
    [([], QUERY, 1), (None, QUERY, 1), (QUERY, None, 1), (None, [], 0), ([], None, 0)],
)
def test_a_page_has_the_last_word_on_the_parameters_of_its_path(
    before: Json, said: Json, noted: int
) -> None:
    first = sharing(before, "patch")
    merged = merge([sharing(said, "get")], first)
    assert (merged.source.document["paths"][PATH].get("parameters") or None) == (said or None)  # fmt: skip
    uses = f"~1models~1modify-model/parameters, which {PATCH} uses"
    assert [uses in note for note in merged.notes] == [True] * noted
    assert merge([sharing(said, "get", "patch")], first).notes == []


@pytest.mark.parametrize("first", [True, False])
def test_pages_given_together_must_share_the_same_for_a_path(first: bool) -> None:
    pages = [sharing(QUERY, "patch"), sharing(None, "get")]
    with pytest.raises(DocumentError, match="modify-model/parameters differs"):
        merge(pages if first else pages[::-1])


def test_another_version_or_description_of_the_api_is_noted() -> None:
    info = {"version": "2.1.0", "description": "New", "title": "Enkrypt AI APIs"}
    merged = merge([changed(SIBLING, lambda d: d.update(info=info))], VENDOR)
    assert merged.source.document["info"] == info
    assert merged.notes == [
        'info.version was "2.0.0"; changed.md has "2.1.0"',
        'info.description was absent; changed.md has "New"',
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("servers", [{"url": "https://other.example"}]),
        ("security", []),
        ("security", None),
        ("openapi", "3.1.0"),
    ],
)
def test_what_holds_for_all_operations_changes_only_with_all_of_them(
    key: str, value: Json
) -> None:
    def change(document: Json) -> None:
        document.pop(key)
        document |= {key: value} if value is not None else {}

    other, whole = changed(SIBLING, change), changed(VENDOR, change)
    for pages, current, advice in (
        ([other], VENDOR, "--start-over"),
        ([VENDOR, other], None, "give only pages of one API"),
        ([other, VENDOR], None, "give only pages of one API"),
    ):
        with pytest.raises(DocumentError, match=rf"#/{key} differs .*{advice}"):
            merge(pages, current)
    united = merge([whole, other], merge([SIBLING], VENDOR).source).source.document
    assert united.get(key, "absent") == ("absent" if value is None else value)


def test_pages_given_together_must_mean_the_same() -> None:
    other = changed(SIBLING, lambda d: model(d)["properties"].pop("model_id"))
    for pages, current in (([VENDOR, other], None), ([SIBLING, other], VENDOR)):
        with pytest.raises(DocumentError) as caught:
            merge(pages, current)
        assert "#/components/schemas/GetModelResponseObject" in str(caught.value)
        assert "#/properties/model_id is" in str(caught.value)
        assert "changed.md" in str(caught.value)
        assert "wait for the others, or take in the newer page" in str(caught.value)


def test_components_go_with_the_last_operation_that_uses_them() -> None:
    added = merge([from_page("list-models"), from_page("get-model")], VENDOR).source
    merged = merge([], added, ["GET /models/list-models"])
    assert "ModelSummary" in merged.source.document["components"]["schemas"]
    assert merged.notes == ["#/components/schemas/ListModelsResponseObject is no longer used and was removed"]  # fmt: skip


def test_what_a_path_says_for_all_its_operations_goes_with_the_last() -> None:
    item: Json = {"parameters": [], "get": {}}
    page = changed(VENDOR, lambda d: d["paths"].update({"/z": item}))
    assert merge([page], None, ["GET /z"]).source.document == VENDOR.document
    assert merge([], page, ["GET /z"]).source.document == VENDOR.document


GENERAL = oas.to_yaml({key: VENDOR.document[key] for key in ("servers", "security")})
FLOW = f"{{openapi: 3.0.0, info: {{title: T}}, paths: {{/z: {ITEM}}}, {json.dumps(parse(GENERAL))[1:]}"
BLOCK = f"openapi: 3.0.0\ninfo: {{}}\npaths:\n  x-order: 1\n  /z: {ITEM}\n{GENERAL}"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (FLOW, ""),
        (json.dumps(parse(FLOW)), ""),
        (f"{BLOCK}x-one: &i {{a: 1}}\nx-two: *i\n", "x-two: *i"),
        (BLOCK.replace("\n", "\r\n"), "x-order: 1\r\n"),
    ],
)
def test_documents_of_any_style_are_merged(text: str, kept: str) -> None:
    merged = merge([VENDOR], from_text(text)).source
    assert merged.document["security"] == VENDOR.document["security"]
    assert [*keys(merged.document)] == ["GET /z", PATCH]
    assert kept in merged.text


@pytest.mark.parametrize("style", [oas.to_yaml, json.dumps])
def test_an_extension_that_is_null_stays_null(style: Callable[[Json], str]) -> None:
    nulls = {"x-foo": None, "components": {"x-bar": None}}
    merged = merge([VENDOR], from_text(style(parse(FLOW) | nulls))).source.document
    assert merged.get("x-foo", 1) is merged["components"].get("x-bar", 1) is None


@pytest.mark.parametrize(("old", "new"), [(1, {"b": 2}), ({"b": 2}, None)])
def test_an_extension_may_become_any_data(old: Json, new: Json) -> None:
    first = changed(VENDOR, lambda d: d["components"].update({"x-a": old}))
    page = changed(SIBLING, lambda d: d["components"].update({"x-a": new}))
    assert merge([page], first).source.document["components"]["x-a"] == new


TEXT = """\
# The head stays.
paths:
  /a:
    get: {x: 1}   # as it was spelled

  # about b
  /b:
    get:
      text: |
        # no comment

        end
components:
  schemas:
    A: {type: object}
    # the end
x-more: 1
"""


def test_only_the_lines_of_what_differs_are_replaced() -> None:
    old = from_text(TEXT)
    new = copy.deepcopy(old.document)
    assert rewrite(old, new, {}) == TEXT
    del new["paths"]["/a"]
    new["paths"]["/b"]["get"]["text"] = "new"
    new["paths"]["/b"]["put"] = {}
    new["paths"]["/c"] = {"put": {"y": 2}}
    new["components"]["schemas"]["B"] = {"type": "string"}
    new["components"]["headers"] = {"H": {}}
    assert rewrite(old, new, {}) == TEXT.replace(
        "  /a:\n    get: {x: 1}   # as it was spelled\n", ""
    ).replace(
        "      text: |\n        # no comment\n\n        end\n",
        "      text: new\n    put: {}\n  /c:\n    put:\n      y: 2\n",
    ).replace(
        "    A: {type: object}\n    # the end\n",
        "    A: {type: object}\n    B:\n      type: string\n    # the end\n  headers:\n    H: {}\n",
    )


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ({"title": "T", "x-a": 1}, {"title": "U", "example": 2}, ""),
        ({"a": [{"description": "d"}]}, {"a": [{}]}, ""),
        ({"a": {"b": 1}}, {"a": {"b": 1.0}}, "#/a/b is 1 and 1.0"),
        ({"enum": [*"abcdefghijklmnopqrstuvwxy"]}, {"enum": [*"abcdefghijklmnopqrstuvwxz"]}, '#/enum loses "y" and gains "z"'),
        ({"enum": [1, 2, 3]}, {"enum": [3, 1]}, "#/enum loses 2"),
        ({"enum": [1, 2]}, {"enum": [2, 1]}, "#/enum has another order or number of items"),
        ({"allOf": [{"minimum": 1}, {"minimum": 2}]}, {"allOf": [{"minimum": 1}, {"minimum": 3}]}, "#/allOf/1/minimum is 2 and 3"),
        ({"allOf": [{"minimum": 1}]}, {"allOf": [{"minimum": 1}, {"maximum": 3}]}, '#/allOf gains {"maximum": 3}'),
        ({"pattern": "a" * 90 + "b"}, {"pattern": "a" * 90 + "c"}, f'#/pattern is ...{"a" * 20}b" and ...{"a" * 20}c"'),
        ({"properties": {"title": {}}}, {"properties": {}}, "#/properties/title is {} and absent"),
        ({"headers": {"x-a": {"b": 1}}}, {"headers": {"x-a": {}}}, "#/headers/x-a/b is 1 and absent"),
        ({"default": {"title": "T"}}, {"default": {}}, '#/default/title is "T" and absent'),
    ],
)  # fmt: skip
def test_parts_differ_in_what_they_mean_and_not_in_prose(
    one: Json, other: Json, found: str
) -> None:
    assert difference(one, other) == found


COPY = {"operationId": "copy", "responses": {"204": {"description": "copied"}}}
MOVE = {"operationId": "move", "responses": {"204": {"description": "moved"}}}


def with_additional(**operations: Json) -> Source:
    """The vendor's page with operations whose methods OpenAPI does not name."""

    def change(document: Json) -> None:
        document["openapi"] = "3.2.0"
        document["paths"][PATH]["additionalOperations"] = operations

    return changed(VENDOR, change)


def test_an_additional_operation_joins_those_of_its_path() -> None:
    current = with_additional(COPY=COPY)
    page = changed(with_additional(MOVE=MOVE), lambda d: d["paths"][PATH].pop("patch"))
    merged = merge([page], current)
    assert keys(merged.source.document).keys() == {
        *(PATCH, f"COPY {PATH}", f"MOVE {PATH}")
    }
    before, after = current.text.split("components:\n")
    assert merged.source.text.startswith(before)
    assert merged.source.text.endswith(f"components:\n{after}")
    assert merge([], merged.source, [f"COPY {PATH}"]).source.document["paths"][PATH][
        "additionalOperations"
    ] == {"MOVE": MOVE}


def test_pages_that_contradict_each_other_in_an_additional_operation_stop() -> None:
    with pytest.raises(DocumentError, match="additionalOperations/COPY differs in"):
        merge([with_additional(COPY=COPY), with_additional(COPY=MOVE)])


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_what_is_used_by_its_anchor_alone_stays(keyword: str) -> None:
    def change(document: Json) -> None:
        schemas = document["components"]["schemas"]
        schemas["Named"] = {"$anchor": "named", "type": "string"}
        schemas["Named"]["$dynamicAnchor"] = "named"
        schemas["User"] = {"properties": {"a": {keyword: "#named"}}}
        response = {"$ref": "#/components/schemas/User"}
        content = {"application/json": {"schema": response}}
        answer = {"description": "d", "content": content}
        document["paths"]["/saved"] = {
            "get": {"responses": {"200": answer}},
            "put": document["paths"][PATH]["patch"],
        }

    current = changed(VENDOR, change)
    merged = merge([], current, [PATCH]).source.document
    assert "Named" in merged["components"]["schemas"]
    merged = merge([], current, ["GET /saved"]).source.document
    assert "Named" not in merged["components"]["schemas"]
