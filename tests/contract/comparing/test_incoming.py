"""Webhooks and callbacks are compared like operations in which the caller receives bodies and sends answers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.contract import lock
from scripts.contract.comparing.changes import Change
from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read

Json = Any
Edit = Callable[[Json], object]
EVENT: Json = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "maxLength": 9},
        "level": {"type": "string", "enum": ["low", "high"]},
    },
}
ACCEPTED: Json = {
    "type": "object",
    "properties": {"note": {"type": "string", "maxLength": 9}},
}


def as_json(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def called() -> Json:
    """What the service calls: it sends an event, and is answered."""
    answer = {"description": "d", **as_json(copy.deepcopy(ACCEPTED))}
    return {
        "post": {
            "operationId": "paid",
            "requestBody": as_json(copy.deepcopy(EVENT)),
            "responses": {"200": answer},
        }
    }


def webhook() -> tuple[Json, Json]:
    """A document with a webhook, and its path item."""
    document = base()
    document["webhooks"] = {"paid": called()}
    return document, document["webhooks"]["paid"]


def callback() -> tuple[Json, Json]:
    """A document with a callback, and its path item."""
    document = base()
    order = document["paths"]["/orders"]["post"]
    order["callbacks"] = {"paid": {"{$request.body#/url}": called()}}
    return document, order["callbacks"]["paid"]["{$request.body#/url}"]


def base() -> Json:
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/orders": {
                "post": {"operationId": "order", "responses": {"204": {"description": "d"}}}
            }
        },
    }  # fmt: skip


def changes(made: Callable[[], tuple[Json, Json]], edit: Edit) -> list[Change]:
    old, _item = made()
    new, item = made()
    edit(item)
    return compare(read(old), read(new))


def sent(item: Json) -> Json:
    return item["post"]["requestBody"]["content"]["application/json"]["schema"]


def answered(item: Json) -> Json:
    content = item["post"]["responses"]["200"]["content"]
    return content["application/json"]["schema"]


SIGNATURE = {"name": "X-Sign", "in": "header", "required": True, "schema": {"type": "string"}}  # fmt: skip
EDITS: dict[str, tuple[Edit, str, bool]] = {
    "a field that the service sends": (
        lambda item: sent(item)["properties"].update(more={}),
        "field-added",
        False,
    ),
    "a required field that the service sends": (
        lambda item: (sent(item)["properties"].update(more={}), sent(item)["required"].append("more")),
        "required-field-added",
        False,
    ),
    "a field that no longer must come": (
        lambda item: sent(item).update(required=[]),
        "field-made-optional",
        True,
    ),
    "a field that no longer comes": (
        lambda item: sent(item)["properties"].pop("level"),
        "field-removed",
        True,
    ),
    "a value more that comes": (
        lambda item: sent(item)["properties"]["level"]["enum"].append("mid"),
        "enum-value-added",
        False,
    ),
    "longer text that comes": (
        lambda item: sent(item)["properties"]["id"].update(maxLength=99),
        "limit-loosened",
        True,
    ),
    "shorter text that may be answered": (
        lambda item: answered(item)["properties"]["note"].update(maxLength=3),
        "limit-tightened",
        True,
    ),
    "a field that must be answered": (
        lambda item: answered(item).update(required=["note"]),
        "field-made-required",
        True,
    ),
    "a content type that comes": (
        lambda item: item["post"]["requestBody"]["content"].update({"text/plain": {}}),
        "content-type-added",
        True,
    ),
    "a header that comes": (
        lambda item: item["post"].update(parameters=[SIGNATURE]),
        "required-parameter-added",
        False,
    ),
    "another method": (
        lambda item: item.update(put=item["post"]),
        "-added",
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("made", [webhook, callback])
@pytest.mark.parametrize(("edit", "rule", "breaking"), EDITS.values(), ids=EDITS)
def test_a_change_of_what_the_service_calls_breaks_who_is_called(
    made: Callable[[], tuple[Json, Json]], edit: Edit, rule: str, breaking: bool
) -> None:
    (row,) = changes(made, edit)
    assert row.rule.endswith(rule)
    assert row.breaking is breaking
    assert f"{made.__name__} paid" in row.where


SILENT: dict[str, Edit] = {
    "an extension": lambda item: item.update({"x-note": 1}),
    "an extension of the operation": lambda item: item["post"].update({"x-note": 1}),
    "words": lambda item: item["post"].update(description="other words"),
    "an id": lambda item: item["post"].update(operationId="other"),
}


@pytest.mark.parametrize("made", [webhook, callback])
@pytest.mark.parametrize("edit", SILENT.values(), ids=SILENT)
def test_what_means_the_same_for_who_is_called_is_silent(
    made: Callable[[], tuple[Json, Json]], edit: Edit
) -> None:
    assert changes(made, edit) == []


@pytest.mark.parametrize("made", [webhook, callback])
def test_inlined_or_referenced_is_the_same(
    made: Callable[[], tuple[Json, Json]],
) -> None:
    old, _item = made()
    new, item = made()
    new["components"] = {"schemas": {"Event": copy.deepcopy(EVENT)}}
    item["post"]["requestBody"] = as_json({"$ref": "#/components/schemas/Event"})
    assert compare(read(old), read(new)) == []


@pytest.mark.parametrize("made", [webhook, callback])
def test_what_the_service_calls_comes_and_goes_in_one_row(
    made: Callable[[], tuple[Json, Json]],
) -> None:
    document, _item = made()
    (added,) = compare(read(base()), read(document))
    (removed,) = compare(read(document), read(base()))
    kind = made.__name__
    assert (added.rule, added.breaking) == (f"{kind}-added", False)
    assert (removed.rule, removed.breaking) == (f"{kind}-removed", True)


def test_a_callback_goes_with_its_operation() -> None:
    document, _item = callback()
    without = base()
    without["paths"] = {"/other": {"get": {"responses": {}}}}
    found = compare(read(document), read(without))
    assert {change.rule for change in found} == {"operation-removed", "operation-added"}


@pytest.mark.parametrize("made", [webhook, callback])
def test_what_the_service_calls_comes_back_from_the_lock(
    made: Callable[[], tuple[Json, Json]], tmp_path: Path
) -> None:
    document, _item = made()
    contract = read(document)
    path = tmp_path / "contract.lock"
    path.write_text(lock.text(contract, "1.2.3"), "utf-8")
    again, _version = lock.read(path)
    assert compare(again, contract) == compare(contract, again) == []
    assert compare(again, read(base()))
