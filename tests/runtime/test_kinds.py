"""Every kind of body, answer and credential, as an independent framework understands what arrives."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.drivers import Driver
from tests.runtime.kinds import NAME, Service, module
from tests.runtime.loopback import Connection, serving

pytestmark = pytest.mark.usefixtures("package")


def call(driver: Driver, service: Any, where: str, **parameters: Any) -> Any:
    """`client.call` of an operation such as "things.get_thing"."""
    names = {"api_key", "http_client"} & parameters.keys()
    options = {"api_key": "k", **{name: parameters.pop(name) for name in names}}
    operation = module(f"{NAME}.api.{where}")
    with driver.client(service.url, module(NAME), **options) as client:
        return driver.wait(client.call(operation, **parameters))


def test_json_bodies_arrive_as_model_as_mapping_and_not_at_all(
    service: Service, driver: Driver, package: Any
) -> None:
    thing = package.models.Thing(id=5, name="n")
    for body in (thing, {"id": 5, "name": "n"}):
        assert call(driver, service, "things.put_thing", id=5, body=body).id == 1
    call(driver, service, "things.put_thing", id=5)
    bodies = [seen["body"] for seen in service.seen]
    assert bodies == [b'{"id":5,"name":"n"}', b'{"id":5,"name":"n"}', b""]
    assert service.seen[2]["headers"]["content-length"] == "0"
    assert "content-type" not in service.seen[2]["headers"]


@pytest.mark.parametrize("value", [{"a": [1, None]}, [1], "text", 5, None])
def test_json_of_any_kind_is_sent_and_returned_unchanged(
    service: Service, driver: Driver, value: Any
) -> None:
    assert call(driver, service, "things.post_any", body=value) == value


def test_forms_and_texts_arrive(service: Service, driver: Driver, package: Any) -> None:
    form = package.models.Form(name="a b&c", tags=["x", "y"])
    assert call(driver, service, "bodies.post_form", body=form) is None
    assert service.seen[0]["form"] == [("name", "a b&c"), ("tags", "x"), ("tags", "y")]
    assert call(driver, service, "bodies.post_note", body="ä\nb") == "ä\nb"


@pytest.mark.parametrize(
    ("where", "body", "paths"),
    [
        ("bodies.post_form", {"name": "a", "count": "x"}, {"name", "count"}),
        ("bodies.post_form", None, {""}),
        ("bodies.upload", {"title": 5}, {"file", "title"}),
        ("bodies.put_blob", {"a": 1}, {"body"}),
        ("bodies.put_blob", io.StringIO("text"), {"body"}),
        ("bodies.upload", {"file": io.StringIO("text")}, {"file"}),
        ("bodies.post_note", b"bytes", {"body"}),
    ],
)
def test_what_a_body_must_not_be_is_named_by_path(
    service: Service,
    driver: Driver,
    where: str,
    body: Any,
    paths: set[str],
    package: Any,
) -> None:
    with pytest.raises(package.InvalidRequestError) as caught:
        call(driver, service, where, body=body)
    assert {path for path, _ in caught.value.problems} == paths
    assert service.seen == []


@pytest.mark.parametrize(
    ("where", "body", "problems"),
    [
        ("put_blob", "/tmp/report.pdf", [("body", ", not str")]),
        (
            "upload",
            {"file": "/tmp/report.pdf", "more": [b"", "/tmp/more.pdf"]},
            [("file", ""), ("more[1]", "")],
        ),
        ("upload", {"file": 5, "more": "/tmp/more.pdf"}, [("file", ""), ("more", "")]),
    ],
)
def test_text_in_the_place_of_a_file_is_refused_with_what_is_expected(
    service: Service,
    driver: Driver,
    package: Any,
    where: str,
    body: Any,
    problems: list[tuple[str, str]],
) -> None:
    with pytest.raises(package.InvalidRequestError) as caught:
        call(driver, service, f"bodies.{where}", body=body)
    expected = "expected bytes, a binary file or a path (pathlib.Path)"
    assert caught.value.problems == [(at, expected + more) for at, more in problems]
    assert "report" not in str(caught.value)
    assert service.seen == []


def test_files_arrive_with_their_names_and_lengths(
    service: Service, driver: Driver, package: Any, tmp_path: Path
) -> None:
    path, blob = tmp_path / "päper.txt", b"on disk, +++ and --boundary"
    path.write_bytes(blob)
    meta = package.models.Job(job="j")
    more = [b"bytes", io.BytesIO(b"as file")]
    upload = package.models.Upload(file=path, more=more, title="Ü", meta=meta)
    assert call(driver, service, "bodies.upload", body=upload) is None
    assert [*map(tuple, service.seen.pop()["form"])] == [
        ("file", "päper.txt", blob, "text/plain"),
        ("more", "more", b"bytes", "application/octet-stream"),
        ("more", "more", b"as file", "application/octet-stream"),
        ("title", "Ü"),
        ("meta", '{"job":"j"}'),
    ]
    handle = io.BytesIO(b"skipped" + blob)
    handle.seek(7)
    for body in (bytearray(blob), handle):
        assert call(driver, service, "bodies.put_blob", body=body) == blob
    lengths = {seen["headers"]["content-length"] for seen in service.seen}
    assert lengths == {str(len(blob))}


@pytest.mark.parametrize("where", ["bodies.upload", "bodies.put_blob"])
def test_large_files_are_read_as_they_are_sent(
    driver: Driver, where: str, tmp_path: Path
) -> None:
    size = 256 * 1024 * 1024
    with (
        (tmp_path / "huge").open("wb+") as file,
        serving(resets_early, early=True) as server,
    ):
        file.truncate(size)
        body = {"file": file} if where == "bodies.upload" else file
        with pytest.raises(module(NAME).OutcomeUnknownError):
            call(driver, server, where, body=body)
        assert file.tell() < size / 2


def resets_early(connection: Connection, number: int) -> None:
    connection.sock.recv(65536)
    connection.reset()


@pytest.mark.parametrize("own", [False, True], ids=["pooled", "own client"])
def test_large_files_arrive_whole(
    service: Service, driver: Driver, tmp_path: Path, own: bool
) -> None:
    path, size = tmp_path / "large", 7 * 1024 * 1024
    with path.open("wb") as file:
        file.truncate(size)
    for where, body in (("put_blob", path), ("upload", {"file": path})):
        client = driver.http_client() if own else None
        call(driver, service, f"bodies.{where}", body=body, http_client=client)
    blob, upload = service.seen
    assert blob["headers"]["content-length"] == str(size)
    assert int(upload["headers"]["content-length"]) > size
    assert len(blob["body"]) == len(upload["form"][0][2]) == size


def test_a_pipe_is_sent_in_chunks(service: Service, driver: Driver) -> None:
    reading, writing = os.pipe()

    def fill() -> None:
        with os.fdopen(writing, "wb") as sink:
            sink.write(b"x" * 200_000)

    thread = threading.Thread(target=fill)
    thread.start()
    with os.fdopen(reading, "rb") as source:
        assert call(driver, service, "bodies.put_blob", body=source) == b"x" * 200_000
    thread.join()
    assert service.seen[0]["headers"]["transfer-encoding"] == "chunked"


def test_a_missing_file_is_named_and_nothing_is_sent(
    service: Service, driver: Driver, package: Any, tmp_path: Path
) -> None:
    with pytest.raises(package.InvalidRequestError, match="No such file"):
        call(driver, service, "bodies.put_blob", body=tmp_path / "none")
    assert service.seen == []


def test_a_success_that_is_not_documented_is_an_error(
    service: Service, driver: Driver, package: Any
) -> None:
    service.status = 201
    with pytest.raises(package.APIStatusError, match="201"):
        call(driver, service, "things.get_thing", id=1)
    assert call(driver, service, "things.put_thing", id=1).id == 1


def test_the_answer_to_a_head_is_none(service: Service, driver: Driver) -> None:
    assert call(driver, service, "things.head_thing", id=1) is None


def test_an_error_of_a_get_says_nothing_of_a_change(
    service: Service, driver: Driver, package: Any
) -> None:
    service.status, service.json = 500, {"error": {"message": "out of  order"}}
    with pytest.raises(package.InternalServerError) as caught:
        call(driver, service, "things.get_thing", id=1)
    told = 'the service answered 500: "out of order". Nothing was changed.'
    assert str(caught.value) == f"GET /things/{{id}}: {told}"
    assert not caught.value.may_have_been_applied
    service.status, service.json = 200, []
    with pytest.raises(package.ResponseDecodeError) as unread:
        call(driver, service, "things.get_thing", id=1)
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
    service: Service, driver: Driver, where: str, key: Any, expected: dict[str, Any]
) -> None:
    more = {"id": 1} if "thing" in where else {}
    given = {"key": "k", **key} if isinstance(key, dict) else key
    if isinstance(key, tuple):
        given = {"key": "k", "basic": key}
    call(driver, service, where, api_key=given, **more)
    (seen,) = service.seen
    for name, value in expected.items():
        place = seen if name in seen else seen["headers"]
        assert place.get(name) == value


def test_styled_parameters_stand_beside_a_key_in_the_query(
    service: Service, driver: Driver
) -> None:
    call(driver, service, "keys.queried", ids=[1, 2])
    assert service.seen[0]["query"] == [("ids", "1"), ("ids", "2"), ("api key", "k")]
    call(driver, service, "keys.cookie", theme="dark")
    assert service.seen[1]["cookies"] == {"theme": "dark", "session": "k"}


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("keys.both", r"\{'key': \.\.\., 'second': \.\.\.\}"),
        ("keys.basic", r"\(user, password\)"),
    ],
)
def test_a_missing_credential_is_named_before_anything_is_sent(
    service: Service, driver: Driver, where: str, wanted: str, package: Any
) -> None:
    with pytest.raises(package.ConfigurationError, match=f"api_key must be {wanted}"):
        call(driver, service, where, api_key="k")
    assert service.seen == []


@pytest.mark.parametrize(
    ("scheme", "key", "forms"),
    [
        ("basic", ("me", "s3cret-pw"), ["s3cret-pw", "bWU6czNjcmV0LXB3"]),
        ("bearer", "s3cret-token", ["s3cret-token"]),
    ],
)
def test_every_form_of_a_credential_is_masked_when_the_service_repeats_it(
    service: Service,
    driver: Driver,
    scheme: str,
    key: Any,
    forms: list[str],
    package: Any,
) -> None:
    service.status, service.json = 401, {"message": f"bad {forms}"}
    with pytest.raises(package.AuthenticationError) as caught:
        call(
            driver, service, "things.get_thing", id=1, api_key={"key": "k", scheme: key}
        )
    shown = str(caught.value) + repr(vars(caught.value))
    assert not [form for form in forms if form in shown]


def test_the_rule_about_renames_is_not_asked_of_other_operations(
    service: Service, driver: Driver
) -> None:
    names = {"x_enkrypt_model": "a", "x_enkrypt_model_version": "b"}
    call(driver, service, "things.get_model", retry_ambiguous=True, **names)
    assert len(service.seen) == 1


def test_parameters_without_a_name_are_refused(
    service: Service, driver: Driver
) -> None:
    get_thing = module(f"{NAME}.api.things.get_thing")
    with pytest.raises(TypeError, match="by name"):
        driver.use(service.url, lambda client: client.call(get_thing, 1))


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
