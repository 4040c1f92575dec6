"""What is not given is never sent, wherever `UNSET` stands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.drivers import Driver
from tests.runtime.kinds import NAME, Service, module


def sends(
    service: Service, driver: Driver, way: str, where: str, **parameters: Any
) -> Any:
    """What the service saw of an operation; None if it was refused before anything was sent."""
    package = module(NAME)
    operation = module(f"{NAME}.api.{where}")
    function = operation.asyncio if driver.prefix else operation.sync
    with driver.client(service.url, package) as client:
        try:
            if way == "call":
                driver.wait(client.call(operation, **parameters))
            else:
                driver.wait(function(client=client.api, **parameters))
        except package.InvalidRequestError:
            assert service.seen == []
            return None
    (seen,) = service.seen
    return seen


@pytest.fixture(params=["call", "api"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_form_leaves_out_what_is_not_given(
    service: Service, driver: Driver, way: str, package: Any
) -> None:
    unset = package.types.UNSET
    body = {"name": "xx", "count": unset, "ok": unset}
    seen = sends(service, driver, way, "bodies.post_form", body=body)
    assert seen["form"] == [("name", "xx")]


@pytest.mark.parametrize("tags", [["a", None, "b"], [None], [None, "a"]])
def test_a_list_in_a_form_or_in_parts_leaves_it_out_or_is_refused(
    service: Service, driver: Driver, way: str, tags: list[Any], package: Any
) -> None:
    unset = package.types.UNSET
    given = [unset if tag is None else tag for tag in tags]
    rest = [("tags", tag) for tag in tags if tag is not None]
    body = {"name": "xx", "tags": given}
    seen = sends(service, driver, way, "bodies.post_form", body=body)
    assert seen is None or seen["form"] == [("name", "xx"), *rest]
    service.seen.clear()
    upload = {"file": b"x", "more": [b"y", unset], "title": unset}
    seen = sends(service, driver, way, "bodies.upload", body=upload)
    assert seen is None or [part[0] for part in seen["form"]] == ["file", "more"]


def test_nested_mappings_in_parts_leave_it_out(
    service: Service, driver: Driver, way: str, package: Any
) -> None:
    unset = package.types.UNSET
    body = {"file": b"x", "meta": {"job": unset, "other": [1, {"a": unset, "b": 2}]}}
    seen = sends(service, driver, way, "bodies.upload", body=body)
    assert dict(part[:2] for part in seen["form"])["meta"] == '{"other":[1,{"b":2}]}'


@pytest.mark.parametrize("ids", [[1, None, 2], [None], None])
def test_a_query_leaves_it_out_or_is_refused(
    service: Service, driver: Driver, way: str, ids: Any, package: Any
) -> None:
    unset = package.types.UNSET
    given = unset
    if ids is not None:
        given = [unset if item is None else item for item in ids]
    seen = sends(service, driver, way, "keys.queried", ids=given)
    if seen is not None:
        sent = [value for name, value in seen["query"] if name == "ids"]
        assert sent == [str(item) for item in ids or [] if item is not None]


def test_json_leaves_it_out_at_any_depth(
    service: Service, driver: Driver, package: Any
) -> None:
    unset = package.types.UNSET
    body = {"a": unset, "b": {"c": unset, "d": [{"e": unset}]}}
    seen = sends(service, driver, "call", "things.post_any", body=body)
    assert seen["body"] == b'{"b":{"d":[{}]}}'
