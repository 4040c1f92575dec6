"""The vendor's hand-written enkryptai-sdk. It takes a dictionary of its own shape and has no async client.

It can't send the document's example as it stands; what it sends here is as near as it comes, and smaller.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
from collections.abc import Callable, Iterator
from typing import Any

from scripts.bench import contenders


@contextlib.contextmanager
def session(url: str, body: Any) -> Iterator[Callable[[], Any]]:
    sdk: Any = importlib.import_module("enkryptai_sdk")
    client = sdk.ModelClient(api_key=contenders.API_KEY, base_url=url)
    config = own_shape(body)
    # It takes keys out of what it is given, so every call needs a copy.
    yield lambda: client.modify_model(copy.deepcopy(config))


def own_shape(body: Any) -> dict[str, Any]:
    """The request in the sdk's form: the endpoint as one URL, one API key."""
    config = {**body["model_config"]}
    endpoint = config.pop("endpoint", {})
    apikeys = config.pop("apikeys", [])
    config["endpoint_url"] = (
        f"{endpoint.get('scheme')}://{endpoint.get('host')}:{endpoint.get('port')}"
        f"{endpoint.get('base_path', '')}{config.get('paths', {}).get('chat', '')}"
    )
    config["apikey"] = apikeys[0] if apikeys else None
    return {**body, "model_config": config}
