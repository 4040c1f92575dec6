"""The sync and the async client, called in the same way."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import ssl
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

import enkrypt_api_client
from tests.required import request_with
from tests.runtime.loopback import CLOCK

SENTINEL = "s3ntinel-Zq9"
# For clients that speak http: reading the authorities costs more than the calls of most tests.
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
SLOW: dict[str, Any] = {"timeout": httpx.Timeout(5.0, read=0.5)}
REQUEST = request_with(
    model_saved_name="Test Model",
    model_version="v1",
    undocumented={"token": SENTINEL},
    model_config={
        "model_provider": "custom",
        "apikeys": [SENTINEL],
        "auth_data": {
            "azure_client_secret": SENTINEL,
            "gcp_service_account_json": json.dumps({"private_key": SENTINEL}),
            "aws_access_key_id": SENTINEL,
            "aws_secret_access_key": SENTINEL,
            "boxai_client_secret": SENTINEL,
            "nutanix_user_session_id": SENTINEL,
            "xactly_password": SENTINEL,
        },
        "model_jwt_config": {
            "jwt_headers": [{"key": "Authorization", "value": SENTINEL}],
            "jwt_body": f"client_secret={SENTINEL}",
        },
        "custom_curl_command": f"curl -H 'Authorization: {SENTINEL}'",
        "custom_headers": [{"key": "X-Custom", "value": SENTINEL}],
        "custom_payload": {"messages": [{"content": SENTINEL}], "prompt": "{prompt}"},
    },
)


@dataclass
class Outcome:
    """All that a call left behind."""

    result: Any = None
    error: Any = None
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # log records and warnings

    def words(self) -> str:
        """Everything that a log, a console or an error tracker could show of it."""
        error, told = self.error, list(self.said)
        told += traceback.format_exception(error) if error else [repr(self.result)]
        while error is not None:
            told += [str(error), repr(error), repr(error.args), repr(vars(error))]
            error = error.__cause__ or error.__context__
        return "\n".join(told)


class Driver:
    """One of the two clients. What it returns is awaited where it must be, so that each test is written once."""

    def __init__(
        self, prefix: str, runner: asyncio.Runner, log: pytest.LogCaptureFixture
    ) -> None:
        self.prefix, self.runner, self.log = prefix, runner, log
        self.client_class = self.of(enkrypt_api_client)
        self.http_clients: list[Any] = []
        self.slept: list[float] = []  # pauses, which are recorded and not made

    def of(self, package: Any) -> Any:
        """The class of this client in a package."""
        return getattr(package, f"{self.prefix}EnkryptClient")

    def wait(self, value: Any) -> Any:
        return self.runner.run(value) if inspect.iscoroutine(value) else value

    def close(self, client: Any) -> None:
        self.wait(client.aclose() if self.prefix else client.close())

    def http_client(self, **options: Any) -> Any:
        """A client of httpx as a caller may have one, closed when the test ends."""
        options.setdefault("verify", NO_AUTHORITIES)
        client = getattr(httpx, f"{self.prefix}Client")(**options)
        self.http_clients.append(client)
        return client

    @contextlib.contextmanager
    def client(
        self, url: str | None, package: Any = enkrypt_api_client, **options: Any
    ) -> Iterator[Any]:
        """A client that does not retry unless it is told to."""
        options = {"api_key": SENTINEL, "base_url": url, "max_retries": 0, **options}
        client = self.of(package)(**options)
        client._runner.sleep = self.slept.append
        client._runner.clock = CLOCK
        try:
            yield client
        finally:
            self.close(client)

    def use(self, url: str | None, work: Callable[[Any], Any], **options: Any) -> Any:
        """What `work(client)` returns."""
        with self.client(url, **options) as client:
            return self.wait(work(client))

    def call(
        self,
        url: str,
        request: Any = REQUEST,
        arguments: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Outcome:
        """One call of `modify_model`; whatever comes of it."""
        self.log.clear()
        outcome, more = Outcome(), arguments or {}
        self.slept = outcome.slept
        with (
            self.log.at_level(logging.DEBUG),
            warnings.catch_warnings(record=True) as caught,
        ):
            warnings.simplefilter("always")
            try:
                work = lambda client: client.modify_model(request, **more)  # noqa: E731
                outcome.result = self.use(url, work, **options)
            except Exception as error:
                outcome.error = error
        records = self.log.records
        outcome.said = [f"{r.getMessage()} {r.args!r}" for r in records]
        outcome.said += [str(w.message) for w in caught]
        return outcome
