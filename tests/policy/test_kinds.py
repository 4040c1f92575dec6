"""Every kind of body, answer and credential, as an independent framework understands what arrives."""

from __future__ import annotations

import asyncio
import functools
import gc
import io
import os
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.policy.faults import Connection, serving, use
from tests.policy.kinds import NAME, Service, module

pytestmark = pytest.mark.usefixtures("package")


def call(
    kind: str, service: Any, where: str, api_key: Any = "k", **parameters: Any
) -> Any:
    """`client.call` of an operation such as "things.get_thing", with either client."""
    operation, own = module(f"{NAME}.api.{where}"), parameters.pop("http_client", None)

    def work(client: Any) -> Any:
        return client.call(operation, **parameters)

    return use(kind, service.url, work, module(NAME), api_key=api_key, http_client=own)


def test_json_bodies_arrive_as_model_and_as_mapping(
    service: Service, kind: str, package: Any
) -> None:
    thing = package.models.Thing(id=5, name="n")
    for body in (thing, {"id": 5, "name": "n"}):
        assert call(kind, service, "things.put_thing", id=5, body=body).id == 1
    assert [seen["body"] for seen in service.seen] == [b'{"id":5,"name":"n"}'] * 2


def test_an_optional_body_that_is_not_given_is_not_sent(
    service: Service, kind: str
) -> None:
    call(kind, service, "things.put_thing", id=5)
    assert service.seen[0]["body"] == b""
    assert service.seen[0]["headers"]["content-length"] == "0"
    assert "content-type" not in service.seen[0]["headers"]


@pytest.mark.parametrize("value", [{"a": [1, None]}, [1], "text", 5, None])
def test_json_without_a_schema_is_sent_and_returned_unchanged(
    service: Service, kind: str, value: Any
) -> None:
    assert call(kind, service, "things.post_any", body=value) == value


def test_a_form_arrives_as_model_and_as_mapping(
    service: Service, kind: str, package: Any
) -> None:
    given = {"name": "a b&c", "count": 2, "tags": ["x", "y"], "ok": True}
    for body in (given, package.models.Form.from_dict(given)):
        assert call(kind, service, "bodies.post_form", body=body) is None
    sent = [("name", "a b&c"), ("count", "2"), ("tags", "x"), ("tags", "y")]
    for seen in service.seen:
        assert seen["headers"]["content-type"] == "application/x-www-form-urlencoded"
        assert seen["form"] == [*sent, ("ok", "true")]


@pytest.mark.parametrize(
    ("where", "body", "paths"),
    [
        ("bodies.post_form", {"name": "a", "count": "x"}, {"name", "count"}),
        ("bodies.post_form", None, {""}),
        ("bodies.upload", {"title": 5}, {"file", "title"}),
        ("bodies.put_blob", {"a": 1}, {"body"}),
        ("bodies.post_note", b"bytes", {"body"}),
    ],
)
def test_what_a_body_must_not_be_is_named_by_path(
    service: Service, kind: str, where: str, body: Any, paths: set[str], package: Any
) -> None:
    with pytest.raises(package.InvalidRequestError) as caught:
        call(kind, service, where, body=body)
    assert {path for path, _ in caught.value.problems} == paths
    assert service.seen == []


@pytest.mark.parametrize("as_model", [True, False])
def test_files_arrive_as_bytes_paths_and_file_objects(
    service: Service, kind: str, package: Any, tmp_path: Path, as_model: bool
) -> None:
    path = tmp_path / "päper.txt"
    path.write_bytes(b"on disk, +++ and --boundary")
    file = package.types.File(b"in hand", "hand.json", "application/json")
    handle = io.BytesIO(b"as file")
    body = {
        "file": path,
        "more": [b"bytes", file, handle],
        "title": "Ü",
        "meta": {"job": "j"},
    }
    if as_model:
        body = package.models.Upload(**{**body, "meta": package.models.Job(job="j")})
    assert call(kind, service, "bodies.upload", body=body) is None
    (seen,) = service.seen
    found = {(p[0], *p[1:]) for p in seen["form"]}
    assert ("file", "päper.txt", b"on disk, +++ and --boundary", "text/plain") in found
    assert ("more", "more", b"bytes", "application/octet-stream") in found
    assert ("more", "hand.json", b"in hand", "application/json") in found
    assert ("more", "more", b"as file", "application/octet-stream") in found
    assert {("title", "Ü"), ("meta", '{"job":"j"}')} <= found
    assert "boundary=+++" not in seen["headers"]["content-type"]


def test_large_files_arrive_whole(service: Service, kind: str, tmp_path: Path) -> None:
    path, size = tmp_path / "large", 24 * 1024 * 1024
    with path.open("wb") as file:
        file.truncate(size)
    call(kind, service, "bodies.upload", body={"file": path})
    assert len(service.seen[0]["form"][0][2]) == size
    assert int(service.seen[0]["headers"]["content-length"]) > size


@pytest.mark.parametrize("where", ["bodies.upload", "bodies.put_blob"])
def test_large_files_are_read_as_they_are_sent(
    kind: str, where: str, tmp_path: Path
) -> None:
    size = 256 * 1024 * 1024
    with (
        (tmp_path / "huge").open("wb+") as file,
        serving(resets_early, early=True) as server,
    ):
        file.truncate(size)
        body = {"file": file} if where == "bodies.upload" else file
        with pytest.raises(module(NAME).OutcomeUnknownError):
            call(kind, server, where, body=body)
        assert file.tell() < size / 2


def resets_early(connection: Connection, number: int) -> None:
    connection.sock.recv(65536)
    connection.reset()


def test_files_go_through_a_callers_own_client(
    service: Service, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "blob"
    path.write_bytes(b"x" * 300_000)
    own_class: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    for where, body in (("put_blob", path), ("upload", {"file": path})):
        own = own_class(limits=httpx.Limits(max_keepalive_connections=0))
        call(kind, service, f"bodies.{where}", body=body, http_client=own)
    assert service.seen[0]["headers"]["content-length"] == "300000"
    assert service.seen[0]["body"] == path.read_bytes()
    assert service.seen[1]["form"][0][2] == path.read_bytes()


def test_a_pipe_is_sent_in_chunks(service: Service, kind: str) -> None:
    reading, writing = os.pipe()

    def fill() -> None:
        with os.fdopen(writing, "wb") as sink:
            sink.write(b"x" * 200_000)

    thread = threading.Thread(target=fill)
    thread.start()
    with os.fdopen(reading, "rb") as source:
        assert call(kind, service, "bodies.put_blob", body=source) == b"x" * 200_000
    thread.join()
    assert service.seen[0]["headers"]["transfer-encoding"] == "chunked"


def test_bytes_come_back_from_bytes_files_and_paths(
    service: Service, kind: str, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 400
    path = tmp_path / "blob"
    path.write_bytes(data)
    handle = io.BytesIO(b"skipped" + data)
    handle.seek(7)
    for body in (data, bytearray(data), path, handle):
        assert call(kind, service, "bodies.put_blob", body=body) == data
    lengths = {seen["headers"]["content-length"] for seen in service.seen}
    assert lengths == {str(len(data))}
    assert service.seen[0]["headers"]["content-type"] == "application/octet-stream"


def test_a_missing_file_is_named_and_nothing_is_sent(
    service: Service, kind: str, package: Any, tmp_path: Path
) -> None:
    with pytest.raises(package.InvalidRequestError, match="No such file"):
        call(kind, service, "bodies.put_blob", body=tmp_path / "none")
    assert service.seen == []


def test_text_is_sent_and_returned_as_text(service: Service, kind: str) -> None:
    assert call(kind, service, "bodies.post_note", body="ä\nb") == "ä\nb"
    assert service.seen[0]["headers"]["content-type"].startswith("text/plain")


def test_each_documented_status_has_its_own_type(
    service: Service, kind: str, package: Any
) -> None:
    assert isinstance(
        call(kind, service, "things.get_thing", id=1), package.models.Thing
    )
    service.status, service.json = 202, {"job": "j"}
    assert call(kind, service, "things.get_thing", id=1).job == "j"
    service.status = 201
    with pytest.raises(package.APIStatusError) as caught:
        call(kind, service, "things.get_thing", id=1)
    assert caught.value.status_code == 201
    service.json = {"id": 2}
    assert call(kind, service, "things.put_thing", id=1).id == 2


def test_no_content_is_none_whatever_the_default_answer_is(
    service: Service, kind: str, package: Any
) -> None:
    service.status = 204
    assert call(kind, service, "things.delete_thing", id=1) is None
    delete = module(f"{NAME}.api.things.delete_thing")
    function = delete.sync if kind == "sync" else delete.asyncio
    work = functools.partial(generated, function)
    assert use(kind, service.url, work, package) is None


def generated(function: Any, client: Any) -> Any:
    """The generated function itself, through the client's `api`."""
    return function(client=client.api, id=1)


def test_an_answer_to_head_is_none_where_json_is_documented(
    service: Service, kind: str
) -> None:
    assert call(kind, service, "things.head_thing", id=1) is None


def test_an_error_of_a_get_says_nothing_of_a_change(
    service: Service, kind: str, package: Any
) -> None:
    service.status, service.json = 500, {"error": {"message": "out of  order"}}
    with pytest.raises(package.InternalServerError) as caught:
        call(kind, service, "things.get_thing", id=1)
    told = str(caught.value)
    assert (
        told
        == 'GET /things/{id}: the service answered 500: "out of order". Nothing was changed.'
    )
    assert not caught.value.may_have_been_applied
    service.status, service.json = 200, []
    with pytest.raises(package.ResponseDecodeError) as unread:
        call(kind, service, "things.get_thing", id=1)
    assert "applied" not in str(unread.value)
    assert not unread.value.may_have_been_applied


CREDENTIALS: list[tuple[str, Any, dict[str, Any]]] = [
    ("keys.queried", "a&b", {"query": [("api key", "a&b")]}),
    ("keys.cookie", "c1", {"cookies": {"session": "c1"}}),
    ("keys.basic", ("me", "p:w"), {"authorization": "Basic bWU6cDp3"}),
    ("keys.basic", "me:p:w", {"authorization": "Basic bWU6cDp3"}),
    ("keys.bearer", "t0ken", {"authorization": "Bearer t0ken"}),
    ("keys.both", {"key": "k1", "second": "k2"}, {"x-key": "k1", "x-second": "k2"}),
    ("keys.choice", "t0ken", {"authorization": "Bearer t0ken"}),
    ("keys.choice", {"key": "k1", "second": "k2"}, {"x-key": "k1", "x-second": "k2"}),
    ("keys.open_door", "k1", {"x-key": None, "authorization": None}),
    ("things.get_thing", "k1", {"x-key": "k1"}),
]


@pytest.mark.parametrize(("where", "key", "expected"), CREDENTIALS)
def test_credentials_go_where_the_document_has_them(
    service: Service, kind: str, where: str, key: Any, expected: dict[str, Any]
) -> None:
    more = {"id": 1} if "thing" in where else {}
    given = {"key": "k", **key} if isinstance(key, dict) else key
    if isinstance(key, tuple):
        given = {"key": "k", "basic": key}
    call(kind, service, where, api_key=given, **more)
    (seen,) = service.seen
    for name, value in expected.items():
        place = seen if name in seen else seen["headers"]
        assert place.get(name) == value


def test_styled_parameters_stand_beside_a_key_in_the_query(
    service: Service, kind: str
) -> None:
    call(kind, service, "keys.queried", ids=[1, 2])
    assert service.seen[0]["query"] == [("ids", "1"), ("ids", "2"), ("api key", "k")]
    call(kind, service, "keys.cookie", theme="dark")
    assert service.seen[1]["cookies"] == {"theme": "dark", "session": "k"}


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("keys.both", r"\{'key': \.\.\., 'second': \.\.\.\}"),
        ("keys.basic", r"\(user, password\)"),
    ],
)
def test_a_missing_credential_is_named_before_anything_is_sent(
    service: Service, kind: str, where: str, wanted: str, package: Any
) -> None:
    with pytest.raises(package.ConfigurationError, match=f"api_key must be {wanted}"):
        call(kind, service, where, api_key="k")
    assert service.seen == []


@pytest.mark.parametrize("key", [("me", "s3cret-pw"), "s3cret-token"])
def test_every_form_of_a_credential_is_masked_when_the_service_repeats_it(
    service: Service, kind: str, key: Any, package: Any
) -> None:
    where, form = (
        ("keys.basic", "Basic bWU6czNjcmV0LXB3")
        if isinstance(key, tuple)
        else ("keys.bearer", f"Bearer {key}")
    )
    service.status, service.json = (
        401,
        {"message": f"bad {form} s3cret-pw s3cret-token"},
    )
    given = {"key": "k", where.partition(".")[2]: key}
    with pytest.raises(package.AuthenticationError) as caught:
        call(kind, service, "things.get_thing", id=1, api_key=given)
    own = "s3cret-pw" if isinstance(key, tuple) else key
    shown = str(caught.value) + repr(vars(caught.value))
    assert own not in shown
    assert form.split()[1] not in shown


def test_the_rule_about_renames_is_not_asked_of_other_operations(
    service: Service, kind: str
) -> None:
    names = {"x_enkrypt_model": "a", "x_enkrypt_model_version": "b"}
    call(kind, service, "things.get_model", retry_ambiguous=True, **names)
    assert len(service.seen) == 1


def test_parameters_without_a_name_are_refused(service: Service, kind: str) -> None:
    client = module(NAME).EnkryptClient("k", base_url=service.url)
    with pytest.raises(TypeError, match="by name"):
        client.call(module(f"{NAME}.api.things.get_thing"), 1)


def test_the_sync_client_works_inside_a_running_event_loop(service: Service) -> None:
    service.status, service.events = 999, [b"data: 1\n\n", b"data: 2\n\n"]
    package, events = module(NAME), module(f"{NAME}.api.streams.get_events")

    async def cell() -> None:
        with package.EnkryptClient("k", base_url=service.url) as client:
            blob = module(f"{NAME}.api.bodies.put_blob")
            assert client.call(blob, body=b"x") == b"x"
            with client.stream(events) as stream:
                assert next(iter(stream)).data == "1"
        gc.collect()
        await asyncio.sleep(0.01)

    asyncio.run(cell())
