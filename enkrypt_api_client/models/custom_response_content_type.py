# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

CustomResponseContentType = Literal["json"]

CUSTOM_RESPONSE_CONTENT_TYPE_VALUES: set[CustomResponseContentType] = {
    "json",
}


def check_custom_response_content_type(value: str) -> CustomResponseContentType:
    """The value itself, known or not."""
    return cast(CustomResponseContentType, value)
