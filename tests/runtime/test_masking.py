"""What the service repeats of a secret is masked in whatever form it comes; other text is left alone."""

from __future__ import annotations

import base64
import html
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest

import enkrypt_api_client as e
from enkrypt_api_client import AsyncEnkryptClient, BadRequestError, RequestEvent
from enkrypt_api_client._runtime import redact
from enkrypt_api_client.models import ModelConfig, ModifyModelResponseObject
from tests.required import config_fields
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.kinds import NAME, Service, module
from tests.runtime.loopback import Server, keeps, reply, says

HARD = 'p@ss "wörd"/<&>\\\t+=%\\x'


def call(driver: Driver, server: Server, body: Any, *lines: str, **options: Any) -> Any:
    """The error of a call whose answer is this body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    server.serve = keeps(reply(400, content, *lines))
    return driver.call(server.url, **options).error


def everything(error: Any) -> str:
    """All that an error shows."""
    return repr([str(error), error.body, error.request_id, dict(error.headers), error])


SEPARATORS = {
    "zero width space": "\u200b",
    "soft hyphen": "\xad",
    "byte order mark": "\ufeff",
    "NUL": "\0",
    "joiner": "\u200d",
    "word joiner": "\u2060",
    "variation selector": "\ufe0f",
    "combining mark": "\u0301",
    "bidirectional control": "\u202e",
    "tag": "\U000e0041",
    "bell": "\x07",
    "two": "\u200b\0",
}


@pytest.mark.parametrize("name", SEPARATORS)
@pytest.mark.parametrize("form", ["json", "text", "nested", "id in body", "word"])
def test_invisible_characters_between_hide_nothing(
    server: Server, driver: Driver, name: str, form: str
) -> None:
    split = SEPARATORS[name].join(SENTINEL)
    body: Any = {"message": f"bad key {split} here"}
    if form == "text":
        body = f"bad key {split} here".encode()
    if form == "nested":
        body = {"detail": [{"msg": json.dumps({"given": split})}]}
    if form == "id in body":
        body = {"request_id": split}
    if form == "word":
        body = {split: "as a name", "message": "no"}
    error = call(driver, server, body)
    visible = "".join(
        c for c in everything(error) if c.isascii() and (c.isalnum() or c == "-")
    )
    assert "s3ntinel" not in visible
    assert "Zq9" not in visible.replace("x00", "")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_secret_that_is_echoed_in_another_encoding_is_masked(
    server: Server, driver: Driver, codec: str
) -> None:
    error = call(driver, server, f"bad key {SENTINEL}".encode(codec))
    visible = "".join(c for c in str(error.body) if c.isascii() and c.isprintable())
    assert SENTINEL not in visible
    assert SENTINEL not in str(error)


@pytest.mark.parametrize("where", ["body", "request id"])
@pytest.mark.parametrize(
    "secret",
    ["open  sesame, twice", "open sesame,\ton tabs", "open" + " sesame" * 600],
    ids=["two blanks", "tab", "longer than what a message looks at"],
)
def test_a_secret_that_does_not_fit_on_the_line_of_a_message_is_masked(
    server: Server, driver: Driver, secret: str, where: str
) -> None:
    config = config_fields(
        model_provider="custom", auth_data={"xactly_password": secret}
    )
    body = f"no: {secret}".encode() if where == "body" else b"no"
    lines = ["Content-Type: text/plain"]
    if where == "request id":
        lines.append(f"X-Request-Id: {secret}")
    server.serve = keeps(reply(200, body, *lines))

    with pytest.raises(e.ResponseDecodeError) as caught:
        driver.use(
            server.url, lambda c: c.modify_model({**REQUEST, "model_config": config})
        )

    assert "sesame" not in f"{caught.value} {caught.value.request_id}"


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("is_lost", [True, False])
def test_an_answer_that_ends_within_a_secret_shows_no_more_than_its_first_letters(
    server: Server, driver: Driver, status: int, is_lost: bool
) -> None:
    key = "sk-planted-0123456789abcdef"
    content = json.dumps({"message": "ok", "data": {"apikeys": [key]}}).encode()
    rest = len(content) - content.index(b"0123") if is_lost else 0
    answer = reply(status, content, "Content-Type: application/json")
    if not is_lost:
        answer = reply(status, content[: content.index(b"0123")])
    server.serve = says(answer[: len(answer) - rest])
    config = config_fields(apikeys=[key])
    with driver.log.at_level(logging.DEBUG, logger="enkrypt_api_client"):
        error = driver.call(server.url, {**REQUEST, **config}, max_retries=0).error
    shown = f"{error} {getattr(error, 'body', '')} {driver.log.text}"
    assert error is not None
    assert "sk-pl" not in shown
    assert 'apikeys":["***' in shown.replace(" ", "")


@pytest.mark.parametrize(
    "write", [str, json.dumps, quote, html.escape, str.upper, repr]
)
def test_a_text_that_ends_anywhere_within_a_secret_does_not_show_it(
    write: Callable[[str], str],
) -> None:
    secret = 's3n\u00f6/"&<\U0001f511>%-0123456789abcdef'
    secrets = redact.Secrets(lambda: [secret])
    written = write(secret).strip("'")
    for length in range(len(written)):
        shown = secrets.mask_cut(f"the key {written[:length]}")
        # No more than three of its characters, or what is before them.
        assert shown in ("the key ***", 'the key "***') or length <= len("s3n%C3%B6")


def test_a_secret_is_masked_without_the_blanks_around_it(
    server: Server, driver: Driver
) -> None:
    """Files end in a line end, which services cut off."""
    config = config_fields(auth_data={"xactly_password": " open sesame, twice\n"})
    request = {**REQUEST, "model_config": config}
    server.serve = keeps(reply(400, b'{"message": "no: open sesame, twice"}'))

    with pytest.raises(BadRequestError) as caught:
        driver.use(server.url, lambda c: c.modify_model(request))

    assert "sesame" not in everything(caught.value)


def test_a_secret_behind_much_that_is_invisible_is_masked_before_it_is_shortened(
    server: Server, driver: Driver
) -> None:
    padding = "\u200b" * 1995 + " " * 50
    error = call(driver, server, {"message": f"{padding}{SENTINEL} is bad"})
    assert "s3nt" not in str(error)
    error = call(driver, server, {"message": "x" * 190 + SENTINEL})
    assert "s3nt" not in str(error)
    error = call(driver, server, {"request_id": "x" * 195 + SENTINEL})
    assert "s3nt" not in everything(error)
    error = call(driver, server, {}, f"X-Request-Id: {'x' * 195}{SENTINEL}")
    assert "s3nt" not in everything(error)


FORMS = {
    "plain": HARD,
    "json": json.dumps(HARD),
    "json in json": json.dumps(json.dumps(HARD)),
    "percent": quote(HARD, safe=""),
    "percent but slashes": quote(HARD),
    "percent in small letters": quote(HARD, safe="").lower(),
    "plus": quote_plus(HARD),
    "html": html.escape(HARD),
    "html without quotes": html.escape(HARD, quote=False),
    "repr": repr(HARD),
    "base64": base64.b64encode(HARD.encode()).decode(),
    "percent twice": quote(quote(HARD, safe="")),
    "percent of JavaScript": quote(HARD, safe="!'()*~-_."),
    "html of Go": html.escape(HARD).replace("&quot;", "&#34;").replace("+", "&#43;"),
    "json in json, of PHP": json.dumps(json.dumps(HARD)).replace("/", "\\/"),
    "json in json, of .NET": json.dumps(json.dumps(HARD)).replace("+", "\\u002B"),
    "json in json, each character": "".join(f"\\u{ord(c):04x}" for c in HARD),
    "json with zero width spaces": "\u200b".join(json.dumps(HARD)[1:-1]),
    "percent of zero width spaces": quote("\u200b".join(HARD)),
    "percent of json in json": quote(json.dumps(json.dumps(HARD))),
    "repr of bytes": repr(HARD.encode()),
    "base64 of more": base64.b64encode(f"1 {HARD} 2".encode()).decode(),
    "base64 of more, for URLs": base64.urlsafe_b64encode(f"{HARD}?".encode()).decode(),
    "hexadecimal": HARD.encode().hex(),
    "hexadecimal, in capitals": HARD.encode().hex(":").upper(),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_secret_is_masked_in_each_form_of_the_web(
    server: Server, driver: Driver, name: str
) -> None:
    config = config_fields(model_provider="custom", apikeys=[HARD])
    request = {**REQUEST, "model_config": config}
    for body in ({"message": f"<{FORMS[name]}>"}, f"is {FORMS[name]} so".encode()):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        server.serve = keeps(reply(400, content))
        error = driver.call(server.url, request).error
        told = everything(error)
        assert "***" in str(error.body), told
        assert FORMS[name][3:-4] not in told
        assert "p@ss" not in told
        assert "p%40ss" not in told.lower()


@pytest.mark.parametrize("change", [str.upper, str.lower, str.swapcase])
def test_a_token_is_masked_in_whichever_letters_it_comes(
    server: Server, driver: Driver, change: Callable[[str], str]
) -> None:
    error = call(driver, server, {"message": f"bad key {change(SENTINEL)}"})
    assert error.body == {"message": "bad key ***"}


def test_an_escape_that_begins_before_a_secret_does_not_hide_it(
    server: Server, driver: Driver
) -> None:
    for before in ("C:\\", "\\u006", "%2", "&#1", "\\\\"):
        body = {"message": f"{before}t3st-Secret;"}
        error = call(driver, server, body, api_key="t3st-Secret")
        assert error.body == {"message": f"{before}***;"}


def test_header_values_of_the_callers_are_masked(
    server: Server, driver: Driver
) -> None:
    body = {"message": f"the gateway got {SENTINEL[::-1]}"}
    headers = {"X-Gateway-Token": SENTINEL[::-1]}
    error = call(driver, server, body, default_headers=headers)
    assert SENTINEL[::-1] not in everything(error)

    def work(client: Any) -> Any:
        return client.with_options(extra_headers=headers).modify_model(REQUEST)

    with pytest.raises(Exception, match="400") as caught:
        driver.use(server.url, work)
    assert SENTINEL[::-1] not in everything(caught.value)


def test_headers_that_a_hook_adds_are_masked(server: Server, driver: Driver) -> None:
    token = SENTINEL[::-1]

    def add(event: RequestEvent) -> None:
        event.headers["X-Session"] = token

    driver.log.set_level("DEBUG")
    headers = (f"X-Request-Id: {token}", f"X-Back: {token}")
    body = {"message": f"the session {token} is over"}
    error = call(driver, server, body, *headers, on_request=add)
    assert token not in everything(error)
    assert token not in driver.log.text


def send_plainly(client: Any, path: str, **options: Any) -> Any:
    """A request that the document does not describe, through the client of httpx that generated functions use."""
    is_async = isinstance(client, AsyncEnkryptClient)
    api = client.api.get_async_httpx_client if is_async else client.api.get_httpx_client
    return api().request("GET", path, **options)


@pytest.mark.parametrize("way", ["request", "api"])
def test_headers_and_queries_of_requests_without_a_description_are_masked(
    server: Server, driver: Driver, way: str
) -> None:
    header = "session-a1b2c3d4"
    token = "t0ken-d4c3b2a1"
    server.serve = keeps(reply(400, f"{header} and {token}".encode()))

    def work(client: Any) -> Any:
        headers = {"X-Session": header}
        if way == "api":
            return send_plainly(client, "/x", params={"t": token}, headers=headers)
        return client.request("GET", "/x", query={"t": [token]}, headers=headers)

    with pytest.raises(BadRequestError) as caught:
        driver.use(server.url, work)
    assert caught.value.body == "*** and ***"


def test_what_a_service_answers_is_masked_once(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer of eight megabytes takes seconds."""
    masked: list[str] = []

    def masked_body(text: str, secrets: redact.Secrets) -> object:
        masked.append(text)
        return secrets.mask(text)

    monkeypatch.setattr(redact, "masked_body", masked_body)
    error = call(driver, server, b"no")
    assert error.body == "no"
    assert masked == ["no"]


def test_the_name_of_a_header_is_masked(server: Server, driver: Driver) -> None:
    error = call(driver, server, {}, f"{SENTINEL}: x")
    assert SENTINEL.lower() not in everything(error).lower()


def test_a_record_shows_nothing_of_what_is_too_large_to_be_masked_whole(
    server: Server, driver: Driver, package: Any
) -> None:
    rows = (f"row {number}" for number in range(50_000))
    operation = module(f"{NAME}.api.bodies.put_blob")
    server.serve = keeps(reply(200, b"ok", "Content-Type: application/octet-stream"))
    driver.log.set_level("DEBUG")
    content = "".join(rows).encode()
    work = lambda client: client.call(operation, body=content)  # noqa: E731
    driver.use(server.url, work, package=package)
    assert f"{len(content)} bytes" in driver.log.text
    assert "row" not in driver.log.text


def test_a_secret_of_more_than_a_mebibyte_is_masked(
    server: Server, driver: Driver
) -> None:
    secret = "".join(f"{number:07}" for number in range(150_000))
    request = {**REQUEST, "undocumented": {"file": secret}}
    server.serve = keeps(reply(400, json.dumps({"message": f"no {secret}"}).encode()))
    error = driver.call(server.url, request).error
    assert error.body == {"message": "no ******"}
    assert secret[:20] not in driver.log.text


def test_an_echo_in_a_header_is_masked(server: Server, driver: Driver) -> None:
    error = call(driver, server, {}, f"X-Echo: got {SENTINEL}", f"Link: <{SENTINEL}>")
    assert error.headers["x-echo"] == "got ***"
    assert SENTINEL not in everything(error)
    server.serve = keeps(reply(200, b"[]", f"X-Echo: {SENTINEL}"))
    error = driver.call(server.url).error
    assert error.response.headers["x-echo"] == "***"


def test_parameters_that_hold_a_token_are_masked(
    server: Server, driver: Driver, package: Any
) -> None:
    server.serve = keeps(reply(400, b'{"message": "no tok3n-Abc123 known"}'))
    operation = module(f"{NAME}.api.keys.cookie")
    names = {"theme": "tok3n-Abc123"}
    with (
        driver.client(server.url, package) as client,
        pytest.raises(package.BadRequestError) as caught,
    ):
        driver.wait(client.call(operation, **names))
    assert "tok3n" not in everything(caught.value)


@pytest.mark.parametrize("kind", ["bytes", "text"])
def test_what_was_uploaded_is_masked(
    server: Server, driver: Driver, kind: str, package: Any
) -> None:
    secret = "line one\ntop s3cret-Value99 of a file\n"
    server.serve = keeps(reply(400, f"received: {secret}".encode()))
    where, body = {
        "bytes": ("bodies.put_blob", secret.encode()),
        "text": ("bodies.post_note", secret),
    }[kind]
    operation = module(f"{NAME}.api.{where}")
    with (
        driver.client(server.url, package) as client,
        pytest.raises(package.BadRequestError) as caught,
    ):
        driver.wait(client.call(operation, body=body))
    assert "s3cret" not in everything(caught.value)


@pytest.mark.parametrize(
    "form",
    ["as it is", "in Base64", pytest.param("in JSON", marks=pytest.mark.proof)],
)
def test_a_file_of_a_hundred_kilobytes_is_masked(
    server: Server, driver: Driver, form: str, package: Any
) -> None:
    lines = (f'line "{number}" of a file\n' for number in range(4_000))
    secret = "".join(lines)
    echo = {
        "as it is": secret,
        "in JSON": json.dumps({"received": secret}),
        "in Base64": base64.b64encode(secret.encode()).decode(),
    }[form]
    server.serve = keeps(reply(400, f"received: {echo}".encode()))
    operation = module(f"{NAME}.api.bodies.post_note")
    with (
        driver.client(server.url, package) as client,
        pytest.raises(package.BadRequestError) as caught,
    ):
        driver.wait(client.call(operation, body=secret))
    assert "***" in caught.value.body
    assert len(caught.value.body) < 100


def test_many_tokens_are_masked_wherever_they_stand(
    server: Server, driver: Driver
) -> None:
    tokens = [f"t0ken{number}x" for number in range(10_000, 15_000)]
    config = config_fields(
        model_provider="custom", custom_curl_command=" ".join(tokens)
    )
    server.serve = keeps(reply(400, json.dumps([*reversed(tokens), "word"]).encode()))
    error = driver.call(server.url, {**REQUEST, "model_config": config}).error
    assert error.body == [*["***"] * 5_000, "word"]


STORED = {
    "a header": ("Bearer hunterhunter", "hunterhunter"),
    "a token in a command": ("curl -H 'X-Key: abcd1234efgh' https://x", "abcd1234efgh"),
    "a part of a payload": ('{"inner": {"token": "q1w2e3r4t5"}}', "q1w2e3r4t5"),
    "a connection string": ("user=me;password=Tr0ub4dor&3x;", "Tr0ub4dor&3x"),
}


@pytest.mark.parametrize("name", STORED)
def test_a_part_of_a_stored_secret_is_masked(
    server: Server, driver: Driver, name: str
) -> None:
    stored, part = STORED[name]
    config = config_fields(model_provider="custom", custom_curl_command=stored)
    server.serve = keeps(reply(400, json.dumps({"message": f"bad {part}!"}).encode()))
    error = driver.call(server.url, {**REQUEST, "model_config": config}).error
    assert part not in everything(error)
    assert "***" in str(error)


@pytest.mark.parametrize(
    "path",
    [
        f"/v1?key={SENTINEL}&alt=sse",
        f"/v1?alt=sse&api_key={SENTINEL}",
        f"https://user:{SENTINEL}@host.example/v1",
    ],
)
def test_a_secret_in_the_url_of_a_model_is_masked(
    server: Server, driver: Driver, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(logging.DEBUG, "enkrypt_api_client")
    config = config_fields(model_provider="gemini", paths={"chat": path})
    assert SENTINEL not in repr(ModelConfig.from_dict(config))
    server.serve = keeps(reply(400, f'{{"message": "bad {SENTINEL}!"}}'.encode()))
    error = driver.call(server.url, {**REQUEST, "model_config": config}).error
    assert SENTINEL not in everything(error)
    assert "bad ***!" in str(error)
    assert "gemini" in caplog.text
    assert SENTINEL not in caplog.text


@pytest.mark.parametrize(
    "text", ["https://host:8443/v1", "/v1?alt=sse", "what is key=3?", "a@b.example"]
)
def test_urls_without_a_secret_are_shown(text: str) -> None:
    assert repr(text) in repr(ModifyModelResponseObject(message=text))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("k", "no luck with this key"),
        ("abc", "abc is not abcdef"),
        ("lock", "blocked: the clock is locked"),
        ("Authorization", "pass Authorizations"),
    ],
)
def test_words_that_only_contain_a_short_secret_are_left_alone(
    server: Server, driver: Driver, key: str, message: str
) -> None:
    if key == "Authorization":
        message = "the header Authorization is missing"
        stored = "curl -H 'Authorization: Bearer s3ntinel-Zq9' https://host.example/v1"
        config = config_fields(model_provider="custom", custom_curl_command=stored)
        server.serve = keeps(reply(400, json.dumps({"message": message}).encode()))
        error = driver.call(server.url, {**REQUEST, "model_config": config}).error
    else:
        error = call(driver, server, {"message": message}, api_key=key)
    assert message in str(error)
    assert error.body == {"message": message}


@pytest.mark.parametrize("key", ["lock-1", "q7Zx"])  # README: of four or more
def test_a_short_key_is_masked_as_a_word(
    server: Server, driver: Driver, key: str
) -> None:
    error = call(driver, server, {"message": f"key {key} is bad"}, api_key=key)
    assert key not in everything(error)


def test_ordinary_text_is_left_alone(server: Server, driver: Driver) -> None:
    body = {
        "message": "model_config.endpoint.port must be a number",
        "model": "Test Model",
        "hint": ["see https://docs.example/errors#400", 12, None, True, 1.5],
        "who\u200bever": "żółć 東京 👩‍💻",
    }
    error = call(driver, server, body)
    assert error.body == body


def test_numbers_that_are_a_secret_are_masked(server: Server, driver: Driver) -> None:
    config = config_fields(model_provider="custom", apikeys=["8812345678"])
    server.serve = keeps(reply(400, b'{"message": "no", "given": 8812345678}'))
    error = driver.call(server.url, {**REQUEST, "model_config": config}).error
    assert "8812345678" not in everything(error)


@pytest.mark.parametrize("own", [False, True], ids=["pooled", "own client"])
def test_the_log_shows_no_secret(server: Server, driver: Driver, own: bool) -> None:
    split = "\u00ad".join(SENTINEL)
    lines = (f"X-Request-Id: {split}", f"Set-Cookie: a={SENTINEL}")
    server.serve = keeps(reply(400, json.dumps({"message": split}).encode(), *lines))
    client = driver.http_client(timeout=httpx.Timeout(5)) if own else None
    outcome = driver.call(server.url, http_client=client)
    assert SENTINEL not in outcome.words().replace("\xad", "")


def test_the_librarys_log_shows_no_query_no_cookie_and_keeps_the_callers_own_requests(
    server: Server, driver: Driver, package: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server.serve = keeps(
        reply(400, b"{}", "Set-Cookie: session=c00kie", f"X-Echo: {SENTINEL}")
    )
    operation = module(f"{NAME}.api.keys.queried")
    client_of_caller = driver.http_client()
    options = {"api_key": {"queried": SENTINEL, "key": "k"}}
    with (
        caplog.at_level("DEBUG"),
        driver.client(
            server.url, package, http_client=client_of_caller, **options
        ) as client,
    ):
        with pytest.raises(package.BadRequestError):
            driver.wait(client.call(operation, ids=[1234567]))
        told = "\n".join(f"{r.getMessage()} {r.args}" for r in caplog.records)
        driver.wait(client_of_caller.get(f"{server.url}/own?mine=1"))
    assert "HTTP Request: GET" in told
    assert SENTINEL not in told
    assert "c00kie" not in told
    assert "1234567" not in told
    assert "/own?mine=1" in caplog.text


def test_a_service_that_answers_well_is_not_masked(
    service: Service, driver: Driver, package: Any
) -> None:
    operation = module(f"{NAME}.api.bodies.post_note")
    with driver.client(service.url, package) as client:
        assert driver.wait(client.call(operation, body=SENTINEL)) == SENTINEL


@pytest.mark.parametrize(
    "piece",
    [
        "\\",
        "\u200b",
        "key ",
        *(
            pytest.param(piece, marks=pytest.mark.proof)
            for piece in ("x\xad", "<title>", "a", "[")
        ),
    ],
)
def test_looking_for_secrets_grows_no_faster_than_what_is_looked_at(
    server: Server, driver: Driver, piece: str
) -> None:
    # With twice the work for each character more, this would not end.
    body = (piece * 100_000).encode()[:700_000]
    stored = "pass" * 10_000 + "key " * 10_000
    config = config_fields(model_provider="custom", custom_curl_command=stored)
    server.serve = keeps(reply(400, body))
    error = driver.call(server.url, {**REQUEST, "model_config": config}).error
    assert type(error).__name__ == "BadRequestError"
