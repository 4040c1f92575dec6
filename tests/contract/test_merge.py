"""Several pages become one document, or stop with the first difference; what stands there keeps its lines."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import document as oas
from scripts.document import Json, Source
from scripts.errors import DocumentError
from scripts.merge import Merged, difference, keys, merge, without_prose
from scripts.rewrite import rewrite
from tests.conftest import PAGE

PATCH = "PATCH /models/modify-model"


def source(name: str, document: Json) -> Source:
    return Source(name, oas.to_yaml(document), 1, None, document)


def from_page(name: str) -> Source:
    (found,) = oas.sources(PAGE.with_name(f"{name}.md"))
    return found


@pytest.fixture
def vendor() -> Source:
    return from_page("modify-model")


@pytest.fixture
def sibling(vendor: Source) -> Source:
    """A page of the vendor's with another operation and the very same components."""
    old, new = "/models/modify-model:\n    patch:", "/models/saved:\n    put:"
    text = vendor.text.replace(old, new).replace("modify_model", "save_model")
    return Source("saved.md", text, 1, None, oas.parse(text))


def changed(page: Source, change: Callable[[Json], object]) -> Source:
    document = copy.deepcopy(page.document)
    change(document)
    return source("changed.md", document)


def model(document: Json) -> Json:
    return document["components"]["schemas"]["GetModelResponseObject"]


def test_a_page_with_the_same_components_adds_its_path_and_nothing_else(
    vendor: Source, sibling: Source
) -> None:
    merged = merge([sibling], vendor)
    assert [*keys(merged.document)] == [PATCH, "PUT /models/saved"]
    assert merged.notes == []
    path = vendor.text.index("  /models/modify-model:")
    rest = vendor.text.index("components:\n")
    added = vendor.text[path:rest].replace("/models/modify-model", "/models/saved")
    added = added.replace("patch:", "put:").replace("modify_model", "save_model")
    assert merged.text == vendor.text[:rest] + added + vendor.text[rest:]


def test_another_method_joins_its_path(vendor: Source) -> None:
    answer = {"responses": {"204": {"description": "gone"}}}
    page = changed(vendor, lambda d: d.update(paths={"/models/modify-model": {"delete": answer}}))  # fmt: skip
    merged = merge([page], vendor)
    assert [*merged.document["paths"]["/models/modify-model"]] == ["patch", "delete"]
    lines = merged.text.split("components:\n")[0].splitlines()
    assert lines[-4:] == [
        "    delete:",
        "      responses:",
        "        '204':",
        "          description: gone",
    ]


def test_tags_are_united_by_name(vendor: Source, sibling: Source) -> None:
    page = changed(sibling, lambda d: d.update(tags=[{"name": "New"}, {"name": "Endpoints"}]))  # fmt: skip
    merged = merge([page], vendor)
    names = [tag["name"] for tag in merged.document["tags"]]
    assert names == [tag["name"] for tag in vendor.document["tags"]] + ["New"]
    assert oas.parse(merged.text) == merged.document


def test_a_shared_component_that_changes_is_noted_with_who_else_uses_it(
    vendor: Source, sibling: Source
) -> None:
    page = changed(sibling, lambda d: model(d)["properties"]["model_id"].update(type="string"))  # fmt: skip
    (note,) = merge([page], vendor).notes
    assert note == (
        f"changed.md changes #/components/schemas/GetModelResponseObject, which {PATCH} uses:"
        ' #/properties/model_id/type is "integer" and "string"'
    )


def test_new_wording_is_taken_and_called_wording(
    vendor: Source, sibling: Source
) -> None:
    page = changed(sibling, lambda d: model(d).update(description="in other words"))
    merged = merge([page], vendor)
    assert model(merged.document)["description"] == "in other words"
    assert merged.notes[0].endswith("uses: only its wording")


def test_parameters_of_a_path_are_shared_by_its_operations(vendor: Source) -> None:
    path = "/models/modify-model"
    get = {"responses": {"200": {"description": "d"}}}
    query = [{"in": "query", "name": "q", "schema": {"type": "string"}}]
    item = {path: {"parameters": query, "get": get}}
    page = changed(vendor, lambda d: d.update(paths=item))
    first = changed(vendor, lambda d: d["paths"][path].update(parameters=[]))
    (note,) = merge([page], first).notes
    assert f"~1models~1modify-model/parameters, which {PATCH} uses" in note


def test_another_version_or_description_of_the_api_is_noted(
    vendor: Source, sibling: Source
) -> None:
    info = {"version": "2.1.0", "description": "New", "title": "Enkrypt AI APIs"}
    page = changed(sibling, lambda d: d.update(info=info))
    merged = merge([page], vendor)
    assert merged.document["info"] == info
    assert merged.notes == [
        'info.version was "2.0.0"; changed.md has "2.1.0"',
        'info.description was absent; changed.md has "New"',
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("servers", [{"url": "https://other.example"}]),
        ("security", []),
        ("openapi", "3.1.0"),
    ],
)
def test_what_holds_for_all_operations_changes_only_with_all_of_them(
    vendor: Source, sibling: Source, key: str, value: Json
) -> None:
    other = changed(sibling, lambda d: d.update({key: value}))
    for pages, current in (([other], vendor), ([vendor, other], None)):
        with pytest.raises(DocumentError, match=rf"#/{key} differs .*--start-over"):
            merge(pages, current)
    whole = changed(vendor, lambda d: d.update({key: value}))
    assert merge([whole], vendor).document[key] == value


def test_pages_given_together_must_mean_the_same(
    vendor: Source, sibling: Source
) -> None:
    other = changed(sibling, lambda d: model(d)["properties"].pop("model_id"))
    for pages, current in (([vendor, other], None), ([sibling, other], vendor)):
        with pytest.raises(DocumentError) as caught:
            merge(pages, current)
        assert "#/components/schemas/GetModelResponseObject" in str(caught.value)
        assert "#/properties/model_id is" in str(caught.value)
        assert "changed.md" in str(caught.value)


def test_components_go_with_the_last_operation_that_uses_them(vendor: Source) -> None:
    added = merge([from_page("list-models"), from_page("get-model")], vendor)
    merged = merge([], merged_source(added), ["GET /models/list-models"])
    assert "ListModelsResponseObject" not in merged.document["components"]["schemas"]
    assert "ModelSummary" in merged.document["components"]["schemas"]
    assert merged.notes == ["#/components/schemas/ListModelsResponseObject is no longer used and was removed"]  # fmt: skip


@pytest.mark.parametrize("style", ["flow", "json", "anchors", "crlf"])
def test_documents_of_any_style_are_united(vendor: Source, style: str) -> None:
    item = "{get: {responses: {'200': {description: d}}}}"
    text = {
        "flow": f'{{openapi: 3.0.0, info: {{title: T, version: "1"}}, paths: {{/z: {item}}}}}',
        "json": json.dumps(
            {"openapi": "3.0.0", "info": {}, "paths": {"/z": oas.parse(item)}}
        ),
        "anchors": f"openapi: 3.0.0\nx-one: &i {{a: 1}}\nx-two: *i\npaths:\n  /z: {item}\n",
        "crlf": f"openapi: 3.0.0\r\ninfo:\r\n  title: T\r\npaths:\r\n  /z: {item}\r\n",
    }[style]
    general = {key: vendor.document[key] for key in ("servers", "security")}
    document = oas.parse(text) | general
    if style in ("anchors", "crlf"):
        text += oas.to_yaml(general)
    else:
        text = f"{text[:-1]}, {json.dumps(general)[1:]}"
    assert oas.parse(text) == document
    merged = merge([vendor], Source("base.yaml", text, 1, None, document))
    assert oas.parse(merged.text) == merged.document
    assert [*keys(merged.document)] == ["GET /z", PATCH]
    kept = "*i" in merged.text or "\r\n" in merged.text
    assert kept == (style in ("anchors", "crlf"))


def merged_source(merged: Merged) -> Source:
    return Source("openapi.yaml", merged.text, 1, None, merged.document)


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
    old = oas.parse(TEXT)
    new = copy.deepcopy(old)
    del new["paths"]["/a"]
    new["paths"]["/b"]["get"]["text"] = "new"
    new["paths"]["/c"] = {"put": {"y": 2}}
    new["components"]["schemas"]["B"] = {"type": "string"}
    assert rewrite(TEXT, old, old) == TEXT
    assert rewrite(TEXT, old, new) == TEXT.replace(
        "  /a:\n    get: {x: 1}   # as it was spelled\n", ""
    ).replace(
        "      text: |\n        # no comment\n\n        end\n",
        "      text: new\n  /c:\n    put:\n      y: 2\n",
    ).replace(
        "    A: {type: object}\n", "    A: {type: object}\n    B:\n      type: string\n"
    )


def test_prose_is_left_out_where_it_is_prose() -> None:
    value = {
        "title": "T",
        "x-extra": 1,
        "properties": {"title": {"type": "string", "description": "d"}, "x-a": {}},
        "default": {"title": "kept"},
    }
    assert without_prose(value) == {
        "properties": {"title": {"type": "string"}, "x-a": {}},
        "default": {"title": "kept"},
    }
    assert difference({"a": {"b": 1}}, {"a": {"b": 1.0}}) == "#/a/b is 1 and 1.0"
    assert difference({"a": 1, "title": "x"}, {"a": 1}) == ""


def test_every_real_page_of_the_tests_is_united(vendor: Source, tmp_path: Path) -> None:
    names = ("list-items", "get-model", "list-models", "add-model", "delete-model")
    merged = merge([from_page(name) for name in names], vendor)
    assert len(keys(merged.document)) == 6
    assert not [line for line in vendor.text.split("\n") if line not in merged.text]
