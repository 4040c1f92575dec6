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
            "responses": {"200": answer, "410": {"description": "d"}},
            "security": [{"key": []}],
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
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "other": {"type": "http", "scheme": "bearer"},
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
    "an error that may no longer be answered": (
        lambda item: item["post"]["responses"].pop("410"),
        "error-response-removed",
        True,
    ),
    "a success that may be answered as well": (
        lambda item: item["post"]["responses"].update({"202": {"description": "d"}}),
        "success-status-added",
        False,
    ),
    "a header that must be answered": (
        lambda item: item["post"]["responses"]["200"].update(headers={"X-Seen": {"required": True, "schema": {}}}),
        "response-header-added",
        True,
    ),
    "a header that may be answered": (
        lambda item: item["post"]["responses"]["200"].update(headers={"X-Seen": {"schema": {}}}),
        "response-header-added",
        False,
    ),
    "other credentials of the service": (
        lambda item: item["post"].update(security=[{"other": []}]),
        "authentication-changed",
        True,
    ),
    "credentials of the service beside those that came before": (
        lambda item: item["post"].update(security=[{"key": [], "other": []}]),
        "authentication-changed",
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
    new["components"]["schemas"] = {"Event": copy.deepcopy(EVENT)}
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


def test_a_callback_that_goes_to_another_address_breaks_who_waits_for_it() -> None:
    old, _item = callback()
    new, item = callback()
    order = new["paths"]["/orders"]["post"]
    order["callbacks"] = {"paid": {"{$request.query.url}": item}}
    (row,) = compare(read(old), read(new))
    assert (row.rule, row.breaking) == ("callback-changed", True)
    assert (row.before, row.after) == ("{$request.body#/url}", "{$request.query.url}")


@pytest.mark.parametrize("made", [webhook, callback])
@pytest.mark.parametrize(("longest", "breaks_who"), [(5, "sends"), (99, "receives")])
def test_a_type_that_operations_have_as_well_has_one_row_that_breaks_if_either_way_does(
    made: Callable[[], tuple[Json, Json]], longest: int, breaks_who: str
) -> None:
    versions = []
    for length in (9, longest):
        document, item = made()
        event = copy.deepcopy(EVENT)
        event["properties"]["id"]["maxLength"] = length
        document["components"]["schemas"] = {"Event": event}
        body = as_json({"$ref": "#/components/schemas/Event"})
        item["post"]["requestBody"] = body
        document["paths"]["/orders"]["post"]["requestBody"] = body
        versions.append(read(document))
    (row,) = compare(*versions)
    assert row.where == "Event.id"
    assert row.breaking, f"it breaks who {breaks_who}"


@pytest.mark.parametrize("made", [webhook, callback])
def test_a_type_that_came_in_one_field_and_now_comes_in_another_is_compared(
    made: Callable[[], tuple[Json, Json]],
) -> None:
    versions = []
    for field, length in (("data", 9), ("output", 99)):
        document, item = made()
        event = copy.deepcopy(EVENT)
        event["properties"]["id"]["maxLength"] = length
        document["components"]["schemas"] = {"Event": event}
        fields = {field: {"$ref": "#/components/schemas/Event"}}
        item["post"]["requestBody"] = as_json({"type": "object", "properties": fields})
        versions.append(read(document))
    rows = {row.rule: row for row in compare(*versions)}
    assert rows.keys() == {"field-removed", "field-added", "limit-loosened"}
    assert rows["limit-loosened"].breaking


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


@pytest.mark.parametrize("made", [webhook, callback])
def test_what_the_service_calls_with_an_unreadable_type_is_left_out_and_compared(
    made: Callable[[], tuple[Json, Json]],
) -> None:
    old, _item = made()
    new, item = made()
    new["components"]["schemas"] = {"Loop": {"$ref": "#/components/schemas/Loop"}}
    sent(item)["properties"]["loop"] = {"$ref": "#/components/schemas/Event"}
    new["components"]["schemas"]["Event"] = {
        "type": "object",
        "properties": {"loop": {"$ref": "#/components/schemas/Loop"}},
    }
    contract = read(new)
    assert contract.incoming is not None
    reasons = [each.reason for each in contract.incoming.left_out.values()]
    assert len(reasons) == 1
    assert "refers to itself" in reasons[0]
    assert compare(read(old), contract)
