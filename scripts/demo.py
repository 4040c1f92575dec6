"""Real calls with the generated client to the mock service on loopback, from the document's own example.

    python -m scripts.demo

Exit codes: 0 everything went as documented; 1 it did not; 2 openapi.yaml can't be read,
lacks the operation Modify Model, has an example of a request that it does not allow, or asks for more than one key.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

import attrs

from enkrypt_api_client import (
    AsyncEnkryptClient,
    ConfigurationError,
    EnkryptClient,
    InvalidRequestError,
    NotFoundError,
    UnprocessableEntityError,
)
from enkrypt_api_client.api.endpoints import modify_model
from enkrypt_api_client.models import ModelRequestObject
from scripts.common import child_process, limits, project
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError, GenerationError
from scripts.common.printer import Printer, show
from scripts.intake import document as oas
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, MockService

_MODIFY_MODEL = "modify_model"  # its operationId


def main(arguments: list[str] | None = None) -> int:
    parser_of("demo", __doc__).parse_args(arguments)
    try:
        with limits.limited():
            document = oas.read(project.ROOT / "openapi.yaml")
            service = MockService(document)
            refuse_without_modify_model(document, service)
    except (DocumentError, GenerationError) as error:
        Printer("demo").fail(error)
        return 2
    # A proxy can't reach the service. Where both variables are set, the second one counts.
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = f"127.0.0.1,{os.environ.get(name, '')}"
    try:
        demonstrate(service)
    except InvalidRequestError as error:
        Printer("demo").warn(
            f"the example of ModelRequestObject in openapi.yaml, which the demonstration sends, is not what openapi.yaml allows: {error}"
        )
        return 2
    except ConfigurationError as error:
        Printer("demo").warn(f"the demonstration has one key: {error}")
        return 2
    return 0


def demonstrate(service: MockService) -> None:
    """Start the mock service, make calls to it, and show what they return. Raises what the client raises before anything is sent."""
    request = ModelRequestObject.from_dict(service.example)
    with running(service) as url:
        show(f"The mock service listens on {url}.")
        with EnkryptClient(API_KEY, base_url=url) as client:
            show(f"\n1. Sync, with {client!r}:")
            result = client.modify_model(request)
            show(f"   {result.message}\n   {result.data!r}")
            asyncio.run(rename(url, request))
            show("\n3. The old name, after the rename:")
            refused(NotFoundError, lambda: client.modify_model(request))
            show("\n4. A wrong body, sent around the client's own check:")
            refused(UnprocessableEntityError, lambda: send_wrong(client, request))
    show("\nThe mock service has stopped.")


def refuse_without_modify_model(document: object, service: MockService) -> None:
    """Raise DocumentError where the document lacks what the demonstration calls."""
    ids = [operation.get("operationId") for *_, operation in oas.operations(document)]
    if _MODIFY_MODEL not in ids or not isinstance(service.example, dict):
        raise DocumentError(
            f"openapi.yaml lacks the operation {_MODIFY_MODEL} or its body ModelRequestObject, which the demonstration calls"
        )


async def rename(url: str, request: ModelRequestObject) -> None:
    """Rename it, with the async client."""
    renamed = ModelRequestObject(
        model_saved_name="Renamed Model",
        model_version=request.model_version,
        model_config=request.model_config,
    )
    async with AsyncEnkryptClient(API_KEY, base_url=url) as client:
        show(f"\n2. Async, with {client!r}, a rename:")
        result = await client.modify_model(
            renamed, current_name=request.model_saved_name
        )
    show(f"   {result.message}")


def send_wrong(client: EnkryptClient, request: ModelRequestObject) -> None:
    """Send what the service must refuse, through the generated function: the facade would not send it."""
    wrong = ModelRequestObject(
        model_saved_name="Renamed Model",
        model_version="v1",
        model_config=attrs.evolve(request.model_config, model_provider="nobody"),  # type: ignore[arg-type]  # the fault is the point
    )
    modify_model.sync(
        client=client.api,
        body=wrong,
        x_enkrypt_model="Renamed Model",
        x_enkrypt_model_version="v1",
    )


def refused(kind: type[Exception], call: Callable[[], object]) -> None:
    """Make a call that must fail."""
    try:
        call()
    except kind as error:
        show(f"   {kind.__name__}: {error}")
    else:
        raise SystemExit("demo: the service took what it must refuse")


if __name__ == "__main__":
    child_process.supervise("demo")
    sys.exit(main())
