# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

from .._runtime import model_base as _base

ModelAuthType = _Literal["apikey", "jwt"]

MODEL_AUTH_TYPE_VALUES: set[ModelAuthType] = {
    "apikey",
    "jwt",
}

# Not assigned to the name: type checkers would take that for a variable, which cannot be a type.
globals()["ModelAuthType"] = _base.with_help(
    ModelAuthType,
    """ Model Auth Type (apikey or jwt)

    A value that the document does not list stays the string that the service sends. """,
)
