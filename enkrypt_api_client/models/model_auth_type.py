# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from typing import Literal as _Literal

ModelAuthType = _Literal["apikey", "jwt"]

MODEL_AUTH_TYPE_VALUES: set[ModelAuthType] = {
    "apikey",
    "jwt",
}
