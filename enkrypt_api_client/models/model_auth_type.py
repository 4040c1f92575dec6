# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal, cast

ModelAuthType = Literal["apikey", "jwt"]

MODEL_AUTH_TYPE_VALUES: set[ModelAuthType] = {
    "apikey",
    "jwt",
}


def check_model_auth_type(value: str) -> ModelAuthType:
    """The value itself, known or not."""
    return cast(ModelAuthType, value)
