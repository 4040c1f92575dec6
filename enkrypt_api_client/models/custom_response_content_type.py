# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

CustomResponseContentType = _Literal["json"]

CUSTOM_RESPONSE_CONTENT_TYPE_VALUES: set[CustomResponseContentType] = {
    "json",
}
