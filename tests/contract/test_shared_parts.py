"""Parts that operations share: a change of one is said once, at the part, whoever uses it and in whichever direction."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import document as oas
from scripts import drift

DOCUMENT = oas.read(Path(__file__).parent.parent / "data" / "shared.yaml")

A, B = "/a/{id}", "/b"


def schemas(d: Any) -> Any:
    return d["components"]["schemas"]


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


def changed(edit: Callable[[Any], object]) -> Any:
    document = copy.deepcopy(DOCUMENT)
    edit(document)
    return document


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda d: page(d).update(required=True), [("query parameter page (Page)", "parameter made required", True)]),
        (lambda d: page(d)["schema"].update(maximum=5), [("query parameter page (Page)", "limit tightened", True)]),
        (lambda d: page(d)["schema"].update(maximum=50), [("query parameter page (Page)", "limit loosened", False)]),
        (lambda d: page(d).update(name="pg"),
         [("query parameter page (Page)", "parameter removed", True),
          ("query parameter pg (Page)", "optional parameter added", False)]),
        (lambda d: d["paths"][B].pop("parameters"), [("query parameter page of /b", "parameter removed", True)]),
        (lambda d: move(d["paths"], A, "/z/{id}"), [(A, "path changed", True)]),
        (rename_variable,
         [("path parameter id of /a/{id}", "parameter removed", True),
          ("path parameter key of /a/{key}", "required parameter added", True)]),
        (lambda d: refusal(d)["properties"]["code"].update(type="string"), [("response No.code", "type changed", True)]),
        (lambda d: refusal(d).update(required=["code"]), [("response No.code", "field made required", False)]),
        (lambda d: d["paths"][A]["put"]["responses"].pop("default"), [("response default of putA", "error response removed", False)]),
        (lambda d: d["paths"][B]["post"].update(responses={"200": {"description": "d"}}),
         [("response default of postB", "success status removed", True),
          ("response 200 of postB", "response added", False)]),
        (lambda d: d["components"]["requestBodies"]["Put"].pop("required"), [("request body Put", "body made optional", False)]),
        (lambda d: schemas(d)["Id"].update(maxLength=5), [("Id", "limit tightened", True)]),
        (lambda d: schemas(d)["Base"]["properties"].pop("kind"), [("Base.kind", "field removed", True)]),
        (lambda d: schemas(d)["Base"].pop("required"), [("Base.id", "field made optional", True)]),
        (lambda d: schemas(d)["Base"].update(additionalProperties=False), [("Base", "unknown fields no longer kept", True)]),
        (lambda d: union(d)["anyOf"].pop(1), [("B.u", "type changed", True)]),
        (lambda d: union(d)["anyOf"].pop(2), [("B.u", "type changed", True)]),
        (lambda d: schemas(d)["B"]["properties"]["m"].update(additionalProperties=True), [("B.m", "type of unknown fields changed", True)]),
        (lambda d: move(listing(d), "2XX", "200"),
         [("response 2XX of listB", "success status removed", True),
          ("response 200 of listB", "response added", False)]),
        (lambda d: d["servers"].pop(), [("servers", "server removed", True)]),
        (lambda d: d["components"]["securitySchemes"]["key"].update(name="kk"), [("security scheme key", "authentication changed", True)]),
        (lambda d: d["paths"][B]["post"].pop("security"), [("postB", "authentication changed", True)]),
    ],
)  # fmt: skip
def test_a_change_of_a_shared_part_is_said_once(
    edit: Callable[[Any], object], said: list[tuple[str, str, bool]]
) -> None:
    changes = drift.between(DOCUMENT, changed(edit))
    assert [(c.where, c.what, c.breaking) for c in changes] == said


@pytest.mark.parametrize(
    "edit",
    [
        rename_alias,
        lambda d: union(d)["anyOf"].reverse(),
        lambda d: move(union(d), "anyOf", "oneOf"),
        lambda d: schemas(d)["B"]["properties"].update(u={"type": ["string", "integer", "null"]}),
        lambda d: d["paths"][B]["get"].pop("security"),
        lambda d: d["paths"][B]["get"].update(parameters=d["paths"][B]["parameters"]),
        lambda d: d["paths"][A]["put"].update(requestBody=copy.deepcopy(d["components"]["requestBodies"]["Put"])),
    ],
)  # fmt: skip
def test_sharing_in_another_way_is_no_drift(edit: Callable[[Any], object]) -> None:
    assert drift.between(DOCUMENT, changed(edit)) == []
