"""Calls of enkryptai-sdk, run by the interpreter of its own environment: requests in, the error of each out, both as JSON."""

import importlib
import json
import sys
from typing import Any


def main() -> None:
    sdk: Any = importlib.import_module("enkryptai_sdk")
    given = json.load(sys.stdin)
    client = sdk.ModelClient(api_key=given["api_key"], base_url=given["url"])
    errors = []
    for request in given["requests"]:
        try:
            client.modify_model(request)
            errors.append("")
        except Exception as error:
            errors.append(type(error).__name__)
    json.dump(errors, sys.stdout)


if __name__ == "__main__":
    main()
