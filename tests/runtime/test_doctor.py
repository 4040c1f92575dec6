"""`python -m enkrypt_api_client doctor`: what it finds, what it advises, what it never shows and never sends."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from enkrypt_api_client import __version__
from enkrypt_api_client.__main__ import main
from enkrypt_api_client._runtime import doctor as checks
from tests.conftest import ROOT
from tests.runtime.loopback import Serve, Server, reply, says, serving
from tests.runtime.test_connecting import tunnel
from tests.runtime.test_routes import listening, socks_server

KEY = "key-of-the-doctor"
PASSWORD = "password-of-the-proxy"
Output = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def environment(monkeypatch: Patch) -> None:
    """A key, and no settings of this machine."""
    for name in (
        "ENKRYPTAI_BASE_URL",
        "ENKRYPT_API_KEY",
        "ENKRYPTAI_LOG",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("ENKRYPTAI_API_KEY", KEY)


def doctor(capsys: Output, *arguments: str) -> tuple[int, str]:
    """The exit code, and what is printed, on one line for each step."""
    code = main(["doctor", "--timeout", "5", *arguments])
    output = capsys.readouterr().out
    assert KEY not in output
    assert PASSWORD not in output
    return code, re.sub(r"\n {10,}", " ", output)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: Patch) -> trustme.CA:
    """An authority that the client trusts."""
    authority = trustme.CA(organization_name="The Company")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def secured(
    authority: trustme.CA, host: str = "localhost", *, until: datetime | None = None
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, not_after=until).configure_cert(context)
    return context


def heads(server: Server) -> bytes:
    return b"".join(server.requests)


@pytest.fixture
def https(authority: trustme.CA) -> Iterator[Server]:
    with serving(says(reply(404)), context=secured(authority)) as server:
        yield server


def test_settings_that_work_are_reported_without_a_failure(
    capsys: Output, https: Server, monkeypatch: Patch
) -> None:
    monkeypatch.setenv("ENKRYPTAI_BASE_URL", f"https://localhost:{https.port}/v1")
    code, output = doctor(capsys)
    assert code == 0, output
    assert "FAIL" not in output
    for words in (
        "API key      from the environment variable ENKRYPTAI_API_KEY",
        f"address      https://localhost:{https.port}/v1, from the environment variable ENKRYPTAI_BASE_URL",
        "proxy        none",
        "authorities  those of SSL_CERT_FILE",
        "name         localhost is ",
        f"connection   the service localhost:{https.port} is reached",
        "certificate issued by The Company, valid until",
        "answers HTTP 404 to a HEAD request without the key (",
        "a web server is there, which need not be the service",
        "Only a call shows the rest: whether the service accepts the API key, and",
    ):
        assert words in output
    assert re.search(r"\(\d+\.\d\d s\)", output)
    (request,) = https.requests
    assert request.startswith(b"HEAD /v1 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("version", "step"),
    [(ssl.TLSVersion.TLSv1_3, "answer"), (ssl.TLSVersion.TLSv1_2, "TLS")],
)
def test_a_service_that_wants_a_client_certificate_is_named(
    capsys: Output,
    authority: trustme.CA,
    monkeypatch: Patch,
    version: ssl.TLSVersion,
    step: str,
) -> None:
    ask = checks._ask

    def ask_when_the_service_has_closed(*arguments: Any) -> Any:
        server.threads[-1].join(20)
        return ask(*arguments)

    monkeypatch.setattr(checks, "_ask", ask_when_the_service_has_closed)
    context = secured(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = version
    with serving(says(reply()), context=context) as server:
        code, output = doctor(capsys, "--base-url", f"https://localhost:{server.port}")
    assert code == 1
    assert re.search(rf"FAIL +{step} ", output), output
    assert "want a client certificate: pass ssl_context=" in output.replace(
        "wants", "want"
    )
    assert "doctor has no certificate to show; try it in your program." in output
    assert "speaks TLS" not in output


def test_the_address_of_the_document_is_the_last_resort(
    capsys: Output, monkeypatch: Patch, document: Any
) -> None:
    address = document["servers"][0]["url"]
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    code, output = doctor(capsys)
    assert code == 1
    assert "Check the proxy's host and port in https_proxy" in output
    assert "set HTTPS_PROXY" not in output
    assert f"{address}, the server that the API document names" in output


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "no API key.*Set ENKRYPTAI_API_KEY, unless"),
        ("two words", "without spaces inside.*Correct it, unless"),
    ],
)
def test_a_key_that_is_missing_or_wrong_is_named_and_the_rest_is_tried(
    capsys: Output, https: Server, monkeypatch: Patch, key: str | None, words: str
) -> None:
    monkeypatch.delenv("ENKRYPTAI_API_KEY")
    if key is not None:
        monkeypatch.setenv("ENKRYPTAI_API_KEY", key)
    url = f"https://localhost:{https.port}"
    code, output = doctor(capsys, "--base-url", url)
    assert code == 1
    assert re.search(rf"FAIL  API key .*{words}", output)
    assert "answers HTTP 404" in output
    assert "two words" not in output


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "http://service.example",
            "--base-url would .* unencrypted: use https:// or --allow-insecure-http ",
        ),
        ("ftp://service.example", "must begin with https://"),
        ("https://user:secret@service.example", "must have no user information"),
    ],
)
def test_an_address_that_no_client_takes_is_refused(
    capsys: Output, url: str, words: str
) -> None:
    code, output = doctor(capsys, "--base-url", url)
    assert code == 1
    assert re.search(rf"FAIL  settings .*{words}", output)
    assert "secret" not in output


def test_a_name_that_nobody_knows(capsys: Output) -> None:
    code, output = doctor(capsys, "--base-url", "https://nowhere.invalid")
    assert code == 1
    assert re.search(
        r"FAIL  name .*nowhere\.invalid is not known: .*DNS.*HTTPS_PROXY", output
    )


def test_for_a_plain_address_the_advice_names_the_proxy_of_plain_addresses(
    capsys: Output,
) -> None:
    arguments = ("--base-url", "http://nowhere.invalid", "--allow-insecure-http")
    _, output = doctor(capsys, *arguments)
    assert re.search(r"FAIL  name .*set HTTP_PROXY\.", output)


def test_a_port_on_which_nobody_listens(capsys: Output, unused_port: int) -> None:
    url = f"http://127.0.0.1:{unused_port}"
    code, output = doctor(capsys, "--base-url", url)
    assert code == 1
    assert re.search(r"FAIL  connection .*Connection refused.*service runs", output)
    assert "_PROXY" not in output.partition("Connection refused")[2]


def test_a_certificate_of_an_authority_that_is_not_known(capsys: Output) -> None:
    with serving(says(), context=secured(trustme.CA())) as server:
        url = f"https://localhost:{server.port}"
        code, output = doctor(capsys, "--base-url", url)
    assert code == 1
    assert re.search(
        r"FAIL  TLS .*certificate.*those of certifi.*SSL_CERT_FILE", output
    )


def test_a_certificate_that_has_expired(capsys: Output, authority: trustme.CA) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    with serving(says(), context=secured(authority, until=past)) as server:
        url = f"https://localhost:{server.port}"
        code, output = doctor(capsys, "--base-url", url)
    assert code == 1
    assert re.search(
        r"FAIL  TLS .*expired.*clock of this machine, which says 20", output
    )


def test_a_certificate_for_another_host(capsys: Output, authority: trustme.CA) -> None:
    with serving(says(), context=secured(authority, "other.example")) as server:
        url = f"https://localhost:{server.port}"
        code, output = doctor(capsys, "--base-url", url)
    assert code == 1
    assert re.search(r"FAIL  TLS .*Check the host of the address above", output)


@pytest.mark.parametrize("said", [b"SSH-2.0-x\r\n", b""])
def test_something_that_does_not_speak_http(capsys: Output, said: bytes) -> None:
    with serving(says(said)) as server:
        code, output = doctor(capsys, "--base-url", server.url)
    assert code == 1
    assert re.search(r"FAIL  answer .*does not answer with HTTP", output)


def test_a_service_that_is_out_of_order(capsys: Output) -> None:
    with serving(says(reply(503))) as server:
        code, output = doctor(capsys, "--base-url", server.url)
    assert code == 1
    assert re.search(r"FAIL  answer .*answers HTTP 503.*Try again later", output)


def test_a_proxy_leads_to_the_service(
    capsys: Output, https: Server, monkeypatch: Patch
) -> None:
    with serving(tunnel) as proxy:
        address = f"http://someone:{PASSWORD}@127.0.0.1:{proxy.port}"
        monkeypatch.setenv("https_proxy", address)
        url = f"https://localhost:{https.port}"
        code, output = doctor(capsys, "--base-url", url)
    assert code == 0, output
    assert (
        f"the proxy 127.0.0.1:{proxy.port}, HTTP, with a user name, from https_proxy"
        in output
    )
    assert re.search(r"ok    tunnel ", output)
    assert "answers HTTP 404" in output
    assert b"proxy-authorization: basic" in heads(proxy).lower()
    assert KEY.encode() not in heads(proxy) + heads(https)


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("", r"requires a user name and password \(407\)"),
        (f"someone:{PASSWORD}@", r"refuses the .*password \(407\) +Correct"),
    ],
)
def test_a_proxy_that_wants_to_know_who_asks(
    capsys: Output, monkeypatch: Patch, login: str, words: str
) -> None:
    with serving(says(reply(407))) as proxy:
        monkeypatch.setenv("https_proxy", f"http://{login}127.0.0.1:{proxy.port}")
        code, output = doctor(capsys, "--base-url", "https://service.example")
    assert code == 1
    assert re.search(rf"FAIL  tunnel .*{words}.*in https_proxy", output)


def test_a_proxy_that_refuses_the_service(capsys: Output, monkeypatch: Patch) -> None:
    with serving(says(reply(403))) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        code, output = doctor(capsys, "--base-url", "https://service.example")
    assert code == 1
    assert re.search(r"FAIL  tunnel .*\(403\).*allow this host.*NO_PROXY", output)


def test_a_proxy_that_cannot_reach_the_service_is_not_asked_to_allow_it(
    capsys: Output, monkeypatch: Patch
) -> None:
    with serving(says(reply(502))) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        code, output = doctor(capsys, "--base-url", "https://service.example")
    assert code == 1
    assert re.search(r"FAIL  tunnel .*\(502\) +Check the address of the se", output)


def test_a_service_on_this_machine_is_to_be_exempted_from_a_proxy(
    capsys: Output, monkeypatch: Patch, unused_port: int
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port}")
    code, output = doctor(capsys, "--base-url", "http://localhost:9")
    assert code == 1
    assert "exempt it with NO_PROXY=localhost." in output


def test_no_proxy_is_not_advised_against_the_proxy_of_the_option(
    capsys: Output, unused_port: int
) -> None:
    arguments = ("--proxy", f"http://127.0.0.1:{unused_port}")
    _, output = doctor(capsys, "--base-url", "http://localhost:9", *arguments)
    assert "A service on this machine needs no proxy: leave --proxy out." in output
    assert "NO_PROXY" not in output


@pytest.mark.parametrize(("value", "code"), [("verbose", 1), ("info", 0)])
def test_a_log_level_with_which_no_client_can_be_made_is_named_and_the_rest_is_tried(
    capsys: Output, https: Server, monkeypatch: Patch, value: str, code: int
) -> None:
    monkeypatch.setenv("ENKRYPTAI_LOG", value)
    url = f"https://localhost:{https.port}"
    exit_code, output = doctor(capsys, "--base-url", url)
    assert exit_code == code
    fault = "FAIL  log          the environment variable ENKRYPTAI_LOG must be info"
    assert (fault in output) is bool(code)
    assert "answers HTTP 404" in output


def test_where_an_address_redirects_to_is_named_without_secrets(
    capsys: Output,
) -> None:
    location = f"Location: https://someone:{PASSWORD}@login.example/sso?t={PASSWORD}"
    with serving(says(reply(302, b"", location))) as server:
        code, output = doctor(capsys, "--base-url", server.url)
    assert code == 0
    assert "It redirects to https://login.example/sso, and calls follow no" in output
    assert PASSWORD not in output


def test_no_proxy_is_said_where_it_exempts_the_service(
    capsys: Output, https: Server, monkeypatch: Patch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "localhost")
    url = f"https://localhost:{https.port}"
    code, output = doctor(capsys, "--base-url", url)
    assert code == 0
    assert "no_proxy exempts it" in output


@pytest.mark.skipif(sys.platform == "win32", reason="its names have no case")
def test_of_two_variables_that_differ_the_one_that_counts_is_named(
    capsys: Output, monkeypatch: Patch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:8")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    _, output = doctor(capsys, "--base-url", "https://service.example")
    assert "127.0.0.1:9, HTTP, without a user name, from https_proxy, which" in output
    assert "https_proxy, which overrules HTTPS_PROXY" in output
    assert "Check the proxy's host and port in https_proxy" in output


def test_a_plain_service_is_asked_through_its_proxy_by_its_whole_address(
    capsys: Output, monkeypatch: Patch
) -> None:
    serve: Serve = says(reply(200))
    with serving(serve) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        arguments = ("--base-url", "http://service.example/v1", "--allow-insecure-http")
        code, output = doctor(capsys, *arguments)
    assert code == 0, output
    assert heads(proxy).startswith(b"HEAD http://service.example/v1 HTTP/1.1\r\n")


def test_a_proxy_that_is_spoken_to_over_tls_leads_to_the_service(
    capsys: Output, https: Server, authority: trustme.CA
) -> None:
    with serving(tunnel, context=secured(authority)) as proxy:
        code, output = doctor(
            capsys,
            *("--base-url", f"https://localhost:{https.port}"),
            *("--proxy", f"https://localhost:{proxy.port}"),
        )
    assert code == 0, output
    assert re.search(rf"TLS .* with the proxy localhost:{proxy.port}, cert", output)
    assert re.search(rf"TLS .* with the service localhost:{https.port}, cert", output)
    assert "answers HTTP 404" in output


def test_a_proxy_whose_certificate_is_not_trusted_is_named_and_not_the_service(
    capsys: Output, https: Server
) -> None:
    with serving(tunnel, context=secured(trustme.CA())) as proxy:
        code, output = doctor(
            capsys,
            *("--base-url", f"https://localhost:{https.port}"),
            *("--proxy", f"https://localhost:{proxy.port}"),
        )
    assert code == 1
    assert re.search(
        rf"FAIL  TLS .*the proxy localhost:{proxy.port}: .*certificate", output
    )


def test_a_socks_proxy_leads_to_the_service(
    capsys: Output, https: Server, monkeypatch: Patch
) -> None:
    with listening(socks_server([], (b"someone", PASSWORD.encode()))) as port:
        monkeypatch.setenv("ALL_PROXY", f"socks5://someone:{PASSWORD}@127.0.0.1:{port}")
        url = f"https://localhost:{https.port}"
        code, output = doctor(capsys, "--base-url", url)
    assert code == 0, output
    assert (
        f"the proxy 127.0.0.1:{port}, SOCKS5, with a user name, from ALL_PROXY"
        in output
    )
    assert f"localhost:{https.port} is reached through the proxy" in output
    assert "answers HTTP 404" in output


def test_a_socks_proxy_that_refuses_says_what_to_check(capsys: Output) -> None:
    with listening(socks_server([], (b"someone", b"another"))) as port:
        code, output = doctor(
            capsys,
            *("--base-url", "https://service.example"),
            *("--proxy", f"socks5://someone:{PASSWORD}@127.0.0.1:{port}"),
        )
    assert code == 1
    assert re.search(r"FAIL  connection .*Check the proxy in --proxy, its user", output)


def test_the_proxy_of_the_option_counts_before_that_of_the_environment(
    capsys: Output, https: Server, monkeypatch: Patch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with serving(tunnel) as proxy:
        code, output = doctor(
            capsys,
            *("--base-url", f"https://localhost:{https.port}"),
            *("--proxy", f"http://127.0.0.1:{proxy.port}"),
        )
    assert code == 0, output
    assert "from --proxy" in output


def test_a_proxy_that_is_no_address_is_refused_without_repeating_it(
    capsys: Output,
) -> None:
    code, output = doctor(capsys, "--proxy", f"ftp://someone:{PASSWORD}@proxy.example")
    assert code == 1
    assert re.search(r"FAIL  settings +--proxy can't be used", output)


def test_a_proxy_for_plain_requests_that_asks_who_asks_is_named_by_its_setting(
    capsys: Output,
) -> None:
    with serving(says(reply(407))) as proxy:
        code, output = doctor(
            capsys,
            *("--base-url", "http://service.example", "--allow-insecure-http"),
            *("--proxy", f"http://127.0.0.1:{proxy.port}"),
        )
    assert code == 1
    assert re.search(r"FAIL  answer .*\(407\) Set them in --proxy", output)


def test_the_version_is_printed_by_itself(capsys: Output) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert capsys.readouterr().out == f"enkrypt-api-client {__version__}\n"


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e300"])
def test_a_time_limit_that_nothing_can_keep_is_refused(
    capsys: Output, seconds: str
) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["doctor", f"--timeout={seconds}"])
    assert "--timeout: must be seconds above 0" in capsys.readouterr().err


def test_an_unknown_option_is_named(capsys: Output) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["--verbose"])
    assert "unrecognized arguments: --verbose" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_a_reader_who_has_left_ends_the_program_without_a_traceback(
    arguments: list[str],
) -> None:
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    command = [sys.executable, "-m", "enkrypt_api_client", *arguments]
    buffered = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        command, stdout=writing_end, stderr=subprocess.PIPE, env=buffered, check=False
    )
    os.close(writing_end)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has it")
def test_a_full_disk_is_named_without_a_traceback() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "enkrypt_api_client"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    said = "the output can't be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_a_package_that_is_not_installed_is_named_with_what_to_do() -> None:
    # Without the folder of installed packages.
    program = "import runpy; runpy.run_module('enkrypt_api_client', run_name='__main__', alter_sys=True)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    sentence = r"\w+ is not installed, which this package needs: pip install enkrypt-api-client .*\n"
    assert re.fullmatch(sentence, done.stderr)
