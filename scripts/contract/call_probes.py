"""What generated operations do: the request goes out as it was built, and each status comes back as what the operation says it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx

from scripts.contract.model import Content, Operation
from scripts.contract.samples import Sample, Samples

_STATUSES = range(100, 600)


def operation(
    module: ModuleType, operation: Operation, samples: Samples, python: dict[str, str]
) -> Iterator[str]:
    """Sentences on whatever an operation does wrong. `python` gives the Python names of its parameters."""
    try:
        yield from _answers(module, operation, samples)
        yield from _calls(module, operation, samples, python)
    except Exception as error:
        yield f"{operation.name}: a probe fails with {type(error).__name__}: {error}"


class _Answer:
    """As much of an httpx.Response as generated code reads."""

    def __init__(self, status: int, sample: Sample) -> None:
        self.status_code = status
        self.content = b"probe"
        self.text = "probe"
        self.headers = {"x-probe": "kept"}
        self._data = sample.data

    def json(self) -> Any:
        return self._data


def _declared(operation: Operation, status: int) -> Content | None:
    """The exact status before a range, a range before `default`."""
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in operation.responses:
            return operation.responses[key]
    return None


def _expected(content: Content | None, samples: Samples) -> list[Sample]:
    if content is None or not content.types:
        return [Sample(None, None)]
    ((decoding, schema),) = content.types.items()
    assert schema is not None
    if decoding == "text":
        return [Sample("probe", "probe")]
    return list(samples.every(schema))


def _answers(
    module: ModuleType, operation: Operation, samples: Samples
) -> Iterator[str]:
    lenient = SimpleNamespace(raise_on_unexpected_status=False)
    strict = SimpleNamespace(raise_on_unexpected_status=True)
    for status in _STATUSES:
        content = _declared(operation, status)
        place = f"response {status} of {operation.name}"
        for sample in _expected(content, samples):
            answer = _Answer(status, sample)
            if sample.is_file:
                continue
            parsed = module._parse_response(client=lenient, response=answer)
            if parsed != sample.value or type(parsed) is not type(sample.value):
                yield f"{place}: {sample.data!r} is not read as {sample.value!r}"
        if content is None:
            try:
                module._parse_response(
                    client=strict, response=_Answer(status, Sample(None, None))
                )
            except Exception as error:
                if type(error).__name__ == "UnexpectedStatus":
                    continue
            yield f"{place}: is no unexpected status"


class _Client:
    """Stands for a generated client of either kind, and notes what it is asked to send."""

    raise_on_unexpected_status = False

    def __init__(self, answer: _Answer) -> None:
        self.answer = answer
        self.sent: list[dict[str, Any]] = []

    def get_httpx_client(self) -> Any:
        return SimpleNamespace(request=self._request)

    def get_async_httpx_client(self) -> Any:
        return SimpleNamespace(request=self._request_later)

    def _request(self, **arguments: Any) -> _Answer:
        self.sent.append(arguments)
        return self.answer

    async def _request_later(self, **arguments: Any) -> _Answer:
        return self._request(**arguments)


def _calls(
    module: ModuleType, operation: Operation, samples: Samples, python: dict[str, str]
) -> Iterator[str]:
    """The four functions that callers use do the same with the same arguments."""
    arguments = {
        python[p.place]: samples.one(p.schema).value
        for p in operation.parameters.values()
    }
    if operation.body is not None:
        schema = next(iter(operation.body.types.values()))
        assert schema is not None
        arguments["body"] = samples.one(schema).value
    known = {status.value for status in HTTPStatus}
    status = next((s for s in sorted(known) if _declared(operation, s)), 200)
    sample = _expected(_declared(operation, status), samples)[-1]
    wanted = module._get_kwargs(**arguments)
    httpx.Request(**{**wanted, "url": f"https://probe.invalid{wanted['url']}"})
    typed = any(content.types for content in operation.responses.values())
    for name in ("sync_detailed", "asyncio_detailed", "sync", "asyncio"):
        function = getattr(module, name, None)
        if function is None:
            if name.endswith("_detailed") or typed:
                yield f"{operation.name}: {name} is missing"
            continue
        client = _Client(_Answer(status, sample))
        result = function(client=client, **arguments)
        if name.startswith("asyncio"):
            result = asyncio.run(result)
        if not _same(client.sent, wanted):
            yield f"{operation.name}: {name} does not send the request as it was built"
        if name.endswith("_detailed"):
            yield from _detailed(operation.name, name, result, client.answer)
            result = result.parsed
        if not sample.is_file and result != sample.value:
            yield f"{operation.name}: {name} does not return what came"


def _same(sent: list[dict[str, Any]], wanted: dict[str, Any]) -> bool:
    return len(sent) == 1 and {k: v for k, v in sent[0].items() if k != "files"} == {
        k: v for k, v in wanted.items() if k != "files"
    }


def _detailed(place: str, name: str, result: Any, answer: _Answer) -> Iterator[str]:
    kept = (
        result.status_code is HTTPStatus(answer.status_code)
        and result.content == answer.content
        and result.headers == answer.headers
    )
    if not kept:
        yield f"{place}: {name} does not return status, content and headers as they came"
