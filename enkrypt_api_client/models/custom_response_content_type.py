# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

CustomResponseContentType = _Literal["json"]

CUSTOM_RESPONSE_CONTENT_TYPE_VALUES: set[CustomResponseContentType] = {
    "json",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["CustomResponseContentType"] = _base.with_help(
    CustomResponseContentType,
    """ Content type of the custom response. Currently only supports JSON.

    A value that the document does not list stays the string that the service sends. """,
)
